/**
 * Names of related frames as one text: they mostly begin as the frame's own name does, so each is the number of
 * characters that they share (as the character U+0021 + n), and the rest.
 */

const FIRST = 0x21;
const MOST = 90;

export function packNames(names: string[], basename: string): string | null {
  const kept = [...new Set(names)].filter((name) => name !== basename);
  if (kept.length === 0) return null;
  // A line break is in no FITS header; a name that has one could not be told apart here.
  return kept
    .filter((name) => !name.includes("\n"))
    .map((name) => {
      let shared = 0;
      while (shared < MOST && shared < basename.length && name[shared] === basename[shared]) shared++;
      return String.fromCharCode(FIRST + shared) + name.slice(shared);
    })
    .join("\n");
}

export function unpackNames(text: string | null, basename: string): string[] {
  if (text === null || text === "") return [];
  return text.split("\n").map((line) => basename.slice(0, line.charCodeAt(0) - FIRST) + line.slice(1));
}
