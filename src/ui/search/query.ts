/** The search that an address stands for, and the address and API queries that a search stands for. */
import { ALIASES, FILTER_NAMES, TIMES } from "./field.ts";
import { datesOf, SPANS, type SpanName } from "./preset.ts";

export type View = "table" | "gallery" | "map";

export interface Search {
  /** Filters by the API's names; a name may be there several times: any of its values. */
  filters: URLSearchParams;
  /** The span that the dates among the filters come from: the address has its name instead of them. */
  dates: SpanName | null;
  sort: string;
  order: "asc" | "desc";
  limit: number;
  offset: number;
  /** Null: the address does not say; the page chooses by the room there is. */
  view: View | null;
  /** Where the map looks, as sky/map.tsx writes it; null: the page chooses. */
  at: string | null;
  /** Ids of the frames whose details are unfolded. */
  open: readonly number[];
}

export const PAGE_SIZES = [25, 50, 100, 250, 500, 1000] as const;
const DEFAULT_LIMIT = 50;
const DEFAULT_SORT = "DATE_OBS";
const DEFAULT_ORDER = "desc";

function wholeNumber(text: string | null, fallback: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : fallback;
}

/** Frames unfolded at once that an address remembers. */
const MOST_OPEN = 50;

/**
 * Reads an address; what it does not say, or says wrongly, is the default. Empty values and `ALL` mean no filter. A span
 * by its name stands before dates.
 */
export function readSearch(query: URLSearchParams, now = new Date()): Search {
  const filters = new URLSearchParams();
  const dates = SPANS.find((span) => span === query.get("dates")) ?? null;
  const given = new Map<string, string[]>();
  for (const [alias, value] of query) {
    const name = ALIASES[alias] ?? alias;
    if (value === "" || value === "ALL" || !FILTER_NAMES.includes(name)) continue;
    const values = given.get(name) ?? [];
    if (!values.includes(value)) values.push(value);
    given.set(name, values);
  }
  if (dates !== null) {
    for (const name of TIMES) given.delete(name);
    for (const [name, value] of Object.entries(datesOf(dates, now.getTime(), now.getTimezoneOffset()))) {
      given.set(name, [value]);
    }
  }
  for (const name of FILTER_NAMES) {
    for (const value of given.get(name) ?? []) filters.append(name, value);
  }
  const view = query.get("view");
  return {
    filters,
    dates,
    sort: query.get("sort") || DEFAULT_SORT,
    order: query.get("order") === "asc" ? "asc" : DEFAULT_ORDER,
    limit: Math.min(Math.max(wholeNumber(query.get("limit"), DEFAULT_LIMIT), 1), 1000),
    offset: wholeNumber(query.get("offset"), 0),
    view: view === "table" || view === "gallery" || view === "map" ? view : null,
    at: query.get("at") || null,
    open: (query.get("open") ?? "").split(",").map(Number).filter(isId).slice(0, MOST_OPEN),
  };
}

function isId(id: number): boolean {
  return Number.isSafeInteger(id) && id > 0;
}

/** The filters as addresses have them: a span by its name. */
function written({ filters, dates }: Search): URLSearchParams {
  if (dates === null) return new URLSearchParams(filters);
  const query = new URLSearchParams({ dates });
  for (const [name, value] of filters) if (!TIMES.includes(name)) query.append(name, value);
  return query;
}

/** The page's address, without what is the default. */
export function addressOf(search: Search): string {
  const query = written(search);
  if (search.sort !== DEFAULT_SORT || search.order !== DEFAULT_ORDER) {
    query.set("sort", search.sort);
    query.set("order", search.order);
  }
  if (search.limit !== DEFAULT_LIMIT) query.set("limit", String(search.limit));
  if (search.offset > 0) query.set("offset", String(search.offset));
  if (search.view !== null) query.set("view", search.view);
  if (search.at !== null) query.set("at", search.at);
  if (search.open.length > 0) query.set("open", search.open.join(","));
  const text = query.toString();
  return text === "" ? "./" : `./?${text}`;
}

/** The query of `GET /frames/` for this page of the search. */
export function listQuery(search: Search): string {
  const query = new URLSearchParams(search.filters);
  query.set("sort", search.sort);
  query.set("order", search.order);
  query.set("limit", String(search.limit));
  query.set("offset", String(search.offset));
  return query.toString();
}

/**
 * The same search with other filters, from its first page. Values null or empty take a filter away; `dates` names a span,
 * and a date takes a span's place; `at` is where the map looks from then on.
 */
export function withFilters(search: Search, changes: Record<string, string | string[] | null>): Search {
  const names = Object.keys(changes);
  const query = names.some((name) => TIMES.includes(name)) ? new URLSearchParams(search.filters) : written(search);
  for (const name of names.includes("dates") ? TIMES : []) query.delete(name);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== "") query.append(name, one);
    }
  }
  const { filters, dates, at } = readSearch(query);
  return { ...search, filters, dates, at: names.includes("at") ? at : search.at, offset: 0, open: [] };
}
