/** Names of frames, files and keys: what may be in them, and what header values must not do to them. */
import { ArchiveError } from "./errors.ts";

/** Extensions that are no part of a frame's name. Others stay: `a.b.fits` is the frame `a.b`. */
const EXTENSION = /\.(?:fits|fit|fts|fz|gz)$/i;
/** Bytes of a frame's name in UTF-8; with its extension it must fit the 255 of a file system. */
const MOST_NAME_BYTES = 200;
/** Bytes of one directory of a key. R2's keys have 1024 in all. */
const MOST_SEGMENT_BYTES = 100;

const encoder = new TextEncoder();

/** Without known extensions, as often as they occur: `x.fits.fz.gz` is `x`. */
export function stripExtensions(name: string): string {
  let stripped = name;
  while (EXTENSION.test(stripped)) stripped = stripped.replace(EXTENSION, "");
  return stripped;
}

/** The last part of a path, whichever system wrote it. */
export function withoutDirectories(path: string): string {
  return path.replace(/^.*[/\\]/s, "");
}

/** The frame's name from FNAME or a file's name; null where nothing is left of it. */
export function basenameOf(path: string): string | null {
  const name = stripExtensions(withoutDirectories(path.trim())).trim();
  return name === "" || name === "." || name === ".." ? null : name;
}

/** Throws BAD_PARAMETER for names that no file should have. */
export function checkName(name: string): string {
  if (name === "" || name === "." || name === ".." || /[/\\]/.test(name)) {
    throw new ArchiveError("BAD_PARAMETER", `its name would be ${JSON.stringify(name)}, which is no name of a file`);
  }
  if (/\p{Cc}|\p{Cs}/u.test(name)) {
    throw new ArchiveError("BAD_PARAMETER", `its name ${JSON.stringify(name)} has control characters`);
  }
  if (encoder.encode(name).length > MOST_NAME_BYTES) {
    const message = `its name "${name.slice(0, 40)}…" is longer than ${MOST_NAME_BYTES} bytes`;
    throw new ArchiveError("BAD_PARAMETER", message);
  }
  return name;
}

/** One directory or file of a key: printable, no separators, no leading dot, bounded. */
export function segmentOf(text: string): string {
  const plain = text
    .normalize("NFC")
    .trim()
    .replace(/[^\p{L}\p{M}\p{N} ._~+=@,()-]/gu, "_")
    .replace(/^\.+/, (dots) => "_".repeat(dots.length));
  let short = plain;
  while (encoder.encode(short).length > MOST_SEGMENT_BYTES) short = [...short].slice(0, -1).join("");
  return short;
}

/** The directories of a formatted path, cleaned, with a slash at the end; "" where there are none. */
export function directoryOf(path: string): string {
  const segments = path.split("/").map(segmentOf);
  return segments
    .filter((segment) => segment !== "")
    .map((segment) => `${segment}/`)
    .join("");
}
