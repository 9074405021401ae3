/**
 * Smaller and smaller copies of an image, each pixel the mean of four: looked at from afar, an image shows the means of
 * its pixels, not every n-th of them. Undefined pixels do not count. Pure.
 */
import type { Pixels } from "../../imaging/pixels.ts";
import type { Size } from "./camera.ts";

export interface Level extends Size {
  floats: Float32Array<ArrayBuffer>;
}

/** Sides below which no smaller copy is made. */
const SMALLEST = 32;

/** Size of a copy that is halved so often; what is left over at the edges of odd sizes is not shown. */
export function sizeAt({ width, height }: Size, halvings: number): Size {
  return { width: Math.max(1, width >> halvings), height: Math.max(1, height >> halvings) };
}

/** How often an image must be halved until neither side is longer than `most`. */
export function halvingsFor({ width, height }: Size, most: number): number {
  let halvings = 0;
  while (Math.max(width, height) >> halvings > most) halvings++;
  return halvings;
}

/** The image halved `halvings` times and all smaller copies of it, the largest first. */
export function pyramidOf(values: Pixels, size: Size, halvings: number): Level[] {
  const levels = [halvings === 0 ? whole(values, size) : averaged(values, size, halvings)];
  for (let last = levels[0]!; Math.min(last.width, last.height) >= 2 * SMALLEST; last = levels.at(-1)!) {
    levels.push(halved(last));
  }
  return levels;
}

function whole(values: Pixels, size: Size): Level {
  if (values instanceof Float32Array) return { ...size, floats: values as Float32Array<ArrayBuffer> };
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return { ...size, floats: Float32Array.from(values as BigInt64Array, Number) };
  }
  return { ...size, floats: new Float32Array(values) };
}

function halved({ width, height, floats }: Level): Level {
  const size = sizeAt({ width, height }, 1);
  const out = new Float32Array(size.width * size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    let above = 2 * y * width;
    let below = above + width;
    for (let x = 0; x < size.width; x++, at++, above += 2, below += 2) {
      const sum = floats[above]! + floats[above + 1]! + floats[below]! + floats[below + 1]!;
      out[at] = sum - sum === 0 ? sum / 4 : meanOf(floats, above, below);
    }
  }
  return { ...size, floats: out };
}

/** The mean of those of four pixels that are numbers; NaN of none. */
function meanOf(floats: Float32Array, above: number, below: number): number {
  let [sum, count] = [0, 0];
  for (const at of [above, above + 1, below, below + 1]) {
    const value = floats[at]!;
    if (value - value !== 0) continue;
    sum += value;
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}

function averaged(values: Pixels, { width, height }: Size, halvings: number): Level {
  const size = sizeAt({ width, height }, halvings);
  const block = 1 << halvings;
  const floats = new Float32Array(size.width * size.height);
  const row = new Float64Array(size.width * block);
  const sums = new Float64Array(size.width);
  const counts = new Float64Array(size.width);
  for (let y = 0; y < size.height; y++) {
    sums.fill(0);
    counts.fill(0);
    for (let dy = 0; dy < block; dy++) {
      const from = (y * block + dy) * width;
      const pixels = values.subarray(from, from + row.length);
      if (pixels instanceof BigInt64Array || pixels instanceof BigUint64Array) {
        for (let i = 0; i < row.length; i++) row[i] = Number(pixels[i]);
      } else row.set(pixels);
      for (let i = 0; i < row.length; i++) {
        const value = row[i]!;
        if (value - value !== 0) continue;
        sums[i >> halvings]! += value;
        counts[i >> halvings]!++;
      }
    }
    // Of nothing, 0/0 is the NaN that it should be.
    for (let x = 0; x < size.width; x++) floats[y * size.width + x] = sums[x]! / counts[x]!;
  }
  return { ...size, floats };
}

/** A tile of an image as floats, `side` pixels square; NaN beyond the image's edge. `out` has that many. */
export function tileOf(
  values: Pixels,
  { width, height }: Size,
  x0: number,
  y0: number,
  side: number,
  out: Float32Array,
) {
  out.fill(Number.NaN);
  const columns = Math.min(side, width - x0);
  for (let y = 0; y < Math.min(side, height - y0); y++) {
    const from = (y0 + y) * width + x0;
    const pixels = values.subarray(from, from + columns);
    if (pixels instanceof BigInt64Array || pixels instanceof BigUint64Array) {
      for (let x = 0; x < columns; x++) out[y * side + x] = Number(pixels[x]);
    } else out.set(pixels, y * side);
  }
}
