/** In which order a catalogue's sources stand. Pure. */
import type { CsvTable } from "./csv.ts";

export interface Order {
  column: number;
  /** From the largest value down. */
  down: boolean;
}

/** One row of the table with its number there, from 0. */
export interface Source {
  cells: readonly string[];
  number: number;
}

/** The order that an address asks for: a column's name, after a minus from its largest value down. */
export function orderAsked(text: string | null, { columns }: CsvTable): Order | null {
  const down = text?.startsWith("-") ?? false;
  const column = columns.indexOf(text?.slice(Number(down)) ?? "");
  return column < 0 ? null : { column, down };
}

/** Whether each column holds numbers and unknown values only. */
export function numericColumns({ columns, rows }: CsvTable): boolean[] {
  return columns.map((_, i) => rows.every((row) => isUnknown(row[i] ?? "") || !Number.isNaN(Number(row[i]))));
}

function isUnknown(text: string): boolean {
  return /^\s*(nan)?\s*$/i.test(text);
}

const words = new Intl.Collator();

/** Numbers by value, words by the alphabet, in both directions the unknown ones last; equal ones stay as they stood. */
export function ordered({ rows }: CsvTable, order: Order | null, numeric: readonly boolean[]): Source[] {
  const numbered = rows.map((cells, number) => ({ cells, number }));
  if (order === null) return numbered;
  const { column, down } = order;
  const isNumeric = numeric[column];
  const keyed = numbered.map((source) => {
    const text = source.cells[column] ?? "";
    return { source, key: isUnknown(text) ? null : isNumeric ? Number(text) : text };
  });
  keyed.sort(({ key: a }, { key: b }) => {
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const way = typeof a === "number" ? a - (b as number) : words.compare(a, b as string);
    return down ? -way : way;
  });
  return keyed.map(({ source }) => source);
}
