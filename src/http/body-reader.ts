/** A request's body with a view of what has come and is not used yet; reads in large steps and counts the bytes. */
import { Buffer } from "node:buffer";
import { ArchiveError } from "../archive/errors.ts";

/** Bytes asked for in one read. Default reads of workerd come in pieces of 4 KiB, each a turn of its event loop. */
const STEP = 128 * 1024;

type Reader =
  | { kind: "bytes"; reader: ReadableStreamBYOBReader }
  | { kind: "chunks"; reader: ReadableStreamDefaultReader<Uint8Array> };

export class BodyReader {
  /** What has come and was not taken. Valid until the next `more`. */
  view: Uint8Array = new Uint8Array(0);
  private readonly source: Reader;
  /** Lent to the stream for each read, so that one buffer serves the whole body. */
  private buffer = new ArrayBuffer(STEP);
  private received = 0;
  private ended = false;

  constructor(
    stream: ReadableStream<Uint8Array>,
    private readonly limit: number,
  ) {
    this.source = readerOf(stream);
  }

  /** Puts bytes before the body. */
  prefix(bytes: Uint8Array): void {
    this.view = bytes;
  }

  take(length: number): void {
    this.view = this.view.subarray(length);
  }

  /** Offset in `view`, or -1. */
  indexOf(bytes: Uint8Array): number {
    const { buffer, byteOffset, byteLength } = this.view;
    return Buffer.from(buffer, byteOffset, byteLength).indexOf(bytes);
  }

  /** Reads on, keeping what was not taken. False at the end. Throws TOO_LARGE, and BAD_PARAMETER if the client is gone. */
  async more(): Promise<boolean> {
    if (this.ended) return false;
    const rest = this.view.slice();
    const bytes = await this.read(rest.length).catch((cause: unknown) => {
      throw new ArchiveError("BAD_PARAMETER", "The connection ended before the whole body had come.", {}, { cause });
    });
    if (bytes === null) {
      this.ended = true;
      return false;
    }
    this.received += bytes.length;
    if (this.received > this.limit) throw tooLarge(this.limit);
    if (rest.length === 0) {
      this.view = bytes;
    } else if (bytes.byteOffset === rest.length && this.source.kind === "bytes") {
      this.view = new Uint8Array(bytes.buffer, 0, rest.length + bytes.length);
      this.view.set(rest);
    } else {
      this.view = new Uint8Array(rest.length + bytes.length);
      this.view.set(rest);
      this.view.set(bytes, rest.length);
    }
    return true;
  }

  /** Tells the stream that no more of it is wanted. */
  async release(): Promise<void> {
    if (!this.ended) await this.source.reader.cancel().catch(() => undefined);
  }

  /** The next bytes, if possible placed `room` bytes into the buffer; null at the end. */
  private async read(room: number): Promise<Uint8Array | null> {
    if (this.source.kind === "chunks") {
      const { done, value } = await this.source.reader.read();
      return done ? null : value;
    }
    // What was not taken is part of a delimiter, or the headers of a part: it grows the buffer only while it must.
    const size = Math.max(STEP, room + STEP / 2);
    const buffer = this.buffer.byteLength === size ? this.buffer : new ArrayBuffer(size);
    const { done, value } = await this.source.reader.readAtLeast(size - room, new Uint8Array(buffer, room));
    if (value !== undefined) this.buffer = value.buffer as ArrayBuffer;
    return done || value === undefined || value.length === 0 ? null : value;
  }
}

export function tooLarge(limit: number): ArchiveError {
  const megabytes = (limit / 1e6).toFixed(limit % 1e6 === 0 ? 0 : 1);
  return new ArchiveError(
    "TOO_LARGE",
    `The request is larger than the ${megabytes} MB that this archive takes at once.`,
    {
      limit,
    },
  );
}

function readerOf(stream: ReadableStream<Uint8Array>): Reader {
  try {
    return { kind: "bytes", reader: stream.getReader({ mode: "byob" }) };
  } catch {
    // A stream made in JavaScript without `type: "bytes"`.
    return { kind: "chunks", reader: stream.getReader() };
  }
}
