/** A stored frame's image as what pictures are drawn from: one plane, inside its TRIMSEC, in a stream of rows. */
import type { Config } from "../config.ts";
import { FitsError } from "../fits/errors.ts";
import type { Hdu } from "../fits/hdu.ts";
import { hasBlank, visitRows } from "../fits/image.ts";
import type { Cuts } from "../imaging/cuts.ts";
import type { RowSource } from "../imaging/picture.ts";
import type { Pixels } from "../imaging/pixels.ts";
import type { FileStore } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import { ArchiveError } from "./errors.ts";
import { type FrameFile, openFrameFile } from "./frame-file.ts";

/** All of the file is read, so few large reads: each costs a round trip. */
const READ_AHEAD = 4 * 1024 * 1024;

export interface ImageChoice {
  /** Index from 0 or EXTNAME; null: the science image. */
  hdu: number | string | null;
  /** Plane of a cube, from 0. */
  plane: number;
}

type Range = [from: number, to: number];

export class FrameImage implements RowSource, AsyncDisposable {
  readonly width: number;
  readonly height: number;
  readonly #x: Range;
  readonly #y: Range;
  /**
   * Value = stored · scale + zero, where pixels are read as stored: cut levels and averages can be computed from those
   * as well, and millions of values need not be scaled first. Null where they are read as they are meant.
   */
  readonly #scaling: { scale: number; zero: number } | null;

  private constructor(
    /** For the first reading; null once it is used up. */
    private file: FrameFile | null,
    private readonly reopen: () => Promise<FrameFile>,
    private readonly hdu: Hdu,
    private readonly plane: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    const [columns = 1, rows = 1] = hdu.image!.axes;
    const { x, y } = trimmed(hdu, columns, rows);
    this.#x = x;
    this.#y = y;
    this.width = x[1] - x[0];
    this.height = y[1] - y[0];
    this.#scaling = linearScaling(hdu);
  }

  /** Throws FitsError where there is no image, and BAD_PARAMETER for an HDU or a plane that is not there. */
  static async open(
    files: FileStore,
    file: StoredFile,
    config: Pick<Config, "maxInflatedBytes">,
    choice: ImageChoice,
    signal?: AbortSignal,
  ): Promise<FrameImage> {
    const open = () => openFrameFile(files, file, config, signal, READ_AHEAD);
    const fits = await open();
    try {
      const hdu = await chooseHdu(fits, choice.hdu);
      checkPlane(hdu, choice.plane);
      return new FrameImage(fits, open, hdu, choice.plane, signal);
    } catch (error) {
      await fits[Symbol.asyncDispose]();
      throw error;
    }
  }

  async eachBlock(visit: (data: Pixels) => void): Promise<void> {
    // The search for the science image may have gone past it, and a file that is read forwards cannot go back.
    const again = !this.file?.seekable;
    if (again) await this[Symbol.asyncDispose]();
    this.file ??= await this.reopen();
    const hdu = again ? await this.file.hdu(this.hdu.index) : this.hdu;
    const raw = this.#scaling !== null;
    const part = { x: this.#x, y: this.#y, plane: this.plane };
    await visitRows(hdu, { ...part, raw, signal: this.signal }, ({ data }) => visit(data));
  }

  /** Cut levels in the values that `eachBlock` gives. */
  storedCuts(cuts: Cuts): Cuts {
    if (this.#scaling === null || cuts.kind !== "levels") return cuts;
    const { scale, zero } = this.#scaling;
    return { kind: "levels", low: (cuts.low - zero) / scale, high: (cuts.high - zero) / scale };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { file } = this;
    this.file = null;
    await file?.[Symbol.asyncDispose]();
  }
}

async function chooseHdu(fits: FrameFile, wanted: number | string | null): Promise<Hdu> {
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

function checkPlane(hdu: Hdu, plane: number): void {
  if (hdu.image === undefined) {
    throw new FitsError("NO_IMAGE", `HDU ${hdu.index} (${hdu.extname || hdu.kind}) has no image`, { hdu: hdu.index });
  }
  const planes = hdu.image.axes.slice(2).reduce((product, length) => product * length, 1);
  if (plane < planes) return;
  const accepts = planes === 1 ? "it accepts 0" : `it accepts 0 to ${planes - 1}`;
  throw new ArchiveError("BAD_PARAMETER", `The image has no plane ${plane}; ${accepts}.`, { field: "plane" });
}

/** BSCALE and BZERO of integers that are all defined; null where pixels have to be read as they are meant. */
function linearScaling(hdu: Hdu): { scale: number; zero: number } | null {
  const { header, image } = hdu;
  const scale = header.number("BSCALE") ?? 1;
  const zero = header.number("BZERO") ?? 0;
  return image!.bitpix > 0 && scale > 0 && !hasBlank(hdu) ? { scale, zero } : null;
}

/**
 * The part of the image that TRIMSEC names, `[x1:x2,y1:y2]` from 1, both ends inside. Ends in reverse order are the
 * same part, ends beyond the image its edges; what is no section, or lies outside, is not respected.
 */
function trimmed(hdu: Hdu, columns: number, rows: number): { x: Range; y: Range } {
  const whole: { x: Range; y: Range } = { x: [0, columns], y: [0, rows] };
  const text = String(hdu.header.get("TRIMSEC") ?? "");
  const match = /^\s*\[?\s*(-?\d+)\s*:\s*(-?\d+)\s*,\s*(-?\d+)\s*:\s*(-?\d+)\s*\]?\s*$/.exec(text);
  if (match === null) return whole;
  const [x1, x2, y1, y2] = match.slice(1).map(Number) as [number, number, number, number];
  const range = (a: number, b: number, size: number): Range => [
    Math.max(0, Math.min(a, b) - 1),
    Math.min(size, Math.max(a, b)),
  ];
  const section = { x: range(x1, x2, columns), y: range(y1, y2, rows) };
  return section.x[0] < section.x[1] && section.y[0] < section.y[1] ? section : whole;
}
