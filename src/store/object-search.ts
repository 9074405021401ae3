/** From OBJECT "contains" to the objects that are meant. */
import { queryOf, wordsOf } from "./object-name.ts";
import type { Ask } from "./reader.ts";

/**
 * Objects whose name holds every word, or null where nothing is asked. Budget: one row of the text index and one of
 * `object` per candidate.
 */
export async function findObjects(ask: Ask, question: string | undefined): Promise<number[] | null> {
  const words = wordsOf(question ?? "");
  if (words.length === 0) return null;
  const [rows] = await ask([
    {
      // SCAN object_text VIRTUAL TABLE INDEX 0:M1; SEARCH object USING INTEGER PRIMARY KEY
      sql: `SELECT object.id FROM object_text CROSS JOIN object ON object.id = object_text.rowid
        WHERE object_text MATCH ? AND ${words.map(() => "instr(object.search, ?) > 0").join(" AND ")}`,
      params: [queryOf(words), ...words],
    },
  ]);
  return rows!.map(({ id }) => id as number);
}
