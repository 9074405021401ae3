/** What a Worker has better than the FITS core's own TypeScript: native inflate and deflate, WebAssembly kernels. */
import { gzipSync, unzipSync } from "node:zlib";
import { FitsError } from "../fits/errors.ts";
import type { OpenOptions } from "../fits/file.ts";
import type { PackRuntime } from "../fits/pack.ts";
import type { Inflate } from "../fits/runtime.ts";
import { kernels } from "../kernels/worker.ts";

/** workerd refuses output that just fills `maxOutputLength`, so the limit proper is checked afterwards. */
const MARGIN = 65_536;

const inflate: Inflate = (bytes, maxSize) => {
  let inflated: Uint8Array;
  try {
    inflated = unzipSync(bytes, { maxOutputLength: maxSize + MARGIN });
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(maxSize, cause);
    throw new FitsError("CORRUPT", "compressed data cannot be inflated", {}, { cause });
  }
  if (inflated.length > maxSize) throw tooLarge(maxSize);
  return inflated;
};

function tooLarge(maxSize: number, cause?: unknown): FitsError {
  return new FitsError("TOO_LARGE", `compressed data inflate to more than ${maxSize} bytes`, {}, { cause });
}

/**
 * Most memory for one piece of a file (a tile, a section, a row of a table): half of what an isolate has for all its
 * requests, so that a file made of one vast tile is an error of its own and not the isolate's end.
 * https://developers.cloudflare.com/workers/platform/limits/#memory
 */
const MOST_BYTES = 64 * 1024 ** 2;

/** For `openFits`. */
export const fitsRuntime: Pick<OpenOptions, "inflate" | "kernels" | "maxBytes"> = {
  inflate,
  kernels,
  maxBytes: MOST_BYTES,
};

/** For `packFits`. Level 1 as CFITSIO's: shuffled floats gain nothing from more. */
export const packRuntime: PackRuntime = { gzip: (bytes) => gzipSync(bytes, { level: 1 }), kernels };
