/** Where a telescope stands, and what Sun and Moon did, as the header of one of its frames says. */
import type { Place } from "../../sky/sun-moon.ts";

/** Keyword → value, as `GET /frames/ID/headers/` has it in `data`. */
export type HeaderData = Readonly<Record<string, unknown>>;

/** Altitudes at a frame's start, as its header has them; degrees. */
export interface Sample {
  ms: number;
  sun: number | null;
  moon: number | null;
}

/** What is known of the sky over a site. `place`: null where no header tells it. */
export interface SiteSky {
  place: Place | null;
  samples: Sample[];
}

/** Pairs of geodetic latitude and longitude (east positive), in the order in which they are believed. */
const PAIRS = [
  ["LATITUDE", "LONGITUD"], // pyobs, Las Cumbres
  ["LATITUDE", "LONGITUDE"],
  ["OBSGEO-B", "OBSGEO-L"], // FITS 4.0 §8.4.1, table 29
  ["SITELAT", "SITELONG"], // MaxIm DL, NINA
  ["OBS-LAT", "OBS-LONG"],
  ["LAT-OBS", "LONG-OBS"],
  ["GEOLAT", "GEOLON"],
  ["HIERARCH ESO TEL GEOLAT", "HIERARCH ESO TEL GEOLON"],
  ["ESO TEL GEOLAT", "ESO TEL GEOLON"],
] as const;

/** A number of degrees, or `+51 33 37.8`, `-32:22:46`. */
function degrees(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (/^[+-]?\d+(\.\d*)?$/.test(text)) return Number(text);
  const match = /^([+-])?(\d{1,3})[:\s]+(\d{1,2})(?:[:\s]+(\d{1,2}(?:\.\d*)?))?$/.exec(text);
  if (match === null) return null;
  const size = Number(match[2]) + Number(match[3]) / 60 + Number(match[4] ?? 0) / 3600;
  return match[1] === "-" ? -size : size;
}

function placeOf(latitude: number | null, longitude: number | null): Place | null {
  if (latitude === null || longitude === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 360) return null;
  // Simulators and unset controllers write zeros: that is the Gulf of Guinea, and no observatory.
  return latitude === 0 && longitude === 0 ? null : { latitude, longitude };
}

/** Geocentric metres to geodetic degrees on WGS 84: Bowring's formula, good to a microdegree on the ground. */
function geodetic(x: number, y: number, z: number): Place | null {
  const a = 6_378_137;
  const b = 6_356_752.314_245;
  const p = Math.hypot(x, y);
  if (!(Math.hypot(p, z) > 6e6 && Math.hypot(p, z) < 7e6)) return null;
  const theta = Math.atan2(z * a, p * b);
  const [ea, eb] = [(a * a - b * b) / (a * a), (a * a - b * b) / (b * b)];
  const latitude = Math.atan2(z + eb * b * Math.sin(theta) ** 3, p - ea * a * Math.cos(theta) ** 3);
  return { latitude: (latitude * 180) / Math.PI, longitude: (Math.atan2(y, x) * 180) / Math.PI };
}

/** Null where the header does not say it, or says nonsense. */
export function placeIn(header: HeaderData): Place | null {
  for (const [latitude, longitude] of PAIRS) {
    const place = placeOf(degrees(header[latitude]), degrees(header[longitude]));
    if (place !== null) return place;
  }
  const [x, y, z] = ["OBSGEO-X", "OBSGEO-Y", "OBSGEO-Z"].map((key) => header[key]);
  return typeof x === "number" && typeof y === "number" && typeof z === "number" ? geodetic(x, y, z) : null;
}

/** Altitudes that the telescope's own software wrote at the frame's start, degrees; null: it did not. */
export function altitudesIn(header: HeaderData): { sun: number | null; moon: number | null } {
  const first = (...keys: string[]) => {
    for (const key of keys) {
      const value = degrees(header[key]);
      if (value !== null && Math.abs(value) <= 90) return value;
    }
    return null;
  };
  return { sun: first("SUNALT", "SUN-ALT", "SUN_ALT"), moon: first("MOONALT", "MOON-ALT", "MOON_ALT") };
}
