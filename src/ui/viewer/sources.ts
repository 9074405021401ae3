/** Sources of a frame's catalogue table as places on its image. Pure. */
import type { Wcs } from "../../sky/wcs.ts";
import type { CsvTable } from "../frame/csv.ts";
import type { Point } from "./plane.ts";

export interface Source {
  /** Row of the table, from 0. */
  row: number;
  at: Point;
}

/** Names of columns by the programs that write them (pyobs and sep, SExtractor, photutils, BANZAI), the best first. */
const PIXELS = [
  ["x", "y"],
  ["xwin", "ywin"],
  ["xwin_image", "ywin_image"],
  ["x_image", "y_image"],
  ["xcentroid", "ycentroid"],
  ["xcenter", "ycenter"],
];
const SKY = [
  ["ra", "dec"],
  ["alpha_j2000", "delta_j2000"],
  ["alphawin_j2000", "deltawin_j2000"],
  ["ra_icrs", "de_icrs"],
  ["sky_centroid.ra", "sky_centroid.dec"],
];

/**
 * Every source with a place. The sky decides where the table and the image's WCS have it: whether a table counts pixels
 * from 0 or from 1 is not written in it. Null where it names no places.
 */
export function sourcesOf(table: CsvTable, wcs: Wcs | null): Source[] | null {
  const names = table.columns.map((name) => name.trim().toLowerCase());
  const find = (pairs: string[][]): [number, number] | null => {
    for (const [first, second] of pairs) {
      const columns: [number, number] = [names.indexOf(first!), names.indexOf(second!)];
      if (columns[0] >= 0 && columns[1] >= 0) return columns;
    }
    return null;
  };
  const sky = wcs === null ? null : find(SKY);
  const columns = sky ?? find(PIXELS);
  if (columns === null) return null;
  const sources: Source[] = [];
  for (const [row, cells] of table.rows.entries()) {
    const texts = columns.map((column) => cells[column]?.trim() ?? "");
    const [a, b] = texts.map((text) => (text === "" ? Number.NaN : Number(text))) as [number, number];
    if (!Number.isFinite(a) || !Number.isFinite(b)) continue;
    const at = sky === null ? ([a, b] as const) : wcs!.icrsToPixel(a, b);
    if (at !== null) sources.push({ row, at });
  }
  return sources;
}

/** The source nearest to a place within a distance, pixels; null: none. */
export function nearestSource(sources: readonly Source[], [x, y]: Point, within: number): Source | null {
  let nearest: Source | null = null;
  let least = within;
  for (const source of sources) {
    const distance = Math.hypot(source.at[0] - x, source.at[1] - y);
    if (distance > least) continue;
    least = distance;
    nearest = source;
  }
  return nearest;
}
