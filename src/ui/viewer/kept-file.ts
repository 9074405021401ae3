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

interface Piece {
  offset: number;
  length: number;
  coming: Promise<Uint8Array> | null;
}

/**
 * A file that is kept in memory as far as it was read, and comes in pieces: what is here is worked on while the next
 * pieces are on their way, and what nobody asks for does not come at all. Ranges within a piece are views of it, not
 * copies: memory that is touched for the first time costs more than what is done with it.
 */
export class KeptFile implements ByteSource {
  readonly #pieces: Piece[] = [];
  #here = 0;

  /** `tell` hears what part of the file is here, 0 to 1. */
  constructor(
    readonly source: ByteSource,
    readonly tell: (part: number) => void,
  ) {
    for (let offset = 0, length = FIRST_PIECE; offset < source.size; offset += length) {
      if (offset > 0) length = Math.min(LARGEST_PIECE, Math.max(4 * FIRST_PIECE, offset));
      this.#pieces.push({ offset, length, coming: null });
    }
  }

  get size(): number {
    return this.source.size;
  }

  /** Throws what the source throws; what could not be read is asked for again the next time. */
  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return new Uint8Array();
    const first = this.#pieces.findLastIndex((piece) => piece.offset <= offset);
    const last = this.#pieces.findLastIndex((piece) => piece.offset < end);
    const coming = this.#pieces.slice(first, last + AHEAD + 1).map((piece) => this.#come(piece));
    const here = await Promise.all(coming.slice(0, last - first + 1));
    const from = offset - this.#pieces[first]!.offset;
    if (first === last) return here[0]!.subarray(from, from + end - offset);
    const range = new Uint8Array(end - offset);
    let filled = 0;
    for (const [index, bytes] of here.entries()) {
      const part = bytes.subarray(index === 0 ? from : 0).subarray(0, range.length - filled);
      range.set(part, filled);
      filled += part.length;
    }
    return range;
  }

  #come(piece: Piece): Promise<Uint8Array> {
    if (piece.coming !== null) return piece.coming;
    const coming = this.source.getRange(piece.offset, piece.length).then((bytes) => {
      this.#here += bytes.length;
      this.tell(this.#here / this.size);
      return bytes;
    });
    coming.catch(() => {
      piece.coming = null;
    });
    piece.coming = coming;
    return coming;
  }
}
