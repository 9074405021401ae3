/** Reads comma-separated values as RFC 4180 has them: quoted fields may hold commas, quotes and line ends. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "," || char === "\n") {
      row.push(field);
      field = "";
      if (char === "\n") {
        rows.push(row);
        row = [];
      }
    } else if (char !== "\r") field += char;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field]);
  return rows;
}

export interface CsvTable {
  columns: string[];
  /** By column; null where the comment line names none. */
  units: (string | null)[];
  rows: string[][];
}

/**
 * A table whose first row names the columns; lines that begin with `#` before it are comments, one of which may be
 * `# units: a,b,c`. Null where the text holds no table.
 */
export function readTable(text: string): CsvTable | null {
  let units: string[] = [];
  let rest = text;
  while (rest.startsWith("#")) {
    const end = rest.indexOf("\n");
    const line = rest.slice(1, end < 0 ? undefined : end).trim();
    const named = /^units?\s*[:=]\s*(.*)$/i.exec(line);
    if (named) units = parseCsv(named[1]!)[0] ?? [];
    rest = end < 0 ? "" : rest.slice(end + 1);
  }
  const [columns, ...rows] = parseCsv(rest);
  if (columns === undefined || columns.every((name) => name === "")) return null;
  return { columns, units: columns.map((_, i) => units[i] || null), rows };
}
