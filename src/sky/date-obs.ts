/**
 * DATE-OBS, in every form that headers have had: FITS 4.0 §4.4.2.1 and §9, the `dd/mm/yy` of before 1999, and the
 * variants that instruments write (zone, blank instead of T, time in a keyword of its own).
 */
import { SkyError } from "./errors.ts";
import { taiToUtc } from "./leap-seconds.ts";

const ISO =
  /^([+-]?\d{4,5})-(\d{1,2})-(\d{1,2})(?:(?:T|t|\s+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d*)?)?\s*(Z|z|UTC?|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const OLD = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})$/;
const TIME = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d*)?)?\s*Z?$/i;

const FORMS =
  "YYYY-MM-DD, YYYY-MM-DDThh:mm:ss[.sss] (with Z or ±hh:mm if need be), or dd/mm/yy of the twentieth century";

export interface DateObsContext {
  /** Time of day in a keyword of its own (TIME-OBS, UT, UTC-OBS …): used where DATE-OBS has none. Seconds of the day, or hh:mm:ss. */
  time?: string | number | null;
  /** TIMESYS: UTC if absent (FITS 4.0 §9.2.1). */
  timesys?: string | null;
}

/** TIMESYS → how far its clock is ahead of TAI, seconds; null: UTC itself. FITS 4.0 table 30. */
const SCALES: Record<string, number | null> = {
  UTC: null,
  UT: null,
  GMT: null,
  // UT1 is kept within 0.9 s of UTC; the difference is measured, not computed, and far below what a search needs.
  UT1: null,
  TAI: 0,
  IAT: 0,
  TT: 32.184,
  TDT: 32.184,
  ET: 32.184,
  TDB: 32.184, // and a periodic part, see toUtc
  GPS: -19,
};

function refuse(value: string, why = `it accepts ${FORMS}`, keyword = "DATE-OBS"): never {
  throw new SkyError("BAD_DATE", `${keyword} "${value}" is no date; ${why}.`, { value, keyword });
}

function dayMs(value: string, year: number, month: number, day: number): number {
  const date = new Date(0);
  // Date.UTC would read the years 0–99 as 1900–1999.
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    refuse(value, "there is no such day in the calendar");
  }
  return date.getTime();
}

/**
 * Milliseconds of the day; what is left of the microseconds is cut off, as pyobs-archive's answers do. 24:00:00 and the
 * leap second 23:59:60 reach into the next day.
 */
function timeMs(
  value: string,
  hours: string,
  minutes: string,
  seconds = "0",
  fraction = "",
  keyword = "DATE-OBS",
): number {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  const leap = h === 23 && m === 59 && s === 60;
  const end = h === 24 && m === 0 && s === 0 && !/[1-9]/.test(fraction);
  if ((h > 23 && !end) || m > 59 || (s > 59 && !leap)) refuse(value, "there is no such time of the day", keyword);
  const ms = fraction.length > 1 ? Math.floor(Math.round(Number(`0${fraction}`) * 1e6) / 1000) : 0;
  return ((h * 60 + m) * 60 + s) * 1000 + ms;
}

function zoneMs(value: string, zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const digits = zone.replace(":", "");
  const hours = Number(digits.slice(1, 3));
  const minutes = Number(digits.slice(3) || 0);
  if (hours > 15 || minutes > 59) refuse(value, "there is no such time zone");
  return (digits[0] === "-" ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function timeKeyword(time: string | number): number {
  if (typeof time === "number" || /^\d+(\.\d*)?$/.test(time.trim())) {
    const seconds = Number(time);
    if (!(seconds >= 0 && seconds < 86401)) {
      refuse(String(time), "it accepts seconds of the day or hh:mm:ss", "the time of day");
    }
    return Math.round(seconds * 1000);
  }
  const match = TIME.exec(time.trim());
  if (match === null) refuse(time, "it accepts hh:mm:ss[.sss] or seconds of the day", "the time of day");
  return timeMs(time, match[1]!, match[2]!, match[3], match[4], "the time of day");
}

/**
 * UTC milliseconds since 1970 of a DATE-OBS value.
 *
 * A date alone is midnight, unless `time` gives the time of the day. `dd/mm/yy` is 19yy by the standard (§4.4.2.1);
 * `dd/mm/yyyy`, which it never allowed, is read as written. The leap second 23:59:60 becomes 00:00:00 of the next day,
 * as POSIX time has no number for it. TAI, TT, TDB and GPS are brought to UTC by the leap seconds; other TIMESYS and
 * TAI-like scales before 1972 are refused.
 */
export function parseDateObs(input: string, { time = null, timesys = null }: DateObsContext = {}): number {
  const value = input.trim();
  const ofDay = (): number => (time === null || time === "" ? 0 : timeKeyword(time));
  let ms: number;
  let zoned = false;
  let match: RegExpExecArray | null;
  if ((match = ISO.exec(value)) !== null) {
    const [, year, month, day, hours, minutes, seconds, fraction, zone] = match;
    zoned = zone !== undefined;
    const date = dayMs(value, Number(year), Number(month), Number(day));
    ms =
      hours === undefined
        ? date + ofDay()
        : date + timeMs(value, hours, minutes!, seconds, fraction) - zoneMs(value, zone);
  } else if ((match = COMPACT.exec(value)) !== null) {
    ms = dayMs(value, Number(match[1]), Number(match[2]), Number(match[3])) + ofDay();
  } else if ((match = OLD.exec(value)) !== null) {
    const year = match[3]!.length === 2 ? 1900 + Number(match[3]) : Number(match[3]);
    ms = dayMs(value, year, Number(match[2]), Number(match[1])) + ofDay();
  } else {
    refuse(value);
  }
  // A zone states civil time, whatever TIMESYS says beside it.
  return zoned ? ms : toUtc(ms, timesys);
}

/** TDB - TT in milliseconds, to 0.03 ms: the eccentricity of the Earth's orbit (Astronomical Almanac, section B). */
function tdbMinusTt(ms: number): number {
  const days = ms / 86_400_000 - 10_957.5; // from J2000
  const anomaly = ((357.53 + 0.98560028 * days) * Math.PI) / 180;
  return 1.658 * Math.sin(anomaly) + 0.014 * Math.sin(2 * anomaly);
}

function toUtc(ms: number, timesys: string | null): number {
  // "TT(TAI)", "UTC(NIST)": a realisation in parentheses (§9.2.1) does not change the scale.
  const scale = (timesys ?? "")
    .trim()
    .toUpperCase()
    .replace(/\(.*\)$/, "");
  if (scale === "") return ms;
  const ahead = SCALES[scale];
  if (ahead === undefined) {
    throw new SkyError(
      "BAD_DATE",
      `TIMESYS "${timesys}" is not read here; it accepts ${Object.keys(SCALES).join(", ")}.`,
      { value: scale, keyword: "TIMESYS" },
    );
  }
  if (ahead === null) return ms;
  const utc = taiToUtc(ms - ahead * 1000 - (scale === "TDB" ? tdbMinusTt(ms) : 0));
  if (utc === null) {
    throw new SkyError("BAD_DATE", `TIMESYS "${timesys}" cannot be brought to UTC before 1972.`, {
      value: scale,
      keyword: "TIMESYS",
    });
  }
  return Math.round(utc);
}
