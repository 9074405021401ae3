/**
 * Writing objects whose length is not known beforehand. R2's multipart upload wants parts of equal size, at least
 * 5 MiB, the last no larger (https://developers.cloudflare.com/r2/objects/multipart-objects/), and shows nothing under
 * the key until it is completed.
 */
import { type FileInfo, FileStoreError, infoOf, type PutOptions, putOptionsOf, twice } from "./files.ts";
import type { OpenUploads } from "./open-uploads.ts";

/**
 * Bytes of every part but the last. Files of up to two parts are written in one go: most frames are, and the local R2
 * is slow at reading back what was written in parts, because it joins them by a stream in JavaScript.
 */
const PART = 10 * 1024 * 1024;
const FIRST_BUFFER = 256 * 1024;

/**
 * Buffers of one part that nobody uses, for the next file: fresh memory costs a page fault for every 4 KiB of it, which
 * is a good part of the time that a frame takes. Only what R2 has answered for comes here.
 */
const idle: Uint8Array<ArrayBuffer>[] = [];
const MOST_IDLE = 2;

function takeBuffer(): Uint8Array<ArrayBuffer> {
  return idle.pop() ?? new Uint8Array(PART);
}

function giveBack(buffer: Uint8Array<ArrayBuffer> | null): void {
  if (buffer !== null && buffer.length === PART && idle.length < MOST_IDLE) idle.push(buffer);
}

/** Bytes that lie apart as one body of known length. They must not change until R2 has answered. */
export function joined(parts: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(parts.reduce((sum, part) => sum + part.length, 0));
  const writer = writable.getWriter();
  const write = async () => {
    for (const part of parts) await writer.write(part);
    await writer.close();
  };
  // Whoever reads the stream meets the error, too.
  write().catch(() => undefined);
  return readable;
}

/** A multipart upload whose parts may be sent in any order. `number` counts from 1. */
export class PartSink {
  static readonly PART = PART;
  private readonly sent: R2UploadedPart[] = [];

  private constructor(
    readonly key: string,
    private readonly upload: R2MultipartUpload,
    private readonly noted: OpenUploads,
  ) {}

  static open(bucket: R2Bucket, noted: OpenUploads, key: string, options: PutOptions): Promise<PartSink> {
    return twice(key, "begin to write", async () => {
      const { httpMetadata } = putOptionsOf(options);
      const upload = await bucket.createMultipartUpload(key, { httpMetadata: httpMetadata! });
      const sink = new PartSink(key, upload, noted);
      try {
        await noted.note({ key, upload: upload.uploadId, opened: Date.now() });
      } catch (error) {
        await sink.abort();
        throw error;
      }
      return sink;
    });
  }

  /** Sends one part. The bytes must not change until the promise is kept. */
  async send(number: number, bytes: Uint8Array): Promise<void> {
    const part = await twice(this.key, "write", () => this.upload.uploadPart(number, bytes));
    this.sent.push(part);
  }

  /** Makes the object out of the parts, in the order of their numbers. */
  async complete(): Promise<FileInfo> {
    const parts = this.sent.sort((a, b) => a.partNumber - b.partNumber);
    try {
      const info = infoOf(await this.upload.complete(parts));
      await this.strike();
      return info;
    } catch (cause) {
      throw new FileStoreError("UNAVAILABLE", `The file store could not write ${this.key}.`, this.key, { cause });
    }
  }

  /** Drops what was sent. Never throws: what is left over stays noted, for the upkeep. */
  async abort(): Promise<void> {
    await this.upload.abort().then(
      () => this.strike(),
      () => undefined,
    );
  }

  /** A note too many does no harm: the upkeep finds that there is no such upload any more. */
  private async strike(): Promise<void> {
    await this.noted.strike({ key: this.key, upload: this.upload.uploadId }).catch(() => undefined);
  }
}

/**
 * Takes bytes in order. Holds at most two parts: one that fills while the other waits or is on its way. What fits two
 * parts is written in one go at `finish`. After an error the only call left is `abort`.
 */
export class FileWriter {
  static readonly PART = PART;
  /** Bytes taken so far. */
  size = 0;
  private buffer = new Uint8Array(FIRST_BUFFER);
  private used = 0;
  private spare: Uint8Array<ArrayBuffer> | null = null;
  /** The first part, as long as it may be one of two. */
  private held: Uint8Array<ArrayBuffer> | null = null;
  private sink: PartSink | null = null;
  private parts = 0;
  private sending: Promise<unknown> | null = null;
  private ended = false;

  constructor(
    private readonly bucket: R2Bucket,
    private readonly noted: OpenUploads,
    private readonly key: () => string,
    private readonly options: PutOptions,
  ) {}

  /** Whether bytes have left for the store; before that, the key may still change. */
  get begun(): boolean {
    return this.sink !== null;
  }

  /** Copies the bytes, so the caller may reuse its buffer. Waits when both parts are full. */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.ended) throw new TypeError("write after the end of a FileWriter");
    let from = 0;
    while (from < bytes.length) {
      if (this.used === PART) await this.sendBuffer();
      const take = Math.min(bytes.length - from, PART - this.used);
      this.grow(this.used + take);
      this.buffer.set(bytes.subarray(from, from + take), this.used);
      this.used += take;
      from += take;
    }
    this.size += bytes.length;
  }

  /** Makes the object. `md5` (hex) lets R2 check what it received, where the object is written in one go. */
  async finish(check: { md5?: string } = {}): Promise<FileInfo> {
    this.ended = true;
    if (this.sink === null) {
      const key = this.key();
      const last = this.buffer.subarray(0, this.used);
      const body = () => (this.held === null ? last : joined([this.held, last]));
      const options = putOptionsOf({ ...this.options, ...check });
      const info = await twice(key, "write", async () => infoOf(await this.bucket.put(key, body(), options)));
      this.release();
      return info;
    }
    await this.sending;
    if (this.used > 0) await this.sink.send(++this.parts, this.buffer.subarray(0, this.used));
    this.release();
    return this.sink.complete();
  }

  /** Drops everything; no object comes into being. May be called at any time, also twice. */
  async abort(): Promise<void> {
    this.ended = true;
    await this.sending?.catch(() => undefined);
    await this.sink?.abort();
  }

  private grow(least: number): void {
    if (least <= this.buffer.length) return;
    const larger = takeBuffer();
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }

  /** When R2 has all of it; after an error it may still be reading, so then the buffers are left to the collector. */
  private release(): void {
    giveBack(this.buffer);
    giveBack(this.spare);
    giveBack(this.held);
    this.buffer = new Uint8Array(0);
    this.spare = null;
    this.held = null;
  }

  private async sendBuffer(): Promise<void> {
    await this.sending;
    const full = this.buffer;
    if (this.sink === null && this.held === null) {
      this.held = full;
      this.buffer = takeBuffer();
      this.used = 0;
      return;
    }
    this.sink ??= await PartSink.open(this.bucket, this.noted, this.key(), this.options);
    if (this.held !== null) {
      await this.sink.send(++this.parts, this.held);
      this.spare = this.held;
      this.held = null;
    }
    this.sending = this.sink.send(++this.parts, full);
    // The error is thrown where `sending` is awaited; until then it must not count as unhandled.
    this.sending.catch(() => undefined);
    this.buffer = this.spare ?? takeBuffer();
    this.spare = full;
    this.used = 0;
  }
}
