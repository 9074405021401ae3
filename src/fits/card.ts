/** Reading of one header record: keyword, value and comment (FITS 4.0 §4.1 and §4.2). */

/** Bytes of a card image (§4.1.2). */
export const CARD_LENGTH = 80;

export interface Complex {
  readonly re: number;
  readonly im: number;
}

/** `null` is the standard's "undefined" value (§4.1.2.3): a value indicator with nothing behind it. */
export type CardValue = string | number | bigint | boolean | Complex | null;

/**
 * What a card holds. "commentary": text without a value indicator (COMMENT, HISTORY, blank and unknown keywords; the
 * text is the value). "invalid": a value field nobody can read; `value` is null, the text is still in `images`.
 */
export type CardType = "string" | "integer" | "real" | "logical" | "complex" | "undefined" | "commentary" | "invalid";

export interface Card {
  /** Without HIERARCH in front; upper case, but for HIERARCH's as it stands; "" for the blank keyword. */
  readonly keyword: string;
  readonly type: CardType;
  /** Integers beyond 2^53 are bigint, all others number. */
  readonly value: CardValue;
  readonly comment: string;
  /** The 80-column images as they stand in the file, one char a byte; more than one where CONTINUE follows. */
  readonly images: readonly string[];
}

/** A breach of the standard found in a card, and whether the card's value was got at all the same. */
export interface CardFault {
  readonly message: string;
}

interface Parsed {
  type: CardType;
  value: CardValue;
  comment: string;
  fault?: string;
}

const COMMENTARY = new Set(["COMMENT", "HISTORY", ""]);
// §4.2.3 and §4.2.4, with the leniency of astropy and CFITSIO: lower-case exponents, blanks after sign and before exponent.
const INTEGER = /^[+-]? *\d+$/;
const REAL = /^[+-]? *(?:\.\d+|\d+(?:\.\d*)?) *(?:[edED] *[+-]? *\d+)?$/;
const NOT_TEXT = /[^ -~]/;
const NOT_TEXT_ALL = /[^ -~]/g;
const STRICT_NUMBER = /^[+-]?(?:\d+|(?:\.\d+|\d+\.\d*|\d+)(?:[ED][+-]?\d+)?)$/;

/**
 * Reads one card from its images (the first, and the CONTINUE cards that belong to it).
 * `repair` allows guesses (a quote that is not closed ends with the card); every breach goes to `faults`.
 */
export function parseCard(images: readonly string[], repair: boolean, faults: CardFault[]): Card {
  const note = (message: string): void => void faults.push({ message });
  const readable = images.map((image) => {
    if (NOT_TEXT.test(image)) note("has bytes outside the printable ASCII characters (FITS 4.0 §4.1.2)");
    return repair ? image.replaceAll(NOT_TEXT_ALL, "?") : image; // as astropy does
  });
  const image = readable[0]!;
  const field = image.slice(0, 8).trimEnd();
  const upper = field.toUpperCase();

  if (COMMENTARY.has(upper)) {
    if (field !== upper) note(`keyword ${field} is not in upper case`);
    return { keyword: upper, type: "commentary", value: image.slice(8).trimEnd(), comment: "", images };
  }
  if (upper === "HIERARCH" && image[8] === " ") {
    const equals = image.indexOf("=");
    if (equals > 9) {
      const keyword = image.slice(9, equals).trim();
      return valueCard(keyword, image.slice(equals + 1), readable, images, repair, note);
    }
  }
  if (image[8] === "=") {
    if (field !== upper) note(`keyword ${field} is not in upper case`);
    if (!/^[A-Z0-9_-]+$/.test(upper))
      note(`keyword ${JSON.stringify(upper)} has characters that are not allowed (§4.1.2.1)`);
    if (image[9] !== " ") note("has no blank after the equals sign (§4.1.2.2)");
    return valueCard(upper, image.slice(9), readable, images, repair, note);
  }
  // An equals sign before column 9 is a value all the same (astropy and CFITSIO read it so); one behind it is not.
  const early = image.indexOf("= ");
  if (early > 0 && early < 8) {
    note("has its equals sign before column 9 (§4.1.2.2)");
    return valueCard(
      image.slice(0, early).trim().toUpperCase(),
      image.slice(early + 1),
      readable,
      images,
      repair,
      note,
    );
  }
  // §4.1.2.2: without the value indicator the keyword has no value and columns 9 to 80 are free text.
  if (upper !== "CONTINUE") note(`keyword ${field} has no value indicator "= " in columns 9 and 10 (§4.1.2.2)`);
  return { keyword: upper, type: "commentary", value: image.slice(8).trimEnd(), comment: "", images };
}

function valueCard(
  keyword: string,
  field: string,
  readable: readonly string[],
  images: readonly string[],
  repair: boolean,
  note: (message: string) => void,
): Card {
  const parsed = parseValue(field, repair);
  if (parsed.fault) note(parsed.fault);
  let { value, comment } = parsed;
  for (let index = 1; index < readable.length; index++) {
    // §4.2.1.2: the string goes on in columns 11 to 80 where its last character is an ampersand.
    const more = parseValue(readable[index]!.slice(8), repair);
    if (more.fault) note(`CONTINUE: ${more.fault}`);
    if (typeof value === "string" && value.endsWith("&")) value = value.slice(0, -1);
    if (typeof more.value === "string") value = `${value}${more.value}`;
    if (more.comment) comment = comment ? `${comment} ${more.comment}` : more.comment;
  }
  return { keyword, type: parsed.type, value, comment, images };
}

/** True where a CONTINUE card may follow: a string that ends in an ampersand. */
export function isContinued(image: string): boolean {
  const equals = image.startsWith("CONTINUE") ? 7 : image.indexOf("=");
  if (equals < 0) return false;
  const parsed = parseValue(image.slice(equals + 1), false);
  return typeof parsed.value === "string" && parsed.value.endsWith("&");
}

/** Reads a value field (what stands behind the value indicator), fixed or free format alike. */
export function parseValue(field: string, repair: boolean): Parsed {
  const text = field.trimStart();
  if (text.startsWith("'")) return parseString(text, repair);
  const slash = text.indexOf("/");
  const token = (slash < 0 ? text : text.slice(0, slash)).trim();
  const comment = slash < 0 ? "" : text.slice(slash + 1).trim();
  if (token === "") return { type: "undefined", value: null, comment };
  if (token === "T" || token === "F") return { type: "logical", value: token === "T", comment };
  if (INTEGER.test(token)) {
    const fault = STRICT_NUMBER.test(token) ? undefined : `integer ${token} has blanks in it`;
    return { type: "integer", value: toInteger(token.replaceAll(" ", "")), comment, fault };
  }
  if (REAL.test(token)) {
    const fault = STRICT_NUMBER.test(token) ? undefined : `number ${token} is not in the form of §4.2.4`;
    return { type: "real", value: toReal(token), comment, fault };
  }
  const pair = /^\(([^,]+),([^,]+)\)$/.exec(token);
  if (pair) {
    const [re, im] = [pair[1]!.trim(), pair[2]!.trim()];
    if (REAL.test(re) && REAL.test(im)) {
      return { type: "complex", value: { re: toReal(re), im: toReal(im) }, comment };
    }
  }
  return { type: "invalid", value: null, comment, fault: `value ${JSON.stringify(token)} cannot be read` };
}

function parseString(text: string, repair: boolean): Parsed {
  let value = "";
  let at = 1;
  for (;;) {
    const quote = text.indexOf("'", at);
    if (quote < 0) {
      const fault = "string has no closing quote (§4.2.1.1)";
      if (!repair) return { type: "invalid", value: null, comment: "", fault };
      return { type: "string", value: (value + text.slice(at)).trimEnd(), comment: "", fault };
    }
    value += text.slice(at, quote);
    at = quote + 1;
    if (text[at] !== "'") break;
    value += "'"; // two quotes stand for one
    at++;
  }
  const rest = text.slice(at).trim();
  const fault =
    rest !== "" && !rest.startsWith("/") ? `text ${JSON.stringify(rest)} stands behind the string` : undefined;
  // §4.2.1.1: trailing blanks are not significant.
  const comment = rest.startsWith("/") ? rest.slice(1).trim() : "";
  return { type: "string", value: value.replace(/ +$/, ""), comment, fault };
}

function toInteger(token: string): number | bigint {
  const value = Number(token);
  return Number.isSafeInteger(value) ? value : BigInt(token.replace(/^\+/, ""));
}

function toReal(token: string): number {
  return Number(token.replaceAll(" ", "").replace(/[dD]/, "E"));
}
