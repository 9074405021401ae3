/** Quantised floating-point tiles back to floats (FITS 4.0 §10.2). */

/** 0: NO_DITHER, 1: SUBTRACTIVE_DITHER_1, 2: SUBTRACTIVE_DITHER_2. */
export type Dither = 0 | 1 | 2;

export interface Quantization {
  /** ZSCALE and ZZERO of the tile. */
  readonly scale: number;
  readonly zero: number;
  readonly dither: Dither;
  /** Index of the tile from 0, plus ZDITHER0, minus 1: where the tile begins in the random sequence. */
  readonly seed: number;
  /** The integer that stands for an undefined pixel (ZBLANK), which becomes NaN with all bits set, as CFITSIO writes. */
  readonly blank: number | undefined;
}

/** Under SUBTRACTIVE_DITHER_2 this integer is a pixel of exactly 0 (§10.2.2). */
const ZERO_VALUE = -2147483646;

const RANDOM_COUNT = 10_000;

/** The random sequence of FITS 4.0 Appendix I, in single precision as its users compute with it. */
export const RANDOM_VALUES: Float32Array = makeRandomValues();

function makeRandomValues(): Float32Array {
  const values = new Float32Array(RANDOM_COUNT);
  const [a, m] = [16807, 2147483647];
  let seed = 1;
  for (let index = 0; index < RANDOM_COUNT; index++) {
    seed = (a * seed) % m; // exact: the product stays below 2^46
    values[index] = seed / m;
  }
  return values;
}

/** `out[i] = (ints[i] − random + 0.5) × scale + zero` in double precision, then rounded to the type of `out`. */
export function dequantize(ints: Int32Array, out: Float32Array | Float64Array, quantization: Quantization): void {
  const { scale, zero, dither, seed } = quantization;
  // A value no int32 has stands for "no blank", so that the loop compares numbers only.
  const blank = quantization.blank ?? 2 ** 31;
  const count = out.length;
  const words = new Int32Array(out.buffer, out.byteOffset, out.byteLength / 4);
  const perPixel = out.BYTES_PER_ELEMENT / 4;
  if (dither === 0) {
    for (let index = 0; index < count; index++) {
      const value = ints[index]!;
      if (value === blank) words.fill(-1, index * perPixel, (index + 1) * perPixel);
      else out[index] = value * scale + zero;
    }
    return;
  }
  const zeroValue = dither === 2 ? ZERO_VALUE : 2 ** 31;
  let row = seed % RANDOM_COUNT;
  let next = Math.trunc(RANDOM_VALUES[row]! * 500);
  for (let index = 0; index < count; index++) {
    const value = ints[index]!;
    if (value === blank) words.fill(-1, index * perPixel, (index + 1) * perPixel);
    else if (value === zeroValue) out[index] = 0;
    else out[index] = (value - RANDOM_VALUES[next]! + 0.5) * scale + zero;
    if (++next === RANDOM_COUNT) {
      if (++row === RANDOM_COUNT) row = 0;
      next = Math.trunc(RANDOM_VALUES[row]! * 500);
    }
  }
}
