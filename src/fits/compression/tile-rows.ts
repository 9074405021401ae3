/**
 * The most frequent case by far, many tiles at once: RICE, a row a tile, whole rows wanted. What is odd in any way is
 * left to the way of single tiles, which also has the words for what is wrong.
 */
import type { Box } from "../box.ts";
import type { Hdu } from "../hdu.ts";
import { makeStored, type StoredArray } from "../pixels.ts";
import type { RangeGroup } from "../ranges.ts";
import { dequantize } from "./quantize.ts";
import { riceParameters } from "./rice-parameters.ts";
import type { TileStream } from "./tile-locate.ts";
import type { TileTable } from "./tile-table.ts";

/** Decodes the tiles of a group and hands rows to `take`, as `StoredReader.visit` does; answers how many of the tiles. */
export type RowDecoder = (
  group: RangeGroup<TileStream>,
  bytes: Uint8Array,
  take: (rows: StoredArray) => void,
) => number;

/** Whether each tile is a whole row of the box. */
export function areRows(table: TileTable, box: Box): boolean {
  const width = table.axes[0]!;
  const isWhole = box.lo[0] === 0 && box.hi[0] === width;
  return isWhole && table.tile.every((length, axis) => length === (axis === 0 ? width : 1));
}

/** For tiles that are rows; `flip` as in `StoredReader`. Undefined where the table or the kernels are not for it. */
export function rowDecoder(hdu: Hdu, table: TileTable, flip: boolean): RowDecoder | undefined {
  const { kernels, maxBytes } = hdu.runtime;
  const { decodeRiceTiles } = kernels;
  const pixels = table.axes[0]!;
  const isRice = table.codec === "RICE_1" || table.codec === "RICE_ONE";
  if (!decodeRiceTiles || !isRice || 8 * pixels > maxBytes) return undefined;
  const { bytePix, blockSize } = riceParameters(table.parameters);
  const quantized = table.scale !== undefined;
  if (quantized ? bytePix !== 4 : 8 * bytePix !== table.bitpix) return undefined;
  const restore = kernels.dequantize ?? dequantize;

  return ({ ranges, offset }, bytes, take) => {
    if (!ranges.every(({ form, scale }) => form === "compressed" && (scale !== undefined) === quantized)) return 0;
    const tiles = ranges.map((range) => ({ offset: range.offset - offset, length: range.length }));
    const shape = { pixels, bytePix, blockSize, flip: flip && !quantized };
    if (!quantized) return decodeRiceTiles(bytes, tiles, shape, take);
    let floats = makeStored(table.bitpix, 0) as Float32Array | Float64Array;
    return decodeRiceTiles(bytes, tiles, shape, (ints, first) => {
      if (floats.length < ints.length) floats = makeStored(table.bitpix, ints.length) as typeof floats;
      for (let at = 0, index = first; at < ints.length; at += pixels, index++) {
        const { scale, zero, blank, tile } = ranges[index]!;
        restore(ints.subarray(at, at + pixels) as Int32Array, floats.subarray(at, at + pixels), {
          scale: scale!,
          zero: zero ?? 0,
          dither: table.dither,
          seed: tile + table.dither0 - 1,
          blank,
        });
      }
      take(floats.subarray(0, ints.length));
    });
  };
}
