/** Where packed bytes go, and a writer in order that adds up their checksum. */
import { Checksum } from "./checksum.ts";
import { BLOCK_LENGTH } from "./header.ts";

/**
 * Takes the packed file. Every byte from 0 to the end comes exactly once, but not in order: an image's header and tile
 * descriptors are known only after its last tile. The bytes must be used or copied before the promise is kept.
 */
export interface PackSink {
  write(offset: number, bytes: Uint8Array): Promise<void>;
}

/** Bytes gathered before they go to the sink. */
const PIECE = 64 * BLOCK_LENGTH;

/** Appends to the sink from an offset on. What is summed must begin at a multiple of four bytes of its data unit. */
export class PackOutput {
  /** Bytes appended so far. */
  length = 0;
  readonly sum = new Checksum();
  private readonly buffer = new Uint8Array(PIECE);
  private used = 0;

  constructor(
    private readonly sink: PackSink,
    private readonly offset: number,
  ) {}

  async append(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const take = Math.min(bytes.length - from, PIECE - this.used);
      this.buffer.set(bytes.subarray(from, from + take), this.used);
      this.used += take;
      this.length += take;
      from += take;
      if (this.used === PIECE) await this.flush();
    }
  }

  /** Appends zeros up to a whole block, counted from `before` bytes ahead of the offset, and hands everything on. */
  async finish(before: number): Promise<void> {
    const rest = (before + this.length) % BLOCK_LENGTH;
    if (rest > 0) await this.append(new Uint8Array(BLOCK_LENGTH - rest));
    await this.flush();
  }

  private async flush(): Promise<void> {
    if (this.used === 0) return;
    const piece = this.buffer.subarray(0, this.used);
    this.sum.add(piece);
    await this.sink.write(this.offset + this.length - this.used, piece);
    this.used = 0;
  }
}
