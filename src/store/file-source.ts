/**
 * Ranged reading of one R2 object. Each R2 read costs a round trip and is billed, so small reads are served from
 * windows that were fetched ahead, and reads asked for together that lie together are fetched together.
 */
import { type FileSource, FileStoreError, type OpenOptions, twice } from "./files.ts";

const READ_AHEAD = 256 * 1024;
const MOST_AHEAD = 4 * 1024 * 1024;
/** Reads asked for in one go are merged over gaps up to this … */
const GAP = 32 * 1024;
/** … while the merged read stays below this, so that a request's buffers stay bounded. */
const MOST_MERGED = 8 * 1024 * 1024;

interface Pending {
  offset: number;
  length: number;
  resolve(bytes: Uint8Array): void;
  reject(reason: unknown): void;
}

/** A compressed image is read at two places in turn: the table of its tiles, and the tiles. */
const WINDOWS = 2;

interface Window {
  offset: number;
  bytes: Uint8Array;
}

/** Opens an object by reading its first window, which holds the headers of most files. */
export async function openObject(bucket: R2Bucket, key: string, options: OpenOptions): Promise<FileSource> {
  const ahead = Math.min(MOST_AHEAD, options.readAhead ?? READ_AHEAD);
  options.signal?.throwIfAborted();
  return twice(key, "read", async () => {
    // A range of an empty object is an error, an object without one is not: head tells them apart.
    const object = await bucket.get(key, { range: { offset: 0, length: ahead } }).catch(async (cause: unknown) => {
      const head = await bucket.head(key);
      if (head === null || head.size > 0) throw cause;
      return head;
    });
    if (object === null) throw new FileStoreError("MISSING", `There is no file ${key} in the store.`, key);
    const bytes = "body" in object ? await (object as R2ObjectBody).bytes() : new Uint8Array(0);
    return new ObjectSource(bucket, key, object.etag, object.size, ahead, { offset: 0, bytes });
  });
}

class ObjectSource implements FileSource {
  private pending: Pending[] = [];
  /** The one used last at the end. */
  private windows: Window[];

  constructor(
    private readonly bucket: R2Bucket,
    readonly key: string,
    readonly etag: string,
    readonly size: number,
    private readonly ahead: number,
    first: Window,
  ) {
    this.windows = [first];
  }

  /** The bytes may be a view of the window: read them, do not write them. */
  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    if (wanted === 0) return new Uint8Array(0);
    const bytes =
      this.known(offset, wanted) ??
      (await new Promise<Uint8Array>((resolve, reject) => {
        this.pending.push({ offset, length: wanted, resolve, reject });
        // All reads of this turn are known when the microtasks that asked for them have run.
        if (this.pending.length === 1) queueMicrotask(() => queueMicrotask(() => this.flush()));
      }));
    signal?.throwIfAborted();
    return bytes;
  }

  private known(offset: number, length: number): Uint8Array | null {
    for (const window of this.windows) {
      const bytes = within(window, offset, length);
      if (bytes === null) continue;
      this.keep(window);
      return bytes;
    }
    return null;
  }

  private keep(window: Window): void {
    this.windows = [...this.windows.filter((other) => other !== window), window].slice(-WINDOWS);
  }

  private flush(): void {
    const reads = this.pending.sort((a, b) => a.offset - b.offset);
    this.pending = [];
    let group: Pending[] = [];
    let end = 0;
    for (const read of reads) {
      const start = group[0]?.offset ?? read.offset;
      const far = read.offset - end > GAP || read.offset + read.length - start > MOST_MERGED;
      if (group.length > 0 && far) {
        void this.fetch(group, end);
        group = [];
      }
      end = group.length === 0 ? read.offset + read.length : Math.max(end, read.offset + read.length);
      group.push(read);
    }
    if (group.length > 0) void this.fetch(group, end);
  }

  private async fetch(reads: Pending[], end: number): Promise<void> {
    const offset = reads[0]!.offset;
    const length = Math.min(Math.max(end - offset, this.ahead), this.size - offset);
    try {
      const bytes = await this.read(offset, length);
      if (bytes.length !== length) {
        throw new FileStoreError("UNAVAILABLE", `The file store gave too few bytes of ${this.key}.`, this.key);
      }
      const window = { offset, bytes };
      // A long read is used up by whoever asked for it; keeping it would only hold memory.
      if (length <= MOST_AHEAD) this.keep(window);
      for (const read of reads) read.resolve(within(window, read.offset, read.length)!);
    } catch (error) {
      for (const read of reads) read.reject(error);
    }
  }

  private read(offset: number, length: number): Promise<Uint8Array> {
    return twice(this.key, "read", async () => {
      const object = await this.bucket.get(this.key, {
        range: { offset, length },
        onlyIf: { etagMatches: this.etag },
      });
      if (object === null) {
        throw new FileStoreError("MISSING", `The file ${this.key} was deleted while it was read.`, this.key);
      }
      if (!("body" in object)) {
        throw new FileStoreError("CHANGED", `The file ${this.key} was replaced while it was read.`, this.key);
      }
      return object.bytes();
    });
  }
}

function within(window: Window, offset: number, length: number): Uint8Array | null {
  const from = offset - window.offset;
  return from >= 0 && from + length <= window.bytes.length ? window.bytes.subarray(from, from + length) : null;
}
