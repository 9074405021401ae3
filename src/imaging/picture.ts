/**
 * An image as a picture of 256 levels: averaged to size, cut, stretched, turned upright. Rows come as a stream, so that
 * a frame of any size is drawn in the memory of its picture: at most about 24 MB of buffers here.
 *
 * This folder turns pixels into pictures: cut levels, stretches, colour maps, averaging, PNG. It is pure and knows no
 * FITS: an image is a `RowSource`. The browser's viewer uses the same parts.
 */
import type { Cuts } from "./cuts.ts";
import { Downsampler, pictureSize } from "./downsample.ts";
import { ImagingError } from "./errors.ts";
import { areFinite, canBeUndefined, type Pixels, type Row, toRow, valuesOf } from "./pixels.ts";
import type { ImagingKernels } from "./runtime.ts";
import { Distribution, Sampler } from "./statistics.ts";
import { type Stretch, stretchOf } from "./stretch.ts";
import { ZSCALE_SAMPLES, zscale } from "./zscale.ts";

/** An image that can be read from its first row to its last, more than once. */
export interface RowSource {
  readonly width: number;
  readonly height: number;
  /** Gives blocks of whole rows in ascending order; an array is there only while it is looked at. */
  eachBlock(visit: (data: Pixels) => void): Promise<void>;
}

export interface DrawOptions {
  /** Columns of the picture; at most those of the image. */
  width: number;
  cuts: Cuts;
  stretch: Stretch;
  /** Loops that the runtime has faster. */
  kernels?: Partial<ImagingKernels>;
}

export interface Picture {
  width: number;
  height: number;
  /** The uppermost row first, which is the last of the image. */
  levels: Uint8Array;
  /** Level of pixels without a value; null: all have one. */
  undefinedLevel: number | null;
  /** The values drawn black and white; null where no pixel has a value. */
  cuts: [number, number] | null;
}

/** Most pixels of a picture: a 4096² frame in its own size. */
export const MAX_PICTURE = 4096 * 4096;

/** How large a picture can be. */
export interface Limits {
  /** In all. */
  pixels: number;
  /** Along either side. */
  side: number;
}
/**
 * Up to so many the averaged values are kept (16 MB), so that one reading of the image gives cuts and picture. As doubles:
 * single precision would tell the values of an image apart less well than its cut levels.
 */
const MOST_VALUES = 2 * 1024 * 1024;
/** Values that histogram equalisation looks at where the picture's own are not kept. */
const HISTEQ_SAMPLES = 1 << 18;

/** The widest picture within limits that can be drawn of an image; 0 where a single column is too high. */
export function widestPicture(width: number, height: number, { pixels, side }: Limits): number {
  const byPixels = Math.sqrt(pixels / (width * height)) * width;
  const byHeight = ((side + 0.5) * width) / height;
  let widest = Math.max(1, Math.floor(Math.min(width, side, byPixels, byHeight)));
  const fits = (size: { width: number; height: number }) => size.width * size.height <= pixels && size.height <= side;
  // The number of rows is rounded.
  while (widest > 0 && !fits(pictureSize(width, height, widest))) widest--;
  return widest;
}

export async function draw(source: RowSource, options: DrawOptions): Promise<Picture> {
  const { width, height } = pictureSize(source.width, source.height, options.width);
  if (width * height > MAX_PICTURE) {
    throw new ImagingError("BAD_SIZE", `A picture has at most ${MAX_PICTURE} pixels; ${width} × ${height} is more.`);
  }
  if (width * height > MOST_VALUES) return drawTwice(source, width, height, options);
  const [picture] = await drawAll(source, [options.width], options);
  return picture!;
}

/**
 * Pictures of several widths by one reading: cut levels are gathered while the pictures are averaged. For pictures that
 * have some two million pixels in all at most.
 */
export async function drawAll(
  source: RowSource,
  widths: readonly number[],
  options: Omit<DrawOptions, "width">,
): Promise<Picture[]> {
  const canvases = widths.map((wanted) => {
    const { width, height } = pictureSize(source.width, source.height, wanted);
    const values = new Float64Array(width * height);
    const take = (y: number, row: Float64Array): void => values.set(row, (height - 1 - y) * width);
    const sum = options.kernels?.sumIntegers;
    const downsampler = new Downsampler(source.width, source.height, width, height, take, sum);
    return { width, height, values, downsampler };
  });
  const gathered = new Gathering(source, options.cuts, options.kernels);
  let floats = false;
  await eachRow(source, (row, kind) => {
    floats = kind.floats;
    gathered.push(row, kind);
    for (const { downsampler } of canvases) downsampler.push(row, kind.finite);
  });
  const cuts = await gathered.cuts();
  return canvases.map(({ width, height, values }) => {
    const levels = new Uint8Array(width * height);
    const painter = new Painter(cuts, options.stretch, floats, () => values);
    painter.paint(values, levels);
    return { width, height, levels, undefinedLevel: painter.sawUndefined ? 0 : null, cuts };
  });
}

/** Two readings, for pictures whose averaged values are too many to keep. */
async function drawTwice(source: RowSource, width: number, height: number, options: DrawOptions): Promise<Picture> {
  const gathered = new Gathering(source, options.cuts, options.kernels);
  const ranks = new Sampler(source.width * source.height, HISTEQ_SAMPLES);
  let floats = false;
  await eachRow(source, (row, kind) => {
    floats = kind.floats;
    gathered.push(row, kind);
    if (options.stretch === "histeq") ranks.push(row, kind.finite);
  });
  const cuts = await gathered.cuts();
  const levels = new Uint8Array(width * height);
  const painter = new Painter(cuts, options.stretch, floats, () => ranks.samples);
  const place = (y: number): Uint8Array => levels.subarray((height - 1 - y) * width, (height - y) * width);
  const take = (y: number, row: Float64Array): void => painter.paint(row, place(y));
  const sum = options.kernels?.sumIntegers;
  const downsampler = new Downsampler(source.width, source.height, width, height, take, sum);
  const isOwnSize = width === source.width && height === source.height;
  let y = 0;
  await eachRow(source, (rows, { finite }) => {
    if (!isOwnSize || !(rows instanceof Int16Array)) downsampler.push(rows, finite);
    else
      for (let at = 0; at < rows.length; at += width) painter.paintIntegers(rows.subarray(at, at + width), place(y++));
  });
  return { width, height, levels, undefinedLevel: painter.sawUndefined ? 0 : null, cuts };
}

/** What is known of rows beside their values. */
interface RowKind {
  /** The image is one of floats, and may have undefined pixels. */
  floats: boolean;
  /** These rows have none. */
  finite: boolean;
  /** All values that pixels of the image can have, where they can be counted. */
  values: { lowest: number; count: number } | null;
}

/** Gives all rows, from the lowest up: 16-bit integers as they come, others one by one, in an array that is used again. */
async function eachRow(source: RowSource, visit: (rows: Row, kind: RowKind) => void): Promise<void> {
  const doubles = new Float64Array(source.width);
  await source.eachBlock((data) => {
    const floats = canBeUndefined(data);
    const values = valuesOf(data);
    if (data instanceof Int16Array) {
      visit(data, { floats, finite: true, values });
      return;
    }
    for (let start = 0; start < data.length; start += source.width) {
      const row = toRow(data.subarray(start, start + source.width), doubles);
      visit(row, { floats, finite: !floats || areFinite(doubles), values });
    }
  });
}

/** What the cut levels need, and no more, while the rows go by. */
class Gathering {
  readonly #sampler: Sampler | null;
  readonly #distribution: Distribution | null;

  constructor(
    readonly source: RowSource,
    readonly wanted: Cuts,
    kernels: Partial<ImagingKernels> | undefined,
  ) {
    const pixels = source.width * source.height;
    this.#sampler = wanted.kind === "zscale" ? new Sampler(pixels, ZSCALE_SAMPLES) : null;
    this.#distribution =
      wanted.kind === "percentile" || wanted.kind === "minmax"
        ? new Distribution(pixels, wanted.kind === "percentile", kernels?.countIntegers)
        : null;
  }

  push(row: Row, { finite, values }: RowKind): void {
    this.#sampler?.push(row, finite);
    this.#distribution?.push(row, values);
  }

  async cuts(): Promise<[number, number] | null> {
    const { wanted } = this;
    switch (wanted.kind) {
      case "levels":
        return [wanted.low, wanted.high];
      case "zscale":
        return zscale((await this.#evenSampler()).samples);
      case "minmax":
        return this.#distribution!.extremes();
      case "percentile": {
        const low = this.#distribution!.percentile((100 - wanted.percent) / 2);
        const high = this.#distribution!.percentile(100 - (100 - wanted.percent) / 2);
        return low === null || high === null ? null : [low, high];
      }
    }
  }

  /** Undefined pixels change the distance between samples, and their number is known only at the end. */
  async #evenSampler(): Promise<Sampler> {
    const sampler = this.#sampler!;
    if (sampler.count === sampler.expected || sampler.count === 0) return sampler;
    const again = new Sampler(sampler.count, ZSCALE_SAMPLES);
    await eachRow(this.source, (row, { finite }) => again.push(row, finite));
    return again;
  }
}

/** Values to levels. Where pixels can be undefined, level 0 is theirs, and the darkest value is level 1. */
class Painter {
  sawUndefined = false;
  readonly #stretch: (x: number) => number;
  #table: Uint8Array | null = null;

  constructor(
    readonly cuts: [number, number] | null,
    stretch: Stretch,
    readonly reserve: boolean,
    values: () => Float64Array,
  ) {
    this.#stretch = stretchOf(stretch, () =>
      values()
        .filter(Number.isFinite)
        .map((value) => this.#normalise(value)),
    );
  }

  /** Like matplotlib's norms: of cuts that coincide, everything above is white and the rest black. */
  #normalise(value: number): number {
    const [low, high] = this.cuts ?? [0, 0];
    if (value <= low) return 0;
    if (value >= high) return 1;
    return (value - low) / (high - low);
  }

  paint(values: Float64Array, levels: Uint8Array): void {
    const lowest = this.reserve ? 1 : 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        this.sawUndefined = true;
        levels[i] = 0;
        continue;
      }
      levels[i] = Math.max(lowest, Math.round(255 * this.#stretch(this.#normalise(value))));
    }
  }

  /** The same for integers, by a table of all levels: for pictures of millions of pixels. */
  paintIntegers(values: Int16Array, levels: Uint8Array): void {
    if (this.#table === null) {
      this.#table = new Uint8Array(65_536);
      this.paint(allIntegers(), this.#table);
    }
    const table = this.#table;
    for (let i = 0; i < values.length; i++) levels[i] = table[values[i]! + 32_768]!;
  }
}

/** Every value that a 16-bit integer can have. */
function allIntegers(): Float64Array {
  return Float64Array.from({ length: 65_536 }, (_, index) => index - 32_768);
}

/** The picture with `width` columns, or as many as the limits allow, by repeating pixels: for small images. */
export function enlarge(picture: Picture, width: number, { pixels, side }: Limits): Picture {
  const largest = Math.min(Math.sqrt(pixels / (picture.width * picture.height)), side / picture.height);
  const scale = Math.max(1, Math.min(width / picture.width, largest));
  const size = {
    width: Math.max(picture.width, Math.round(picture.width * scale)),
    height: Math.max(picture.height, Math.round(picture.height * scale)),
  };
  const levels = new Uint8Array(size.width * size.height);
  for (let y = 0; y < size.height; y++) {
    const from = Math.floor(((y + 0.5) * picture.height) / size.height) * picture.width;
    for (let x = 0; x < size.width; x++) {
      levels[y * size.width + x] = picture.levels[from + Math.floor(((x + 0.5) * picture.width) / size.width)]!;
    }
  }
  return { ...picture, ...size, levels };
}

/** Four bytes a pixel, as encoders of JPEG and WebP want them. Undefined pixels are black, and transparent. */
export function toRgba(picture: Picture, colours: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(4 * picture.levels.length);
  for (let i = 0; i < picture.levels.length; i++) {
    const level = picture.levels[i]!;
    if (level === picture.undefinedLevel) continue;
    rgba[4 * i] = colours[3 * level]!;
    rgba[4 * i + 1] = colours[3 * level + 1]!;
    rgba[4 * i + 2] = colours[3 * level + 2]!;
    rgba[4 * i + 3] = 255;
  }
  return rgba;
}
