/**
 * The original of a packed file, as a byte source: any range of it is restored by decoding only the tiles it needs. It
 * undoes what `pack.ts` (or fpack) did: every tile-compressed image becomes an image again, the empty primary HDU that
 * was put before a packed primary image goes, everything else is passed on as it is.
 */
import { fromBigEndian } from "./byteswap.ts";
import { FitsError } from "./errors.ts";
import { type OpenOptions, openFits } from "./file.ts";
import type { Hdu } from "./hdu.ts";
import { BLOCK_LENGTH } from "./header.ts";
import { readImage } from "./image.ts";
import type { PixelArray } from "./pixels.ts";
import { readExactly } from "./ranges.ts";
import type { ByteSource } from "./source.ts";

/** A stretch of the restored file. */
interface Stretch {
  readonly start: number;
  readonly length: number;
  /** The bytes `[from, to)` of the stretch. */
  read(from: number, to: number, signal?: AbortSignal): Promise<Uint8Array>;
}

/** Bytes of pixels that one piece of `unpackedPieces` holds. */
const PIECE = 1024 * 1024;

/**
 * Opens a packed file by its headers. The source's `size` is the original's. Reading throws CORRUPT or TRUNCATED where
 * the tiles are not what they should be. Works for every file CFITSIO wrote; bit for bit only where nothing was
 * quantised.
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
  for (const hdu of hdus) {
    if (isStandIn(hdu, hdus[1])) continue;
    if (hdu.kind === "compressed-image") addImage(hdu, add);
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
    const out = new Uint8Array(Math.max(0, end - offset));
    for (const stretch of this.stretches) {
      const from = Math.max(offset, stretch.start);
      const to = Math.min(end, stretch.start + stretch.length);
      if (from >= to) continue;
      out.set(await stretch.read(from - stretch.start, to - stretch.start, signal), from - offset);
    }
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
  add(end - hdu.headerOffset, (from, to, signal) => readExactly(source, hdu.headerOffset + from, to - from, signal));
}

function addImage(hdu: Hdu, add: (length: number, read: Stretch["read"]) => void): void {
  const header = hdu.header.toBytes();
  add(header.length, async (from, to) => header.subarray(from, to));
  const { image } = hdu;
  if (image === undefined) return;
  const rowLength = (image.axes[0]! * Math.abs(image.bitpix)) / 8;
  const rows = image.axes.slice(1).reduce((product, length) => product * length, 1);
  const length = rowLength * rows;
  add(length, (from, to, signal) => readPixels(hdu, rowLength, from, to, signal));
  const fill = new Uint8Array(blocks(length) - length);
  add(fill.length, async (from, to) => fill.subarray(from, to));
}

/** Bytes `[from, to)` of the image's data unit. */
async function readPixels(
  hdu: Hdu,
  rowLength: number,
  from: number,
  to: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const [first, last] = [Math.floor(from / rowLength), Math.ceil(to / rowLength)];
  const bytes = new Uint8Array((last - first) * rowLength);
  const height = hdu.image!.axes[1] ?? 1;
  const isCube = hdu.image!.axes.length > 2;
  for (let row = first; row < last; ) {
    const plane = Math.floor(row / height);
    const y = row - plane * height;
    const count = Math.min(height - y, last - row);
    const { data } = await readImage(hdu, {
      raw: true,
      y: [y, y + count],
      ...(isCube ? { plane } : {}),
      ...(signal === undefined ? {} : { signal }),
    });
    const target = bytes.subarray((row - first) * rowLength, (row - first + count) * rowLength);
    if (data.byteLength !== target.length) throw new FitsError("CORRUPT", `HDU ${hdu.index} has other pixels`);
    toFileOrder(hdu, data, target);
    row += count;
  }
  const skip = from - first * rowLength;
  return bytes.subarray(skip, skip + to - from);
}

/** Native to big-endian: the same exchange of bytes as the other way round. */
function toFileOrder(hdu: Hdu, data: PixelArray, target: Uint8Array): void {
  const swap = hdu.runtime.kernels.fromBigEndian ?? fromBigEndian;
  const native = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  swap(native.slice(), data);
  target.set(native);
}

function blocks(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}
