/** The search that an address stands for, and the address and API queries that a search stands for. */
import { ALIASES, FILTER_NAMES } from "./field.ts";

export type View = "table" | "gallery" | "map";

export interface Search {
  /** Filters by the API's names; a name may be there several times: any of its values. */
  filters: URLSearchParams;
  sort: string;
  order: "asc" | "desc";
  limit: number;
  offset: number;
  /** Null: the address does not say; the page chooses by the room there is. */
  view: View | null;
}

export const PAGE_SIZES = [25, 50, 100, 250, 500, 1000] as const;
const DEFAULT_LIMIT = 50;
const DEFAULT_SORT = "DATE_OBS";
const DEFAULT_ORDER = "desc";

function wholeNumber(text: string | null, fallback: number): number {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : fallback;
}

/** Reads an address; what it does not say, or says wrongly, is the default. Empty values and `ALL` mean no filter. */
export function readSearch(query: URLSearchParams): Search {
  const filters = new URLSearchParams();
  const given = new Map<string, string[]>();
  for (const [alias, value] of query) {
    const name = ALIASES[alias] ?? alias;
    if (value === "" || value === "ALL" || !FILTER_NAMES.includes(name)) continue;
    const values = given.get(name) ?? [];
    if (!values.includes(value)) values.push(value);
    given.set(name, values);
  }
  for (const name of FILTER_NAMES) {
    for (const value of given.get(name) ?? []) filters.append(name, value);
  }
  const view = query.get("view");
  return {
    filters,
    sort: query.get("sort") || DEFAULT_SORT,
    order: query.get("order") === "asc" ? "asc" : DEFAULT_ORDER,
    limit: Math.min(Math.max(wholeNumber(query.get("limit"), DEFAULT_LIMIT), 1), 1000),
    offset: wholeNumber(query.get("offset"), 0),
    view: view === "table" || view === "gallery" || view === "map" ? view : null,
  };
}

/** The page's address, without what is the default. */
export function addressOf(search: Search): string {
  const query = new URLSearchParams(search.filters);
  if (search.sort !== DEFAULT_SORT || search.order !== DEFAULT_ORDER) {
    query.set("sort", search.sort);
    query.set("order", search.order);
  }
  if (search.limit !== DEFAULT_LIMIT) query.set("limit", String(search.limit));
  if (search.offset > 0) query.set("offset", String(search.offset));
  if (search.view !== null) query.set("view", search.view);
  const text = query.toString();
  return text === "" ? "/" : `/?${text}`;
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

/** The same search with other filters, from its first page. Values null or empty take a filter away. */
export function withFilters(search: Search, changes: Record<string, string | string[] | null>): Search {
  const filters = new URLSearchParams(search.filters);
  for (const [name, value] of Object.entries(changes)) {
    filters.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== null && one !== "") filters.append(name, one);
    }
  }
  return { ...search, filters: readSearch(filters).filters, offset: 0 };
}
