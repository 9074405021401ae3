/** Facts looked up in a frame's headers: the science HDU's first, then the primary's, by the first synonym found. */
import type { Card } from "../fits/card.ts";
import type { Header } from "../fits/header.ts";
import { ArchiveError } from "./errors.ts";

export interface Found {
  keyword: string;
  value: string | number | bigint | boolean;
  type: Card["type"];
}

/** Text that a header has where it has nothing to say; LCO fills every keyword. */
const NOTHING = ["", "N/A", "NOTAVAIL", "UNSPECIFIED", "UNKNOWN"];
/** Characters of a text; longer ones are cut off. */
const MOST_TEXT = 255;

export class HeaderLookup {
  readonly warnings: string[] = [];
  private readonly headers: Header[];

  /** `inherit`: the primary header, or null where the science HDU is the primary or says INHERIT = F. */
  constructor(science: Header, inherit: Header | null) {
    this.headers = inherit === null ? [science] : [science, inherit];
  }

  /** The first card of that keyword that has a value, the science header's first. For templates. */
  card(keyword: string): Card | undefined {
    for (const header of this.headers) {
      const card = header.card(keyword);
      if (card !== undefined && card.value !== null && card.type !== "commentary") return card;
    }
    return undefined;
  }

  /** Each header is asked for all synonyms before the next is, so that an image's own words count first. */
  find(keywords: readonly string[]): Found | null {
    for (const header of this.headers) {
      for (const keyword of keywords) {
        const card = header.card(keyword);
        if (card === undefined || card.type === "commentary") continue;
        const { value, type } = card;
        if (value === null || typeof value === "object") continue;
        if (typeof value === "string" && value.trim() === "") continue;
        return { keyword, value, type };
      }
    }
    return null;
  }

  /** As text without blanks around it; null where there is none. Numbers and logical values are taken as they print. */
  text(keywords: readonly string[]): string | null {
    const found = this.find(keywords);
    if (found === null) return null;
    if (typeof found.value !== "string") {
      this.warn(`${found.keyword} is no text; taken as "${String(found.value)}"`);
      return String(found.value);
    }
    // No control characters: they would break lists, CSV and file names alike.
    const text = found.value.trim().replace(/\p{Cc}/gu, "�");
    if (text.length <= MOST_TEXT) return text;
    this.warn(`${found.keyword} is longer than ${MOST_TEXT} characters; the rest is left out`);
    return text.slice(0, MOST_TEXT);
  }

  /** Like `text`, but null also where it is one of the words for nothing. */
  statedText(keywords: readonly string[]): string | null {
    const text = this.text(keywords);
    return text === null || NOTHING.includes(text.toUpperCase()) ? null : text;
  }

  /** A number, also written as a text. Throws BAD_PARAMETER where it is neither; null where there is none. */
  number(keywords: readonly string[]): number | null {
    const found = this.find(keywords);
    if (found === null) return null;
    const { keyword, value } = found;
    if (typeof value === "number" || typeof value === "bigint") return Number(value);
    if (typeof value === "string") {
      if (NOTHING.includes(value.trim().toUpperCase())) return null;
      const number = Number(value.trim());
      if (Number.isFinite(number)) {
        this.warn(`${keyword} is a text; taken as the number ${number}`);
        return number;
      }
    }
    // The words of Django's fields, which pyobs-archive passed on.
    throw new ArchiveError("BAD_PARAMETER", `Field '${keyword}' expected a number but got '${String(value)}'.`);
  }

  /** A whole number; fractions are cut off with a warning. */
  integer(keywords: readonly string[]): number | null {
    const number = this.number(keywords);
    if (number === null || Number.isSafeInteger(number)) return number;
    const whole = Math.trunc(number);
    if (!Number.isSafeInteger(whole)) {
      throw new ArchiveError("BAD_PARAMETER", `Field '${keywords[0]}' expected a whole number but got '${number}'.`);
    }
    this.warn(`${this.find(keywords)!.keyword} is ${number}; taken as ${whole}`);
    return whole;
  }

  /** Every card whose keyword matches, in the order of the headers. */
  matching(pattern: RegExp): Card[] {
    return this.headers.flatMap((header) => header.cards.filter(({ keyword }) => pattern.test(keyword)));
  }

  warn(message: string): void {
    if (!this.warnings.includes(message)) this.warnings.push(message);
  }
}
