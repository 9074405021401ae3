/** Writing of header records: fixed format where it fits, CONTINUE for long strings, HIERARCH for long keywords. */
import { CARD_LENGTH, type Card, type CardValue, parseCard } from "./card.ts";
import { FitsError } from "./errors.ts";

/** A real number that is to be written with a decimal point even when it is whole. */
export class Real {
  constructor(readonly value: number) {}
}

/** A new card. Throws BAD_VALUE for what a header cannot hold (NaN, control characters, too long a keyword). */
export function makeCard(keyword: string, value: CardValue | Real, comment = ""): Card {
  const images = formatCard(keyword, value, comment);
  return parseCard(images, false, []);
}

/** COMMENT, HISTORY or blank cards holding `text`, as many as it needs. */
export function makeCommentary(keyword: string, text: string): Card[] {
  checkText(text, keyword);
  const cards: Card[] = [];
  let at = 0;
  do {
    const image = (keyword.padEnd(8) + text.slice(at, at + CARD_LENGTH - 8)).padEnd(CARD_LENGTH);
    cards.push(parseCard([image], false, []));
    at += CARD_LENGTH - 8;
  } while (at < text.length);
  return cards;
}

function formatCard(keyword: string, value: CardValue | Real, comment: string): string[] {
  checkText(comment, keyword);
  if (typeof value === "string") return formatString(keyword, value, comment);
  const token = formatToken(keyword, value);
  const standard = isStandardKeyword(keyword);
  const head = standard ? `${keyword.padEnd(8)}= ${token.padStart(20)}` : `HIERARCH ${keyword} = ${token}`;
  if (head.length > CARD_LENGTH) throw tooLong(keyword);
  // A comment that does not fit is cut, as CFITSIO and astropy do; a value never is.
  const image = comment === "" ? head : `${head} / ${comment}`.slice(0, CARD_LENGTH);
  return [image.padEnd(CARD_LENGTH)];
}

function formatString(keyword: string, value: string, comment: string): string[] {
  checkText(value, keyword);
  const head = isStandardKeyword(keyword) ? `${keyword.padEnd(8)}= ` : `HIERARCH ${keyword} = `;
  const quoted = value.replaceAll("'", "''");
  const room = CARD_LENGTH - head.length - 2;
  if (room < 1) throw tooLong(keyword);
  if (quoted.length <= room) {
    // §4.2.1.1: at least eight characters between the quotes, so that old readers find XTENSION and the like.
    const field = `${head}'${quoted.padEnd(8)}'`.padEnd(30);
    const image = comment === "" ? field : `${field} / ${comment}`.slice(0, CARD_LENGTH);
    return [image.slice(0, CARD_LENGTH).padEnd(CARD_LENGTH)];
  }
  const images: string[] = [];
  let [rest, start] = [quoted, head];
  for (;;) {
    const space = CARD_LENGTH - start.length - 2;
    if (rest.length <= space) {
      const field = `${start}'${rest}'`;
      images.push((comment === "" ? field : `${field} / ${comment}`).slice(0, CARD_LENGTH).padEnd(CARD_LENGTH));
      return images;
    }
    let cut = space - 1; // one column for the ampersand
    const quotes = /'*$/.exec(rest.slice(0, cut))![0].length;
    if (quotes % 2 === 1) cut--; // never between the two quotes that stand for one
    if (cut < 1) throw tooLong(keyword);
    images.push(`${start}'${rest.slice(0, cut)}&'`.padEnd(CARD_LENGTH));
    rest = rest.slice(cut);
    start = "CONTINUE  ";
  }
}

function formatToken(keyword: string, value: Exclude<CardValue | Real, string>): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? "T" : "F";
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Real) return formatReal(keyword, value.value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : formatReal(keyword, value);
  return `(${formatReal(keyword, value.re)}, ${formatReal(keyword, value.im)})`;
}

/** The shortest decimal that reads back as the same double, in the form of §4.2.4. */
function formatReal(keyword: string, value: number): string {
  if (!Number.isFinite(value))
    throw new FitsError("BAD_VALUE", `${keyword}: a header cannot hold ${value}`, { keyword });
  const [mantissa, exponent] = (Object.is(value, -0) ? "-0" : String(value)).split("e") as [string, string?];
  const real = mantissa.includes(".") ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? real : `${real}E${exponent}`;
}

function isStandardKeyword(keyword: string): boolean {
  return /^[A-Z0-9_-]{1,8}$/.test(keyword);
}

function checkText(text: string, keyword: string): void {
  if (!/^[ -~]*$/.test(text)) {
    throw new FitsError("BAD_VALUE", `${keyword}: a header holds printable ASCII characters only`, { keyword });
  }
}

function tooLong(keyword: string): FitsError {
  return new FitsError("BAD_VALUE", `${keyword}: keyword and value do not fit a card`, { keyword });
}
