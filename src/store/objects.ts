/** Which objects the frames found show: what a search for OBJECT can offer while somebody types. */
import { choose, momentOf } from "./choice.ts";
import { dimensionsOf, list, type Prepared, prepare } from "./conditions.ts";
import type { Row, Statement } from "./database.ts";
import type { FrameQuery, ObjectCount, Sight } from "./frame.ts";
import { collect } from "./listing.ts";
import { queryOf, wordsOf } from "./object-name.ts";
import type { Ask, Reader } from "./reader.ts";
import { plan } from "./search.ts";
import { tallyId } from "./tally.ts";

/**
 * The objects with the most frames that match, each with how many of them, by number and then by name. Where nothing
 * but combinations and names is asked for, that takes two rows a candidate (its name, its tally) and reads no frame;
 * else the rows of the shortest path.
 */
export function objects(reader: Reader, query: FrameQuery, limit: number, sight: Sight): Promise<ObjectCount[]> {
  return reader.steady(momentOf(query, sight), async (ask) => {
    if (choose(reader.snapshot, query, sight).length === 0) return [];
    const p = prepare(reader.snapshot, query, sight, null, null);
    if (dimensionsOf(p) > 0) return alongFrames(ask, reader, query, limit, sight);
    const [rows] = await ask([fromTallies(p, wordsOf(query.objectContains ?? ""), limit)]);
    return rows!.map(countOf);
  });
}

function countOf({ name, frames }: Row): ObjectCount {
  return { name: name as string, frames: frames as number };
}

function fromTallies(p: Prepared, words: string[], limit: number): Statement {
  const seen = p.everything ? "true" : `CAST(key AS INTEGER) IN ${list(p.combinations.map(({ id }) => id))}`;
  const named = words.length === 0 ? "object" : "object_text CROSS JOIN object ON object.id = object_text.rowid";
  const holdsAll = "NOT EXISTS (SELECT 1 FROM json_each(?) word WHERE instr(object.search, word.value) = 0)";
  const conditions = words.length === 0 ? [] : ["object_text MATCH ?", holdsAll];
  return {
    // SCAN object_text VIRTUAL TABLE INDEX 0:M1; SEARCH object, tally USING INTEGER PRIMARY KEY
    sql: `SELECT name, (SELECT sum(value ->> 0) FROM json_each(counts) WHERE ${seen}) AS frames
      FROM ${named} CROSS JOIN tally ON tally.id = ${tallyId("object", 0)} + object.id
      WHERE ${[...conditions, "frames > 0"].join(" AND ")} ORDER BY frames DESC, name LIMIT ?`,
    params: [...(words.length === 0 ? [] : [queryOf(words), JSON.stringify(words)]), limit],
  };
}

async function alongFrames(ask: Ask, reader: Reader, query: FrameQuery, limit: number, sight: Sight) {
  const planned = await plan(ask, reader, query, sight);
  if (planned === null) return [];
  const { p, paths } = planned;
  const path = paths[0]!;
  if (p.regions.length === 0) {
    const [rows] = await ask([
      {
        sql: `SELECT object.name, found.frames FROM (SELECT frame.object, count(*) AS frames FROM ${path.from}
            WHERE ${path.where} AND frame.object IS NOT NULL AND ${p.where.text} GROUP BY frame.object) found
          CROSS JOIN object ON object.id = found.object ORDER BY frames DESC, name LIMIT ?`,
        params: [...p.where.params, limit],
      },
    ]);
    return rows!.map(countOf);
  }
  const page = { sort: "object", descending: false, limit: 0, offset: 0 } as const;
  const frames = new Map<string, number>();
  for (const { value } of (await collect(ask, reader.snapshot, p, path, page))!) {
    if (value !== null) frames.set(value as string, (frames.get(value as string) ?? 0) + 1);
  }
  return [...frames]
    .map(([name, number]) => ({ name, frames: number }))
    .sort(mostFirst)
    .slice(0, limit);
}

/** By number of frames, then by name as SQLite compares. */
export function mostFirst(a: ObjectCount, b: ObjectCount): number {
  return b.frames - a.frames || (a.name < b.name ? -1 : Number(a.name > b.name));
}
