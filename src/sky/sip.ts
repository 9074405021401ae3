/**
 * SIP (Shupe et al. 2005, ASP 347, 491): polynomials in pixels from CRPIX, added before the linear part. The inverse
 * polynomials AP and BP are fits, good to a fraction of a pixel; they only serve as the start of the exact inverse.
 */
import { type Distortion, undo } from "./distortion.ts";
import { SkyError } from "./errors.ts";
import type { Keywords } from "./keywords.ts";

const MAX_ORDER = 9;

/** Coefficients by powers: [p, q, value] of u^p v^q. */
type Terms = readonly (readonly [number, number, number])[];

export class Sip {
  readonly #forward: Distortion;
  readonly #guess: Distortion | null;

  constructor(a: Terms, b: Terms, ap: Terms, bp: Terms) {
    this.#forward = polynomial(a, b);
    this.#guess = ap.length + bp.length > 0 ? polynomial(ap, bp) : null;
  }

  /** Null where the header has no SIP. */
  static read(header: Keywords): Sip | null {
    const a = terms(header, "A");
    const b = terms(header, "B");
    if (a === null && b === null) return null;
    if (a === null || b === null) {
      throw new SkyError("BAD_WCS", "A_ORDER and B_ORDER must both be there for SIP, or neither.", {
        keyword: "A_ORDER",
      });
    }
    return new Sip(a, b, terms(header, "AP") ?? [], terms(header, "BP") ?? []);
  }

  /** Pixel offsets from CRPIX as read out → as the linear part wants them. */
  apply(u: number, v: number): [number, number] {
    return this.#forward.apply(u, v);
  }

  undo(u: number, v: number): [number, number] | null {
    const start = this.#guess?.apply(u, v);
    return (start && undo(this.#forward, u, v, start)) ?? undo(this.#forward, u, v);
  }
}

function terms(header: Keywords, name: string): Terms | null {
  const order = header.number(`${name}_ORDER`);
  if (order === undefined) return null;
  if (!Number.isInteger(order) || order < 0 || order > MAX_ORDER) {
    throw new SkyError("BAD_WCS", `${name}_ORDER is ${order}; it accepts 0 to ${MAX_ORDER}.`, {
      keyword: `${name}_ORDER`,
    });
  }
  const found: [number, number, number][] = [];
  for (let p = 0; p <= order; p++) {
    for (let q = 0; q <= order - p; q++) {
      const value = header.number(`${name}_${p}_${q}`);
      if (value !== undefined && value !== 0) found.push([p, q, value]);
    }
  }
  return found;
}

function sum(terms: Terms, u: number, v: number): number {
  let total = 0;
  for (const [p, q, value] of terms) total += value * u ** p * v ** q;
  return total;
}

function derivative(terms: Terms, axis: 0 | 1): Terms {
  return terms
    .filter((term) => term[axis] > 0)
    .map(([p, q, value]) => (axis === 0 ? [p - 1, q, value * p] : [p, q - 1, value * q]));
}

function polynomial(a: Terms, b: Terms): Distortion {
  const [au, av, bu, bv] = [derivative(a, 0), derivative(a, 1), derivative(b, 0), derivative(b, 1)];
  return {
    apply: (u, v) => [u + sum(a, u, v), v + sum(b, u, v)],
    slope: (u, v) => [1 + sum(au, u, v), sum(av, u, v), sum(bu, u, v), 1 + sum(bv, u, v)],
  };
}
