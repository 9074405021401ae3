/**
 * A footprint as the catalogue keeps it. Corners near the pointing: one byte k, then for each corner its offsets east
 * and north in the tangent plane of the pointing, in units of 2⁻ᵏ radians, as signed 16-bit numbers (little endian).
 * k makes the largest fit, so that a corner is good to 1/65,000 of its distance: some hundredths of a pixel. Of four
 * corners that are a parallelogram within a unit, the last is left out. Other footprints (no pointing, one far outside,
 * half the sky, three corners): 4 bytes of right ascension (360°/2³²) and 4 of declination (90°/2³¹) a corner. An odd
 * length tells the first kind from the second.
 */
import { cross, dot, length, toRaDec, toVector, type Vector } from "../sky/vector.ts";

const RA_UNIT = 360 / 2 ** 32;
const DEC_UNIT = 90 / 2 ** 31;
const MOST = 32_767;
/** Corners beyond 45° from the pointing are not near. */
const FARTHEST = 1;

type Corners = [number, number][];
type Offset = [east: number, north: number];

function fourthOf([a, b, c]: Offset[]): Offset {
  return [a![0] + c![0] - b![0], a![1] + c![1] - b![1]];
}

function isParallelogram(corners: Offset[]): boolean {
  if (corners.length !== 4) return false;
  const [east, north] = fourthOf(corners);
  return Math.abs(corners[3]![0] - east) <= 1 && Math.abs(corners[3]![1] - north) <= 1;
}

/** Directions of the tangent plane: the pointing, east, north. */
function planeOf([ra, dec]: [number, number]): [Vector, Vector, Vector] {
  const centre = toVector(ra, dec);
  const [sin, cos] = [Math.sin((ra * Math.PI) / 180), Math.cos((ra * Math.PI) / 180)];
  const east: Vector = [-sin, cos, 0];
  return [centre, east, cross(centre, east)];
}

/** `pointing`: [ra, dec] of the frame, as its row has it. */
export function packFootprint(corners: Corners, pointing: [number, number] | null): Uint8Array {
  const offsets = pointing === null || corners.length === 3 ? null : offsetsOf(corners, pointing);
  if (offsets === null) {
    const view = new DataView(new ArrayBuffer(8 * corners.length));
    corners.forEach(([ra, dec], i) => {
      view.setUint32(8 * i, Math.round(ra / RA_UNIT), true);
      // +90° is one unit beyond 32 bits.
      view.setInt32(8 * i + 4, Math.min(2 ** 31 - 1, Math.round(dec / DEC_UNIT)), true);
    });
    return new Uint8Array(view.buffer);
  }
  const largest = Math.max(...offsets.flat().map(Math.abs));
  const k = Math.min(60, Math.floor(Math.log2(MOST / largest)));
  const units = offsets.map(([east, north]): Offset => [Math.round(east * 2 ** k), Math.round(north * 2 ** k)]);
  const kept = isParallelogram(units) ? units.slice(0, 3) : units;
  const view = new DataView(new ArrayBuffer(1 + 4 * kept.length));
  view.setUint8(0, k);
  kept.forEach(([east, north], i) => {
    view.setInt16(1 + 4 * i, east, true);
    view.setInt16(3 + 4 * i, north, true);
  });
  return new Uint8Array(view.buffer);
}

/** Offsets in radians; null where the pointing is no good place to measure them from. */
function offsetsOf(corners: Corners, pointing: [number, number]): [number, number][] | null {
  const [centre, east, north] = planeOf(pointing);
  const offsets: [number, number][] = [];
  for (const corner of corners) {
    const vector = toVector(...corner);
    const depth = dot(vector, centre);
    if (depth < 0.5) return null;
    offsets.push([dot(vector, east) / depth, dot(vector, north) / depth]);
  }
  const far = Math.max(...offsets.map(([x, y]) => Math.hypot(x, y)));
  const [first] = offsets as [[number, number]];
  const extent = Math.max(...offsets.map(([x, y]) => Math.hypot(x - first[0], y - first[1])));
  return far <= FARTHEST && far <= 2 * extent ? offsets : null;
}

/** From hexadecimal, which D1 hands over cheaper than a BLOB (an array of numbers in JSON). */
export function unpackFootprint(hex: string, pointing: [number, number] | null): Corners {
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  const view = new DataView(bytes.buffer);
  if (bytes.length % 2 === 0) {
    return Array.from({ length: bytes.length / 8 }, (_, i) => [
      view.getUint32(8 * i, true) * RA_UNIT,
      view.getInt32(8 * i + 4, true) * DEC_UNIT,
    ]);
  }
  const [centre, toEast, toNorth] = planeOf(pointing!);
  const unit = 2 ** -view.getUint8(0);
  const units = Array.from(
    { length: (bytes.length - 1) / 4 },
    (_, i): Offset => [view.getInt16(1 + 4 * i, true), view.getInt16(3 + 4 * i, true)],
  );
  if (units.length === 3) units.push(fourthOf(units));
  return units.map(([east, north]) => {
    const [x, y] = [east * unit, north * unit];
    const vector: Vector = [0, 1, 2].map(
      (axis) => centre[axis]! + x * toEast[axis]! + y * toNorth[axis]!,
    ) as unknown as Vector;
    const norm = length(vector);
    return toRaDec([vector[0] / norm, vector[1] / norm, vector[2] / norm]);
  });
}
