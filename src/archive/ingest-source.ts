/** A byte source over bytes that pass by once, so that the one FITS reader also reads what is still being uploaded. */
import { FitsError } from "../fits/errors.ts";
import type { ByteSource } from "../fits/source.ts";

/** Bytes of one read: the longest header taken is of this size (some 50,000 cards). */
const MOST_AT_ONCE = 4 * 1024 * 1024;
/** Bytes kept of what was asked for last. `fits/file.ts` looks 23,040 bytes ahead for a header. */
const MOST_KEPT = 64 * 1024;

interface Request {
  offset: number;
  bytes: Uint8Array;
  filled: number;
  resolve(bytes: Uint8Array): void;
}

/**
 * One side feeds, the other reads, forwards only: a read waits until its bytes have come, and what nobody asked for is
 * passed over. `feed` does not return before the reader has had its chance to ask for more of the same bytes, so no
 * byte is kept that is not asked for, and none longer than until the next question.
 */
export class PassingSource implements ByteSource {
  private fed = 0;
  private ended = false;
  private closed = false;
  private request: Request | null = null;
  /** What was asked for last: a reader that looked ahead for a header may ask again for the data behind it. */
  private last: { offset: number; bytes: Uint8Array } = { offset: 0, bytes: new Uint8Array(0) };
  private asked: (() => void) | null = null;

  /** Infinity until the end is known. */
  get size(): number {
    return this.ended ? this.fed : Number.POSITIVE_INFINITY;
  }

  async getRange(offset: number, length: number): Promise<Uint8Array> {
    if (length > MOST_AT_ONCE) {
      const message = `a header of more than ${MOST_AT_ONCE / 1024 / 1024} MiB is not read`;
      throw new FitsError("TOO_LARGE", message, { offset });
    }
    const again = offset - this.last.offset;
    const known = again >= 0 ? this.last.bytes.subarray(again, again + length) : new Uint8Array(0);
    if (known.length === length || this.ended) return known;
    const bytes = new Uint8Array(length);
    bytes.set(known);
    return new Promise((resolve) => {
      this.request = { offset, bytes, filled: known.length, resolve };
      this.asked?.();
    });
  }

  /** Hands over the next bytes; they may change afterwards. */
  async feed(bytes: Uint8Array): Promise<void> {
    while (!this.closed) {
      if (this.request === null) {
        await this.nextRequest();
        continue;
      }
      const { request } = this;
      const from = request.offset + request.filled - this.fed;
      if (from < 0) throw new RangeError(`byte ${request.offset} was asked for after it had passed`);
      if (from >= bytes.length) break;
      const some = bytes.subarray(from, from + request.bytes.length - request.filled);
      request.bytes.set(some, request.filled);
      request.filled += some.length;
      if (request.filled < request.bytes.length) break;
      this.answer(request);
    }
    this.fed += bytes.length;
  }

  /** No more bytes come: reads are answered with what there is. */
  end(): void {
    this.ended = true;
    if (this.request !== null) this.answer(this.request);
  }

  /** The reader asks for nothing more; what is fed from now on is passed over. */
  close(): void {
    this.closed = true;
    this.asked?.();
  }

  private answer(request: Request): void {
    this.request = null;
    const bytes = request.bytes.subarray(0, request.filled);
    this.last = this.joined(request.offset, bytes);
    request.resolve(bytes);
  }

  /** Two short reads in a row are kept together: a reader that looks for END may have it in the first of them. */
  private joined(offset: number, bytes: Uint8Array): { offset: number; bytes: Uint8Array } {
    const { last } = this;
    const follows = offset === last.offset + last.bytes.length;
    if (!follows || last.bytes.length + bytes.length > MOST_KEPT) return { offset, bytes };
    const both = new Uint8Array(last.bytes.length + bytes.length);
    both.set(last.bytes);
    both.set(bytes, last.bytes.length);
    return { offset: last.offset, bytes: both };
  }

  private async nextRequest(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.asked = resolve;
    });
    this.asked = null;
  }
}
