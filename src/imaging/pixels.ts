/** What pictures are made of here: any numeric array of pixels, in rows, the first the lowest. */
export type Pixels =
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

export type NumberPixels = Exclude<Pixels, BigInt64Array | BigUint64Array>;

/** 64-bit integers as doubles: a picture of 256 levels has no use for their last bits. */
export function asNumbers(pixels: Pixels): NumberPixels {
  return pixels instanceof BigInt64Array || pixels instanceof BigUint64Array
    ? Float64Array.from(pixels as BigInt64Array, Number)
    : pixels;
}

/** Whether an array of this kind can hold NaN or infinities. */
export function canBeUndefined(pixels: Pixels): boolean {
  return pixels instanceof Float32Array || pixels instanceof Float64Array;
}
