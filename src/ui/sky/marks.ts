/** Frames as what the map draws: the outline of the image, or the pointing alone where no footprint is known. */
import { DEGREE, separation } from "../../sky/angle.ts";
import { Polygon } from "../../sky/polygon.ts";
import { dot, length, toRaDec, toVector, type Vector } from "../../sky/vector.ts";
import type { Frame } from "../api/frame.ts";
import type { Projection } from "./projection.ts";

export interface Mark {
  frame: Frame;
  /** Middle of the outline, or the pointing. */
  centre: Vector;
  /** From the middle to the farthest corner, radians; 0 for a pointing alone. */
  radius: number;
  /** Corners; null: only the pointing is known. */
  outline: readonly Vector[] | null;
}

/** Half a footprint this many pixels large is drawn as a dot, which the pointer can hit. */
export const DOT = 4;
/** How far beside a dot the pointer may be, pixels. */
const NEAR = 9;

/** Null for a frame of which no place on the sky is known. */
export function markOf(frame: Frame): Mark | null {
  const ring = frame.area?.coordinates[0];
  if (ring !== undefined && ring.length > 3) {
    // GeoJSON repeats the first corner at the end.
    const outline = ring.slice(0, -1).map(([ra, dec]) => toVector(ra, dec));
    let sum: Vector = [0, 0, 0];
    for (const [x, y, z] of outline) sum = [sum[0] + x, sum[1] + y, sum[2] + z];
    const norm = length(sum);
    const centre: Vector = [sum[0] / norm, sum[1] / norm, sum[2] / norm];
    const at = toRaDec(centre);
    const radius = ring.reduce((most, [ra, dec]) => Math.max(most, separation(...at, ra, dec)), 0) * DEGREE;
    return { frame, centre, radius, outline };
  }
  if (frame.RA === null || frame.DEC === null) return null;
  return { frame, centre: toVector(frame.RA, frame.DEC), radius: 0, outline: null };
}

/** Whether a mark is too small on this map for its outline to be seen. */
export function isDot(mark: Mark, scale: number): boolean {
  return mark.outline === null || mark.radius * scale < DOT;
}

/** Marks of which a part may be on the map, in their order. */
export function inView(projection: Projection, marks: readonly Mark[]): Mark[] {
  const { horizon, view, centre } = projection;
  const angle = horizon <= -1 ? Math.PI : Math.acos(horizon);
  return marks.filter((mark) => {
    const reach = Math.min(Math.PI, angle + mark.radius);
    if (dot(mark.centre, centre) < Math.cos(reach)) return false;
    projection.place(mark.centre);
    // Away from the middle the projection stretches to twice its scale at most.
    return projection.onMap(projection.x, projection.y, 2 * mark.radius * view.scale);
  });
}

/** Marks at a pixel, the smallest first, so that a small field on a wide one can be had. */
export function marksAt(projection: Projection, marks: readonly Mark[], px: number, py: number): Mark[] {
  const direction = projection.direction(px, py);
  if (direction === null) return [];
  const at = toRaDec(direction);
  const { scale } = projection.view;
  const found = marks.filter((mark) => {
    if (isDot(mark, scale)) {
      projection.place(mark.centre);
      return Math.hypot(projection.x - px, projection.y - py) <= NEAR;
    }
    if (dot(mark.centre, direction) < Math.cos(Math.min(Math.PI, mark.radius))) return false;
    return new Polygon(mark.frame.area!.coordinates[0]!.slice(0, -1)).contains(...at);
  });
  return found.sort((a, b) => a.radius - b.radius);
}

/** A word on where a result lies, for those who do not see the map: right ascensions by hours and declinations. */
export function spread(marks: readonly Mark[]): { fields: number; north: number; south: number } {
  const fields = new Set<string>();
  let north = 0;
  for (const { centre } of marks) {
    const [ra, dec] = toRaDec(centre);
    // Cells of about a degree: frames of one field fall together, whatever their dithering.
    fields.add(`${Math.round(dec)} ${Math.round(ra * Math.cos(Math.round(dec) * DEGREE))}`);
    if (dec >= 0) north++;
  }
  return { fields: fields.size, north, south: marks.length - north };
}
