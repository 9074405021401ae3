import type { ByteSource } from "./source.ts";

/** Bytes that are in memory already. Ranges are views, not copies: the owner must not change them while reading. */
export class MemorySource implements ByteSource {
  constructor(private readonly bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    return this.bytes.subarray(offset, offset + length);
  }
}
