/**
 * What thousands of frames have in common about their files: the size of the image, the packing, and how key and names
 * are built. Each kind is one row of `layout`; a frame keeps its number and what the templates leave open.
 */
import type { Row, Statement } from "./database.ts";
import type { StoredFile } from "./frame.ts";

export interface Layout {
  width: number;
  height: number;
  packing: StoredFile["packing"];
  /** Templates; see `fill`. `original` is "" where the file has no original. */
  key: string;
  filename: string;
  original: string;
}

/** What stands in a template for the basename, the night as YYYY-MM-DD and as YYYYMMDD, and a byte of the salt. */
const [BASENAME, NIGHT, COMPACT_NIGHT, SALT] = ["\u0001", "\u0002", "\u0003", "\u0004"] as const;
const PLACEHOLDERS = /[\u0001-\u0004]/g;
/** Identifiers that make a key its own: 4 to 16 bytes in hexadecimal. */
const IDENTIFIER = /(?<![0-9A-Za-z])(?:[0-9a-f]{2}){4,16}(?![0-9A-Za-z])/g;

/** Templates of a file and its key's identifiers as one hexadecimal text, "" where it has none. */
export function layoutOf(
  file: StoredFile,
  { basename, night, width, height }: { basename: string; night: string; width: number; height: number },
): { layout: Layout; salt: string } {
  let salt = "";
  const key = named(file.key, basename)
    .replaceAll(night, NIGHT)
    .replaceAll(night.replaceAll("-", ""), COMPACT_NIGHT)
    .replace(IDENTIFIER, (identifier) => {
      salt += identifier;
      return SALT.repeat(identifier.length / 2);
    });
  const layout = {
    width,
    height,
    packing: file.packing,
    key,
    filename: named(file.filename, basename),
    original: file.original === null ? "" : named(file.original.filename, basename),
  };
  return { layout, salt };
}

/** With a placeholder for the name that the last part of a path begins with. */
function named(path: string, basename: string): string {
  if (PLACEHOLDERS.test(path)) throw new RangeError(`${JSON.stringify(path)} has control characters.`);
  const file = path.lastIndexOf("/") + 1;
  if (!path.startsWith(basename, file)) return path;
  return path.slice(0, file) + BASENAME + path.slice(file + basename.length);
}

/** The text of a template. `salt` in hexadecimal. */
export function fill(template: string, basename: string, night: string, salt: string): string {
  let at = 0;
  return template.replace(PLACEHOLDERS, (placeholder) => {
    switch (placeholder) {
      case BASENAME:
        return basename;
      case NIGHT:
        return night;
      case COMPACT_NIGHT:
        return night.replaceAll("-", "");
      default:
        return salt.slice(at, (at += 2));
    }
  });
}

export const LAYOUT_FIELDS = ["width", "height", "packing", "key", "filename", "original"] as const;

export function layoutParams(layout: Layout): unknown[] {
  return LAYOUT_FIELDS.map((column) => layout[column]);
}

/** Makes sure that a layout is there. */
export function addLayout(layout: Layout): Statement {
  return {
    sql: `INSERT INTO layout (${LAYOUT_FIELDS.join(", ")}) VALUES (${LAYOUT_FIELDS.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`,
    params: layoutParams(layout),
  };
}

/** The number of the layout whose columns are the parameters from `?first` on, in SQL. */
export function findLayout(first: number): string {
  return `(SELECT id FROM layout WHERE ${LAYOUT_FIELDS.map((column, i) => `${column} = ?${first + i}`).join(" AND ")})`;
}

export const LAYOUT_COLUMNS = LAYOUT_FIELDS.length;

export function layoutOfRow(row: Row): Layout {
  return Object.fromEntries(LAYOUT_FIELDS.map((column) => [column, row[column]])) as unknown as Layout;
}
