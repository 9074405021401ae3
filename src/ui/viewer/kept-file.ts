import type { ByteSource } from "../../fits/source.ts";

/**
 * Bytes of a request. A store may read a range to its end before it answers (the local one does), so that the first
 * byte of a small piece is here sooner; and each request costs the archive a look into its catalogue.
 */
const PIECE = 4 * 1024 * 1024;
/** Pieces on their way beyond those that are waited for. */
const AHEAD = 2;

/**
 * A file that is kept in memory as far as it was read, and comes in pieces: what is here is worked on while the next
 * pieces are on their way, and what nobody asks for does not come at all. Ranges are views, not copies.
 */
export class KeptFile implements ByteSource {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #pieces: (Promise<void> | undefined)[] = [];
  #here = 0;

  /** `tell` hears what part of the file is here, 0 to 1. */
  constructor(
    readonly source: ByteSource,
    readonly tell: (part: number) => void,
  ) {
    this.#bytes = new Uint8Array(source.size);
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** Throws what the source throws; what could not be read is asked for again the next time. */
  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return this.#bytes.subarray(0, 0);
    const [first, last] = [Math.floor(offset / PIECE), Math.floor((end - 1) / PIECE)];
    const wanted: Promise<void>[] = [];
    for (let piece = first; piece <= last + AHEAD && piece * PIECE < this.size; piece++) {
      const coming = this.#piece(piece);
      if (piece <= last) wanted.push(coming);
    }
    await Promise.all(wanted);
    return this.#bytes.subarray(offset, end);
  }

  #piece(piece: number): Promise<void> {
    const known = this.#pieces[piece];
    if (known !== undefined) return known;
    const coming = this.source.getRange(piece * PIECE, PIECE).then((bytes) => {
      this.#bytes.set(bytes, piece * PIECE);
      this.#here += bytes.length;
      this.tell(this.#here / this.size);
    });
    coming.catch(() => {
      this.#pieces[piece] = undefined;
    });
    this.#pieces[piece] = coming;
    return coming;
  }
}
