/** Stars of frames that lie on each other. Pure. */
import { type Layer, pixelsAlong, placeFrom, placeOn } from "./layer.ts";
import type { Point } from "./plane.ts";
import { measureStar, type Star } from "./star.ts";
import type { StarModel } from "./star-fit.ts";

/** A star, the frame that it was measured in, and where it is on the first. */
export interface MeasuredStar {
  star: Star;
  layer: Layer;
  at: Point;
  /** Pixels of its frame along one of the first's. */
  scale: number;
}

/** How far from a place a star may be, pixels of its frame: on the screen it is as far whatever the zoom, within this. */
const REACH = [5, 40] as const;

/** The star near a place of the first frame in a layer; `reach`: pixels of the first. Null: none there. */
export function starOn(layer: Layer, first: Layer, near: Point, model: StarModel, reach: number): MeasuredStar | null {
  const [there, scale] = [placeOn(layer, first, near), pixelsAlong(layer, first)];
  if (there === null || scale === null) return null;
  const full = layer.image.keywords.SATURATE;
  const star = measureStar(layer.plane, there, {
    model,
    reach: Math.min(REACH[1], Math.max(REACH[0], reach * scale)),
    saturation: typeof full === "number" && full > 0 ? full : null,
  });
  const at = star && placeFrom(layer, first, star.centre);
  return star && at && { star, layer, at, scale };
}
