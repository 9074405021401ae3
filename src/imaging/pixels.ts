import type { PixelArray } from "../fits/pixels.ts";

/** What pictures are made of here: any numeric array of pixels, in rows, the first the lowest. */
export type Pixels = PixelArray;

/** Whether an array of this kind can hold NaN or infinities. */
export function canBeUndefined(pixels: Pixels): boolean {
  return pixels instanceof Float32Array || pixels instanceof Float64Array;
}

/** Every value that pixels of this kind can have; null: too many to count. */
export function valuesOf(pixels: Pixels): { lowest: number; count: number } | null {
  if (pixels instanceof Uint16Array) return { lowest: 0, count: 65_536 };
  if (pixels instanceof Int16Array) return { lowest: -32_768, count: 65_536 };
  if (pixels instanceof Uint8Array) return { lowest: 0, count: 256 };
  if (pixels instanceof Int8Array) return { lowest: -128, count: 256 };
  return null;
}

/**
 * Pixels in one of the two forms that loops over all of them are written for. A loop that has met five kinds of arrays
 * takes eight times as long as one that knows a single kind: so what most cameras write is taken as it is, and all else
 * is copied into doubles.
 */
export type Row = Int16Array | Float64Array;

/** The pixels as a row; `doubles`, of the same length, is where others than 16-bit integers are copied to. */
export function toRow(pixels: Pixels, doubles: Float64Array): Row {
  if (pixels instanceof Int16Array) return pixels;
  if (pixels instanceof BigInt64Array || pixels instanceof BigUint64Array) {
    // A picture of 256 levels has no use for the last bits.
    for (let i = 0; i < pixels.length; i++) doubles[i] = Number(pixels[i]);
  } else {
    doubles.set(pixels);
  }
  return doubles;
}

/** Whether all are numbers: one NaN or infinity makes their sum one. */
export function areFinite(values: Float64Array): boolean {
  // Four sums, because each addition waits for the one before it in its sum.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = values.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]!;
  const sum = a + b + c + d;
  // Finite values of 1e308 could overflow together; then they are looked at one by one.
  return sum - sum === 0 || values.every(Number.isFinite);
}
