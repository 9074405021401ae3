/**
 * TPV (SCAMP's convention, https://fits.gsfc.nasa.gov/registry/tpvwcs.html): a polynomial to seventh order with radial
 * terms, in intermediate world coordinates, before a TAN projection.
 */
import { type Distortion, undo } from "./distortion.ts";

/** Exponents [x, y, r] of the terms PVi_0 … PVi_39. */
const EXPONENTS: readonly (readonly [number, number, number])[] = (() => {
  const list: [number, number, number][] = [];
  for (let order = 0; order <= 7; order++) {
    for (let q = 0; q <= order; q++) list.push([order - q, q, 0]);
    // The odd orders carry a radial term at their end: 3, 11, 23, 39.
    if (order % 2 === 1) list.push([0, 0, order]);
  }
  return list;
})();

export const TPV_TERMS = EXPONENTS.length;

type Terms = readonly (readonly [number, number, number, number])[];

/** `pv(m)` of one axis → its non-zero terms. PVi_1 is 1 unless given; all others are 0. */
function terms(pv: (m: number) => number | undefined): Terms {
  return EXPONENTS.flatMap(([p, q, r], m) => {
    const value = pv(m) ?? (m === 1 ? 1 : 0);
    return value === 0 ? [] : [[p, q, r, value] as const];
  });
}

function value(terms: Terms, x: number, y: number, r: number): number {
  let total = 0;
  for (const [p, q, s, factor] of terms) total += factor * x ** p * y ** q * r ** s;
  return total;
}

function slope(terms: Terms, x: number, y: number, r: number): [number, number] {
  let dx = 0;
  let dy = 0;
  for (const [p, q, s, factor] of terms) {
    if (s > 0) {
      // d(r^s)/dx = s r^(s-2) x; at the origin the linear radial term has a kink and counts as flat.
      const radial = r === 0 ? 0 : factor * s * r ** (s - 2);
      dx += radial * x;
      dy += radial * y;
    } else {
      if (p > 0) dx += factor * p * x ** (p - 1) * y ** q;
      if (q > 0) dy += factor * q * x ** p * y ** (q - 1);
    }
  }
  return [dx, dy];
}

export class Tpv implements Distortion {
  readonly #first: Terms;
  readonly #second: Terms;

  /** Coefficients of the longitude and of the latitude axis. */
  constructor(longitude: (m: number) => number | undefined, latitude: (m: number) => number | undefined) {
    this.#first = terms(longitude);
    this.#second = terms(latitude);
  }

  apply(x: number, y: number): [number, number] {
    const r = Math.hypot(x, y);
    // The latitude's polynomial is written with x and y exchanged.
    return [value(this.#first, x, y, r), value(this.#second, y, x, r)];
  }

  slope(x: number, y: number): [number, number, number, number] {
    const r = Math.hypot(x, y);
    const [xx, xy] = slope(this.#first, x, y, r);
    const [yy, yx] = slope(this.#second, y, x, r);
    return [xx, xy, yx, yy];
  }

  undo(x: number, y: number): [number, number] | null {
    return undo(this, x, y);
  }
}
