import type { PixelArray } from "./pixels.ts";

/**
 * Reads `out.length` big-endian values (FITS 4.0 §3.3.2) from `bytes` into `out`, whose type tells their width.
 * `bytes` must hold at least `out.byteLength` bytes, at any alignment; they may be those of `out` itself.
 */
export function fromBigEndian(bytes: Uint8Array, out: PixelArray): void {
  const target = new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  const length = out.byteLength;
  switch (out.BYTES_PER_ELEMENT) {
    case 1:
      target.set(bytes.subarray(0, length));
      return;
    case 2: {
      const words = new Uint16Array(out.buffer, out.byteOffset, out.length);
      for (let index = 0, at = 0; index < words.length; index++, at += 2) {
        words[index] = (bytes[at]! << 8) | bytes[at + 1]!;
      }
      return;
    }
    case 4: {
      // Through integers, never through floats: a signalling NaN would come out changed.
      const words = new Int32Array(out.buffer, out.byteOffset, out.length);
      for (let index = 0, at = 0; index < words.length; index++, at += 4) {
        words[index] = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
      }
      return;
    }
    default: {
      const words = new Int32Array(out.buffer, out.byteOffset, length / 4);
      for (let index = 0, at = 0; at < length; index += 2, at += 8) {
        const high = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
        words[index] = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!;
        words[index + 1] = high;
      }
    }
  }
}

/** The reverse: `values` as big-endian bytes. */
export function toBigEndian(values: PixelArray): Uint8Array {
  const bytes = new Uint8Array(values.byteLength);
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const width = values.BYTES_PER_ELEMENT;
  for (let at = 0; at < bytes.length; at += width) {
    for (let byte = 0; byte < width; byte++) bytes[at + byte] = raw[at + width - 1 - byte]!;
  }
  return bytes;
}
