/**
 * The shapes that cross the border of `store/`: what ingest gives, what a query asks, what a list returns.
 * Rows, combinations, cells and histograms stay inside.
 */

/** What a header (and the upload) says about an exposure. Times are UTC milliseconds since 1970; angles ICRS degrees. */
export interface FrameFacts {
  /** Name without extension; unique among the frames of the archive. */
  basename: string;
  /** Unknown site, telescope, instrument and image type are `""`, as in pyobs-archive. */
  siteid: string;
  telid: string;
  instrume: string;
  imagetyp: string;
  filter: string | null;
  object: string | null;
  rlevel: number;
  dateObs: number;
  /** `YYYY-MM-DD`: the date at the start of the night. */
  night: string;
  /** Seconds. */
  exptime: number | null;
  xbinning: number;
  ybinning: number;
  /** Pixels of the science image (NAXIS1, NAXIS2; ZNAXISn when compressed); 1-D images have height 1. */
  width: number;
  height: number;
  /** Pointing, or the image centre by WCS where there is one. */
  ra: number | null;
  dec: number | null;
  /** Corners of the image on the sky in order, [ra, dec]; null when unknown. */
  footprint: [number, number][] | null;
  reqnum: string | null;
  obsnum: string | null;
  propid: string | null;
  /** When the frame becomes public; null: no embargo was ever stated. */
  publicDate: number | null;
  /** Basenames that the header names as calibrations, inputs or raw frames, whether they are here yet or not. */
  related: string[];
}

/** One stored file. Checksums are lower-case hex. */
export interface StoredFile {
  /** Key in R2. Every version has its own; a key is never written twice. */
  key: string;
  /** Name given to whoever downloads it, with its true extension. */
  filename: string;
  size: number;
  crc32: number;
  md5: string;
  sha256: string;
  /** What lies in R2: the upload as it came, or this archive's packing of it. */
  packing: "none" | "rice" | "gzip2";
  /**
   * The plain FITS file that can be restored from this one, bit for bit: the upload, where the stored file is a packing
   * of it; what gunzip or funpack makes of an upload that came compressed. Null: it is plain, or not unpacked yet.
   */
  original: { filename: string; size: number; crc32: number; md5: string; sha256: string } | null;
  /** Things that a reader should know and that did not stop the ingest (bad checksum, odd cards …). */
  warnings: string[];
}

export interface Frame extends FrameFacts {
  id: number;
  /** 1 for the first file under this name, counting up. */
  version: number;
  file: StoredFile;
  /** When this version was ingested. */
  created: number;
}

/** A frame as a list shows it. `relatedIds`: visible related frames, ascending. */
export interface ListedFrame extends Frame {
  relatedIds: number[];
}

/**
 * Who is looking, reduced to what a query needs. `archive/visibility.ts` makes it, and every query takes one.
 * `all`: staff. `some`: frames without an embargo in force at `now`, frames of `proposals` whenever they become public,
 * and, if `undated`, frames for which no embargo was ever stated (signed-in users: yes; anonymous: no).
 */
export type Sight = { kind: "all" } | { kind: "some"; now: number; proposals: string[]; undated: boolean };

export const EQUALITY_FIELDS = [
  "imagetyp",
  "siteid",
  "telid",
  "instrume",
  "filter",
  "rlevel",
  "binning",
  "night",
  "reqnum",
  "obsnum",
  "propid",
  "basename",
] as const;
export type EqualityField = (typeof EQUALITY_FIELDS)[number];

export const SORT_FIELDS = [
  "id",
  "basename",
  "siteid",
  "telid",
  "instrume",
  "imagetyp",
  "rlevel",
  "dateObs",
  "night",
  "object",
  "exptime",
  "filter",
  "binning",
  "width",
  "height",
  "size",
  "reqnum",
  "obsnum",
  "propid",
  "ra",
  "dec",
  "publicDate",
] as const;
export type SortField = (typeof SORT_FIELDS)[number];

export type SkyRegion =
  | { shape: "point"; ra: number; dec: number }
  | { shape: "circle"; ra: number; dec: number; radius: number }
  | { shape: "polygon"; vertices: [number, number][] };

/** What to find. Every part narrows; none given finds all. */
export interface FrameQuery {
  /** Exact, any of. `filter: [null]` finds frames without one; `binning` as "1x1"; `rlevel` numbers. */
  equals?: Partial<Record<EqualityField, (string | number | null)[]>>;
  /** Image types to leave out. */
  notImagetyp?: string[];
  /** Case-insensitive "contains"; no wildcard characters. */
  objectContains?: string;
  basenameContains?: string;
  exptimeMin?: number;
  exptimeMax?: number;
  /** DATE-OBS, inclusive at both ends. */
  start?: number;
  end?: number;
  /** Pointing within `radius` degrees of a position. */
  cone?: { ra: number; dec: number; radius: number };
  /** Footprint holds the whole of this region. */
  covers?: SkyRegion;
  /** Footprint and this region share a point. */
  intersects?: SkyRegion;
  /** Only frames public at `now`, or only those that are not. */
  public?: { is: boolean; now: number };
}

export interface Page {
  sort: SortField;
  descending: boolean;
  limit: number;
  offset: number;
  /** Opaque, from an earlier answer; replaces `offset`. */
  cursor?: string;
  /** Frames without footprint and related frames, for those who read thousands of them. */
  bare?: boolean;
}

export interface FrameList {
  count: number;
  frames: ListedFrame[];
  /** Cursors of the pages beside this one; null at the ends. */
  next: string | null;
  previous: string | null;
}

/** An object and how many of the frames found show it. */
export interface ObjectCount {
  name: string;
  frames: number;
}

/** A night (`YYYY-MM-DD`, DAY-OBS) and what it has of the frames found. */
export interface NightCount {
  night: string;
  frames: number;
  bytes: number;
}

/** Distinct values among the frames found, each with its number of frames. */
export interface Aggregate {
  count: number;
  bytes: number;
  imagetyp: Map<string, number>;
  siteid: Map<string, number>;
  telid: Map<string, number>;
  instrume: Map<string, number>;
  filter: Map<string | null, number>;
  rlevel: Map<number, number>;
  binning: Map<string, number>;
  propid: Map<string | null, number>;
}
