/** From a value between the cut levels to a brightness, 0 to 1 both: the stretches of astropy.visualization. */

export const STRETCHES = ["linear", "sqrt", "log", "asinh", "histeq"] as const;
export type Stretch = (typeof STRETCHES)[number];

/** astropy's defaults: LogStretch(a=1000), AsinhStretch(a=0.1). */
const LOG_A = 1000;
const ASINH_A = 0.1;

/**
 * The function of a stretch. `values`: for histeq, the picture's own values after the cuts, 0 to 1, in any order and
 * without undefined ones; others do not look at them.
 */
export function stretchOf(stretch: Stretch, values: () => Float64Array): (x: number) => number {
  switch (stretch) {
    case "linear":
      return (x) => x;
    case "sqrt":
      return Math.sqrt;
    case "log": {
      const scale = 1 / Math.log(LOG_A + 1);
      return (x) => Math.log(LOG_A * x + 1) * scale;
    }
    case "asinh": {
      const scale = 1 / Math.asinh(1 / ASINH_A);
      return (x) => Math.asinh(x / ASINH_A) * scale;
    }
    case "histeq":
      return equalised(values().toSorted());
  }
}

/** Each value's rank among all; between two of them a straight line, on ties the last, as numpy.interp has it. */
function equalised(sorted: Float64Array): (x: number) => number {
  const last = sorted.length - 1;
  if (last < 1) return (x) => x;
  const [lowest, highest] = [sorted[0]!, sorted[last]!];
  return (x) => {
    if (x < lowest) return 0;
    if (x >= highest) return 1;
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! <= x) low = middle;
      else high = middle;
    }
    const step = sorted[high]! - sorted[low]!;
    return (low + (step > 0 ? (x - sorted[low]!) / step : 0)) / last;
  };
}
