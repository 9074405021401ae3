/** One tile's stream to pixels as the image stores them (type of ZBITPIX). */
import { fromBigEndian } from "../byteswap.ts";
import { FitsError } from "../errors.ts";
import type { Hdu } from "../hdu.ts";
import { type Bitpix, makeStored, type StoredArray } from "../pixels.ts";
import type { Codec, TileSpec } from "./codec.ts";
import { dequantize } from "./quantize.ts";
import { type TileStream, tileError } from "./tile-locate.ts";
import type { TileTable } from "./tile-table.ts";

export async function decodeTile(
  hdu: Hdu,
  table: TileTable,
  codec: Codec,
  stream: TileStream,
  bytes: Uint8Array,
): Promise<StoredArray> {
  const shape = stream.box.hi.map((hi, axis) => hi - stream.box.lo[axis]!);
  const pixels = shape.reduce((product, length) => product * length, 1);
  const { bitpix, parameters } = table;
  try {
    if (8 * pixels > hdu.runtime.maxBytes) {
      throw new FitsError("TOO_LARGE", `${pixels} pixels; allowed are ${hdu.runtime.maxBytes / 8}`);
    }
    if (stream.form !== "compressed") return await decodeFallback(hdu, table, stream, bytes, pixels);
    const quantized = stream.scale !== undefined;
    const spec: TileSpec = { shape, pixels, float: bitpix < 0 && !quantized, bitpix, parameters };
    const decoded = await codec.decode(bytes, spec, hdu.runtime);
    return quantized ? restoreFloats(hdu, table, stream, decoded) : convert(decoded, table);
  } catch (error) {
    throw tileError(hdu, stream.tile, stream.offset, error);
  }
}

/** Tiles in UNCOMPRESSED_DATA or GZIP_COMPRESSED_DATA hold the pixels themselves, never quantised ones (§10.1.3). */
async function decodeFallback(
  hdu: Hdu,
  table: TileTable,
  stream: TileStream,
  bytes: Uint8Array,
  pixels: number,
): Promise<StoredArray> {
  const { inflate, kernels } = hdu.runtime;
  const raw = stream.form === "gzipped" ? await inflate(bytes, 8 * pixels) : bytes;
  const width = raw.length / pixels;
  if (width !== 1 && width !== 2 && width !== 4 && width !== 8) {
    throw new FitsError("CORRUPT", `${pixels} pixels have ${raw.length} bytes`);
  }
  const bitpix = (table.bitpix < 0 ? -8 * width : 8 * width) as Bitpix;
  if (bitpix !== table.bitpix) throw new FitsError("CORRUPT", `pixels of BITPIX ${bitpix}, not ${table.bitpix}`);
  const out = makeStored(bitpix, pixels);
  (kernels.fromBigEndian ?? fromBigEndian)(raw, out);
  return out;
}

function restoreFloats(hdu: Hdu, table: TileTable, stream: TileStream, decoded: StoredArray): StoredArray {
  const out = makeStored(table.bitpix, decoded.length) as Float32Array | Float64Array;
  if (decoded instanceof Float32Array || decoded instanceof Float64Array || decoded instanceof BigInt64Array) {
    throw new FitsError("CORRUPT", "quantised pixels are not 32-bit integers");
  }
  const ints = decoded instanceof Int32Array ? decoded : Int32Array.from(decoded);
  (hdu.runtime.kernels.dequantize ?? dequantize)(ints, out, {
    scale: stream.scale!,
    zero: stream.zero ?? 0,
    dither: table.dither,
    seed: stream.tile + table.dither0 - 1,
    blank: stream.blank,
  });
  return out;
}

/** Integers of any width to that of ZBITPIX; those out of range (lossy codecs) become the nearest, as in CFITSIO. */
function convert(decoded: StoredArray, table: TileTable): StoredArray {
  const { bitpix } = table;
  // §10.4.3: PLIO knows positive numbers only, so unsigned 16-bit pixels are in it with BZERO already added.
  const shift = table.codec === "PLIO_1" && table.bzero === 32768 ? 32768 : 0;
  if (decoded.constructor === makeStored(bitpix, 0).constructor && shift === 0) return decoded;
  const out = makeStored(bitpix, decoded.length);
  if (out instanceof BigInt64Array) {
    for (let index = 0; index < out.length; index++) out[index] = BigInt(decoded[index]!);
    return out;
  }
  if (decoded instanceof BigInt64Array || bitpix < 0) {
    throw new FitsError("CORRUPT", `pixels do not fit BITPIX ${bitpix}`);
  }
  const [lowest, highest] = bitpix === 8 ? [0, 255] : [-(2 ** (bitpix - 1)), 2 ** (bitpix - 1) - 1];
  for (let index = 0; index < out.length; index++) {
    out[index] = Math.min(Math.max(decoded[index]! - shift, lowest), highest);
  }
  return out;
}
