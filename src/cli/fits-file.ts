/** Writes the plain FITS files of the demo: an empty primary HDU and the HDUs given. */
import { Real } from "../fits/card-format.ts";
import { BLOCK_LENGTH, Header } from "../fits/header.ts";

export type Cards = [keyword: string, value: string | number | boolean, comment?: string][];

/** Values that are reals by nature are written as such, whole or not (FITS 4.0 §4.2.4). */
export function headerOfCards(cards: Cards): Header {
  const header = new Header();
  for (const [keyword, value, comment] of cards) {
    const isReal = typeof value === "number" && (REALS.has(keyword) || !Number.isInteger(value));
    header.insert(keyword, isReal ? new Real(value) : value, comment);
  }
  return header;
}

const REALS = new Set([
  "EXPTIME",
  "GAIN",
  "RDNOISE",
  "CRVAL1",
  "CRVAL2",
  "CRPIX1",
  "CRPIX2",
  "TEL-RA",
  "TEL-DEC",
  "HEIGHT",
]);

function hdu(cards: Cards, data: Uint8Array): Uint8Array {
  const header = headerOfCards(cards).toBytes();
  const bytes = new Uint8Array(header.length + Math.ceil(data.length / BLOCK_LENGTH) * BLOCK_LENGTH);
  bytes.set(header);
  bytes.set(data, header.length);
  return bytes;
}

export function fitsFile(hdus: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const primary = headerOfCards([
    ["SIMPLE", true, "conforms to FITS standard"],
    ["BITPIX", 8],
    ["NAXIS", 0],
    ["EXTEND", true],
  ]).toBytes();
  const parts = [primary, ...hdus];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A square image, first row at the bottom. 16-bit unsigned by BZERO = 32768 (FITS 4.0 table 11), or 32-bit floats. */
export function imageHdu(name: string, size: number, pixels: Uint16Array | Float32Array, cards: Cards): Uint8Array {
  const isFloat = pixels instanceof Float32Array;
  const data = new DataView(new ArrayBuffer(pixels.byteLength));
  if (isFloat) for (let i = 0; i < pixels.length; i++) data.setFloat32(4 * i, pixels[i]!);
  else for (let i = 0; i < pixels.length; i++) data.setInt16(2 * i, pixels[i]! - 32768);
  const scaling: Cards = isFloat
    ? []
    : [
        ["BSCALE", 1],
        ["BZERO", 32768],
      ];
  const all: Cards = [
    ["XTENSION", "IMAGE", "image extension"],
    ["BITPIX", isFloat ? -32 : 16],
    ["NAXIS", 2],
    ["NAXIS1", size],
    ["NAXIS2", size],
    ["PCOUNT", 0],
    ["GCOUNT", 1],
    ...scaling,
    ["EXTNAME", name],
    ...cards,
  ];
  return hdu(all, new Uint8Array(data.buffer));
}

type Form = "J" | "E" | "D"; // 32-bit integer, 32-bit and 64-bit real: FITS 4.0 table 18

const WIDTH: Record<Form, number> = { J: 4, E: 4, D: 8 };

/** A binary table, one value a cell. */
export function binaryTable<Row extends Record<string, number>>(
  name: string,
  rows: Row[],
  columns: { name: keyof Row & string; form: Form; unit?: string }[],
): Uint8Array {
  const rowLength = columns.reduce((sum, { form }) => sum + WIDTH[form], 0);
  const data = new DataView(new ArrayBuffer(rowLength * rows.length));
  let at = 0;
  for (const row of rows) {
    for (const { name: column, form } of columns) {
      if (form === "J") data.setInt32(at, row[column]!);
      else if (form === "E") data.setFloat32(at, row[column]!);
      else data.setFloat64(at, row[column]!);
      at += WIDTH[form];
    }
  }
  const cards: Cards = [
    ["XTENSION", "BINTABLE", "binary table extension"],
    ["BITPIX", 8],
    ["NAXIS", 2],
    ["NAXIS1", rowLength],
    ["NAXIS2", rows.length],
    ["PCOUNT", 0],
    ["GCOUNT", 1],
    ["TFIELDS", columns.length],
    ...columns.flatMap(({ name: column, form, unit }, index): Cards => {
      const n = index + 1;
      return [[`TTYPE${n}`, column], [`TFORM${n}`, form], ...(unit ? ([[`TUNIT${n}`, unit]] as Cards) : [])];
    }),
    ["EXTNAME", name],
  ];
  return hdu(cards, new Uint8Array(data.buffer));
}
