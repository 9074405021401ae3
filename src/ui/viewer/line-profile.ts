/** Values along a line. Pure. */
import { numberAt, type Plane, type Point } from "./plane.ts";

export interface Line {
  from: Point;
  to: Point;
}

export interface LineProfile {
  /** Pixels from the beginning. */
  distance: Float64Array;
  /** NaN where the image is undefined, or has ended. */
  value: Float64Array;
  /** Smallest and largest value; null where none is defined. */
  range: [number, number] | null;
}

/** Samples a pixel apart (both ends are among them), straight between the four pixels around each. */
export function lineProfile(plane: Plane, { from: [x0, y0], to: [x1, y1] }: Line): LineProfile {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const steps = Math.max(1, Math.ceil(length));
  const distance = Float64Array.from({ length: steps + 1 }, (_, i) => (length * i) / steps);
  const value = distance.map((_, i) => between(plane, x0 + ((x1 - x0) * i) / steps, y0 + ((y1 - y0) * i) / steps));
  const defined = value.filter(Number.isFinite);
  const low = defined.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const high = defined.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  return { distance, value, range: defined.length === 0 ? null : [low, high] };
}

function between(plane: Plane, x: number, y: number): number {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - column, y - row];
  let sum = 0;
  for (const [dx, dy, weight] of [
    [0, 0, (1 - u) * (1 - v)],
    [1, 0, u * (1 - v)],
    [0, 1, (1 - u) * v],
    [1, 1, u * v],
  ] as const) {
    // On the image's last row or column the neighbour beyond has no weight, and no value.
    if (weight > 0) sum += weight * numberAt(plane, column - 1 + dx, row - 1 + dy);
  }
  return sum;
}
