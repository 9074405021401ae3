/** Where the streams of tiles stand in the file, read from the rows of their table. */
import type { Box } from "../box.ts";
import { FitsError } from "../errors.ts";
import type { Hdu } from "../hdu.ts";
import type { Range } from "../ranges.ts";
import { bytesOf } from "../tform.ts";
import type { TileColumn, TileTable, TileValue } from "./tile-table.ts";

/** Where a tile's stream is, and how it is stored. */
export interface TileStream extends Range {
  /** Row of the table, from 0. */
  readonly tile: number;
  readonly box: Box;
  readonly form: "compressed" | "uncompressed" | "gzipped";
  readonly scale: number | undefined;
  readonly zero: number | undefined;
  readonly blank: number | undefined;
}

/** Where the streams of `tiles` are; `view` holds their rows of the table, the first at byte 0. */
export function locateTiles(hdu: Hdu, table: TileTable, tiles: readonly number[], view: DataView): TileStream[] {
  const first = tiles[0]!;
  return tiles.map((tile) => findStream(hdu, table, tile, view, (tile - first) * table.rowLength));
}

/** A class, and boxes only for those who ask: there are thousands of tiles, and most need none. */
class LocatedStream implements TileStream {
  constructor(
    private readonly table: TileTable,
    readonly tile: number,
    readonly form: TileStream["form"],
    readonly offset: number,
    readonly length: number,
    readonly scale: number | undefined,
    readonly zero: number | undefined,
    readonly blank: number | undefined,
  ) {}

  get box(): Box {
    return tileBox(this.table, this.tile);
  }
}

const FORMS = ["compressed", "uncompressed", "gzipped"] as const;

function findStream(hdu: Hdu, table: TileTable, tile: number, view: DataView, row: number): TileStream {
  // §10.1.3: a tile that did not compress stands in one of the other two columns.
  for (const form of FORMS) {
    const column = table[form];
    if (!column) continue;
    const { count, start } = readDescriptor(column, view, row);
    if (count === 0) continue;
    const offset = table.heapOffset + start;
    const length = bytesOf(column.format.type, count);
    if (start < 0 || count < 0 || !(offset + length <= table.heapEnd)) {
      throw tileError(hdu, tile, offset, new FitsError("CORRUPT", `its ${length} bytes are outside the heap`));
    }
    const [scale, zero, blank] = [
      readValue(table.scale, view, row),
      readValue(table.zero, view, row),
      readValue(table.blank, view, row),
    ];
    return new LocatedStream(table, tile, form, offset, length, scale, zero, blank);
  }
  throw tileError(hdu, tile, table.rowsOffset + tile * table.rowLength, new FitsError("CORRUPT", "it has no data"));
}

/** §7.3.5: number of elements and byte offset from the heap's beginning. */
function readDescriptor(column: TileColumn, view: DataView, row: number): { count: number; start: number } {
  const at = row + column.offset;
  if (column.format.descriptor === "P") return { count: view.getInt32(at), start: view.getInt32(at + 4) };
  return { count: Number(view.getBigInt64(at)), start: Number(view.getBigInt64(at + 8)) };
}

function readValue(value: TileValue | undefined, view: DataView, row: number): number | undefined {
  if (value === undefined) return undefined;
  if ("constant" in value) return value.constant;
  const at = row + value.column.offset;
  switch (value.column.format.type) {
    case "B":
      return view.getUint8(at);
    case "I":
      return view.getInt16(at);
    case "J":
      return view.getInt32(at);
    case "E":
      return view.getFloat32(at);
    case "D":
      return view.getFloat64(at);
    default:
      throw new FitsError("UNSUPPORTED", `a column of type ${value.column.format.type} for a tile's parameter`);
  }
}

/** The pixels a tile covers; at the upper edges it is cut. */
function tileBox(table: TileTable, tile: number): Box {
  let rest = tile;
  const lo = table.grid.map((count, axis) => {
    const index = rest % count;
    rest = Math.floor(rest / count);
    return index * table.tile[axis]!;
  });
  return { lo, hi: lo.map((start, axis) => Math.min(start + table.tile[axis]!, table.axes[axis]!)) };
}

/** The same error with the tile, its HDU and its offset in it. What is no FitsError is passed on as it is. */
export function tileError(hdu: Hdu, tile: number, offset: number, error: unknown): unknown {
  if (!(error instanceof FitsError)) return error;
  const message = `tile ${tile} of HDU ${hdu.index}, at byte ${offset}: ${error.message}`;
  return new FitsError(error.code, message, { offset, hdu: hdu.index, tile }, { cause: error });
}
