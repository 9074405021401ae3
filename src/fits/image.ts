/** Images as typed arrays: whole, in sections, or as a stream of rows. */
import { type Box, boxSize } from "./box.ts";
import { tileReader } from "./compression/tile-reader.ts";
import { FitsError } from "./errors.ts";
import type { Hdu, ImageLayout } from "./hdu.ts";
import type { Header } from "./header.ts";
import { makePixels, makeStored, type PixelArray, type PixelType, type StoredArray, storedType } from "./pixels.ts";
import { plainReader } from "./plain-image.ts";
import { flippedView, isSignFlip, physicalType, type Scaling, scalePixels } from "./scale.ts";
import type { StoredReader } from "./stored-reader.ts";

/** A part of an image in pixels from 0; row 0 is the first in the file, which is the lowest on the sky's display. */
export interface Section {
  /** Columns `[x0, x1)`; all where absent. */
  x?: readonly [number, number];
  /** Rows `[y0, y1)`; all where absent. */
  y?: readonly [number, number];
  /** One plane of a cube, counted from 0 through all axes beyond the second. */
  plane?: number;
}

export interface ReadOptions extends Section {
  /** True: values as stored, without BSCALE, BZERO and BLANK. */
  raw?: boolean;
  signal?: AbortSignal;
}

export interface Image {
  readonly data: PixelArray;
  readonly type: PixelType;
  /** As numpy's: the fastest axis last. `[height, width]`, with planes in front for a cube read whole. */
  readonly shape: readonly number[];
}

/** Neighbouring rows of one plane. */
export interface RowBlock {
  /** Row of the image (not of the section) the block begins with. */
  readonly y: number;
  readonly rows: number;
  readonly width: number;
  /** `rows × width` values, row by row. */
  readonly data: PixelArray;
}

/** Size of a block of rows, in bytes as stored, where tiles do not say. */
const BLOCK_BYTES = 1024 * 1024;

/**
 * Reads an image or a section of it; only the rows or tiles it needs. Types as astropy's: unsigned by BZERO's
 * conventions, float32 or float64 where BSCALE, BZERO or BLANK ask for it (undefined pixels are NaN), else as stored.
 * Throws NO_IMAGE, BAD_VALUE for a section outside the image, TRUNCATED and CORRUPT for bad data, TOO_LARGE.
 */
export async function readImage(hdu: Hdu, options: ReadOptions = {}): Promise<Image> {
  const image = imageOf(hdu);
  const box = boxOf(image, options);
  const { type, flip, marked, convert } = converter(hdu, image, options.raw ?? false);
  const reader = await readerOf(hdu, image, false, marked);
  const stored = allocate(hdu, image, boxSize(box), type, marked);
  await reader.read(box, stored, options.signal, flip);
  const sizes = box.hi.map((hi, axis) => hi - box.lo[axis]!);
  const shape = (options.plane === undefined ? sizes : sizes.slice(0, 2)).reverse();
  return { data: convert(stored), type, shape };
}

/**
 * The same as a stream: gives the rows of one plane (default 0) in ascending order, in bounded memory. A block's values
 * are there only while `visit` looks at them: their memory is used again. Throws as readImage.
 */
export async function visitRows(hdu: Hdu, options: ReadOptions, visit: (block: RowBlock) => void): Promise<void> {
  const image = imageOf(hdu);
  const box = boxOf(image, { ...options, plane: options.plane ?? 0 });
  const width = box.hi[0]! - box.lo[0]!;
  const [first, last] = [box.lo[1] ?? 0, box.hi[1] ?? 1];
  // A part of the rows' width or height may end long before the data do: nothing is read ahead then.
  const isWhole = width === image.axes[0] && last - first === (image.axes[1] ?? 1);
  const { type, flip, marked, convert } = converter(hdu, image, options.raw ?? false);
  const reader = await readerOf(hdu, image, isWhole && !hdu.source.forwardOnly, marked);
  let y = first;
  const take = (stored: StoredArray): void => {
    const rows = stored.length / width;
    visit({ y, rows, width, data: convert(stored) });
    y += rows;
  };
  if (await reader.visit?.(box, take, options.signal, flip)) return;
  const natural = Math.max(1, Math.floor(BLOCK_BYTES / (width * (Math.abs(image.bitpix) / 8))));
  // Whole tiles are read at once: none is decoded twice.
  const step = Math.max(1, Math.floor(natural / reader.rowStep)) * reader.rowStep;
  const buffer = allocate(hdu, image, Math.min(step, last - first) * width, type, marked);
  while (y < last) {
    const next = Math.min((Math.floor(y / step) + 1) * step, last);
    const part = box.lo.length > 1 ? { lo: box.lo.with(1, y), hi: box.hi.with(1, next) } : box;
    const stored = buffer.subarray(0, (next - y) * width);
    await reader.read(part, stored, options.signal, flip);
    take(stored);
  }
}

/** The type readImage will answer with. */
export function imageType(hdu: Hdu): PixelType {
  const image = imageOf(hdu);
  return physicalType(image.bitpix, scalingOf(hdu, image));
}

/** Whether integers of the image may be undefined: by BLANK, or in a compressed image by ZBLANK, for all tiles or each. */
export function hasBlank(hdu: Hdu): boolean {
  const { header, storedHeader } = hdu;
  return header.has("BLANK") || storedHeader.has("ZBLANK") || hasBlankColumn(hdu);
}

function hasBlankColumn({ kind, storedHeader }: Hdu): boolean {
  if (kind !== "compressed-image") return false;
  return storedHeader.cards.some(({ keyword, value }) => keyword.startsWith("TTYPE") && value === "ZBLANK");
}

/** BSCALE, BZERO and BLANK of an image. */
function scalingOf(hdu: Hdu, image: ImageLayout): Scaling {
  return {
    bscale: hdu.header.number("BSCALE") ?? 1,
    // Adding -0 leaves everything as it is, -0 too: where there is nothing to add, astropy does not.
    bzero: hdu.header.number("BZERO") || -0,
    blank: image.bitpix > 0 ? blankOf(hdu) : undefined,
  };
}

/** NaN where each tile has its own, in a column that comes before all keywords, as in CFITSIO. */
function blankOf(hdu: Hdu): number | bigint | undefined {
  if (hasBlankColumn(hdu)) return Number.NaN;
  // A compressed image may keep it as ZBLANK alone (§10.1.2).
  return blankIn(hdu.header, "BLANK") ?? blankIn(hdu.storedHeader, "ZBLANK");
}

/** One that is no integer is ignored, as in astropy; file.ts has put a warning on the HDU. */
function blankIn(header: Header, keyword: string): number | bigint | undefined {
  const card = header.card(keyword);
  return card?.type === "integer" ? (card.value as number | bigint) : undefined;
}

interface Converter {
  readonly type: PixelType;
  /** Whether `convert` wants values with their sign bit flipped. */
  readonly flip: boolean;
  /** Whether it wants doubles, NaN where a tile says undefined: each tile has a ZBLANK of its own. */
  readonly marked: boolean;
  /** Stored to physical; the stored array may become the answer. */
  convert(stored: StoredArray): PixelArray;
}

function converter(hdu: Hdu, image: ImageLayout, raw: boolean): Converter {
  const stored = storedType(image.bitpix);
  const scaling = scalingOf(hdu, image);
  const type = raw ? stored : physicalType(image.bitpix, scaling);
  if (isSignFlip(stored, type)) return { type, flip: true, marked: false, convert: flippedView };
  const isIdentity = scaling.bscale === 1 && scaling.bzero === 0 && scaling.blank === undefined;
  if (raw || isIdentity) return { type, flip: false, marked: false, convert: (values) => values };
  const scale = hdu.runtime.kernels.scalePixels ?? scalePixels;
  return {
    type,
    flip: false,
    marked: Number.isNaN(scaling.blank),
    convert(values) {
      const out = (stored === type ? values : makePixels(type, values.length)) as Float32Array | Float64Array;
      scale(values, out, scaling);
      return out;
    },
  };
}

function imageOf(hdu: Hdu): ImageLayout {
  if (hdu.image) return hdu.image;
  throw new FitsError("NO_IMAGE", `HDU ${hdu.index} (${hdu.kind}) has no image`, { hdu: hdu.index });
}

async function readerOf(hdu: Hdu, image: ImageLayout, sequential: boolean, marked: boolean): Promise<StoredReader> {
  if (hdu.kind !== "compressed-image") return plainReader(hdu, image, sequential);
  return await tileReader(hdu, sequential, marked);
}

function boxOf(image: ImageLayout, section: Section): Box {
  const { axes } = image;
  const lo = axes.map(() => 0);
  const hi = [...axes];
  const cut = (axis: number, name: string, range: readonly [number, number] | undefined): void => {
    if (!range) return;
    const length = axes[axis] ?? 1;
    const [from, to] = range;
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to > length || from >= to) {
      throw new FitsError("BAD_VALUE", `${name} [${from}, ${to}) is not a part of [0, ${length})`);
    }
    if (axis < axes.length) [lo[axis], hi[axis]] = [from, to];
  };
  cut(0, "x", section.x);
  cut(1, "y", section.y);
  if (section.plane !== undefined) {
    const planes = axes.slice(2).reduce((product, length) => product * length, 1);
    if (!Number.isInteger(section.plane) || section.plane < 0 || section.plane >= planes) {
      throw new FitsError("BAD_VALUE", `plane ${section.plane} is not one of ${planes}`);
    }
    let rest = section.plane;
    for (let axis = 2; axis < axes.length; axis++) {
      const index = rest % axes[axis]!;
      rest = Math.floor(rest / axes[axis]!);
      [lo[axis], hi[axis]] = [index, index + 1];
    }
  }
  return { lo, hi };
}

function allocate(hdu: Hdu, image: ImageLayout, pixels: number, type: PixelType, marked: boolean): StoredArray {
  const bytes = pixels * Math.max(Math.abs(image.bitpix) / 8, type === "float64" ? 8 : 4);
  if (bytes > hdu.runtime.maxBytes) {
    const message = `${pixels} pixels take ${bytes} bytes; allowed are ${hdu.runtime.maxBytes}`;
    throw new FitsError("TOO_LARGE", message, { hdu: hdu.index });
  }
  return marked ? new Float64Array(pixels) : makeStored(image.bitpix, pixels);
}
