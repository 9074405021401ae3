/** One plane of an image as the tools measure it: pixels in rows, the first row the lowest. Pure. */
import type { Pixels } from "../../imaging/pixels.ts";

export interface Plane {
  width: number;
  height: number;
  values: Pixels;
}

/** A place in FITS image coordinates: the middle of the first pixel is (1, 1). */
export type Point = readonly [x: number, y: number];

/** The pixel that holds a place, with all its digits; null outside the image. */
export function pixelAt({ width, height, values }: Plane, [x, y]: Point): number | bigint | null {
  const [column, row] = [Math.round(x) - 1, Math.round(y) - 1];
  if (!(column >= 0 && row >= 0 && column < width && row < height)) return null;
  return values[row * width + column]!;
}

/** A pixel by column and row from 0, as a number; NaN where it is undefined or outside the image. */
export function numberAt({ width, height, values }: Plane, column: number, row: number): number {
  if (column < 0 || row < 0 || column >= width || row >= height) return Number.NaN;
  return Number(values[row * width + column]);
}
