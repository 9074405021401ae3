/**
 * Where bytes come from. One small contract, so that the same FITS core reads memory, a Blob, an R2 object or a file
 * behind HTTP ranges; adapters that need a runtime live with that runtime (R2: `store/files.ts`).
 */
export interface ByteSource {
  /** Total length in bytes. */
  readonly size: number;
  /** True for a stream, which cannot go back far: nothing may be read ahead of what is asked for. */
  readonly forwardOnly?: boolean;
  /**
   * The bytes `[offset, offset + length)`. The answer is exactly `length` bytes long, or shorter only where the source
   * ends first (a truncated file: the caller decides what that means). Throws what the signal was aborted with.
   */
  getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>;
}
