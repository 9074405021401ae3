/** The header of a tile-compressed image as that of the image it holds (FITS 4.0 §10.1.2), as funpack restores it. */
import { CARD_LENGTH, type Card } from "../card.ts";
import { makeCard } from "../card-format.ts";
import { FitsError } from "../errors.ts";
import { Header } from "../header.ts";

/** Keywords that describe the table or its compression, and have no place in the image's header. */
const DROPPED =
  /^(?:XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|THEAP|CHECKSUM|DATASUM|T(?:TYPE|FORM|UNIT|DISP|DIM|NULL|SCAL|ZERO)\d+|Z(?:IMAGE|CMPTYPE|QUANTIZ|DITHER0|BLANK|MASKCMP|SCALE|ZERO|TILE\d+|NAME\d+|VAL\d+))$/;

/** Keywords of the image that stand under another name in the table's header. */
const RENAMED = new Map([
  ["ZSIMPLE", "SIMPLE"],
  ["ZTENSION", "XTENSION"],
  ["ZBITPIX", "BITPIX"],
  ["ZNAXIS", "NAXIS"],
  ["ZEXTEND", "EXTEND"],
  ["ZBLOCKED", "BLOCKED"],
  ["ZPCOUNT", "PCOUNT"],
  ["ZGCOUNT", "GCOUNT"],
  ["ZHECKSUM", "CHECKSUM"],
  ["ZDATASUM", "DATASUM"],
]);

/** Those that must come first, in this order (§4.4.1). */
const FIRST = ["SIMPLE", "XTENSION", "BITPIX", "NAXIS"];

/** Throws MISSING_KEYWORD where the table does not say what image it holds. */
export function compressedImageHeader(table: Header): Header {
  const cards: Card[] = [];
  for (const card of table.cards) {
    const name = RENAMED.get(card.keyword) ?? (/^ZNAXIS\d+$/.test(card.keyword) ? card.keyword.slice(1) : undefined);
    if (name !== undefined) cards.push(rename(card, name));
    else if (!DROPPED.test(card.keyword) && !isDefaultName(card)) cards.push(card);
  }
  for (const keyword of ["BITPIX", "NAXIS"]) {
    if (!cards.some((card) => card.keyword === keyword)) {
      throw new FitsError("MISSING_KEYWORD", `a compressed image needs Z${keyword}`, { keyword: `Z${keyword}` });
    }
  }
  return new Header(inOrder(cards), table.warnings);
}

/** The mandatory cards first, whatever the order of the file; all others stay as they are. */
function inOrder(cards: readonly Card[]): Card[] {
  const take = (keyword: string): Card | undefined => cards.find((card) => card.keyword === keyword);
  const isPrimary = take("SIMPLE") !== undefined;
  const naxis = Number(take("NAXIS")!.value);
  const names = [...FIRST];
  for (let axis = 1; axis <= Math.min(naxis, 999); axis++) names.push(`NAXIS${axis}`);
  if (!isPrimary) names.push("PCOUNT", "GCOUNT");
  const defaults = new Map<string, Card>();
  if (!isPrimary) {
    defaults.set("XTENSION", makeCard("XTENSION", "IMAGE", "Image extension"));
    defaults.set("PCOUNT", makeCard("PCOUNT", 0));
    defaults.set("GCOUNT", makeCard("GCOUNT", 1));
  }
  const head = names.map((name) => take(name) ?? defaults.get(name)).filter((card) => card !== undefined);
  const used = new Set(head);
  return [...head, ...cards.filter((card) => !used.has(card))];
}

/** The same card image, value and comment under another keyword of at most eight characters. */
function rename(card: Card, keyword: string): Card {
  const images = card.images.map((image, index) => (index === 0 ? keyword.padEnd(8) + image.slice(8) : image));
  return { ...card, keyword, images: images.map((image) => image.padEnd(CARD_LENGTH)) };
}

/** The name CFITSIO gives where the image had none. */
function isDefaultName(card: Card): boolean {
  return card.keyword === "EXTNAME" && card.value === "COMPRESSED_IMAGE";
}
