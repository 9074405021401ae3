import { FitsError } from "../errors.ts";
import type { Codec } from "./codec.ts";

/** Words of the header of a line list whose third word is negative (the new form); the old form has three. */
const NEW_HEADER = 7;

/**
 * PLIO_1 (FITS 4.0 §10.4.3, IRAF's line lists): 16-bit big-endian words, each an operation on the current value and
 * position. Decodes one tile into `out`; pixels behind the last run are 0. Throws CORRUPT for a list that is too
 * short or runs out of the tile.
 */
export function decodePlio(bytes: Uint8Array, out: Int32Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = bytes.length >> 1;
  const word = (index: number): number => view.getInt16(2 * index);
  if (words < 3) throw new FitsError("CORRUPT", "the PLIO line list has no header");
  const isOld = word(2) > 0;
  if (!isOld && words < NEW_HEADER) throw new FitsError("CORRUPT", "the PLIO line list has no header");
  const length = isOld ? word(2) : word(4) * 32768 + word(3);
  const first = isOld ? 3 : word(1);
  if (first < 0 || length < 0 || length > words) {
    throw new FitsError("CORRUPT", `a PLIO line list of ${words} words says it has ${length}`);
  }
  let at = 0;
  let value = 1;
  const advance = (count: number, fill: number): void => {
    if (at + count > out.length) throw new FitsError("CORRUPT", "a PLIO line list runs out of its tile");
    out.fill(fill, at, at + count);
    at += count;
  };
  out.fill(0);
  for (let index = first; index < length; index++) {
    const operand = word(index) & 0xfff;
    switch ((word(index) >> 12) & 0xf) {
      case 0: // a run of zeros
        advance(operand, 0);
        break;
      case 1: // the value, with its upper bits in the next word
        if (++index >= length) throw new FitsError("CORRUPT", "a PLIO line list ends inside a value");
        value = word(index) * 4096 + operand;
        break;
      case 2:
        value += operand;
        break;
      case 3:
        value -= operand;
        break;
      case 4: // a run of the value
        advance(operand, value);
        break;
      case 5: // zeros, and the value at their end
        advance(operand, 0);
        if (operand > 0) out[at - 1] = value;
        break;
      case 6: // change the value and set one pixel
        value += operand;
        advance(1, value);
        break;
      case 7:
        value -= operand;
        advance(1, value);
        break;
      default:
        throw new FitsError("CORRUPT", `PLIO operation ${(word(index) >> 12) & 0xf} is unknown`);
    }
  }
}

export const plio: Codec = {
  decode(bytes, tile) {
    const out = new Int32Array(tile.pixels);
    decodePlio(bytes, out);
    return out;
  },
};
