/**
 * Baseline JPEG (ITU-T T.81) of a picture's levels and their colours, a strip of eight rows at a time: grey ones have
 * one component, others Y, Cb and Cr without subsampling, as the edges of false colours are in their hue. The prefix
 * codes are made for the picture, from some of its strips; the standard's own are made for photographs.
 */
import type { Picture } from "./picture.ts";
import { Pieces } from "./pieces.ts";
import { canonicalCodes, codeLengths } from "./prefix-code.ts";

/** Longest side: SOF0 has 16 bits for it. */
export const JPEG_MOST_SIDE = 65_535;

/** T.81, table K.1 and K.2: steps for quality 50, by rows. */
const LUMINANCE = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51,
  87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101,
  72, 92, 95, 98, 112, 100, 103, 99,
];
const CHROMINANCE = [
  17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
  99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
  99, 99, 99, 99, 99, 99,
];

/** T.81 §3.6.1: the order of coefficients in the file, from low to high frequencies, as indices into rows. */
const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21],
  ...[28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61],
  ...[54, 47, 55, 62, 63],
);

/** Blocks that the prefix codes are made from, about, in strips spread over the picture; all of a picture of 512². */
const JUDGED = 4096;

/** Most bytes that a block takes: 64 symbols of 16 bits with 11 more, and each byte may be followed by a zero. */
const MOST_BLOCK = 64 * 4 * 2;

/** What one component is made with. */
interface Component {
  /** Sample of each level, less 128. */
  samples: Float64Array;
  /** Which of the steps and codes: 0 luminance, 1 chrominance. */
  table: number;
}

/** A prefix code and what the file says of it. */
interface Code {
  lengths: Uint8Array;
  codes: Uint16Array;
}

/** The file in parts. `colours` are 256 × 3 bytes RGB; undefined pixels are black. `quality` is 1 to 100, as libjpeg's. */
export function encodeJpeg(
  picture: Pick<Picture, "width" | "height" | "levels" | "undefinedLevel">,
  colours: Uint8Array,
  quality: number,
): Uint8Array[] {
  const { width, height } = picture;
  const components = componentsOf(colours, picture.undefinedLevel);
  const steps = [LUMINANCE, CHROMINANCE].slice(0, components.length).map((table) => scaled(table, quality));
  const transform = new BlockTransform(picture, steps.map(dividers));
  const codes = judge(transform, components);
  const out = new Pieces();
  out.push(0xff, 0xd8, ...segment(0xe0, [...new TextEncoder().encode("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0]));
  for (const [index, table] of steps.entries()) {
    out.push(...segment(0xdb, [index, ...Array.from(ZIGZAG, (at) => table[at]!)]));
  }
  const ids = components.map(({ table }, index) => ({ id: index + 1, table }));
  out.push(
    ...segment(0xc0, [
      ...[8, height >> 8, height & 255, width >> 8, width & 255, ids.length],
      ...ids.flatMap(({ id, table }) => [id, 0x11, table]),
    ]),
  );
  for (const [index, { dc, ac }] of codes.entries()) {
    out.push(
      ...segment(0xc4, [index, ...codeDescription(dc)]),
      ...segment(0xc4, [0x10 | index, ...codeDescription(ac)]),
    );
  }
  out.push(...segment(0xda, [ids.length, ...ids.flatMap(({ id, table }) => [id, table * 0x11]), 0, 63, 0]));
  writeScan(out, transform, components, codes);
  out.push(0xff, 0xd9);
  return out.end();
}

/** One component where all colours are shades of grey, else three (JFIF 1.02: ITU-R BT.601 with the full range). */
function componentsOf(colours: Uint8Array, undefinedLevel: number | null): Component[] {
  const rgb = Array.from({ length: 256 }, (_, level) =>
    level === undefinedLevel ? [0, 0, 0] : [...colours.subarray(3 * level, 3 * level + 3)],
  );
  const component = (table: number, r: number, g: number, b: number, offset: number): Component => ({
    samples: Float64Array.from(rgb, (colour) => r * colour[0]! + g * colour[1]! + b * colour[2]! + offset),
    table,
  });
  const y = component(0, 0.299, 0.587, 0.114, -128);
  if (rgb.every(([r, g, b]) => r === g && g === b)) return [y];
  return [y, component(1, -0.168736, -0.331264, 0.5, 0), component(1, 0.5, -0.418688, -0.081312, 0)];
}

/** The steps of a quality as the Independent JPEG Group's library counts it. */
function scaled(table: readonly number[], quality: number): number[] {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return table.map((step) => Math.min(255, Math.max(1, Math.floor((step * percent + 50) / 100))));
}

/** What a coefficient of `BlockTransform` is multiplied with to be a number of steps, in zigzag order. */
function dividers(steps: readonly number[]): Float64Array {
  const factor = (k: number): number => (k === 0 ? 1 : Math.SQRT2 * Math.cos((k * Math.PI) / 16));
  return Float64Array.from(ZIGZAG, (at) => 1 / (8 * factor(at >> 3) * factor(at & 7) * steps[at]!));
}

function segment(marker: number, content: readonly number[]): number[] {
  return [0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, ...content];
}

/** T.81 §B.2.4.2: the number of codes of each length, then the symbols in the order of their codes. */
function codeDescription({ lengths }: Code): number[] {
  const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol]! > 0);
  symbols.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const counts = Array.from({ length: 16 }, (_, i) => symbols.filter((symbol) => lengths[symbol] === i + 1).length);
  return [...counts, ...symbols];
}

/**
 * Blocks of 8 × 8 pixels as the symbols of T.81 §F.1.2, each in one number: the symbol above 16 bits with its further
 * bits, whose count are its lowest four.
 */
class BlockTransform {
  readonly strips: number;
  readonly blocksPerStrip: number;
  /** The symbols of the block made last: the first is its mean's, the others are those of its variation. */
  readonly tokens = new Int32Array(65);
  /** Mean of that block, in steps. */
  mean = 0;
  readonly #block = new Float64Array(64);

  constructor(
    readonly picture: Pick<Picture, "width" | "height" | "levels">,
    readonly dividers: readonly Float64Array[],
  ) {
    this.strips = Math.ceil(picture.height / 8);
    this.blocksPerStrip = Math.ceil(picture.width / 8);
  }

  /** Makes the tokens of a block and gives their number; `before` is the mean of the block before, in steps. */
  make(strip: number, column: number, { samples, table }: Component, before: number): number {
    this.#load(8 * column, 8 * strip, samples);
    const block = this.#block;
    for (let row = 0; row < 64; row += 8) transform8(block, row, 1);
    for (let x = 0; x < 8; x++) transform8(block, x, 8);
    return this.#tokenize(this.dividers[table]!, before);
  }

  /** Beyond the picture's edges its last pixels are repeated, which costs least. */
  #load(x: number, y: number, samples: Float64Array): void {
    const { width, height, levels } = this.picture;
    const block = this.#block;
    const last = width - 1 - x;
    for (let row = 0; row < 8; row++) {
      const from = Math.min(y + row, height - 1) * width + x;
      const at = 8 * row;
      for (let i = 0; i < 8; i++) block[at + i] = samples[levels[from + Math.min(i, last)]!]!;
    }
  }

  #tokenize(dividers: Float64Array, before: number): number {
    const tokens = this.tokens;
    const block = this.#block;
    this.mean = Math.round(block[0]! * dividers[0]!);
    tokens[0] = token(0, this.mean - before);
    let count = 1;
    let last = 0;
    for (let k = 1; k < 64; k++) {
      const value = block[ZIGZAG[k]!]! * dividers[k]!;
      if (value > -0.5 && value < 0.5) continue;
      let zeros = k - last - 1;
      for (; zeros > 15; zeros -= 16) tokens[count++] = 0xf0 << 16;
      tokens[count++] = token(zeros, value < 0 ? (value - 0.5) | 0 : (value + 0.5) | 0);
      last = k;
    }
    if (last < 63) tokens[count++] = 0;
    return count;
  }
}

/** A number behind `zeros` zeros; negative ones are written less 1, their sign bits left out. */
function token(zeros: number, value: number): number {
  const bits = 32 - Math.clz32(value < 0 ? -value : value);
  return (((zeros << 4) | bits) << 16) | ((value < 0 ? value - 1 : value) & ((1 << bits) - 1));
}

/**
 * The discrete cosine transform of eight numbers `stride` apart, short of factors that are left to `dividers`, with
 * five multiplications (Arai, Agui, Nakajima 1988; Pennebaker and Mitchell, JPEG, §4.3.5).
 */
function transform8(d: Float64Array, at: number, stride: number): void {
  const i4 = at + 4 * stride;
  const d0 = d[at]!;
  const d1 = d[at + stride]!;
  const d2 = d[at + 2 * stride]!;
  const d3 = d[at + 3 * stride]!;
  const d4 = d[i4]!;
  const d5 = d[i4 + stride]!;
  const d6 = d[i4 + 2 * stride]!;
  const d7 = d[i4 + 3 * stride]!;
  const outer = d0 + d7;
  const inner = d3 + d4;
  const even = d1 + d6;
  const odd = d2 + d5;
  const a = outer + inner;
  const b = even + odd;
  const c = outer - inner;
  const e = (even - odd + c) * Math.SQRT1_2;
  d[at] = a + b;
  d[at + 2 * stride] = c + e;
  d[i4] = a - b;
  d[i4 + 2 * stride] = c - e;
  const r = d0 - d7 + d1 - d6;
  const p = d3 - d4 + d2 - d5;
  const turn = (p - r) * 0.3826834323650898;
  const u = 0.541196100146197 * p + turn;
  const v = 1.3065629648763766 * r + turn;
  const w = (d2 - d5 + d1 - d6) * Math.SQRT1_2;
  const m = d0 - d7 + w;
  const n = d0 - d7 - w;
  d[at + stride] = m + v;
  d[at + 3 * stride] = n - u;
  d[i4 + stride] = n + u;
  d[i4 + 3 * stride] = m - v;
}

/** The codes of each table by what occurs in some strips; any symbol may occur in the others, and has one then. */
function judge(transform: BlockTransform, components: readonly Component[]): { dc: Code; ac: Code }[] {
  const counts = transform.dividers.map(() => ({ dc: new Uint32Array(256), ac: new Uint32Array(256) }));
  const step = Math.max(1, Math.floor((transform.strips * transform.blocksPerStrip) / JUDGED));
  const means = components.map(() => 0);
  for (let strip = 0; strip < transform.strips; strip += step) {
    for (const [index, component] of components.entries()) {
      const { dc, ac } = counts[component.table]!;
      for (let column = 0; column < transform.blocksPerStrip; column++) {
        const count = transform.make(strip, column, component, means[index]!);
        means[index] = transform.mean;
        dc[transform.tokens[0]! >>> 16]!++;
        for (let i = 1; i < count; i++) ac[transform.tokens[i]! >>> 16]!++;
      }
    }
  }
  if (step > 1) for (const { dc, ac } of counts) countAll(dc, ac);
  return counts.map(({ dc, ac }) => ({ dc: codeOf(dc), ac: codeOf(ac) }));
}

/** Adds one of every symbol that baseline JPEG has. */
function countAll(dc: Uint32Array, ac: Uint32Array): void {
  for (let size = 0; size <= 11; size++) dc[size]!++;
  for (let zeros = 0; zeros <= 15; zeros++) {
    for (let size = 1; size <= 10; size++) ac[(zeros << 4) | size]!++;
  }
  ac[0x00]!++;
  ac[0xf0]!++;
}

/** Bits of a code at most: 16 would do, but these go into 32 with the further bits of their symbol and those pending. */
const MOST_CODE = 14;

/** None is of ones alone (T.81 §C): that code goes to a symbol that does not exist. */
function codeOf(counts: Uint32Array): Code {
  const lengths = codeLengths([...counts, 1], MOST_CODE);
  const longest = Math.max(...lengths);
  lengths[lengths.indexOf(longest)] = lengths[256]!;
  lengths[256] = longest;
  return { lengths: lengths.subarray(0, 256), codes: canonicalCodes(lengths) };
}

function writeScan(
  out: Pieces,
  transform: BlockTransform,
  components: readonly Component[],
  codes: readonly { dc: Code; ac: Code }[],
): void {
  const bits = new Bits(out);
  const means = components.map(() => 0);
  for (let strip = 0; strip < transform.strips; strip++) {
    for (let column = 0; column < transform.blocksPerStrip; column++) {
      for (let index = 0; index < components.length; index++) {
        const component = components[index]!;
        const { dc, ac } = codes[component.table]!;
        const count = transform.make(strip, column, component, means[index]!);
        means[index] = transform.mean;
        bits.put(transform.tokens, count, dc, ac);
      }
    }
  }
  bits.end();
}

/** Bits from the highest of each byte on; a byte of ones is followed by a zero (T.81 §F.1.2.3). */
class Bits {
  /** The lowest `#count` bits, fewer than 8, do not fill a byte yet. */
  #pending = 0;
  #count = 0;

  constructor(readonly out: Pieces) {}

  /** The tokens of a block, the first by `dc`. */
  put(tokens: Int32Array, tokenCount: number, dc: Code, ac: Code): void {
    this.out.reserve(MOST_BLOCK);
    const { bytes } = this.out;
    let at = this.out.at;
    let pending = this.#pending;
    let count = this.#count;
    let { lengths, codes } = dc;
    for (let i = 0; i < tokenCount; i++) {
      const token = tokens[i]!;
      const symbol = token >>> 16;
      const further = symbol & 15;
      const length = lengths[symbol]! + further;
      pending = (pending << length) | (codes[symbol]! << further) | (token & 0xffff);
      count += length;
      for (; count >= 8; count -= 8) {
        const byte = (pending >>> (count - 8)) & 255;
        bytes[at++] = byte;
        if (byte === 255) bytes[at++] = 0;
      }
      if (i === 0) ({ lengths, codes } = ac);
    }
    this.out.at = at;
    this.#pending = pending;
    this.#count = count;
  }

  /** The last byte is filled with ones. */
  end(): void {
    if (this.#count === 0) return;
    const byte = ((this.#pending << (8 - this.#count)) | (255 >> this.#count)) & 255;
    this.out.push(byte, ...(byte === 255 ? [0] : []));
  }
}
