/** Columns of binary and ASCII tables as their header describes them (FITS 4.0 §7.2 and §7.3). */
import { FitsError } from "./errors.ts";
import type { Header } from "./header.ts";
import { parseTform, type TableFormat } from "./tform.ts";

/** TFORMn of an ASCII table (Table 15): a field of `width` characters; `decimals` where a point may be implied. */
export interface AsciiFormat {
  readonly type: "A" | "I" | "F" | "E" | "D";
  readonly width: number;
  readonly decimals: number;
}

interface ColumnBase {
  /** From 0. */
  readonly index: number;
  /** TTYPEn; `COLn` where it has none. */
  readonly name: string;
  /** TUNITn, "" where absent. */
  readonly unit: string;
  /** TDISPn, "" where absent. */
  readonly display: string;
  /** TSCALn and TZEROn. */
  readonly scale: number;
  readonly zero: number | bigint;
  /** Byte offset in the row. */
  readonly offset: number;
}

export interface BinaryColumn extends ColumnBase {
  readonly kind: "binary";
  readonly format: TableFormat;
  /** TNULLn, for integers. */
  readonly null: number | bigint | undefined;
  /** TDIMn, the fastest axis first; undefined where absent or not fitting the repeat count. */
  readonly dims: readonly number[] | undefined;
}

export interface AsciiColumn extends ColumnBase {
  readonly kind: "ascii";
  readonly format: AsciiFormat;
  /** TNULLn: the text of an undefined field. */
  readonly null: string | undefined;
}

export type Column = BinaryColumn | AsciiColumn;

/** Throws MISSING_KEYWORD, BAD_VALUE where the columns contradict the row's length. */
export function parseColumns(header: Header, kind: Column["kind"]): Column[] {
  const rowLength = header.requireInteger("NAXIS1");
  const count = header.requireInteger("TFIELDS");
  if (count < 0 || count > 999) throw new FitsError("BAD_VALUE", `TFIELDS is ${count}`, { keyword: "TFIELDS" });
  const columns: Column[] = [];
  let offset = 0;
  for (let index = 0; index < count; index++) {
    const column = kind === "binary" ? binaryColumn(header, index, offset) : asciiColumn(header, index);
    offset = column.offset + column.format.width;
    if (column.offset < 0 || offset > rowLength) {
      const message = `column ${column.name} ends at byte ${offset} of a row of ${rowLength} bytes`;
      throw new FitsError("BAD_VALUE", message, { keyword: `TFORM${index + 1}` });
    }
    columns.push(column);
  }
  return columns;
}

function base(header: Header, index: number): Omit<ColumnBase, "offset"> {
  const number = index + 1;
  const zero = header.get(`TZERO${number}`);
  return {
    index,
    name: header.string(`TTYPE${number}`) ?? `COL${number}`,
    unit: header.string(`TUNIT${number}`) ?? "",
    display: header.string(`TDISP${number}`) ?? "",
    scale: header.number(`TSCAL${number}`) ?? 1,
    zero: typeof zero === "bigint" ? zero : (header.number(`TZERO${number}`) ?? 0),
  };
}

function binaryColumn(header: Header, index: number, offset: number): BinaryColumn {
  const keyword = `TFORM${index + 1}`;
  const format = parseTform(header.requireString(keyword), keyword);
  const blank = header.get(`TNULL${index + 1}`);
  return {
    ...base(header, index),
    kind: "binary",
    offset,
    format,
    null: typeof blank === "bigint" ? blank : header.integer(`TNULL${index + 1}`),
    dims: parseTdim(header.string(`TDIM${index + 1}`), format.repeat),
  };
}

/** §7.3.2; one that does not fit the repeat count is ignored, as CFITSIO and astropy do. */
function parseTdim(text: string | undefined, repeat: number | undefined): number[] | undefined {
  const match = /^\s*\(([\d\s,]+)\)\s*$/.exec(text ?? "");
  if (!match || repeat === undefined) return undefined;
  const dims = match[1]!.split(",").map(Number);
  return dims.reduce((product, length) => product * length, 1) <= repeat ? dims : undefined;
}

function asciiColumn(header: Header, index: number): AsciiColumn {
  const keyword = `TFORM${index + 1}`;
  const text = header.requireString(keyword);
  const match = /^\s*([AIFED])(\d+)(?:\.(\d+))?/i.exec(text);
  if (!match) throw new FitsError("BAD_VALUE", `${keyword} = '${text}' is no format of an ASCII table`, { keyword });
  const type = match[1]!.toUpperCase() as AsciiFormat["type"];
  return {
    ...base(header, index),
    kind: "ascii",
    offset: header.requireInteger(`TBCOL${index + 1}`) - 1,
    format: { type, width: Number(match[2]), decimals: Number(match[3] ?? 0) },
    null: header.string(`TNULL${index + 1}`)?.trim(),
  };
}
