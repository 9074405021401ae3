/**
 * What a frame's header says about it. Observatories spell the same fact differently: each fact's synonyms stand in one
 * row of `KEYWORDS`, pyobs's own first, then those of Las Cumbres, NOIRLab/IRAF, ESO, HST and amateur programs.
 */
import type { Config } from "../config.ts";
import type { Hdu } from "../fits/hdu.ts";
import { parseDec, parseRa } from "../sky/angle.ts";
import { parseDateObs } from "../sky/date-obs.ts";
import { SkyError } from "../sky/errors.ts";
import { footprintOf, footprintOfPointing } from "../sky/footprint.ts";
import { nightOf, parseNight } from "../sky/night.ts";
import { Wcs } from "../sky/wcs.ts";
import type { FrameFacts } from "../store/frame.ts";
import { ArchiveError } from "./errors.ts";
import { HeaderLookup } from "./header-lookup.ts";
import { relatedNames } from "./related-names.ts";

/** Fact → keywords, the first found counts. */
export const KEYWORDS = {
  siteid: ["SITEID", "SITE", "SITENAME", "OBSERVAT", "OBSERVATORY"],
  telid: ["TELID", "TELESCOP"],
  instrume: ["INSTRUME", "INSTRUMENT", "CAMERA", "DETECTOR"],
  imagetyp: ["IMAGETYP", "OBSTYPE", "IMGTYPE", "FRAMETYP"],
  object: ["OBJECT", "TARGET", "TARGNAME", "OBJNAME"],
  filter: ["FILTER", "FILTNAM", "FILTER_ID", "FILTERID", "INSFILTE"],
  /** Wheels in a row: where FILTER is not there, the first that is not empty glass. */
  wheels: ["FILTER1", "FILTER2", "FILTER3", "FILTER4", "FILTNAM1", "FILTNAM2"],
  exptime: ["EXPTIME", "EXPOSURE", "EXP_TIME", "ITIME", "TEXPTIME"],
  rlevel: ["RLEVEL"],
  dateObs: ["DATE-OBS", "DATE_OBS", "DATE-BEG"],
  /** Time of the day, where DATE-OBS is a date only. */
  time: ["TIME-OBS", "UTSTART", "UTC-OBS", "UT", "UTC", "TIME-BEG"],
  timesys: ["TIMESYS"],
  mjd: ["MJD-OBS", "MJD_OBS", "MJD-BEG", "MJD"],
  jd: ["JD", "JD-OBS", "JD_UTC"],
  night: ["DAY-OBS", "DAY_OBS"],
  longitude: ["LONGITUD"],
  xbinning: ["XBINNING", "BINX", "XBIN", "DET-BIN1"],
  ybinning: ["YBINNING", "BINY", "YBIN", "DET-BIN2"],
  /** Both at once: "2 2" (IRAF's CCDSUM), "2x2". */
  binning: ["CCDSUM", "BINNING"],
  reqnum: ["REQNUM", "REQUESTID", "REQID"],
  obsnum: ["OBSNUM", "OBSID", "OBS_ID"],
  propid: ["PROPID", "PROPOSID", "PROP_ID", "PROPOSAL"],
  publicDate: ["L1PUBDAT", "PUBDAT"],
  /** Arcseconds a pixel of this image, for frames without world coordinates. */
  pixelScale: ["PIXSCALE", "SECPIX", "PIXSCAL1"],
  /** The same from the pixels as read out (microns, after binning) and the focal length (millimetres). */
  pixelSize: ["XPIXSZ"],
  focalLength: ["FOCALLEN"],
} as const;

/** Pairs of right ascension and declination. */
const POINTINGS = [
  ["TEL-RA", "TEL-DEC"],
  ["RA", "DEC"],
  ["TELRA", "TELDEC"],
  ["OBJRA", "OBJDEC"],
  ["OBJCTRA", "OBJCTDEC"],
  ["CAT-RA", "CAT-DEC"],
  ["RA_PNT", "DEC_PNT"],
  ["RA_TARG", "DEC_TARG"],
] as const;

/** What wheels call a position without a filter. */
const NO_FILTER = ["", "AIR", "CLEAR", "OPEN", "NONE", "EMPTY", "BLANK", "NOTUSED", "N/A"];
const DAY = 86_400_000;
/** MJD of 1970-01-01, and of JD 0. */
const MJD_1970 = 40_587;
const MJD_OF_JD = 2_400_000.5;

/** All facts but the name, which also depends on the upload. */
export type HeaderFacts = Omit<FrameFacts, "basename">;

/** The headers of a frame, as facts and templates ask them. */
export function lookupOf(science: Hdu, primary: Hdu): HeaderLookup {
  // FITS 4.0 §4.4.2.4 (INHERIT): an extension has the primary header's keywords unless it says no.
  const inherits = science !== primary && science.header.get("INHERIT") !== false;
  return new HeaderLookup(science.header, inherits ? primary.header : null);
}

/**
 * Reads the facts of a frame. Throws BAD_PARAMETER with the keyword where a fact that the archive cannot do without is
 * missing or makes no sense; what is odd and harmless becomes a warning of the lookup.
 */
export function factsOf(lookup: HeaderLookup, science: Hdu, config: Config): HeaderFacts {
  const dateObs = dateObsOf(lookup);
  const siteid = lookup.text(KEYWORDS.siteid) ?? "";
  const [width = 0, height = 1] = science.image?.axes ?? [];
  const [xbinning, ybinning] = binningOf(lookup);
  return {
    siteid,
    telid: lookup.text(KEYWORDS.telid) ?? "",
    instrume: lookup.text(KEYWORDS.instrume) ?? "",
    imagetyp: lookup.text(KEYWORDS.imagetyp) ?? "",
    filter: filterOf(lookup),
    object: lookup.text(KEYWORDS.object),
    rlevel: lookup.integer(KEYWORDS.rlevel) ?? 0,
    dateObs,
    night: nightOfFrame(lookup, dateObs, siteid, config),
    exptime: lookup.number(KEYWORDS.exptime),
    xbinning,
    ybinning,
    width,
    height,
    ...positionOf(lookup, science, width, height),
    reqnum: lookup.statedText(KEYWORDS.reqnum),
    obsnum: lookup.statedText(KEYWORDS.obsnum),
    propid: lookup.statedText(KEYWORDS.propid),
    publicDate: publicDateOf(lookup, dateObs, config),
    related: relatedNames(lookup),
  };
}

function refused(cause: unknown, before = ""): ArchiveError {
  if (cause instanceof SkyError) return new ArchiveError("BAD_PARAMETER", before + cause.message, {}, { cause });
  throw cause;
}

function dateObsOf(lookup: HeaderLookup): number {
  const stated = lookup.text(KEYWORDS.dateObs);
  // As pyobs-archive does and in its words, also where there is a Julian date: which moment it means differs too much.
  if (stated === null) throw new ArchiveError("BAD_PARAMETER", "Could not find DATE-OBS in FITS header.");
  const ms = momentOf(lookup, stated);
  const year = new Date(ms).getUTCFullYear();
  // Dates of answers have four digits of year, and the catalogue counts days from the year 1.
  if (!(year >= 1 && year <= 9999)) {
    throw new ArchiveError("BAD_PARAMETER", `DATE-OBS "${stated}" is not in the years 1 to 9999.`);
  }
  return ms;
}

/** DATE-OBS as a moment; where it cannot be read, the Julian date beside it. */
function momentOf(lookup: HeaderLookup, stated: string): number {
  const time = lookup.find(KEYWORDS.time);
  const timesys = lookup.text(KEYWORDS.timesys);
  const timeOfDay = time === null || typeof time.value === "boolean" ? null : String(time.value);
  try {
    return parseDateObs(stated, { time: timeOfDay, timesys });
  } catch (cause) {
    const error = refused(cause);
    try {
      const alone = parseDateObs(stated, { timesys });
      lookup.warn(`${time?.keyword} "${timeOfDay}" is no time of the day; left out`);
      return alone;
    } catch {
      const julian = julianDate(lookup);
      if (julian === null) throw error;
      lookup.warn(`${error.message} The Julian date is taken instead.`);
      return julian;
    }
  }
}

function julianDate(lookup: HeaderLookup): number | null {
  for (const [keywords, zero] of [
    [KEYWORDS.mjd, 0],
    [KEYWORDS.jd, MJD_OF_JD],
  ] as const) {
    const found = lookup.find(keywords);
    const days = found === null ? Number.NaN : Number(found.value);
    const ms = Math.round((days - zero - MJD_1970) * DAY);
    // Zero stands for "not known" in many headers.
    if (days > 0 && Number.isSafeInteger(ms) && Math.abs(ms) < 8.64e15) return ms;
  }
  return null;
}

function nightOfFrame(lookup: HeaderLookup, dateObs: number, siteid: string, config: Config): string {
  const stated = lookup.find(KEYWORDS.night);
  if (stated !== null) {
    try {
      return parseNight(String(stated.value));
    } catch (cause) {
      throw refused(cause, `${stated.keyword} `);
    }
  }
  const header = lookup.find(KEYWORDS.longitude)?.value;
  const east = typeof header === "number" && Math.abs(header) <= 360 ? header : null;
  return nightOf(dateObs, config.siteLongitudes[siteid] ?? east);
}

function filterOf(lookup: HeaderLookup): string | null {
  const filter = lookup.text(KEYWORDS.filter);
  if (filter !== null) return filter;
  const wheels = KEYWORDS.wheels.map((keyword) => lookup.text([keyword])).filter((name) => name !== null);
  return wheels.find((name) => !NO_FILTER.includes(name.toUpperCase())) ?? wheels[0] ?? null;
}

function binningOf(lookup: HeaderLookup): [number, number] {
  const x = lookup.integer(KEYWORDS.xbinning);
  const y = lookup.integer(KEYWORDS.ybinning);
  if (x !== null && y !== null && x > 0 && y > 0) return [x, y];
  const both = lookup.find(KEYWORDS.binning);
  const match = /^\s*(\d{1,4})\s*[\s,x×]\s*(\d{1,4})\s*$/i.exec(both === null ? "" : String(both.value));
  if (match !== null && Number(match[1]) > 0 && Number(match[2]) > 0) return [Number(match[1]), Number(match[2])];
  lookup.warn("Missing or invalid XBINNING and/or YBINNING in FITS header.");
  return [1, 1];
}

type Position = Pick<FrameFacts, "ra" | "dec" | "footprint">;

/** The image's centre and outline by its WCS; without one, by the pointing, and by the pixel scale where that is given. */
function positionOf(lookup: HeaderLookup, science: Hdu, width: number, height: number): Position {
  try {
    const wcs = Wcs.read(science.header);
    const centre = wcs?.pixelToIcrs((width + 1) / 2, (height + 1) / 2) ?? null;
    if (wcs !== null && centre !== null) {
      for (const ignored of wcs.ignored) lookup.warn(`its world coordinates leave out ${ignored}`);
      return { ra: centre[0], dec: centre[1], footprint: footprintOf(wcs, width, height) };
    }
  } catch (error) {
    // A WCS nobody can read does not make the frame worthless; it is found by its pointing.
    const readable = error instanceof Error && (error.name === "SkyError" || error.name === "FitsError");
    if (!readable) throw error;
    lookup.warn(`its world coordinates are not used: ${error.message}`);
  }
  const pointing = pointingOf(lookup);
  if (pointing === null) return { ra: null, dec: null, footprint: null };
  const scale = pixelScaleOf(lookup);
  const footprint = scale === null ? null : footprintOfPointing(...pointing, scale, width, height);
  return { ra: pointing[0], dec: pointing[1], footprint };
}

/** Degrees a pixel, as far as the header says. A text that is no number counts as nothing said. */
function pixelScaleOf(lookup: HeaderLookup): number | null {
  const stated = (keywords: readonly string[]): number => Number(lookup.find(keywords)?.value ?? 0);
  const arcseconds = stated(KEYWORDS.pixelScale);
  if (arcseconds > 0) return arcseconds / 3600;
  const radians = stated(KEYWORDS.pixelSize) / 1000 / stated(KEYWORDS.focalLength);
  return radians > 0 && Number.isFinite(radians) ? (radians * 180) / Math.PI : null;
}

function pointingOf(lookup: HeaderLookup): [number, number] | null {
  for (const [raKeyword, decKeyword] of POINTINGS) {
    const ra = lookup.find([raKeyword])?.value;
    const dec = lookup.find([decKeyword])?.value;
    if (ra === undefined || dec === undefined) continue;
    try {
      return [parseRa(String(ra)), parseDec(String(dec))];
    } catch (error) {
      if (!(error instanceof SkyError)) throw error;
      lookup.warn(`${raKeyword} and ${decKeyword} are not used: ${error.message}`);
    }
  }
  return null;
}

function publicDateOf(lookup: HeaderLookup, dateObs: number, config: Config): number | null {
  const stated = lookup.statedText(KEYWORDS.publicDate);
  if (stated !== null) {
    try {
      return parseDateObs(stated);
    } catch (cause) {
      // Guessing here could show what is not public yet.
      const { message } = refused(cause);
      throw new ArchiveError("BAD_PARAMETER", message.replace(/^DATE-OBS/, "L1PUBDAT"), {}, { cause });
    }
  }
  return config.proprietaryDays === null ? null : dateObs + config.proprietaryDays * DAY;
}
