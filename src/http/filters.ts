/**
 * The one table of query parameters that find frames. Parsing, complaints and the API description come from it, so a
 * parameter that is not here does not exist; names that are not here are ignored, as pyobs-archive does.
 */
import "@hono/zod-openapi"; // gives zod its openapi()
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { CALIBRATION_TYPES, type Search } from "../archive/search.ts";
import type { EqualityField } from "../store/frame.ts";
import * as read from "./parameter.ts";

export interface Parameter {
  name: string;
  /** Other names for the same thing: the header's keyword and OCS's. */
  aliases: readonly string[];
  meaning: string;
  example: string;
  /** Whether several values mean "any of these"; else the last one counts, as in Django. */
  repeatable: boolean;
  /** Puts the values, which are neither empty nor `ALL`, into the search. Throws `read.Refused`. */
  into(values: string[], search: SearchDraft): void;
}

/** A search in the making: parts that only mean something together are put together at the end. */
interface SearchDraft extends Search {
  position: { ra?: number; dec?: number; radius?: number };
}

function exact(
  field: EqualityField,
  one: (text: string) => string | number | null,
): Pick<Parameter, "repeatable" | "into"> {
  return {
    repeatable: true,
    into: (values, { query }) => {
      query.equals = { ...query.equals, [field]: values.map(one) };
    },
  };
}

/** Facts that a frame may lack, which is kept as the empty text: `None` finds that, and what is called so. */
function exactOrNone(field: EqualityField): Pick<Parameter, "repeatable" | "into"> {
  return {
    repeatable: true,
    into: (values, { query }) => {
      const wanted = values.flatMap((value) => (value === "None" ? ["", value] : [value]));
      query.equals = { ...query.equals, [field]: wanted };
    },
  };
}

function single(into: (value: string, search: SearchDraft) => void): Pick<Parameter, "repeatable" | "into"> {
  return { repeatable: false, into: (values, search) => into(values.at(-1)!, search) };
}

export const FILTERS: readonly Parameter[] = [
  {
    name: "IMAGETYPE",
    aliases: ["OBSTYPE", "configuration_type", "include_configuration_type"],
    meaning: "Type of image, as in the header's IMAGETYP; `None` finds frames without one",
    example: "object",
    ...exactOrNone("imagetyp"),
  },
  {
    name: "exclude_configuration_type",
    aliases: ["exclude_OBSTYPE"],
    meaning: "Types of image to leave out",
    example: "bias",
    repeatable: true,
    into: (values, { query }) => {
      query.notImagetyp = [...(query.notImagetyp ?? []), ...values];
    },
  },
  {
    name: "exclude_calibrations",
    aliases: [],
    meaning: "Whether to leave out biases, darks, flats and arcs",
    example: "true",
    ...single((value, { query }) => {
      if (read.truth(value)) query.notImagetyp = [...(query.notImagetyp ?? []), ...CALIBRATION_TYPES];
    }),
  },
  {
    name: "SITE",
    aliases: ["SITEID", "site_id"],
    meaning: "Site; `None` finds frames without one",
    example: "goe",
    ...exactOrNone("siteid"),
  },
  {
    name: "TELESCOPE",
    aliases: ["TELID", "telescope_id"],
    meaning: "Telescope; `None` finds frames without one",
    example: "0m50",
    ...exactOrNone("telid"),
  },
  {
    name: "INSTRUMENT",
    aliases: ["INSTRUME", "instrument_id"],
    meaning: "Instrument; `None` finds frames without one",
    example: "sb63",
    ...exactOrNone("instrume"),
  },
  {
    name: "FILTER",
    aliases: ["primary_optical_element"],
    meaning: "Filter; `None` finds frames without one",
    example: "V",
    ...exact("filter", (text) => (text === "None" ? null : text)),
  },
  { name: "binning", aliases: [], meaning: "Binning, x by y", example: "1x1", ...exact("binning", read.binning) },
  {
    name: "RLEVEL",
    aliases: ["reduction_level"],
    meaning: "Reduction level: 0 raw, 1 reduced",
    example: "1",
    ...exact("rlevel", read.integer),
  },
  {
    name: "night",
    aliases: ["DAY_OBS", "dayobs", "observation_day"],
    meaning: "Night of the observation: the date at its start",
    example: "2024-01-15",
    ...exact("night", read.night),
  },
  {
    name: "REQNUM",
    aliases: ["request_id"],
    meaning: "Number of the request",
    example: "000100004",
    ...exact("reqnum", read.text),
  },
  {
    name: "OBSNUM",
    aliases: [],
    meaning: "Number of the observation",
    example: "20240115-004",
    ...exact("obsnum", read.text),
  },
  {
    name: "PROPID",
    aliases: ["proposal_id"],
    meaning: "Proposal",
    example: "P-2024-01",
    ...exact("propid", read.text),
  },
  {
    name: "basename_exact",
    aliases: [],
    meaning: "Name of the frame, without extension",
    example: "goe-0m50-sb63-20240115-0004-o00",
    ...exact("basename", read.text),
  },
  {
    name: "basename",
    aliases: [],
    meaning: "Part of the name of the frame, in any case",
    example: "20240115-0004",
    ...single((value, { query }) => {
      query.basenameContains = value;
    }),
  },
  {
    name: "OBJECT",
    aliases: ["target_name"],
    meaning: "Part of the name of the object, in any case",
    example: "m 31",
    ...single((value, { query }) => {
      query.objectContains = value;
    }),
  },
  {
    name: "EXPTIME",
    aliases: ["exposure_time"],
    meaning: "Exposure time in seconds, at least",
    example: "60",
    ...single((value, { query }) => {
      query.exptimeMin = read.decimal(value);
    }),
  },
  {
    name: "EXPTIME_max",
    aliases: [],
    meaning: "Exposure time in seconds, at most",
    example: "300",
    ...single((value, { query }) => {
      query.exptimeMax = read.decimal(value);
    }),
  },
  {
    name: "start",
    aliases: [],
    meaning: "DATE-OBS at this moment or later; UTC unless a zone is given, a date alone is its midnight",
    example: "2024-01-15T20:00:00",
    ...single((value, { query }) => {
      query.start = read.moment(value);
    }),
  },
  {
    name: "end",
    aliases: [],
    meaning: "DATE-OBS at this moment or earlier; UTC unless a zone is given, a date alone is its midnight",
    example: "2024-01-16 08:00",
    ...single((value, { query }) => {
      query.end = read.moment(value);
    }),
  },
  {
    name: "RA",
    aliases: [],
    meaning: "Right ascension of a position near which the telescope pointed; needs DEC",
    example: "13:29:52.7",
    ...single((value, { position }) => {
      position.ra = read.rightAscension(value);
    }),
  },
  {
    name: "DEC",
    aliases: [],
    meaning: "Declination of that position; needs RA",
    example: "+47:11:43",
    ...single((value, { position }) => {
      position.dec = read.declination(value);
    }),
  },
  {
    name: "radius",
    aliases: [],
    meaning: "How near to RA and DEC, in degrees; without it 10′",
    example: "0.5",
    ...single((value, { position }) => {
      position.radius = read.radius(value);
    }),
  },
  {
    name: "covers",
    aliases: [],
    meaning: "Position, or whole region of the sky, that the image shows, by its WCS",
    example: "POINT(202.47 47.195)",
    ...single((value, { query }) => {
      query.covers = read.region(value);
    }),
  },
  {
    name: "intersects",
    aliases: [],
    meaning: "Region of the sky that the image shows some of, by its WCS",
    example: "CIRCLE 202.47 47.195 0.5",
    ...single((value, { query }) => {
      query.intersects = read.region(value);
    }),
  },
  {
    name: "public",
    aliases: [],
    meaning: "`false` leaves out what everybody may see: only frames of your proposals, or those still under embargo",
    example: "false",
    ...single((value, search) => {
      search.ownOnly = !read.truth(value);
    }),
  },
  {
    name: "include_related_frames",
    aliases: [],
    meaning: "`false` leaves `related_frames` out of the answer",
    example: "true",
    ...single((value, search) => {
      search.withRelated = read.truth(value);
    }),
  },
];

/** 10′, as pyobs-archive documents it. */
const DEFAULT_RADIUS = 10 / 60;

function valuesOf(parameter: Parameter, params: URLSearchParams): { name: string; values: string[] } | null {
  let named = parameter.name;
  const values: string[] = [];
  for (const name of [parameter.name, ...parameter.aliases]) {
    for (const value of params.getAll(name)) {
      const trimmed = value.trim();
      if (trimmed === "" || trimmed === "ALL") continue;
      named = name;
      values.push(trimmed);
    }
  }
  return values.length === 0 ? null : { name: named, values };
}

/**
 * The search that query parameters describe. Throws BAD_PARAMETER, with a complaint for each parameter that is wrong,
 * under the name that was used.
 */
export function parseFilters(params: URLSearchParams): Search {
  const draft: SearchDraft = { query: {}, ownOnly: false, withRelated: true, position: {} };
  const fields: Record<string, string[]> = {};
  for (const parameter of FILTERS) {
    const found = valuesOf(parameter, params);
    if (found === null) continue;
    try {
      parameter.into(found.values, draft);
    } catch (error) {
      if (!(error instanceof read.Refused)) throw error;
      fields[found.name] = [error.message];
    }
  }
  const { position, ...search } = draft;
  const { ra, dec, radius = DEFAULT_RADIUS } = position;
  if (ra !== undefined && dec !== undefined) search.query.cone = { ra, dec, radius };
  // A field that is there and empty is one that somebody is still to fill in: pyobs-archive's page asks while one types.
  else if (ra !== undefined && !params.has("DEC")) fields.DEC = ["RA needs a DEC beside it."];
  else if (dec !== undefined && !params.has("RA")) fields.RA = ["DEC needs an RA beside it."];
  if (Object.keys(fields).length > 0) {
    const all = Object.entries(fields).map(([name, [complaint]]) => `${name}: ${complaint}`);
    throw new ArchiveError("BAD_PARAMETER", all.join(" "), { fields });
  }
  return search;
}

/** The table as a schema for the API description. */
export const FilterParameters = z.looseObject(
  Object.fromEntries(
    FILTERS.map(({ name, aliases, meaning, example, repeatable }) => {
      const words = [
        meaning,
        repeatable ? "several values: any of them" : "",
        aliases.length > 0 ? `also called ${aliases.join(", ")}` : "",
      ];
      const description = `${words.filter((word) => word !== "").join("; ")}.`;
      const described = repeatable
        ? ({ type: "array", items: { type: "string" }, param: { description, example: [example] } } as const)
        : ({ type: "string", param: { description, example } } as const);
      // One value or several, whatever is described: for a single one the last counts.
      return [
        name,
        z
          .union([z.string(), z.array(z.string())])
          .optional()
          .openapi(described),
      ];
    }),
  ),
);
