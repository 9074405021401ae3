/** Statistics of the pixels in a box or a circle. Pure. */
import { median } from "./order.ts";
import { numberAt, type Plane, type Point } from "./plane.ts";

export type Region =
  /** Two opposite corners; the pixels whose middles lie between them. */
  | { kind: "box"; from: Point; to: Point }
  /** The pixels whose middles lie within a radius of the centre. */
  | { kind: "circle"; centre: Point; radius: number };

export interface Statistics {
  /** Defined pixels. */
  count: number;
  /** Pixels in the region without a value. */
  missing: number;
  mean: number;
  median: number;
  /** Standard deviation about the mean, of all pixels (numpy's default). */
  sigma: number;
  min: number;
  max: number;
  sum: number;
}

/** Columns and rows, from 1 and both ends inside, that a region reaches within an image. */
export function extentOf(region: Region, { width, height }: Pick<Plane, "width" | "height">) {
  const [low, high] =
    region.kind === "box"
      ? [
          [Math.min(region.from[0], region.to[0]), Math.min(region.from[1], region.to[1])],
          [Math.max(region.from[0], region.to[0]), Math.max(region.from[1], region.to[1])],
        ]
      : [
          [region.centre[0] - region.radius, region.centre[1] - region.radius],
          [region.centre[0] + region.radius, region.centre[1] + region.radius],
        ];
  return {
    x0: Math.max(1, Math.ceil(low[0]!)),
    y0: Math.max(1, Math.ceil(low[1]!)),
    x1: Math.min(width, Math.floor(high[0]!)),
    y1: Math.min(height, Math.floor(high[1]!)),
  };
}

/** Null where no pixel in the region has a value. */
export function statisticsOf(plane: Plane, region: Region): Statistics | null {
  const { x0, y0, x1, y1 } = extentOf(region, plane);
  if (x1 < x0 || y1 < y0) return null;
  const values = new Float64Array((x1 - x0 + 1) * (y1 - y0 + 1));
  let [count, inside, sum, min, max] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) {
      if (region.kind === "circle" && (x - region.centre[0]) ** 2 + (y - region.centre[1]) ** 2 > region.radius ** 2) {
        continue;
      }
      inside++;
      const value = numberAt(plane, x - 1, y - 1);
      if (value - value !== 0) continue; // NaN and the infinities
      values[count++] = value;
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (count === 0) return null;
  const defined = values.subarray(0, count);
  const mean = sum / count;
  // About the mean in a second pass: the difference of two large sums would lose the digits.
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (defined[i]! - mean) ** 2;
  return {
    count,
    missing: inside - count,
    mean,
    median: median(defined),
    sigma: Math.sqrt(squares / count),
    min,
    max,
    sum,
  };
}
