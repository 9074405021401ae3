/** Headers of packed files: the table of a tile-compressed image (FITS 4.0 §10.1), laid out as fpack lays it out. */
import type { Card } from "./card.ts";
import { makeCard } from "./card-format.ts";
import { setChecksum } from "./checksum.ts";
import { Header } from "./header.ts";

/** What the table's header says beside the image's own cards. */
export interface PackedTable {
  readonly compression: "RICE_1" | "GZIP_2";
  /** Bytes of an integer pixel; for RICE_1. */
  readonly bytePix: number;
  /** ZTILEn. */
  readonly tile: readonly number[];
  /** Tiles, which are the table's rows. */
  readonly rows: number;
  /** Descriptors of 64 bits, for heaps past 2 GiB. */
  readonly wide: boolean;
}

/** Cards of the image that would be taken for the table's own (§10.1.2): they stand under another name. */
const RENAMED = new Map([
  ["SIMPLE", "ZSIMPLE"],
  ["XTENSION", "ZTENSION"],
  ["BITPIX", "ZBITPIX"],
  ["NAXIS", "ZNAXIS"],
  ["EXTEND", "ZEXTEND"],
  ["BLOCKED", "ZBLOCKED"],
  ["PCOUNT", "ZPCOUNT"],
  ["GCOUNT", "ZGCOUNT"],
  ["CHECKSUM", "ZHECKSUM"],
  ["DATASUM", "ZDATASUM"],
]);

/**
 * The table's header with everything that is known before the tiles are: PCOUNT, TFORM1, DATASUM and CHECKSUM have
 * their cards and are filled in later, so its length is final. `isFirst`: of the file's packed images.
 */
export function packedHeader(image: Header, table: PackedTable, isFirst: boolean): Header {
  const lossless = table.compression === "GZIP_2" && Number(image.get("BITPIX")) < 0;
  const cards: Card[] = [
    makeCard("XTENSION", "BINTABLE", "binary table extension"),
    makeCard("BITPIX", 8, "8-bit bytes"),
    makeCard("NAXIS", 2, "2-dimensional binary table"),
    makeCard("NAXIS1", table.wide ? 16 : 8, "width of table in bytes"),
    makeCard("NAXIS2", table.rows, "number of rows in table"),
    makeCard("PCOUNT", 0, "size of special data area"),
    makeCard("GCOUNT", 1, "one data group (required keyword)"),
    makeCard("TFIELDS", 1, "number of fields in each row"),
    makeCard("TTYPE1", "COMPRESSED_DATA", "label for field   1"),
    makeCard("TFORM1", tform(table, 0), "data format of field: variable length array"),
    makeCard("ZIMAGE", true, "extension contains compressed image"),
    ...table.tile.map((length, axis) => makeCard(`ZTILE${axis + 1}`, length, "size of tiles to be compressed")),
    makeCard("ZCMPTYPE", table.compression, "compression algorithm"),
  ];
  if (table.compression === "RICE_1") {
    cards.push(
      makeCard("ZNAME1", "BLOCKSIZE", "compression block size"),
      makeCard("ZVAL1", 32, "pixels per block"),
      makeCard("ZNAME2", "BYTEPIX", "bytes per pixel (1, 2, 4, or 8)"),
      makeCard("ZVAL2", table.bytePix, "bytes per pixel (1, 2, 4, or 8)"),
    );
  }
  // What funpack takes for "had no name". Two of the same name are no clean file.
  if (isFirst && !image.has("EXTNAME")) cards.push(makeCard("EXTNAME", "COMPRESSED_IMAGE"));
  for (const card of image.cards) cards.push(renamed(card));
  // Behind the image's structure, where older CFITSIO looks for it.
  if (lossless) cards.push(makeCard("ZQUANTIZ", "NONE", "Lossless compression without quantization"));
  const header = new Header(cards);
  setChecksum(header, 0);
  return header;
}

/** The final header's bytes, from what the tiles came to: `longest` and `heap` in bytes, `sum` of the data unit. */
export function sealPackedHeader(
  header: Header,
  table: PackedTable,
  tiles: { longest: number; heap: number; sum: number },
): Uint8Array {
  const sealed = header.clone().set("PCOUNT", tiles.heap).set("TFORM1", tform(table, tiles.longest));
  setChecksum(sealed, tiles.sum);
  return sealed.toBytes();
}

/** An empty primary HDU to stand before an image that was the primary one; funpack drops it again. */
export function emptyPrimary(): Uint8Array {
  const header = new Header([
    makeCard("SIMPLE", true, "file does conform to FITS standard"),
    makeCard("BITPIX", 8, "number of bits per data pixel"),
    makeCard("NAXIS", 0, "number of data axes"),
    makeCard("EXTEND", true, "FITS dataset may contain extensions"),
  ]);
  setChecksum(header, 0);
  return header.toBytes();
}

function tform(table: PackedTable, longest: number): string {
  return `1${table.wide ? "Q" : "P"}B(${longest})`;
}

function renamed(card: Card): Card {
  const name = RENAMED.get(card.keyword) ?? (/^NAXIS\d+$/.test(card.keyword) ? `Z${card.keyword}` : undefined);
  if (name === undefined) return card;
  const [first, ...others] = card.images;
  return { ...card, keyword: name, images: [name.padEnd(8) + first!.slice(8), ...others] };
}
