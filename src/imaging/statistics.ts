/** What cut levels are computed from, gathered from pixels that stream by: bounded memory, whatever the image's size. */
import type { Row } from "./pixels.ts";

/** About `most` values at a fixed distance among the finite pixels, chosen as astropy's ZScaleInterval does. */
export class Sampler {
  readonly #stride: number;
  readonly #samples: Float64Array;
  #filled = 0;
  /** Finite pixels seen. */
  #count = 0;

  /** `expected`: how many finite pixels will come. */
  constructor(
    readonly expected: number,
    most: number,
  ) {
    this.#stride = Math.max(1, Math.floor(expected / most));
    this.#samples = new Float64Array(Math.min(most, Math.ceil(expected / this.#stride)));
  }

  /** The next pixels. `finite`: all of them are numbers. */
  push(pixels: Row, finite: boolean): void {
    if (!finite) {
      for (let i = 0; i < pixels.length; i++) {
        const value = pixels[i]!;
        if (value - value !== 0) continue;
        if (this.#count % this.#stride === 0) this.#take(value);
        this.#count++;
      }
      return;
    }
    const first = (this.#stride - (this.#count % this.#stride)) % this.#stride;
    for (let i = first; i < pixels.length; i += this.#stride) this.#take(pixels[i]!);
    this.#count += pixels.length;
  }

  #take(value: number): void {
    if (this.#filled < this.#samples.length) this.#samples[this.#filled++] = value;
  }

  /** Finite pixels seen. Where that is not what was expected, the samples lie too close; a second pass is exact. */
  get count(): number {
    return this.#count;
  }

  get samples(): Float64Array {
    return this.#samples.subarray(0, this.#filled);
  }
}

/** Largest number of values that are kept for percentiles of images whose values cannot simply be counted. */
const MOST_KEPT = 1 << 20;

/**
 * Smallest and largest finite value, and percentiles. Integers of 8 and 16 bits are counted, so their percentiles are
 * exact; of others every n-th value is kept, at most a million: exact for images up to that size, and beyond it good to
 * a tenth of a percent of the ranks.
 */
export class Distribution {
  #counts: Uint32Array | null = null;
  #lowest = 0;
  readonly #every: number;
  readonly #kept: Float64Array;
  #filled = 0;
  #sorted = false;
  #seen = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** `pixels`: how many will come. `percentiles`: whether anyone will ask for them. */
  constructor(
    pixels: number,
    readonly percentiles: boolean,
    /** A faster one, where the runtime has it. */
    private readonly count: typeof countIntegers = countIntegers,
    /** Fewer are sorted sooner. */
    most = MOST_KEPT,
  ) {
    this.#every = Math.ceil(pixels / most);
    this.#kept = new Float64Array(percentiles ? Math.min(pixels, most) : 0);
  }

  /**
   * The next pixels. `values`: all that they can be, the same for the whole image; null: too many. `finite`: all of them
   * are known to be numbers, which is half the work.
   */
  push(pixels: Row, values: { lowest: number; count: number } | null, finite = false): void {
    this.#sorted = false;
    if (this.percentiles && values !== null) this.#tally(pixels, values);
    else if (finite) this.#scanFinite(pixels);
    else this.#scan(pixels);
  }

  #tally(pixels: Row, { lowest, count }: { lowest: number; count: number }): void {
    this.#counts ??= new Uint32Array(count);
    this.#lowest = lowest;
    const counts = this.#counts;
    if (pixels instanceof Int16Array) {
      this.count(pixels, counts);
      return;
    }
    for (let i = 0; i < pixels.length; i++) counts[pixels[i]! - lowest]!++;
  }

  #scan(pixels: Row): void {
    let [min, max, seen] = [this.#min, this.#max, this.#seen];
    for (let i = 0; i < pixels.length; i++) {
      const value = pixels[i]!;
      if (value - value !== 0) continue; // NaN and the infinities
      if (value < min) min = value;
      if (value > max) max = value;
      if (this.percentiles && seen % this.#every === 0 && this.#filled < this.#kept.length) {
        this.#kept[this.#filled++] = value;
      }
      seen++;
    }
    [this.#min, this.#max, this.#seen] = [min, max, seen];
  }

  #scanFinite(pixels: Row): void {
    let [min, max] = [this.#min, this.#max];
    for (let i = 0; i < pixels.length; i++) {
      const value = pixels[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    [this.#min, this.#max] = [min, max];
    const every = this.#every;
    const first = (every - (this.#seen % every)) % every;
    for (let i = first; i < pixels.length && this.#filled < this.#kept.length; i += every) {
      this.#kept[this.#filled++] = pixels[i]!;
    }
    this.#seen += pixels.length;
  }

  /** [smallest, largest] finite value; null where there is none. */
  extremes(): [number, number] | null {
    if (this.#counts !== null) {
      const first = this.#counts.findIndex((count) => count > 0);
      const last = this.#counts.findLastIndex((count) => count > 0);
      return first < 0 ? null : [first + this.#lowest, last + this.#lowest];
    }
    return this.#seen === 0 ? null : [this.#min, this.#max];
  }

  /** The value below which `percent` of the finite values lie, linear between neighbours as in numpy. */
  percentile(percent: number): number | null {
    if (this.#counts !== null) return percentileOfCounts(this.#counts, this.#lowest, percent);
    if (this.#filled === 0) return null;
    const sorted = this.#kept.subarray(0, this.#filled);
    if (!this.#sorted) sorted.sort();
    this.#sorted = true;
    const rank = ((sorted.length - 1) * percent) / 100;
    const below = sorted[Math.floor(rank)]!;
    return below + (sorted[Math.ceil(rank)]! - below) * (rank - Math.floor(rank));
  }
}

/** Counts 16-bit integers: that of value v at v + 32768. The oracle and stand-in of the kernel of this name. */
export function countIntegers(pixels: Int16Array, counts: Uint32Array): void {
  for (let i = 0; i < pixels.length; i++) counts[pixels[i]! + 32_768]!++;
}

function percentileOfCounts(counts: Uint32Array, lowest: number, percent: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = ((total - 1) * percent) / 100;
  const at = (wanted: number): number => {
    let before = 0;
    for (let value = 0; value < counts.length; value++) {
      before += counts[value]!;
      if (before > wanted) return value + lowest;
    }
    return counts.length - 1 + lowest;
  };
  const below = at(Math.floor(rank));
  return below + (at(Math.ceil(rank)) - below) * (rank - Math.floor(rank));
}
