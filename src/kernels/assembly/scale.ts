// BSCALE and BZERO: out = stored × bscale + bzero, step by step in the precision of `out`, as src/fits/scale.ts does.
// Loops go by whole vectors and may write up to seven values past `count`.

// @ts-ignore: decorator
@inline
function floats(ints: v128, scale: v128, zero: v128, isBlank: v128): v128 {
  const scaled = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(ints), scale), zero);
  return v128.bitselect(f32x4.splat(f32.NaN), scaled, isBlank);
}

/** Stored pixels of 1 (unsigned), 2 or 4 bytes to single precision. `blank` counts where `hasBlank` is not 0. */
export function scaleIntToF32(
  src: usize,
  dst: usize,
  count: i32,
  bytePix: i32,
  scale: f32,
  zero: f32,
  hasBlank: i32,
  blank: i32,
): void {
  const scales = f32x4.splat(scale);
  const zeros = f32x4.splat(zero);
  const blanks = i32x4.splat(blank);
  const mayBlank = i32x4.splat(hasBlank != 0 ? -1 : 0);
  const end = dst + (<usize>count << 2);
  for (; dst < end; dst += 16) {
    let ints: v128;
    if (bytePix == 2) {
      ints = v128.load16x4_s(src);
      src += 8;
    } else if (bytePix == 4) {
      ints = v128.load(src);
      src += 16;
    } else {
      ints = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(src)));
      src += 4;
    }
    v128.store(dst, floats(ints, scales, zeros, v128.and(i32x4.eq(ints, blanks), mayBlank)));
  }
}

/** Stored 32-bit pixels to double precision. */
export function scaleIntToF64(
  src: usize,
  dst: usize,
  count: i32,
  scale: f64,
  zero: f64,
  hasBlank: i32,
  blank: i32,
): void {
  const scales = f64x2.splat(scale);
  const zeros = f64x2.splat(zero);
  const nan = f64x2.splat(f64.NaN);
  const blanks = i32x4.splat(blank);
  const mayBlank = i32x4.splat(hasBlank != 0 ? -1 : 0);
  const end = dst + (<usize>count << 3);
  for (; dst < end; dst += 16, src += 8) {
    const ints = v128.load64_zero(src);
    const isBlank = i64x2.extend_low_i32x4_s(v128.and(i32x4.eq(ints, blanks), mayBlank));
    const scaled = f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_s(ints), scales), zeros);
    v128.store(dst, v128.bitselect(nan, scaled, isBlank));
  }
}
