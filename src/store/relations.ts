/** Related frames of a page: one statement, whatever the page's length. */
import { sees } from "./choice.ts";
import type { Row } from "./database.ts";
import type { Sight } from "./frame.ts";
import type { Ask } from "./reader.ts";
import { unpackNames } from "./related-names.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Ids of the frames that rows name as related, as far as they are here and may be seen, ascending. Names are looked up
 * when they are asked for, so it does not matter which frame came first. Budget: a row a name.
 */
export async function relatedIds(
  ask: Ask,
  snapshot: Snapshot,
  rows: Row[],
  sight: Sight,
): Promise<Map<number, number[]>> {
  const named = rows.map(({ id, related, basename }) => ({
    id: id as number,
    names: unpackNames(related as string | null, basename as string),
  }));
  const ids = await idsOf(ask, snapshot, [...new Set(named.flatMap((row) => row.names))], sight);
  return new Map(
    named.map((row) => [
      row.id,
      row.names
        .map((name) => ids.get(name))
        .filter((id) => id !== undefined)
        .sort((a, b) => a - b),
    ]),
  );
}

/** Names a statement: it holds 100 KB. */
const NAMES = 1000;

/** Ids of the frames of these names that are here and may be seen. */
export async function idsOf(ask: Ask, snapshot: Snapshot, names: string[], sight: Sight): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  if (names.length === 0) return ids;
  const parts = Array.from({ length: Math.ceil(names.length / NAMES) }, (_, i) =>
    names.slice(i * NAMES, (i + 1) * NAMES),
  );
  const answers = await ask(
    parts.map((part) => ({
      // SCAN n CONSTANT ROWS; SEARCH frame USING INDEX frame_basename (basename=?)
      sql: `SELECT frame.id, frame.basename, frame.combination
        FROM (VALUES ${part.map((name) => `(${quote(name)})`).join(",")}) k
        CROSS JOIN frame INDEXED BY frame_basename ON frame.basename = k.column1`,
    })),
  );
  for (const { id, basename, combination } of answers.flat()) {
    if (sees(sight, snapshot.combinations.get(combination as number)!)) ids.set(basename as string, id as number);
  }
  return ids;
}

/** A text as an SQL literal: there may be thousands, and D1 binds a hundred. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
