/**
 * Packs a FITS file by tile compression without loss (FITS 4.0 §10), in a stream: RICE_1 for integers of 8, 16 and 32
 * bits, GZIP_2 for floats, one row a tile, as fpack does; a very long row in several. All other HDUs go on whole. `unpack.ts` and funpack restore
 * the file bit for bit; an image they could not restore goes on whole as well.
 */

import { addSums, Checksum } from "./checksum.ts";
import { type Gzip, shuffle } from "./compression/gzip2-encode.ts";
import { compressedImageHeader } from "./compression/image-header.ts";
import { encodeRice, riceBound } from "./compression/rice-encode.ts";
import { FitsError } from "./errors.ts";
import { openFits } from "./file.ts";
import type { Hdu } from "./hdu.ts";
import { BLOCK_LENGTH, type Header } from "./header.ts";
import { emptyPrimary, type PackedTable, packedHeader, sealPackedHeader } from "./pack-header.ts";
import { PackOutput, type PackSink } from "./pack-output.ts";
import { readExactly } from "./ranges.ts";
import type { ByteSource } from "./source.ts";

/** What a runtime does better than plain TypeScript. Kernels left out are TypeScript. */
export interface PackRuntime {
  readonly gzip: Gzip;
  readonly kernels?: Partial<{ encodeRice: typeof encodeRice; shuffle: typeof shuffle }>;
}

export interface PackOptions {
  readonly runtime: PackRuntime;
  /** Whether images of floats are packed too. */
  readonly floats: boolean;
  readonly signal?: AbortSignal;
}

export type PackResult =
  /** `size` in bytes; `packing` is "rice" where any image is packed so. */
  | { outcome: "packed"; size: number; packing: "rice" | "gzip2" }
  /** There is nothing here to pack; nothing was written. */
  | { outcome: "kept"; reason: string };

/** Bytes of an image read at once. */
const BATCH = 1024 * 1024;
/** Bytes of pixels in a tile: more would take too much memory at either end, so longer rows are cut into several. */
const LARGEST_TILE = 4 * 1024 * 1024;
/** Most axes that CFITSIO compresses (MAX_COMPRESS_DIM). */
const MOST_AXES = 6;

interface Plan {
  hdu: Hdu;
  table: PackedTable;
  header: Header;
}

/**
 * Writes the packed file into `sink`. Throws FitsError for a file that is not FITS or broken, and what source, sink or
 * signal throw; then what was written is to be dropped.
 */
export async function packFits(source: ByteSource, sink: PackSink, options: PackOptions): Promise<PackResult> {
  const file = await openFits(source, { strictness: "warn", signal: options.signal });
  const hdus = await file.hdus();
  const odd = file.warnings.find(({ code }) => code === "TRUNCATED" || code === "TRAILING_BYTES");
  if (odd !== undefined) return { outcome: "kept", reason: odd.message };
  const plans = new Map<Hdu, Plan>();
  for (const hdu of hdus) {
    const plan = await planOf(hdu, plans.size === 0, options);
    if (plan !== undefined) plans.set(hdu, plan);
  }
  if (plans.size === 0) return { outcome: "kept", reason: "it holds no image that can be packed" };

  let size = 0;
  for (const hdu of hdus) {
    options.signal?.throwIfAborted();
    const plan = plans.get(hdu);
    if (plan === undefined) {
      size += await copyHdu(hdu, sink, size, options.signal);
      continue;
    }
    if (hdu.index === 0) {
      const primary = emptyPrimary();
      await sink.write(0, primary);
      size = primary.length;
    }
    size += await packImage(plan, sink, size, options);
  }
  const rice = [...plans.values()].some(({ table }) => table.compression === "RICE_1");
  return { outcome: "packed", size, packing: rice ? "rice" : "gzip2" };
}

/** How an HDU is packed; undefined where it goes on whole. */
async function planOf(hdu: Hdu, isFirst: boolean, options: PackOptions): Promise<Plan | undefined> {
  if ((hdu.kind !== "primary" && hdu.kind !== "image") || hdu.image === undefined) return undefined;
  const { bitpix, axes } = hdu.image;
  // CFITSIO compresses no integers of 64 bits ("Bad image datatype"), so nobody could be sure to read them.
  if (bitpix === 64 || (bitpix < 0 && !options.floats) || axes.length > MOST_AXES) return undefined;
  const width = Math.abs(bitpix) / 8;
  const rows = axes.slice(1).reduce((product, length) => product * length, 1);
  const pixels = axes[0]! * rows * width;
  // BLANK has no meaning for floats (FITS 4.0 §4.4.2.5), but CFITSIO gives it one when it unpacks.
  if (bitpix < 0 && hdu.storedHeader.has("BLANK")) return undefined;
  // An extension may have parameters or groups; those are no image that tiles could hold.
  if (hdu.dataLength !== pixels) return undefined;
  const tile = Math.min(axes[0]!, LARGEST_TILE / width);
  const tiles = rows * Math.ceil(axes[0]! / tile);
  const table: PackedTable = {
    compression: bitpix > 0 ? "RICE_1" : "GZIP_2",
    bytePix: width,
    tile: axes.map((_, axis) => (axis === 0 ? tile : 1)),
    rows: tiles,
    wide: pixels * 1.1 + 1024 * tiles >= 2 ** 31,
  };
  const header = packedHeader(hdu.storedHeader, table, isFirst);
  return (await isRestorable(hdu, header, options.signal)) ? { hdu, table, header } : undefined;
}

/** Whether the image's header and the fill behind its data come back as they are. */
async function isRestorable(hdu: Hdu, packed: Header, signal: AbortSignal | undefined): Promise<boolean> {
  const length = hdu.dataOffset - hdu.headerOffset;
  const original = await readExactly(hdu.source, hdu.headerOffset, length, signal);
  // CFITSIO writes every byte that is no printable ASCII character as a blank.
  if (original.some((byte) => byte < 0x20 || byte > 0x7e)) return false;
  if (hdu.storedHeader.cards.some((card) => !isCopied(card.images[0]!))) return false;
  const restored = compressedImageHeader(packed).toBytes();
  if (restored.length !== length || restored.some((byte, at) => byte !== original[at])) return false;
  const end = hdu.dataOffset + hdu.dataLength;
  const fill = await readExactly(hdu.source, end, blocks(end) - end, signal);
  return fill.every((byte) => byte === 0);
}

/** Whether CFITSIO copies a card as it is: it writes keywords in upper case, those of HIERARCH too. */
function isCopied(image: string): boolean {
  const isHierarch = image.startsWith("HIERARCH ") && image.includes("=");
  const keyword = isHierarch ? image.slice(0, image.indexOf("=")) : image.slice(0, 8);
  return keyword === keyword.toUpperCase();
}

/** Writes the table of one image at `offset`, heap first, and answers its length. */
async function packImage(plan: Plan, sink: PackSink, offset: number, options: PackOptions): Promise<number> {
  const { hdu, table, header } = plan;
  const headerLength = header.toBytes().length;
  const rowsLength = table.rows * (table.wide ? 16 : 8);
  const descriptors = new DataView(new ArrayBuffer(rowsLength));
  const heap = new PackOutput(sink, offset + headerLength + rowsLength);
  const encode = encoderOf(table, options.runtime);

  const rowLength = hdu.image!.axes[0]! * table.bytePix;
  const tileLength = table.tile[0]! * table.bytePix;
  const batch = Math.max(1, Math.floor(BATCH / rowLength)) * rowLength;
  let [row, longest] = [0, 0];
  for (let at = 0; at < hdu.dataLength; ) {
    // Some whole rows, which are tiles, or one of a row's tiles, the last of which may be shorter.
    const rest = tileLength === rowLength ? hdu.dataLength - at : rowLength - (at % rowLength);
    const length = Math.min(tileLength === rowLength ? batch : tileLength, rest);
    const bytes = await readExactly(hdu.source, hdu.dataOffset + at, length, options.signal);
    for (let from = 0; from < length; from += tileLength, row++) {
      const tile = await encode(bytes.subarray(from, from + tileLength));
      if (table.wide) {
        descriptors.setBigInt64(row * 16, BigInt(tile.length));
        descriptors.setBigInt64(row * 16 + 8, BigInt(heap.length));
      } else {
        descriptors.setInt32(row * 8, tile.length);
        descriptors.setInt32(row * 8 + 4, heap.length);
      }
      longest = Math.max(longest, tile.length);
      await heap.append(tile);
    }
    at += length;
  }
  const heapLength = heap.length;
  if (!table.wide && heapLength >= 2 ** 31) throw new FitsError("TOO_LARGE", "the tiles take more than 2 GiB");
  await heap.finish(rowsLength);

  const rows = new Uint8Array(descriptors.buffer);
  const sum = addSums(new Checksum().add(rows).value, heap.sum.value);
  await sink.write(offset, sealPackedHeader(header, table, { longest, heap: heapLength, sum }));
  await sink.write(offset + headerLength, rows);
  return headerLength + rowsLength + heap.length;
}

/** Encodes a tile as it stands in the file; the answer may be a buffer that the next call uses again. */
function encoderOf(table: PackedTable, { gzip, kernels }: PackRuntime) {
  const pixels = table.tile[0]!;
  if (table.compression === "RICE_1") {
    const bytePix = table.bytePix as 1 | 2 | 4;
    const out = new Uint8Array(riceBound(pixels, bytePix));
    const encode = kernels?.encodeRice ?? encodeRice;
    return (tile: Uint8Array): Uint8Array => out.subarray(0, encode(tile, bytePix, out));
  }
  const buffer = new Uint8Array(pixels * table.bytePix);
  const reorder = kernels?.shuffle ?? shuffle;
  return (tile: Uint8Array): Uint8Array | Promise<Uint8Array> => {
    const planes = buffer.subarray(0, tile.length);
    reorder(tile, table.bytePix, planes);
    return gzip(planes);
  };
}

async function copyHdu(hdu: Hdu, sink: PackSink, to: number, signal: AbortSignal | undefined): Promise<number> {
  const end = blocks(hdu.dataOffset + hdu.dataLength);
  for (let at = hdu.headerOffset; at < end; at += BATCH) {
    const bytes = await readExactly(hdu.source, at, Math.min(BATCH, end - at), signal);
    await sink.write(to + at - hdu.headerOffset, bytes);
  }
  return end - hdu.headerOffset;
}

function blocks(length: number): number {
  return Math.ceil(length / BLOCK_LENGTH) * BLOCK_LENGTH;
}
