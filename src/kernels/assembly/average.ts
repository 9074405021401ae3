// Sums of spans of a row, for averaging by area: src/imaging/downsample.ts, sumIntegers. Sums of 16-bit pixels are
// taken in 32 bits, so a row has at most 65,536 of them.

/**
 * out[i] = the pixels [from[i], to[i]) and parts of the two beside them: before[i] of the one at from[i] - 1, after[i]
 * of the one at to[i], where those are not 0. `spans` holds from, to (i32), then before, after (f64), `count` of each;
 * `count` is even.
 */
export function sumSpans16(src: usize, spans: usize, out: usize, count: i32): void {
  const tos = spans + (<usize>count << 2);
  const befores = spans + (<usize>count << 3);
  const afters = befores + (<usize>count << 3);
  for (let i: usize = 0; i < <usize>count; i++) {
    const first = load<i32>(spans + (i << 2));
    const last = load<i32>(tos + (i << 2));
    let at = src + (<usize>first << 1);
    const end = src + (<usize>last << 1);
    let lanes = i32x4.splat(0);
    for (; at + 16 <= end; at += 16) lanes = i32x4.add(lanes, i32x4.extadd_pairwise_i16x8_s(v128.load(at)));
    let sum =
      i32x4.extract_lane(lanes, 0) +
      i32x4.extract_lane(lanes, 1) +
      i32x4.extract_lane(lanes, 2) +
      i32x4.extract_lane(lanes, 3);
    for (; at < end; at += 2) sum += <i32>load<i16>(at);
    let total = <f64>sum;
    const before = load<f64>(befores + (i << 3));
    const after = load<f64>(afters + (i << 3));
    if (before > 0) total += before * <f64>load<i16>(src + (<usize>(first - 1) << 1));
    if (after > 0) total += after * <f64>load<i16>(end);
    store<f64>(out + (i << 3), total);
  }
}
