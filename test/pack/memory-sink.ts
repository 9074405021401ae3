import type { PackSink } from "../../src/fits/pack-output.ts";

/** Collects a packed file and holds its writer to the promise that every byte comes exactly once. */
export class MemorySink implements PackSink {
  private bytes = new Uint8Array(2 ** 20);
  private readonly filled = new Set<number>();
  private end = 0;

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    while (offset + bytes.length > this.bytes.length) {
      const larger = new Uint8Array(2 * this.bytes.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    for (let at = offset; at < offset + bytes.length; at++) {
      if (this.filled.has(at)) throw new Error(`byte ${at} came twice`);
      this.filled.add(at);
    }
    this.bytes.set(bytes, offset);
    this.end = Math.max(this.end, offset + bytes.length);
  }

  /** The file; throws where a byte never came. */
  file(): Uint8Array {
    if (this.filled.size !== this.end) throw new Error(`${this.end - this.filled.size} bytes never came`);
    return this.bytes.slice(0, this.end);
  }
}
