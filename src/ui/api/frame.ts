/** What the archive says about frames. Field names are the API's; see `/api/`. */
import { getJson, getText } from "./client.ts";
import { ApiError } from "./error.ts";

export interface Frame {
  id: number;
  basename: string;
  filename: string;
  SITEID: string;
  TELID: string;
  INSTRUME: string;
  RLEVEL: number;
  /** UTC with milliseconds and a final Z. */
  DATE_OBS: string;
  /** `YYYY-MM-DD`: the date at the start of the night. */
  night: string;
  FILTER: string | null;
  OBJECT: string | null;
  /** Seconds. */
  EXPTIME: number | null;
  REQNUM: string | null;
  OBSNUM: string | null;
  /** The header's IMAGETYP. */
  OBSTYPE: string;
  /** `1x1`. */
  binning: string;
  related_frames: number[];
  /** Address of the file that works without any header, until it expires. */
  url: string;
  /** Bytes. */
  size: number;
  md5: string;
  sha256: string;
  width: number;
  height: number;
  /** ICRS degrees; null when unknown. */
  RA: number | null;
  DEC: number | null;
  public_date: string | null;
  proposal_id: string | null;
  /** GeoJSON polygon of the footprint; absent when unknown. */
  area?: { type: string; coordinates: [number, number][][] } | null;
  version: number;
  /** The stored file, which is another than `filename` names where that is given inflated. One element. */
  version_set: {
    version: number;
    extension: string;
    size: number;
    /** The upload, where the archive has packed it: `format=fits` gives its very bytes. */
    original: { filename: string; size: number; md5: string; sha256: string } | null;
  }[];
  /** What a reader should know about the file, and what did not stop the ingest. */
  warnings?: string[];
}

export interface FrameList {
  count: number;
  results: Frame[];
}

/** One file that was current under a frame's name at some time. */
export interface FileVersion {
  version: number;
  current: boolean;
  /** When it came in, ISO. */
  created: string | null;
  filename: string;
  size: number;
  md5: string;
}

export interface Card {
  key: string;
  value: string | number | boolean | null;
  comment?: string;
  /** The 80 columns as they stand in the file; several where CONTINUE follows. */
  images: string[];
}

/** One HDU with its cards in file order. */
export interface HeaderUnit {
  index: number;
  name: string | null;
  cards: Card[];
}

/** Fields whose values are offered as choices. */
export type ChoiceField =
  | "imagetypes"
  | "filters"
  | "sites"
  | "telescopes"
  | "instruments"
  | "rlevels"
  | "binnings"
  | "proposals";

/** Choices among the frames found; `counts` holds how many frames each would leave, where the archive says. */
export interface Aggregate {
  choices: Partial<Record<ChoiceField, string[]>>;
  counts: Partial<Record<ChoiceField, Record<string, number>>> | undefined;
  /** Size of all frames found together. */
  bytes: number | undefined;
}

export function listFrames(query: string, signal: AbortSignal): Promise<FrameList> {
  return getJson(`frames/?${query}`, signal);
}

/** The choices that `query`'s filters leave, with their counts. */
export async function aggregate(query: string, signal: AbortSignal): Promise<Aggregate> {
  const params = new URLSearchParams(query);
  params.set("counts", "true");
  const answer = await getJson<Record<string, unknown>>(`frames/aggregate/?${params}`, signal);
  const { counts, bytes, ...lists } = answer;
  const choices: Aggregate["choices"] = {};
  for (const [field, list] of Object.entries(lists)) {
    if (Array.isArray(list)) choices[field as ChoiceField] = list.map(String);
  }
  return {
    choices,
    counts: (counts ?? undefined) as Aggregate["counts"],
    bytes: typeof bytes === "number" ? bytes : undefined,
  };
}

/** Names of objects that contain a text, with how many of the frames that `filters` leave each has. */
export async function objects(
  contains: string,
  filters: URLSearchParams,
  signal: AbortSignal,
): Promise<{ name: string; frames: number }[]> {
  const query = new URLSearchParams(filters);
  query.delete("OBJECT");
  query.set("contains", contains);
  query.set("limit", "10");
  return (await getJson<{ results: { name: string; frames: number }[] }>(`objects/?${query}`, signal)).results;
}

export function frame(id: number, version: number | null, signal: AbortSignal): Promise<Frame> {
  return getJson(`frames/${id}/${version === null ? "" : `?version=${version}`}`, signal);
}

export function related(id: number, signal: AbortSignal): Promise<Frame[]> {
  return getJson(`frames/${id}/related/`, signal);
}

/** The catalogue table as CSV with the units in a comment line; empty where the frame has none. */
export function catalogue(id: number, version: number | null, signal: AbortSignal): Promise<string> {
  const query = new URLSearchParams({ units: "true" });
  if (version !== null) query.set("version", String(version));
  return getText(`frames/${id}/catalog/?${query}`, signal);
}

/** All HDUs with their cards in file order. */
export async function headers(id: number, version: number | null, signal: AbortSignal): Promise<HeaderUnit[]> {
  const query = new URLSearchParams({ all: "true" });
  if (version !== null) query.set("version", String(version));
  const answer = await getJson<{ hdus: HeaderUnit[] }>(`frames/${id}/headers/?${query}`, signal);
  return answer.hdus;
}

/** All versions of a frame, the newest first. A frame has one at least: none is an ApiError of the kind "missing". */
export async function versions(id: number, signal: AbortSignal): Promise<FileVersion[]> {
  const { results } = await getJson<{ results: FileVersion[] }>(`versions/?frame=${id}`, signal);
  if (results.length === 0) throw new ApiError("missing", 404, "Not found.");
  return results;
}
