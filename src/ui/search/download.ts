/** Zips and lists of frames, handed to the browser's own download manager, which can pause and resume them. */
import { answer, send } from "../api/client.ts";

/** Formats in which the archive lists signed links. */
export const LIST_FORMATS = [
  { format: "csv", label: "Files with checksums (CSV)" },
  { format: "urls", label: "Links to the files" },
  { format: "aria2", label: "Input file for aria2" },
  { format: "wget", label: "Script with wget" },
  { format: "curl", label: "Script with curl" },
  { format: "metalink", label: "Metalink" },
] as const;

/** Address of the zip of all frames that a search finds, or with a format of the list of their links. */
export function zipAddress(filters: URLSearchParams, format: string | null = null): string {
  const query = new URLSearchParams(filters);
  if (format !== null) query.set("format", format);
  return `frames/zip/${query.size === 0 ? "" : `?${query}`}`;
}

/** Lets the browser save an address; the page stays. */
function save(address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = "";
  link.click();
}

/**
 * Starts the download of all frames found, as they are kept or unpacked. Asks first, so that a refusal is an ApiError
 * here and not a page of JSON.
 */
export async function downloadFound(filters: URLSearchParams, unpacked: boolean): Promise<void> {
  const query = new URLSearchParams(filters);
  if (unpacked) query.set("uncompress", "true");
  const address = zipAddress(query);
  await answer(address, { method: "HEAD" });
  save(address);
}

/** Starts the download of the frames with these ids, under an address made for them. */
export async function downloadSelected(ids: Iterable<number>, unpacked: boolean): Promise<void> {
  const wish = { frame_ids: [...ids], ...(unpacked ? { uncompress: true } : {}) };
  const made = await send<{ url: string }>("POST", "frames/selection/", wish);
  const { pathname, search } = new URL(made.url);
  save(pathname + search);
}
