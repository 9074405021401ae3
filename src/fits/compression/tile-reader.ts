/** Pixels of a tile-compressed image: finds the tiles a box needs, reads them together, decodes and copies. */
import { type Box, intersect, runsOf } from "../box.ts";
import type { Hdu } from "../hdu.ts";
import type { StoredArray } from "../pixels.ts";
import { readGroups } from "../ranges.ts";
import type { StoredReader } from "../stored-reader.ts";
import { loadCodec } from "./registry.ts";
import { decodeTile } from "./tile-decode.ts";
import { locateTiles } from "./tile-locate.ts";
import { parseTileTable, type TileTable } from "./tile-table.ts";

/** Bytes of table rows read at once. */
const ROWS_READ = 1024 * 1024;

export async function tileReader(hdu: Hdu): Promise<StoredReader> {
  const table = parseTileTable(hdu);
  const codec = await loadCodec(table.codec);
  const rowStep = table.tile[1] ?? 1;
  const blank = table.bitpix > 0 && table.blank && "constant" in table.blank ? table.blank.constant : undefined;
  return {
    rowStep,
    blank,
    async read(box: Box, out: StoredArray, signal?: AbortSignal): Promise<void> {
      for (const tiles of batches(table, box)) {
        const streams = await locateTiles(hdu, table, tiles, signal);
        for await (const { group, bytes } of readGroups(hdu.source, streams, signal)) {
          for (const stream of group.ranges) {
            const at = stream.offset - group.offset;
            const pixels = await decodeTile(hdu, table, codec, stream, bytes.subarray(at, at + stream.length));
            const part = intersect(stream.box, box)!;
            for (const { source, target, length } of runsOf(part, stream.box, box)) {
              (out as Uint8Array).set(pixels.subarray(source, source + length) as Uint8Array, target);
            }
          }
        }
      }
    },
  };
}

/** The tiles (rows of the table) that meet the box, in order, in batches whose rows are read at once. */
function* batches(table: TileTable, box: Box): Generator<number[]> {
  const most = Math.max(1, Math.floor(ROWS_READ / table.rowLength));
  const first = box.lo.map((lo, axis) => Math.floor(lo / table.tile[axis]!));
  const last = box.hi.map((hi, axis) => Math.ceil(hi / table.tile[axis]!));
  const grid: Box = { lo: table.grid.map(() => 0), hi: table.grid };
  const part: Box = { lo: first, hi: last };
  let batch: number[] = [];
  for (const run of runsOf(part, grid, part)) {
    for (let tile = run.source; tile < run.source + run.length; tile++) {
      if (batch.length > 0 && tile - batch[0]! >= most) {
        yield batch;
        batch = [];
      }
      batch.push(tile);
    }
  }
  if (batch.length > 0) yield batch;
}
