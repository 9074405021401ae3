/** The table of a tile-compressed image (FITS 4.0 §10.1): what its keywords and columns say, checked. */
import { FitsError } from "../errors.ts";
import type { Hdu } from "../hdu.ts";
import type { Header } from "../header.ts";
import { type Bitpix, checkBitpix } from "../pixels.ts";
import { parseTform, type TableFormat } from "../tform.ts";
import type { Dither } from "./quantize.ts";

export interface TileColumn {
  /** Byte offset in the row. */
  readonly offset: number;
  readonly format: TableFormat;
}

/** A value that stands in a column, for each tile, or in a keyword, for all. */
export type TileValue = { readonly column: TileColumn } | { readonly constant: number };

export interface TileTable {
  readonly codec: string;
  readonly parameters: ReadonlyMap<string, number>;
  readonly bitpix: Bitpix;
  /** BZERO of the image, 0 where absent. */
  readonly bzero: number;
  /** ZNAXISn and ZTILEn. */
  readonly axes: readonly number[];
  readonly tile: readonly number[];
  /** Tiles on each axis. */
  readonly grid: readonly number[];
  readonly compressed: TileColumn | undefined;
  readonly uncompressed: TileColumn | undefined;
  readonly gzipped: TileColumn | undefined;
  /** Set for quantised floats. */
  readonly scale: TileValue | undefined;
  readonly zero: TileValue | undefined;
  readonly blank: TileValue | undefined;
  readonly dither: Dither;
  readonly dither0: number;
  /** Of the table: bytes of a row, where rows and heap begin in the file, and where the heap ends. */
  readonly rowLength: number;
  readonly rowsOffset: number;
  readonly heapOffset: number;
  readonly heapEnd: number;
}

const DITHERS: ReadonlyMap<string, Dither> = new Map([
  ["NO_DITHER", 0],
  ["SUBTRACTIVE_DITHER_1", 1],
  ["SUBTRACTIVE_DITHER_2", 2],
]);

export function parseTileTable(hdu: Hdu): TileTable {
  const header = hdu.storedHeader;
  const bitpix = checkBitpix(header.requireInteger("ZBITPIX"), hdu.index);
  const naxis = header.requireInteger("ZNAXIS");
  const axes = Array.from({ length: naxis }, (_, index) => header.requireInteger(`ZNAXIS${index + 1}`));
  // §10.1.1: the default is a tile a row.
  const tile = axes.map((length, index) => header.integer(`ZTILE${index + 1}`) ?? (index === 0 ? length : 1));
  tile.forEach((length, index) => {
    if (length < 1) {
      const keyword = `ZTILE${index + 1}`;
      throw new FitsError("BAD_VALUE", `${keyword} is ${length}; it must be positive`, { hdu: hdu.index, keyword });
    }
  });
  const grid = axes.map((length, index) => Math.ceil(length / tile[index]!));
  const [rowLength, rows] = [header.requireInteger("NAXIS1"), header.requireInteger("NAXIS2")];
  const tiles = grid.reduce((product, count) => product * count, 1);
  if (tiles !== rows) {
    throw new FitsError("CORRUPT", `the image has ${tiles} tiles, its table ${rows} rows`, { hdu: hdu.index });
  }
  const columns = readColumns(header, rowLength);
  const [compressed, uncompressed, gzipped] = ["COMPRESSED_DATA", "UNCOMPRESSED_DATA", "GZIP_COMPRESSED_DATA"].map(
    (name) => arrayColumn(columns, name),
  );
  if (!compressed && !uncompressed && !gzipped) {
    throw new FitsError("MISSING_KEYWORD", "the table has no column COMPRESSED_DATA", { hdu: hdu.index });
  }
  const quantized = bitpix < 0 && header.string("ZQUANTIZ") !== "NONE";
  const method = header.string("ZQUANTIZ") ?? "NO_DITHER";
  const dither = DITHERS.get(method);
  if (quantized && dither === undefined) {
    throw new FitsError("UNSUPPORTED", `ZQUANTIZ '${method}'`, { hdu: hdu.index, keyword: "ZQUANTIZ" });
  }
  const rowsOffset = hdu.dataOffset;
  const heap = header.integer("THEAP") ?? rowLength * rows;
  if (heap < rowLength * rows || heap > hdu.dataLength) {
    throw new FitsError("BAD_VALUE", `THEAP is ${heap}, outside the table`, { hdu: hdu.index, keyword: "THEAP" });
  }
  const scale = tileValue(header, columns, "ZSCALE");
  return {
    codec: header.requireString("ZCMPTYPE"),
    parameters: readParameters(header),
    bitpix,
    bzero: header.number("BZERO") ?? 0,
    axes,
    tile,
    grid,
    compressed,
    uncompressed,
    gzipped,
    scale: quantized ? scale : undefined,
    zero: quantized ? tileValue(header, columns, "ZZERO") : undefined,
    // As CFITSIO: a column, else the keyword ZBLANK, else BLANK.
    blank: tileValue(header, columns, "ZBLANK") ?? tileValue(header, columns, "BLANK"),
    dither: dither ?? 0,
    dither0: header.integer("ZDITHER0") ?? 1,
    rowLength,
    rowsOffset,
    heapOffset: rowsOffset + heap,
    heapEnd: rowsOffset + hdu.dataLength,
  };
}

function readColumns(header: Header, rowLength: number): Map<string, TileColumn> {
  const columns = new Map<string, TileColumn>();
  const count = header.requireInteger("TFIELDS");
  let offset = 0;
  for (let index = 1; index <= count; index++) {
    const keyword = `TFORM${index}`;
    const format = parseTform(header.requireString(keyword), keyword);
    columns.set(header.requireString(`TTYPE${index}`).toUpperCase(), { offset, format });
    offset += format.width;
  }
  if (offset > rowLength) {
    throw new FitsError("BAD_VALUE", `columns take ${offset} bytes, a row has ${rowLength}`, { keyword: "NAXIS1" });
  }
  return columns;
}

function arrayColumn(columns: ReadonlyMap<string, TileColumn>, name: string): TileColumn | undefined {
  const column = columns.get(name);
  if (!column || column.format.width === 0) return undefined;
  if (column.format.descriptor === undefined) {
    throw new FitsError("UNSUPPORTED", `column ${name} is not of variable length`);
  }
  return column;
}

function tileValue(header: Header, columns: ReadonlyMap<string, TileColumn>, name: string): TileValue | undefined {
  const column = columns.get(name);
  if (column) return { column };
  const constant = header.number(name);
  return constant === undefined ? undefined : { constant };
}

/** ZNAMEn → ZVALn; values that are not numbers are of no codec known here. */
function readParameters(header: Header): Map<string, number> {
  const parameters = new Map<string, number>();
  for (let index = 1; header.has(`ZNAME${index}`); index++) {
    const value = header.get(`ZVAL${index}`);
    if (typeof value === "number") parameters.set(header.requireString(`ZNAME${index}`).toUpperCase(), value);
  }
  return parameters;
}
