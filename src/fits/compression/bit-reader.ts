import { FitsError } from "../errors.ts";

/** Bits of a byte stream, the most significant first. Throws CORRUPT past its end. */
export class BitReader {
  /** Bits read so far, from the beginning of `bytes`. */
  #at: number;

  constructor(
    private readonly bytes: Uint8Array,
    start: number,
  ) {
    this.#at = 8 * start;
  }

  /** The next `count` bits, at most 8. */
  read(count: number): number {
    const value = this.#peek16() >> (16 - count);
    this.skip(count);
    return value;
  }

  /** The next six bits, zeros behind the end, without moving on. */
  peek6(): number {
    return this.#peek16() >> 10;
  }

  skip(count: number): void {
    this.#at += count;
    if (this.#at > 8 * this.bytes.length) throw new FitsError("CORRUPT", "the compressed stream ends too early");
  }

  /** Moves on to the next whole byte. */
  alignToByte(): void {
    this.#at = Math.ceil(this.#at / 8) * 8;
  }

  /** At least nine bits, at the upper end of sixteen. */
  #peek16(): number {
    const byte = this.#at >>> 3;
    const { bytes } = this;
    const first = byte < bytes.length ? bytes[byte]! : 0;
    const second = byte + 1 < bytes.length ? bytes[byte + 1]! : 0;
    return (((first << 8) | second) << (this.#at & 7)) & 0xffff;
  }
}
