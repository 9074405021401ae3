/** The whole result of a search as a file: collected page by page from the API, as CSV or as JSON. */

import { csvLine } from "../../csv.ts";
import type { Frame } from "../api/frame.ts";
import { framePages } from "../api/frame-walk.ts";
import { saveBlob } from "../design/save.ts";

/** The API's most. */
const PAGE = 1000;

/** Columns of the CSV: the API's names. */
const FIELDS = [
  "id",
  "basename",
  "filename",
  "DATE_OBS",
  "night",
  "OBJECT",
  "OBSTYPE",
  "FILTER",
  "EXPTIME",
  "binning",
  "RLEVEL",
  "SITEID",
  "TELID",
  "INSTRUME",
  "RA",
  "DEC",
  "width",
  "height",
  "size",
  "md5",
  "sha256",
  "proposal_id",
  "REQNUM",
  "OBSNUM",
  "public_date",
  "version",
  "url",
] as const satisfies readonly (keyof Frame)[];

/**
 * Saves all frames that a query finds, in its order. `onProgress`: frames so far. Rejects with an ApiError, or an
 * AbortError.
 */
export async function saveResult(
  filters: URLSearchParams,
  { sort, order }: { sort: string; order: string },
  format: "csv" | "json",
  onProgress: (frames: number) => void,
  signal: AbortSignal,
): Promise<void> {
  // Blobs, because the browser may keep them on disk; the text of a million frames it may not.
  const parts: Blob[] = [];
  const type = format === "csv" ? "text/csv" : "application/json";
  const keep = (text: string) => parts.push(new Blob([text]));
  let frames = 0;
  if (format === "csv") keep(csvLine(FIELDS));
  for await (const page of framePages(filters, { sort, order, limit: PAGE, related: true }, signal)) {
    if (format === "csv") keep(page.results.map((frame) => csvLine(FIELDS.map((name) => frame[name]))).join(""));
    else {
      const texts = page.results.map((frame) => JSON.stringify(frame)).join(",\n");
      keep(frames === 0 ? `[\n${texts}` : `,\n${texts}`);
    }
    frames += page.results.length;
    onProgress(frames);
  }
  if (format === "json") keep(frames === 0 ? "[]\n" : "\n]\n");
  saveBlob(new Blob(parts, { type }), `frames.${format}`);
}
