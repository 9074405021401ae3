/** How single values of query parameters are read. What cannot be read is Refused with a word on what is accepted. */
import { parseDec, parseRa } from "../sky/angle.ts";
import { parseDateObs } from "../sky/date-obs.ts";
import { SkyError } from "../sky/errors.ts";
import { parseNight } from "../sky/night.ts";
import { Polygon } from "../sky/polygon.ts";
import { parseRegion } from "../sky/region.ts";
import type { SkyRegion } from "../store/frame.ts";

/** The message says what was given and what is accepted. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** As short as an error message should be, whatever was sent. */
function quoted(value: string): string {
  return `"${value.length > 60 ? `${value.slice(0, 59)}…` : value}"`;
}

function bySky<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SkyError) throw new Refused(error.message, { cause: error });
    throw error;
  }
}

export function text(value: string): string {
  return value;
}

/** Python, by which pyobs-archive reads numbers, takes `1_000` for 1000. */
export function digits(value: string): string {
  return value.replace(/(?<=\d)_(?=\d)/g, "");
}

export function integer(value: string): number {
  const number = /^[+-]?\d{1,15}$/.test(digits(value)) ? Number(digits(value)) : Number.NaN;
  if (Number.isNaN(number)) throw new Refused(`${quoted(value)} is no whole number; it accepts one such as 1.`);
  return number;
}

export function decimal(value: string): number {
  const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(digits(value)) ? Number(digits(value)) : Number.NaN;
  if (!Number.isFinite(number)) throw new Refused(`${quoted(value)} is no number; it accepts one such as 12.5.`);
  return number;
}

/** In the catalogue's form, `1x1`. */
export function binning(value: string): string {
  const match = /^(\d{1,4})(?:\.0*)?\s*[xX×]\s*(\d{1,4})(?:\.0*)?$/.exec(value);
  if (match === null) throw new Refused(`${quoted(value)} is no binning; it accepts one such as 1x1 or 2x2.`);
  return `${Number(match[1])}x${Number(match[2])}`;
}

export function truth(value: string): boolean {
  if (/^(true|1|yes|on)$/i.test(value)) return true;
  if (/^(false|0|no|off)$/i.test(value)) return false;
  throw new Refused(`${quoted(value)} is neither true nor false.`);
}

export function night(value: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(value) ?? [];
  const full = year === undefined ? value : `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`;
  return bySky(() => parseNight(full));
}

const MOMENT_FORMS =
  "a date (2024-01-15) or a date and time (2024-01-15T22:05:00, 2024-01-15T22:05:00Z, 2024-01-15T22:05:00+02:00, 2024-01-15 22:05)";

/** ISO 8601's basic format, 20240115T220500, which Python's fromisoformat() reads as well, and its decimal comma. */
const BASIC = /^(\d{4})(\d{2})(\d{2})(?:[T ](\d{2})(\d{2})(\d{2})?(?![\d:]))?/;

/** UTC milliseconds. */
export function moment(value: string): number {
  const plain = value
    .replace(BASIC, (_, year, month, day, hours, minutes, seconds = "00") => {
      const date = `${year}-${month}-${day}`;
      return hours === undefined ? date : `${date}T${hours}:${minutes}:${seconds}`;
    })
    .replace(/(?<=:\d{2}),(?=\d)/, ".");
  // A "+" that was not encoded arrives as a blank: "22:05:00 02:00".
  const zoned = plain.replace(/(\d[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?) (\d{2}:?\d{2})$/, "$1+$2");
  if (/^\d{4}-\d/.test(zoned)) {
    try {
      return parseDateObs(zoned);
    } catch (error) {
      if (!(error instanceof SkyError)) throw error;
    }
  }
  throw new Refused(`${quoted(value)} is no moment; it accepts ${MOMENT_FORMS}.`);
}

/** Degrees. */
export function rightAscension(value: string): number {
  return bySky(() => parseRa(value));
}

/** Degrees. */
export function declination(value: string): number {
  return bySky(() => parseDec(value));
}

/** Degrees. */
export function radius(value: string): number {
  const degrees = decimal(value);
  if (degrees < 0 || degrees > 180) {
    throw new Refused(`${quoted(value)} is no radius; it accepts degrees from 0 to 180.`);
  }
  return degrees;
}

export function region(value: string): SkyRegion {
  const found = bySky(() => parseRegion(value));
  if (found.shape === "polygon" && !Polygon.accepts(found.vertices)) {
    throw new Refused(`${quoted(value)} is too large; it accepts polygons that lie within a hemisphere.`);
  }
  return found;
}
