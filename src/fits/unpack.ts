/**
 * The plain file inside a packed one, as a byte source: any range of it is restored by decoding only the tiles it
 * needs. It undoes what `pack.ts`, fpack or astropy did, as funpack does: every tile-compressed image becomes an image
 * again, the empty primary HDU that was put before a packed primary image goes, everything else (tables, packed or not,
 * too) is passed on as it is.
 */
import { fromBigEndian } from "./byteswap.ts";
import { FitsError } from "./errors.ts";
import { type OpenOptions, openFits } from "./file.ts";
import type { Hdu } from "./hdu.ts";
import { BLOCK_LENGTH } from "./header.ts";
import { readImage } from "./image.ts";
import { readExactly } from "./ranges.ts";
import type { ByteSource } from "./source.ts";
import { unpackedHeader } from "./unpack-header.ts";

/** A stretch of the restored file. */
interface Stretch {
  readonly start: number;
  readonly length: number;
  /** The bytes `[from, to)` of the stretch, in a buffer that is nobody else's: who asked may hand it on for good. */
  read(from: number, to: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Bytes of pixels that one piece of `unpackedPieces` holds. */
const PIECE = 1024 * 1024;
/** Bytes of decoded rows that are kept for the next piece. */
const MOST_KEPT = 32 * 1024 * 1024;

/**
 * Opens a packed file by its headers. The source's `size` is the original's. Reading throws CORRUPT or TRUNCATED where
 * the tiles are not what they should be. Quantised floats become what CFITSIO makes of them, bit for bit.
 */
export async function openUnpacked(source: ByteSource, options: OpenOptions = {}): Promise<ByteSource> {
  const file = await openFits(source, { strictness: "warn", ...options });
  const hdus = await file.hdus();
  const stretches: Stretch[] = [];
  let size = 0;
  const add = (length: number, read: Stretch["read"]): void => {
    if (length === 0) return;
    stretches.push({ start: size, length, read });
    size += length;
  };
  const standIn = hdus.length > 0 && isStandIn(hdus[0]!, hdus[1]) ? hdus[0]! : null;
  for (const hdu of hdus) {
    if (hdu === standIn) continue;
    if (hdu.kind === "compressed-image") addImage(hdu, hdu.index === 1 ? standIn : null, add);
    else addWhole(hdu, source, add);
  }
  return new UnpackedSource(size, stretches);
}

/** A range of the original in pieces of bounded size, in order. */
export async function* unpackedPieces(
  unpacked: ByteSource,
  start = 0,
  end = unpacked.size,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += PIECE) {
    yield await unpacked.getRange(at, Math.min(PIECE, end - at), signal);
  }
}

class UnpackedSource implements ByteSource {
  constructor(
    readonly size: number,
    private readonly stretches: readonly Stretch[],
  ) {}

  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const end = Math.min(offset + length, this.size);
    const touched = this.stretches.filter((stretch) => stretch.start < end && stretch.start + stretch.length > offset);
    const read = ({ start, length, read }: Stretch): Promise<Uint8Array> =>
      read(Math.max(offset, start) - start, Math.min(end, start + length) - start, signal);
    if (touched.length === 1) return read(touched[0]!);
    const out = new Uint8Array(Math.max(0, end - offset));
    for (const stretch of touched) out.set(await read(stretch), Math.max(offset, stretch.start) - offset);
    return out;
  }
}

/** Whether this HDU only stands before a packed primary image (ZSIMPLE, FITS 4.0 §10.1.2). */
function isStandIn(hdu: Hdu, next: Hdu | undefined): boolean {
  return (
    hdu.index === 0 && hdu.dataLength === 0 && next?.kind === "compressed-image" && next.storedHeader.has("ZSIMPLE")
  );
}

function addWhole(hdu: Hdu, source: ByteSource, add: (length: number, read: Stretch["read"]) => void): void {
  const end = Math.min(blocks(hdu.dataOffset + hdu.dataLength), source.size);
  add(end - hdu.headerOffset, async (from, to, signal) =>
    (await readExactly(source, hdu.headerOffset + from, to - from, signal)).slice(),
  );
}

function addImage(hdu: Hdu, standIn: Hdu | null, add: (length: number, read: Stretch["read"]) => void): void {
  const header = unpackedHeader(hdu, standIn).toBytes();
  add(header.length, async (from, to) => header.slice(from, to));
  const { image } = hdu;
  if (image === undefined) return;
  const pixels = new PixelBytes(hdu, image.axes, Math.abs(image.bitpix) / 8);
  add(pixels.length, (from, to, signal) => pixels.read(from, to, signal));
  const fill = new Uint8Array(blocks(pixels.length) - pixels.length);
  add(fill.length, async (from, to) => fill.slice(from, to));
}

/** The data unit of an image, as it stands in a plain file. */
class PixelBytes {
  readonly length: number;
  private readonly rowLength: number;
  private readonly height: number;
  /** Rows of a tile. */
  private readonly step: number;
  /** The rows decoded last, where a tile has more than one: whoever reads on wants the rest of them. */
  private kept: { row: number; bytes: Uint8Array } | null = null;

  constructor(
    private readonly hdu: Hdu,
    private readonly axes: readonly number[],
    width: number,
  ) {
    this.rowLength = axes[0]! * width;
    this.height = axes[1] ?? 1;
    this.length = this.rowLength * axes.slice(1).reduce((product, length) => product * length, 1);
    this.step = Math.max(1, hdu.storedHeader.integer("ZTILE2") ?? 1);
  }

  /** Bytes `[from, to)`. */
  async read(from: number, to: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    let bytes: Uint8Array | null = null;
    for (let at = from; at < to; ) {
      const row = Math.floor(at / this.rowLength);
      const some = await this.rows(row, Math.ceil(to / this.rowLength), signal);
      const part = some.subarray(at - row * this.rowLength, to - row * this.rowLength);
      if (part.length === to - from && this.kept === null) return part;
      bytes ??= new Uint8Array(to - from);
      bytes.set(part, at - from);
      at += part.length;
    }
    return bytes ?? new Uint8Array(0);
  }

  /** Rows of one plane from `row` on: at least one, at most up to `last`, and those of a tile that is kept. */
  private async rows(row: number, last: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const plane = Math.floor(row / this.height);
    const [bottom, top] = [plane * this.height, (plane + 1) * this.height];
    const first = row - ((row - bottom) % this.step);
    const isKept = this.step > 1 && this.step * this.rowLength <= MOST_KEPT;
    if (!isKept) return this.decode(row, Math.min(top, last), signal);
    if (this.kept?.row !== first) {
      this.kept = { row: first, bytes: await this.decode(first, Math.min(top, first + this.step), signal) };
    }
    return this.kept.bytes.subarray((row - first) * this.rowLength);
  }

  /** The rows `[first, last)`, which are of one plane. */
  private async decode(first: number, last: number, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { hdu, height } = this;
    const plane = Math.floor(first / height);
    const { data } = await readImage(hdu, {
      raw: true,
      y: [first - plane * height, last - plane * height],
      ...(this.axes.length > 2 ? { plane } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (bytes.length !== (last - first) * this.rowLength) {
      throw new FitsError("CORRUPT", `HDU ${hdu.index} has other pixels`);
    }
    // Native to big-endian, where they are: the same exchange of bytes as the other way round.
    (hdu.runtime.kernels.fromBigEndian ?? fromBigEndian)(bytes, data);
    return bytes;
  }
}

function blocks(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}
