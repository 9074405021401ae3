/** Angles as people and headers write them, and distances on the sphere. Degrees everywhere unless a name says else. */
import { SkyError } from "./errors.ts";

export const DEGREE = Math.PI / 180;

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** Three (or two) fields parted by colons, blanks or unit letters; only the last may have a fraction. */
const SEXAGESIMAL =
  /^([+-])?\s*(\d{1,3})(\s*[:\s]\s*|\s*[hHdD°]\s*)(\d{1,2})(?:(?:\s*[:\s]\s*|\s*[mM'′]\s*)(\d{1,2}(?:\.\d*)?)\s*[sS"″]?|(\.\d+)?\s*[mM'′]?)$/;

const RA_FORMS = "decimal degrees (187.25) or hours (12:29:00, 12 29 00, 12h29m00s)";
const DEC_FORMS = "decimal degrees (-0.5) or degrees, minutes, seconds (-00:30:00, -00 30 00, -00d30m00s)";

function sexagesimal(text: string): { value: number; unit: string } | null {
  const match = SEXAGESIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole = "", separator = "", minutes = "", seconds, fraction] = match;
  const m = Number(minutes + (fraction ?? ""));
  const s = Number(seconds ?? 0);
  // Some programs round 59.9996 s to 60.00 and do not carry; that is the same angle, so it is read.
  if (m >= 60 || s > 60) return null;
  const value = Number(whole) + m / 60 + s / 3600;
  // The sign is a character of its own: "-00 30 00" has no number that could carry it.
  return { value: sign === "-" ? -value : value, unit: separator.trim().toLowerCase() };
}

/**
 * Right ascension in degrees, 0 ≤ RA < 360. A number (or a text that is one) is degrees; negative ones down to -180
 * are read as west of 0. Sexagesimal is hours, unless its first unit is `d` or `°`.
 */
export function parseRa(input: string | number): number {
  const text = String(input).trim();
  let value: number;
  if (DECIMAL.test(text)) {
    value = Number(text);
  } else {
    const parsed = sexagesimal(text);
    if (parsed === null)
      throw new SkyError("BAD_ANGLE", `"${text}" is no right ascension; it accepts ${RA_FORMS}.`, { value: text });
    value = parsed.unit === "d" || parsed.unit === "°" ? parsed.value : parsed.value * 15;
  }
  if (!(value >= -180 && value <= 360)) {
    throw new SkyError(
      "BAD_ANGLE",
      `"${text}" is out of range for a right ascension (0 to 360 degrees, 0 to 24 hours).`,
      {
        value: text,
      },
    );
  }
  return normaliseRa(value);
}

/** Declination in degrees, -90 to 90. */
export function parseDec(input: string | number): number {
  const text = String(input).trim().replace(/^[−–]/, "-");
  let value: number;
  if (DECIMAL.test(text)) {
    value = Number(text);
  } else {
    const parsed = sexagesimal(text);
    if (parsed === null || parsed.unit === "h") {
      throw new SkyError("BAD_ANGLE", `"${text}" is no declination; it accepts ${DEC_FORMS}.`, { value: text });
    }
    value = parsed.value;
  }
  if (!(Math.abs(value) <= 90)) {
    throw new SkyError("BAD_ANGLE", `"${text}" is out of range for a declination (-90 to 90 degrees).`, {
      value: text,
    });
  }
  return value;
}

/** The same angle in 0 ≤ RA < 360. */
export function normaliseRa(ra: number): number {
  const turned = ra % 360;
  const positive = turned < 0 ? turned + 360 : turned;
  // -1e-20 + 360 rounds to 360.
  return positive >= 360 ? 0 : positive + 0;
}

function split(value: number, digits: number): [number, string, string] {
  const scale = 10 ** digits;
  const total = Math.round(value * 3600 * scale);
  const seconds = (total % (60 * scale)) / scale;
  const minutes = Math.floor(total / (60 * scale)) % 60;
  const width = digits === 0 ? 2 : digits + 3;
  return [
    Math.floor(total / (3600 * scale)),
    String(minutes).padStart(2, "0"),
    seconds.toFixed(digits).padStart(width, "0"),
  ];
}

/** `hh:mm:ss.ss`; `digits` of the seconds. */
export function formatRa(ra: number, digits = 2): string {
  const [hours, minutes, seconds] = split(normaliseRa(ra) / 15, digits);
  return `${String(hours % 24).padStart(2, "0")}:${minutes}:${seconds}`;
}

/** `±dd:mm:ss.s`; `digits` of the seconds. */
export function formatDec(dec: number, digits = 1): string {
  const [degrees, minutes, seconds] = split(Math.abs(dec), digits);
  return `${dec < 0 || Object.is(dec, -0) ? "-" : "+"}${String(degrees).padStart(2, "0")}:${minutes}:${seconds}`;
}

/**
 * Angle between two directions, degrees. Vincenty's formula: exact for tiny separations and for antipodes alike, where
 * the cosine rule loses half of the digits.
 */
export function separation(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const dRa = (ra2 - ra1) * DEGREE;
  const sin1 = Math.sin(dec1 * DEGREE);
  const cos1 = Math.cos(dec1 * DEGREE);
  const sin2 = Math.sin(dec2 * DEGREE);
  const cos2 = Math.cos(dec2 * DEGREE);
  const x = cos2 * Math.sin(dRa);
  const y = cos1 * sin2 - sin1 * cos2 * Math.cos(dRa);
  return Math.atan2(Math.hypot(x, y), sin1 * sin2 + cos1 * cos2 * Math.cos(dRa)) / DEGREE;
}
