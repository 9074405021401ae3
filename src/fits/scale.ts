/** BSCALE, BZERO and BLANK (FITS 4.0 §4.4.2.5), with the result types of astropy. */
import type { Bitpix, PixelArray, PixelType, StoredArray } from "./pixels.ts";
import { storedType } from "./pixels.ts";

export interface Scaling {
  readonly bscale: number;
  readonly bzero: number;
  /** The stored integer that stands for an undefined pixel; never set for floats. NaN: those are NaN already. */
  readonly blank: number | bigint | undefined;
}

/** The type of physical pixels: unsigned by the conventions of §5.2.5, else float32 up to 16 bits and float64 above. */
export function physicalType(bitpix: Bitpix, { bscale, bzero, blank }: Scaling): PixelType {
  if (bscale === 1) {
    if (bitpix === 8 && bzero === -128) return "int8";
    if (bitpix === 16 && bzero === 2 ** 15) return "uint16";
    if (bitpix === 32 && bzero === 2 ** 31) return "uint32";
    if (bitpix === 64 && bzero === 2 ** 63) return "uint64";
    if (bzero === 0 && blank === undefined) return storedType(bitpix);
  }
  if (bitpix < 0) return storedType(bitpix);
  return bitpix > 16 ? "float64" : "float32";
}

/** True for the pairs whose physical values are the stored ones with the sign bit flipped. */
export function isSignFlip(stored: PixelType, physical: PixelType): boolean {
  return stored !== physical && !physical.startsWith("float");
}

/** Flips the sign bit of every value in place. */
export function flipSign(stored: StoredArray): void {
  if (stored instanceof Uint8Array) {
    for (let index = 0; index < stored.length; index++) stored[index]! ^= 0x80;
  } else if (stored instanceof Int16Array) {
    // Two at a time, where they lie so that they can be.
    const pairs = stored.byteOffset % 4 === 0 ? stored.length >> 1 : 0;
    const words = new Int32Array(stored.buffer, pairs === 0 ? 0 : stored.byteOffset, pairs);
    for (let index = 0; index < pairs; index++) words[index]! ^= 0x8000_8000;
    for (let index = 2 * pairs; index < stored.length; index++) stored[index]! ^= 0x8000;
  } else if (stored instanceof Int32Array) {
    for (let index = 0; index < stored.length; index++) stored[index]! ^= 0x8000_0000;
  } else {
    const words = new Int32Array(stored.buffer, stored.byteOffset, 2 * stored.length);
    for (let index = 1; index < words.length; index += 2) words[index]! ^= 0x8000_0000; // little-endian: upper half
  }
}

/** The same memory under its unsigned type (bytes: signed), for values whose sign bit has been flipped. */
export function flippedView({ buffer, byteOffset, length, BYTES_PER_ELEMENT }: StoredArray): PixelArray {
  switch (BYTES_PER_ELEMENT) {
    case 1:
      return new Int8Array(buffer, byteOffset, length);
    case 2:
      return new Uint16Array(buffer, byteOffset, length);
    case 4:
      return new Uint32Array(buffer, byteOffset, length);
    default:
      return new BigUint64Array(buffer, byteOffset, length);
  }
}

/**
 * `out[i] = stored[i] × bscale + bzero`, NaN where the stored value is `blank`. Computed step by step in the precision
 * of `out`, as numpy does. `stored` and `out` may be the same array.
 */
export function scalePixels(stored: StoredArray, out: Float32Array | Float64Array, scaling: Scaling): void {
  const { bscale, bzero, blank } = scaling;
  const count = out.length;
  if (stored instanceof BigInt64Array) {
    const missing = blank === undefined ? undefined : BigInt(blank);
    for (let index = 0; index < count; index++) {
      out[index] = stored[index] === missing ? Number.NaN : Number(stored[index]) * bscale + bzero;
    }
  } else if (out instanceof Float32Array) {
    const [scale, zero] = [Math.fround(bscale), Math.fround(bzero)];
    for (let index = 0; index < count; index++) {
      const value = stored[index]!;
      out[index] = value === blank ? Number.NaN : Math.fround(Math.fround(value) * scale) + zero;
    }
  } else {
    for (let index = 0; index < count; index++) {
      const value = stored[index]!;
      out[index] = value === blank ? Number.NaN : value * bscale + bzero;
    }
  }
}
