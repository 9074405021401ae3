/**
 * HCOMPRESS_1 (FITS 4.0 §10.4.4; R. White, "High-performance compression of astronomical images"): the H-transform of
 * a tile, its coefficients written bit plane by bit plane in quadtrees. Coefficients are doubles, exact up to 2^53:
 * those of 32-bit pixels need more than 32 bits.
 */
import { FitsError } from "../errors.ts";
import { BitReader } from "./bit-reader.ts";
import type { Codec } from "./codec.ts";
import { smoothCoefficients } from "./hcompress-smooth.ts";

const MAGIC = 0xdd99;
/** Magic, two sizes, scale, sum, three numbers of bit planes. */
const HEADER_LENGTH = 2 + 3 * 4 + 8 + 3;
/** More bit planes than a double holds exactly are nonsense. */
const MAX_PLANES = 53;

/** The fixed Huffman code of the quadtree's nodes: each code's bits and the node (four children's bits) it stands for. */
const CODES: ReadonlyArray<readonly [bits: string, node: number]> = [
  ["000", 1],
  ["001", 2],
  ["010", 4],
  ["011", 8],
  ["1000", 3],
  ["1001", 5],
  ["1010", 10],
  ["1011", 12],
  ["1100", 15],
  ["11010", 6],
  ["11011", 7],
  ["11100", 9],
  ["11101", 11],
  ["11110", 13],
  ["111110", 0],
  ["111111", 14],
];

/** For each six bits: node × 8 + length of its code. */
const CODE_TABLE: Uint8Array = makeCodeTable();

function makeCodeTable(): Uint8Array {
  const table = new Uint8Array(64);
  for (const [bits, node] of CODES) {
    const first = Number.parseInt(bits.padEnd(6, "0"), 2);
    table.fill(node * 8 + bits.length, first, first + 2 ** (6 - bits.length));
  }
  return table;
}

/**
 * Decodes one tile of `width` × `height` pixels into `out`, row by row. `smooth`: the SMOOTH parameter. Throws CORRUPT
 * for a stream of another tile or one that ends too early.
 */
export function decodeHcompress(
  bytes: Uint8Array,
  out: Int32Array,
  width: number,
  height: number,
  smooth: boolean,
): void {
  if (bytes.length < HEADER_LENGTH) throw new FitsError("CORRUPT", "an HCOMPRESS stream has no header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== MAGIC) throw new FitsError("CORRUPT", "an HCOMPRESS stream has another magic number");
  // The stream's x is the slow axis.
  const [rows, columns, scale] = [view.getInt32(2), view.getInt32(6), view.getInt32(10)];
  if (rows !== height || columns !== width) {
    throw new FitsError("CORRUPT", `an HCOMPRESS stream of ${columns}×${rows} pixels in a tile of ${width}×${height}`);
  }
  const planes = bytes.subarray(22, HEADER_LENGTH);
  if (planes.some((count) => count > MAX_PLANES)) {
    throw new FitsError("CORRUPT", `an HCOMPRESS stream has ${Math.max(...planes)} bit planes`);
  }
  const coefficients = new Float64Array(width * height);
  readCoefficients(new BitReader(bytes, HEADER_LENGTH), coefficients, width, height, planes);
  coefficients[0] = Number(view.getBigInt64(14));
  if (scale > 1) for (let index = 0; index < coefficients.length; index++) coefficients[index]! *= scale;
  invert(coefficients, width, height, smooth ? scale : 0);
  for (let index = 0; index < out.length; index++) out[index] = coefficients[index]!;
}

/** Magnitudes of the four quadrants, then the signs of all that are not zero. */
function readCoefficients(
  reader: BitReader,
  values: Float64Array,
  width: number,
  height: number,
  planes: Uint8Array,
): void {
  const [upper, left] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  readQuadrant(reader, values, 0, width, upper, left, planes[0]!);
  readQuadrant(reader, values, left, width, upper, width - left, planes[1]!);
  readQuadrant(reader, values, width * upper, width, height - upper, left, planes[1]!);
  readQuadrant(reader, values, width * upper + left, width, height - upper, width - left, planes[2]!);
  if (reader.read(4) !== 0) throw new FitsError("CORRUPT", "HCOMPRESS bit planes do not end where they should");
  reader.alignToByte();
  const { bytes } = reader;
  let at = reader.position;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value === 0) continue;
    if ((bytes[at >>> 3]! << (at & 7)) & 0x80) values[index] = -value;
    at++;
  }
  reader.moveTo(at);
}

function readQuadrant(
  reader: BitReader,
  values: Float64Array,
  start: number,
  stride: number,
  rows: number,
  columns: number,
  planes: number,
): void {
  const levels = ceilLog2(Math.max(rows, columns));
  const size = Math.ceil(rows / 2) * Math.ceil(columns / 2);
  let [nodes, spare] = [new Uint8Array(size), new Uint8Array(size)];
  for (let bit = planes - 1; bit >= 0; bit--) {
    const form = reader.read(4);
    if (form === 0) {
      // The plane as it is, four pixels in a nybble.
      reader.readNybbles(nodes);
    } else if (form === 15) {
      nodes[0] = readNode(reader);
      for (let level = levels - 1; level > 0; level--) {
        expand(reader, nodes, spare, Math.ceil(rows / 2 ** level), Math.ceil(columns / 2 ** level));
        [nodes, spare] = [spare, nodes];
      }
    } else {
      throw new FitsError("CORRUPT", `HCOMPRESS bit plane of unknown form ${form}`);
    }
    addPlane(nodes, values, start, stride, rows, columns, 2 ** bit);
  }
}

function readNode(reader: BitReader): number {
  const code = CODE_TABLE[reader.peek6()]!;
  reader.skip(code & 7);
  return code >> 3;
}

/** One level down: every node's four bits (8 and 4 above, 2 and 1 below) become nodes; those set are read, last first. */
function expand(reader: BitReader, nodes: Uint8Array, out: Uint8Array, rows: number, columns: number): void {
  const parents = Math.ceil(columns / 2);
  const { bytes } = reader;
  let at = reader.position;
  for (let row = rows - 1; row >= 0; row--) {
    const from = (row >> 1) * parents;
    const to = row * columns;
    const shift = row & 1 ? 1 : 3;
    for (let column = columns - 1; column >= 0; column--) {
      if (((nodes[from + (column >> 1)]! >> (shift - (column & 1))) & 1) === 0) {
        out[to + column] = 0;
        continue;
      }
      // readNode, written out: this is the innermost loop. Past the end it reads zeros, which `moveTo` refuses.
      const byte = at >>> 3;
      const code = CODE_TABLE[(((bytes[byte]! << 8) | bytes[byte + 1]!) >> (10 - (at & 7))) & 63]!;
      at += code & 7;
      out[to + column] = code >> 3;
    }
  }
  reader.moveTo(at);
}

function addPlane(
  nodes: Uint8Array,
  values: Float64Array,
  start: number,
  stride: number,
  rows: number,
  columns: number,
  weight: number,
): void {
  let node = 0;
  for (let row = 0; row < rows; row += 2) {
    const hasBelow = row + 1 < rows;
    const upper = start + row * stride;
    for (let column = 0; column < columns; column += 2) {
      const bits = nodes[node++]!;
      if (bits === 0) continue;
      const at = upper + column;
      const hasRight = column + 1 < columns;
      // Multiplied, not branched: in noise no processor could predict the bits.
      values[at]! += (bits >> 3) * weight;
      if (hasRight) values[at + 1]! += ((bits >> 2) & 1) * weight;
      if (hasBelow) values[at + stride]! += ((bits >> 1) & 1) * weight;
      if (hasBelow && hasRight) values[at + stride + 1]! += (bits & 1) * weight;
    }
  }
}

/** The inverse H-transform in place. `smoothing`: the scale the coefficients may be smoothed within; 0 for none. */
function invert(a: Float64Array, width: number, height: number, smoothing: number): void {
  const levels = ceilLog2(Math.max(width, height));
  const scratch = new Float64Array(Math.ceil(Math.max(width, height) / 2));
  a[0] = roundTo(a[0]!, 2 ** (levels + 1));
  for (let level = levels - 1; level >= 0; level--) {
    const rows = Math.ceil(height / 2 ** level);
    const columns = Math.ceil(width / 2 ** level);
    for (let row = 0; row < rows; row++) interleave(a, row * width, columns, 1, scratch);
    for (let column = 0; column < columns; column++) interleave(a, column, rows, width, scratch);
    if (smoothing > 1) smoothCoefficients(a, rows, columns, width, Math.floor(smoothing / 2));
    invertLevel(a, rows, columns, width, level);
  }
}

/** The first half of a line goes to its even places, the second to the odd ones. */
function interleave(a: Float64Array, start: number, count: number, step: number, scratch: Float64Array): void {
  const half = (count + 1) >> 1;
  for (let index = half; index < count; index++) scratch[index - half] = a[start + index * step]!;
  for (let index = half - 1; index > 0; index--) a[start + 2 * index * step] = a[start + index * step]!;
  for (let index = half; index < count; index++) a[start + (2 * (index - half) + 1) * step] = scratch[index - half]!;
}

/** Sum h0 and differences hx (down), hy (across), hc (both) of 2×2 cells become the cells' values. */
function invertLevel(a: Float64Array, rows: number, columns: number, stride: number, level: number): void {
  const bit0 = 2 ** level;
  const bit1 = 2 * bit0;
  const divisor = level === 0 ? 4 : 2;
  for (let row = 0; row < rows; row += 2) {
    const hasBelow = row + 1 < rows;
    for (let column = 0; column < columns; column += 2) {
      const hasRight = column + 1 < columns;
      const at = row * stride + column;
      const h0 = a[at]!;
      if (hasBelow && hasRight) {
        const hc = roundTo(a[at + stride + 1]!, bit0);
        const low0 = isOdd(hc / bit0) ? bit0 : 0;
        const hx = towardsZero(roundTo(a[at + stride]!, bit1), low0);
        const hy = towardsZero(roundTo(a[at + 1]!, bit1), low0);
        const low1 = isOdd(Math.floor(hc / bit1) + Math.floor(hx / bit1) + Math.floor(hy / bit1)) ? bit1 : 0;
        const sum = h0 >= 0 ? h0 + low0 - low1 : h0 + (low0 === 0 ? low1 : low0 - low1);
        a[at + stride + 1] = Math.floor((sum + hx + hy + hc) / divisor);
        a[at + stride] = Math.floor((sum + hx - hy - hc) / divisor);
        a[at + 1] = Math.floor((sum - hx + hy - hc) / divisor);
        a[at] = Math.floor((sum - hx - hy + hc) / divisor);
      } else if (hasBelow || hasRight) {
        const other = hasBelow ? at + stride : at + 1;
        const difference = roundTo(a[other]!, bit1);
        const sum = towardsZero(h0, isOdd(difference / bit1) ? bit1 : 0);
        a[other] = Math.floor((sum + difference) / divisor);
        a[at] = Math.floor((sum - difference) / divisor);
      } else {
        a[at] = Math.floor(h0 / divisor);
      }
    }
  }
}

/** To the nearest multiple of a power of two; halves away from zero. */
function roundTo(value: number, bit: number): number {
  const half = bit / 2;
  if (bit === 1) return value;
  return Math.floor((value + (value >= 0 ? half : half - 1)) / bit) * bit;
}

function towardsZero(value: number, bit: number): number {
  return value >= 0 ? value - bit : value + bit;
}

function isOdd(value: number): boolean {
  return value % 2 !== 0;
}

function ceilLog2(value: number): number {
  return value <= 1 ? 0 : 32 - Math.clz32(value - 1);
}

export const hcompress: Codec = {
  decode(bytes, tile) {
    const width = tile.shape[0]!;
    const height = tile.pixels / width;
    if (width < 2 || height < 2) {
      throw new FitsError("UNSUPPORTED", `HCOMPRESS tile of ${width}×${height} pixels; both must be 2 or more`);
    }
    const out = new Int32Array(tile.pixels);
    decodeHcompress(bytes, out, width, height, (tile.parameters.get("SMOOTH") ?? 0) !== 0);
    return out;
  },
};
