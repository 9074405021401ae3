/** A stored frame as FITS, read by ranges: plain or tile-compressed as it lies in R2, gzip inflated on the way. */
import type { Config } from "../config.ts";
import { FitsError } from "../fits/errors.ts";
import { type FitsFile, openFits } from "../fits/file.ts";
import type { ByteSource } from "../fits/source.ts";
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import { InflatedSource } from "./inflated-source.ts";

/** RFC 1952 §2.3.1. A name is not asked: gzip files have been seen under plain names. */
function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function sourceOf(
  files: FileStore,
  file: StoredFile,
  config: Pick<Config, "maxInflatedBytes">,
  signal?: AbortSignal,
): Promise<ByteSource> {
  const stored = await files.open(file.key, { signal });
  if (!isGzip(await stored.getRange(0, 2, signal))) return stored;
  const open = async () => {
    const found = await files.get(file.key, { etag: stored.etag });
    if (found === null) throw new FileStoreError("MISSING", `There is no file ${file.key} in the store.`, file.key);
    return found.body;
  };
  return new InflatedSource(open, config.maxInflatedBytes);
}

/** Throws FileStoreError MISSING where R2 has no such file, and FitsError where it is not FITS. */
export async function openFrameFile(
  files: FileStore,
  file: StoredFile,
  config: Pick<Config, "maxInflatedBytes">,
  signal?: AbortSignal,
): Promise<FitsFile> {
  return openFits(await sourceOf(files, file, config, signal), { signal });
}

/** The HDU of that EXTNAME, or null where the file has none. */
export async function namedHdu(fits: FitsFile, extname: string) {
  try {
    return await fits.hdu(extname);
  } catch (error) {
    if (error instanceof FitsError && error.code === "NO_SUCH_HDU") return null;
    throw error;
  }
}
