import { CARD_LENGTH, type Card, type CardFault, type CardValue, isContinued, parseCard } from "./card.ts";
import { makeCard, makeCommentary, type Real } from "./card-format.ts";
import { FitsError } from "./errors.ts";
import type { FitsWarning, Strictness } from "./warning.ts";

/** FITS 4.0 §3.1: headers and data come in blocks of this many bytes. */
export const BLOCK_LENGTH = 2880;

export interface HeaderOptions {
  /** Default "fix". */
  strictness?: Strictness;
  /** Where `bytes` begins in the file; for messages. */
  offset?: number;
  /** Index of the HDU; for messages. */
  hdu?: number;
}

/**
 * The cards of one header, in file order, duplicates and commentary kept. Keywords are found whatever their case; one
 * that occurs more than once answers with its first value, as in astropy. A header that was parsed and not changed writes back byte for byte.
 */
export class Header {
  readonly warnings: readonly FitsWarning[];
  #cards: Card[];
  #index: Map<string, number> | undefined;
  /** The bytes parsed, as long as nothing was changed. */
  #original: Uint8Array | undefined;

  constructor(cards: Iterable<Card> = [], warnings: readonly FitsWarning[] = []) {
    this.#cards = [...cards];
    this.warnings = warnings;
  }

  /**
   * Parses a header from its first card to END; what follows END's block is left alone.
   * Throws TRUNCATED where END is missing and BAD_CARD for a bad card under "refuse".
   */
  static parse(bytes: Uint8Array, options: HeaderOptions = {}): Header {
    const { strictness = "fix", offset = 0, hdu } = options;
    const end = findEnd(bytes);
    if (end === undefined) {
      throw new FitsError("TRUNCATED", `header at byte ${offset} has no END card`, { offset, hdu, keyword: "END" });
    }
    const warnings: FitsWarning[] = [];
    const cards: Card[] = [];
    for (let at = 0; at < end; at += CARD_LENGTH) {
      const start = at;
      const images = [imageAt(bytes, at)];
      while (startsWith(bytes, at + CARD_LENGTH, "CONTINUE") && isContinued(images.at(-1)!)) {
        at += CARD_LENGTH;
        images.push(imageAt(bytes, at));
      }
      const faults: CardFault[] = [];
      const card = parseCard(images, strictness === "fix", faults);
      cards.push(card);
      for (const { message } of faults) {
        const where = { offset: offset + start, hdu, keyword: card.keyword };
        const text = `card ${card.keyword || "(blank)"} at byte ${offset + start} ${message}`;
        if (strictness === "refuse") throw new FitsError("BAD_CARD", text, where);
        warnings.push({ code: "BAD_CARD", message: text, at: where });
      }
    }
    const header = new Header(cards, warnings);
    const length = Math.ceil((end + CARD_LENGTH) / BLOCK_LENGTH) * BLOCK_LENGTH;
    if (bytes.length >= length) header.#original = bytes.slice(0, length);
    return header;
  }

  get cards(): readonly Card[] {
    return this.#cards;
  }

  has(keyword: string): boolean {
    return this.#find(keyword) !== undefined;
  }

  /** The first card of that keyword. */
  card(keyword: string): Card | undefined {
    const index = this.#find(keyword);
    return index === undefined ? undefined : this.#cards[index];
  }

  /** Every card of that keyword, in file order. */
  all(keyword: string): Card[] {
    const name = keyword.toUpperCase();
    return this.#cards.filter((card) => card.keyword.toUpperCase() === name);
  }

  /** The value; undefined where there is no such keyword, null where its value is undefined or unreadable. */
  get(keyword: string): CardValue | undefined {
    return this.card(keyword)?.value;
  }

  /** An integer or real value. Undefined where absent; BAD_VALUE where it is of another type. */
  number(keyword: string): number | undefined {
    const value = this.get(keyword);
    if (value === undefined || typeof value === "number") return value;
    if (typeof value === "bigint") return Number(value);
    throw this.#wrongType(keyword, "a number");
  }

  /** A whole number within 2^53 (`2.0` is one, as CFITSIO reads it). Undefined where absent, else BAD_VALUE. */
  integer(keyword: string): number | undefined {
    const value = this.get(keyword);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    throw this.#wrongType(keyword, "an integer");
  }

  /** A string without its trailing blanks. Undefined where absent; BAD_VALUE where it is of another type. */
  string(keyword: string): string | undefined {
    const value = this.get(keyword);
    if (value === undefined || typeof value === "string") return value;
    throw this.#wrongType(keyword, "a string");
  }

  /** Undefined where absent; BAD_VALUE where it is of another type. */
  boolean(keyword: string): boolean | undefined {
    const value = this.get(keyword);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.#wrongType(keyword, "a logical value");
  }

  requireNumber(keyword: string): number {
    return this.number(keyword) ?? this.#missing(keyword);
  }

  requireInteger(keyword: string): number {
    return this.integer(keyword) ?? this.#missing(keyword);
  }

  requireString(keyword: string): string {
    return this.string(keyword) ?? this.#missing(keyword);
  }

  requireBoolean(keyword: string): boolean {
    return this.boolean(keyword) ?? this.#missing(keyword);
  }

  /** Replaces the first card of that keyword where it stands (its comment stays unless given), or appends one. */
  set(keyword: string, value: CardValue | Real, comment?: string): this {
    const index = this.#find(keyword);
    const old = index === undefined ? undefined : this.#cards[index];
    const card = makeCard(keyword.toUpperCase(), value, comment ?? old?.comment ?? "");
    if (index === undefined) this.#cards.push(card);
    else this.#cards[index] = card;
    return this.#changed();
  }

  /** Adds a card behind the first one of `after`, or at the end; a keyword that exists is not replaced. */
  insert(keyword: string, value: CardValue | Real, comment?: string, after?: string): this {
    const index = after === undefined ? undefined : this.#find(after);
    const at = index === undefined ? this.#cards.length : index + 1;
    this.#cards.splice(at, 0, makeCard(keyword.toUpperCase(), value, comment));
    return this.#changed();
  }

  /** Appends COMMENT, HISTORY or blank cards. */
  addCommentary(keyword: "COMMENT" | "HISTORY" | "", text: string): this {
    this.#cards.push(...makeCommentary(keyword, text));
    return this.#changed();
  }

  /** Takes out every card of that keyword. */
  remove(keyword: string): this {
    const name = keyword.toUpperCase();
    this.#cards = this.#cards.filter((card) => card.keyword.toUpperCase() !== name);
    return this.#changed();
  }

  /** A copy that can be changed without touching this one. */
  clone(): Header {
    const copy = new Header(this.#cards, this.warnings);
    copy.#original = this.#original;
    return copy;
  }

  /** The header as it stands in a file: cards, END, blanks up to a whole block. Untouched headers byte for byte. */
  toBytes(): Uint8Array {
    if (this.#original) return this.#original.slice();
    const images = this.#cards.flatMap((card) => card.images);
    const length = Math.ceil(((images.length + 1) * CARD_LENGTH) / BLOCK_LENGTH) * BLOCK_LENGTH;
    const bytes = new Uint8Array(length).fill(0x20);
    images.push("END");
    images.forEach((image, line) => {
      for (let column = 0; column < image.length; column++)
        bytes[line * CARD_LENGTH + column] = image.charCodeAt(column);
    });
    return bytes;
  }

  #changed(): this {
    this.#original = undefined;
    this.#index = undefined;
    return this;
  }

  #find(keyword: string): number | undefined {
    if (!this.#index) {
      this.#index = new Map();
      for (let index = this.#cards.length - 1; index >= 0; index--)
        this.#index.set(this.#cards[index]!.keyword.toUpperCase(), index);
    }
    return this.#index.get(keyword.toUpperCase());
  }

  #wrongType(keyword: string, wanted: string): FitsError {
    const text = this.card(keyword)!.images[0]!.trimEnd();
    return new FitsError("BAD_VALUE", `${keyword} is not ${wanted}: ${text}`, { keyword });
  }

  #missing(keyword: string): never {
    throw new FitsError("MISSING_KEYWORD", `${keyword} is missing`, { keyword });
  }
}

/** Offset of the END card, or undefined. Only at a card's beginning, and blank behind (§4.4.1: "END" in columns 1–3). */
export function findEnd(bytes: Uint8Array, from = 0): number | undefined {
  for (let at = from; at + CARD_LENGTH <= bytes.length; at += CARD_LENGTH) {
    if (bytes[at] === 0x45 && bytes[at + 1] === 0x4e && bytes[at + 2] === 0x44 && isBlank(bytes, at + 3)) return at;
  }
  return undefined;
}

function isBlank(bytes: Uint8Array, from: number): boolean {
  // Old writers fill with NUL instead of blanks; astropy takes such an END with a warning.
  for (let at = from; at % CARD_LENGTH !== 0; at++) if (bytes[at] !== 0x20 && bytes[at] !== 0) return false;
  return true;
}

/** One char a byte, so that bytes outside ASCII survive a round trip. */
function imageAt(bytes: Uint8Array, at: number): string {
  let image = "";
  const end = Math.min(at + CARD_LENGTH, bytes.length);
  for (let index = at; index < end; index++) image += String.fromCharCode(bytes[index]!);
  return image;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  if (at + text.length > bytes.length) return false;
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}
