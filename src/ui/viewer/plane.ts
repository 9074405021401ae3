/** One plane of an image as the tools measure it: pixels in rows, the first row the lowest. Pure. */
import type { Pixels } from "../../imaging/pixels.ts";

/** A part of an image: what of it is here. Of most images all is. */
export interface Part {
  width: number;
  height: number;
  /** Columns and rows of the image before the part's first. */
  x0: number;
  y0: number;
}

export interface Plane extends Part {
  values: Pixels;
}

/** A place in FITS image coordinates: the middle of the first pixel is (1, 1). */
export type Point = readonly [x: number, y: number];

/** What is read of an image where no more than `most` pixels can be: as square as it allows, around a place or its middle. */
export function partOf({ width, height }: Pick<Part, "width" | "height">, most: number, around: Point | null): Part {
  if (width * height <= most) return { width, height, x0: 0, y0: 0 };
  const side = Math.floor(Math.sqrt(most));
  const columns = Math.min(width, Math.max(side, Math.floor(most / height)));
  const rows = Math.min(height, Math.floor(most / columns));
  const [x, y] = around ?? [width / 2, height / 2];
  const before = (at: number, here: number, all: number) =>
    Math.min(all - here, Math.max(0, Math.round(at - here / 2)));
  return { width: columns, height: rows, x0: before(x, columns, width), y0: before(y, rows, height) };
}

export function samePart(a: Part, b: Part): boolean {
  return a.x0 === b.x0 && a.y0 === b.y0 && a.width === b.width && a.height === b.height;
}

/** The middle of a part, in the coordinates of the image. */
export function middleOf({ x0, y0, width, height }: Part): Point {
  return [x0 + (width + 1) / 2, y0 + (height + 1) / 2];
}

/** The pixel that holds a place, with all its digits; null outside what is here. */
export function pixelAt({ width, height, x0, y0, values }: Plane, [x, y]: Point): number | bigint | null {
  const [column, row] = [Math.round(x) - 1 - x0, Math.round(y) - 1 - y0];
  if (!(column >= 0 && row >= 0 && column < width && row < height)) return null;
  return values[row * width + column]!;
}

/** A pixel by column and row of the image from 0, as a number; NaN where it is undefined or not here. */
export function numberAt({ width, height, x0, y0, values }: Plane, column: number, row: number): number {
  const [x, y] = [column - x0, row - y0];
  if (x < 0 || y < 0 || x >= width || y >= height) return Number.NaN;
  return Number(values[y * width + x]);
}
