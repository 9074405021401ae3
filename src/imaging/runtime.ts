/** What a runtime may have better than plain TypeScript, given when a picture is drawn. */
import type { sumIntegers } from "./downsample.ts";
import type { countIntegers } from "./statistics.ts";

/** The hot loops; each field has the contract of the TypeScript function of that name, which is its oracle. */
export interface ImagingKernels {
  sumIntegers: typeof sumIntegers;
  countIntegers: typeof countIntegers;
}
