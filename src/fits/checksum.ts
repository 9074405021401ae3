/** CHECKSUM and DATASUM (FITS 4.0 §4.4.2.7 and Appendix J): a ones' complement sum of 32-bit words. */
import type { Hdu } from "./hdu.ts";
import type { Header } from "./header.ts";
import { MAX_READ } from "./ranges.ts";
import type { FitsWarning } from "./warning.ts";

/** A CHECKSUM that stands for 0 before it is known. */
const ZEROS = "0000000000000000";
/** Sixteen-bit halves are added up this many times before their carries are folded, safe in 53 bits. */
const WORDS_A_FOLD = 1 << 20;

/** Adds up bytes in any pieces. The length need not be a multiple of four: what lacks counts as zeros. */
export class Checksum {
  #high = 0;
  #low = 0;
  /** Bytes seen, modulo 4. */
  #phase = 0;

  add(bytes: Uint8Array): this {
    let at = 0;
    while (this.#phase !== 0 && at < bytes.length) this.#addByte(bytes[at++]!);
    const words = Math.floor((bytes.length - at) / 4);
    for (let done = 0; done < words; ) {
      const end = Math.min(words, done + WORDS_A_FOLD);
      let [high, low] = [0, 0];
      for (; done < end; done++, at += 4) {
        high += (bytes[at]! << 8) | bytes[at + 1]!;
        low += (bytes[at + 2]! << 8) | bytes[at + 3]!;
      }
      this.#high += high;
      this.#low += low;
      this.#fold();
    }
    while (at < bytes.length) this.#addByte(bytes[at++]!);
    return this;
  }

  /** The sum as an unsigned 32-bit integer. */
  get value(): number {
    this.#fold();
    return this.#high * 65536 + this.#low;
  }

  #addByte(byte: number): void {
    if (this.#phase < 2) this.#high += this.#phase === 0 ? byte << 8 : byte;
    else this.#low += this.#phase === 2 ? byte << 8 : byte;
    this.#phase = (this.#phase + 1) & 3;
    this.#fold();
  }

  /** Carries of the upper half go into the lower one and the other way round, until there are none. */
  #fold(): void {
    while (this.#high > 0xffff || this.#low > 0xffff) {
      const [high, low] = [Math.floor(this.#high / 65536), Math.floor(this.#low / 65536)];
      this.#high = (this.#high % 65536) + low;
      this.#low = (this.#low % 65536) + high;
    }
  }
}

/** The ones' complement sum of two sums. */
export function addSums(a: number, b: number): number {
  const sum = a + b;
  return sum > 0xffff_ffff ? sum - 0xffff_ffff : sum;
}

/** A sum as 16 ASCII characters (Appendix J.2); the complement is what makes a whole HDU sum up to −0. */
export function encodeChecksum(sum: number, complement: boolean): string {
  const value = (complement ? ~sum : sum) >>> 0;
  const characters = new Uint8Array(16);
  for (let byte = 0; byte < 4; byte++) {
    const number = (value >>> (24 - 8 * byte)) & 0xff;
    const quotient = (number >> 2) + 0x30;
    const four = [quotient + (number & 3), quotient, quotient, quotient];
    // Punctuation is avoided by moving one up and its partner down.
    while (four.some(isPunctuation)) {
      for (let pair = 0; pair < 4; pair += 2) {
        if (isPunctuation(four[pair]!) || isPunctuation(four[pair + 1]!)) {
          four[pair]!++;
          four[pair + 1]!--;
        }
      }
    }
    for (let column = 0; column < 4; column++) characters[4 * column + byte] = four[column]!;
  }
  // Rotated right by one, so that the characters align with the words of the card.
  const text = String.fromCharCode(...characters);
  return text.slice(-1) + text.slice(0, -1);
}

function isPunctuation(code: number): boolean {
  return (code >= 0x3a && code <= 0x40) || (code >= 0x5b && code <= 0x60);
}

/** Sets DATASUM and CHECKSUM of a header whose data sum up to `dataSum`. Their comments may be given (dates, say). */
export function setChecksum(
  header: Header,
  dataSum: number,
  comments: { checksum?: string; datasum?: string } = {},
): void {
  header.set("CHECKSUM", ZEROS, comments.checksum ?? "HDU checksum");
  header.set("DATASUM", String(dataSum), comments.datasum ?? "data unit checksum");
  const sum = addSums(new Checksum().add(header.toBytes()).value, dataSum);
  header.set("CHECKSUM", encodeChecksum(sum, true));
}

export interface ChecksumResult {
  /** Undefined where the header has no such keyword. */
  readonly checksum: boolean | undefined;
  readonly datasum: boolean | undefined;
  readonly warnings: readonly FitsWarning[];
}

/** Reads header and data of an HDU in pieces and compares. A sum that does not agree is a warning, as in astropy. */
export async function verifyChecksum(hdu: Hdu, signal?: AbortSignal): Promise<ChecksumResult> {
  const header = hdu.storedHeader;
  if (!header.has("CHECKSUM") && !header.has("DATASUM")) {
    return { checksum: undefined, datasum: undefined, warnings: [] };
  }
  const data = new Checksum();
  const end = hdu.dataOffset + Math.ceil(hdu.dataLength / 2880) * 2880;
  for (let offset = hdu.dataOffset; offset < end; offset += MAX_READ) {
    data.add(await hdu.source.getRange(offset, Math.min(MAX_READ, end - offset), signal));
  }
  const whole = addSums(new Checksum().add(header.toBytes()).value, data.value);
  const warnings: FitsWarning[] = [];
  const warn = (keyword: string): void => {
    const message = `${keyword} of HDU ${hdu.index} does not agree with its bytes`;
    warnings.push({ code: "CHECKSUM", message, at: { offset: hdu.headerOffset, hdu: hdu.index, keyword } });
  };
  let [checksum, datasum]: (boolean | undefined)[] = [undefined, undefined];
  if (header.has("CHECKSUM")) {
    checksum = whole === 0 || whole === 0xffff_ffff; // +0 and −0
    if (!checksum) warn("CHECKSUM");
  }
  if (header.has("DATASUM")) {
    datasum = Number(header.get("DATASUM")) === data.value;
    if (!datasum) warn("DATASUM");
  }
  return { checksum, datasum, warnings };
}
