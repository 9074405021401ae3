/** What cut levels are found from, gathered row by row while an image comes in. */
import { areFinite, canBeUndefined, type Pixels, toRow, valuesOf } from "../../imaging/pixels.ts";
import type { ImagingKernels } from "../../imaging/runtime.ts";
import { Distribution, Sampler } from "../../imaging/statistics.ts";
import { ZSCALE_SAMPLES, zscale } from "../../imaging/zscale.ts";
import { type CutLevels, PERCENTAGES } from "./message.ts";

/** Of a large image of floats, values that percentiles are found from: good to a twentieth of a percent of the ranks in its tails. */
const MOST_SORTED = 1 << 18;

export class CutLevelFinder {
  readonly #distribution: Distribution;
  readonly #doubles: Float64Array;
  #sampler: Sampler;

  /** `count`: how many pixels will come, `width` in a row. */
  constructor(
    readonly count: number,
    readonly width: number,
    kernels: Partial<ImagingKernels>,
  ) {
    this.#distribution = new Distribution(count, true, kernels.countIntegers, MOST_SORTED);
    this.#sampler = new Sampler(count, ZSCALE_SAMPLES);
    this.#doubles = new Float64Array(width);
  }

  /** The next rows. */
  push(pixels: Pixels): void {
    const all = valuesOf(pixels);
    for (const { row, finite } of this.#rows(pixels)) {
      this.#distribution.push(row, all, finite);
      this.#sampler.push(row, finite);
    }
  }

  /** The levels, once all rows came; `pixels` are all of them. */
  find(pixels: Pixels): CutLevels {
    if (this.#sampler.count !== this.count) {
      // Undefined pixels were among them: a second pass takes its samples evenly from the others.
      this.#sampler = new Sampler(this.#sampler.count, ZSCALE_SAMPLES);
      for (const { row, finite } of this.#rows(pixels)) this.#sampler.push(row, finite);
    }
    const extremes = this.#distribution.extremes() ?? ([0, 1] as [number, number]);
    const percentiles: CutLevels["percentiles"] = {};
    for (const percentage of PERCENTAGES) {
      const tail = (100 - Number(percentage)) / 2;
      const [low, high] = [tail, 100 - tail].map((percent) => this.#distribution.percentile(percent));
      percentiles[percentage] = [low ?? extremes[0], high ?? extremes[1]];
    }
    const defined = this.#sampler.count;
    return { extremes, percentiles, zscale: zscale(this.#sampler.samples) ?? extremes, defined };
  }

  *#rows(pixels: Pixels) {
    const integers = !canBeUndefined(pixels);
    for (let at = 0; at < pixels.length; at += this.width) {
      const row = toRow(pixels.subarray(at, at + this.width), this.#doubles);
      yield { row, finite: integers || (row instanceof Float64Array && areFinite(row)) };
    }
  }
}
