/** How often values occur, for the curve behind the cut levels. Pure. */
import type { Pixels } from "../../imaging/pixels.ts";

export const BINS = 200;
/** Pixels that are counted: enough for a curve that does not change when all are. */
const MOST = 1 << 18;

/** Counts of pixels in `BINS` bins of equal width from `low` to `high`, of every n-th pixel of a large image. */
export function histogramOf(values: Pixels, low: number, high: number): Uint32Array {
  const bins = new Uint32Array(BINS);
  const scale = BINS / (high - low);
  if (!(scale > 0 && Number.isFinite(scale))) return bins;
  // An odd step meets every column in turn.
  const step = values.length <= MOST ? 1 : Math.ceil(values.length / MOST) | 1;
  for (let i = 0; i < values.length; i += step) {
    const value = Number(values[i]);
    if (!(value >= low && value <= high)) continue;
    bins[Math.min(BINS - 1, Math.floor((value - low) * scale))]!++;
  }
  return bins;
}
