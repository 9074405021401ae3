/**
 * A packed file on its way into R2. Its bytes come in any order, R2 wants parts of equal size. The file is written in
 * one go when all its parts may be held, as those of a frame of 4096² floats may: two always, more as this isolate has
 * memory for. Else full parts leave as the next one begins; held are then the part that fills and those with the header
 * of an image that is not finished yet: for most files the first.
 */
import type { PackSink } from "../fits/pack-output.ts";
import { PartSink } from "../store/file-writer.ts";
import type { FileInfo, FileStore } from "../store/files.ts";
import { hold, letGo, MOST_HELD, mayHold } from "../store/held-memory.ts";

/** Parts that are held in any case. */
const ALWAYS = 2;

interface Part {
  bytes: Uint8Array;
  filled: number;
}

export class PartAssembler implements PackSink {
  private readonly parts = new Map<number, Part>();
  private sink: PartSink | null = null;
  private readonly mayWait: boolean;

  /** `most`: bytes that will come at most. Where that is more than may be held, nothing waits. */
  constructor(
    private readonly files: FileStore,
    private readonly key: string,
    most: number,
  ) {
    this.mayWait = most <= MOST_HELD;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const index = Math.floor((offset + from) / PartSink.PART);
      const at = offset + from - index * PartSink.PART;
      const take = Math.min(bytes.length - from, PartSink.PART - at);
      const part = this.parts.get(index) ?? (await this.begin(index));
      part.bytes.set(bytes.subarray(from, from + take), at);
      part.filled += take;
      from += take;
    }
  }

  /** Makes the object out of `size` bytes, all of which must have come. */
  async finish(size: number): Promise<FileInfo> {
    const last = Math.ceil(size / PartSink.PART) - 1;
    for (const [index, { filled }] of this.parts) {
      const whole = index === last ? size - last * PartSink.PART : PartSink.PART;
      if (filled !== whole) throw new RangeError(`part ${index} of ${this.key} has ${filled} of ${whole} bytes`);
    }
    const rest = [...this.parts].sort(([a], [b]) => a - b);
    if (this.sink === null) {
      const whole = rest.map(([, { bytes, filled }]) => bytes.subarray(0, filled));
      const info = await this.files.put(this.key, whole);
      this.drop();
      return info;
    }
    for (const [index, { bytes, filled }] of rest) await this.send(index, bytes.subarray(0, filled));
    this.drop();
    return this.sink.complete();
  }

  /** Drops what has come. Never throws; no object comes into being. */
  async abort(): Promise<void> {
    this.drop();
    await this.sink?.abort();
  }

  private drop(): void {
    this.parts.clear();
    letGo(this);
  }

  private async begin(index: number): Promise<Part> {
    const waits = this.parts.size < ALWAYS || (this.sink === null && this.mayWait && mayHold(this, PartSink.PART));
    if (!waits) {
      for (const [full, { bytes, filled }] of this.parts) if (filled === PartSink.PART) await this.send(full, bytes);
    }
    const part = { bytes: new Uint8Array(PartSink.PART), filled: 0 };
    this.parts.set(index, part);
    letGo(this);
    hold(this, this.parts.size * PartSink.PART);
    return part;
  }

  private async send(index: number, bytes: Uint8Array): Promise<void> {
    this.sink ??= await this.files.parts(this.key);
    await this.sink.send(index + 1, bytes);
    this.parts.delete(index);
  }
}
