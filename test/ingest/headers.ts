/** Headers and files for the tests of ingest, written card by card. */
import { Buffer } from "node:buffer";

export type Cards = Record<string, string | number | boolean | null>;

/** One 80-column image. Numbers with a point in them are given as text in backticks: "`30.0`". */
export function cardImage(keyword: string, value: string | number | boolean | null): string {
  let text: string;
  if (typeof value === "string" && !value.startsWith("`")) text = `'${value.replaceAll("'", "''").padEnd(8)}'`;
  else if (typeof value === "boolean") text = (value ? "T" : "F").padStart(20);
  else text = value === null ? "" : String(value).replaceAll("`", "").padStart(20);
  const name = keyword.length > 8 ? `HIERARCH ${keyword} ` : keyword.padEnd(8);
  return `${name}= ${text}`.padEnd(80).slice(0, 80);
}

export function headerBytes(cards: Cards | string[]): Buffer {
  const images = Array.isArray(cards)
    ? cards.map((image) => image.padEnd(80))
    : Object.entries(cards).map(([keyword, value]) => cardImage(keyword, value));
  const text = [...images, "END".padEnd(80)].join("");
  return Buffer.from(text.padEnd(Math.ceil(text.length / 2880) * 2880), "latin1");
}

/** Cards that the archive needs of a frame, and a size of 4 × 2 pixels of 16 bits. */
export function frameCards(more: Cards = {}): Cards {
  return {
    SIMPLE: true,
    BITPIX: 16,
    NAXIS: 2,
    NAXIS1: 4,
    NAXIS2: 2,
    "DATE-OBS": "2024-01-15T22:04:00.123",
    "DAY-OBS": "2024-01-15",
    SITEID: "goe",
    TELID: "0m50",
    INSTRUME: "sb63",
    IMAGETYP: "object",
    XBINNING: 1,
    YBINNING: 1,
    ...more,
  };
}

/** A frame in the primary HDU; `rows` sets NAXIS2 to make it longer. */
export function frameBytes(more: Cards = {}, rows = 2): Buffer {
  const header = headerBytes(frameCards({ NAXIS2: rows, ...more }));
  return Buffer.concat([header, Buffer.alloc(Math.ceil((rows * 8) / 2880) * 2880, 7)]);
}

/** An extension behind a primary HDU. */
export function extensionBytes(more: Cards = {}, rows = 2): Buffer {
  const { SIMPLE: _, ...cards } = frameCards({ NAXIS2: rows });
  const header = headerBytes({ XTENSION: "IMAGE", ...cards, PCOUNT: 0, GCOUNT: 1, ...more });
  return Buffer.concat([header, Buffer.alloc(Math.ceil((rows * 8) / 2880) * 2880, 9)]);
}

export function emptyPrimary(more: Cards = {}): Buffer {
  return headerBytes({ SIMPLE: true, BITPIX: 8, NAXIS: 0, EXTEND: true, ...more });
}
