// Byte order. FITS is big-endian (FITS 4.0 §3.3.2), WebAssembly little-endian.

/** Copies `bytes` bytes as 2-byte words in the other order. Works in place (`dst` = `src`). */
export function swap16(src: usize, dst: usize, bytes: i32): void {
  const end = src + <usize>bytes;
  for (; src < end; src += 16, dst += 16) {
    const v = v128.load(src);
    v128.store(dst, i8x16.shuffle(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
  }
}

/** As swap16, for 4-byte words. */
export function swap32(src: usize, dst: usize, bytes: i32): void {
  const end = src + <usize>bytes;
  for (; src < end; src += 16, dst += 16) {
    const v = v128.load(src);
    v128.store(dst, i8x16.shuffle(v, v, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  }
}

/** As swap16, for 8-byte words. */
export function swap64(src: usize, dst: usize, bytes: i32): void {
  const end = src + <usize>bytes;
  for (; src < end; src += 16, dst += 16) {
    const v = v128.load(src);
    v128.store(dst, i8x16.shuffle(v, v, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8));
  }
}
