/**
 * PNG files of one channel or of a palette (ISO/IEC 15948): an image of the sky is grey, and a colour map has 256
 * colours. A quarter of the size of the RGBA files that general encoders write.
 */
import { crc32 } from "./crc32.ts";

/** zlib-wrapped deflate (RFC 1950), by whatever the runtime has. The pieces are used again once the next is asked for. */
export type Deflate = (pieces: Iterable<Uint8Array<ArrayBuffer>>) => AsyncIterable<Uint8Array>;

export interface Indexed {
  width: number;
  height: number;
  /** One byte a pixel, the uppermost row first. */
  levels: Uint8Array;
  /** 256 × 3 bytes RGB; null: the levels are grey values. */
  palette: Uint8Array | null;
  /** The level that is transparent, if any. */
  transparent: number | null;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The file in parts: of a large picture, putting them together would take as much memory again. */
export async function encodePng(image: Indexed, deflate: Deflate): Promise<Uint8Array[]> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, image.width);
  view.setUint32(4, image.height);
  header[8] = 8; // bits a sample
  header[9] = image.palette === null ? 0 : 3; // greyscale, or indexed colour
  const parts = [Uint8Array.from(SIGNATURE), ...chunk("IHDR", header)];
  if (image.palette !== null) parts.push(...chunk("PLTE", image.palette));
  if (image.transparent !== null) parts.push(...chunk("tRNS", transparency(image.transparent, image.palette !== null)));
  // One zlib stream may be spread over any number of IDAT chunks (§11.2.4).
  for await (const deflated of deflate(scanlines(image))) parts.push(...chunk("IDAT", deflated));
  parts.push(...chunk("IEND", new Uint8Array(0)));
  return parts;
}

/** §11.3.2.1: for grey the sample as 16 bits; for a palette the alpha of the entries up to the transparent one. */
function transparency(level: number, palette: boolean): Uint8Array {
  if (!palette) return Uint8Array.of(0, level);
  const alpha = new Uint8Array(level + 1).fill(255);
  alpha[level] = 0;
  return alpha;
}

function chunk(type: string, data: Uint8Array): [Uint8Array, Uint8Array, Uint8Array] {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, data.length);
  for (let i = 0; i < 4; i++) head[4 + i] = type.charCodeAt(i);
  const tail = new Uint8Array(4);
  new DataView(tail.buffer).setUint32(0, crc32(data, crc32(head.subarray(4))));
  return [head, data, tail];
}

/** Bytes of a piece that goes to deflate: many calls cost more than the work, one piece would double the memory. */
const PIECE = 1 << 18;

/** The rows behind their filter bytes, some at a time. */
function* scanlines(image: Indexed): Generator<Uint8Array<ArrayBuffer>> {
  const line = image.width + 1;
  const rows = Math.max(1, Math.min(image.height, Math.floor(PIECE / line)));
  // Indices into a palette have no gradients that a filter could use (§12.8).
  const filter = image.palette === null ? chooseFilter(image) : NONE;
  for (let y = 0; y < image.height; y += rows) {
    const count = Math.min(rows, image.height - y);
    const piece = new Uint8Array(count * line);
    for (let i = 0; i < count; i++) filterRow(image, y + i, filter, piece.subarray(i * line, (i + 1) * line));
    yield piece;
  }
}

/** Filter types of §9.2: none, Sub, Up and Average. */
const NONE = 0;
const FILTERS = [NONE, 1, 2, 3];

/** Rows that the choice of a filter looks at. */
const MOST_JUDGED = 64;

/**
 * The filter whose differences have the least entropy, which is what deflate's Huffman codes come to: one for all rows.
 * The sums that §12.8 suggests take noise for gradients, and make files of noisy skies a third larger.
 */
function chooseFilter(image: Indexed): number {
  const step = Math.ceil(image.height / MOST_JUDGED);
  const row = new Uint8Array(image.width + 1);
  const costs = FILTERS.map((filter) => {
    const counts = new Uint32Array(256);
    for (let y = 0; y < image.height; y += step) {
      filterRow(image, y, filter, row);
      for (let x = 1; x < row.length; x++) counts[row[x]!]!++;
    }
    // Short of a constant, the entropy.
    return counts.reduce((sum, count) => (count > 1 ? sum - count * Math.log2(count) : sum), 0);
  });
  return FILTERS[costs.indexOf(Math.min(...costs))]!;
}

/** A row behind its filter byte. */
function filterRow({ width, levels }: Indexed, y: number, filter: number, out: Uint8Array): void {
  const row = y * width;
  out.set(levels.subarray(row, row + width), 1);
  out[0] = filter;
  if (filter === NONE) return;
  const above = y > 0 ? row - width : -1;
  let left = 0;
  for (let x = 0; x < width; x++) {
    const value = levels[row + x]!;
    const over = above < 0 ? 0 : levels[above + x]!;
    out[x + 1] = value - (filter === 1 ? left : filter === 2 ? over : (left + over) >> 1);
    left = value;
  }
}
