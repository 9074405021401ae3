/**
 * The kernels' memory. It is laid out afresh by every call from the same base, so nothing is ever allocated or freed
 * and nothing can leak; it only grows, to what the largest call so far needed, and never past `LIMIT`.
 */

/** Calls that would need more are left to the TypeScript twins: WebAssembly memory is never given back. */
const LIMIT = 24 * 1024 * 1024;
const PAGE = 65_536;

export class Arena {
  /** The whole memory. Growing detaches it, so it is to be read anew after every `reserve`. */
  bytes: Uint8Array;

  constructor(
    private readonly memory: WebAssembly.Memory,
    /** First address that calls may use; a multiple of 16. */
    readonly base: number,
  ) {
    this.bytes = new Uint8Array(memory.buffer);
  }

  /** Makes `length` bytes from `base` usable. False where that is more than the arena will ever hold. */
  reserve(length: number): boolean {
    const end = this.base + length;
    if (end > LIMIT) return false;
    if (end > this.bytes.length) {
      this.memory.grow(Math.ceil((end - this.bytes.length) / PAGE));
      this.bytes = new Uint8Array(this.memory.buffer);
    }
    return true;
  }
}

/** The next multiple of 16: vectors are read whole. */
export function aligned(length: number): number {
  return (length + 15) & ~15;
}
