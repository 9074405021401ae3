/**
 * The filters of the search page: the API's parameters with the words people read for them. Addresses of the page use
 * the API's own names, so the page's query is the API's query; names of older archives are understood as well.
 */
import { level } from "../design/format.ts";

/** A filter whose values are offered as choices with their counts. */
export interface Facet {
  name: string;
  label: string;
  /** Where the aggregate lists the choices. */
  choices: "imagetypes" | "filters" | "sites" | "telescopes" | "instruments" | "rlevels" | "binnings" | "proposals";
  words?: (value: string) => string;
}

/** Among choices: frames that have no such value. */
export const WITHOUT = "None";

/** A choice as people read it. */
export function choiceWords(facet: Facet, value: string): string {
  return facet.words?.(value) ?? (value === WITHOUT ? "unknown" : value);
}

export const FACETS: readonly Facet[] = [
  { name: "IMAGETYPE", label: "Image type", choices: "imagetypes" },
  { name: "FILTER", label: "Filter", choices: "filters", words: (value) => (value === WITHOUT ? "none" : value) },
  { name: "SITE", label: "Site", choices: "sites" },
  { name: "TELESCOPE", label: "Telescope", choices: "telescopes" },
  { name: "INSTRUMENT", label: "Instrument", choices: "instruments" },
  {
    name: "RLEVEL",
    label: "Reduction level",
    choices: "rlevels",
    words: (value) => (/^\d+$/.test(value) ? level(Number(value)) : value),
  },
  { name: "binning", label: "Binning", choices: "binnings", words: (value) => value.replace("x", " × ") },
  { name: "PROPID", label: "Proposal", choices: "proposals" },
];

/** A filter that is typed. */
export interface Typed {
  name: string;
  label: string;
  placeholder?: string;
  /** Says what is wrong with a text, or null; the archive checks again. */
  fault?: (text: string) => string | null;
  numeric?: boolean;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}([ T]\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function dateFault(text: string): string | null {
  if (DATE_TIME.test(text) && !Number.isNaN(Date.parse(`${text.slice(0, 10)}T00:00:00Z`))) return null;
  return "Write a date as 2026-11-21 or 2026-11-21 18:30 (UTC).";
}

function nightFault(text: string): string | null {
  const digits = text.replace(/-/g, "");
  if (/^\d{8}$/.test(digits)) return null;
  return "Write the night as 2026-11-21: the date of its evening.";
}

function positive(text: string): string | null {
  return Number(text) >= 0 && text.trim() !== "" ? null : "Write a number that is not negative.";
}

export const TYPED = {
  OBJECT: { name: "OBJECT", label: "Object contains", placeholder: "M 31" },
  basename: { name: "basename", label: "Name contains", placeholder: "20261121" },
  night: { name: "night", label: "Night", placeholder: "YYYY-MM-DD", fault: nightFault },
  start: { name: "start", label: "From (UTC)", placeholder: "YYYY-MM-DD", fault: dateFault },
  end: { name: "end", label: "Until (UTC)", placeholder: "YYYY-MM-DD", fault: dateFault },
  EXPTIME: { name: "EXPTIME", label: "At least (s)", fault: positive, numeric: true },
  EXPTIME_max: { name: "EXPTIME_max", label: "At most (s)", fault: positive, numeric: true },
  REQNUM: { name: "REQNUM", label: "Request" },
  OBSNUM: { name: "OBSNUM", label: "Observation" },
  covers: { name: "covers", label: "Image covers", placeholder: "POINT(202.47 47.2)" },
  intersects: { name: "intersects", label: "Image meets region", placeholder: "CIRCLE 202.47 47.2 0.5" },
  basename_exact: { name: "basename_exact", label: "Exact name" },
} as const satisfies Record<string, Typed>;

/** Filters that are on or absent, with the words of their chips. */
export const SWITCHES = {
  public: { label: "Public frames", values: { false: "left out" } },
  exclude_calibrations: { label: "Calibrations", values: { true: "left out" } },
} as const;

/** The default radius of a position search, degrees (10′). */
export const DEFAULT_RADIUS = 10 / 60;

/** Filters that a span of time by name sets. */
export const TIMES: readonly string[] = ["night", "start", "end"];

/** Order of the filters in addresses and chips. */
export const FILTER_NAMES: readonly string[] = [
  ...TIMES,
  "OBJECT",
  "basename",
  "basename_exact",
  ...FACETS.map((facet) => facet.name),
  "EXPTIME",
  "EXPTIME_max",
  "RA",
  "DEC",
  "radius",
  "covers",
  "intersects",
  "REQNUM",
  "OBSNUM",
  ...Object.keys(SWITCHES),
  "exclude_configuration_type",
];

/** Names that other archives give the same filters. */
export const ALIASES: Readonly<Record<string, string>> = {
  OBSTYPE: "IMAGETYPE",
  configuration_type: "IMAGETYPE",
  include_configuration_type: "IMAGETYPE",
  exclude_OBSTYPE: "exclude_configuration_type",
  SITEID: "SITE",
  site_id: "SITE",
  TELID: "TELESCOPE",
  telescope_id: "TELESCOPE",
  INSTRUME: "INSTRUMENT",
  instrument_id: "INSTRUMENT",
  primary_optical_element: "FILTER",
  reduction_level: "RLEVEL",
  DAY_OBS: "night",
  dayobs: "night",
  observation_day: "night",
  request_id: "REQNUM",
  proposal_id: "PROPID",
  target_name: "OBJECT",
  exposure_time: "EXPTIME",
};
