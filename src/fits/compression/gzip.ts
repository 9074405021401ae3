/** GZIP_1, GZIP_2 (FITS 4.0 §10.4.2) and NOCOMPRESS. */
import { fromBigEndian } from "../byteswap.ts";
import { FitsError } from "../errors.ts";
import { type Bitpix, makeStored, type StoredArray } from "../pixels.ts";
import type { Codec, TileSpec } from "./codec.ts";
import { unshuffle } from "./shuffle.ts";

export const gzip1: Codec = {
  async decode(bytes, tile, { inflate, kernels }) {
    const raw = await inflate(bytes, 8 * tile.pixels);
    const out = allocate(raw.length, tile);
    (kernels.fromBigEndian ?? fromBigEndian)(raw, out);
    return out;
  },
};

export const gzip2: Codec = {
  async decode(bytes, tile, { inflate, kernels }) {
    const raw = await inflate(bytes, 8 * tile.pixels);
    const out = allocate(raw.length, tile);
    (kernels.unshuffle ?? unshuffle)(raw, out);
    return out;
  },
};

export const nocompress: Codec = {
  decode(bytes, tile, { kernels }) {
    const out = allocate(bytes.length, tile);
    (kernels.fromBigEndian ?? fromBigEndian)(bytes, out);
    return out;
  },
};

/** The number of bytes tells the width: writers store integers narrower or wider than ZBITPIX says. */
function allocate(bytes: number, tile: TileSpec): StoredArray {
  const width = bytes / tile.pixels;
  const fits = tile.float ? width === 4 || width === 8 : width === 1 || width === 2 || width === 4 || width === 8;
  if (!fits) {
    throw new FitsError("CORRUPT", `a tile of ${tile.pixels} pixels has ${bytes} bytes once inflated`);
  }
  return makeStored((tile.float ? -8 * width : 8 * width) as Bitpix, tile.pixels);
}
