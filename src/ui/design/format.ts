/** How values are written for people. Times are UTC, in ISO order; numbers are grouped by thin spaces. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** `12,345`. */
export function count(value: number): string {
  return whole.format(value);
}

/** `1 frame`, `12,345 frames`. */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Decimal units, three significant digits: `8.39 MB`. */
export function bytes(value: number): string {
  let unit = 0;
  let rest = value;
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1000;
    unit++;
  }
  return `${unit === 0 ? rest : Number(rest.toPrecision(3))} ${UNITS[unit]}`;
}

/** `2026-11-21 03:12:45` from the API's ISO time. */
export function time(iso: string): string {
  return iso.slice(0, 19).replace("T", " ");
}

/** `2026-11-21 03:12:45.123`. */
export function timeFine(iso: string): string {
  return iso.replace("T", " ").replace(/Z$/, "");
}

/** Seconds as astronomers write exposures: no needless digits. */
export function seconds(value: number | null): string {
  if (value === null) return "";
  return String(Number(value.toPrecision(6)));
}

const LEVELS: Record<number, string> = { 0: "raw", 1: "reduced" };

/** `0 raw`, `1 reduced`, `91`. */
export function level(value: number): string {
  const name = LEVELS[value];
  return name === undefined ? String(value) : `${value} ${name}`;
}
