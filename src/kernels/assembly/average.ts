// Sums of blocks of 16-bit pixels, for averaging by area: src/imaging/downsample.ts, sumIntegers. Columns are summed in
// 32 bits, so a block has at most 65,535 rows.

/** columns[x] = the sum of column x over `rows` rows of `width` pixels; 32 columns at a time, so that a line of the cache is read once. */
function sumColumns(src: usize, width: i32, rows: i32, columns: usize): void {
  const stride = <usize>width << 1;
  const end = src + <usize>rows * stride;
  const whole = src + (<usize>(width & ~31) << 1);
  for (; src < whole; src += 64, columns += 128) {
    let a = i32x4.splat(0);
    let b = i32x4.splat(0);
    let c = i32x4.splat(0);
    let d = i32x4.splat(0);
    let e = i32x4.splat(0);
    let f = i32x4.splat(0);
    let g = i32x4.splat(0);
    let h = i32x4.splat(0);
    for (let at = src; at < end; at += stride) {
      const p = v128.load(at);
      a = i32x4.add(a, i32x4.extend_low_i16x8_s(p));
      b = i32x4.add(b, i32x4.extend_high_i16x8_s(p));
      const q = v128.load(at, 16);
      c = i32x4.add(c, i32x4.extend_low_i16x8_s(q));
      d = i32x4.add(d, i32x4.extend_high_i16x8_s(q));
      const r = v128.load(at, 32);
      e = i32x4.add(e, i32x4.extend_low_i16x8_s(r));
      f = i32x4.add(f, i32x4.extend_high_i16x8_s(r));
      const s = v128.load(at, 48);
      g = i32x4.add(g, i32x4.extend_low_i16x8_s(s));
      h = i32x4.add(h, i32x4.extend_high_i16x8_s(s));
    }
    v128.store(columns, a);
    v128.store(columns, b, 16);
    v128.store(columns, c, 32);
    v128.store(columns, d, 48);
    v128.store(columns, e, 64);
    v128.store(columns, f, 80);
    v128.store(columns, g, 96);
    v128.store(columns, h, 112);
  }
  for (let x = width & 31; x > 0; x--, src += 2, columns += 4) {
    let sum: i32 = 0;
    for (let at = src; at < end; at += stride) sum += <i32>load<i16>(at);
    store<i32>(columns, sum);
  }
}

/**
 * out[i] = the sum over all rows of the pixels [from[i], to[i]) and of parts of the two beside them: before[i] of the
 * one at from[i] - 1, after[i] of the one at to[i], where those are not 0. `spans` holds from, to (i32), then before,
 * after (f64), `count` of each; `count` is even. `columns` has room for `width` i32.
 */
export function sumSpans16(
  src: usize,
  width: i32,
  rows: i32,
  columns: usize,
  spans: usize,
  out: usize,
  count: i32,
): void {
  sumColumns(src, width, rows, columns);
  const tos = spans + (<usize>count << 2);
  const befores = spans + (<usize>count << 3);
  const afters = befores + (<usize>count << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    let at = columns + (<usize>load<i32>(spans + (i << 2)) << 2);
    const end = columns + (<usize>load<i32>(tos + (i << 2)) << 2);
    const before = load<f64>(befores + (i << 3));
    const after = load<f64>(afters + (i << 3));
    // Whole numbers below 2^53: exact as doubles too, whose additions would wait for each other.
    let whole: i64 = 0;
    const first = at - 4;
    for (; at < end; at += 4) whole += <i64>load<i32>(at);
    let total = <f64>whole;
    if (before > 0) total += before * <f64>load<i32>(first);
    if (after > 0) total += after * <f64>load<i32>(end);
    store<f64>(out + (i << 3), total);
  }
}
