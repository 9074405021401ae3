/** Pixels of a tile-compressed image: finds the tiles a box needs, reads them together, decodes and copies. */
import { type Box, intersect, runsOf } from "../box.ts";
import type { Hdu } from "../hdu.ts";
import type { StoredArray } from "../pixels.ts";
import { withPrefetch } from "../prefetching-source.ts";
import { readExactly, readGroups } from "../ranges.ts";
import { flipSign } from "../scale.ts";
import type { StoredReader } from "../stored-reader.ts";
import { loadCodec } from "./registry.ts";
import { decodeTile } from "./tile-decode.ts";
import { locateTiles, type TileStream } from "./tile-locate.ts";
import { areRows, rowDecoder } from "./tile-rows.ts";
import { parseTileTable, type TileTable } from "./tile-table.ts";

/** Bytes of table rows read at once. */
const ROWS_READ = 1024 * 1024;

/**
 * `sequential`: boxes will be read in ascending order, so table rows and streams may be read ahead. `marked`: integers
 * come as doubles, those that their tile's ZBLANK calls undefined as NaN.
 */
export async function tileReader(hdu: Hdu, sequential: boolean, marked: boolean): Promise<StoredReader> {
  const table = parseTileTable(hdu);
  const codec = await loadCodec(table.codec);
  const rowStep = table.tile[1] ?? 1;
  const rows = rowReader(hdu, table, sequential ? ROWS_READ : 0);
  const source = sequential ? withPrefetch(hdu.source, table.heapEnd) : hdu.source;

  /** The streams of the tiles that meet the box, in order, as they come in. */
  async function* groups(box: Box, signal: AbortSignal | undefined) {
    for (const tiles of batches(table, box)) {
      const streams = locateTiles(hdu, table, tiles, await rows.read(tiles[0]!, tiles.at(-1)!, signal));
      yield* readGroups(source, streams, signal);
    }
  }

  /** `streams`: of the group's. */
  async function* decoded(streams: readonly TileStream[], offset: number, bytes: Uint8Array, flip: boolean) {
    for (const stream of streams) {
      const at = stream.offset - offset;
      const pixels = await decodeTile(hdu, table, codec, stream, bytes.subarray(at, at + stream.length));
      if (flip) flipSign(pixels);
      yield { stream, pixels: marked ? markBlanks(pixels, stream.blank) : pixels };
    }
  }

  async function visit(box: Box, take: (rows: StoredArray) => void, signal?: AbortSignal, flip = false) {
    if (!areRows(table, box)) return false;
    const decodeRows = marked ? undefined : rowDecoder(hdu, table, flip);
    for await (const { group, bytes } of groups(box, signal)) {
      const rest = group.ranges.slice(decodeRows?.(group, bytes, take) ?? 0);
      for await (const { pixels } of decoded(rest, group.offset, bytes, flip)) take(pixels);
    }
    return true;
  }

  return {
    rowStep,
    visit,
    async read(box: Box, out: StoredArray, signal?: AbortSignal, flip = false): Promise<void> {
      let done = 0;
      const append = (pixels: StoredArray): void => {
        (out as Uint8Array).set(pixels as Uint8Array, done);
        done += pixels.length;
      };
      if (await visit(box, append, signal, flip)) return;
      for await (const { group, bytes } of groups(box, signal)) {
        for await (const { stream, pixels } of decoded(group.ranges, group.offset, bytes, flip)) {
          const part = intersect(stream.box, box)!;
          for (const { source, target, length } of runsOf(part, stream.box, box)) {
            (out as Uint8Array).set(pixels.subarray(source, source + length) as Uint8Array, target);
          }
        }
      }
    },
  };
}

function markBlanks(pixels: StoredArray, blank: number | undefined): Float64Array {
  return Float64Array.from(pixels as Int32Array, (value) => (value === blank ? Number.NaN : Number(value)));
}

interface RowReader {
  /** The bytes of the rows `first` to `last`, as a view whose byte 0 is that of row `first`. */
  read(first: number, last: number, signal: AbortSignal | undefined): Promise<DataView>;
}

/** Keeps the rows read last; reads at least `ahead` bytes where there are as many. */
function rowReader(hdu: Hdu, table: TileTable, ahead: number): RowReader {
  const { rowLength, rowsOffset } = table;
  const tableEnd = rowLength * table.grid.reduce((product, count) => product * count, 1);
  let start = 0;
  let kept: Uint8Array = new Uint8Array(0);
  return {
    async read(first, last, signal) {
      const [from, to] = [first * rowLength, (last + 1) * rowLength];
      if (from < start || to > start + kept.length) {
        const length = Math.min(Math.max(to - from, ahead), tableEnd - from);
        kept = await readExactly(hdu.source, rowsOffset + from, length, signal);
        start = from;
      }
      return new DataView(kept.buffer, kept.byteOffset + from - start, to - from);
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
