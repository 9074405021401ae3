import { FitsError } from "../errors.ts";

/** Bits of a byte stream, the most significant first. Throws CORRUPT past its end. */
export class BitReader {
  #at: number;

  /** Begins at byte `start`. */
  constructor(
    readonly bytes: Uint8Array,
    start: number,
  ) {
    this.#at = 8 * start;
  }

  /** Bits before the next one, from the beginning of `bytes`. */
  get position(): number {
    return this.#at;
  }

  moveTo(position: number): void {
    if (position > 8 * this.bytes.length) throw new FitsError("CORRUPT", "the compressed stream ends too early");
    this.#at = position;
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
    this.moveTo(this.#at + count);
  }

  /** Fills `out` with the next groups of four bits. */
  readNybbles(out: Uint8Array): void {
    const shift = this.#at & 7;
    let byte = this.#at >>> 3;
    this.skip(4 * out.length);
    const { bytes } = this;
    let window = bytes[byte++]! << 8; // this byte and the next hold two groups, wherever the first begins
    for (let index = 0; index < out.length; index += 2) {
      window |= byte < bytes.length ? bytes[byte]! : 0;
      byte++;
      out[index] = (window >> (12 - shift)) & 15;
      if (index + 1 < out.length) out[index + 1] = (window >> (8 - shift)) & 15;
      window = (window << 8) & 0xff00;
    }
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
