/**
 * Previews: pictures of a frame's image. The two that lists and frame pages show are made once and kept in R2; others
 * are drawn when asked for, and kept by the edge cache (`http/preview.ts`). Drawing streams the image through decoding
 * and averaging, so its memory is that of the picture, whatever the frame's size.
 */
import { FitsError } from "../fits/errors.ts";
import { draw, drawAll, enlarge, type Picture, type RowSource, widestPicture } from "../imaging/picture.ts";
import { kernels } from "../kernels/worker.ts";
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { Frame, StoredFile } from "../store/frame.ts";
import type { Archive } from "./context.ts";
import { ArchiveError } from "./errors.ts";
import { FrameImage } from "./frame-image.ts";
import { CONTENT_TYPE, encode, joined, limitsOf } from "./preview-encode.ts";
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
 * or a plane that is not there and for a width that cannot be drawn, FileStoreError.
 */
export async function drawPreview(
  archive: Pick<Archive, "config" | "files">,
  file: StoredFile,
  options: PreviewOptions,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  // The picture must be let go of before its file is put together: of a 4k frame each has 16 MB.
  return joined(await drawParts(archive, file, options, signal));
}

async function drawParts(
  archive: Pick<Archive, "config" | "files">,
  file: StoredFile,
  options: PreviewOptions,
  signal?: AbortSignal,
): Promise<Uint8Array[]> {
  // And the image's buffers before the picture is encoded.
  const picture = await pictureOf(archive, file, options, signal);
  return encode(finish(picture, options), options.format, options.colormap);
}

async function pictureOf(
  { config, files }: Pick<Archive, "config" | "files">,
  file: StoredFile,
  options: PreviewOptions,
  signal?: AbortSignal,
): Promise<Picture> {
  await using image = await FrameImage.open(files, file, config, options, signal);
  const { stretch } = options;
  return await draw(image, { width: widthOf(image, options), cuts: image.storedCuts(options.cuts), stretch, kernels });
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
    await using image = await FrameImage.open(archive.files, frame.file, archive.config, first.options);
    const widths = missing.map(({ options }) => widthOf(image, options));
    pictures = await drawAll(image, widths, { cuts: image.storedCuts(cuts), stretch, kernels });
  } catch (error) {
    // What cannot be drawn now cannot be drawn by trying again; who asks for it is told why.
    const isMissing = error instanceof FileStoreError && error.code === "MISSING";
    const isTooLarge = error instanceof ArchiveError && error.code === "BAD_PARAMETER";
    if (error instanceof FitsError || isMissing || isTooLarge) return;
    throw error;
  }
  for (const [index, { key, options }] of missing.entries()) {
    const bytes = joined(await encode(finish(pictures[index]!, options), options.format, options.colormap));
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

/** Pixels of an enlarged picture at most: a column of 100 pixels as wide as other previews has four million. */
const MOST_ENLARGED = 4 * 1024 * 1024;

/** A small image is enlarged only where no width was asked for. */
function finish(picture: Picture, { width, format }: PreviewOptions): Picture {
  return width === null ? enlarge(picture, DEFAULT_WIDTH, { ...limitsOf(format), pixels: MOST_ENLARGED }) : picture;
}

/** Columns to draw. A width that was asked for and is no wider than the image is drawn or refused, never another. */
function widthOf(source: RowSource, { width, format }: PreviewOptions): number {
  const { width: columns, height: rows } = source;
  const wanted = Math.min(width ?? DEFAULT_WIDTH, columns);
  const limits = limitsOf(format);
  const most = widestPicture(columns, rows, limits);
  if (wanted <= most) return wanted;
  if (width === null && most > 0) return most;
  const reason = `a ${format} has at most ${limits.pixels} pixels, ${limits.side} a side`;
  // A column that is too high for a PNG can be drawn in no way; `draw` says so.
  if (most === 0 && format === "png") return wanted;
  if (most === 0) {
    const text = `The image of ${columns} × ${rows} pixels cannot be drawn: ${reason}.`;
    throw new ArchiveError("BAD_PARAMETER", text, { field: "format" });
  }
  const limit = `it accepts up to ${most} for an image of ${columns} × ${rows} pixels: ${reason}`;
  throw new ArchiveError("BAD_PARAMETER", `"${width}" is not accepted; ${limit}.`, { field: "width" });
}
