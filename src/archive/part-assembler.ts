/**
 * A packed file on its way into R2. Its bytes come in any order, R2 wants parts of equal size: a part whose last byte
 * has come leaves when the next but one begins, so that a file of two parts is written in one go. Held are the part that
 * fills, one that is full, and those with the header of an image that is not finished yet: for most files the first.
 */
import type { PackSink } from "../fits/pack-output.ts";
import { joined, PartSink } from "../store/file-writer.ts";
import type { FileInfo, FileStore } from "../store/files.ts";

interface Part {
  bytes: Uint8Array;
  filled: number;
}

export class PartAssembler implements PackSink {
  private readonly parts = new Map<number, Part>();
  private sink: PartSink | null = null;

  constructor(
    private readonly files: FileStore,
    private readonly key: string,
  ) {}

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const index = Math.floor((offset + from) / PartSink.PART);
      const at = offset + from - index * PartSink.PART;
      const take = Math.min(bytes.length - from, PartSink.PART - at);
      const part = this.parts.get(index) ?? (await this.begin(index));
      part.bytes.set(bytes.subarray(from, from + take), at);
      part.filled += take;
      from += take;
    }
  }

  /** Makes the object out of `size` bytes, all of which must have come. */
  async finish(size: number): Promise<FileInfo> {
    const last = Math.ceil(size / PartSink.PART) - 1;
    for (const [index, { filled }] of this.parts) {
      const whole = index === last ? size - last * PartSink.PART : PartSink.PART;
      if (filled !== whole) throw new RangeError(`part ${index} of ${this.key} has ${filled} of ${whole} bytes`);
    }
    const rest = [...this.parts].sort(([a], [b]) => a - b);
    // What nothing has left of yet needs no multipart upload.
    if (this.sink === null) {
      const pieces = rest.map(([, { bytes, filled }]) => bytes.subarray(0, filled));
      return this.files.put(this.key, pieces.length > 1 ? joined(pieces) : (pieces[0] ?? new Uint8Array(0)));
    }
    for (const [index, { bytes, filled }] of rest) await this.send(index, bytes.subarray(0, filled));
    return this.sink.complete();
  }

  /** Drops what has come. Never throws; no object comes into being. */
  async abort(): Promise<void> {
    this.parts.clear();
    await this.sink?.abort();
  }

  private async begin(index: number): Promise<Part> {
    if (this.parts.size > 1) {
      for (const [full, { bytes, filled }] of this.parts) if (filled === PartSink.PART) await this.send(full, bytes);
    }
    const part = { bytes: new Uint8Array(PartSink.PART), filled: 0 };
    this.parts.set(index, part);
    return part;
  }

  private async send(index: number, bytes: Uint8Array): Promise<void> {
    this.sink ??= await this.files.parts(this.key);
    await this.sink.send(index + 1, bytes);
    this.parts.delete(index);
  }
}
