/**
 * The most frequent case by far, many tiles at once: RICE, a row a tile, whole rows wanted. What is odd in any way is
 * left to the way of single tiles, which also has the words for what is wrong.
 */
import type { Box } from "../box.ts";
import type { Hdu } from "../hdu.ts";
import type { StoredArray } from "../pixels.ts";
import type { RangeGroup } from "../ranges.ts";
import { dequantize } from "./quantize.ts";
import type { TileStream } from "./tile-locate.ts";
import type { TileTable } from "./tile-table.ts";

/**
 * Decodes the tiles of a group into `out`, where the first of them is the `first`-th row of the box. False where it
 * did not; `out` may then be spoilt there.
 */
export type RowDecoder = (group: RangeGroup<TileStream>, bytes: Uint8Array, out: StoredArray, first: number) => boolean;

/** `flip` as in `StoredReader`. Undefined where the table, the box or the kernels are not for it. */
export function rowDecoder(hdu: Hdu, table: TileTable, box: Box, flip: boolean): RowDecoder | undefined {
  const { kernels, maxBytes } = hdu.runtime;
  const { decodeRiceTiles } = kernels;
  const width = table.axes[0]!;
  const isWhole = box.lo[0] === 0 && box.hi[0] === width;
  const isRow = table.tile.every((length, axis) => length === (axis === 0 ? width : 1));
  const isRice = table.codec === "RICE_1" || table.codec === "RICE_ONE";
  if (!decodeRiceTiles || !isWhole || !isRow || !isRice || 8 * width > maxBytes) return undefined;
  const bytePix = table.parameters.get("BYTEPIX") ?? 4;
  const blockSize = table.parameters.get("BLOCKSIZE") ?? 32;
  const quantized = table.scale !== undefined;
  if (quantized ? bytePix !== 4 : 8 * bytePix !== table.bitpix) return undefined;

  return (group, bytes, out, first) => {
    const { ranges, offset } = group;
    if (!ranges.every(({ form, scale }) => form === "compressed" && (scale !== undefined) === quantized)) return false;
    const tiles = ranges.map((range) => ({ offset: range.offset - offset, length: range.length }));
    const rows = out.subarray(first * width, (first + tiles.length) * width);
    if (!quantized) return decodeRiceTiles(bytes, tiles, rows as Int16Array, blockSize, flip);
    const restore = kernels.dequantize ?? dequantize;
    // Some rows at a time, so that their integers are still in the processor's cache.
    const most = Math.max(2, Math.floor(65_536 / width));
    const ints = new Int32Array(Math.min(most, tiles.length) * width);
    for (let from = 0; from < tiles.length; from += most) {
      const some = tiles.slice(from, from + most);
      const part = ints.subarray(0, some.length * width);
      if (!decodeRiceTiles(bytes, some, part, blockSize, false)) return false;
      some.forEach((_, index) => {
        const { scale, zero, blank, tile } = ranges[from + index]!;
        const row = rows.subarray((from + index) * width, (from + index + 1) * width) as Float32Array;
        restore(part.subarray(index * width, (index + 1) * width), row, {
          scale: scale!,
          zero: zero ?? 0,
          dither: table.dither,
          seed: tile + table.dither0 - 1,
          blank,
        });
      });
    }
    return true;
  };
}
