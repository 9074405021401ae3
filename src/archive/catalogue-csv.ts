/**
 * A FITS table as comma-separated text, character by character what astropy's ASCII writer makes of it, which is what
 * pyobs-archive answers. What that writer cannot write is put so that astropy and numpy can read it back: arrays with
 * blanks between their elements, undefined values as empty fields.
 */
import type { Complex } from "../fits/card.ts";
import type { Cell, Scalar } from "../fits/cell.ts";
import type { Table } from "../fits/table.ts";
import type { Column } from "../fits/table-column.ts";

/** As Python's repr of a float: shortest digits that read back, `2.0` for whole numbers, exponents from 1e16 on. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  if (value === 0) return "0.0";
  const [digits = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 16) return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  // Between those JavaScript writes decimals too, except for 1e-5 > |x|, which is past already.
  const text = String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** As Python's str of a complex number: `(1+2j)`. */
function pythonComplex({ re, im }: Complex): string {
  const part = (value: number) => pythonFloat(value).replace(/\.0$/, "");
  if (Object.is(re, 0)) return `${part(im)}j`;
  const imaginary = part(im);
  return `(${part(re)}${imaginary.startsWith("-") ? "" : "+"}${imaginary}j)`;
}

function isReal(column: Column): boolean {
  const { type } = column.format;
  if (type === "E" || type === "D" || type === "F") return true;
  if (column.scale !== 1) return true;
  return typeof column.zero === "number" && !Number.isInteger(column.zero);
}

function scalarText(value: Scalar, real: boolean): string {
  if (value === null) return "";
  if (typeof value === "string") return value.trim();
  if (typeof value === "number") return real ? pythonFloat(value) : String(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return value.toString();
  return pythonComplex(value);
}

function cellText(cell: Cell, real: boolean): string {
  if (!Array.isArray(cell)) return scalarText(cell as Scalar, real);
  // An undefined element must still be one; numpy reads this one back.
  return (cell as readonly Scalar[]).map((one) => (one === null ? "nan" : scalarText(one, real))).join(" ");
}

/** Quoted where it has to be; a line of a single empty field too, or it would look like none. */
function field(text: string, alone: boolean): string {
  if (/[",\r\n]/.test(text)) return `"${text.replaceAll('"', '""')}"`;
  return alone && text === "" ? '""' : text;
}

function line(texts: string[]): string {
  return `${texts.map((text) => field(text, texts.length === 1)).join(",")}\n`;
}

/**
 * The table's text, piece by piece; the first piece is the heading. With `units`, before it a comment line, which
 * astropy skips: `# units:` and the columns' units in order.
 */
export async function* catalogueCsv(table: Table, options: { units: boolean; signal?: AbortSignal }) {
  const { columns } = table;
  const heading = line(columns.map(({ name }) => name));
  yield options.units ? `# units: ${line(columns.map(({ unit }) => unit))}${heading}` : heading;
  const real = columns.map(isReal);
  for await (const { rows } of table.rows({ signal: options.signal })) {
    let text = "";
    for (const row of rows) text += line(row.map((cell, index) => cellText(cell, real[index]!)));
    yield text;
  }
}
