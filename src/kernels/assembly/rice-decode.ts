// RICE decoding (FITS 4.0 §10.4.1; the stream is that of R. White's rdecomp as CFITSIO reads it).
//
// What limits the speed is that each code's place depends on the one before. So a first loop does nothing but find the
// codes: it stores the number of zeros before each one's marker bit and the sixteen bits from the marker on, whatever
// the pixels' width. A second one makes pixels of these, eight at a time. And two tiles are decoded side by side.
//
// The next bits of a stream are held left-aligned in 64 of them. They are topped up without a branch (at least 56 are
// held after it; bits below those counted as held are the stream's own, so that reading them in twice changes nothing),
// once for four pixels, because a branch on how many are left is mispredicted once for every few pixels.

import { load64, open, readSlowly, Stream } from "./rice-stream";

/** Pixels whose codes are found before pixels are made of them; what this takes stays in the processor's first cache. */
const SEGMENT: i32 = 1024;
/** Coding blocks of up to so many pixels are read quickly; FITS 4.0 §10.4.1 knows 16 and 32. */
const LONGEST_BLOCK: i32 = 64;
/** What the first loop leaves: zeros and values (u16 each), the first pixel's uppermost, and split bits of each block (u8). */
const ZEROS = memory.data(2 * (SEGMENT * 2 + 16), 16);
const VALUES = memory.data(2 * (SEGMENT * 2 + 16), 16);
const SPLITS = memory.data((2 * SEGMENT) / 8, 16);
/** From the first stream's to those of the second; stores of eight bytes reach six below what they are for. */
const OTHER: usize = <usize>SEGMENT * 2 + 16;
const OTHER_SPLITS: usize = <usize>SEGMENT / 8;
const TAIL = memory.data(32, 16);

const streamA = changetype<Stream>(memory.data(64, 16));
const streamB = changetype<Stream>(memory.data(64, 16));

/**
 * The first loop for two streams: finds the codes of up to `count` pixels of each, which both begin with a block, and
 * answers how many; less than `count` where the block in hand (its code is in `code`) has to be read on by `readSlowly`.
 * -1 where a stream has ended before. `codes`: how many of the codes, from 1 on, are for here.
 */
function findTwo(a: Stream, b: Stream, count: i32, block: i32, fsBits: u64, codes: u64): i32 {
  let topA = a.top;
  let heldA = a.held;
  let srcA = a.src;
  let codeA: u64 = 0;
  let topB = b.top;
  let heldB = b.held;
  let srcB = b.src;
  let codeB: u64 = 0;
  const start = ZEROS + <usize>SEGMENT * 2;
  const stop = start - (<usize>count << 1);
  let at = start;
  let split = SPLITS;
  while (at > stop) {
    topA |= load64(srcA) >> heldA;
    srcA += <usize>((63 - heldA) >> 3);
    heldA = (heldA | 56) - fsBits;
    codeA = topA >> (64 - fsBits);
    topA <<= fsBits;
    topB |= load64(srcB) >> heldB;
    srcB += <usize>((63 - heldB) >> 3);
    heldB = (heldB | 56) - fsBits;
    codeB = topB >> (64 - fsBits);
    topB <<= fsBits;
    if (codeA - 1 >= codes || codeB - 1 >= codes) break;
    store<u8>(split, <u8>(codeA - 1));
    store<u8>(split, <u8>(codeB - 1), OTHER_SPLITS);
    split++;
    const pixels = min<usize>(<usize>block << 1, at - stop);
    const rest = at - pixels;
    const quick = at - (pixels & ~7);
    while (at > quick) {
      const low = at - 14;
      // Four at a time on trust: only the sum of their lengths shows whether all were held. Stored downwards, so that
      // of each eight bytes only the uppermost two are left by the next.
      let a4 = topA | (load64(srcA) >> heldA);
      let b4 = topB | (load64(srcB) >> heldB);
      const a0 = <u64>clz(a4);
      a4 <<= a0;
      store<u16>(low, <u16>a0, 12);
      store<u64>(low, a4, VALUES - ZEROS + 6);
      a4 <<= codeA;
      const b0 = <u64>clz(b4);
      b4 <<= b0;
      store<u16>(low, <u16>b0, OTHER + 12);
      store<u64>(low, b4, OTHER + VALUES - ZEROS + 6);
      b4 <<= codeB;
      const a1 = <u64>clz(a4);
      a4 <<= a1;
      store<u16>(low, <u16>a1, 10);
      store<u64>(low, a4, VALUES - ZEROS + 4);
      a4 <<= codeA;
      const b1 = <u64>clz(b4);
      b4 <<= b1;
      store<u16>(low, <u16>b1, OTHER + 10);
      store<u64>(low, b4, OTHER + VALUES - ZEROS + 4);
      b4 <<= codeB;
      const a2 = <u64>clz(a4);
      a4 <<= a2;
      store<u16>(low, <u16>a2, 8);
      store<u64>(low, a4, VALUES - ZEROS + 2);
      a4 <<= codeA;
      const b2 = <u64>clz(b4);
      b4 <<= b2;
      store<u16>(low, <u16>b2, OTHER + 8);
      store<u64>(low, b4, OTHER + VALUES - ZEROS + 2);
      b4 <<= codeB;
      const a3 = <u64>clz(a4);
      a4 <<= a3;
      store<u16>(low, <u16>a3, 6);
      store<u64>(low, a4, VALUES - ZEROS);
      a4 <<= codeA;
      const b3 = <u64>clz(b4);
      b4 <<= b3;
      store<u16>(low, <u16>b3, OTHER + 6);
      store<u64>(low, b4, OTHER + VALUES - ZEROS);
      b4 <<= codeB;
      const leftA = (heldA | 56) - (a0 + a1 + a2 + a3 + (codeA << 2));
      const leftB = (heldB | 56) - (b0 + b1 + b2 + b3 + (codeB << 2));
      if (<i64>(leftA | leftB) < 0) break;
      srcA += <usize>((63 - heldA) >> 3);
      heldA = leftA;
      topA = a4;
      srcB += <usize>((63 - heldB) >> 3);
      heldB = leftB;
      topB = b4;
      at -= 8;
    }
    if ((<u64>srcA << 3) - heldA > a.end || (<u64>srcB << 3) - heldB > b.end) return -1;
    if (at > rest) break;
  }
  a.top = topA;
  a.held = heldA;
  a.src = srcA;
  a.code = codeA;
  b.top = topB;
  b.held = heldB;
  b.src = srcB;
  b.code = codeB;
  return <i32>((start - at) >> 1);
}

/** As findTwo, for one stream. */
function findOne(a: Stream, count: i32, block: i32, fsBits: u64, codes: u64): i32 {
  let topA = a.top;
  let heldA = a.held;
  let srcA = a.src;
  let codeA: u64 = 0;
  const start = ZEROS + <usize>SEGMENT * 2;
  const stop = start - (<usize>count << 1);
  let at = start;
  let split = SPLITS;
  while (at > stop) {
    topA |= load64(srcA) >> heldA;
    srcA += <usize>((63 - heldA) >> 3);
    heldA = (heldA | 56) - fsBits;
    codeA = topA >> (64 - fsBits);
    topA <<= fsBits;
    if (codeA - 1 >= codes) break;
    store<u8>(split++, <u8>(codeA - 1));
    const pixels = min<usize>(<usize>block << 1, at - stop);
    const rest = at - pixels;
    const quick = at - (pixels & ~7);
    while (at > quick) {
      const low = at - 14;
      let a4 = topA | (load64(srcA) >> heldA);
      const a0 = <u64>clz(a4);
      a4 <<= a0;
      store<u16>(low, <u16>a0, 12);
      store<u64>(low, a4, VALUES - ZEROS + 6);
      a4 <<= codeA;
      const a1 = <u64>clz(a4);
      a4 <<= a1;
      store<u16>(low, <u16>a1, 10);
      store<u64>(low, a4, VALUES - ZEROS + 4);
      a4 <<= codeA;
      const a2 = <u64>clz(a4);
      a4 <<= a2;
      store<u16>(low, <u16>a2, 8);
      store<u64>(low, a4, VALUES - ZEROS + 2);
      a4 <<= codeA;
      const a3 = <u64>clz(a4);
      a4 <<= a3;
      store<u16>(low, <u16>a3, 6);
      store<u64>(low, a4, VALUES - ZEROS);
      a4 <<= codeA;
      const leftA = (heldA | 56) - (a0 + a1 + a2 + a3 + (codeA << 2));
      if (<i64>leftA < 0) break;
      srcA += <usize>((63 - heldA) >> 3);
      heldA = leftA;
      topA = a4;
      at -= 8;
    }
    if ((<u64>srcA << 3) - heldA > a.end) return -1;
    if (at > rest) break;
  }
  a.top = topA;
  a.held = heldA;
  a.src = srcA;
  a.code = codeA;
  return <i32>((start - at) >> 1);
}

/** Eight 16-bit numbers in the other order. */
// @ts-ignore: decorator
@inline
function reversed(v: v128): v128 {
  return i8x16.swizzle(v, i8x16(14, 15, 12, 13, 10, 11, 8, 9, 6, 7, 4, 5, 2, 3, 0, 1));
}

/** Mapped differences (0, 1, 2, 3 … mean 0, -1, 1, -2 …) of 16 bits, summed up from `carry` on in all lanes. */
// @ts-ignore: decorator
@inline
function sums16(mapped: v128, carry: v128): v128 {
  const zero = i16x8.splat(0);
  let sum = v128.xor(i16x8.shr_u(mapped, 1), i16x8.neg(v128.and(mapped, i16x8.splat(1))));
  sum = i16x8.add(sum, i8x16.shuffle(zero, sum, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
  sum = i16x8.add(sum, i8x16.shuffle(zero, sum, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  sum = i16x8.add(sum, i8x16.shuffle(zero, sum, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
  return i16x8.add(sum, carry);
}

/** As sums16, of 32 bits. */
// @ts-ignore: decorator
@inline
function sums32(mapped: v128, carry: v128): v128 {
  const zero = i32x4.splat(0);
  let sum = v128.xor(i32x4.shr_u(mapped, 1), i32x4.neg(v128.and(mapped, i32x4.splat(1))));
  sum = i32x4.add(sum, i8x16.shuffle(zero, sum, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
  sum = i32x4.add(sum, i8x16.shuffle(zero, sum, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
  return i32x4.add(sum, carry);
}

/**
 * The second loop: makes the `count` pixels whose codes were found. `other`: 0 for the first stream's, 1 for the
 * second's. Only whole vectors go to `dst`; the last few pixels are copied.
 */
function makePixels<T>(s: Stream, other: usize, count: i32, block: i32): void {
  if (count == 0) return;
  let at = ZEROS + other * OTHER + <usize>SEGMENT * 2;
  let split = SPLITS + other * OTHER_SPLITS;
  let dst = s.dst;
  const end = dst + <usize>count * sizeof<T>();
  const whole = dst + <usize>(count & ~7) * sizeof<T>();
  let carry = sizeof<T>() == 4 ? i32x4.splat(<i32>s.last) : i16x8.splat(<i16>s.last);
  for (; dst < whole; split++) {
    const fs = <i32>load<u8>(split);
    const stop = min<usize>(dst + <usize>block * sizeof<T>(), whole);
    for (; dst < stop; dst += 8 * sizeof<T>()) {
      at -= 16;
      carry = makeEight<T>(at, fs, dst, carry);
    }
  }
  if (dst < end) {
    // A block of its own where the pixels before it are whole blocks.
    if ((count & ~7) % block != 0) split--;
    makeEight<T>(at - 16, <i32>load<u8>(split), TAIL, carry);
    memory.copy(dst, TAIL, end - dst);
  }
  s.last = <u32>load<T>(end - sizeof<T>());
  s.dst = end;
}

/** Eight pixels from the codes at `at`; answers the last one in all lanes. */
// @ts-ignore: decorator
@inline
function makeEight<T>(at: usize, fs: i32, dst: usize, carry: v128): v128 {
  const zeros = reversed(v128.load(at));
  // Without the marker.
  const values = v128.and(reversed(v128.load(at, VALUES - ZEROS)), i16x8.splat(0x7fff));
  if (sizeof<T>() == 4) {
    const low = i32x4.shl(i32x4.extend_low_i16x8_u(zeros), fs);
    const high = i32x4.shl(i32x4.extend_high_i16x8_u(zeros), fs);
    const lows = sums32(i32x4.add(low, i32x4.shr_u(i32x4.extend_low_i16x8_u(values), 15 - fs)), carry);
    const middle = i8x16.shuffle(lows, lows, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15);
    const highs = sums32(i32x4.add(high, i32x4.shr_u(i32x4.extend_high_i16x8_u(values), 15 - fs)), middle);
    v128.store(dst, lows);
    v128.store(dst, highs, 16);
    return i8x16.shuffle(highs, highs, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15);
  }
  const sum = sums16(i16x8.add(i16x8.shl(zeros, fs), i16x8.shr_u(values, 15 - fs)), carry);
  if (sizeof<T>() == 2) {
    v128.store(dst, sum);
  } else {
    v128.store64_lane(dst, i8x16.shuffle(sum, sum, 0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14), 0);
  }
  return i8x16.shuffle(sum, sum, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15);
}

/** How many codes from 1 on are for the quick way: four of their codes must be likely to fit 56 bits. */
// @ts-ignore: decorator
@inline
function quickCodes<T>(block: i32): u64 {
  if (block > LONGEST_BLOCK || (block & 7) != 0) return 0;
  // With two bytes, 55 zeros and 10 bits cannot make a difference wider than a pixel; with one byte, 2 bits.
  return sizeof<T>() == 4 ? 12 : sizeof<T>() == 2 ? 11 : 3;
}

// @ts-ignore: decorator
@inline
function decode<T>(src: usize, length: i32, dst: usize, count: i32, block: i32, fsBits: u64, fsMax: u64): i32 {
  const codes = quickCodes<T>(block);
  if (!open<T>(streamA, src, length, dst)) return 0;
  // A segment is one of whole blocks.
  const segment = codes == 0 ? block : SEGMENT - (SEGMENT % block);
  for (let left = count; left > 0; ) {
    const wanted = min(left, segment);
    const found = findOne(streamA, wanted, block, fsBits, codes);
    if (found < 0) return 0;
    makePixels<T>(streamA, 0, found, block);
    left -= found;
    if (found == wanted) continue;
    const rest = min(block - (found % block), left);
    if (!readSlowly<T>(streamA, rest, fsMax)) return 0;
    left -= rest;
  }
  return 1;
}

// @ts-ignore: decorator
@inline
function decodePair<T>(
  src: usize,
  length: i32,
  dst: usize,
  otherSrc: usize,
  otherLength: i32,
  otherDst: usize,
  count: i32,
  block: i32,
  fsBits: u64,
  fsMax: u64,
): i32 {
  const codes = quickCodes<T>(block);
  if (!open<T>(streamA, src, length, dst)) return 0;
  if (!open<T>(streamB, otherSrc, otherLength, otherDst)) return 0;
  const segment = codes == 0 ? block : SEGMENT - (SEGMENT % block);
  for (let left = count; left > 0; ) {
    const wanted = min(left, segment);
    const found = findTwo(streamA, streamB, wanted, block, fsBits, codes);
    if (found < 0) return 0;
    makePixels<T>(streamA, 0, found, block);
    makePixels<T>(streamB, 1, found, block);
    left -= found;
    if (found == wanted) continue;
    const rest = min(block - (found % block), left);
    if (!readSlowly<T>(streamA, rest, fsMax)) return 0;
    if (!readSlowly<T>(streamB, rest, fsMax)) return 0;
    left -= rest;
  }
  return 1;
}

/**
 * Decodes `count` pixels of one byte in blocks of `block`. 1: done; 0: the stream ends early or holds what nobody
 * writes. `SLACK` readable bytes follow the input.
 */
export function riceDecode8(src: usize, length: i32, dst: usize, count: i32, block: i32): i32 {
  return decode<u8>(src, length, dst, count, block, 3, 6);
}

/** As riceDecode8, for pixels of two bytes. */
export function riceDecode16(src: usize, length: i32, dst: usize, count: i32, block: i32): i32 {
  return decode<u16>(src, length, dst, count, block, 4, 14);
}

/** As riceDecode8, for pixels of four bytes. */
export function riceDecode32(src: usize, length: i32, dst: usize, count: i32, block: i32): i32 {
  return decode<u32>(src, length, dst, count, block, 5, 25);
}

/** As riceDecode16, for two tiles of the same number of pixels; 0 where either cannot be read. */
export function riceDecodePair16(
  src: usize,
  length: i32,
  dst: usize,
  otherSrc: usize,
  otherLength: i32,
  otherDst: usize,
  count: i32,
  block: i32,
): i32 {
  return decodePair<u16>(src, length, dst, otherSrc, otherLength, otherDst, count, block, 4, 14);
}

/** As riceDecodePair16, for pixels of four bytes. */
export function riceDecodePair32(
  src: usize,
  length: i32,
  dst: usize,
  otherSrc: usize,
  otherLength: i32,
  otherDst: usize,
  count: i32,
  block: i32,
): i32 {
  return decodePair<u32>(src, length, dst, otherSrc, otherLength, otherDst, count, block, 5, 25);
}
