/**
 * What is inside a gzip file, as a byte source: inflated from the beginning as far as is asked for, and again from the
 * beginning for what lies before the window kept. Made for headers and tables, which are read forwards.
 */
import { FitsError } from "../fits/errors.ts";
import type { ByteSource } from "../fits/source.ts";

/** Bytes behind the reader that stay at hand; FitsFile steps back by a header at most. */
const KEPT = 256 * 1024;

export class InflatedSource implements ByteSource {
  /** Known once the end was met. */
  size = Number.POSITIVE_INFINITY;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Inflated bytes at hand, and where the first of them stands. */
  #parts: Uint8Array[] = [];
  #start = 0;
  #end = 0;

  /** `open`: the gzip file from its beginning; `most`: bytes that it may inflate to. */
  constructor(
    private readonly open: () => Promise<ReadableStream<Uint8Array>>,
    private readonly most: number,
  ) {}

  /** Throws CORRUPT for what is no gzip, and TOO_LARGE beyond `most`. */
  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return new Uint8Array(0);
    if (this.#reader === undefined || offset < this.#start) await this.#restart();
    while (this.#end < end) {
      signal?.throwIfAborted();
      this.#forget(Math.min(offset, this.#end - KEPT));
      if (!(await this.#readMore())) break;
    }
    return this.#slice(offset, Math.min(end, this.#end));
  }

  async #restart(): Promise<void> {
    await this.#reader?.cancel();
    const body = await this.open();
    // workerd's types know only their own transform streams.
    const inflated = body.pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
    this.#reader = inflated.getReader();
    this.#parts = [];
    this.#start = 0;
    this.#end = 0;
  }

  async #readMore(): Promise<boolean> {
    let part: Uint8Array | undefined;
    try {
      part = (await this.#reader!.read()).value;
    } catch (cause) {
      throw new FitsError("CORRUPT", "the gzip file cannot be inflated", { offset: this.#end }, { cause });
    }
    if (part === undefined) {
      this.size = this.#end;
      return false;
    }
    if (this.#end + part.length > this.most) {
      await this.#reader!.cancel();
      throw new FitsError("TOO_LARGE", `the gzip file inflates to more than ${this.most} bytes`);
    }
    this.#parts.push(part);
    this.#end += part.length;
    return true;
  }

  #forget(before: number): void {
    while (this.#parts.length > 0 && this.#start + this.#parts[0]!.length <= before) {
      this.#start += this.#parts.shift()!.length;
    }
  }

  #slice(from: number, to: number): Uint8Array {
    const bytes = new Uint8Array(Math.max(0, to - from));
    let at = this.#start;
    for (const part of this.#parts) {
      const [first, last] = [Math.max(from, at), Math.min(to, at + part.length)];
      if (first < last) bytes.set(part.subarray(first - at, last - at), first - from);
      at += part.length;
    }
    return bytes;
  }
}
