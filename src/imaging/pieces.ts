/** Bytes of a file that grows, in pieces: one array would be copied each time that it becomes too small. */
const PIECE = 1 << 18;

export class Pieces {
  /** Where to write, from `at` on. */
  bytes = new Uint8Array(PIECE);
  at = 0;
  readonly #full: Uint8Array[] = [];

  /** Makes room for `length` bytes, at most 64 KB, in one array: `bytes` and `at` are to be read anew. */
  reserve(length: number): void {
    if (this.at + length <= this.bytes.length) return;
    this.#full.push(this.bytes.subarray(0, this.at));
    this.bytes = new Uint8Array(PIECE);
    this.at = 0;
  }

  push(...bytes: readonly number[]): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** All of it; nothing may be written after. */
  end(): Uint8Array[] {
    return [...this.#full, this.bytes.slice(0, this.at)];
  }
}
