/** Keys and filenames repeat the basename, which the row has already: the catalogue keeps U+0001 in its place. */

export const BASENAME = "\u0001";

export function toTemplate(text: string, basename: string): string {
  return text.includes(BASENAME) ? text : text.replaceAll(basename, BASENAME);
}

export function fromTemplate(template: string, basename: string): string {
  return template.replaceAll(BASENAME, basename);
}

/** The whole of a column of `frame` that holds a template. */
export function whole(column: string): string {
  return `replace(${column}, char(1), basename)`;
}
