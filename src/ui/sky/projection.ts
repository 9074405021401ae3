/**
 * How the sky lies on the map: Hammer's equal-area projection about the centre of the view. It shows all of the sky as
 * an ellipse; near its centre it is true to shape, so that the same formulae serve from the whole sky down to an
 * arcsecond. North is up at the centre, right ascension increases to the left.
 */
import { DEGREE } from "../../sky/angle.ts";
import { cross, dot, length, toRaDec, toVector, type Vector } from "../../sky/vector.ts";

/** Where the map looks. Degrees and CSS pixels; `scale` is pixels a radian at the centre. */
export interface View {
  ra: number;
  dec: number;
  scale: number;
  width: number;
  height: number;
}

/** Half axes of the ellipse that holds all of the sky, in radians of the centre's scale. */
const HALF_WIDTH = 2 * Math.SQRT2;
const HALF_HEIGHT = Math.SQRT2;
/** The part of the canvas that the whole sky fills. */
const FILLED = 0.97;
/** 0.01″ a pixel. */
const MOST_SCALE = 206_265 / 0.01;

/** One view's projection. `place` answers through the fields, so that drawing thousands of points makes no garbage. */
export class Projection {
  readonly view: View;
  readonly #centre: Vector;
  readonly #east: Vector;
  readonly #north: Vector;
  /** Pixels, of the last point placed. */
  x = 0;
  y = 0;
  /** East of the centre's meridian, radians, -π to π: two ends of a line on both sides of ±π lie at opposite edges. */
  turn = 0;

  constructor(view: View) {
    this.view = view;
    this.#centre = toVector(view.ra, view.dec);
    this.#east = [-Math.sin(view.ra * DEGREE), Math.cos(view.ra * DEGREE), 0];
    this.#north = cross(this.#centre, this.#east);
  }

  /** Puts a direction's pixel into `x` and `y`. */
  place(direction: Vector): void {
    const ahead = dot(direction, this.#centre);
    const east = dot(direction, this.#east);
    const north = dot(direction, this.#north);
    this.turn = Math.atan2(east, ahead);
    const cosine = Math.hypot(ahead, east);
    const reach = Math.sqrt(1 + cosine * Math.cos(this.turn / 2));
    const { width, height, scale } = this.view;
    this.x = width / 2 - (scale * 2 * Math.SQRT2 * cosine * Math.sin(this.turn / 2)) / reach;
    this.y = height / 2 - (scale * Math.SQRT2 * north) / reach;
  }

  /** [x, y] of a position. */
  pixel(ra: number, dec: number): [number, number] {
    this.place(toVector(ra, dec));
    return [this.x, this.y];
  }

  /** The direction at a pixel; null beside the sky. */
  direction(px: number, py: number): Vector | null {
    const { width, height, scale } = this.view;
    const x = (width / 2 - px) / scale;
    const y = (height / 2 - py) / scale;
    if ((x / HALF_WIDTH) ** 2 + (y / HALF_HEIGHT) ** 2 > 1) return null;
    const z = Math.sqrt(1 - (x / 4) ** 2 - (y / 2) ** 2);
    const turn = 2 * Math.atan2(z * x, 2 * (2 * z * z - 1));
    const north = z * y;
    const cosine = Math.sqrt(Math.max(0, 1 - north * north));
    const [ahead, east] = [cosine * Math.cos(turn), cosine * Math.sin(turn)];
    const sum = (i: 0 | 1 | 2) => ahead * this.#centre[i] + east * this.#east[i] + north * this.#north[i];
    return [sum(0), sum(1), sum(2)];
  }

  /** [ra, dec] at a pixel; null beside the sky. */
  position(px: number, py: number): [number, number] | null {
    const direction = this.direction(px, py);
    return direction && toRaDec(direction);
  }

  /** Whether a pixel lies on the map, or at most `margin` beside it. */
  onMap(px: number, py: number, margin = 0): boolean {
    const { width, height } = this.view;
    return px >= -margin && py >= -margin && px <= width + margin && py <= height + margin;
  }

  /** Whether the map's corners are all sky. */
  get filled(): boolean {
    const { width, height, scale } = this.view;
    return (width / 2 / scale / HALF_WIDTH) ** 2 + (height / 2 / scale / HALF_HEIGHT) ** 2 < 1;
  }

  /** Cosine of the angle from the centre beyond which nothing is on the map; -1: all of the sky may be. */
  get horizon(): number {
    if (!this.filled) return -1;
    const { width, height } = this.view;
    let least = 1;
    for (const [x, y] of [
      [0, 0],
      [width / 2, 0],
      [0, height / 2],
    ] as const) {
      least = Math.min(least, dot(this.direction(x, y)!, this.#centre));
    }
    return least;
  }

  get centre(): Vector {
    return this.#centre;
  }

  /** Half axes of the sky's ellipse, pixels. */
  get ellipse(): [number, number] {
    return [HALF_WIDTH * this.view.scale, HALF_HEIGHT * this.view.scale];
  }
}

function wholeScale(width: number, height: number): number {
  return FILLED * Math.min(width / (2 * HALF_WIDTH), height / (2 * HALF_HEIGHT));
}

/** All of the sky, with the right ascension `ra` in its middle. */
export function wholeSky(width: number, height: number, ra = 0): View {
  return { ra, dec: 0, scale: wholeScale(width, height), width, height };
}

function bounded(view: View): View {
  const least = wholeScale(view.width, view.height);
  return { ...view, scale: Math.max(least, Math.min(MOST_SCALE, view.scale)) };
}

/** The same part of the sky on a canvas of another size. */
export function resized(view: View, width: number, height: number): View {
  const factor = wholeScale(width, height) / wholeScale(view.width, view.height);
  return bounded({ ...view, width, height, scale: view.scale * factor });
}

/** Moves the sky by so many pixels. Where that would lead beside the sky, nothing moves. */
export function pan(view: View, dx: number, dy: number): View {
  const to = new Projection(view).position(view.width / 2 - dx, view.height / 2 - dy);
  return to === null ? view : { ...view, ra: to[0], dec: to[1] };
}

/** Zooms by a factor; the sky at (px, py) stays there, as far as it can. */
export function zoom(view: View, factor: number, px = view.width / 2, py = view.height / 2): View {
  const held = new Projection(view).direction(px, py);
  let next = bounded({ ...view, scale: view.scale * factor });
  if (held === null || next.scale === view.scale) return next;
  // The projection about the moved centre is another one: a few steps bring the held direction back under the pixel.
  for (let step = 0; step < 12; step++) {
    const projection = new Projection(next);
    projection.place(held);
    if (Math.hypot(px - projection.x, py - projection.y) < 0.01) break;
    next = pan(next, px - projection.x, py - projection.y);
  }
  return next;
}

/** A view that holds all of these directions; the whole sky where they spread over much of it. */
export function fitted(view: View, directions: readonly Vector[]): View {
  const whole = wholeSky(view.width, view.height, view.ra);
  if (directions.length === 0) return whole;
  let sum: Vector = [0, 0, 0];
  for (const [x, y, z] of directions) sum = [sum[0] + x, sum[1] + y, sum[2] + z];
  if (length(sum) < 1e-6 * directions.length) return whole;
  const [ra, dec] = toRaDec(sum);
  const centre = toVector(ra, dec);
  const nearest = directions.reduce((least, direction) => Math.min(least, dot(direction, centre)), 1);
  const radius = Math.acos(Math.max(-1, nearest));
  if (radius > 60 * DEGREE) return { ...whole, ra };
  const room = 0.42 * Math.min(view.width, view.height);
  return bounded({ ...view, ra, dec, scale: room / Math.max(radius, 10 / 206_265) });
}

/** A view of this width (as `fieldOfView` says it) about a position. */
export function looking(ra: number, dec: number, field: number, width: number, height: number): View {
  const quarter = Math.cos((field * DEGREE) / 4);
  const half = (HALF_WIDTH * Math.sqrt(1 - quarter * quarter)) / Math.sqrt(1 + quarter);
  return bounded({ ra, dec, scale: width / 2 / half, width, height });
}

/** Degrees from one side of the map to the other; 360 when all of the sky is there. */
export function fieldOfView(view: View): number {
  const half = view.width / 2 / view.scale / HALF_WIDTH;
  if (half >= 1) return 360;
  const left = new Projection(view);
  const at = left.direction(0, view.height / 2)!;
  left.place(at);
  return (2 * Math.abs(left.turn)) / DEGREE;
}
