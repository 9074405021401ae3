/**
 * The plain FITS file inside a stored one: what gunzip makes of a gzip, what funpack makes of a tile-compressed file,
 * the upload where the archive itself has packed it.
 */
import type { Config } from "../config.ts";
import { FitsError } from "../fits/errors.ts";
import { gzipSource } from "../fits/gzip-source.ts";
import { MemorySource } from "../fits/memory-source.ts";
import type { ByteSource } from "../fits/source.ts";
import { readChunks, type StreamSource } from "../fits/stream-source.ts";
import { openUnpacked } from "../fits/unpack.ts";
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import { fitsRuntime } from "./fits-runtime.ts";
import { inflateStream } from "./frame-file.ts";

/** Fetched at once from R2: tiles are read in order, a piece of the original needs somewhat less than its own size. */
const READ_AHEAD = 1024 * 1024;
/** Tiles inside a gzip are read from memory, because a gzip has no other order than its own. Bytes of their file. */
const MOST_IN_MEMORY = 32 * 1024 * 1024;

/** Where the plain file is read from; after use it is closed. */
export interface PlainFile extends AsyncDisposable {
  /** Its `size` is Infinity as long as a gzip has not been read to its end, and then it is to be read forwards. */
  readonly source: ByteSource;
}

/** Whether the file's name, which ingest gives by content, says that there is another one inside. */
export function isCompressed(filename: string): boolean {
  return /\.(fz|gz)$/i.test(filename);
}

/** Whether any range of the plain file can be had without what lies before it. */
export function isSeekable(filename: string): boolean {
  return !/\.gz$/i.test(filename);
}

/** What an address of a frame's file needs to give the one of this name, also when it is packed one day (http/download.ts). */
export function exactFormat(filename: string): string {
  if (!isSeekable(filename)) return "&format=stored";
  return isCompressed(filename) ? "" : "&format=fits";
}

/** `x.fits` for `x.fits.fz`, `x.fits.gz` and `x.fits.fz.gz`. */
export function plainName(filename: string): string {
  return filename.replace(/(\.(fz|gz))+$/i, "");
}

/**
 * Opens the plain file inside `file`. Throws FileStoreError MISSING where R2 has lost it, CHANGED where it is not the
 * file that the catalogue means; FitsError where it cannot be unpacked, also later, while it is read.
 */
export async function openPlain(
  files: FileStore,
  file: Pick<StoredFile, "key" | "size" | "filename">,
  { maxInflatedBytes }: Pick<Config, "maxInflatedBytes">,
): Promise<PlainFile> {
  if (isSeekable(file.filename)) {
    const stored = await files.open(file.key, { readAhead: READ_AHEAD });
    if (stored.size !== file.size) throw changed(file.key);
    return { source: await openUnpacked(stored, fitsRuntime), [Symbol.asyncDispose]: async () => {} };
  }
  const found = await files.get(file.key);
  if (found === null) throw new FileStoreError("MISSING", `There is no file ${file.key} in the store.`, file.key);
  if (found.size !== file.size) {
    await found.body.cancel();
    throw changed(file.key);
  }
  const source = gzipSource(readChunks(found.body), inflateStream, { limit: maxInflatedBytes });
  const close = () => source.close();
  if (!isCompressed(file.filename.replace(/\.gz$/i, ""))) return { source, [Symbol.asyncDispose]: close };
  try {
    const tiles = new MemorySource(await wholeOf(source));
    return { source: await openUnpacked(tiles, fitsRuntime), [Symbol.asyncDispose]: async () => {} };
  } finally {
    await close();
  }
}

async function wholeOf(source: StreamSource): Promise<Uint8Array> {
  const bytes = await source.getRange(0, MOST_IN_MEMORY + 1);
  if (bytes.length <= MOST_IN_MEMORY) return bytes;
  const message = `a tile-compressed file of more than ${MOST_IN_MEMORY} bytes inside a gzip is not unpacked`;
  throw new FitsError("TOO_LARGE", message);
}

function changed(key: string): FileStoreError {
  return new FileStoreError("CHANGED", `The file ${key} is not the one the catalogue means.`, key);
}
