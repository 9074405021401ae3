/**
 * What the archive does by the clock. It only ever removes objects that nothing refers to; a row whose object cannot be
 * found is reported and never touched, as the object may be out of reach and not lost.
 */
import type { Archive } from "./context.ts";
import { resume } from "./due.ts";
import { differences } from "./stock.ts";
import { dropAbandoned } from "./uploads.ts";

/** An upload or a packing writes its object first and its row minutes later at most; a day leaves no doubt. */
const SAFE_AGE = 24 * 3600 * 1000;
/** Objects removed in one run; what is more waits for the next. */
const MOST_REMOVED = 5000;
/**
 * More orphans than a quarter of all objects (and a few) are no leftovers, nor is anything where there is no row at all:
 * the catalogue is the wrong one, or not whole.
 */
const DOUBTFUL_SHARE = 0.25;
const NEVER_DOUBTFUL = 20;

export interface Sweep {
  objects: number;
  orphans: number;
  removed: number;
  missing: number;
  /** Set where nothing was removed because there were too many orphans to believe. */
  refused: string | null;
}

/** Removes old orphans. Safe to run at any time and twice at once. */
export async function sweep(archive: Pick<Archive, "config" | "catalogue" | "files">, now: number): Promise<Sweep> {
  const seen = { objects: 0, rows: 0 };
  const old: string[] = [];
  let orphans = 0;
  let missing = 0;
  for await (const difference of differences(archive, seen)) {
    if (difference.kind === "missing") {
      missing++;
      continue;
    }
    orphans++;
    if (now - difference.file.uploaded > SAFE_AGE && old.length < MOST_REMOVED) old.push(difference.file.key);
  }
  const many = old.length > NEVER_DOUBTFUL && old.length > DOUBTFUL_SHARE * seen.objects;
  const doubtful = many || (old.length > 0 && seen.rows === 0);
  if (!doubtful) await archive.files.delete(old);
  return {
    objects: seen.objects,
    orphans,
    removed: doubtful ? 0 : old.length,
    missing,
    refused: doubtful ? `${old.length} of ${seen.objects} objects have no row; is this the right catalogue?` : null,
  };
}

/** The scheduled run. What fails is logged and does not keep the rest from being done; the first of it is thrown. */
export async function upkeep(archive: Archive, now: number): Promise<void> {
  const failures: unknown[] = [];
  const attempt = <T>(run: Promise<T>) =>
    run.catch((error: unknown) => {
      failures.push(error);
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.error(JSON.stringify({ level: "error", message: "upkeep failed", error: text }));
    });
  const resumed = await attempt(resume(archive, now));
  const abandoned = await attempt(dropAbandoned(archive, now));
  const swept = await attempt(sweep(archive, now));
  const doubtful = swept === undefined || swept.missing > 0 || swept.refused !== null;
  console.log(JSON.stringify({ level: doubtful ? "warn" : "info", message: "upkeep", resumed, abandoned, ...swept }));
  if (failures.length > 0) throw failures[0];
}
