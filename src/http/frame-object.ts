/** The frame as the API shows it: pyobs-archive's names first, then what this archive adds, then OCS's newer names. */
import "@hono/zod-openapi";
import * as z from "zod";
import { ALL_USES, linkExpiry, signLinks } from "../archive/links.ts";
import { exactFormat, isSeekable } from "../archive/plain-file.ts";
import type { Config } from "../config.ts";
import type { Frame, ListedFrame, StoredFile } from "../store/frame.ts";

/** What all frames of one answer share. */
export interface FrameView {
  config: Config;
  /** Public address of the archive, with a trailing slash. */
  root: string;
  /** Account whose rights the links lend; null: those of people who are not signed in. */
  user: number | null;
  /** UTC milliseconds. */
  now: number;
  withRelated?: boolean;
}

/** Types whose OBJECT and FILTER are whatever the last exposure left in the header. */
const WITHOUT_TARGET = /^(bias|dark)$/i;

/** `2024-01-15T22:01:00.123Z`: astropy's Time takes a `Z`, but no `+00:00`. */
export function isoOf(ms: number): string;
export function isoOf(ms: number | null): string | null;
export function isoOf(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

/** `.fits.fz` of `a.fits.fz`; what a name has beyond its frame's. */
export function extensionOf(basename: string, filename: string): string {
  if (filename.startsWith(basename)) return filename.slice(basename.length);
  return /(\.(fits|fit|fts|fz|gz))+$/i.exec(filename)?.[0] ?? "";
}

/** Addresses of the files of some versions of frames that work without a header until they expire. */
export function downloadUrls(view: FrameView, frames: readonly { id: number; version: number }[]): string[] {
  const { config, root, user, now } = view;
  const signatures = signLinks(config, { user, uses: ALL_USES, expires: linkExpiry(config, now) }, frames);
  return frames.map(({ id }, i) => `${root}frames/${id}/download/?${signatures[i]}`);
}

/** What a frame's name, size and checksums are of: the file that its `url` gives (http/download.ts). */
function givenOf({ file }: ListedFrame): Pick<StoredFile, "filename" | "size" | "md5" | "sha256"> {
  return isSeekable(file.filename) ? file : (file.original ?? file);
}

function areaOf(footprint: Frame["footprint"]): { type: "Polygon"; coordinates: [number, number][][] } | undefined {
  if (footprint === null || footprint.length === 0) return undefined;
  // RFC 7946 §3.1.6: the first and the last position of a ring are the same.
  return { type: "Polygon", coordinates: [[...footprint, footprint[0]!]] };
}

export function frameObjects(view: FrameView, frames: readonly ListedFrame[]) {
  const urls = downloadUrls(view, frames);
  return frames.map((frame, i) => frameObject(view, frame, urls[i]!));
}

/** What is undefined here is not in the JSON; each object has the same fields, which V8 makes and writes much faster. */
function frameObject(view: FrameView, frame: ListedFrame, url: string) {
  const { file } = frame;
  const given = givenOf(frame);
  const hasTarget = !WITHOUT_TARGET.test(frame.imagetyp);
  const object = hasTarget ? frame.object : null;
  const filter = hasTarget ? frame.filter : null;
  const date = isoOf(frame.dateObs);
  const publicDate = isoOf(frame.publicDate);
  return {
    id: frame.id,
    basename: frame.basename,
    SITEID: frame.siteid,
    TELID: frame.telid,
    INSTRUME: frame.instrume,
    RLEVEL: frame.rlevel,
    DATE_OBS: date,
    FILTER: filter,
    OBJECT: object,
    EXPTIME: frame.exptime,
    REQNUM: frame.reqnum,
    OBSNUM: frame.obsnum,
    OBSTYPE: frame.imagetyp,
    binning: `${frame.xbinning}x${frame.ybinning}`,
    related_frames: view.withRelated === false ? undefined : frame.relatedIds,
    url,
    filename: given.filename,
    night: frame.night,
    size: given.size,
    md5: given.md5,
    sha256: given.sha256,
    width: frame.width,
    height: frame.height,
    RA: frame.ra,
    DEC: frame.dec,
    area: areaOf(frame.footprint),
    version: frame.version,
    warnings: file.warnings,
    public_date: publicDate,
    proposal_id: frame.propid,
    observation_date: date,
    observation_day: frame.night,
    target_name: object,
    reduction_level: frame.rlevel,
    site_id: frame.siteid,
    telescope_id: frame.telid,
    instrument_id: frame.instrume,
    exposure_time: frame.exptime,
    primary_optical_element: filter,
    configuration_type: frame.imagetyp,
    request_id: frame.reqnum,
    DAY_OBS: frame.night,
    PROPID: frame.propid,
    L1PUBDAT: publicDate,
    version_set: [
      {
        id: frame.version,
        created: isoOf(frame.created),
        md5: file.md5,
        sha256: file.sha256,
        size: file.size,
        extension: extensionOf(frame.basename, file.filename),
        url: url + exactFormat(file.filename),
      },
    ],
  };
}

const text = z.string().nullable();
const number = z.number().nullable();

/** The same for the API description; answers are not checked against it at run time. */
export const FrameSchema = z
  .looseObject({
    id: z.int(),
    basename: z.string(),
    SITEID: z.string(),
    TELID: z.string(),
    INSTRUME: z.string(),
    RLEVEL: z.int(),
    DATE_OBS: z.string().openapi({ description: "UTC with milliseconds, ends in Z" }),
    FILTER: text.openapi({ description: "null for bias and dark" }),
    OBJECT: text.openapi({ description: "null for bias and dark" }),
    EXPTIME: number.openapi({ description: "Seconds" }),
    REQNUM: text,
    OBSNUM: text,
    OBSTYPE: z.string().openapi({ description: "The header's IMAGETYP" }),
    binning: z.string(),
    related_frames: z.array(z.int()).optional(),
    url: z.string().openapi({ description: "The file; works without any header, until it expires" }),
    filename: z.string(),
    night: z.string().openapi({ description: "The date at the start of the night" }),
    size: z.int().openapi({ description: "Bytes" }),
    md5: z.string(),
    sha256: z.string(),
    width: z.int(),
    height: z.int(),
    RA: number.openapi({ description: "Degrees, ICRS" }),
    DEC: number.openapi({ description: "Degrees, ICRS" }),
    area: z.any().optional().openapi({ description: "Footprint, a GeoJSON polygon; absent when unknown" }),
    version: z.int(),
    warnings: z.array(z.string()),
    public_date: text,
    proposal_id: text,
    observation_date: z.string(),
    observation_day: z.string(),
    target_name: text,
    reduction_level: z.int(),
    site_id: z.string(),
    telescope_id: z.string(),
    instrument_id: z.string(),
    exposure_time: number,
    primary_optical_element: text,
    configuration_type: z.string(),
    request_id: text,
    DAY_OBS: z.string(),
    PROPID: text,
    L1PUBDAT: text,
    version_set: z.array(z.looseObject({ id: z.int(), md5: z.string(), extension: z.string(), url: z.string() })),
  })
  .openapi("Frame");
