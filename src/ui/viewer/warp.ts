/**
 * Where the pixels of one image lie on another by their world coordinates: a table of nodes, straight between which the
 * shader (and `warped`) goes. Pure; coordinates are FITS's.
 */
import type { Wcs } from "../../sky/wcs.ts";
import type { Part, Point } from "./plane.ts";

/** Cells along each side. Of a 4096² frame each is 128 pixels wide, within which even strong distortions are straight to 0.05 pixel. */
export const WARP_CELLS = 64;
/** How far the table reaches beyond the image, in parts of its size: frames of one field are not all pointed alike. */
export const WARP_MARGIN = 0.5;

/** (WARP_CELLS + 1)² pairs [x, y] on `other`, row by row; NaN where it cannot show that place of the sky. */
export function warpNodes(reference: Wcs, part: Part, other: Wcs): Float32Array<ArrayBuffer> {
  const side = WARP_CELLS + 1;
  const nodes = new Float32Array(2 * side * side).fill(Number.NaN);
  for (let j = 0; j < side; j++) {
    for (let i = 0; i < side; i++) {
      const sky = reference.pixelToIcrs(...nodePlace(part, i, j));
      const pixel = sky && other.icrsToPixel(...sky);
      if (pixel) nodes.set(pixel, 2 * (j * side + i));
    }
  }
  return nodes;
}

/** Where on the reference a node lies. */
export function nodePlace({ x0, y0, width, height }: Part, i: number, j: number): Point {
  const at = (index: number, length: number) => length * ((index / WARP_CELLS) * (1 + 2 * WARP_MARGIN) - WARP_MARGIN);
  return [x0 + 0.5 + at(i, width), y0 + 0.5 + at(j, height)];
}

/** What the shader makes of a table: the place on the other image; null beyond its reach. */
export function warped(nodes: Float32Array, { x0, y0, width, height }: Part, [x, y]: Point): Point | null {
  const at = (value: number, length: number) => ((value / length + WARP_MARGIN) / (1 + 2 * WARP_MARGIN)) * WARP_CELLS;
  const [u, v] = [at(x - x0 - 0.5, width), at(y - y0 - 0.5, height)];
  const [i, j] = [Math.floor(u), Math.floor(v)];
  if (!(i >= 0 && j >= 0 && i < WARP_CELLS && j < WARP_CELLS)) return null;
  const between = (axis: 0 | 1): number => {
    const node = (di: number, dj: number) => nodes[2 * ((j + dj) * (WARP_CELLS + 1) + i + di) + axis]!;
    const low = node(0, 0) + (node(1, 0) - node(0, 0)) * (u - i);
    const high = node(0, 1) + (node(1, 1) - node(0, 1)) * (u - i);
    return low + (high - low) * (v - j);
  };
  const place: Point = [between(0), between(1)];
  return Number.isNaN(place[0]) || Number.isNaN(place[1]) ? null : place;
}
