/** The Milky Way's plane and the Sun's path among the stars, ICRS degrees. */
import { DEGREE } from "../../sky/angle.ts";
import { cross, length, toVector, type Vector } from "../../sky/vector.ts";

/** North galactic pole (Hipparcos and Tycho Catalogues, ESA SP-1200, vol. 1, §1.5.3). */
const GALACTIC_POLE = toVector(192.859_48, 27.128_25);
/** Obliquity of the ecliptic at J2000.0 (IAU 2006: 84381.406″). */
const OBLIQUITY = 84_381.406 / 3600;
const ECLIPTIC_POLE = toVector(270, 90 - OBLIQUITY);

/** Directions along the great circle about a pole; the last is the first. */
function around(pole: Vector, points = 180): Vector[] {
  const across = cross(pole, [0, 0, 1]);
  const norm = length(across);
  const u: Vector = [across[0] / norm, across[1] / norm, across[2] / norm];
  const v = cross(pole, u);
  return Array.from({ length: points + 1 }, (_, i) => {
    const angle = (i * 360 * DEGREE) / points;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [u[0] * cos + v[0] * sin, u[1] * cos + v[1] * sin, u[2] * cos + v[2] * sin];
  });
}

export const GALACTIC_PLANE: readonly Vector[] = around(GALACTIC_POLE);
export const ECLIPTIC: readonly Vector[] = around(ECLIPTIC_POLE);

/** Directions along a circle of `radius` degrees; the last is the first. */
export function circle(ra: number, dec: number, radius: number, points = 96): Vector[] {
  const centre = toVector(ra, dec);
  const east: Vector = [-Math.sin(ra * DEGREE), Math.cos(ra * DEGREE), 0];
  const north = cross(centre, east);
  const [cos, sin] = [Math.cos(radius * DEGREE), Math.sin(radius * DEGREE)];
  return Array.from({ length: points + 1 }, (_, i) => {
    const angle = (i * 2 * Math.PI) / points;
    const [e, n] = [sin * Math.sin(angle), sin * Math.cos(angle)];
    const sum = (k: 0 | 1 | 2) => cos * centre[k] + e * east[k] + n * north[k];
    return [sum(0), sum(1), sum(2)];
  });
}

/** Directions along the shorter arc from one to another, both included, parted into steps of at most `step` degrees. */
export function arc(from: Vector, to: Vector, step = 2): Vector[] {
  const angle = Math.atan2(length(cross(from, to)), from[0] * to[0] + from[1] * to[1] + from[2] * to[2]);
  const parts = Math.max(1, Math.ceil(angle / DEGREE / step));
  if (parts === 1) return [from, to];
  return Array.from({ length: parts + 1 }, (_, i) => {
    const a = Math.sin(((parts - i) / parts) * angle) / Math.sin(angle);
    const b = Math.sin((i / parts) * angle) / Math.sin(angle);
    return [a * from[0] + b * to[0], a * from[1] + b * to[1], a * from[2] + b * to[2]];
  });
}
