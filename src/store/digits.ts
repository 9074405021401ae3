/**
 * Request and observation numbers are mostly digits, often with zeros in front. Those are kept as the integer of the
 * same digits after a 1, which takes half of the bytes and loses nothing; other texts stay texts.
 */

export function packDigits(text: string | null): string | number | null {
  return text !== null && /^\d{1,14}$/.test(text) ? Number(`1${text}`) : text;
}

export function unpackDigits(kept: string | number | null): string | null {
  return typeof kept === "number" ? String(kept).slice(1) : kept;
}

/** The text again, in SQL. */
export function unpackedDigits(column: string): string {
  return `CASE typeof(${column}) WHEN 'integer' THEN substr(${column}, 2) ELSE ${column} END`;
}
