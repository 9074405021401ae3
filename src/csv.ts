/**
 * One row of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP
 * advises (https://owasp.org/www-community/attacks/CSV_Injection), and so does one that begins with an apostrophe:
 * whoever takes one apostrophe away from the beginning of a cell has the exact text again.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const quoted = cells.map((value) => {
    const raw = value === null ? "" : String(value);
    const text = typeof value === "string" && /^[=+\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${raw}` : raw;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${quoted.join(",")}\r\n`;
}
