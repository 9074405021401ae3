/**
 * The header that funpack writes for a tile-compressed image: `compression/image-header.ts` undoes the renaming of the
 * standard (FITS 4.0 §10.1.2), this what CFITSIO does beyond it (imcompress.c, fits_img_decompress_header), with
 * CHECKSUM and DATASUM as they were before packing (`funpack -C`).
 */
import type { Card } from "./card.ts";
import { makeCard } from "./card-format.ts";
import type { Hdu } from "./hdu.ts";
import { Header } from "./header.ts";

/** Cards of an empty primary HDU that are not moved into the image which takes its place (imcomp_copy_prime2img). */
const STAYS = /^(?:SIMPLE|BITPIX|NAXIS\d*|PCOUNT|EXTEND|GCOUNT|CHECKSUM|DATASUM|EXTNAME|HISTORY|COMMENT)$/;

/** Cards that CFITSIO does not restore where it has to make the mandatory ones itself. */
const MADE = /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|BLOCKED|PCOUNT|GCOUNT|CHECKSUM|DATASUM)$/;

/** `standIn`: the empty primary HDU whose place the image takes; null where the image stays an extension. */
export function unpackedHeader(hdu: Hdu, standIn: Hdu | null): Header {
  if (standIn !== null) {
    const { cards } = standIn.header;
    const last = cards.findLastIndex(({ images }) => images[0]!.trim() !== "");
    const moved = cards.slice(0, last + 1).filter(({ keyword }) => !STAYS.test(keyword));
    return moved.length === 0 ? hdu.header : new Header([...hdu.header.cards, ...moved]);
  }
  // Once a primary image, now behind another one; or packed by a program that did not write down what it was.
  return hdu.storedHeader.has("ZTENSION") ? hdu.header : asExtension(hdu);
}

function asExtension({ header }: Hdu): Header {
  const naxis = header.requireInteger("NAXIS");
  const mandatory: Card[] = [
    makeCard("XTENSION", "IMAGE", "IMAGE extension"),
    makeCard("BITPIX", header.requireInteger("BITPIX"), "number of bits per data pixel"),
    makeCard("NAXIS", naxis, "number of data axes"),
  ];
  for (let axis = 1; axis <= naxis; axis++) {
    mandatory.push(makeCard(`NAXIS${axis}`, header.requireInteger(`NAXIS${axis}`), `length of data axis ${axis}`));
  }
  mandatory.push(
    makeCard("PCOUNT", 0, "required keyword; must = 0"),
    makeCard("GCOUNT", 1, "required keyword; must = 1"),
  );
  return new Header([...mandatory, ...header.cards.filter(({ keyword }) => !MADE.test(keyword))]);
}
