/** Values of table cells. */
import type { Complex } from "./card.ts";
import type { AsciiColumn, BinaryColumn, Column } from "./table-column.ts";
import { ELEMENT_BYTES, type ElementType } from "./tform.ts";

/** One value; null where it is undefined (TNULL, a logical 0 byte, a blank field). Integers beyond 2^53 are bigint. */
export type Scalar = string | number | bigint | boolean | Complex | null;

/** A scalar, or all elements of an array in the order of the file (see the column's `dims`). */
export type Cell = Scalar | readonly Scalar[];

/**
 * Reads the cell of a binary table: `count` elements from byte `at`. A column with one element a row gives a scalar,
 * characters a string (or one for each TDIM row), everything else an array.
 */
export function readBinaryCell(column: BinaryColumn, view: DataView, at: number, count: number): Cell {
  const { type } = column.format;
  if (type === "A") {
    const width = column.dims && column.dims.length > 1 ? column.dims[0]! : count;
    if (width === count) return readText(view, at, count);
    const texts = width === 0 ? 0 : Math.floor(count / width);
    return Array.from({ length: texts }, (_, index) => readText(view, at + index * width, width));
  }
  if (type === "X") {
    return Array.from({ length: count }, (_, bit) => ((view.getUint8(at + (bit >> 3)) >> (7 - (bit & 7))) & 1) === 1);
  }
  const read = elementReader(column, type);
  if (column.format.repeat === 1) return read(view, at);
  const width = ELEMENT_BYTES[type];
  return Array.from({ length: count }, (_, index) => read(view, at + index * width));
}

function elementReader(
  column: BinaryColumn,
  type: Exclude<ElementType, "A" | "X">,
): (view: DataView, at: number) => Scalar {
  switch (type) {
    case "L":
      return (view, at) => {
        const byte = view.getUint8(at);
        return byte === 0x54 ? true : byte === 0x46 ? false : null;
      };
    case "B":
      return (view, at) => scaleInteger(column, view.getUint8(at));
    case "I":
      return (view, at) => scaleInteger(column, view.getInt16(at));
    case "J":
      return (view, at) => scaleInteger(column, view.getInt32(at));
    case "K":
      return (view, at) => scaleInteger(column, view.getBigInt64(at));
    case "E":
      return (view, at) => scaleReal(column, view.getFloat32(at));
    case "D":
      return (view, at) => scaleReal(column, view.getFloat64(at));
    case "C":
      return (view, at) => ({
        re: scaleReal(column, view.getFloat32(at)),
        im: column.scale * view.getFloat32(at + 4),
      });
    case "M":
      return (view, at) => ({
        re: scaleReal(column, view.getFloat64(at)),
        im: column.scale * view.getFloat64(at + 8),
      });
  }
}

/** Exact where TSCAL is 1 and TZERO whole (the unsigned conventions of §7.3.3), else in double precision. */
function scaleInteger(column: BinaryColumn, stored: number | bigint): Scalar {
  const { scale, zero } = column;
  if (column.null !== undefined && BigInt(stored) === BigInt(column.null)) return null;
  if (scale === 1 && (typeof zero === "bigint" || Number.isInteger(zero))) {
    if (typeof stored === "number" && typeof zero === "number") return stored + zero;
    return simplest(BigInt(stored) + BigInt(zero));
  }
  return scaleReal(column, Number(stored));
}

function scaleReal(column: Pick<Column, "scale" | "zero">, stored: number): number {
  const { scale, zero } = column;
  // Adding 0 would make 0 of -0.
  return zero === 0 ? stored * scale : stored * scale + Number(zero);
}

function simplest(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** §7.3.3.1: a NUL ends the string; trailing blanks are not significant. */
function readText(view: DataView, at: number, count: number): string {
  let text = "";
  for (let index = 0; index < count; index++) {
    const code = view.getUint8(at + index);
    if (code === 0) break;
    text += String.fromCharCode(code);
  }
  return text.replace(/ +$/, "");
}

/** Reads a field of an ASCII table (§7.2.5). A number nobody can read is null. */
export function readAsciiCell(column: AsciiColumn, view: DataView, at: number): Scalar {
  const text = readText(view, at, column.format.width);
  const field = text.trim();
  if (column.null !== undefined && field === column.null) return null;
  if (column.format.type === "A") return text;
  if (field === "") return null;
  const compact = field.replaceAll(" ", "");
  if (column.format.type === "I") {
    if (!/^[+-]?\d+$/.test(compact)) return null;
    const value = simplest(BigInt(compact.replace(/^\+/, "")));
    if (column.scale === 1 && column.zero === 0) return value;
    return scaleReal(column, Number(value));
  }
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[ED]?([+-]?\d+))?$/i.exec(compact);
  if (!match) return null;
  // §7.2.5: without a point the last `decimals` digits stand behind an implied one.
  const implied = match[1]!.includes(".") ? 0 : column.format.decimals;
  const value = Number(`${match[1]}e${Number(match[2] ?? 0) - implied}`);
  return scaleReal(column, value);
}
