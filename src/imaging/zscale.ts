/**
 * The cut levels that IRAF's display calls zscale: a line through the sorted values of about 1000 pixels, with outliers
 * rejected, gives the range around the median. Step by step as astropy's ZScaleInterval, whose defaults these are, so
 * that both show the same picture.
 */
export const ZSCALE_SAMPLES = 1000;
const CONTRAST = 0.25;
const MAX_REJECT = 0.5;
const MIN_PIXELS = 5;
const REJECT_SIGMA = 2.5;
const MAX_ITERATIONS = 5;

/** [lowest, highest] level from the samples, finite and in any order; null where there are none. */
export function zscale(samples: Float64Array): [number, number] | null {
  const count = samples.length;
  if (count === 0) return null;
  const sorted = samples.toSorted();
  const lowest = sorted[0]!;
  const highest = sorted[count - 1]!;
  const enough = Math.max(MIN_PIXELS, Math.floor(count * MAX_REJECT));
  const grow = Math.max(1, Math.floor(count * 0.01));
  let bad = new Uint8Array(count);
  let good = count;
  let lastGood = count + 1;
  let slope = 0;
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (good >= lastGood || good < enough) break;
    const line = lineThrough(sorted, bad);
    slope = line.slope;
    const threshold = REJECT_SIGMA * line.deviation;
    for (let i = 0; i < count; i++) {
      const off = sorted[i]! - (line.offset + line.slope * i);
      if (off < -threshold || off > threshold) bad[i] = 1;
    }
    bad = dilate(bad, grow);
    lastGood = good;
    good = bad.reduce((sum, flag) => sum - flag, count);
  }
  if (good < enough) return [lowest, highest];
  const steep = slope / CONTRAST;
  const centre = Math.floor((count - 1) / 2);
  const median = (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2;
  return [Math.max(lowest, median - (centre - 1) * steep), Math.min(highest, median + (count - centre) * steep)];
}

/** Least squares through the samples that are not bad, and the standard deviation of what is left. */
function lineThrough(sorted: Float64Array, bad: Uint8Array): { slope: number; offset: number; deviation: number } {
  let n = 0;
  let meanX = 0;
  let meanY = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (bad[i]) continue;
    n++;
    meanX += i;
    meanY += sorted[i]!;
  }
  meanX /= n;
  meanY /= n;
  let xx = 0;
  let xy = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (bad[i]) continue;
    xx += (i - meanX) ** 2;
    xy += (i - meanX) * (sorted[i]! - meanY);
  }
  const slope = xx === 0 ? 0 : xy / xx;
  const offset = meanY - slope * meanX;
  // The residuals of a least-squares line have a mean of zero.
  let squares = 0;
  for (let i = 0; i < sorted.length; i++) if (!bad[i]) squares += (sorted[i]! - (offset + slope * i)) ** 2;
  return { slope, offset, deviation: Math.sqrt(squares / n) };
}

/** Spreads flags over `width` samples, centred as numpy.convolve(mode="same") does. */
function dilate(flags: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
  const spread = new Uint8Array(flags.length);
  const before = (width - 1) >> 1;
  for (let i = 0; i < flags.length; i++) {
    if (!flags[i]) continue;
    const from = Math.max(0, i - before);
    spread.fill(1, from, Math.min(flags.length, i - before + width));
  }
  return spread;
}
