/** Related frames of a page: one statement, whatever the page's length. */
import { sees } from "./choice.ts";
import { values } from "./conditions.ts";
import type { Row } from "./database.ts";
import type { Sight } from "./frame.ts";
import type { Ask } from "./reader.ts";
import type { Snapshot } from "./snapshot.ts";

export interface Relations {
  /** Frames that are here and may be seen, ascending. */
  ids: number[];
  /** Every name that the header gives, here or not, in alphabetical order. */
  names: string[];
}

export const NO_RELATIONS: Relations = { ids: [], names: [] };

/** Relations of the rows that have any. Budget: a row a link and one of its target. */
export async function relationsOf(
  ask: Ask,
  snapshot: Snapshot,
  rows: Row[],
  sight: Sight,
): Promise<Map<number, Relations>> {
  const found = new Map<number, Relations>();
  const ids = rows.filter(({ relations }) => (relations as number) > 0).map(({ id }) => id as number);
  if (ids.length === 0) return found;
  const [links] = await ask([
    {
      sql: `SELECT link.frame, frame.id, frame.basename AS name, frame.combination
          FROM ${values(ids)} k CROSS JOIN link ON link.frame = k.column1 CROSS JOIN frame ON frame.id = link.target
        UNION ALL SELECT wanted.frame, NULL, wanted.name, NULL
          FROM ${values(ids)} k CROSS JOIN wanted INDEXED BY wanted_frame ON wanted.frame = k.column1`,
    },
  ]);
  for (const { frame, id, name, combination } of links!) {
    let relations = found.get(frame as number);
    if (relations === undefined) found.set(frame as number, (relations = { ids: [], names: [] }));
    relations.names.push(name as string);
    if (id !== null && sees(sight, snapshot.combinations.get(combination as number)!)) relations.ids.push(id as number);
  }
  for (const relations of found.values()) {
    relations.ids.sort((a, b) => a - b);
    relations.names.sort();
  }
  return found;
}
