/**
 * Area averaging of an image that streams by in rows: every pixel counts in the output pixels it lies on by the area it
 * has there. Undefined pixels (NaN, infinities) do not count; an output pixel of nothing else is NaN.
 */
import { ImagingError } from "./errors.ts";
import type { Row } from "./pixels.ts";

/** Most rows that are summed at once: columns of 16-bit pixels are summed in 32 bits. */
const MOST_ROWS = 65_535;

/** Which input pixels make one output pixel along an axis: a part of `first`, all of `[from, to)`, a part of `last`. */
export interface Spans {
  from: Int32Array;
  to: Int32Array;
  /** Weight of pixel `from - 1`, 0 where it does not count. */
  before: Float64Array;
  /** Weight of pixel `to`, 0 where it does not count. */
  after: Float64Array;
}

function spansOf(size: number, outSize: number): Spans {
  const spans: Spans = {
    from: new Int32Array(outSize),
    to: new Int32Array(outSize),
    before: new Float64Array(outSize),
    after: new Float64Array(outSize),
  };
  for (let i = 0; i < outSize; i++) {
    // Integer arithmetic for the edges: i·size/outSize in doubles would leave slivers of 1e-13 pixel.
    const start = i * size;
    const end = (i + 1) * size;
    const from = Math.ceil(start / outSize);
    const to = Math.floor(end / outSize);
    spans.from[i] = from;
    spans.to[i] = to;
    spans.before[i] = (from * outSize - start) / outSize;
    spans.after[i] = (end - to * outSize) / outSize;
  }
  return spans;
}

/**
 * Size of the picture, square pixels kept: `width` columns at most, and as many whole rows as the shape asks for, as
 * pyobs-archive's previews have.
 */
export function pictureSize(width: number, height: number, wanted: number): { width: number; height: number } {
  const outWidth = Math.min(width, wanted);
  return { width: outWidth, height: Math.max(1, Math.min(height, Math.floor((height * outWidth) / width))) };
}

export class Downsampler {
  readonly #columns: Spans;
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  /** One input row, summed along x, and the area that counted. */
  readonly #row: Float64Array;
  readonly #area: Float64Array;
  readonly #fullArea: Float64Array;
  /** Row of the picture that is being summed. */
  #y = 0;
  #nextRow = 0;
  readonly #out: Float64Array;

  /**
   * `width` × `height` pixels come in, rows of `outWidth` go to `take` from the lowest on, `outHeight` in all. The row
   * handed over is used again for the next.
   */
  constructor(
    readonly width: number,
    readonly height: number,
    readonly outWidth: number,
    readonly outHeight: number,
    readonly take: (y: number, row: Float64Array) => void,
    /** A faster one, where the runtime has it. */
    private readonly sum: typeof sumIntegers = sumIntegers,
  ) {
    if (!(outWidth >= 1 && outWidth <= width && outHeight >= 1 && outHeight <= height)) {
      throw new ImagingError(
        "BAD_SIZE",
        `${width} × ${height} pixels cannot be averaged to ${outWidth} × ${outHeight}.`,
      );
    }
    this.#columns = spansOf(width, outWidth);
    this.#sums = new Float64Array(outWidth);
    this.#weights = new Float64Array(outWidth);
    this.#row = new Float64Array(outWidth);
    this.#area = new Float64Array(outWidth);
    this.#fullArea = new Float64Array(outWidth).fill(width / outWidth);
    this.#out = new Float64Array(outWidth);
  }

  /** The next rows: any number of integers, one of doubles. `finite`: all of their pixels are numbers. */
  push(pixels: Row, finite: boolean): void {
    if (this.outWidth === this.width && this.outHeight === this.height) {
      for (let at = 0; at < pixels.length; at += this.width) this.#pass(pixels.subarray(at, at + this.width));
    } else if (pixels instanceof Int16Array) {
      this.#pushIntegers(pixels);
    } else if (finite) {
      sumDoubles(pixels, this.#columns, this.#row);
      this.#addRows(1, this.#fullArea);
    } else {
      this.#sumRowChecked(pixels);
      this.#addRows(1, this.#area);
    }
  }

  /** Rows that lie on one row of the picture with all of their height are summed together. */
  #pushIntegers(pixels: Int16Array): void {
    const rows = pixels.length / this.width;
    for (let row = 0; row < rows; ) {
      const edge = (this.#y + 1) * this.height;
      const whole = Math.floor(edge / this.outHeight) - this.#nextRow;
      const count = Math.max(1, Math.min(rows - row, whole, MOST_ROWS));
      const part = pixels.subarray(row * this.width, (row + count) * this.width);
      this.sum(part, this.width, this.#columns, this.#row);
      this.#addRows(count, this.#fullArea);
      row += count;
    }
  }

  /** A picture as large as the image. */
  #pass(pixels: Row): void {
    const out = this.#out;
    for (let i = 0; i < this.width; i++) {
      const value = pixels[i]!;
      out[i] = value - value === 0 ? value : Number.NaN;
    }
    this.take(this.#y++, out);
  }

  #sumRowChecked(pixels: Row): void {
    const { from, to, before, after } = this.#columns;
    for (let i = 0; i < this.#row.length; i++) {
      const [first, last] = [from[i]!, to[i]!];
      let sum = 0;
      let area = 0;
      const add = (value: number, weight: number): void => {
        if (weight === 0 || value - value !== 0) return;
        sum += value * weight;
        area += weight;
      };
      for (let k = first; k < last; k++) add(pixels[k]!, 1);
      if (before[i]! > 0) add(pixels[first - 1]!, before[i]!);
      if (after[i]! > 0) add(pixels[last]!, after[i]!);
      this.#row[i] = sum;
      this.#area[i] = area;
    }
  }

  /** Adds the sum of `rows` rows to the row of the picture they lie on, or that of one row to the two it may lie on. */
  #addRows(rows: number, area: Float64Array): void {
    // In units of 1/outHeight of a row everything is an integer.
    let from = this.#nextRow * this.outHeight;
    const end = from + rows * this.outHeight;
    this.#nextRow += rows;
    while (from < end) {
      const edge = (this.#y + 1) * this.height;
      const part = Math.min(end, edge) - from;
      const weight = part / this.outHeight;
      const share = weight / rows;
      for (let i = 0; i < this.outWidth; i++) {
        this.#sums[i]! += share * this.#row[i]!;
        this.#weights[i]! += weight * area[i]!;
      }
      from += part;
      if (from === edge) this.#finishRow();
    }
  }

  #finishRow(): void {
    for (let i = 0; i < this.outWidth; i++) this.#out[i] = this.#sums[i]! / this.#weights[i]!;
    this.#sums.fill(0);
    this.#weights.fill(0);
    this.take(this.#y++, this.#out);
  }
}

/**
 * Sums the pixels of each span over all rows of `width` pixels, at most 65,535: whole ones in [from, to), and the parts
 * before and after of the two beside them. The oracle and stand-in of the kernel of this name.
 */
export function sumIntegers(pixels: Int16Array, width: number, spans: Spans, out: Float64Array): void {
  const columns = new Float64Array(width);
  for (let at = 0; at < pixels.length; at += width) {
    for (let x = 0; x < width; x++) columns[x]! += pixels[at + x]!;
  }
  sumDoubles(columns, spans, out);
}

function sumDoubles(pixels: Float64Array, { from, to, before, after }: Spans, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) {
    const first = from[i]!;
    const last = to[i]!;
    let sum = 0;
    for (let k = first; k < last; k++) sum += pixels[k]!;
    // A weight of 0 must not touch the pixel behind the row's end.
    if (before[i]! > 0) sum += before[i]! * pixels[first - 1]!;
    if (after[i]! > 0) sum += after[i]! * pixels[last]!;
    out[i] = sum;
  }
}
