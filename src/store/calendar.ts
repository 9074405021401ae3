/** Days and periods by which frames are counted; the triggers of the migration compute the same numbers in SQL. */

const DAY_MS = 86_400_000;
/** 1 January of year 1 in UTC milliseconds: day 0, so that all numbers are positive and SQL's division rounds down. */
const ORIGIN = -62_135_596_800_000;
/** Days in a period: the grain of the counts that a Worker keeps in memory. */
export const PERIOD_DAYS = 32;

export function dayOf(time: number): number {
  return Math.floor((time - ORIGIN) / DAY_MS);
}

/** First millisecond of a day. */
export function dayStart(day: number): number {
  return day * DAY_MS + ORIGIN;
}

/** The day whose date names a night, given in days since 1970-01-01. */
export function dayOfNight(night: number): number {
  return dayOf(night * DAY_MS);
}

/** Days since 1970-01-01 of a day. */
export function nightOfDay(day: number): number {
  return dayStart(day) / DAY_MS;
}

/** First millisecond of the date that names a night. */
export function nightStart(night: number): number {
  return night * DAY_MS;
}

export function periodOf(day: number): number {
  return Math.floor(day / PERIOD_DAYS);
}

/** `YYYY-MM-DD` as days since 1970-01-01. Throws a RangeError for anything else. */
export function nightNumber(night: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(night) ? Date.parse(`${night}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time)) throw new RangeError(`"${night}" is no night (YYYY-MM-DD).`);
  return time / DAY_MS;
}

export function nightText(night: number): string {
  return new Date(night * DAY_MS).toISOString().slice(0, 10);
}
