/** Orders of a list, and the cursors that continue one. Ties are always broken by id, ascending. */

import { splitName } from "./basename.ts";
import { nightNumber } from "./calendar.ts";
import { BASENAME } from "./conditions.ts";
import type { Row } from "./database.ts";
import { unpackDigits, unpackedDigits } from "./digits.ts";
import type { Frame, Page, SortField } from "./frame.ts";
import { basenameOf } from "./frame-row.ts";
import type { Combination, Snapshot } from "./snapshot.ts";

/** A cursor that no answer of this archive contained, or of another order. */
export class BadCursorError extends Error {
  override readonly name = "BadCursorError";
}

/** An order that nothing counts, of more frames than are sorted for one page. */
export class LongSortError extends Error {
  override readonly name = "LongSortError";
}

/** Rows that are sorted, or walked over, for one page at most: a second or two. */
const MOST_SORTED = 1_000_000;

/** Throws LongSortError where a page would need more rows than that. */
export function refuseLong(sort: SortField, rows: number): void {
  if (rows <= MOST_SORTED) return;
  throw new LongSortError(
    `In order of ${sort}, ${Math.round(rows)} frames would have to be read for this page, and ${MOST_SORTED} are the most: narrow the search, or sort by DATE_OBS.`,
  );
}

export type SortValue = number | string | null;

/** A place in the order: right after (or, backwards, before) this frame. */
export interface Cursor {
  value: SortValue;
  id: number;
  backwards: boolean;
}

/** Columns of `frame` that are sorted by as they are. */
const COLUMNS: Partial<Record<SortField, string>> = {
  id: "id",
  dateObs: "date_obs",
  night: "night",
  exptime: "exptime",
  size: "size",
  ra: "ra",
  dec: "dec",
  publicDate: "public_date",
};

/** Where a bound in one direction needs no thought of NULL, an index is walked from it. */
const NEVER_NULL: ReadonlySet<SortField> = new Set(["id", "basename", "dateObs", "night", "width", "height", "size"]);

const OF_COMBINATION: ReadonlySet<SortField> = new Set([
  "siteid",
  "telid",
  "instrume",
  "imagetyp",
  "rlevel",
  "filter",
  "propid",
  "binning",
]);

/** Whether a frame's combination decides its place, ties aside. */
export function isOfCombination(field: SortField): boolean {
  return OF_COMBINATION.has(field);
}

/** What the combination of a frame says to an order, or undefined: it says nothing. */
export function combinationValue(field: SortField, one: Combination): SortValue | undefined {
  switch (field) {
    case "siteid":
    case "telid":
    case "instrume":
    case "imagetyp":
    case "rlevel":
    case "filter":
    case "propid":
      return one[field];
    case "binning":
      return one.xbinning * 2 ** 20 + one.ybinning;
    default:
      return undefined;
  }
}

/** The value in SQL, for rows of `frame`. */
export function sortExpression(field: SortField): string {
  const column = COLUMNS[field];
  if (column !== undefined) return `frame.${column}`;
  switch (field) {
    case "object":
      return "(SELECT name FROM object WHERE object.id = frame.object)";
    case "basename":
      return BASENAME;
    case "width":
    case "height":
      return `(SELECT ${field} FROM layout WHERE layout.id = frame.layout)`;
    case "reqnum":
    case "obsnum":
      return unpackedDigits(`frame.${field}`);
  }
  const value = field === "binning" ? "xbinning * 1048576 + ybinning" : field;
  return `(SELECT ${value} FROM combination WHERE combination.id = frame.combination)`;
}

/** The value of a row that has `combination` and the sort's own columns, whose lookups are met. */
export function sortValue(field: SortField, row: Row, snapshot: Snapshot): SortValue {
  const column = COLUMNS[field];
  if (column !== undefined) return row[column] as SortValue;
  switch (field) {
    case "object":
      return row.object === null ? null : snapshot.objects.get(row.object as number)!;
    case "basename":
      return basenameOf(row, snapshot);
    case "width":
    case "height":
      return snapshot.layouts.get(row.layout as number)![field];
    case "reqnum":
    case "obsnum":
      return unpackDigits(row[field] as string | number | null);
  }
  return combinationValue(field, snapshot.combinations.get(row.combination as number)!)!;
}

/** The value of a frame. */
export function frameValue(field: SortField, frame: Frame): SortValue {
  if (field === "size") return frame.file.size;
  if (field === "binning") return frame.xbinning * 2 ** 20 + frame.ybinning;
  return field === "night" ? nightNumber(frame.night) : frame[field];
}

/** The columns of `frame` that `sortValue` needs beside `id` and `combination`. */
export function sortColumns(field: SortField): string[] {
  const column = COLUMNS[field];
  if (column !== undefined) return column === "id" ? [] : [column];
  if (field === "basename") return ["stem", "tail"];
  if (field === "width" || field === "height") return ["layout"];
  return field === "object" || field === "reqnum" || field === "obsnum" ? [field] : [];
}

export interface Place {
  value: SortValue;
  id: number;
}

const encoder = new TextEncoder();

/** SQLite's order: NULL, numbers, texts by their UTF-8 bytes. */
export function compareValues(a: SortValue, b: SortValue): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [x, y] = [encoder.encode(String(a)), encoder.encode(String(b))];
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

export function comparePlaces(descending: boolean, highestFirst = false): (a: Place, b: Place) => number {
  return (a, b) =>
    (descending ? compareValues(b.value, a.value) : compareValues(a.value, b.value)) ||
    (highestFirst ? b.id - a.id : a.id - b.id);
}

/** `ORDER BY` of an order, or of its reverse. */
export function orderBy(expressions: string[], descending: boolean, reverse: boolean): string {
  const direction = descending !== reverse ? "DESC" : "ASC";
  return [...expressions.map((one) => `${one} ${direction}`), `frame.id ${reverse ? "DESC" : "ASC"}`].join(", ");
}

/** Rows beyond a cursor, in SQL. */
export function beyond(field: SortField, descending: boolean, cursor: Cursor): { text: string; params: unknown[] } {
  const { value, id, backwards } = cursor;
  const expression = sortExpression(field);
  const same = `${expression} IS ? AND frame.id ${backwards ? "<" : ">"} ${id}`;
  // NULL comes first in ascending order.
  const upwards = descending === backwards;
  if (value === null) {
    return upwards
      ? { text: `(${expression} IS NOT NULL OR ${same})`, params: [null] }
      : { text: `(${same})`, params: [null] };
  }
  if (!upwards && NEVER_NULL.has(field)) {
    return { text: `(${expression} <= ? AND (${expression} < ? OR ${same}))`, params: [value, value, value] };
  }
  return upwards
    ? { text: `(${expression} >= ? AND (${expression} > ? OR ${same}))`, params: [value, value, value] }
    : {
        text: `(${expression} < ? OR ${expression} IS NULL OR (${same}))`,
        params: [value, value],
      };
}

/** The same for basenames along their index. */
export function beyondName(descending: boolean, { value, backwards }: Cursor): { text: string; params: unknown[] } {
  const { stem, tail } = splitName(String(value));
  const sign = descending === backwards ? ">" : "<";
  return {
    text: `stem.text ${sign}= ? AND (stem.text ${sign} ? OR frame.tail ${sign} ?)`,
    params: [stem, stem, tail],
  };
}

export function writeCursor(page: Page, place: Place, backwards: boolean): string {
  const text = JSON.stringify([page.sort, page.descending ? 1 : 0, backwards ? 1 : 0, place.value, place.id]);
  return btoa(String.fromCharCode(...encoder.encode(text)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

export function readCursor(page: Page): Cursor | null {
  if (page.cursor === undefined) return null;
  let parsed: unknown;
  try {
    const binary = atob(page.cursor.replaceAll("-", "+").replaceAll("_", "/"));
    parsed = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0))));
  } catch (cause) {
    throw new BadCursorError("This cursor is not one of this archive's.", { cause });
  }
  if (!Array.isArray(parsed) || parsed.length !== 5)
    throw new BadCursorError("This cursor is not one of this archive's.");
  const [sort, descending, backwards, value, id] = parsed as unknown[];
  const known = value === null || typeof value === "string" || (typeof value === "number" && Number.isFinite(value));
  if (!known || !Number.isSafeInteger(id)) throw new BadCursorError("This cursor is not one of this archive's.");
  if (sort !== page.sort || descending !== (page.descending ? 1 : 0)) {
    throw new BadCursorError("This cursor belongs to a list in another order.");
  }
  return { value: value as SortValue, id: id as number, backwards: backwards === 1 };
}
