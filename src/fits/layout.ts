/** What a header says of its data unit: kind, size, shape (FITS 4.0 §4.4.1). */
import { FitsError } from "./errors.ts";
import type { HduKind, ImageLayout } from "./hdu.ts";
import type { Header } from "./header.ts";
import { checkBitpix } from "./pixels.ts";

/** FITS 4.0 §4.4.1.1. */
const MAX_NAXIS = 999;

/** What kind of HDU a header announces. */
export function kindOf(header: Header, index: number): HduKind {
  if (index === 0) {
    // A primary array that does not conform (SIMPLE = F) may be anything (§4.4.1.1).
    if (header.get("SIMPLE") !== true) return "unknown";
    return header.get("GROUPS") === true && header.get("NAXIS1") === 0 ? "groups" : "primary";
  }
  switch (header.requireString("XTENSION")) {
    case "IMAGE":
    case "IUEIMAGE": // the name before IMAGE was registered
      return "image";
    case "TABLE":
      return "table";
    case "BINTABLE":
    case "A3DTABLE": // likewise
      if (header.get("ZIMAGE") === true) return "compressed-image";
      return header.get("ZTABLE") === true ? "compressed-table" : "bintable";
    default:
      return "unknown";
  }
}

/** NAXISn, checked. */
function axesOf(header: Header): number[] {
  const naxis = header.requireInteger("NAXIS");
  if (naxis < 0 || naxis > MAX_NAXIS) {
    throw new FitsError("BAD_VALUE", `NAXIS is ${naxis}; allowed are 0 to ${MAX_NAXIS}`, { keyword: "NAXIS" });
  }
  return Array.from({ length: naxis }, (_, index) => {
    const keyword = `NAXIS${index + 1}`;
    const length = header.requireInteger(keyword);
    if (length < 0) throw new FitsError("BAD_VALUE", `${keyword} is ${length}; it cannot be negative`, { keyword });
    return length;
  });
}

/** Bytes of the data unit without its fill: §4.4.1.2, equation 2; for random groups §6.1, equation 4. */
export function dataLengthOf(header: Header, kind: HduKind): number {
  const bitpix = checkBitpix(header.requireInteger("BITPIX"));
  const axes = axesOf(header);
  if (axes.length === 0) return 0;
  const pcount = header.integer("PCOUNT") ?? 0;
  const gcount = header.integer("GCOUNT") ?? 1;
  if (pcount < 0 || gcount < 0) {
    throw new FitsError("BAD_VALUE", `PCOUNT ${pcount} and GCOUNT ${gcount} cannot be negative`, { keyword: "PCOUNT" });
  }
  const counted = kind === "groups" ? axes.slice(1) : axes;
  const pixels = counted.reduce((product, length) => product * length, 1);
  // A primary array has neither parameters nor groups, whatever its cards say.
  const elements = kind === "primary" ? pixels : gcount * (pcount + pixels);
  const bytes = (Math.abs(bitpix) / 8) * elements;
  if (!Number.isSafeInteger(bytes)) {
    throw new FitsError("BAD_VALUE", `NAXISn make a data unit of ${bytes} bytes`, { keyword: "NAXIS" });
  }
  return bytes;
}

/** The image a header describes; undefined where it has no pixels. */
export function layoutOf(header: Header): ImageLayout | undefined {
  const bitpix = checkBitpix(header.requireInteger("BITPIX"));
  const axes = axesOf(header);
  const pixels = axes.reduce((product, length) => product * length, 1);
  if (!Number.isSafeInteger(pixels)) {
    throw new FitsError("BAD_VALUE", `NAXISn make an image of ${pixels} pixels`, { keyword: "NAXIS" });
  }
  return axes.length === 0 || pixels === 0 ? undefined : { bitpix, axes };
}
