// GZIP_2's shuffle (FITS 4.0 §10.4.2): first the most significant bytes of all values, then the next, and so on.
// Planes lie `stride` bytes apart. Loops go by sixteen values and may touch up to fifteen past `count` in each plane,
// so strides are multiples of 16.

/** Planes to values of two bytes in native order. */
export function unshuffle2(src: usize, stride: i32, dst: usize, count: i32): void {
  const high = src;
  const low = src + <usize>stride;
  for (let i: usize = 0; i < <usize>count; i += 16, dst += 32) {
    const a = v128.load(low + i);
    const b = v128.load(high + i);
    v128.store(dst, i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    v128.store(dst, i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16);
  }
}

// @ts-ignore: decorator
@inline
function lowBytes(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
// @ts-ignore: decorator
@inline
function highBytes(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
// @ts-ignore: decorator
@inline
function lowPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23);
}
// @ts-ignore: decorator
@inline
function highPairs(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31);
}

/** Planes to values of four bytes in native order. */
export function unshuffle4(src: usize, stride: i32, dst: usize, count: i32): void {
  const step = <usize>stride;
  for (let i: usize = 0; i < <usize>count; i += 16, dst += 64) {
    const a = v128.load(src + i + 3 * step);
    const b = v128.load(src + i + 2 * step);
    const c = v128.load(src + i + step);
    const d = v128.load(src + i);
    const lowAb = lowBytes(a, b);
    const highAb = highBytes(a, b);
    const lowCd = lowBytes(c, d);
    const highCd = highBytes(c, d);
    v128.store(dst, lowPairs(lowAb, lowCd));
    v128.store(dst, highPairs(lowAb, lowCd), 16);
    v128.store(dst, lowPairs(highAb, highCd), 32);
    v128.store(dst, highPairs(highAb, highCd), 48);
  }
}

/** Planes to values of eight bytes in native order. */
export function unshuffle8(src: usize, stride: i32, dst: usize, count: i32): void {
  const step = <usize>stride;
  for (let i: usize = 0; i < <usize>count; i++) {
    let value: u64 = 0;
    for (let plane: usize = 0; plane < 8; plane++) value = (value << 8) | <u64>load<u8>(src + plane * step + i);
    store<u64>(dst + (i << 3), value);
  }
}

/** Big-endian values of `width` bytes to planes. */
export function shuffle(src: usize, dst: usize, stride: i32, count: i32, width: i32): void {
  const step = <usize>stride;
  if (width == 4) {
    for (let i: usize = 0; i < <usize>count; i += 16, src += 64) {
      const a = gather4(v128.load(src));
      const b = gather4(v128.load(src, 16));
      const c = gather4(v128.load(src, 32));
      const d = gather4(v128.load(src, 48));
      const low = i8x16.shuffle(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      const high = i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      const lowOf = i8x16.shuffle(c, d, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23);
      const highOf = i8x16.shuffle(c, d, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
      v128.store(dst + i, firstHalves(low, lowOf));
      v128.store(dst + step + i, secondHalves(low, lowOf));
      v128.store(dst + 2 * step + i, firstHalves(high, highOf));
      v128.store(dst + 3 * step + i, secondHalves(high, highOf));
    }
    return;
  }
  for (let plane: usize = 0; plane < <usize>width; plane++) {
    let from = src + plane;
    for (let i: usize = 0; i < <usize>count; i++, from += <usize>width) {
      store<u8>(dst + plane * step + i, load<u8>(from));
    }
  }
}

// @ts-ignore: decorator
@inline
function gather4(v: v128): v128 {
  return i8x16.shuffle(v, v, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
}
// @ts-ignore: decorator
@inline
function firstHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}
// @ts-ignore: decorator
@inline
function secondHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}
