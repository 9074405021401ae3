/** How a preview can be asked for, and the one way each of those wishes is written in keys and entity tags. */
import { COLORMAPS, type Colormap } from "../imaging/colormap.ts";
import { type Cuts, cutsText, parseCuts } from "../imaging/cuts.ts";
import { ImagingError } from "../imaging/errors.ts";
import { STRETCHES, type Stretch } from "../imaging/stretch.ts";
import type { StoredFile } from "../store/frame.ts";
import { ArchiveError } from "./errors.ts";

export const FORMATS = ["png", "jpeg", "webp"] as const;
export type PreviewFormat = (typeof FORMATS)[number];

export interface PreviewOptions {
  /** Columns, at most those of the image; null: 200, for which a smaller image is enlarged. */
  width: number | null;
  format: PreviewFormat;
  cuts: Cuts;
  stretch: Stretch;
  colormap: Colormap;
  /** Index from 0 or EXTNAME; null: the science image. */
  hdu: number | string | null;
  /** Plane of a cube, from 0. */
  plane: number;
}

export const DEFAULT_WIDTH = 200;

export const DEFAULT_PREVIEW: PreviewOptions = {
  width: null,
  format: "png",
  cuts: { kind: "zscale" },
  stretch: "linear",
  colormap: "grey",
  hdu: null,
  plane: 0,
};

/** The previews that every frame has in R2 from its ingest on: for lists, and for a frame's page. */
export const KEPT_PREVIEWS: readonly PreviewOptions[] = [DEFAULT_PREVIEW, { ...DEFAULT_PREVIEW, width: 1024 }];

/** No image is wider; a number beyond is a slip. */
const MOST_WIDTH = 1_000_000;

function refuse(field: string, value: string, accepts: string): never {
  const shown = value.length > 60 ? `${value.slice(0, 59)}…` : value;
  throw new ArchiveError("BAD_PARAMETER", `"${shown}" is not accepted; it accepts ${accepts}.`, { field });
}

function choice<T extends string>(field: string, value: string, choices: readonly T[]): T {
  const found = choices.find((name) => name === value.toLowerCase());
  return found ?? refuse(field, value, choices.join(", "));
}

function whole(field: string, value: string, least: number, what: string): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  return number >= least && number <= MOST_WIDTH ? number : refuse(field, value, what);
}

/** Wishes by the names of their parameters; empty ones are not there. Throws BAD_PARAMETER, which names the field. */
export function parsePreview(parameters: Record<string, string | undefined>): PreviewOptions {
  const options = { ...DEFAULT_PREVIEW };
  const given = (name: string): string | null => parameters[name]?.trim() || null;
  const width = given("width");
  if (width !== null) {
    options.width = whole("width", width, 1, "a number of pixels from 1; beyond the image's own, that is meant");
  }
  const format = given("format");
  if (format !== null) options.format = format.toLowerCase() === "jpg" ? "jpeg" : choice("format", format, FORMATS);
  const cuts = given("cuts");
  if (cuts !== null) options.cuts = cutsOf(cuts);
  const stretch = given("stretch");
  if (stretch !== null) options.stretch = choice("stretch", stretch, STRETCHES);
  const colormap = given("cmap");
  if (colormap !== null) options.colormap = colormap === "gray" ? "grey" : choice("cmap", colormap, COLORMAPS);
  const hdu = given("hdu");
  if (hdu !== null) {
    if (hdu.length > 68) refuse("hdu", hdu, "a number from 0, or an EXTNAME");
    options.hdu = /^\d+$/.test(hdu) ? whole("hdu", hdu, 0, "a number from 0, or an EXTNAME") : hdu.toUpperCase();
  }
  const plane = given("plane");
  if (plane !== null) options.plane = whole("plane", plane, 0, "the number of a cube's plane, from 0");
  return options;
}

function cutsOf(text: string): Cuts {
  try {
    return parseCuts(text);
  } catch (error) {
    if (error instanceof ImagingError) throw new ArchiveError("BAD_PARAMETER", error.message, { field: "cuts" });
    throw error;
  }
}

/** Counted up when the same wish gives other bytes than before, so that no cache shows the old ones. */
const REVISION = 3;

/** The same wish always gives the same name, another wish another: printable ASCII without quotes. */
export function previewName(options: PreviewOptions): string {
  const { width, format, cuts, stretch, colormap, hdu, plane } = options;
  const where = typeof hdu === "string" ? `~${encodeURIComponent(hdu)}` : (hdu ?? "sci");
  return `r${REVISION}-${width ?? "default"}-${cutsText(cuts)}-${stretch}-${colormap}-${where}-${plane}.${format}`;
}

/** Strong entity tag: the pixels (the upload's checksum, which packing does not change) and the wish. */
export function previewTag(file: StoredFile, options: PreviewOptions): string {
  return `"${(file.original ?? file).sha256.slice(0, 20)}-${previewName(options)}"`;
}

/** Where a frame's previews lie in R2; `archive/stock.ts` knows this form too. */
export function previewPrefix(id: number): string {
  return `previews/${id}/`;
}

/** Where a kept preview of a version lies in R2; null for wishes that are not kept there. */
export function previewKey(id: number, version: number, options: PreviewOptions): string | null {
  const name = previewName(options);
  const isKept = KEPT_PREVIEWS.some((kept) => previewName(kept) === name);
  return isKept ? `${previewPrefix(id)}${version}/${name}` : null;
}
