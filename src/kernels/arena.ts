/**
 * The kernels' memory. It is laid out afresh by every call from the same base, so nothing is ever allocated or freed
 * and nothing can leak; it only grows, to what the largest call so far needed, and never past `LIMIT`. What a call has
 * made can be lent to code that makes calls of its own: they begin behind it.
 */

/** Calls that would need more are left to the TypeScript twins: WebAssembly memory is never given back. */
const LIMIT = 24 * 1024 * 1024;
const PAGE = 65_536;

export class Arena {
  /** The whole memory. Growing detaches it, so it is to be read anew after every `reserve`. */
  bytes: Uint8Array<ArrayBuffer>;
  #base: number;
  #lent = false;

  constructor(
    private readonly memory: WebAssembly.Memory,
    base: number,
  ) {
    this.bytes = new Uint8Array(memory.buffer);
    this.#base = base;
  }

  /** First address that calls may use; a multiple of 16. */
  get base(): number {
    return this.#base;
  }

  /**
   * Makes `length` bytes from `base` usable. False where that is more than the arena will ever hold, or would have to
   * grow while a part of it is lent, which would take that away.
   */
  reserve(length: number): boolean {
    const end = this.base + length;
    if (end > LIMIT) return false;
    if (end > this.bytes.length) {
      if (this.#lent) return false;
      this.memory.grow(Math.ceil((end - this.bytes.length) / PAGE));
      this.bytes = new Uint8Array(this.memory.buffer);
    }
    return true;
  }

  /** Keeps what lies below `end`, a multiple of 16, as it is while `use` runs. */
  lend(end: number, use: () => void): void {
    const before = { base: this.#base, lent: this.#lent };
    this.#base = end;
    this.#lent = true;
    try {
      use();
    } finally {
      this.#base = before.base;
      this.#lent = before.lent;
    }
  }

  /** Whether an array is one that was lent. */
  holds({ buffer }: ArrayBufferView): boolean {
    return buffer === this.memory.buffer;
  }
}

/** The next multiple of 16: vectors are read whole. */
export function aligned(length: number): number {
  return (length + 15) & ~15;
}
