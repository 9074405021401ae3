/**
 * Names of related frames as one text: they mostly begin as the frame's own name does or as the one before them, so each
 * is the number n of characters that it shares with either, as one character (U+0021 + n: with its own, U+00A1 + n: with
 * the one before), and the rest.
 */

const OWN = 0x21;
const BEFORE = 0xa1;
const MOST = 90;

function sharedBy(a: string, b: string): number {
  let shared = 0;
  while (shared < MOST && shared < a.length && a[shared] === b[shared]) shared++;
  return shared;
}

export function packNames(names: string[], basename: string): string | null {
  // A line break is in no FITS header; a name that has one could not be told apart here.
  const kept = [...new Set(names)].filter((name) => name !== basename && !name.includes("\n"));
  if (kept.length === 0) return null;
  return kept
    .map((name, i) => {
      const own = sharedBy(name, basename);
      const before = i === 0 ? 0 : sharedBy(name, kept[i - 1]!);
      return before > own
        ? String.fromCharCode(BEFORE + before) + name.slice(before)
        : String.fromCharCode(OWN + own) + name.slice(own);
    })
    .join("\n");
}

export function unpackNames(text: string | null, basename: string): string[] {
  if (text === null || text === "") return [];
  const names: string[] = [];
  for (const line of text.split("\n")) {
    const code = line.charCodeAt(0);
    const start = code >= BEFORE ? names.at(-1)!.slice(0, code - BEFORE) : basename.slice(0, code - OWN);
    names.push(start + line.slice(1));
  }
  return names;
}
