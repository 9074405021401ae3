/**
 * The file store: the only way to the objects in R2. Every version of a frame has a key of its own and no key is ever
 * written twice, so a reader that pins the etag it first saw never mixes two files. What is read here is bytes; which
 * key belongs to which frame is the catalogue's knowledge.
 */
import type { ByteSource } from "../fits/source.ts";
import { openObject } from "./file-source.ts";
import { bodyOf, FileWriter, PartSink } from "./file-writer.ts";
import { type OpenUpload, UNNOTED } from "./open-uploads.ts";

export type FileStoreErrorCode =
  | "MISSING" // no object under this key
  | "CHANGED" // the object under this key is not the one that was opened
  | "UNAVAILABLE"; // R2 failed, also when asked again

/** What the bucket could not do. `key` is the object concerned, `cause` what R2 said. */
export class FileStoreError extends Error {
  override readonly name = "FileStoreError";
  constructor(
    readonly code: FileStoreErrorCode,
    message: string,
    readonly key: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** An object's outside. `uploaded` in UTC milliseconds. */
export interface FileInfo {
  key: string;
  size: number;
  /** Without quotes. */
  etag: string;
  uploaded: number;
}

/** Offsets in bytes; `length` may reach past the end, and `suffix` counts from it. */
export type FileRange = { offset: number; length?: number } | { suffix: number };

/** An object's bytes on their way to a Response: the stream is R2's own and never passes through JavaScript. */
export interface FileBody extends FileInfo {
  body: ReadableStream<Uint8Array>;
  /** What `body` holds: the whole file, or the part of it that was asked for. */
  range: { offset: number; length: number };
}

/** A `ByteSource` over one object, pinned to the etag it had when it was opened. */
export interface FileSource extends ByteSource {
  readonly key: string;
  readonly etag: string;
}

export interface OpenOptions {
  signal?: AbortSignal;
  /** Bytes fetched at the first touch and after each small sequential read; default 256 KiB, at most 4 MiB. */
  readAhead?: number;
}

export interface PutOptions {
  contentType?: string;
  /** R2 refuses the object if its bytes do not have this MD5 (hex): the one checksum that it computes in any case. */
  md5?: string;
}

export interface WriterOptions extends PutOptions {
  /** Bytes that will come at most, where that is known. */
  most?: number | undefined;
}

export interface FileStore {
  /** For random access. Throws `MISSING`; later reads throw `CHANGED` if the object was replaced. */
  open(key: string, options?: OpenOptions): Promise<FileSource>;
  /** The stream for a Response, or null where there is no such object. `etag` pins it (then `CHANGED` is thrown). */
  get(key: string, options?: { range?: FileRange; etag?: string }): Promise<FileBody | null>;
  head(key: string): Promise<FileInfo | null>;
  /**
   * Bytes at hand, also in several pieces, or a stream whose length the runtime knows (another object's body, a
   * FixedLengthStream).
   */
  put(
    key: string,
    body: Uint8Array | readonly Uint8Array[] | ReadableStream<Uint8Array>,
    options?: PutOptions,
  ): Promise<FileInfo>;
  /**
   * Takes bytes of unknown number in order; nothing exists under the key until `finish`. `key` is asked for when the
   * first bytes have to leave memory, after twice `FileWriter.PART` bytes (eight times, if no more than that may come), or
   * at `finish`.
   */
  writer(key: string | (() => string), options?: WriterOptions): FileWriter;
  /** Takes parts of equal size in any order, as R2 does; for writers that know their first part last. */
  parts(key: string, options?: PutOptions): Promise<PartSink>;
  /** Copies inside the bucket as a stream. Throws `MISSING` where there is no source. */
  copy(from: string, to: string): Promise<FileInfo>;
  /** Any number of keys; those that are not there do not matter. */
  delete(keys: string[]): Promise<void>;
  /** Multipart uploads to R2 begun before a moment and not ended, oldest first: on their way, or left by a Worker that died. */
  openUploads(before: number, limit: number): Promise<OpenUpload[]>;
  /**
   * Ends such an upload, with all its parts. R2 answers one that it does not know (any more) as if it had failed:
   * `forget` takes no notice of that.
   */
  dropUpload(upload: OpenUpload, forget: boolean): Promise<void>;
  /** Keys in their order (UTF-8), up to 1000 a page. */
  list(prefix: string, cursor?: string): Promise<{ files: FileInfo[]; cursor: string | null }>;
}

/** Keys that one `delete` of R2 takes. https://developers.cloudflare.com/r2/api/workers/workers-api-reference/ */
const DELETE_LIMIT = 1000;

export function infoOf(object: R2Object): FileInfo {
  return { key: object.key, size: object.size, etag: object.etag, uploaded: object.uploaded.getTime() };
}

export function putOptionsOf(options: PutOptions): R2PutOptions {
  return {
    httpMetadata: { contentType: options.contentType ?? "application/octet-stream" },
    ...(options.md5 === undefined ? {} : { md5: options.md5 }),
  };
}

/**
 * Runs something that may be repeated without harm, once more after a short pause if R2 fails: its errors 10001, 10043
 * and 10054 are passing ones. https://developers.cloudflare.com/r2/api/error-codes/
 */
export async function twice<T>(key: string, what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (first) {
    if (first instanceof FileStoreError) throw first;
    await new Promise((resolve) => setTimeout(resolve, 50));
    try {
      return await run();
    } catch (cause) {
      if (cause instanceof FileStoreError) throw cause;
      throw new FileStoreError("UNAVAILABLE", `The file store could not ${what} ${key}.`, key, { cause });
    }
  }
}

function rangeOf(range: FileRange, size: number): { offset: number; length: number } {
  const offset = "suffix" in range ? Math.max(0, size - range.suffix) : Math.min(range.offset, size);
  const wanted = "suffix" in range ? range.suffix : (range.length ?? size);
  return { offset, length: Math.min(wanted, size - offset) };
}

/** `noted`: where multipart uploads are noted while they are open; default nowhere. */
export function fileStore(bucket: R2Bucket, noted = UNNOTED): FileStore {
  return {
    open: (key, options = {}) => openObject(bucket, key, options),

    get: (key, { range, etag } = {}) =>
      twice(key, "read", async () => {
        const options = {
          ...(range === undefined ? {} : { range }),
          ...(etag === undefined ? {} : { onlyIf: { etagMatches: etag } }),
        };
        const object = await bucket.get(key, options);
        if (object === null) return null;
        if (!("body" in object)) {
          throw new FileStoreError("CHANGED", `The file ${key} was replaced while it was read.`, key);
        }
        return { ...infoOf(object), body: object.body, range: rangeOf(range ?? { offset: 0 }, object.size) };
      }),

    head: (key) =>
      twice(key, "look up", async () => {
        const object = await bucket.head(key);
        return object === null ? null : infoOf(object);
      }),

    async put(key, body, options = {}) {
      const write = async (bytes: Uint8Array | ReadableStream<Uint8Array>) =>
        infoOf(await bucket.put(key, bytes, putOptionsOf(options)));
      // A stream can be sent once only.
      if (!(body instanceof ReadableStream)) {
        return twice(key, "write", () => write(bodyOf(body instanceof Uint8Array ? [body] : body)));
      }
      try {
        return await write(body);
      } catch (cause) {
        throw new FileStoreError("UNAVAILABLE", `The file store could not write ${key}.`, key, { cause });
      }
    },

    writer: (key, options = {}) => new FileWriter(bucket, noted, typeof key === "string" ? () => key : key, options),

    parts: (key, options = {}) => PartSink.open(bucket, noted, key, options),

    copy: (from, to) =>
      twice(to, "write", async () => {
        const object = await bucket.get(from);
        if (object === null) throw new FileStoreError("MISSING", `There is no file ${from} in the store.`, from);
        const metadata = object.httpMetadata === undefined ? {} : { httpMetadata: object.httpMetadata };
        return infoOf(await bucket.put(to, object.body, metadata));
      }),

    async delete(keys) {
      for (let from = 0; from < keys.length; from += DELETE_LIMIT) {
        const some = keys.slice(from, from + DELETE_LIMIT);
        await twice(some[0]!, "delete", () => bucket.delete(some));
      }
    },

    openUploads: (before, limit) => noted.before(before, limit),

    async dropUpload({ key, upload }, forget) {
      try {
        await twice(key, "drop an upload to", () => bucket.resumeMultipartUpload(key, upload).abort());
      } catch (error) {
        if (!forget) throw error;
      }
      await noted.strike({ key, upload });
    },

    list: (prefix, cursor) =>
      twice(prefix, "list", async () => {
        const page = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
        return { files: page.objects.map(infoOf), cursor: page.truncated ? page.cursor : null };
      }),
  };
}
