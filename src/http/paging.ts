/** Which page of a list, in which order: pyobs-archive's words (`sort`, `order`, `asc`) and OCS's (`ordering`). */
import "@hono/zod-openapi"; // gives zod its openapi()
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import type { Page, SortField } from "../store/frame.ts";
import { digits } from "./parameter.ts";

/** Most frames of one page, and as many if nothing is said. */
export const MOST_FRAMES = 1000;

/** Names that a list can be sorted by. The first of several for one field is the one that descriptions show. */
const SORTS: Record<string, SortField> = {
  DATE_OBS: "dateObs",
  id: "id",
  basename: "basename",
  filename: "basename",
  SITEID: "siteid",
  SITE: "siteid",
  TELID: "telid",
  TELESCOPE: "telid",
  INSTRUME: "instrume",
  INSTRUMENT: "instrume",
  IMAGETYP: "imagetyp",
  IMAGETYPE: "imagetyp",
  OBSTYPE: "imagetyp",
  RLEVEL: "rlevel",
  night: "night",
  DAY_OBS: "night",
  OBJECT: "object",
  EXPTIME: "exptime",
  FILTER: "filter",
  binning: "binning",
  XBINNING: "binning",
  width: "width",
  height: "height",
  size: "size",
  REQNUM: "reqnum",
  OBSNUM: "obsnum",
  PROPID: "propid",
  RA: "ra",
  TEL_RA: "ra",
  DEC: "dec",
  TEL_DEC: "dec",
  public_date: "publicDate",
  L1PUBDAT: "publicDate",
  observation_date: "dateObs",
  observation_day: "night",
  target_name: "object",
  reduction_level: "rlevel",
  site_id: "siteid",
  telescope_id: "telid",
  instrument_id: "instrume",
  exposure_time: "exptime",
  primary_optical_element: "filter",
  configuration_type: "imagetyp",
  request_id: "reqnum",
  proposal_id: "propid",
};

const SORT_NAMES = Object.keys(SORTS).join(", ");

/** pyobs-archive's own words as `detail`, and under the parameter's name what it accepts. */
function refuse(parameter: string, detail: string, accepts: string): never {
  throw new ArchiveError("BAD_PARAMETER", detail, { fields: { detail, [parameter]: [`It accepts ${accepts}.`] } });
}

function last(params: URLSearchParams, name: string): string | undefined {
  return params.getAll(name).at(-1);
}

function sortField(parameter: string, name: string): SortField {
  const field = Object.hasOwn(SORTS, name) ? SORTS[name] : undefined;
  if (field === undefined) refuse(parameter, `Invalid value for ${parameter}.`, SORT_NAMES);
  return field;
}

function orderOf(params: URLSearchParams): Pick<Page, "sort" | "descending"> {
  const ordering = last(params, "ordering") ?? "";
  if (ordering !== "") {
    const descending = ordering.startsWith("-");
    return { sort: sortField("ordering", ordering.slice(descending ? 1 : 0)), descending };
  }
  const sort = last(params, "sort");
  const order = last(params, "order");
  if (order === undefined || order === "asc" || order === "desc") {
    return { sort: sortField("sort", sort ?? "DATE_OBS"), descending: order === "desc" };
  }
  if (sort !== undefined) sortField("sort", sort);
  // As pyobs-archive's documentation has it: `order` names the column, `asc` turns the order round.
  if (sort !== undefined || !Object.hasOwn(SORTS, order)) {
    refuse("order", "Invalid value for order.", `asc, desc, or without sort one of ${SORT_NAMES}`);
  }
  return { sort: sortField("order", order), descending: !params.has("asc") };
}

/** A whole number as Python's int() reads it, clamped to 0 and `most`. */
export function countOf(params: URLSearchParams, name: string, fallback: number, most: number): number {
  const given = last(params, name);
  if (given === undefined) return fallback;
  const text = digits(given);
  if (!/^\s*[+-]?\d+\s*$/.test(text)) refuse(name, "Invalid values for offset/limit.", "a whole number");
  return Math.max(0, Math.min(Number(text), most));
}

/** Throws BAD_PARAMETER for a sort, order, limit or offset that is none. */
export function parsePage(params: URLSearchParams): Page & { byCursor: boolean } {
  const page = {
    limit: countOf(params, "limit", MOST_FRAMES, MOST_FRAMES),
    offset: countOf(params, "offset", 0, Number.MAX_SAFE_INTEGER),
    ...orderOf(params),
  };
  const cursor = last(params, "cursor") ?? "";
  const style = last(params, "pagination_style") ?? "";
  if (!["", "cursor", "limitoffset"].includes(style)) {
    refuse("pagination_style", "Invalid value for pagination_style.", "cursor or limitoffset");
  }
  return cursor === "" ? { ...page, byCursor: style === "cursor" } : { ...page, cursor, byCursor: true };
}

const value = () => z.union([z.string(), z.array(z.string())]).optional();

/** The same as schemas for the API description. */
export const PageParameters = {
  limit: value().openapi({
    type: "integer",
    param: { description: `How many frames, at most ${MOST_FRAMES}; without it ${MOST_FRAMES}.`, example: 25 },
  }),
  offset: value().openapi({
    type: "integer",
    param: { description: "How many frames to skip.", example: 0 },
  }),
  sort: value().openapi({
    type: "string",
    param: {
      description: `What to sort by, one of ${SORT_NAMES}; without it DATE_OBS. Ties by id. Orders that nothing counts (RA, DEC, width, height, size, REQNUM, OBSNUM, public_date) take at most 1,000,000 frames.`,
      example: "DATE_OBS",
    },
  }),
  order: value().openapi({
    type: "string",
    param: { description: "asc or desc; without it asc.", example: "desc" },
  }),
  ordering: value().openapi({
    type: "string",
    param: {
      description: "As in OCS: what to sort by, descending with a minus before it.",
      example: "-observation_date",
    },
  }),
  pagination_style: value().openapi({
    type: "string",
    param: {
      description: "`cursor`: next and previous are cursors, which stay right while frames come in.",
      example: "cursor",
    },
  }),
  cursor: value().openapi({ type: "string", param: { description: "From next or previous of an earlier answer." } }),
};
