/** What the WCS says about the image that is looked at. Pure. */
import { Wcs } from "../../sky/wcs.ts";

/** The WCS of a header's cards; null where it has none, or one that cannot be read. */
export function wcsOf(keywords: Record<string, number | string>): Wcs | null {
  try {
    return Wcs.read({
      number: (keyword) => {
        const value = keywords[keyword];
        return typeof value === "number" ? value : undefined;
      },
      string: (keyword) => {
        const value = keywords[keyword];
        return typeof value === "string" ? value : undefined;
      },
    });
  } catch {
    // A WCS that makes no sense takes nothing away but the coordinates.
    return null;
  }
}

/** Directions on the image at a place: image offsets of unit length to north and to east; null off the sky. */
export function directions(wcs: Wcs, x: number, y: number): { north: [number, number]; east: [number, number] } | null {
  const here = wcs.pixelToIcrs(x, y);
  const scale = wcs.pixelScale(x, y);
  if (here === null || scale === null) return null;
  const [ra, dec] = here;
  const towards = (dRa: number, dDec: number): [number, number] | null => {
    const pixel = wcs.icrsToPixel(ra + dRa / Math.max(1e-9, Math.cos((dec * Math.PI) / 180)), dec + dDec);
    if (pixel === null) return null;
    const [dx, dy] = [pixel[0] - x, pixel[1] - y];
    const length = Math.hypot(dx, dy);
    return length > 0 ? [dx / length, dy / length] : null;
  };
  const [north, east] = [towards(0, 5 * scale), towards(5 * scale, 0)];
  return north === null || east === null ? null : { north, east };
}

const BARS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000, 108000];

/** A round length on the sky that is at most `room` CSS pixels long. `scale`: degrees for one CSS pixel. */
export function scaleBar(scale: number, room: number): { label: string; length: number } | null {
  const arcseconds = BARS.filter((length) => length / 3600 / scale <= room).at(-1);
  if (arcseconds === undefined) return null;
  const label =
    arcseconds < 60 ? `${arcseconds}″` : arcseconds < 3600 ? `${arcseconds / 60}′` : `${arcseconds / 3600}°`;
  return { label, length: arcseconds / 3600 / scale };
}
