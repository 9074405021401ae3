/**
 * The catalogue: the only way to the frames in D1. Callers see frames, queries and sights; how rows are found and
 * counted (combinations, histograms, cells) stays in this folder.
 */
import type { Due, DueWork, Postponed, WorkKind } from "./due-work.ts";
import type {
  Aggregate,
  Frame,
  FrameFacts,
  FrameList,
  FrameQuery,
  ListedFrame,
  NightCount,
  ObjectCount,
  Page,
  Sight,
  StoredFile,
} from "./frame.ts";

/** What became of a file that was offered. */
export type Added =
  | { outcome: "created"; frame: Frame } // first file under this name
  | { outcome: "version"; frame: Frame; previous: number } // other bytes than the current file: a new version
  | { outcome: "duplicate"; frame: Frame }; // these very bytes are a version already; nothing was written

/** One file that was ever current under a name. */
export interface Version {
  frameId: number;
  basename: string;
  version: number;
  current: boolean;
  created: number;
  file: StoredFile;
}

/** A key that a version of a frame refers to. */
export interface StoredKey {
  key: string;
  size: number;
  frameId: number;
  version: number;
}

export interface Catalogue {
  /**
   * What its reads and writes have seen so far, null before the first: whoever opens the catalogue with it
   * (`DatabaseOptions.bookmark`) reads nothing older, though D1 may answer from a replica.
   */
  readonly bookmark: string | null;
  /** One page and the exact number of frames found. Throws ArchiveError-free: bad cursors are `BadCursorError`. */
  list(query: FrameQuery, page: Page, sight: Sight): Promise<FrameList>;
  /** Choices among the frames found. With `facets`, each field's counts ignore what is chosen of that field. */
  aggregate(query: FrameQuery, sight: Sight, options?: { facets?: boolean }): Promise<Aggregate>;
  /** The objects with the most frames among those found, each with how many. */
  objects(query: FrameQuery, limit: number, sight: Sight): Promise<ObjectCount[]>;
  /** Nights from one to another (`YYYY-MM-DD`, both inside) that have frames of the query, in order. */
  nights(query: FrameQuery, from: string, to: string, sight: Sight): Promise<NightCount[]>;
  /** The frame, at its current or a given version; null where it is not, or not for this sight. */
  frame(id: number, sight: Sight, version?: number): Promise<ListedFrame | null>;
  /** As `frame`, for those who want its file or facts: related frames are not looked for. */
  alone(id: number, sight: Sight, version?: number): Promise<Frame | null>;
  /** Those of the ids that exist and may be seen, in the order given. Any number of ids. `bare` as of a page. */
  frames(ids: number[], sight: Sight, options?: { bare?: boolean }): Promise<ListedFrame[]>;
  /** The frame that owns a basename, whoever may see it: for ingest and administration only. */
  owner(basename: string): Promise<Frame | null>;
  /** Whether these very bytes are a version, current or former, of the frame that owns a basename. One row read. */
  holds(basename: string, sha256: string): Promise<boolean>;
  /** Frames that this one was made from, in id order, as far as they are here and may be seen. */
  related(id: number, sight: Sight): Promise<ListedFrame[]>;
  /** Files by content or by frame, newest version first. `md5` also finds the checksum of a packed file's original. */
  versions(
    find: { md5?: string; sha256?: string; basename?: string; frameId?: number },
    page: { limit: number; offset: number },
    sight: Sight,
  ): Promise<{ count: number; versions: Version[] }>;
  /**
   * Adds a file whose bytes are already safe in R2, in one transaction with everything that hangs on it (combination,
   * object, histograms). Safe against a second upload of the same name at the same moment. The frame answered has the
   * facts as given, which the catalogue may round (footprint). `due`: work that a new file brings; default none.
   */
  add(facts: FrameFacts, file: StoredFile, now: number, due?: Due): Promise<Added>;
  /** Notes that a kind of work is done, or will never be. */
  strike(id: number, version: number, kind: WorkKind): Promise<void>;
  /** The oldest `limit` frames (of each shard) with work that should be done by `now`. */
  overdue(now: number, limit: number): Promise<DueWork[]>;
  /** Counts one more try of each, or gives it up. */
  postpone(works: Postponed[]): Promise<void>;
  /** Puts a proven packing in the place of a version's file, unless it has changed since (then false). */
  replaceFile(id: number, version: number, expectedKey: string, file: StoredFile): Promise<boolean>;
  /** Removes a frame with all its versions; answers the R2 keys that nothing refers to any more, or null: not there. */
  remove(id: number): Promise<string[] | null>;
  /**
   * The R2 keys of all versions of the next `limit` frames after an id, by id; empty where there are no more. For the
   * comparison with the bucket: from 0 and on from the last id, they are all there are.
   */
  keys(after: number, limit: number): Promise<StoredKey[]>;
}
