/** Related frames of a page: one statement, whatever the page's length. */
import { joinNames, splitName } from "./basename.ts";
import { sees } from "./choice.ts";
import type { Row } from "./database.ts";
import type { Sight } from "./frame.ts";
import { basenameOf } from "./frame-row.ts";
import type { Ask } from "./reader.ts";
import { unpackNames } from "./related-names.ts";
import type { Snapshot } from "./snapshot.ts";

/**
 * Ids of the frames that rows name as related, as far as they are here and may be seen, ascending. Names are looked up
 * when they are asked for, so it does not matter which frame came first. Budget: two rows a name.
 */
export async function relatedIds(
  ask: Ask,
  snapshot: Snapshot,
  rows: Row[],
  sight: Sight,
): Promise<Map<number, number[]>> {
  const named = rows.map((row) => {
    const own = basenameOf(row, snapshot);
    return {
      id: row.id as number,
      combination: row.combination as number,
      own,
      names: unpackNames(row.related as string | null, own),
    };
  });
  const known = namesOf(snapshot);
  const wanted = new Set(named.flatMap((row) => row.names));
  for (const { own, id, combination } of named) if (wanted.has(own)) known.set(own, { id, combination });
  const ids = await idsOf(ask, snapshot, [...wanted], sight);
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

/** Names that are remembered until something changes; beyond it all are forgotten. */
const MOST_NAMES = 50_000;

/** A frame of a name, whoever may see it; null: there is none. */
type Named = { id: number; combination: number } | null;

/** What is known of names. Every frame that comes, goes or changes hands changes a combination, and with it this is forgotten. */
function namesOf(snapshot: Snapshot): Map<string, Named> {
  return snapshot.derive("names", () => new Map<string, Named>());
}

/** Ids of the frames of these names that are here and may be seen. */
export async function idsOf(ask: Ask, snapshot: Snapshot, names: string[], sight: Sight): Promise<Map<string, number>> {
  const known = namesOf(snapshot);
  await lookUp(
    ask,
    names.filter((name) => !known.has(name)),
    known,
  );
  const ids = new Map<string, number>();
  for (const name of names) {
    const named = known.get(name) ?? null;
    if (named !== null && sees(sight, snapshot.combinations.get(named.combination)!)) ids.set(name, named.id);
  }
  if (known.size > MOST_NAMES) known.clear();
  return ids;
}

async function lookUp(ask: Ask, names: string[], known: Map<string, Named>): Promise<void> {
  if (names.length === 0) return;
  const parts = Array.from({ length: Math.ceil(names.length / NAMES) }, (_, i) =>
    names.slice(i * NAMES, (i + 1) * NAMES),
  );
  const answers = await ask(
    parts.map((part) => ({
      // SCAN k CONSTANT ROWS; SEARCH stem USING INDEX stem_text (text=?); SEARCH frame USING INDEX frame_name
      sql: `SELECT frame.id, k.column1 || k.column2 AS name, frame.combination
        FROM (VALUES ${part.map(pairOf).join(",")}) k ${joinNames("k.column1", "k.column2")}`,
    })),
  );
  for (const name of names) known.set(name, null);
  for (const { id, name, combination } of answers.flat()) {
    known.set(name as string, { id: id as number, combination: combination as number });
  }
}

function pairOf(name: string): string {
  const { stem, tail } = splitName(name);
  return `(${quote(stem)},${quote(tail)})`;
}

/** A text as an SQL literal: there may be thousands, and D1 binds a hundred. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
