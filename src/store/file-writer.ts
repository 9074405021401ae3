/**
 * Writing objects whose length is not known beforehand. R2's multipart upload wants parts of equal size, at least
 * 5 MiB, the last no larger (https://developers.cloudflare.com/r2/objects/multipart-objects/), and shows nothing under
 * the key until it is completed.
 */
import {
  type FileInfo,
  FileStoreError,
  infoOf,
  type PutOptions,
  putOptionsOf,
  twice,
  type WriterOptions,
} from "./files.ts";
import { hold, letGo, mayHold } from "./held-memory.ts";
import type { OpenUploads } from "./open-uploads.ts";

/** Bytes of every part but the last, of files that come in order: the least that R2 takes, as two of them are held. */
const PART = 5 * 1024 * 1024;
const FIRST_BUFFER = 256 * 1024;
/**
 * Parts that wait until it is known whether the file is longer than they are: a file of one more, of 40 MiB, stays in
 * memory and is written in one go. Most frames do, and only they can be packed before they are stored. Where more than
 * that may come, only one waits: memory would grow for nothing.
 */
const MOST_WAITING = 7;
const FEW_WAITING = 1;

/**
 * Buffers of one part that nobody uses, for the next file: fresh memory costs a page fault for every 4 KiB of it, which
 * is a good part of the time that a frame takes. Only what R2 has answered for comes here.
 */
const idle: Uint8Array<ArrayBuffer>[] = [];
const MOST_IDLE = 2;

function takeBuffer(): Uint8Array<ArrayBuffer> {
  return idle.pop() ?? new Uint8Array(PART);
}

function giveBack(buffer: Uint8Array<ArrayBuffer>): void {
  if (buffer.length === PART && idle.length < MOST_IDLE) idle.push(buffer);
}

/** Pieces that follow each other as one body of known length. They must not change until R2 has answered. */
export function bodyOf(parts: readonly Uint8Array[]): Uint8Array | ReadableStream<Uint8Array> {
  if (parts.length === 1) return parts[0]!;
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
  /** Bytes of a part for writers that know their first part last; they hold two or three. */
  static readonly PART = 10 * 1024 * 1024;
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
 * Takes bytes in order. Of a long file it holds at most two parts: one that fills while the other waits or is on its
 * way. A short one is written in one go at `finish`. After an error the only call left is `abort`.
 */
export class FileWriter {
  static readonly PART = PART;
  /** Bytes taken so far. */
  size = 0;
  private buffer = new Uint8Array(FIRST_BUFFER);
  private used = 0;
  /** The first parts, as long as the file may be written in one go. */
  private waiting: Uint8Array<ArrayBuffer>[] = [];
  private readonly mostWaiting: number;
  private sink: PartSink | null = null;
  private parts = 0;
  private sending: Promise<unknown> | null = null;
  private ended = false;
  /** Whether R2 may be reading the buffers. */
  private lent = false;

  constructor(
    private readonly bucket: R2Bucket,
    private readonly noted: OpenUploads,
    private readonly key: () => string,
    private readonly options: WriterOptions,
  ) {
    const most = options.most ?? Number.POSITIVE_INFINITY;
    this.mostWaiting = most <= (MOST_WAITING + 1) * PART ? MOST_WAITING : FEW_WAITING;
  }

  /** Whether bytes have left for the store; before that, the key may still change. */
  get begun(): boolean {
    return this.sink !== null;
  }

  /** Everything taken, while nothing has left for the store; else null. Valid until the next call. */
  get held(): Uint8Array[] | null {
    return this.sink === null ? [...this.waiting, this.buffer.subarray(0, this.used)] : null;
  }

  /** Copies the bytes, so the caller may reuse its buffer. Waits when all parts are full. */
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
    const last = this.buffer.subarray(0, this.used);
    if (this.sink === null) {
      const key = this.key();
      const pieces = [...this.waiting, last];
      const options = putOptionsOf({ ...this.options, ...check });
      this.lent = true;
      const info = await twice(key, "write", async () => infoOf(await this.bucket.put(key, bodyOf(pieces), options)));
      this.release();
      return info;
    }
    await this.sending;
    if (this.used > 0) await this.sink.send(++this.parts, last);
    this.release();
    return this.sink.complete();
  }

  /** Drops everything; no object comes into being. May be called at any time, also twice. */
  async abort(): Promise<void> {
    this.ended = true;
    await this.sending?.catch(() => undefined);
    await this.sink?.abort();
    if (this.sink === null && !this.lent) this.release();
    this.waiting = [];
    letGo(this);
  }

  private grow(least: number): void {
    if (least <= this.buffer.length) return;
    hold(this, PART);
    const larger = takeBuffer();
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }

  private release(): void {
    for (const part of this.waiting.splice(0)) giveBack(part);
    letGo(this);
    giveBack(this.buffer);
    this.buffer = new Uint8Array(0);
  }

  /** Whether a full part may wait while the next fills. */
  private mayWait(): boolean {
    const { length } = this.waiting;
    if (length >= FEW_WAITING) return length < this.mostWaiting && mayHold(this, PART);
    hold(this, PART);
    return true;
  }

  private async sendBuffer(): Promise<void> {
    await this.sending;
    const full = this.buffer;
    if (this.sink === null && this.mayWait()) this.waiting.push(full);
    else {
      this.sink ??= await PartSink.open(this.bucket, this.noted, this.key(), this.options);
      for (let part = this.waiting.shift(); part !== undefined; part = this.waiting.shift()) {
        await this.send(this.sink, part);
      }
      letGo(this);
      hold(this, 2 * PART);
      this.sending = this.send(this.sink, full);
      // The error is thrown where `sending` is awaited; until then it must not count as unhandled.
      this.sending.catch(() => undefined);
    }
    this.buffer = takeBuffer();
    this.used = 0;
  }

  /** After an error R2 may still be reading, so then the buffer is left to the collector. */
  private async send(sink: PartSink, part: Uint8Array<ArrayBuffer>): Promise<void> {
    await sink.send(++this.parts, part);
    giveBack(part);
  }
}
