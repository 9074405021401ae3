/** Pixel arrays and how BITPIX maps to them. */
import { FitsError } from "./errors.ts";

export type PixelArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Arrays in the form of the file: one for each BITPIX, before BSCALE, BZERO and BLANK. */
export type StoredArray = Uint8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

export type Bitpix = 8 | 16 | 32 | 64 | -32 | -64;

/** Names as numpy writes them, and as the manifest of a test corpus does. */
export type PixelType =
  | "uint8"
  | "int8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float32"
  | "float64";

const TYPES = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

const STORED: Record<Bitpix, PixelType> = {
  8: "uint8",
  16: "int16",
  32: "int32",
  64: "int64",
  [-32]: "float32",
  [-64]: "float64",
};

/** A zeroed array. */
export function makePixels(type: PixelType, length: number): PixelArray {
  return new TYPES[type](length);
}

/** A zeroed array for values as they stand in a file. */
export function makeStored(bitpix: Bitpix, length: number): StoredArray {
  return makePixels(STORED[bitpix], length) as StoredArray;
}

export function storedType(bitpix: Bitpix): PixelType {
  return STORED[bitpix];
}

/** BITPIX checked (FITS 4.0 Table 8); anything else is BAD_VALUE. */
export function checkBitpix(value: number, hdu?: number): Bitpix {
  if (value === 8 || value === 16 || value === 32 || value === 64 || value === -32 || value === -64) return value;
  throw new FitsError("BAD_VALUE", `BITPIX is ${value}; allowed are 8, 16, 32, 64, -32, -64`, {
    hdu,
    keyword: "BITPIX",
  });
}
