/** The checksum of FITS 4.0 Appendix J, piece by piece: the ones' complement sum of 32-bit big-endian words. */
export class OnesSum {
  private total = 0;

  /** `bytes` must be whole words; the order of the pieces does not matter. */
  add(bytes: Uint8Array): this {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; ) {
      // 2^20 words stay below 2^52, so the sum is exact before it is folded.
      const stop = Math.min(bytes.length, at + 4 * 2 ** 20);
      for (; at < stop; at += 4) this.total += view.getUint32(at);
      while (this.total > 0xffffffff) this.total = (this.total % 2 ** 32) + Math.floor(this.total / 2 ** 32);
    }
    return this;
  }

  /** Another sum's words as well. */
  join(other: OnesSum): this {
    this.total += other.total;
    while (this.total > 0xffffffff) this.total = (this.total % 2 ** 32) + Math.floor(this.total / 2 ** 32);
    return this;
  }

  get value(): number {
    return this.total;
  }

  /** The complement as 16 letters and digits, for CHECKSUM (Appendix J.2). */
  toAscii(): string {
    const value = 0xffffffff - this.total;
    const ascii = new Array<string>(16);
    for (let byte = 0; byte < 4; byte++) {
      const quarter = Math.floor(value / 2 ** (24 - 8 * byte)) & 0xff;
      const part = [0, 0, 0, 0].fill((quarter >> 2) + 0x30);
      part[0]! += quarter & 3;
      // Pairs keep their sum while they step away from punctuation.
      for (let again = true; again; ) {
        again = false;
        for (const pair of [0, 2]) {
          while (isPunctuation(part[pair]!) || isPunctuation(part[pair + 1]!)) {
            part[pair]!++;
            part[pair + 1]!--;
            again = true;
          }
        }
      }
      // One to the right, because the value begins in column 12 of its card.
      for (let place = 0; place < 4; place++) ascii[(4 * place + byte + 1) % 16] = String.fromCharCode(part[place]!);
    }
    return ascii.join("");
  }
}

function isPunctuation(code: number): boolean {
  return (code >= 0x3a && code <= 0x40) || (code >= 0x5b && code <= 0x60);
}
