/**
 * Lossless WebP (RFC 9649, VP8L) of a picture's levels and their colours: the levels are what is coded, as indices into
 * the colours, each less what its neighbours foretell where that helps, with repetitions of the pixel before and of the
 * row above. The rows are gone through twice, to count what occurs and to write it, so that nothing is kept but the file.
 */
import type { Picture } from "./picture.ts";
import { Pieces } from "./pieces.ts";
import { canonicalCodes, codeLengths } from "./prefix-code.ts";

/** Longest side: the header has 14 bits for it (§3.4). */
export const WEBP_MOST_SIDE = 16_384;

/** Symbols of the first code: 256 values of green, 24 classes of lengths (§3.7.2.1). */
const GREENS = 280;
const MOST_LENGTH = 4096;
const MOST_CODE = 15;
/** What a repetition costs in bits, about: its class, the bits within that, and from where. */
const REPETITION = 16;

/** Numbers of predictions (§4.1): none, the pixel to the left, the one above, the mean of four, left + above - corner. */
const NONE = 0;
const PREDICTIONS = [NONE, 1, 2, 10, 12] as const;
type Prediction = (typeof PREDICTIONS)[number];

/** Rows that the choice of a prediction looks at. */
const MOST_JUDGED = 128;

/** The file in parts. `colours` are 256 × 3 bytes RGB; undefined pixels are transparent. */
export function encodeWebp(
  picture: Pick<Picture, "width" | "height" | "levels" | "undefinedLevel">,
  colours: Uint8Array,
): Uint8Array[] {
  const { width, height, undefinedLevel } = picture;
  const { prediction, costs } = choosePrediction(picture);
  const rows = new Rows(picture, prediction, costs);
  const out = new Bits();
  out.put(0x2f, 8);
  out.put(width - 1, 14);
  out.put(height - 1, 14);
  out.put(undefinedLevel === null ? 0 : 1, 1);
  out.put(0, 3);
  // Color indexing transform, with all 256 colours: of 16 or fewer, several would share a pixel (§4.4).
  out.put(0b111, 3);
  out.put(255, 8);
  writeColours(out, colours, undefinedLevel);
  if (prediction !== NONE) {
    // Predictor transform: an image that has the prediction's number as its green for blocks of 512 × 512 pixels.
    out.put(0b001, 3);
    out.put(7, 3);
    out.put(0, 1);
    for (const value of [prediction, 0, 0, 0, 0]) writeLone(out, value);
  }
  // No more transforms, no colour cache, one set of codes for the whole picture.
  out.put(0, 3);
  writeRows(out, rows);
  return inContainer(out.end());
}

/** A RIFF file of one chunk (§2.4, §2.6), whose length is even. */
function inContainer(parts: Uint8Array[]): Uint8Array[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const odd = length % 2;
  const head = new Uint8Array(20);
  const view = new DataView(head.buffer);
  head.set(new TextEncoder().encode("RIFF"));
  view.setUint32(4, length + odd + 12, true);
  head.set(new TextEncoder().encode("WEBPVP8L"), 8);
  view.setUint32(16, length, true);
  return [head, ...parts, new Uint8Array(odd)];
}

/** A prefix code. Codes are as they are put, their first bit lowest. */
interface Code {
  lengths: Uint8Array;
  codes: Uint16Array;
}

/** Bits from the lowest of each byte on. */
class Bits {
  readonly pieces = new Pieces();
  /** Bits that are not in a piece yet: `count`, fewer than 16. */
  pending = 0;
  count = 0;

  /** `count` is at most 16. */
  put(value: number, count: number): void {
    this.pending |= value << this.count;
    this.count += count;
    for (; this.count >= 8; this.count -= 8) {
      const { pieces } = this;
      if (pieces.at === pieces.bytes.length) pieces.reserve(1);
      pieces.bytes[pieces.at++] = this.pending;
      this.pending >>>= 8;
    }
  }

  /** Tokens of `Rows`. */
  putTokens(tokens: Int32Array, tokenCount: number, green: Code, distance: Code): void {
    const { pieces } = this;
    const { lengths, codes } = green;
    let { pending, count } = this;
    for (let i = 0; i < tokenCount; i++) {
      const token = tokens[i]!;
      const symbol = token & 511;
      if (symbol > 255) {
        [this.pending, this.count] = [pending, count];
        this.put(codes[symbol]!, lengths[symbol]!);
        this.put(token >> 10, symbol < 260 ? 0 : (symbol - 258) >> 1);
        const from = (token >> 9) & 1;
        this.put(distance.codes[from]!, distance.lengths[from]!);
        ({ pending, count } = this);
        continue;
      }
      pending |= codes[symbol]! << count;
      count += lengths[symbol]!;
      if (count < 16) continue;
      if (pieces.at + 2 > pieces.bytes.length) pieces.reserve(2);
      pieces.bytes[pieces.at++] = pending;
      pieces.bytes[pieces.at++] = pending >>> 8;
      pending >>>= 16;
      count -= 16;
    }
    [this.pending, this.count] = [pending, count];
  }

  end(): Uint8Array[] {
    this.put(0, (8 - (this.count % 8)) % 8);
    return this.pieces.end();
  }
}

/** The colours as an image of one row, each less the one before (§4.4). */
function writeColours(out: Bits, colours: Uint8Array, undefinedLevel: number | null): void {
  const table = Array.from({ length: 256 }, (_, level) =>
    level === undefinedLevel ? [0, 0, 0, 0] : [...colours.subarray(3 * level, 3 * level + 3), 255],
  );
  const steps = table.map((colour, i) => colour.map((value, k) => (value - (table[i - 1]?.[k] ?? 0)) & 255));
  out.put(0, 1);
  // Green first, then red, blue, alpha.
  const codes = [1, 0, 2, 3].map((channel) => {
    const counts = new Uint32Array(channel === 1 ? GREENS : 256);
    for (const step of steps) counts[step[channel]!]!++;
    return { channel, ...writeCode(out, counts) };
  });
  writeLone(out, 0);
  for (const step of steps) {
    for (const { channel, lengths, codes: reversed } of codes) {
      out.put(reversed[step[channel]!]!, lengths[step[channel]!]!);
    }
  }
}

/** A code of one symbol below 256, which takes no bits (§3.7.2.1.1). */
function writeLone(out: Bits, symbol: number): void {
  out.put(0b001 | (1 << 2), 3);
  out.put(symbol, 8);
}

/** The order in which lengths of the code of code lengths are written (§3.7.2.1.2). */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/** Writes the code for what occurs, and gives it. */
function writeCode(out: Bits, counts: Uint32Array): Code {
  const used = [...counts.keys()].filter((symbol) => counts[symbol]! > 0);
  const [lone] = used;
  if (used.length === 1 && lone! < 256) {
    writeLone(out, lone!);
    return { lengths: new Uint8Array(counts.length), codes: new Uint16Array(counts.length) };
  }
  const lengths = codeLengths(counts, MOST_CODE);
  const occurring = new Uint32Array(19);
  for (const length of lengths) occurring[length]!++;
  const ofLengths = codeLengths(occurring, 7);
  out.put(0, 1);
  out.put(LENGTH_ORDER.length - 4, 4);
  for (const length of LENGTH_ORDER) out.put(ofLengths[length]!, 3);
  out.put(0, 1);
  const lengthCodes = reversed(ofLengths);
  for (const length of lengths) out.put(lengthCodes[length]!, ofLengths[length]!);
  return { lengths, codes: reversed(lengths) };
}

function reversed(lengths: Uint8Array): Uint16Array {
  return canonicalCodes(lengths).map((code, symbol) => {
    let bits = 0;
    for (let i = 0; i < lengths[symbol]!; i++) bits |= ((code >> i) & 1) << (lengths[symbol]! - 1 - i);
    return bits;
  });
}

/** The prediction that leaves the least entropy, and about how many bits each difference then takes. */
function choosePrediction(picture: Pick<Picture, "width" | "height" | "levels">): {
  prediction: Prediction;
  costs: Float64Array;
} {
  const { width, height, levels } = picture;
  const step = Math.ceil(height / MOST_JUDGED);
  const row = new Uint8Array(width);
  const judged = PREDICTIONS.map((prediction) => {
    const counts = new Uint32Array(256);
    let total = 0;
    for (let y = 0; y < height; y += step) {
      predictRow(levels, width, y, prediction, row);
      for (const difference of row) counts[difference]!++;
      total += width;
    }
    const costs = Float64Array.from(counts, (count) => Math.max(1, Math.log2(total / Math.max(1, count))));
    return { prediction, costs, sum: counts.reduce((sum, count, value) => sum + count * costs[value]!, 0) };
  });
  return judged.reduce((best, next) => (next.sum < best.sum ? next : best));
}

/** A row's pixels less their predictions, modulo 256. At the upper and the left edge there is but one neighbour (§4.1). */
function predictRow(levels: Uint8Array, width: number, y: number, prediction: Prediction, out: Uint8Array): void {
  const row = y * width;
  if (prediction === NONE) {
    out.set(levels.subarray(row, row + width));
    return;
  }
  out[0] = levels[row]! - (y === 0 ? 0 : levels[row - width]!);
  if (y === 0 || prediction === 1) {
    for (let x = 1; x < width; x++) out[x] = levels[row + x]! - levels[row + x - 1]!;
    return;
  }
  let left = levels[row]!;
  let corner = levels[row - width]!;
  for (let x = 1; x < width; x++) {
    const value = levels[row + x]!;
    const above = levels[row + x - width]!;
    if (prediction === 2) {
      out[x] = value - above;
    } else if (prediction === 10) {
      // Right of the last pixel above lies the first of this row.
      const right = levels[row + x - width + 1]!;
      out[x] = value - ((((left + corner) >> 1) + ((above + right) >> 1)) >> 1);
    } else {
      const sum = left + above - corner;
      out[x] = value - Math.max(0, Math.min(255, sum));
    }
    left = value;
    corner = above;
  }
}

/**
 * Rows as the symbols of §3.7.2: a difference, or a repetition of `length` pixels from the one before or from the row
 * above. A token holds the symbol in its lowest 9 bits, then in 1 bit whether the pixel before is meant, then the
 * length's further bits.
 */
class Rows {
  readonly tokens: Int32Array;
  #row: Uint8Array;
  #above: Uint8Array;

  constructor(
    readonly picture: Pick<Picture, "width" | "height" | "levels">,
    readonly prediction: Prediction,
    readonly costs: Float64Array,
  ) {
    this.tokens = new Int32Array(picture.width);
    this.#row = new Uint8Array(picture.width);
    this.#above = new Uint8Array(picture.width);
  }

  /** Makes the tokens of row `y`, which follows the one made last, and gives their number. */
  make(y: number): number {
    const { tokens } = this;
    const { width, levels } = this.picture;
    const above = this.#row;
    const row = this.#above;
    this.#row = row;
    this.#above = above;
    predictRow(levels, width, y, this.prediction, row);
    // The first row has none above that it could repeat.
    if (y === 0) for (let x = 0; x < width; x++) above[x] = ~row[x]!;
    let count = 0;
    let left = -1;
    for (let x = 0; x < width; ) {
      const value = row[x]!;
      if (value === left || value === above[x]) {
        const { end, before, saved } = this.#repetition(x, left);
        if (saved > REPETITION) {
          tokens[count++] = repetition(end - x, before);
          left = row[end - 1]!;
          x = end;
          continue;
        }
      }
      tokens[count++] = value;
      left = value;
      x++;
    }
    return count;
  }

  /** The costlier of the two stretches from `x` on that repeat, and the bits that it would take. */
  #repetition(x: number, left: number): { end: number; before: number; saved: number } {
    const { costs } = this;
    const [row, above] = [this.#row, this.#above];
    const most = Math.min(row.length, x + MOST_LENGTH);
    const best = { end: x, before: 1, saved: 0 };
    while (best.end < most && row[best.end] === left) best.end++;
    if (best.end > x) best.saved = (best.end - x) * costs[left]!;
    let [end, saved] = [x, 0];
    for (; end < most && row[end] === above[end]; end++) saved += costs[row[end]!]!;
    return saved > best.saved ? { end, before: 0, saved } : best;
  }
}

/** §3.6.2.2.1: lengths in classes, each twice as wide after every second. */
function repetition(length: number, before: number): number {
  const value = length - 1;
  if (value < 4) return (256 + value) | (before << 9);
  const bits = furtherBits(value);
  const symbol = 256 + 2 * (bits + 1) + ((value >> bits) & 1);
  return symbol | (before << 9) | ((value & ((1 << bits) - 1)) << 10);
}

function furtherBits(value: number): number {
  return 30 - Math.clz32(value);
}

function writeRows(out: Bits, rows: Rows): void {
  const { height } = rows.picture;
  const { tokens } = rows;
  const greens = new Uint32Array(GREENS);
  const distances = new Uint32Array(40);
  for (let y = 0; y < height; y++) {
    const count = rows.make(y);
    for (let i = 0; i < count; i++) {
      const token = tokens[i]!;
      greens[token & 511]!++;
      if ((token & 511) > 255) distances[(token >> 9) & 1]!++;
    }
  }
  const green = writeCode(out, greens);
  for (let channel = 0; channel < 3; channel++) writeLone(out, 0);
  if (distances[0]! + distances[1]! === 0) distances[0] = 1;
  // The first two distances are those to the pixel above and to the one before (§3.6.2.2.2).
  const distance = writeCode(out, distances);
  for (let y = 0; y < height; y++) out.putTokens(tokens, rows.make(y), green, distance);
}
