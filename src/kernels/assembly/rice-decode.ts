// RICE decoding (FITS 4.0 §10.4.1; the stream is that of R. White's rdecomp as CFITSIO reads it).
//
// The next bits of a stream are held left-aligned in 64 of them. They are topped up without a branch (at least 56 are
// held after it; bits below those counted as held are the stream's own, so that reading them in twice changes nothing),
// once for four pixels, because a branch on how many are left is mispredicted once for every few pixels. What then
// limits the speed is that each code's place depends on the one before: so two tiles are decoded side by side.

/** Bytes that must follow the input and may be read, not used: a top-up reads eight from wherever it stands. */
const SLACK: usize = 32;

/** A stream between its blocks. */
@unmanaged
class Stream {
  /** The next bits, and how many of them are counted as held. */
  buffer: u64;
  held: u64;
  /** Where the bits behind them stand. */
  src: usize;
  start: usize;
  /** No top-up may begin behind it. */
  limit: usize;
  bits: u64;
  /** The pixel before the block, and the block's place. */
  last: u32;
  dst: usize;
}

const streamA = changetype<Stream>(memory.data(64, 16));
const streamB = changetype<Stream>(memory.data(64, 16));

/** The eight bytes at an address as one big-endian number. */
// @ts-ignore: decorator
@inline
function load64(at: usize): u64 {
  const v = v128.load64_zero(at);
  return i64x2.extract_lane(i8x16.shuffle(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8), 0);
}

/**
 * Turns mapped differences (0, 1, 2, 3 … mean 0, -1, 1, -2 …) in place into the pixels that they lead to, from the
 * pixel before them; returns the last pixel.
 */
// @ts-ignore: decorator
@inline
function integrate<T>(at: usize, stop: usize, before: u32, bias: u32): u32 {
  let last = before;
  const zero = i32x4.splat(0);
  if (sizeof<T>() == 2) {
    const biases = i16x8.splat(<i16>bias);
    let carry = i16x8.splat(<i16>before);
    for (; at + 16 <= stop; at += 16) {
      const mapped = i16x8.sub(v128.load(at), biases);
      let sum = v128.xor(i16x8.shr_u(mapped, 1), i16x8.neg(v128.and(mapped, i16x8.splat(1))));
      sum = i16x8.add(sum, i8x16.shuffle(zero, sum, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
      sum = i16x8.add(sum, i8x16.shuffle(zero, sum, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
      sum = i16x8.add(sum, i8x16.shuffle(zero, sum, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
      sum = i16x8.add(sum, carry);
      v128.store(at, sum);
      carry = i8x16.shuffle(sum, sum, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15, 14, 15);
    }
    last = <u32>i16x8.extract_lane_u(carry, 0);
  } else if (sizeof<T>() == 4) {
    const biases = i32x4.splat(<i32>bias);
    let carry = i32x4.splat(<i32>before);
    for (; at + 16 <= stop; at += 16) {
      const mapped = i32x4.sub(v128.load(at), biases);
      let sum = v128.xor(i32x4.shr_u(mapped, 1), i32x4.neg(v128.and(mapped, i32x4.splat(1))));
      sum = i32x4.add(sum, i8x16.shuffle(zero, sum, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
      sum = i32x4.add(sum, i8x16.shuffle(zero, sum, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
      sum = i32x4.add(sum, carry);
      v128.store(at, sum);
      carry = i8x16.shuffle(sum, sum, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15, 12, 13, 14, 15);
    }
    last = <u32>i32x4.extract_lane(carry, 0);
  }
  for (; at < stop; at += sizeof<T>()) {
    const mapped = <u32><T>(<u32>load<T>(at) - bias);
    last += (mapped >> 1) ^ (0 - (mapped & 1));
    store<T>(at, <T>last);
  }
  return last;
}

/** The first pixel stands as it is. False where not even that is there. */
// @ts-ignore: decorator
@inline
function open<T>(s: Stream, src: usize, length: i32, dst: usize): bool {
  if (length < <i32>sizeof<T>()) return false;
  if (sizeof<T>() == 4) s.last = bswap<u32>(load<u32>(src));
  else if (sizeof<T>() == 2) s.last = <u32>bswap<u16>(load<u16>(src));
  else s.last = <u32>load<u8>(src);
  s.buffer = 0;
  s.held = 0;
  s.src = src + sizeof<T>();
  s.start = src;
  s.limit = src + <usize>length + SLACK - 8;
  s.bits = <u64>length << 3;
  s.dst = dst;
  return true;
}

/** The code that a block begins with: 0 no differences, fs + 1, or the largest for differences as they are. */
// @ts-ignore: decorator
@inline
function codeOf(s: Stream, fsBits: u64): u64 {
  const buffer = s.buffer | (load64(s.src) >> s.held);
  s.src += <usize>((63 - s.held) >> 3);
  s.held = (s.held | 56) - fsBits;
  s.buffer = buffer << fsBits;
  return buffer >> (64 - fsBits);
}

/** Mapped differences from `dst` to `stop`, one by one. False where the stream cannot be read on. */
function readSlowly<T>(s: Stream, code: u64, fsMax: u64, dst: usize, stop: usize): bool {
  const pixelBits: u64 = sizeof<T>() << 3;
  const limit = s.limit;
  let src = s.src;
  let buffer = s.buffer;
  let held = s.held;
  if (code > fsMax) {
    // Differences as they are. Codes above fsMax + 1 are written by nobody; CFITSIO reads on with a senseless shift.
    if (code != fsMax + 1) return false;
    for (; dst < stop; dst += sizeof<T>()) {
      if (src > limit) return false;
      buffer |= load64(src) >> held;
      src += <usize>((63 - held) >> 3);
      held |= 56;
      store<T>(dst, <T>(buffer >> (64 - pixelBits)));
      buffer <<= pixelBits;
      held -= pixelBits;
    }
  } else {
    const fs = code - 1;
    const tail = 63 - fs;
    for (; dst < stop; dst += sizeof<T>()) {
      if (src > limit) return false;
      buffer |= load64(src) >> held;
      src += <usize>((63 - held) >> 3);
      held |= 56;
      let zeros = <u64>clz(buffer);
      let run: u64 = 0;
      while (zeros >= held) {
        // The code's end is not held: count the zeros over as many top-ups as they take.
        if (src > limit) return false;
        run += held;
        buffer = (buffer << held) | load64(src);
        src += 7;
        held = 56;
        zeros = <u64>clz(buffer);
      }
      run += zeros;
      buffer = (buffer << zeros) << 1;
      held -= zeros + 1;
      buffer |= load64(src) >> held;
      src += <usize>((63 - held) >> 3);
      held |= 56;
      const diff = (run << fs) | ((buffer >> 1) >> tail);
      // Differences wider than a pixel are written by nobody, and only the caller's twin knows what they give.
      if (sizeof<T>() < 4 && diff >> pixelBits != 0) return false;
      store<T>(dst, <T>(diff + ((<u64>1) << fs)));
      buffer <<= fs;
      held -= fs;
    }
  }
  s.src = src;
  s.buffer = buffer;
  s.held = held;
  return true;
}

/** Largest code of blocks that are read four pixels at a time: their codes must be likely to fit 56 bits. */
// @ts-ignore: decorator
@inline
function fastest<T>(): u64 {
  // With two bytes, 55 zeros and 10 bits cannot make a difference wider than a pixel; with one byte, 2 bits.
  return sizeof<T>() == 4 ? 12 : sizeof<T>() == 2 ? 11 : 3;
}

/** The block from `dst` (what lies before it in the block is read already) to its end, and its pixels. */
// @ts-ignore: decorator
@inline
function finishBlock<T>(s: Stream, code: u64, fsMax: u64, dst: usize, stop: usize): bool {
  if (code == 0) {
    const last = <T>s.last;
    for (let at = s.dst; at < stop; at += sizeof<T>()) store<T>(at, last);
  } else {
    if (dst < stop && !readSlowly<T>(s, code, fsMax, dst, stop)) return false;
    const bias = code > fsMax ? 0 : (<u32>1) << <u32>(code - 1);
    s.last = integrate<T>(s.dst, stop, s.last, bias);
  }
  s.dst = stop;
  return (<u64>(s.src - s.start) << 3) - s.held <= s.bits;
}

// @ts-ignore: decorator
@inline
function decodeOne<T>(src: usize, length: i32, dst: usize, count: i32, block: i32, fsBits: u64, fsMax: u64): i32 {
  const a = streamA;
  if (!open<T>(a, src, length, dst)) return 0;
  const end = a.dst + <usize>count * sizeof<T>();
  while (a.dst < end) {
    const pixels = min<usize>(<usize>block * sizeof<T>(), end - a.dst);
    let dstA = a.dst;
    const stopA = dstA + pixels;
    const codeA = codeOf(a, fsBits);
    const quick = dstA + (pixels & ~(4 * sizeof<T>() - 1));
    if (codeA - 1 < fastest<T>()) {
      const fsA = codeA - 1;
      const tailA = 63 - fsA;
      const markerA = <u32>1 << <u32>fsA;
      let bufferA = a.buffer;
      let heldA = a.held;
      let srcA = a.src;
      while (dstA < quick) {
        // Four at a time on trust: only the sum of their lengths shows whether all were held.
        if (srcA > a.limit) break;
        const toppedA = bufferA | (load64(srcA) >> heldA);
        const zerosA0 = <u64>clz(toppedA);
        let aheadA = toppedA << zerosA0;
        const diffA0 = <u32>zerosA0 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const zerosA1 = <u64>clz(aheadA);
        aheadA <<= zerosA1;
        const diffA1 = <u32>zerosA1 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const zerosA2 = <u64>clz(aheadA);
        aheadA <<= zerosA2;
        const diffA2 = <u32>zerosA2 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const zerosA3 = <u64>clz(aheadA);
        aheadA <<= zerosA3;
        const diffA3 = <u32>zerosA3 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const usedA = zerosA0 + zerosA1 + zerosA2 + zerosA3 + (codeA << 2);
        if (usedA > (heldA | 56)) break;
        srcA += <usize>((63 - heldA) >> 3);
        heldA = (heldA | 56) - usedA;
        bufferA = aheadA;
        store<T>(dstA, <T>diffA0);
        store<T>(dstA + sizeof<T>(), <T>diffA1);
        store<T>(dstA + 2 * sizeof<T>(), <T>diffA2);
        store<T>(dstA + 3 * sizeof<T>(), <T>diffA3);
        dstA += 4 * sizeof<T>();
      }
      a.buffer = bufferA;
      a.held = heldA;
      a.src = srcA;
    }
    if (!finishBlock<T>(a, codeA, fsMax, dstA, stopA)) return 0;
  }
  return 1;
}

// @ts-ignore: decorator
@inline
function decodeTwo<T>(
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
  const a = streamA;
  const b = streamB;
  if (!open<T>(a, src, length, dst)) return 0;
  if (!open<T>(b, otherSrc, otherLength, otherDst)) return 0;
  const end = a.dst + <usize>count * sizeof<T>();
  while (a.dst < end) {
    const pixels = min<usize>(<usize>block * sizeof<T>(), end - a.dst);
    let dstA = a.dst;
    const stopA = dstA + pixels;
    const codeA = codeOf(a, fsBits);
    let dstB = b.dst;
    const stopB = dstB + pixels;
    const codeB = codeOf(b, fsBits);
    const quick = dstA + (pixels & ~(4 * sizeof<T>() - 1));
    if (codeA - 1 < fastest<T>() && codeB - 1 < fastest<T>()) {
      const fsA = codeA - 1;
      const tailA = 63 - fsA;
      const markerA = <u32>1 << <u32>fsA;
      let bufferA = a.buffer;
      let heldA = a.held;
      let srcA = a.src;
      const fsB = codeB - 1;
      const tailB = 63 - fsB;
      const markerB = <u32>1 << <u32>fsB;
      let bufferB = b.buffer;
      let heldB = b.held;
      let srcB = b.src;
      while (dstA < quick) {
        // Four at a time on trust: only the sum of their lengths shows whether all were held.
        if (srcA > a.limit) break;
        if (srcB > b.limit) break;
        const toppedA = bufferA | (load64(srcA) >> heldA);
        const zerosA0 = <u64>clz(toppedA);
        let aheadA = toppedA << zerosA0;
        const diffA0 = <u32>zerosA0 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const toppedB = bufferB | (load64(srcB) >> heldB);
        const zerosB0 = <u64>clz(toppedB);
        let aheadB = toppedB << zerosB0;
        const diffB0 = <u32>zerosB0 * markerB + <u32>(aheadB >> tailB);
        aheadB <<= codeB;
        const zerosA1 = <u64>clz(aheadA);
        aheadA <<= zerosA1;
        const diffA1 = <u32>zerosA1 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const zerosB1 = <u64>clz(aheadB);
        aheadB <<= zerosB1;
        const diffB1 = <u32>zerosB1 * markerB + <u32>(aheadB >> tailB);
        aheadB <<= codeB;
        const zerosA2 = <u64>clz(aheadA);
        aheadA <<= zerosA2;
        const diffA2 = <u32>zerosA2 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const zerosB2 = <u64>clz(aheadB);
        aheadB <<= zerosB2;
        const diffB2 = <u32>zerosB2 * markerB + <u32>(aheadB >> tailB);
        aheadB <<= codeB;
        const zerosA3 = <u64>clz(aheadA);
        aheadA <<= zerosA3;
        const diffA3 = <u32>zerosA3 * markerA + <u32>(aheadA >> tailA);
        aheadA <<= codeA;
        const zerosB3 = <u64>clz(aheadB);
        aheadB <<= zerosB3;
        const diffB3 = <u32>zerosB3 * markerB + <u32>(aheadB >> tailB);
        aheadB <<= codeB;
        const usedA = zerosA0 + zerosA1 + zerosA2 + zerosA3 + (codeA << 2);
        const usedB = zerosB0 + zerosB1 + zerosB2 + zerosB3 + (codeB << 2);
        if (usedA > (heldA | 56) || usedB > (heldB | 56)) break;
        srcA += <usize>((63 - heldA) >> 3);
        heldA = (heldA | 56) - usedA;
        bufferA = aheadA;
        store<T>(dstA, <T>diffA0);
        store<T>(dstA + sizeof<T>(), <T>diffA1);
        store<T>(dstA + 2 * sizeof<T>(), <T>diffA2);
        store<T>(dstA + 3 * sizeof<T>(), <T>diffA3);
        dstA += 4 * sizeof<T>();
        srcB += <usize>((63 - heldB) >> 3);
        heldB = (heldB | 56) - usedB;
        bufferB = aheadB;
        store<T>(dstB, <T>diffB0);
        store<T>(dstB + sizeof<T>(), <T>diffB1);
        store<T>(dstB + 2 * sizeof<T>(), <T>diffB2);
        store<T>(dstB + 3 * sizeof<T>(), <T>diffB3);
        dstB += 4 * sizeof<T>();
      }
      a.buffer = bufferA;
      a.held = heldA;
      a.src = srcA;
      b.buffer = bufferB;
      b.held = heldB;
      b.src = srcB;
    }
    if (!finishBlock<T>(a, codeA, fsMax, dstA, stopA)) return 0;
    if (!finishBlock<T>(b, codeB, fsMax, dstB, stopB)) return 0;
  }
  return 1;
}

/**
 * Decodes `count` pixels of one byte in blocks of `block`. 1: done; 0: the stream ends early or holds what nobody
 * writes. `SLACK` readable bytes follow the input.
 */
export function riceDecode8(src: usize, length: i32, dst: usize, count: i32, block: i32): i32 {
  return decodeOne<u8>(src, length, dst, count, block, 3, 6);
}

/** As riceDecode8, for pixels of two bytes. */
export function riceDecode16(src: usize, length: i32, dst: usize, count: i32, block: i32): i32 {
  return decodeOne<u16>(src, length, dst, count, block, 4, 14);
}

/** As riceDecode8, for pixels of four bytes. */
export function riceDecode32(src: usize, length: i32, dst: usize, count: i32, block: i32): i32 {
  return decodeOne<u32>(src, length, dst, count, block, 5, 25);
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
  return decodeTwo<u16>(src, length, dst, otherSrc, otherLength, otherDst, count, block, 4, 14);
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
  return decodeTwo<u32>(src, length, dst, otherSrc, otherLength, otherDst, count, block, 5, 25);
}
