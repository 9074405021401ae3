// Counts of 16-bit pixels by value: src/imaging/statistics.ts, countIntegers.

/** counts[value + 32768]++ for `count` pixels; `counts` holds 65,536 numbers (u32). */
export function countValues16(src: usize, count: i32, counts: usize): void {
  const zero = counts + (32768 << 2);
  const end = src + (<usize>count << 1);
  const whole = src + (<usize>(count & ~3) << 1);
  for (; src < whole; src += 8) {
    const four = load<i64>(src);
    const a = zero + (<i32>(<i16>four) << 2);
    store<u32>(a, load<u32>(a) + 1);
    const b = zero + (<i32>(<i16>(four >> 16)) << 2);
    store<u32>(b, load<u32>(b) + 1);
    const c = zero + (<i32>(<i16>(four >> 32)) << 2);
    store<u32>(c, load<u32>(c) + 1);
    const d = zero + (<i32>(four >> 48) << 2);
    store<u32>(d, load<u32>(d) + 1);
  }
  for (; src < end; src += 2) {
    const at = zero + (<i32>load<i16>(src) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}
