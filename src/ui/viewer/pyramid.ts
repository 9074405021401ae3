/**
 * Smaller and smaller copies of an image, each pixel the mean of four: looked at from afar, an image shows the means of
 * its pixels, not every n-th of them. Undefined pixels do not count. Pure.
 */
import type { Pixels } from "../../imaging/pixels.ts";
import type { Size } from "./camera.ts";

export interface Level extends Size {
  floats: Float32Array<ArrayBuffer>;
}

/** Sides below which no smaller copy is made. */
const SMALLEST = 32;

/** Size of a copy that is halved so often; what is left over at the edges of odd sizes is not shown. */
export function sizeAt({ width, height }: Size, halvings: number): Size {
  return { width: Math.max(1, width >> halvings), height: Math.max(1, height >> halvings) };
}

/** How often an image must be halved until neither side is longer than `most`. */
export function halvingsFor({ width, height }: Size, most: number): number {
  let halvings = 0;
  while (Math.max(width, height) >> halvings > most) halvings++;
  return halvings;
}

/** An image halved `halvings` times and all smaller copies of it, which grow while its rows come in. */
export class Pyramid {
  /** The largest first. */
  readonly levels: readonly Level[];
  /** Rows of each that are there. */
  readonly #done: number[];

  /** `values`: the image's, as far as they are there. Where they can be, they are the largest level themselves. */
  constructor(
    readonly values: Pixels,
    readonly size: Size,
    readonly halvings: number,
  ) {
    const levels: Level[] = [];
    for (let size = sizeAt(this.size, halvings); ; size = sizeAt(size, 1)) {
      const isImage = levels.length === 0 && halvings === 0 && values instanceof Float32Array;
      const floats = isImage ? (values as Float32Array<ArrayBuffer>) : new Float32Array(size.width * size.height);
      levels.push({ ...size, floats });
      if (Math.min(size.width, size.height) < 2 * SMALLEST) break;
    }
    this.levels = levels;
    this.#done = levels.map(() => 0);
  }

  /** The image's first `rows` rows are there. */
  grow(rows: number): void {
    const { levels, halvings } = this;
    for (const [index, level] of levels.entries()) {
      const before = this.#done[index]!;
      const there = index === 0 ? rows >> halvings : this.#done[index - 1]! >> 1;
      // Of an image that is thinner than a pixel of its copy, what there is.
      const now = rows === this.size.height ? level.height : Math.min(level.height, there);
      if (index > 0) halve(levels[index - 1]!, level, before, now);
      else if (halvings > 0) this.#average(level, before, now);
      else if (level.floats !== this.values) copy(this.values, level.floats, before * level.width, now * level.width);
      this.#done[index] = now;
    }
  }

  /** Rows of a largest level that is not the image itself. */
  #average(level: Level, first: number, last: number): void {
    const { values, size, halvings } = this;
    const block = 1 << halvings;
    const columns = Math.min(size.width, level.width * block);
    const row = new Float64Array(columns);
    const sums = new Float64Array(level.width);
    const counts = new Float64Array(level.width);
    for (let y = first; y < last; y++) {
      sums.fill(0);
      counts.fill(0);
      for (let from = y * block; from < Math.min(size.height, (y + 1) * block); from++) {
        copy(values, row, from * size.width, from * size.width + columns, 0);
        for (let i = 0; i < columns; i++) {
          const value = row[i]!;
          if (value - value !== 0) continue;
          sums[i >> halvings]! += value;
          counts[i >> halvings]!++;
        }
      }
      // Of nothing, 0/0 is the NaN that it should be.
      for (let x = 0; x < level.width; x++) level.floats[y * level.width + x] = sums[x]! / counts[x]!;
    }
  }
}

/** The pixels `[from, to)` as floats, to the same place or another. */
function copy(values: Pixels, floats: Float32Array | Float64Array, from: number, to: number, at = from): void {
  const pixels = values.subarray(from, to);
  if (pixels instanceof BigInt64Array || pixels instanceof BigUint64Array) {
    for (let i = 0; i < pixels.length; i++) floats[at + i] = Number(pixels[i]);
  } else floats.set(pixels, at);
}

/** Rows `[first, last)` of the next smaller copy. */
function halve({ width, floats }: Level, next: Level, first: number, last: number): void {
  const out = next.floats;
  for (let y = first; y < last; y++) {
    let above = 2 * y * width;
    let below = above + width;
    const end = (y + 1) * next.width;
    for (let at = y * next.width; at < end; at++, above += 2, below += 2) {
      const sum = floats[above]! + floats[above + 1]! + floats[below]! + floats[below + 1]!;
      out[at] = sum - sum === 0 ? sum / 4 : meanOf(floats, above, below);
    }
  }
}

/** The mean of those of four pixels that are numbers; NaN of none. */
function meanOf(floats: Float32Array, above: number, below: number): number {
  let [sum, count] = [0, 0];
  for (const at of [above, above + 1, below, below + 1]) {
    const value = floats[at]!;
    if (value - value !== 0) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

/** A tile of an image as floats, `side` pixels square; NaN beyond the image's edge. `out` has that many. */
export function tileOf(
  values: Pixels,
  { width, height }: Size,
  x0: number,
  y0: number,
  side: number,
  out: Float32Array,
) {
  out.fill(Number.NaN);
  const columns = Math.min(side, width - x0);
  for (let y = 0; y < Math.min(side, height - y0); y++) {
    const from = (y0 + y) * width + x0;
    copy(values, out, from, from + columns, y * side);
  }
}
