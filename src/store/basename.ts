/**
 * Basenames in two parts: most names of an archive begin as many others do. The first characters are a row of `stem`,
 * the rest is the frame's. The first part has a fixed length, so that the order of (stem, tail) is that of the names.
 */

/** Characters (code points, as SQLite counts) of a stem: with what pyobs and LCO write, camera and month or year. */
export const STEM = 16;

export function splitName(basename: string): { stem: string; tail: string } {
  const characters = [...basename];
  return { stem: characters.slice(0, STEM).join(""), tail: characters.slice(STEM).join("") };
}

/** As SQLite's lower(), which knows ASCII only. */
export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** Tables that find frames by names, joined to rows `k` of stems and tails. Two rows a name. */
export function joinNames(stem: string, tail: string): string {
  return `CROSS JOIN stem ON stem.text = ${stem}
    CROSS JOIN frame INDEXED BY frame_name ON frame.stem = stem.id AND frame.tail = ${tail}`;
}
