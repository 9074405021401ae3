import { FitsError } from "../errors.ts";
import { makeStored } from "../pixels.ts";
import type { Codec } from "./codec.ts";
import { riceParameters } from "./rice-parameters.ts";

/**
 * RICE_1 (FITS 4.0 §10.4.1): decodes one tile into `out`, whose type tells BYTEPIX (1 unsigned, 2, 4), in coding
 * blocks of `blockSize` pixels. The stream: the first pixel as it is, then for each block a code for its number of
 * split bits and the differences, mapped to unsigned ones. Throws CORRUPT where the stream ends before the tile does.
 */
export function decodeRice(bytes: Uint8Array, out: Uint8Array | Int16Array | Int32Array, blockSize: number): void {
  const bytePix = out.BYTES_PER_ELEMENT;
  const [codeBits, direct] = bytePix === 4 ? [5, 25] : bytePix === 2 ? [4, 14] : [3, 6];
  const valueBits = 8 * bytePix;
  if (bytes.length < bytePix) throw ended();
  let at = 0;
  let last = 0;
  while (at < bytePix) last = (last << 8) | bytes[at++]!;

  // The next `have` bits of the stream stand at the upper end of `window`. Past the end it is fed zeros, and the
  // number of those decides whether the stream was long enough.
  const { length } = bytes;
  let window = 0;
  let have = 0;
  for (let index = 0; index < out.length; ) {
    while (have <= 24) {
      if (at < length) window |= bytes[at]! << (24 - have);
      at++;
      have += 8;
    }
    const split = (window >>> (32 - codeBits)) - 1;
    window <<= codeBits;
    have -= codeBits;
    const end = Math.min(index + blockSize, out.length);
    if (split < 0) {
      out.fill(last, index, end);
      index = end;
    } else if (split === direct) {
      for (; index < end; index++) {
        let value = 0;
        for (let left = valueBits; left > 0; left -= 8) {
          while (have <= 24) {
            if (at < length) window |= bytes[at]! << (24 - have);
            at++;
            have += 8;
          }
          value = (value << 8) | (window >>> 24);
          window <<= 8;
          have -= 8;
        }
        last = (last + ((value >>> 1) ^ -(value & 1))) | 0;
        out[index] = last;
      }
    } else if (split < direct) {
      const shift = 31 - split;
      for (; index < end; index++) {
        let zeros = 0;
        while (window === 0) {
          zeros += have;
          have = 0;
          if (at >= length) throw ended();
          while (have <= 24) {
            if (at < length) window |= bytes[at]! << (24 - have);
            at++;
            have += 8;
          }
        }
        const run = Math.clz32(window);
        zeros += run;
        window = (window << run) << 1; // two steps: a shift by 32 would be none
        have -= run + 1;
        while (have <= 24) {
          if (at < length) window |= bytes[at]! << (24 - have);
          at++;
          have += 8;
        }
        const value = (zeros << split) | ((window >>> 1) >>> shift);
        window <<= split;
        have -= split;
        last = (last + ((value >>> 1) ^ -(value & 1))) | 0;
        out[index] = last;
      }
    } else {
      throw new FitsError("CORRUPT", `RICE code ${split + 1} is out of range`);
    }
    if (8 * at - have > 8 * length) throw ended();
  }
}

function ended(): FitsError {
  return new FitsError("CORRUPT", "the RICE stream ends before the tile does");
}

export const rice: Codec = {
  decode(bytes, tile, { kernels }) {
    const { blockSize, bytePix } = riceParameters(tile.parameters);
    const out = makeStored((8 * bytePix) as 8 | 16 | 32, tile.pixels) as Uint8Array | Int16Array | Int32Array;
    (kernels.decodeRice ?? decodeRice)(bytes, out, blockSize);
    return out;
  },
};
