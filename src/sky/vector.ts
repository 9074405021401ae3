/** Directions as unit vectors: x towards RA 0, y towards RA 90°, z towards the north pole. */
import { DEGREE, normaliseRa } from "./angle.ts";

export type Vector = readonly [x: number, y: number, z: number];

export function toVector(ra: number, dec: number): Vector {
  const cosDec = Math.cos(dec * DEGREE);
  return [cosDec * Math.cos(ra * DEGREE), cosDec * Math.sin(ra * DEGREE), Math.sin(dec * DEGREE)];
}

/** [ra, dec] in degrees of a vector of any length but zero. */
export function toRaDec([x, y, z]: Vector): [number, number] {
  return [normaliseRa(Math.atan2(y, x) / DEGREE), Math.atan2(z, Math.hypot(x, y)) / DEGREE];
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function length(a: Vector): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** Angle between two vectors, degrees; good at 0 and at 180. */
export function angleBetween(a: Vector, b: Vector): number {
  return Math.atan2(length(cross(a, b)), dot(a, b)) / DEGREE;
}
