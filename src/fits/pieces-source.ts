import type { ByteSource } from "./source.ts";

/** Bytes in memory that lie apart. A range within one piece is a view: the owner must not change them while reading. */
export class PiecesSource implements ByteSource {
  readonly size: number;
  private readonly starts: number[] = [];

  constructor(private readonly pieces: readonly Uint8Array[]) {
    let size = 0;
    for (const piece of pieces) {
      this.starts.push(size);
      size += piece.length;
    }
    this.size = size;
  }

  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const end = Math.min(offset + length, this.size);
    const views: Uint8Array[] = [];
    for (const [index, piece] of this.pieces.entries()) {
      const start = this.starts[index]!;
      const view = piece.subarray(Math.max(0, offset - start), Math.max(0, end - start));
      if (view.length > 0) views.push(view);
    }
    if (views.length <= 1) return views[0] ?? new Uint8Array(0);
    const joined = new Uint8Array(end - offset);
    let at = 0;
    for (const view of views) {
      joined.set(view, at);
      at += view.length;
    }
    return joined;
  }
}
