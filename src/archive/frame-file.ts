/** A stored frame as FITS, read by ranges: plain or tile-compressed as it lies in R2, gzip inflated on the way. */
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Config } from "../config.ts";
import { type FitsFile, openFits } from "../fits/file.ts";
import { gzipSource, type InflateStream, isGzip } from "../fits/gzip-source.ts";
import { readChunks } from "../fits/stream-source.ts";
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import { fitsRuntime } from "./fits-runtime.ts";

/** `seekable`: any part can be read at any time, and again; else forwards only, and then the file is opened anew. */
export type FrameFile = FitsFile & AsyncDisposable & { readonly seekable: boolean };

/** By what ingest inflates with, so that whatever was taken can be read: zeros behind the stream, say, as on tapes. */
export const inflateStream: InflateStream = (chunks) => {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  // Whoever reads `gunzip` meets the error there.
  pipeline(Readable.from(chunks), gunzip, () => undefined);
  return gunzip as AsyncIterable<Uint8Array>;
};

function disposable(fits: FitsFile, seekable: boolean, close: () => Promise<void>): FrameFile {
  return Object.assign(fits, { seekable, [Symbol.asyncDispose]: close });
}

/**
 * Opens the file by its first bytes. A gzip can only be read forwards, and is let go of when the file is disposed of.
 * `readAhead`: bytes that small reads are served from, for those who read all of it. Throws FileStoreError MISSING where R2 has no such file, and FitsError where it is not FITS.
 */
export async function openFrameFile(
  files: FileStore,
  file: StoredFile,
  config: Pick<Config, "maxInflatedBytes">,
  signal?: AbortSignal,
  readAhead?: number,
): Promise<FrameFile> {
  const stored = await files.open(file.key, { signal, readAhead });
  const options = { ...fitsRuntime, signal };
  if (!isGzip(await stored.getRange(0, 3, signal))) {
    return disposable(await openFits(stored, options), true, async () => {});
  }
  const found = await files.get(file.key, { etag: stored.etag });
  if (found === null) throw new FileStoreError("MISSING", `There is no file ${file.key} in the store.`, file.key);
  const source = gzipSource(readChunks(found.body), inflateStream, { limit: config.maxInflatedBytes });
  try {
    return disposable(await openFits(source, options), false, () => source.close());
  } catch (error) {
    await source.close();
    throw error;
  }
}
