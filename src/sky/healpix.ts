/**
 * HEALPix in the NESTED scheme (Górski et al. 2005, ApJ 622, 759): a cell's number at one order is the prefix of its
 * children's numbers, so a region of the sky is a few ranges of a number column.
 *
 * Cells are doubles: exact up to order 24 (12·4^24 < 2^53). Orders 25 to 29 exist only as MOC intervals elsewhere and
 * are refused here rather than rounded.
 */
import { DEGREE, normaliseRa } from "./angle.ts";
import { angleBetween, toVector, type Vector } from "./vector.ts";

export const MAX_ORDER = 24;

/** Order of the cells that the catalogue keeps: 12.9″. */
export const CELL_ORDER = 14;

/** [first, last] cell, both inside. */
export type CellRange = [first: number, last: number];

// Row and column of the base cells (Górski et al. 2005, fig. 4).
const ROW = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4] as const;
const COLUMN = [1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7] as const;

function checkOrder(order: number): void {
  if (!Number.isInteger(order) || order < 0 || order > MAX_ORDER) {
    throw new RangeError(`HEALPix order ${order} is not in 0 … ${MAX_ORDER}`);
  }
}

/** Interleaves the bits of x (even) and y (odd), up to 24 bits each. */
function interleave(x: number, y: number): number {
  // 12 bits of each make 24 bits of the result: within what 32-bit shifts can do.
  const low = spread(x & 0xfff) | (spread(y & 0xfff) << 1);
  const high = spread((x >>> 12) & 0xfff) | (spread((y >>> 12) & 0xfff) << 1);
  return high * 0x1000000 + low;
}

function spread(value: number): number {
  let v = value;
  v = (v | (v << 8)) & 0x00ff00ff;
  v = (v | (v << 4)) & 0x0f0f0f0f;
  v = (v | (v << 2)) & 0x33333333;
  v = (v | (v << 1)) & 0x55555555;
  return v;
}

function gather(value: number): number {
  let v = value & 0x55555555;
  v = (v | (v >>> 1)) & 0x33333333;
  v = (v | (v >>> 2)) & 0x0f0f0f0f;
  v = (v | (v >>> 4)) & 0x00ff00ff;
  v = (v | (v >>> 8)) & 0x0000ffff;
  return v;
}

/** The cell that holds a position (degrees). */
export function cellOf(order: number, ra: number, dec: number): number {
  checkOrder(order);
  const nside = 2 ** order;
  const z = Math.sin(dec * DEGREE);
  const az = Math.abs(z);
  const tt = normaliseRa(ra) / 90; // 0 ≤ tt < 4
  if (az <= 2 / 3) {
    const temp1 = nside * (0.5 + tt);
    const temp2 = nside * z * 0.75;
    const jp = Math.floor(temp1 - temp2); // index of the ascending edge line
    const jm = Math.floor(temp1 + temp2); // index of the descending edge line
    const ifp = Math.floor(jp / nside);
    const ifm = Math.floor(jm / nside);
    const face = ifp === ifm ? (ifp & 3) + 4 : ifp < ifm ? ifp & 3 : (ifm & 3) + 8;
    const x = jm & (nside - 1);
    const y = nside - (jp & (nside - 1)) - 1;
    return face * nside * nside + interleave(x, y);
  }
  const ntt = Math.min(3, Math.floor(tt));
  const tp = tt - ntt;
  // nside·sqrt(3(1-|z|)), written with the half angle to the pole: 1 - |sin dec| loses its digits there.
  const half = Math.sin(((90 - Math.abs(dec)) / 2) * DEGREE);
  const temp = nside * Math.sqrt(6) * half;
  const jp = Math.min(nside - 1, Math.floor(tp * temp));
  const jm = Math.min(nside - 1, Math.floor((1 - tp) * temp));
  const [face, x, y] = z >= 0 ? [ntt, nside - jm - 1, nside - jp - 1] : [ntt + 8, jp, jm];
  return face * nside * nside + interleave(x, y);
}

/** Face and the cell's place in it, x to the north-east, y to the north-west. */
function placeOf(order: number, cell: number): [face: number, x: number, y: number] {
  const perFace = 4 ** order;
  const face = Math.floor(cell / perFace);
  const inFace = cell - face * perFace;
  const high = Math.floor(inFace / 0x1000000);
  const low = inFace - high * 0x1000000;
  return [face, gather(low) | (gather(high) << 12), gather(low >>> 1) | (gather(high >>> 1) << 12)];
}

/** [ra, dec] of a point in face coordinates, u and v in 0 … 1. */
function fromFace(face: number, u: number, v: number): [number, number] {
  const jr = ROW[face]! - u - v; // 0 at the north pole, 4 at the south pole
  if (jr < 1 || jr > 3) {
    const nr = jr < 1 ? jr : 4 - jr;
    const dec = 90 - (2 * Math.asin(nr / Math.sqrt(6))) / DEGREE;
    const turn = nr === 0 ? 0 : (u - v) / nr;
    return [normaliseRa(45 * (COLUMN[face]! + turn)), jr < 1 ? dec : -dec];
  }
  const z = ((2 - jr) * 2) / 3;
  return [normaliseRa(45 * (COLUMN[face]! + u - v)), Math.asin(z) / DEGREE];
}

/** [ra, dec] of a cell's centre, degrees. */
export function cellCentre(order: number, cell: number): [ra: number, dec: number] {
  checkOrder(order);
  const nside = 2 ** order;
  const [face, x, y] = placeOf(order, cell);
  return fromFace(face, (x + 0.5) / nside, (y + 0.5) / nside);
}

/** The corners of a cell, [ra, dec] in degrees: north, west, south, east. */
export function cellCorners(order: number, cell: number): [number, number][] {
  checkOrder(order);
  const nside = 2 ** order;
  const [face, x, y] = placeOf(order, cell);
  return [
    fromFace(face, (x + 1) / nside, (y + 1) / nside),
    fromFace(face, x / nside, (y + 1) / nside),
    fromFace(face, x / nside, y / nside),
    fromFace(face, (x + 1) / nside, y / nside),
  ];
}

/**
 * An upper bound of the distance between a cell's centre and any of its points, degrees. The farthest points of a cell
 * are its corners; the largest distance of an order is that of a cell between the polar cap and the equatorial belt
 * (`max_pixrad` of the HEALPix library).
 */
export function cellRadius(order: number): number {
  checkOrder(order);
  const nside = 2 ** order;
  const corner = onRing(2 / 3, Math.PI / (4 * nside));
  const centre = onRing(1 - (1 - 1 / nside) ** 2 / 3, 0);
  return angleBetween(corner, centre);
}

function onRing(z: number, phi: number): Vector {
  const s = Math.sqrt((1 - z) * (1 + z));
  return [s * Math.cos(phi), s * Math.sin(phi), z];
}

/** Far above what the arithmetic here can be wrong by, far below any cell: 0.4 microarcseconds, in degrees. */
const MARGIN = 1e-10;

export interface Coverage {
  /** Order of the cells in the answer. */
  order?: number;
  /** The answer has at most so many ranges: the finest that fits, never fewer cells than the region touches. */
  maxRanges?: number;
}

/**
 * Cells that a cone touches, as sorted, disjoint ranges: every point within `radius` degrees lies in one of them.
 * What lies in them is a little more than the cone, so a caller tests the true distance afterwards.
 */
export function coneRanges(ra: number, dec: number, radius: number, coverage: Coverage = {}): CellRange[] {
  const axis = toVector(ra, dec);
  return regionRanges((centre, cellSize) => {
    const distance = angleBetween(axis, centre);
    if (distance > radius + cellSize) return "out";
    return distance + cellSize <= radius ? "in" : "part";
  }, coverage);
}

/**
 * Cells that a region touches. `test` is asked about discs (centre, radius in degrees) that enclose a cell; it may say
 * "part" where it does not know, but "out" and "in" only where that holds for the whole disc.
 */
function regionRanges(
  test: (centre: Vector, radius: number) => "in" | "out" | "part",
  { order = CELL_ORDER, maxRanges = 64 }: Coverage = {},
): CellRange[] {
  checkOrder(order);
  const whole: CellRange[] = [];
  let open = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  let answer: CellRange[] = [];
  for (let level = 0; level <= order; level++) {
    const size = cellRadius(level) + MARGIN;
    const partial: number[] = [];
    for (const cell of open) {
      const verdict = test(toVector(...cellCentre(level, cell)), size);
      if (verdict === "in") whole.push(rangeOf(level, cell, order));
      else if (verdict === "part") partial.push(cell);
    }
    const found = merge([...whole, ...partial.map((cell) => rangeOf(level, cell, order))]);
    // The coarsest answer stands whatever its number; a finer one only within the limit.
    if (level > 0 && found.length > maxRanges) break;
    answer = found;
    if (partial.length === 0) break;
    open = partial.flatMap((cell) => [4 * cell, 4 * cell + 1, 4 * cell + 2, 4 * cell + 3]);
  }
  return answer;
}

/** A cell of `level` as a range of cells of `order`. */
function rangeOf(level: number, cell: number, order: number): CellRange {
  const scale = 4 ** (order - level);
  return [cell * scale, (cell + 1) * scale - 1];
}

function merge(ranges: CellRange[]): CellRange[] {
  ranges.sort((a, b) => a[0] - b[0]);
  const merged: CellRange[] = [];
  for (const [first, last] of ranges) {
    const previous = merged.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}
