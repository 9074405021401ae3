/**
 * Regions of the sky as queries write them: `POINT(ra dec)`, `CIRCLE ra dec r`, `POLYGON((ra dec, …))` in the manner of
 * WKT (OCS), and without parentheses or commas in the manner of ADQL and DALI. Degrees, ICRS.
 */
import { normaliseRa, separation } from "./angle.ts";
import { SkyError } from "./errors.ts";

export type Region =
  | { shape: "point"; ra: number; dec: number }
  | { shape: "circle"; ra: number; dec: number; radius: number }
  | { shape: "polygon"; vertices: [number, number][] };

const FORMS = "POINT(ra dec), CIRCLE ra dec radius, or POLYGON((ra dec, ra dec, ra dec, …)), in degrees";
const MAX_VERTICES = 1000;

function refuse(value: string, why: string): never {
  throw new SkyError(
    "BAD_REGION",
    `"${value.length > 80 ? `${value.slice(0, 77)}…` : value}" ${why}; it accepts ${FORMS}.`,
    {
      value,
    },
  );
}

function position(value: string, ra: number, dec: number): [number, number] {
  if (!(ra >= -180 && ra <= 360)) refuse(value, `has a right ascension of ${ra} degrees (0 to 360)`);
  if (!(Math.abs(dec) <= 90)) refuse(value, `has a declination of ${dec} degrees (-90 to 90)`);
  return [normaliseRa(ra), dec];
}

/** Parses one region; vertices are parted as they come, a closing vertex equal to the first is dropped. */
export function parseRegion(text: string): Region {
  const value = text.trim();
  const match = /^(point|position|circle|polygon)\b\s*(?:ICRS\b)?(.*)$/is.exec(value);
  if (match === null) refuse(value, "is no region");
  const shape = match[1]!.toLowerCase();
  const body = match[2]!.trim();
  // Parentheses only ever enclose the whole list here: no holes, no collections.
  const inner = /^\(\s*\((.*)\)\s*\)$/s.exec(body)?.[1] ?? /^\((.*)\)$/s.exec(body)?.[1] ?? body;
  const words = inner
    .replace(/^\s*(['"])ICRS\1\s*,/i, "")
    .trim()
    .split(/\s*,\s*|\s+/);
  const numbers = words.map((word) => (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : Number.NaN));
  if (numbers.some((number) => !Number.isFinite(number))) refuse(value, "has something that is no number");
  if (shape === "point" || shape === "position") {
    if (numbers.length !== 2) refuse(value, "needs two numbers");
    const [ra, dec] = position(value, numbers[0]!, numbers[1]!);
    return { shape: "point", ra, dec };
  }
  if (shape === "circle") {
    if (numbers.length !== 3) refuse(value, "needs three numbers");
    const [ra, dec] = position(value, numbers[0]!, numbers[1]!);
    const radius = numbers[2]!;
    if (!(radius >= 0 && radius <= 180)) refuse(value, `has a radius of ${radius} degrees (0 to 180)`);
    return { shape: "circle", ra, dec, radius };
  }
  if (numbers.length % 2 !== 0) refuse(value, "has an odd number of coordinates");
  const vertices: [number, number][] = [];
  for (let i = 0; i < numbers.length; i += 2) vertices.push(position(value, numbers[i]!, numbers[i + 1]!));
  const first = vertices[0]!;
  const last = vertices.at(-1)!;
  if (vertices.length > 1 && separation(...first, ...last) === 0) vertices.pop();
  if (vertices.length < 3) refuse(value, "needs at least three different vertices");
  if (vertices.length > MAX_VERTICES) refuse(value, `has more than ${MAX_VERTICES} vertices`);
  return { shape: "polygon", vertices };
}
