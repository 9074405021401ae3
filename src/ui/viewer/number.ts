/** Values in words: with all the digits that mean something. */

/** A pixel's value with as many digits as tell it from its neighbours among floats, where it is one, or doubles. */
export function valueText(value: number | bigint | null, isFloat: boolean): string {
  if (value === null) return "–";
  if (typeof value === "bigint" || Number.isInteger(value)) return String(value);
  if (Number.isNaN(value)) return "undefined";
  if (!isFloat) return String(value);
  // Nine digits are enough for every float (IEEE 754-2019 §5.12.2), and fewer for most.
  const texts = [6, 7, 8, 9].map((digits) => value.toPrecision(digits));
  return String(Number(texts.find((text) => Math.fround(Number(text)) === value)));
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
