/**
 * Previews: pictures of a frame's image. The two that lists and frame pages show are made once and kept in R2; others
 * are drawn when asked for, and kept by the edge cache (`http/preview.ts`). Drawing streams the image through decoding
 * and averaging, so its memory is that of the picture, whatever the frame's size.
 */
import { FitsError } from "../fits/errors.ts";
import type { FitsFile } from "../fits/file.ts";
import type { Hdu } from "../fits/hdu.ts";
import { imageRows } from "../fits/image.ts";
import { draw, drawAll, enlarge, type Picture, type RowSource, widestPicture } from "../imaging/picture.ts";
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { Frame, StoredFile } from "../store/frame.ts";
import type { Archive } from "./context.ts";
import { ArchiveError } from "./errors.ts";
import { openFrameFile } from "./frame-file.ts";
import { CONTENT_TYPE, encode, mostPixels } from "./preview-encode.ts";
import { DEFAULT_WIDTH, KEPT_PREVIEWS, type PreviewOptions, previewKey, previewPrefix } from "./preview-options.ts";

export interface Preview {
  bytes: Uint8Array;
  contentType: string;
}

/** A preview that lies in R2, or one drawn now. Throws as `drawPreview`. */
export async function preview(
  archive: Pick<Archive, "config" | "files">,
  frame: Pick<Frame, "id" | "version" | "file">,
  options: PreviewOptions,
  signal?: AbortSignal,
): Promise<Preview> {
  const key = previewKey(frame.id, frame.version, options);
  const kept = key === null ? null : await archive.files.get(key);
  const contentType = CONTENT_TYPE[options.format];
  if (kept !== null) return { bytes: await new Response(kept.body).bytes(), contentType };
  const bytes = await drawPreview(archive, frame.file, options, signal);
  if (key !== null) await archive.files.put(key, bytes, { contentType });
  return { bytes, contentType };
}

/**
 * Draws and encodes. Throws FitsError where the file has no such image or its data are broken, BAD_PARAMETER for an HDU
 * or a plane that is not there, FileStoreError.
 */
export async function drawPreview(
  { config, files }: Pick<Archive, "config" | "files">,
  file: StoredFile,
  options: PreviewOptions,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const fits = await openFrameFile(files, file, config, signal);
  const source = imageSource(await chooseHdu(fits, options.hdu), options.plane, signal);
  const width = Math.min(options.width ?? DEFAULT_WIDTH, widest(source, options));
  const picture = await draw(source, { width, cuts: options.cuts, stretch: options.stretch });
  return encode(finish(picture, options), options.format, options.colormap);
}

/** The previews that are kept, by one reading of the file; a frame without a picture gets none. Safe to repeat. */
export async function makePreviews(archive: Archive, id: number, version: number): Promise<void> {
  const frame = await archive.catalogue.frame(id, { kind: "all" }, version);
  if (frame === null) return;
  const missing: { key: string; options: PreviewOptions }[] = [];
  for (const options of KEPT_PREVIEWS) {
    const key = previewKey(id, version, options)!;
    if ((await archive.files.head(key)) === null) missing.push({ key, options });
  }
  const [first] = missing;
  if (first === undefined) return;
  const { cuts, stretch } = first.options;
  let pictures: Picture[];
  try {
    const fits = await openFrameFile(archive.files, frame.file, archive.config);
    const source = imageSource(await fits.science(), first.options.plane);
    const widths = missing.map(({ options }) => Math.min(options.width ?? DEFAULT_WIDTH, widest(source, options)));
    pictures = await drawAll(source, widths, { cuts, stretch });
  } catch (error) {
    // What cannot be drawn now cannot be drawn by trying again; who asks for it is told why.
    if (error instanceof FitsError || (error instanceof FileStoreError && error.code === "MISSING")) return;
    throw error;
  }
  for (const [index, { key, options }] of missing.entries()) {
    const bytes = await encode(finish(pictures[index]!, options), options.format, options.colormap);
    await archive.files.put(key, bytes, { contentType: CONTENT_TYPE[options.format] });
  }
  // Deleted meanwhile: nobody would remove what was just written.
  if ((await archive.catalogue.frame(id, { kind: "all" }, version)) === null) await removePreviews(archive.files, id);
}

/** Removes all previews of a frame, of every version. */
export async function removePreviews(files: FileStore, id: number): Promise<void> {
  for (;;) {
    const page = await files.list(previewPrefix(id));
    await files.delete(page.files.map(({ key }) => key));
    if (page.cursor === null) return;
  }
}

/** A small image is enlarged only where no width was asked for: so many rows at most, for slits and spectra. */
const MOST_ENLARGED_ROWS = 1000;

function finish(picture: Picture, options: PreviewOptions): Picture {
  return options.width === null ? enlarge(picture, DEFAULT_WIDTH, MOST_ENLARGED_ROWS) : picture;
}

/** The widest picture of an image that may be drawn and written. */
function widest(source: RowSource, { format }: PreviewOptions): number {
  const most = mostPixels(format);
  const drawn = widestPicture(source.width, source.height);
  if (most === null) return drawn;
  return Math.max(1, Math.min(drawn, Math.floor(source.width * Math.sqrt(most / (source.width * source.height)))));
}

async function chooseHdu(fits: FitsFile, wanted: number | string | null): Promise<Hdu> {
  if (wanted === null) return fits.science();
  try {
    return await fits.hdu(wanted);
  } catch (error) {
    if (!(error instanceof FitsError) || error.code !== "NO_SUCH_HDU") throw error;
    const names = (await fits.hdus()).map(({ index, extname }) =>
      extname === "" ? `${index}` : `${index} (${extname})`,
    );
    throw new ArchiveError("BAD_PARAMETER", `The file has no HDU ${wanted}; it accepts ${names.join(", ")}.`, {
      field: "hdu",
    });
  }
}

/** One plane of an image inside its TRIMSEC, from the lowest row up. */
function imageSource(hdu: Hdu, plane: number, signal?: AbortSignal): RowSource {
  if (hdu.image === undefined) {
    throw new FitsError("NO_IMAGE", `HDU ${hdu.index} (${hdu.extname || hdu.kind}) has no image`, { hdu: hdu.index });
  }
  const [columns = 1, rows = 1, ...more] = hdu.image.axes;
  const planes = more.reduce((product, length) => product * length, 1);
  if (plane >= planes) {
    throw new ArchiveError(
      "BAD_PARAMETER",
      planes === 1
        ? "The image has one plane; it accepts 0."
        : `The image has no plane ${plane}; it accepts 0 to ${planes - 1}.`,
      { field: "plane" },
    );
  }
  const { x, y } = trimmed(hdu, columns, rows);
  return {
    width: x[1] - x[0],
    height: y[1] - y[0],
    rows: () => imageRows(hdu, { x, y, plane, signal }),
  };
}

/**
 * The part of the image that TRIMSEC names, `[x1:x2,y1:y2]` from 1, both ends inside. Ends in reverse order are the
 * same part, ends beyond the image its edges; what is no section, or lies outside, is not respected.
 */
function trimmed(hdu: Hdu, columns: number, rows: number): { x: [number, number]; y: [number, number] } {
  const whole: { x: [number, number]; y: [number, number] } = { x: [0, columns], y: [0, rows] };
  const text = hdu.header.get("TRIMSEC");
  const match = /^\s*\[?\s*(-?\d+)\s*:\s*(-?\d+)\s*,\s*(-?\d+)\s*:\s*(-?\d+)\s*\]?\s*$/.exec(String(text ?? ""));
  if (match === null) return whole;
  const [x1, x2, y1, y2] = match.slice(1).map(Number) as [number, number, number, number];
  const range = (a: number, b: number, size: number): [number, number] => [
    Math.max(0, Math.min(a, b) - 1),
    Math.min(size, Math.max(a, b)),
  ];
  const section = { x: range(x1, x2, columns), y: range(y1, y2, rows) };
  return section.x[0] < section.x[1] && section.y[0] < section.y[1] ? section : whole;
}
