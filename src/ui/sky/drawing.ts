/** A circle or polygon drawn on the map, on its way to a filter of the search. */
import { parseDec, parseRa, separation } from "../../sky/angle.ts";
import { Polygon } from "../../sky/polygon.ts";
import { parseRegion, type Region } from "../../sky/region.ts";
import { DEFAULT_RADIUS } from "../search/field.ts";

export type Position = [ra: number, dec: number];

/** What is being drawn: a circle from its centre to the pointer, or corners so far. */
export type Drawing =
  | { shape: "circle"; centre: Position; edge: Position }
  | { shape: "polygon"; corners: Position[]; next: Position | null };

/** Filters by their names; null takes one away. */
export type FilterChange = Record<string, string | null>;

/** Degrees as an address holds them: to 0.1″, without needless zeros. */
function degrees(value: number): string {
  return String(Number(value.toFixed(5)));
}

/** The filters of a circle: pointings within its radius. Null: too small to have been meant, or larger than the sky. */
export function circleFilter(centre: Position, radius: number): FilterChange | null {
  if (!(radius >= 1 / 3600 && radius <= 180)) return null;
  const size = radius >= 1 ? 4 : 6;
  return {
    RA: degrees(centre[0]),
    DEC: degrees(centre[1]),
    radius: String(Number(radius.toFixed(size))),
    intersects: null,
  };
}

/** The filter of a polygon: images that show some of it. Null: fewer than three corners, or a hemisphere and more. */
export function polygonFilter(corners: readonly Position[]): FilterChange | null {
  if (corners.length < 3 || !Polygon.accepts(corners)) return null;
  const ring = [...corners, corners[0]!].map(([ra, dec]) => `${degrees(ra)} ${degrees(dec)}`);
  return { intersects: `POLYGON((${ring.join(", ")}))`, RA: null, DEC: null, radius: null };
}

export function radiusOf(drawing: Extract<Drawing, { shape: "circle" }>): number {
  return separation(...drawing.centre, ...drawing.edge);
}

/** The regions that a search asks for by position, to be drawn on the map. What cannot be read is left to the archive. */
export function regionsOf(filters: URLSearchParams): Region[] {
  const regions: Region[] = [];
  try {
    if (filters.has("RA") && filters.has("DEC")) {
      const radius = filters.has("radius") ? Number(filters.get("radius")) : DEFAULT_RADIUS;
      const [ra, dec] = [parseRa(filters.get("RA")!), parseDec(filters.get("DEC")!)];
      if (radius >= 0 && radius <= 180) regions.push({ shape: "circle", ra, dec, radius });
    }
    for (const name of ["covers", "intersects"]) {
      const text = filters.get(name);
      if (text !== null) regions.push(parseRegion(text));
    }
  } catch {
    // The archive's answer says what is wrong with it, beside the field.
  }
  return regions;
}

/** A point set: the circle's centre (its edge follows the pointer), or one more corner. */
export function put(drawing: Drawing | null, shape: Drawing["shape"], at: Position): Drawing {
  if (shape === "circle") return { shape, centre: at, edge: at };
  const corners = drawing?.shape === "polygon" ? drawing.corners : [];
  return { shape, corners: [...corners, at], next: null };
}

/** The pointer moved on. */
export function pointed(drawing: Drawing, at: Position): Drawing {
  return drawing.shape === "circle" ? { ...drawing, edge: at } : { ...drawing, next: at };
}

/** One corner less; null when none is left. */
export function takenBack(drawing: Drawing): Drawing | null {
  if (drawing.shape === "circle" || drawing.corners.length < 2) return null;
  return { ...drawing, corners: drawing.corners.slice(0, -1) };
}

/** The filter that a drawing stands for; null: not enough of it. */
export function filterOf(drawing: Drawing): FilterChange | null {
  if (drawing.shape === "polygon") return polygonFilter(drawing.corners);
  return circleFilter(drawing.centre, radiusOf(drawing));
}
