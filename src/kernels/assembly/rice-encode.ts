// RICE encoding, bit for bit what CFITSIO's fits_rcomp, _short and _byte write (blocks of 32 pixels).

/** Pixels of a coding block. The kernel's vectors are laid out for it; FITS 4.0 §10.4.1 allows 16 and 32. */
const BLOCK: i32 = 32;
/** Mapped differences of the block in hand. */
const differences = memory.data(BLOCK * 4, 16);

let out: usize = 0;
let buffer: u64 = 0;
/** Bits in `buffer` not yet stored: always under 32 between codes. */
let held: u64 = 0;

// @ts-ignore: decorator
@inline
function zigzag32(diff: i32): u32 {
  return <u32>((diff << 1) ^ (diff >> 31));
}

/** Differences of a block of whole vectors, mapped to non-negative numbers; returns their sum. */
// @ts-ignore: decorator
@inline
function mapBlock<T>(src: usize): u64 {
  if (sizeof<T>() == 4) {
    let sum = i64x2.splat(0);
    for (let i: usize = 0; i < 128; i += 16) {
      const d = i32x4.sub(v128.load(src + i), v128.load(src + i - 4));
      const m = v128.xor(i32x4.shl(d, 1), i32x4.shr_s(d, 31));
      v128.store(differences + i, m);
      sum = i64x2.add(sum, i64x2.add(i64x2.extend_low_i32x4_u(m), i64x2.extend_high_i32x4_u(m)));
    }
    return <u64>(i64x2.extract_lane(sum, 0) + i64x2.extract_lane(sum, 1));
  }
  if (sizeof<T>() == 2) {
    let sum = i32x4.splat(0);
    for (let i: usize = 0; i < 64; i += 16) {
      const d = i16x8.sub(v128.load(src + i), v128.load(src + i - 2));
      const m = v128.xor(i16x8.shl(d, 1), i16x8.shr_s(d, 15));
      v128.store(differences + 2 * i, i32x4.extend_low_i16x8_u(m));
      v128.store(differences + 2 * i + 16, i32x4.extend_high_i16x8_u(m));
      sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(m));
    }
    return <u64>(
      <u32>(
        i32x4.extract_lane(sum, 0) +
        i32x4.extract_lane(sum, 1) +
        i32x4.extract_lane(sum, 2) +
        i32x4.extract_lane(sum, 3)
      )
    );
  }
  let total: u64 = 0;
  for (let i: usize = 0; i < 32; i++) {
    const m = zigzag32(((<i32>load<u8>(src + i) - <i32>load<u8>(src + i - 1)) << 24) >> 24);
    store<u32>(differences + (i << 2), m);
    total += m;
  }
  return total;
}

/** As mapBlock, for a last block of fewer pixels. */
// @ts-ignore: decorator
@inline
function mapRest<T>(src: usize, pixels: i32): u64 {
  let total: u64 = 0;
  for (let i = 0; i < pixels; i++) {
    const at = src + <usize>i * sizeof<T>();
    // The difference wraps in the pixels' own width.
    const unused = 32 - 8 * <i32>sizeof<T>();
    const m = zigzag32(((<i32>load<T>(at) - <i32>load<T>(at - sizeof<T>())) << unused) >> unused);
    store<u32>(differences + (<usize>i << 2), m);
    total += m;
  }
  return total;
}

/** Appends the low `bits` bits of `code`, at most 32, all others zero. */
// @ts-ignore: decorator
@inline
function put(code: u64, bits: u64): void {
  buffer = (buffer << bits) | code;
  held += bits;
  if (held >= 32) {
    held -= 32;
    store<u32>(out, bswap<u32>(<u32>(buffer >> held)));
    out += 4;
  }
}

// @ts-ignore: decorator
@inline
function encode<T>(src: usize, dst: usize, count: i32, fsBits: u64, fsMax: u64): i32 {
  const pixelBits: u64 = sizeof<T>() << 3;
  if (count <= 0) return 0;
  const start = dst;
  out = dst;
  buffer = 0;
  held = 0;

  // The pixel before the first is the first itself: its difference is zero.
  const first = load<T>(src);
  store<T>(src - sizeof<T>(), first);
  if (sizeof<T>() == 4) put(<u64>(<u32>first), 32);
  else if (sizeof<T>() == 2) put(<u64>(<u16>first), 16);
  else put(<u64>(<u8>first), 8);

  for (let i = 0; i < count; i += BLOCK) {
    const pixels = min(BLOCK, count - i);
    const sum = pixels == BLOCK ? mapBlock<T>(src) : mapRest<T>(src, pixels);
    src += BLOCK * sizeof<T>();

    // CFITSIO divides in double precision; the numerators are whole and under 2^37, so whole division says the same.
    const less = <u64>(pixels >> 1) + 1;
    const mean = sum > less ? (sum - less) / <u64>pixels : 0;
    const half = <u32>mean >> 1;
    const fs = <u64>(32 - clz(half));

    if (fs >= fsMax) {
      put(fsMax + 1, fsBits);
      for (let j = 0; j < pixels; j++) put(<u64>load<u32>(differences + (<usize>j << 2)), pixelBits);
    } else if (sum == 0) {
      put(0, fsBits);
    } else {
      put(fs + 1, fsBits);
      const marker = (<u64>1) << fs;
      const mask = marker - 1;
      let word = buffer;
      let bits = held;
      let at = out;
      for (let j = 0; j < pixels; j++) {
        const value = <u64>load<u32>(differences + (<usize>j << 2));
        let length = (value >> fs) + fs + 1;
        const code = marker | (value & mask);
        if (length > 32) {
          // More zeros than one step can take.
          let zeros = length - (fs + 1);
          length = fs + 1;
          while (zeros > 0) {
            const some = min<u64>(zeros, 31);
            zeros -= some;
            word <<= some;
            bits += some;
            if (bits >= 32) {
              bits -= 32;
              store<u32>(at, bswap<u32>(<u32>(word >> bits)));
              at += 4;
            }
          }
        }
        word = (word << length) | code;
        bits += length;
        if (bits >= 32) {
          bits -= 32;
          store<u32>(at, bswap<u32>(<u32>(word >> bits)));
          at += 4;
        }
      }
      buffer = word;
      held = bits;
      out = at;
    }
  }
  // The last byte is filled with zeros.
  while (held > 0) {
    store<u8>(out++, <u8>(held >= 8 ? buffer >> (held - 8) : buffer << (8 - held)));
    held = held >= 8 ? held - 8 : 0;
  }
  return <i32>(out - start);
}

/**
 * Encodes `count` pixels of one byte in native order and returns the bytes written: at most `count` + `count`/32 + 8.
 * Writes over the pixel before `src`.
 */
export function riceEncode8(src: usize, dst: usize, count: i32): i32 {
  return encode<i8>(src, dst, count, 3, 6);
}

/** As riceEncode8, for pixels of two bytes. */
export function riceEncode16(src: usize, dst: usize, count: i32): i32 {
  return encode<i16>(src, dst, count, 4, 14);
}

/** As riceEncode8, for pixels of four bytes. */
export function riceEncode32(src: usize, dst: usize, count: i32): i32 {
  return encode<i32>(src, dst, count, 5, 25);
}
