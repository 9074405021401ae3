import { FitsError } from "./errors.ts";
import type { ByteSource } from "./source.ts";

export interface StreamSourceOptions {
  /** Most bytes the stream may give; beyond, reads throw TOO_LARGE. */
  limit: number;
  /** Bytes kept behind the furthest one read, so that a reader may step back a little. Default 1 MiB. */
  keep?: number;
}

/**
 * A stream of bytes (an inflated `.fits.gz`, say) as a source that can only be read forwards: a range may begin
 * anywhere in what is kept or ahead of it. `size` is Infinity until the end was met. Not for concurrent reads.
 */
export class StreamSource implements ByteSource {
  readonly forwardOnly = true;
  #size = Number.POSITIVE_INFINITY;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #limit: number;
  readonly #keep: number;
  /** Chunks in memory, the first of which begins at byte `#start` of the stream. */
  #kept: Uint8Array[] = [];
  #start = 0;
  #end = 0;

  /** `chunks`: the stream; a `ReadableStream` is one where the runtime says so, else `readChunks` of it. */
  constructor(chunks: AsyncIterable<Uint8Array>, options: StreamSourceOptions) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#limit = options.limit;
    this.#keep = options.keep ?? 1024 * 1024;
  }

  get size(): number {
    return this.#size;
  }

  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (offset < this.#start) {
      throw new FitsError("UNSUPPORTED", `byte ${offset} of a stream is gone; it is kept from ${this.#start}`);
    }
    // What lies between is dropped as it comes, so that skipping costs no memory.
    while (this.#end < offset + length && (await this.#pull())) {
      this.#dropBefore(Math.min(offset, this.#end - this.#keep));
      signal?.throwIfAborted();
    }
    this.#dropBefore(Math.min(offset, this.#end - this.#keep));
    const whole = new Uint8Array(Math.max(0, Math.min(offset + length, this.#end) - offset));
    let at = this.#start - offset;
    for (const chunk of this.#kept) {
      const part = chunk.subarray(Math.max(0, -at), Math.max(0, whole.length - at));
      if (at < whole.length) whole.set(part, Math.max(0, at));
      at += chunk.length;
    }
    return whole;
  }

  /** Ends the stream, for a caller that has seen enough. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #pull(): Promise<boolean> {
    if (Number.isFinite(this.#size)) return false;
    const next = await this.#chunks.next();
    if (next.done) {
      this.#size = this.#end;
      return false;
    }
    this.#end += next.value.length;
    if (this.#end > this.#limit) {
      await this.close();
      throw new FitsError("TOO_LARGE", `the stream gives more than ${this.#limit} bytes`);
    }
    this.#kept.push(next.value);
    return true;
  }

  #dropBefore(offset: number): void {
    while (this.#kept.length > 0 && this.#start + this.#kept[0]!.length <= offset) {
      this.#start += this.#kept.shift()!.length;
    }
  }
}

/** Reads a `ReadableStream` chunk by chunk, also where it is no async iterable (browsers), and cancels it if left. */
export async function* readChunks(stream: {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array }>;
    cancel(): Promise<void>;
  };
}): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !value) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
