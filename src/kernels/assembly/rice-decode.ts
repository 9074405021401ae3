// RICE decoding (FITS 4.0 §10.4.1; the stream is that of R. White's rdecomp as CFITSIO reads it).
//
// The next bits are held left-aligned in 64 of them. They are topped up without a branch (at least 56 are held after
// it; bits below those counted as held are the stream's own, so that reading them in twice changes nothing), once for
// four pixels, because a branch on how many are left is mispredicted once for every few pixels.

/** Bytes that must follow the input and may be read, not used: a top-up reads eight from wherever it stands. */
const SLACK: usize = 32;

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
function integrate<T>(at: usize, stop: usize, before: u32): u32 {
  let last = before;
  const zero = i32x4.splat(0);
  if (sizeof<T>() == 2) {
    let carry = i16x8.splat(<i16>before);
    for (; at + 16 <= stop; at += 16) {
      const mapped = v128.load(at);
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
    let carry = i32x4.splat(<i32>before);
    for (; at + 16 <= stop; at += 16) {
      const mapped = v128.load(at);
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
    const mapped = <u32>load<T>(at);
    last += (mapped >> 1) ^ (0 - (mapped & 1));
    store<T>(at, <T>last);
  }
  return last;
}

// @ts-ignore: decorator
@inline
function decode<T>(src: usize, length: i32, dst: usize, count: i32, block: i32, fsBits: u64, fsMax: u64): i32 {
  const pixelBits: u64 = sizeof<T>() << 3;
  if (length < <i32>sizeof<T>()) return 0;
  const start = src;
  const limit = src + <usize>length + SLACK - 8;
  const lengthBits = (<u64>length) << 3;

  let last: u32;
  if (sizeof<T>() == 4) last = bswap<u32>(load<u32>(src));
  else if (sizeof<T>() == 2) last = <u32>bswap<u16>(load<u16>(src));
  else last = <u32>load<u8>(src);
  src += sizeof<T>();
  let buffer: u64 = 0;
  let held: u64 = 0;

  const end = dst + <usize>count * sizeof<T>();
  while (dst < end) {
    const first = dst;
    const stop = min<usize>(dst + <usize>block * sizeof<T>(), end);
    buffer |= load64(src) >> held;
    src += <usize>((63 - held) >> 3);
    held |= 56;
    const code = buffer >> (64 - fsBits);
    buffer <<= fsBits;
    held -= fsBits;

    if (code == 0) {
      // No differences at all.
      do {
        store<T>(dst, <T>last);
        dst += sizeof<T>();
      } while (dst < stop);
    } else if (code > fsMax) {
      // Differences as they are. Codes above fsMax + 1 are written by nobody; CFITSIO reads on with a senseless shift.
      if (code != fsMax + 1) return 0;
      do {
        if (src > limit) return 0;
        buffer |= load64(src) >> held;
        src += <usize>((63 - held) >> 3);
        held |= 56;
        store<T>(dst, <T>(buffer >> (64 - pixelBits)));
        buffer <<= pixelBits;
        held -= pixelBits;
        dst += sizeof<T>();
      } while (dst < stop);
      last = integrate<T>(first, stop, last);
    } else {
      const fs = code - 1;
      const tail = 63 - fs;
      do {
        if (src > limit) return 0;
        buffer |= load64(src) >> held;
        src += <usize>((63 - held) >> 3);
        held |= 56;

        if (code <= (sizeof<T>() == 2 ? 11 : 12) && dst + 4 * sizeof<T>() <= stop) {
          // Four at a time on trust. Only their sum shows whether all of them were held; if not, nothing has happened.
          // A code: zeros, a marker bit, fs bits. Marker and fs bits are read as one number, 2^fs too large.
          const zeros0 = <u64>clz(buffer);
          let ahead = buffer << zeros0;
          const diff0 = <u32>((zeros0 - 1) << fs) + <u32>(ahead >> tail);
          ahead <<= code;
          const zeros1 = <u64>clz(ahead);
          ahead <<= zeros1;
          const diff1 = <u32>((zeros1 - 1) << fs) + <u32>(ahead >> tail);
          ahead <<= code;
          const zeros2 = <u64>clz(ahead);
          ahead <<= zeros2;
          const diff2 = <u32>((zeros2 - 1) << fs) + <u32>(ahead >> tail);
          ahead <<= code;
          const zeros3 = <u64>clz(ahead);
          ahead <<= zeros3;
          const diff3 = <u32>((zeros3 - 1) << fs) + <u32>(ahead >> tail);
          ahead <<= code;
          const used = zeros0 + zeros1 + zeros2 + zeros3 + (code << 2);
          if (used <= held) {
            // Differences wider than a pixel are written by nobody, and only the caller's twin knows what they give.
            // With two bytes, 55 zeros and 10 bits cannot make one.
            if (sizeof<T>() == 1 && (diff0 | diff1 | diff2 | diff3) > 255) return 0;
            held -= used;
            buffer = ahead;
            store<T>(dst, <T>diff0);
            store<T>(dst + sizeof<T>(), <T>diff1);
            store<T>(dst + 2 * sizeof<T>(), <T>diff2);
            store<T>(dst + 3 * sizeof<T>(), <T>diff3);
            dst += 4 * sizeof<T>();
            continue;
          }
        }

        let zeros = <u64>clz(buffer);
        let run: u64 = 0;
        while (zeros >= held) {
          // The code's end is not held: count the zeros over as many top-ups as they take.
          if (src > limit) return 0;
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
        if (sizeof<T>() < 4 && diff >> pixelBits != 0) return 0;
        store<T>(dst, <T>diff);
        buffer <<= fs;
        held -= fs;
        dst += sizeof<T>();
      } while (dst < stop);
      last = integrate<T>(first, stop, last);
    }
    if ((<u64>(src - start) << 3) - held > lengthBits) return 0;
  }
  return 1;
}

/**
 * Decodes `count` pixels of one byte in blocks of `block`. 1: done; 0: the stream ends early or holds a code that
 * nobody writes. `SLACK` readable bytes follow the input.
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
