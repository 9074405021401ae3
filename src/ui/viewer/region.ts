/** Statistics of the pixels in a box or a circle. Pure. */
import { median } from "./order.ts";
import { numberAt, type Part, type Plane, type Point } from "./plane.ts";

export type Region =
  /** Two opposite corners; the pixels whose middles lie between them. */
  | { kind: "box"; from: Point; to: Point }
  /** The pixels whose middles lie within a radius of the centre. */
  | { kind: "circle"; centre: Point; radius: number }
  /** The pixels whose middles lie inside; convex: a box as another frame has it. */
  | { kind: "polygon"; corners: readonly Point[] };

/** The corners of a box, in their order around it. */
export function boxCorners({ from: [x0, y0], to: [x1, y1] }: Extract<Region, { kind: "box" }>): Point[] {
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ];
}

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

/** Columns and rows, from 1 and both ends inside, that a region reaches within what is here of an image. */
function extentOf(region: Region, { x0, y0, width, height }: Part) {
  const corners: readonly Point[] =
    region.kind === "circle"
      ? [-region.radius, region.radius].map((radius) => [region.centre[0] + radius, region.centre[1] + radius])
      : region.kind === "box"
        ? [region.from, region.to]
        : region.corners;
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    left: Math.max(x0 + 1, Math.ceil(Math.min(...xs))),
    low: Math.max(y0 + 1, Math.ceil(Math.min(...ys))),
    right: Math.min(x0 + width, Math.floor(Math.max(...xs))),
    top: Math.min(y0 + height, Math.floor(Math.max(...ys))),
  };
}

/** Whether the middle of a pixel within the region's extent lies in the region. */
function insideOf(region: Region): (x: number, y: number) => boolean {
  switch (region.kind) {
    case "box":
      return () => true;
    case "circle": {
      const { centre, radius } = region;
      return (x, y) => (x - centre[0]) ** 2 + (y - centre[1]) ** 2 <= radius ** 2;
    }
    case "polygon": {
      const { corners } = region;
      // On the same side of all edges; which one, the direction around it decides.
      return (x, y) => {
        let [left, right] = [false, false];
        for (const [i, [ax, ay]] of corners.entries()) {
          const [bx, by] = corners[(i + 1) % corners.length]!;
          const side = (bx - ax) * (y - ay) - (by - ay) * (x - ax);
          if (side > 0) left = true;
          else if (side < 0) right = true;
        }
        return !(left && right);
      };
    }
  }
}

/** Null where no pixel in the region has a value. */
export function statisticsOf(plane: Plane, region: Region): Statistics | null {
  const { left, low, right, top } = extentOf(region, plane);
  if (right < left || top < low) return null;
  const isInside = insideOf(region);
  const values = new Float64Array((right - left + 1) * (top - low + 1));
  let [count, inside, sum, min, max] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let y = low; y <= top; y++) {
    for (let x = left; x <= right; x++) {
      if (!isInside(x, y)) continue;
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
