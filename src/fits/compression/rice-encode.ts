import { FitsError } from "../errors.ts";

/** Pixels of a coding block. FITS 4.0 §10.4.1 allows 16 and 32; CFITSIO writes 32. */
export const RICE_BLOCK = 32;

/** Bytes that `count` pixels cannot exceed: each as it is, and a code of at most five bits for each block. */
export function riceBound(count: number, bytePix: 1 | 2 | 4): number {
  return count * bytePix + Math.ceil(count / RICE_BLOCK) + 8;
}

/**
 * RICE_1 (FITS 4.0 §10.4.1): encodes the big-endian pixels in `pixels` (BYTEPIX 1 unsigned, 2 or 4 bytes each) into
 * `out` and returns the bytes written, bit for bit as CFITSIO's fits_rcomp does in blocks of 32. `out` must hold
 * `riceBound` bytes; `pixels` must hold whole pixels, else BAD_VALUE.
 */
export function encodeRice(pixels: Uint8Array, bytePix: 1 | 2 | 4, out: Uint8Array): number {
  const count = pixels.length / bytePix;
  if (!Number.isInteger(count)) throw new FitsError("BAD_VALUE", `${pixels.length} bytes are no whole pixels`);
  if (out.length < riceBound(count, bytePix)) throw new FitsError("BAD_VALUE", "no room for the encoded tile");
  if (count === 0) return 0;
  const [codeBits, direct] = bytePix === 4 ? [5, 25] : bytePix === 2 ? [4, 14] : [3, 6];
  const valueBits = 8 * bytePix;
  const unused = 32 - valueBits;
  const mapped = new Uint32Array(RICE_BLOCK);

  let at = 0;
  let window = 0; // the last `held` bits, fewer than eight, wait for their byte to fill
  let held = 0;
  const put = (value: number, bits: number): void => {
    let left = bits;
    while (held + left >= 8) {
      const take = 8 - held;
      left -= take;
      out[at++] = (window << take) | ((value >>> left) & ((1 << take) - 1));
      window = 0;
      held = 0;
    }
    window = (window << left) | (value & ((1 << left) - 1));
    held += left;
  };

  let last = pixelAt(pixels, 0, bytePix);
  put(last, valueBits);
  for (let index = 0; index < count; index += RICE_BLOCK) {
    const length = Math.min(RICE_BLOCK, count - index);
    let sum = 0;
    for (let j = 0; j < length; j++) {
      const pixel = pixelAt(pixels, (index + j) * bytePix, bytePix);
      // The difference wraps in the pixels' own width.
      const difference = ((pixel - last) << unused) >> unused;
      last = pixel;
      mapped[j] = (difference << 1) ^ (difference >> 31);
      sum += mapped[j]!;
    }
    const mean = Math.max(0, Math.trunc((sum - (length >> 1) - 1) / length));
    const split = 32 - Math.clz32(mean >>> 1);
    if (split >= direct) {
      put(direct + 1, codeBits);
      for (let j = 0; j < length; j++) put(mapped[j]!, valueBits);
    } else if (sum === 0) {
      put(0, codeBits);
    } else {
      put(split + 1, codeBits);
      for (let j = 0; j < length; j++) {
        let zeros = mapped[j]! >>> split;
        for (; zeros > 24; zeros -= 24) put(0, 24);
        put(1, zeros + 1);
        put(mapped[j]!, split);
      }
    }
  }
  if (held > 0) out[at++] = window << (8 - held);
  return at;
}

/** Signed, but for one byte: the wrapped differences are the same. */
function pixelAt(bytes: Uint8Array, at: number, bytePix: 1 | 2 | 4): number {
  if (bytePix === 1) return bytes[at]!;
  if (bytePix === 2) return (bytes[at]! << 8) | bytes[at + 1]!;
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
