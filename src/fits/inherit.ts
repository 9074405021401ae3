import { Header } from "./header.ts";

/** Keywords that describe an HDU's own structure, data or bytes, and are never inherited. */
const OWN =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|GROUPS|EXTEND|BLOCKED|EXTNAME|EXTVER|EXTLEVEL|INHERIT|CHECKSUM|DATASUM|BSCALE|BZERO|BLANK|CONTINUE|COMMENT|HISTORY|)$/;

/**
 * The header of an extension with what it inherits from the primary one (FITS 4.0 Appendix K): where INHERIT is T, the
 * primary's cards that the extension does not have itself, behind its own. Otherwise the extension's header as it is.
 */
export function withInherited(extension: Header, primary: Header): Header {
  if (extension.get("INHERIT") !== true) return extension;
  const inherited = primary.cards.filter(({ keyword }) => !OWN.test(keyword) && !extension.has(keyword));
  return new Header([...extension.cards, ...inherited], extension.warnings);
}
