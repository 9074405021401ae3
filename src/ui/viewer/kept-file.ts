import type { ByteSource } from "../../fits/source.ts";

/** Bytes of the first piece: the headers of most files. */
export const FIRST_PIECE = 256 * 1024;
/**
 * Most bytes of a piece. A store may read a range to its end before it answers (the local one does), so that the first
 * byte of a small piece is here sooner: pieces begin small and double. Each request costs the archive a look into its
 * catalogue: they end large.
 */
const LARGEST_PIECE = 4 * 1024 * 1024;
/** Pieces on their way beyond those that are waited for. */
const AHEAD = 2;

/**
 * A file that is kept in memory as far as it was read, and comes in pieces: what is here is worked on while the next
 * pieces are on their way, and what nobody asks for does not come at all. Ranges are views, not copies.
 */
export class KeptFile implements ByteSource {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #pieces: { offset: number; length: number; coming: Promise<void> | null }[] = [];
  #here = 0;

  /** `tell` hears what part of the file is here, 0 to 1. */
  constructor(
    readonly source: ByteSource,
    readonly tell: (part: number) => void,
  ) {
    this.#bytes = new Uint8Array(source.size);
    for (let offset = 0, length = FIRST_PIECE; offset < source.size; offset += length) {
      if (offset > 0) length = Math.min(LARGEST_PIECE, Math.max(4 * FIRST_PIECE, offset));
      this.#pieces.push({ offset, length, coming: null });
    }
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** Throws what the source throws; what could not be read is asked for again the next time. */
  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return this.#bytes.subarray(0, 0);
    const first = this.#pieces.findLastIndex((piece) => piece.offset <= offset);
    const last = this.#pieces.findLastIndex((piece) => piece.offset < end);
    const coming = this.#pieces.slice(first, last + AHEAD + 1).map((piece) => this.#come(piece));
    await Promise.all(coming.slice(0, last - first + 1));
    return this.#bytes.subarray(offset, end);
  }

  #come(piece: { offset: number; length: number; coming: Promise<void> | null }): Promise<void> {
    if (piece.coming !== null) return piece.coming;
    const coming = this.source.getRange(piece.offset, piece.length).then((bytes) => {
      this.#bytes.set(bytes, piece.offset);
      this.#here += bytes.length;
      this.tell(this.#here / this.size);
    });
    coming.catch(() => {
      piece.coming = null;
    });
    piece.coming = coming;
    return coming;
  }
}
