/**
 * The FITS core. `openFits` reads a file's first header and walks lazily from header to header; no data unit is read
 * here. Pixels are read by image.ts, cells by table.ts, sums by checksum.ts, through any ByteSource. This folder knows
 * no Cloudflare, Node or DOM type: what a runtime has better is injected (runtime.ts), and its I/O is a source.
 */
import { compressedImageHeader } from "./compression/image-header.ts";
import { FitsError } from "./errors.ts";
import type { Hdu } from "./hdu.ts";
import { BLOCK_LENGTH, findEnd, Header } from "./header.ts";
import { inflate } from "./inflate.ts";
import { dataLengthOf, kindOf, layoutOf } from "./layout.ts";
import type { Inflate, Kernels, Runtime } from "./runtime.ts";
import type { ByteSource } from "./source.ts";
import type { FitsWarning, Strictness } from "./warning.ts";

/** Bytes asked for at once while looking for END: most headers of cameras fit. */
const HEADER_READ = 8 * BLOCK_LENGTH;
/** No header is this long; a file without END is given up here (some 200,000 cards). */
const MAX_HEADER = 16 * 1024 * 1024;

export interface OpenOptions {
  /** Default "fix". */
  strictness?: Strictness;
  signal?: AbortSignal;
  /** Default: fflate. */
  inflate?: Inflate;
  /** Kernels that are faster than the TypeScript ones. */
  kernels?: Partial<Kernels>;
  /** Most bytes of one array of pixels (an image, a block of rows, a tile); default 1 GiB. */
  maxBytes?: number;
}

/**
 * Opens a file by reading its first header. Throws NOT_FITS where it does not begin with SIMPLE, TRUNCATED where it
 * ends inside the header.
 */
export async function openFits(source: ByteSource, options: OpenOptions = {}): Promise<FitsFile> {
  const file = new FitsFile(source, options);
  await file.hdu(0);
  return file;
}

export class FitsFile {
  readonly #source: ByteSource;
  readonly #strictness: Strictness;
  readonly #signal: AbortSignal | undefined;
  readonly #runtime: Runtime;
  readonly #hdus: Hdu[] = [];
  readonly #warnings: FitsWarning[] = [];
  #next = 0;
  #complete = false;
  /** The last bytes read for a header; the next header is often in them (an empty primary HDU). */
  #window: { offset: number; bytes: Uint8Array } = { offset: 0, bytes: new Uint8Array(0) };

  /** Use {@link openFits}, which checks that it is FITS at all. */
  constructor(source: ByteSource, options: OpenOptions) {
    this.#source = source;
    this.#strictness = options.strictness ?? "fix";
    this.#signal = options.signal;
    this.#runtime = {
      inflate: options.inflate ?? inflate,
      kernels: options.kernels ?? {},
      maxBytes: options.maxBytes ?? 2 ** 30,
    };
  }

  /** What was odd in the file and in the headers read so far. */
  get warnings(): readonly FitsWarning[] {
    return [...this.#hdus.flatMap((hdu) => hdu.warnings), ...this.#warnings];
  }

  /** All HDUs. Throws TRUNCATED where the file ends inside one of them. */
  async hdus(): Promise<readonly Hdu[]> {
    while (await this.#readNext());
    return this.#hdus;
  }

  /** By index from 0, or the first by EXTNAME (case does not matter). Reads no further than it must. NO_SUCH_HDU. */
  async hdu(which: number | string): Promise<Hdu> {
    const found = await this.#find((hdu) =>
      typeof which === "number" ? hdu.index === which : hdu.extname.toUpperCase() === which.toUpperCase(),
    );
    if (found) return found;
    throw new FitsError("NO_SUCH_HDU", `the file has no HDU ${which}; it has ${this.#hdus.length}`);
  }

  /** The image named SCI, else the first image. NO_IMAGE where there is none. */
  async science(): Promise<Hdu> {
    const named = await this.#find((hdu) => hdu.image !== undefined && hdu.extname.toUpperCase() === "SCI");
    const found = named ?? this.#hdus.find((hdu) => hdu.image !== undefined);
    if (found) return found;
    throw new FitsError("NO_IMAGE", "the file has no image");
  }

  async #find(matches: (hdu: Hdu) => boolean): Promise<Hdu | undefined> {
    for (let index = 0; ; index++) {
      if (index >= this.#hdus.length && !(await this.#readNext())) return undefined;
      if (matches(this.#hdus[index]!)) return this.#hdus[index];
    }
  }

  /** Reads one more header; false at the end of the file. */
  async #readNext(): Promise<boolean> {
    if (this.#complete) return false;
    const index = this.#hdus.length;
    const offset = this.#next;
    const start = await this.#read(offset, BLOCK_LENGTH);
    if (index === 0) {
      if (!startsWith(start, "SIMPLE")) {
        throw new FitsError("NOT_FITS", `not a FITS file: ${describe(start)}`, { offset: 0 });
      }
    } else if (!startsWith(start, "XTENSION")) {
      this.#complete = true;
      // A source that did not know its size before has met its end now.
      if (start.length === 0) this.#checkLength(this.#hdus.at(-1)!);
      else this.#warnTrailing(offset);
      return false;
    }
    const bytes = await this.#readHeader(offset, index);
    const storedHeader = Header.parse(bytes, { strictness: this.#strictness, offset, hdu: index });
    const hdu = this.#makeHdu(storedHeader, index, offset, bytes.length);
    this.#checkLength(hdu);
    this.#hdus.push(hdu);
    return true;
  }

  /** All blocks of the header at `offset`. */
  async #readHeader(offset: number, hdu: number): Promise<Uint8Array> {
    let bytes = await this.#read(offset, BLOCK_LENGTH);
    for (let searched = 0; ; ) {
      const end = findEnd(bytes, searched);
      if (end !== undefined) {
        const length = (Math.floor(end / BLOCK_LENGTH) + 1) * BLOCK_LENGTH;
        if (bytes.length < length) throw this.#truncated(offset, hdu, "header");
        return bytes.subarray(0, length);
      }
      if (bytes.length % BLOCK_LENGTH !== 0) throw this.#truncated(offset, hdu, "header, before END");
      if (bytes.length >= MAX_HEADER) {
        throw new FitsError("TOO_LARGE", `header of HDU ${hdu} at byte ${offset} has no END`, { offset, hdu });
      }
      searched = bytes.length;
      const more = await this.#read(offset, Math.max(HEADER_READ, 2 * bytes.length));
      if (more.length === bytes.length) throw this.#truncated(offset, hdu, "header, before END");
      bytes = more;
    }
  }

  /** As much of `[offset, offset + length)` as there is, from the window where it is in it. */
  async #read(offset: number, length: number): Promise<Uint8Array> {
    const inside = offset - this.#window.offset;
    const kept = inside >= 0 ? this.#window.bytes.subarray(inside) : new Uint8Array(0);
    if (kept.length >= length) return kept.subarray(0, length);
    const wanted = Math.max(length, HEADER_READ) - kept.length;
    const more = await this.#source.getRange(offset + kept.length, wanted, this.#signal);
    const bytes = new Uint8Array(kept.length + more.length);
    bytes.set(kept);
    bytes.set(more, kept.length);
    this.#window = { offset, bytes };
    return bytes.subarray(0, length);
  }

  #makeHdu(storedHeader: Header, index: number, headerOffset: number, headerLength: number): Hdu {
    try {
      const kind = kindOf(storedHeader, index);
      const header = kind === "compressed-image" ? compressedImageHeader(storedHeader) : storedHeader;
      const dataLength = dataLengthOf(storedHeader, kind);
      return {
        index,
        kind,
        header,
        storedHeader,
        extname: String(header.get("EXTNAME") ?? (index === 0 ? "PRIMARY" : "")),
        extver: header.integer("EXTVER") ?? 1,
        image: kind === "primary" || kind === "image" || kind === "compressed-image" ? layoutOf(header) : undefined,
        headerOffset,
        dataOffset: headerOffset + headerLength,
        dataLength,
        warnings: [...storedHeader.warnings, ...blankWarnings(header, index, headerOffset)],
        source: this.#source,
        runtime: this.#runtime,
      };
    } catch (error) {
      if (!(error instanceof FitsError)) throw error;
      const message = `HDU ${index} at byte ${headerOffset}: ${error.message}`;
      throw new FitsError(error.code, message, { offset: headerOffset, hdu: index, ...error.at });
    }
  }

  /** Refuses an HDU whose data are not all there; data that lack only their fill are read with a warning. */
  #checkLength(hdu: Hdu): void {
    const end = hdu.dataOffset + hdu.dataLength;
    if (this.#source.size < end) throw this.#truncated(hdu.headerOffset, hdu.index, "data");
    this.#next = Math.ceil(end / BLOCK_LENGTH) * BLOCK_LENGTH;
    if (this.#source.size < this.#next && !this.#warnings.some(({ code }) => code === "TRUNCATED")) {
      const message = `the last block is cut off at byte ${this.#source.size}; no data are missing`;
      this.#warnings.push({ code: "TRUNCATED", message, at: { offset: this.#source.size, hdu: hdu.index } });
    }
  }

  #warnTrailing(offset: number): void {
    const count = Number.isFinite(this.#source.size) ? `${this.#source.size - offset} ` : "";
    const message = `${count}bytes behind the last HDU, from byte ${offset}, are not FITS`;
    this.#warnings.push({ code: "TRAILING_BYTES", message, at: { offset } });
  }

  #truncated(offset: number, hdu: number, where: string): FitsError {
    const message = `the file ends at byte ${this.#source.size}, inside the ${where} of HDU ${hdu}, which begins at byte ${offset}`;
    return new FitsError("TRUNCATED", message, { offset, hdu });
  }
}

/** §4.4.2.5: BLANK is an integer, and only of integer images; otherwise it has no meaning and is ignored. */
function blankWarnings(header: Header, hdu: number, offset: number): FitsWarning[] {
  const card = header.card("BLANK");
  if (card === undefined || (card.type === "integer" && Number(header.get("BITPIX")) > 0)) return [];
  const message = `BLANK of HDU ${hdu} is ignored: ${card.images[0]!.trimEnd()}`;
  return [{ code: "BAD_VALUE", message, at: { offset, hdu, keyword: "BLANK" } }];
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false;
  for (let index = 0; index < text.length; index++) if (bytes[index] !== text.charCodeAt(index)) return false;
  return true;
}

/** First bytes of what is most often taken for FITS. */
const OTHER_FORMATS: readonly (readonly [magic: string, name: string])[] = [
  ["\x1f\x8b", "it is compressed with gzip"],
  ["\x1f\x9d", "it is compressed with compress (.Z)"],
  ["BZh", "it is compressed with bzip2"],
  ["\xfd7zXZ", "it is compressed with xz"],
  ["PK\x03\x04", "it is a zip archive"],
  ["\x89PNG", "it is a PNG image"],
  ["\xff\xd8\xff", "it is a JPEG image"],
  ["II*\0", "it is a TIFF image"],
  ["MM\0*", "it is a TIFF image"],
  ["\x89HDF", "it is an HDF5 file"],
  ["XTENSION", "it begins with an extension, its primary HDU is missing"],
];

/** What a file is that does not begin as FITS does, for the error's message. */
function describe(start: Uint8Array): string {
  if (start.length === 0) return "it is empty";
  return OTHER_FORMATS.find(([magic]) => startsWith(start, magic))?.[1] ?? "it does not begin with SIMPLE";
}
