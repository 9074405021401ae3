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
  const names = [...new Set(named.flatMap((row) => row.names))];
  if (names.length === 0) return new Map();
  const [found] = await ask([
    {
      // SCAN n CONSTANT ROWS; SEARCH frame USING INDEX frame_basename (basename=?)
      sql: `SELECT frame.id, frame.basename, frame.combination
        FROM (VALUES ${names.map((name) => `(${quote(name)})`).join(",")}) k
        CROSS JOIN frame INDEXED BY frame_basename ON frame.basename = k.column1`,
    },
  ]);
  const ids = new Map<string, number>();
  for (const { id, basename, combination } of found!) {
    if (sees(sight, snapshot.combinations.get(combination as number)!)) ids.set(basename as string, id as number);
  }
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

/** A text as an SQL literal: there may be thousands, and D1 binds a hundred. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
