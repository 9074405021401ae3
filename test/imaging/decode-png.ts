/** A strict reader of 8-bit PNGs, for tests: checks signature, lengths and checksums, undoes the filters. */
import { crc32 } from "node:zlib";

export interface DecodedPng {
  width: number;
  height: number;
  colourType: number;
  /** Channels a pixel. */
  channels: number;
  samples: Uint8Array;
  palette: Uint8Array | null;
  transparency: Uint8Array | null;
}

export async function decodePng(file: Uint8Array): Promise<DecodedPng> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) throw new Error("no PNG signature");
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (let at = 8; at < file.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (crc32(file.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      throw new Error(`bad checksum of ${type}`);
    }
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  if (chunks[0]?.type !== "IHDR" || chunks.at(-1)?.type !== "IEND") throw new Error("IHDR or IEND out of place");
  const header = new DataView(chunks[0].data.buffer, chunks[0].data.byteOffset, 13);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const [depth, colourType] = [header.getUint8(8), header.getUint8(9)];
  const channels = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colourType];
  if (depth !== 8 || channels === undefined) throw new Error(`${depth} bits, colour type ${colourType}`);
  const find = (type: string): Uint8Array | null => chunks.find((chunk) => chunk.type === type)?.data ?? null;
  const stream = new Blob(
    chunks.filter(({ type }) => type === "IDAT").map(({ data }) => Uint8Array.from(data)),
  ).stream();
  const lines = await new Response(
    stream.pipeThrough(new DecompressionStream("deflate") as ReadableWritablePair<Uint8Array, Uint8Array>),
  ).bytes();
  if (lines.length !== (width * channels + 1) * height) throw new Error(`${lines.length} bytes of scanlines`);
  return {
    width,
    height,
    colourType,
    channels,
    samples: unfiltered(lines, width * channels, height, channels),
    palette: find("PLTE"),
    transparency: find("tRNS"),
  };
}

function unfiltered(lines: Uint8Array, length: number, height: number, step: number): Uint8Array {
  const out = new Uint8Array(length * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (length + 1)]!;
    if (filter > 3) throw new Error(`filter ${filter}`);
    for (let x = 0; x < length; x++) {
      const left = x >= step ? out[y * length + x - step]! : 0;
      const up = y > 0 ? out[(y - 1) * length + x]! : 0;
      const guess = [0, left, up, (left + up) >> 1][filter]!;
      out[y * length + x] = lines[y * (length + 1) + 1 + x]! + guess;
    }
  }
  return out;
}
