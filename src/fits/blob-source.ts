import type { ByteSource } from "./source.ts";

/** What is needed of a Blob or File; structural, because the core knows no DOM type. */
export interface BlobLike {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A Blob or File, read slice by slice. */
export class BlobSource implements ByteSource {
  constructor(private readonly blob: BlobLike) {}

  get size(): number {
    return this.blob.size;
  }

  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const bytes = new Uint8Array(await this.blob.slice(offset, offset + length).arrayBuffer());
    signal?.throwIfAborted();
    return bytes;
  }
}
