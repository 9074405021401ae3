// A RICE stream, and the way to read it pixel by pixel, whatever stands in it: for what `rice-decode.ts` has no quick way.

/** Bytes that must follow the input and may be read, not used: more than a quick block takes (7 for four pixels). */
const SLACK: usize = 144;

/** A stream between two steps. */
@unmanaged
export class Stream {
  /** The next bits, and how many of them are counted as held. */
  top: u64;
  held: u64;
  /** Where the bits behind them stand; no top-up may begin behind `limit`. */
  src: usize;
  limit: usize;
  /** Address of the stream's end in bits. */
  end: u64;
  /** The code of the block in hand. */
  code: u64;
  /** The last pixel made, and the address of the next. */
  last: u32;
  dst: usize;
}

/** The eight bytes at an address as one big-endian number. */
// @ts-ignore: decorator
@inline
export function load64(at: usize): u64 {
  const order = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  return i64x2.extract_lane(i8x16.swizzle(v128.load64_zero(at), order), 0);
}

/** The first pixel stands as it is. False where not even that is there. */
// @ts-ignore: decorator
@inline
export function open<T>(s: Stream, src: usize, length: i32, dst: usize): bool {
  if (length < <i32>sizeof<T>()) return false;
  if (sizeof<T>() == 4) s.last = bswap<u32>(load<u32>(src));
  else if (sizeof<T>() == 2) s.last = <u32>bswap<u16>(load<u16>(src));
  else s.last = <u32>load<u8>(src);
  s.top = 0;
  s.held = 0;
  s.src = src + sizeof<T>();
  s.limit = src + <usize>length + SLACK - 8;
  s.end = (<u64>src + <u64>length) << 3;
  s.dst = dst;
  return true;
}

/** The next `count` pixels, all of the block in hand, one by one. False where the stream cannot be read on. */
export function readSlowly<T>(s: Stream, count: i32, fsMax: u64): bool {
  const pixelBits: u64 = sizeof<T>() << 3;
  const code = s.code;
  const limit = s.limit;
  const stop = s.dst + <usize>count * sizeof<T>();
  let dst = s.dst;
  let src = s.src;
  let top = s.top;
  let held = s.held;
  let last = s.last;
  if (code == 0) {
    for (; dst < stop; dst += sizeof<T>()) store<T>(dst, <T>last);
  } else if (code > fsMax) {
    // Differences as they are. Codes above fsMax + 1 are written by nobody; CFITSIO reads on with a senseless shift.
    if (code != fsMax + 1) return false;
    for (; dst < stop; dst += sizeof<T>()) {
      if (src > limit) return false;
      top |= load64(src) >> held;
      src += <usize>((63 - held) >> 3);
      held |= 56;
      const mapped = <u32>(top >> (64 - pixelBits));
      top <<= pixelBits;
      held -= pixelBits;
      last += (mapped >> 1) ^ (0 - (mapped & 1));
      store<T>(dst, <T>last);
    }
  } else {
    const fs = code - 1;
    const tail = 63 - fs;
    for (; dst < stop; dst += sizeof<T>()) {
      if (src > limit) return false;
      top |= load64(src) >> held;
      src += <usize>((63 - held) >> 3);
      held |= 56;
      let zeros = <u64>clz(top);
      let run: u64 = 0;
      while (zeros >= held) {
        // The code's end is not held: count the zeros over as many top-ups as they take.
        if (src > limit) return false;
        run += held;
        top = (top << held) | load64(src);
        src += 7;
        held = 56;
        zeros = <u64>clz(top);
      }
      run += zeros;
      top = (top << zeros) << 1;
      held -= zeros + 1;
      top |= load64(src) >> held;
      src += <usize>((63 - held) >> 3);
      held |= 56;
      const diff = (run << fs) | ((top >> 1) >> tail);
      // Differences wider than a pixel are written by nobody, and only the caller's twin knows what they give.
      if (sizeof<T>() < 4 && diff >> pixelBits != 0) return false;
      const mapped = <u32>diff;
      last += (mapped >> 1) ^ (0 - (mapped & 1));
      store<T>(dst, <T>last);
      top <<= fs;
      held -= fs;
    }
  }
  s.src = src;
  s.top = top;
  s.held = held;
  s.last = last;
  s.dst = stop;
  return (<u64>src << 3) - held <= s.end;
}
