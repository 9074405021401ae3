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

/** The very query of this search as a command or a program. The token is left for the person to put in. */
export function asCurl(query: string): string {
  return `curl -H "Authorization: Token $ARCHIVE_TOKEN" '${document.baseURI}frames/?${query}'`;
}

export function asPython(query: string): string {
  const params = [...new URLSearchParams(query)].map(([name, value]) => `    (${python(name)}, ${python(value)}),`);
  return [
    `# ARCHIVE_TOKEN in the environment is a token of yours: ${document.baseURI}account makes one.`,
    "import os",
    "import requests",
    "",
    "answer = requests.get(",
    `    ${python(`${document.baseURI}frames/`)},`,
    "    params=[",
    ...params.map((line) => `    ${line}`),
    "    ],",
    '    headers={"Authorization": f"Token {os.environ[\'ARCHIVE_TOKEN\']}"},',
    "    timeout=60,",
    ")",
    "answer.raise_for_status()",
    'for frame in answer.json()["results"]:',
    '    print(frame["id"], frame["basename"], frame["DATE_OBS"])',
    "",
  ].join("\n");
}

/** A string literal of Python: JSON's escapes are a subset of Python's. */
function python(text: string): string {
  return JSON.stringify(text);
}
