import type { PixelArray } from "../pixels.ts";

/**
 * Undoes GZIP_2's shuffle (FITS 4.0 §10.4.2): first the most significant bytes of all values, then the next, and so
 * on, become the values of `out`, whose type tells their width. `bytes` must hold `out.byteLength` bytes.
 */
export function unshuffle(bytes: Uint8Array, out: PixelArray): void {
  const count = out.length;
  switch (out.BYTES_PER_ELEMENT) {
    case 1:
      new Uint8Array(out.buffer, out.byteOffset, count).set(bytes.subarray(0, count));
      return;
    case 2: {
      const words = new Uint16Array(out.buffer, out.byteOffset, count);
      for (let index = 0; index < count; index++) words[index] = (bytes[index]! << 8) | bytes[count + index]!;
      return;
    }
    case 4: {
      const words = new Int32Array(out.buffer, out.byteOffset, count);
      unshuffleWords(bytes, 0, count, words, 0, 1);
      return;
    }
    default: {
      const words = new Int32Array(out.buffer, out.byteOffset, 2 * count);
      unshuffleWords(bytes, 0, count, words, 1, 2);
      unshuffleWords(bytes, 4 * count, count, words, 0, 2);
    }
  }
}

function unshuffleWords(
  bytes: Uint8Array,
  from: number,
  count: number,
  words: Int32Array,
  first: number,
  step: number,
): void {
  const [b, c, d] = [from + count, from + 2 * count, from + 3 * count];
  for (let index = 0, at = first; index < count; index++, at += step) {
    words[at] = (bytes[from + index]! << 24) | (bytes[b + index]! << 16) | (bytes[c + index]! << 8) | bytes[d + index]!;
  }
}
