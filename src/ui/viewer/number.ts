/** Values in words: with all the digits that mean something. */

/** A pixel's value with every digit that its type holds. */
export function valueText(value: number | bigint | null): string {
  if (value === null) return "–";
  if (typeof value === "bigint" || Number.isInteger(value)) return String(value);
  return Number.isNaN(value) ? "undefined" : String(Number(value.toPrecision(8)));
}

/** A measured quantity, by default with six digits. */
export function short(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return "–";
  return String(Number(value.toPrecision(digits)));
}

/** Degrees as arcseconds, arcminutes or degrees. */
export function angleText(degrees: number): string {
  const seconds = degrees * 3600;
  if (seconds < 60) return `${short(seconds, 3)}″`;
  return seconds < 3600 ? `${short(seconds / 60, 3)}′` : `${short(degrees, 3)}°`;
}
