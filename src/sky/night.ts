/** The night an exposure belongs to: the date at its start, so that one night's frames stay together past midnight. */
import { SkyError } from "./errors.ts";

const DAY = 86_400_000;

/** `YYYY-MM-DD` of a DAY-OBS value, written `2024-01-15`, `20240115` (as LCO does) or with a time after it. */
export function parseNight(input: string | number): string {
  const value = String(input).trim();
  const match = /^(\d{4})-?(\d{2})-?(\d{2})(?:[T\s].*)?$/.exec(value);
  const night = match === null ? "" : `${match[1]}-${match[2]}-${match[3]}`;
  if (match === null || !isDay(night)) {
    throw new SkyError("BAD_DATE", `"${value}" is no night; it accepts YYYY-MM-DD or YYYYMMDD.`, {
      value,
      keyword: "DAY-OBS",
    });
  }
  return night;
}

function isDay(night: string): boolean {
  const ms = Date.parse(`${night}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(night);
}

/**
 * The night of a moment: local mean solar noon to noon at `longitude` (degrees east, any turn); without a longitude
 * the UTC date. Mean solar time needs no zone table and is what separates two nights everywhere on Earth.
 */
export function nightOf(utc: number, longitude: number | null): string {
  if (longitude === null) return new Date(utc).toISOString().slice(0, 10);
  const east = ((((longitude + 180) % 360) + 360) % 360) - 180;
  return new Date(utc + (east / 360) * DAY - DAY / 2).toISOString().slice(0, 10);
}
