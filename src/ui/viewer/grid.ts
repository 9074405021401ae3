/** Lines of equal right ascension and declination across a part of an image. Pure; coordinates are FITS's, ICRS. */
import { formatDec, formatRa, normaliseRa } from "../../sky/angle.ts";
import type { Wcs } from "../../sky/wcs.ts";
import type { Point } from "./plane.ts";

export interface GridLine {
  kind: "ra" | "dec";
  /** Degrees. */
  value: number;
  label: string;
  /** Where the image can show it; several pieces where it leaves the projected sky in between. */
  pieces: Point[][];
}

export interface Bounds {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Seconds of time and of arc that lines may be apart. */
const RA_STEPS = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200,
  10_800,
];
const DEC_STEPS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18_000, 36_000,
  54_000, 108_000,
];
const MOST_LINES = 7;
/** Points of a line. */
const POINTS = 48;
/** Places in which the part of the image is looked at, along each side. */
const LOOKS = 12;

/** Lines at round values, some four to seven of each kind; none where the part shows no sky. */
export function gridLines(wcs: Wcs, bounds: Bounds): GridLine[] {
  const sky = skyOf(wcs, bounds);
  if (sky === null) return [];
  const { ra, dec } = sky;
  const raStep = stepOf(RA_STEPS, (ra[1] - ra[0]) * 240) / 240;
  const decStep = stepOf(DEC_STEPS, (dec[1] - dec[0]) * 3600) / 3600;
  const lines: GridLine[] = [];
  for (const value of multiples(ra, raStep)) {
    if (value - ra[0] >= 360) continue;
    const pieces = piecesOf(wcs, (t) => [value, dec[0] + (dec[1] - dec[0]) * t]);
    lines.push({ kind: "ra", value: normaliseRa(value), label: raLabel(value, raStep), pieces });
  }
  for (const value of multiples(dec, decStep)) {
    const pieces = piecesOf(wcs, (t) => [ra[0] + (ra[1] - ra[0]) * t, value]);
    lines.push({ kind: "dec", value, label: decLabel(value, decStep), pieces });
  }
  return lines;
}

/** Ranges of RA (the first may be below 0, they are no more than 360 apart) and Dec of a part of an image. */
function skyOf(wcs: Wcs, { x0, y0, x1, y1 }: Bounds): { ra: [number, number]; dec: [number, number] } | null {
  const seen: [number, number][] = [];
  for (let j = 0; j <= LOOKS; j++) {
    for (let i = 0; i <= LOOKS; i++) {
      const position = wcs.pixelToIcrs(x0 + ((x1 - x0) * i) / LOOKS, y0 + ((y1 - y0) * j) / LOOKS);
      if (position !== null) seen.push(position);
    }
  }
  const first = seen[seen.length >> 1];
  if (first === undefined) return null;
  // Counted from one of them, so that a part across 0h has one range.
  const turned = seen.map(([ra]) => first[0] + ((((ra - first[0]) % 360) + 540) % 360) - 180);
  const range = (values: number[]): [number, number] => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = (high - low) / LOOKS;
    return [low - margin, high + margin];
  };
  let ra = range(turned);
  let dec = range(seen.map((position) => position[1]));
  for (const pole of [90, -90]) {
    const at = wcs.icrsToPixel(0, pole);
    if (at === null || at[0] < x0 || at[0] > x1 || at[1] < y0 || at[1] > y1) continue;
    ra = [0, 360];
    dec = pole > 0 ? [dec[0], 90] : [-90, dec[1]];
  }
  if (ra[1] - ra[0] >= 360) ra = [0, 360];
  return { ra, dec: [Math.max(-90, dec[0]), Math.min(90, dec[1])] };
}

function stepOf(steps: readonly number[], range: number): number {
  return steps.find((step) => range / step <= MOST_LINES) ?? steps.at(-1)!;
}

function multiples([low, high]: [number, number], step: number): number[] {
  const found: number[] = [];
  // Integers times the step: adding it up would drift away from round values.
  for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) found.push(n * step);
  return found;
}

function piecesOf(wcs: Wcs, position: (t: number) => [number, number]): Point[][] {
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  for (let i = 0; i <= POINTS; i++) {
    const [ra, dec] = position(i / POINTS);
    const pixel = wcs.icrsToPixel(normaliseRa(ra), dec);
    if (pixel !== null) piece.push(pixel);
    if ((pixel === null || i === POINTS) && piece.length > 0) {
      if (piece.length > 1) pieces.push(piece);
      piece = [];
    }
  }
  return pieces;
}

/** Digits of the seconds that a step needs. */
function digitsOf(seconds: number): number {
  return Math.max(0, -Math.floor(Math.log10(seconds) + 1e-9));
}

function raLabel(ra: number, step: number): string {
  const seconds = step * 240;
  const text = formatRa(ra, seconds < 1 ? digitsOf(seconds) : 0);
  return seconds >= 3599.99 ? `${text.slice(0, 2)}h` : seconds >= 59.99 ? text.slice(0, 5) : text;
}

function decLabel(dec: number, step: number): string {
  const seconds = step * 3600;
  // -1e-16 is the equator.
  const text = formatDec(Math.abs(dec) < 1e-9 ? 0 : dec, seconds < 1 ? digitsOf(seconds) : 0);
  return seconds >= 3599.99 ? `${text.slice(0, 3)}°` : seconds >= 59.99 ? text.slice(0, 6) : text;
}
