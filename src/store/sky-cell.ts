/**
 * Where on the sky a frame is, as one number for the index `frame_cell`: how far its footprint reaches from its
 * pointing (a step of 4), whether it is public, and the HEALPix cell of the pointing. A cone is some ranges of cells for
 * each step that occurs, what may cover or meet a region as well, with the reach added to the radius; and neither meets
 * frames that must not be seen.
 */
import { type CellRange, cellOf, coneRanges } from "../sky/healpix.ts";
import { Polygon } from "../sky/polygon.ts";
import { angleBetween, toRaDec, toVector, type Vector } from "../sky/vector.ts";
import type { RegionTest } from "./conditions.ts";
import type { FrameFacts } from "./frame.ts";

/** 1.7′, fine enough for a cone of some minutes, coarse enough that a field has few of them. */
export const CELL_ORDER = 11;
export const CELLS = 12 * 4 ** CELL_ORDER;

/** Steps of reach: none (no footprint), 1 to 5 up to 1/16, 1/4, 1, 4, 16 degrees, any, and footprints without pointing. */
const NONE = 0;
const LAST = 5;
const ANY = 6;
export const UNPOINTED = 7;
const mostOf = (step: number) => 4 ** (step - 3);

/** Footprints are kept rounded; far above that and any arithmetic, far below a cell. Degrees. */
const MARGIN = 1e-3;

/** The number of a frame that is not public; public ones have `CELLS` more. Null: neither pointing nor footprint. */
export function keyOf({ ra, dec, footprint }: Pick<FrameFacts, "ra" | "dec" | "footprint">): number | null {
  if (ra === null || dec === null) return footprint === null ? null : UNPOINTED * 2 * CELLS;
  return stepOf(ra, dec, footprint) * 2 * CELLS + cellOf(CELL_ORDER, ra, dec);
}

function stepOf(ra: number, dec: number, footprint: FrameFacts["footprint"]): number {
  if (footprint === null) return NONE;
  const centre = toVector(ra, dec);
  const reach = Math.max(...footprint.map((corner) => angleBetween(centre, toVector(...corner))));
  for (let step = 1; step <= LAST; step++) if (reach <= mostOf(step)) return step;
  return ANY;
}

/** A step and whether public: `step * 2 + public`, the upper part of the number. */
export type Variant = number;

/** Variants of some combinations; `reaches` has a bit a step. */
export function variantsOf(combinations: Iterable<{ reaches: number; embargo: number }>): Set<Variant> {
  const variants = new Set<Variant>();
  for (const { reaches, embargo } of combinations) {
    for (let step = 0; step <= UNPOINTED; step++) {
      if ((reaches >> step) & 1) variants.add(2 * step + Number(embargo === 1));
    }
  }
  return variants;
}

/** Numbers of pointings in a cell. */
export function keysOf(cell: number, variants: Iterable<Variant>): number[] {
  return [...variants].filter((variant) => variant >> 1 < UNPOINTED).map((variant) => variant * CELLS + cell);
}

/** Where pointings may be whose footprints stand a test: round a position, as far as the reach and `more`. Degrees. */
export interface Reach {
  centre: [number, number];
  more: number;
}

/** Throws BAD_REGION as `Polygon` does. */
export function reachOf({ how, region }: RegionTest): Reach {
  if (region.shape !== "polygon") {
    return { centre: [region.ra, region.dec], more: how === "covers" || region.shape === "point" ? 0 : region.radius };
  }
  new Polygon(region.vertices);
  // What covers all of a polygon covers its first corner.
  if (how === "covers") return { centre: region.vertices[0]!, more: 0 };
  const vertices = region.vertices.map((vertex) => toVector(...vertex));
  const sum = vertices.reduce<Vector>((a, b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]], [0, 0, 0]);
  return { centre: toRaDec(sum), more: Math.max(...vertices.map((vertex) => angleBetween(sum, vertex))) };
}

/** How far from the centre a pointing of a variant may be; null where a frame has no footprint; 180: anywhere. */
export function radiusOf(variant: Variant, { more }: Reach): number | null {
  const step = variant >> 1;
  if (step === NONE) return null;
  return step > LAST ? 180 : Math.min(180, mostOf(step) + more + MARGIN);
}

/** The same as ranges of numbers. */
export function rangesOf(reach: Reach, variants: Iterable<Variant>): CellRange[] {
  const ranges: CellRange[] = [];
  for (const variant of variants) {
    const radius = radiusOf(variant, reach);
    if (radius === null) continue;
    const cells: CellRange[] =
      radius >= 180 ? [[0, CELLS - 1]] : coneRanges(...reach.centre, radius, { order: CELL_ORDER, maxRanges: 16 });
    for (const [first, last] of cells) ranges.push([variant * CELLS + first, variant * CELLS + last]);
  }
  return ranges;
}
