/**
 * Names of a zip's members: harmless wherever they are unpacked, and told apart also where a file system ignores case
 * (Windows, macOS) or the form of accents (APFS). Names come from headers and uploads: anything may be in them.
 */

/** Bytes of UTF-8 that one part of a path may have on common file systems, less what is added to tell names apart. */
const LONGEST = 240;

/** Names that Windows gives to devices, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/** What most names look like; nothing in them needs a second look but a device's name. */
const PLAIN = /^\w[\w.-]{0,200}\w$/;

const encoder = new TextEncoder();

/** One part of a path: never empty, never leading elsewhere, never a device. */
export function safeName(name: string): string {
  if (PLAIN.test(name) && !DEVICE.test(name)) return name;
  let safe = name
    .toWellFormed()
    .normalize("NFC")
    // Separators of both worlds, what Windows forbids, and all control and direction-changing characters, which could
    // make a name look like another.
    .replace(/[/\\:*?"<>|\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, "_")
    // Windows drops dots and spaces at the end; `.` and `..` are not names, and a leading dot would hide the file. What
    // begins with `-` is an option to programs, and with `=`, `+` or `@` a formula to spreadsheets.
    .replace(/[. ]+$/, "")
    .replace(/^[-. =+@]+/, "_");
  if (safe === "") safe = "_";
  if (DEVICE.test(safe)) safe = `_${safe}`;
  const { stem, extension } = split(safe);
  return shorten(stem, LONGEST - extension.length) + extension;
}

/** Extension as the field writes them: `.fits.fz` is one. */
function split(name: string): { stem: string; extension: string } {
  const extension = /(\.[A-Za-z0-9]{1,8}){1,2}$/.exec(name)?.[0] ?? "";
  const stem = name.slice(0, name.length - extension.length);
  return stem === "" ? { stem: name, extension: "" } : { stem, extension };
}

function shorten(text: string, bytes: number): string {
  if (text.length * 3 <= bytes || encoder.encode(text).length <= bytes) return text;
  let short = "";
  let used = 0;
  for (const character of text) {
    used += encoder.encode(character).length;
    if (used > bytes) break;
    short += character;
  }
  return short;
}

/** Hands out names for one folder; a name that is taken gets a number before its extension: `a-2.fits.fz`. */
export class UniqueNames {
  private readonly taken = new Set<string>();
  /** Where to go on counting for a name, so that a thousand equal names are not a million trials. */
  private readonly counts = new Map<string, number>();

  constructor(reserved: Iterable<string> = []) {
    for (const name of reserved) this.taken.add(foldCase(name));
  }

  take(name: string): string {
    const safe = safeName(name);
    const folded = foldCase(safe);
    if (!this.taken.has(folded)) {
      this.taken.add(folded);
      return safe;
    }
    const { stem, extension } = split(safe);
    for (let count = (this.counts.get(folded) ?? 1) + 1; ; count++) {
      const numbered = `${stem}-${count}${extension}`;
      if (this.taken.has(foldCase(numbered))) continue;
      this.counts.set(folded, count);
      this.taken.add(foldCase(numbered));
      return numbered;
    }
  }
}

function foldCase(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase();
  // Up and down again folds ß, ſ and the like, as Windows and APFS do or nearly do.
  return name.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
}
