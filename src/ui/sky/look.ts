/** Where the map looks, as an address has it: right ascension, declination and width of the map, degrees. */
import { fieldOfView, type View } from "./projection.ts";

export function textOfLook(view: View): string {
  const field = fieldOfView(view);
  // A ten-thousandth of the map's width: less than a pixel.
  const digits = Math.max(0, Math.min(8, Math.ceil(4 - Math.log10(field))));
  return [view.ra.toFixed(digits), view.dec.toFixed(digits), field.toPrecision(4)].map(Number).join(",");
}

/** [ra, dec, width]; null: no such text. */
export function readLook(text: string | null): [ra: number, dec: number, field: number] | null {
  const numbers = (text ?? "").split(",").map((part) => (part === "" ? Number.NaN : Number(part)));
  const [ra, dec, field] = numbers as [number, number, number];
  if (numbers.length !== 3 || !numbers.every(Number.isFinite)) return null;
  return Math.abs(dec) <= 90 && field > 0 && field <= 360 ? [((ra % 360) + 360) % 360, dec, field] : null;
}
