// Quantised integers back to floats (FITS 4.0 §10.2), as src/fits/compression/quantize.ts computes them. The caller
// walks the random sequence: a call covers integers whose random numbers lie side by side. Loops go by whole vectors
// and may write up to three values past `count`.

/** Under SUBTRACTIVE_DITHER_2 this integer is a pixel of exactly 0 (§10.2.2). */
const ZERO_VALUE: i32 = -2147483646;

const RANDOM_COUNT: i32 = 10000;
const randomValues = memory.data(RANDOM_COUNT * 4 + 16, 16);

/** Where the random sequence is to be put (RANDOM_COUNT floats), so that there is one table and not two. */
export function randoms(): usize {
  return randomValues;
}

// @ts-ignore: decorator
@inline
function upper(v: v128): v128 {
  return i8x16.shuffle(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
}

// @ts-ignore: decorator
@inline
function dequantize<T>(
  src: usize,
  dst: usize,
  count: i32,
  scale: f64,
  zero: f64,
  dither: i32,
  random: i32,
  hasBlank: i32,
  blank: i32,
): void {
  const scales = f64x2.splat(scale);
  const zeros = f64x2.splat(zero);
  const half = f64x2.splat(0.5);
  const blanks = i32x4.splat(blank);
  const mayBlank = i32x4.splat(hasBlank != 0 ? -1 : 0);
  const zeroValues = i32x4.splat(ZERO_VALUE);
  const mayZero = i32x4.splat(dither == 2 ? -1 : 0);
  // All bits set, as CFITSIO writes undefined pixels; of both types the same.
  const nan = i32x4.splat(-1);
  let table = randomValues + (<usize>random << 2);
  const end = src + (<usize>count << 2);
  for (; src < end; src += 16) {
    const ints = v128.load(src);
    let low: v128;
    let high: v128;
    if (dither != 0) {
      // (value - random) + 0.5, in this order: the sums are rounded.
      const values = f64x2.convert_low_i32x4_s(ints);
      const uppers = f64x2.convert_low_i32x4_s(upper(ints));
      const randomLow = f64x2.promote_low_f32x4(v128.load64_zero(table));
      const randomHigh = f64x2.promote_low_f32x4(v128.load64_zero(table, 8));
      table += 16;
      low = f64x2.add(f64x2.mul(f64x2.add(f64x2.sub(values, randomLow), half), scales), zeros);
      high = f64x2.add(f64x2.mul(f64x2.add(f64x2.sub(uppers, randomHigh), half), scales), zeros);
    } else {
      low = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(ints), scales), zeros);
      high = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(upper(ints)), scales), zeros);
    }
    const isBlank = v128.and(i32x4.eq(ints, blanks), mayBlank);
    const isZero = v128.andnot(v128.and(i32x4.eq(ints, zeroValues), mayZero), isBlank);
    if (sizeof<T>() == 4) {
      let floats = i8x16.shuffle(
        f32x4.demote_f64x2_zero(low),
        f32x4.demote_f64x2_zero(high),
        0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23,
      );
      floats = v128.andnot(v128.bitselect(nan, floats, isBlank), isZero);
      v128.store(dst, floats);
      dst += 16;
    } else {
      low = v128.bitselect(nan, low, i64x2.extend_low_i32x4_s(isBlank));
      high = v128.bitselect(nan, high, i64x2.extend_high_i32x4_s(isBlank));
      v128.store(dst, v128.andnot(low, i64x2.extend_low_i32x4_s(isZero)));
      v128.store(dst, v128.andnot(high, i64x2.extend_high_i32x4_s(isZero)), 16);
      dst += 32;
    }
  }
}

/** To single precision. `random`: index of the first integer's number in the sequence; `dither` 0, 1 or 2. */
export function dequantizeToF32(
  src: usize,
  dst: usize,
  count: i32,
  scale: f64,
  zero: f64,
  dither: i32,
  random: i32,
  hasBlank: i32,
  blank: i32,
): void {
  dequantize<f32>(src, dst, count, scale, zero, dither, random, hasBlank, blank);
}

/** As dequantizeToF32, to double precision. */
export function dequantizeToF64(
  src: usize,
  dst: usize,
  count: i32,
  scale: f64,
  zero: f64,
  dither: i32,
  random: i32,
  hasBlank: i32,
  blank: i32,
): void {
  dequantize<f64>(src, dst, count, scale, zero, dither, random, hasBlank, blank);
}
