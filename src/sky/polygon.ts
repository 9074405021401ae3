/**
 * Polygons on the sphere whose sides are arcs of great circles, none reaching over more than a hemisphere. Exact tests
 * by vectors, so that neither RA 0 nor a pole inside is a special case. The inside is the smaller part.
 */
import { DEGREE } from "./angle.ts";
import { SkyError } from "./errors.ts";
import { angleBetween, cross, dot, length, toVector, type Vector } from "./vector.ts";

/** Smallest and largest x, y and z of the unit vectors of a region. */
export interface Box {
  min: Vector;
  max: Vector;
}

export class Polygon {
  readonly #corners: readonly Vector[];
  /** A direction with every corner on its side. */
  readonly #axis: Vector;

  /** `vertices`: [ra, dec] in degrees, in order, at least three. Throws BAD_REGION where they span a hemisphere or more. */
  constructor(vertices: readonly (readonly [number, number])[]) {
    const axis = Polygon.#axisOf(vertices);
    if (axis === null) {
      throw new SkyError("BAD_REGION", "A polygon must have at least three vertices and lie within a hemisphere.");
    }
    this.#corners = vertices.map(([ra, dec]) => toVector(ra, dec));
    this.#axis = axis;
  }

  /** Whether these vertices make a polygon that this class can hold. */
  static accepts(vertices: readonly (readonly [number, number])[]): boolean {
    return Polygon.#axisOf(vertices) !== null;
  }

  static #axisOf(vertices: readonly (readonly [number, number])[]): Vector | null {
    if (vertices.length < 3) return null;
    const corners = vertices.map(([ra, dec]) => toVector(ra, dec));
    let axis: Vector = [0, 0, 0];
    for (const c of corners) axis = [axis[0] + c[0], axis[1] + c[1], axis[2] + c[2]];
    const norm = length(axis);
    if (!(norm > 1e-9)) return null;
    axis = [axis[0] / norm, axis[1] / norm, axis[2] / norm];
    return corners.every((corner) => dot(corner, axis) > 1e-6) ? axis : null;
  }

  /** Whether a position lies inside or on the outline. */
  contains(ra: number, dec: number): boolean {
    return this.#holds(toVector(ra, dec));
  }

  /** Whether the polygon and a circle (degrees) share a point. */
  intersectsCircle(ra: number, dec: number, radius: number): boolean {
    const centre = toVector(ra, dec);
    return this.#holds(centre) || this.#sides().some(([a, b]) => distanceToArc(centre, a, b) <= radius + 1e-12);
  }

  /** Whether all of a circle (degrees) lies inside. */
  containsCircle(ra: number, dec: number, radius: number): boolean {
    const centre = toVector(ra, dec);
    return this.#holds(centre) && this.#sides().every(([a, b]) => distanceToArc(centre, a, b) >= radius - 1e-12);
  }

  /** Whether all of another polygon lies inside. */
  containsPolygon(other: Polygon): boolean {
    if (!other.#corners.every((corner) => this.#holds(corner))) return false;
    // Arcs between points of a convex polygon stay in it; a dent may reach between the corners of the other.
    if (this.#isConvex()) return true;
    const sides = other.#sides();
    return !this.#sides().some(([a, b]) => sides.some(([c, d]) => arcsCross(a, b, c, d)));
  }

  /** Whether every corner turns the same way, corners on a straight side aside. */
  #isConvex(): boolean {
    const turns = this.#corners.map((corner, index) => {
      const next = this.#corners[(index + 1) % this.#corners.length]!;
      const afterNext = this.#corners[(index + 2) % this.#corners.length]!;
      return dot(cross(corner, next), afterNext);
    });
    return turns.every((turn) => turn > -TOUCH) || turns.every((turn) => turn < TOUCH);
  }

  /** Whether two polygons share a point. */
  intersects(other: Polygon): boolean {
    if (this.#corners.some((corner) => other.#holds(corner))) return true;
    if (other.#corners.some((corner) => this.#holds(corner))) return true;
    const sides = other.#sides();
    return this.#sides().some(([a, b]) => sides.some(([c, d]) => arcsCross(a, b, c, d)));
  }

  box(): Box {
    const min = [1, 1, 1];
    const max = [-1, -1, -1];
    for (let i = 0; i < 3; i++) {
      const unit: Vector = [i === 0 ? 1 : 0, i === 1 ? 1 : 0, i === 2 ? 1 : 0];
      const opposite: Vector = [-unit[0], -unit[1], -unit[2]];
      // The nearest point of an outline or of what it encloses is the region's extreme along the axis.
      const nearest = this.#holds(unit) ? 0 : Math.min(...this.#sides().map(([a, b]) => distanceToArc(unit, a, b)));
      const farthest = this.#holds(opposite)
        ? 0
        : Math.min(...this.#sides().map(([a, b]) => distanceToArc(opposite, a, b)));
      max[i] = Math.cos(nearest * DEGREE);
      min[i] = -Math.cos(farthest * DEGREE);
    }
    return widened(min as unknown as Vector, max as unknown as Vector);
  }

  #sides(): [Vector, Vector][] {
    return this.#corners.map((corner, index) => [corner, this.#corners[(index + 1) % this.#corners.length]!]);
  }

  /**
   * Gnomonic projection from the axis turns arcs into straight lines, so the plane's crossing rule decides. Signs of
   * triple products instead of divisions: a point on a side is inside whatever the rounding of a slope.
   */
  #holds(point: Vector): boolean {
    if (dot(point, this.#axis) <= 0) return false;
    const sides = this.#sides();
    if (sides.some(([a, b]) => onArc(point, a, b))) return true;
    // A meridian of the axis through the point: sides that cross it beyond the point are counted.
    const away = leaving(this.#axis, point);
    const normal = cross(point, away);
    let inside = false;
    for (const [a, b] of sides) {
      const sa = dot(normal, a);
      const sb = dot(normal, b);
      if (sa > 0 === sb > 0) continue;
      // Where the side meets the meridian's plane: on which side of the point?
      const meeting: Vector = [a[0] * sb - b[0] * sa, a[1] * sb - b[1] * sa, a[2] * sb - b[2] * sa];
      const sign = sb - sa > 0 ? 1 : -1;
      // `away` is perpendicular to the point; both lie on the axis' side, so the tangent's sign tells.
      if (sign * dot(meeting, away) > 0) inside = !inside;
    }
    return inside;
  }
}

/** A direction perpendicular to `point`, away from `axis`; any one where they coincide. */
function leaving(axis: Vector, point: Vector): Vector {
  const along = dot(axis, point);
  const away: Vector = [along * point[0] - axis[0], along * point[1] - axis[1], along * point[2] - axis[2]];
  if (length(away) > 1e-8) return away;
  return cross(point, Math.abs(point[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]);
}

/** 1e-12 rad: 0.2 microarcseconds. */
const TOUCH = 1e-12;

function onArc(point: Vector, a: Vector, b: Vector): boolean {
  const normal = cross(a, b);
  const norm = length(normal);
  if (norm === 0) return length(cross(point, a)) <= TOUCH && dot(point, a) > 0;
  return Math.abs(dot(normal, point)) <= TOUCH * norm && distanceToArc(point, a, b) * DEGREE <= 2 * TOUCH;
}

/** Degrees from a point to the arc from a to b (the shorter one). */
function distanceToArc(point: Vector, a: Vector, b: Vector): number {
  const normal = cross(a, b);
  const norm = length(normal);
  if (norm > 0 && dot(cross(normal, a), point) >= 0 && dot(cross(b, normal), point) >= 0) {
    return Math.asin(Math.min(1, Math.abs(dot(normal, point)) / norm)) / DEGREE;
  }
  return Math.min(angleBetween(point, a), angleBetween(point, b));
}

function arcsCross(a: Vector, b: Vector, c: Vector, d: Vector): boolean {
  const ab = cross(a, b);
  const cd = cross(c, d);
  const c1 = dot(ab, c);
  const d1 = dot(ab, d);
  const a1 = dot(cd, a);
  const b1 = dot(cd, b);
  if (c1 > 0 === d1 > 0 || a1 > 0 === b1 > 0) return false;
  // Both great circles part the other's ends; the arcs meet unless they do so on opposite sides of the sphere.
  const meeting = cross(ab, cd);
  const middle: Vector = [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
  const other: Vector = [c[0] + d[0], c[1] + d[1], c[2] + d[2]];
  return dot(meeting, middle) > 0 === dot(meeting, other) > 0;
}

function widened(min: Vector, max: Vector): Box {
  return {
    min: [Math.max(-1, min[0] - TOUCH), Math.max(-1, min[1] - TOUCH), Math.max(-1, min[2] - TOUCH)],
    max: [Math.min(1, max[0] + TOUCH), Math.min(1, max[1] + TOUCH), Math.min(1, max[2] + TOUCH)],
  };
}

/** The box of a circle (a point has radius 0), degrees. */
export function circleBox(ra: number, dec: number, radius: number): Box {
  const centre = toVector(ra, dec);
  const r = radius * DEGREE;
  const angles = centre.map((value) => Math.acos(Math.max(-1, Math.min(1, value))));
  // acos loses digits near 0 and π, where the cosine is flat: the margin of `widened` is far above that.
  const max = angles.map((angle) => Math.cos(Math.max(0, angle - r)));
  const min = angles.map((angle) => Math.cos(Math.min(Math.PI, angle + r)));
  return widened(min as unknown as Vector, max as unknown as Vector);
}
