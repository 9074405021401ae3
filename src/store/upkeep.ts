/**
 * Counters and virtual tables against the frames themselves: what the triggers keep, computed again from the base
 * tables, compared or rebuilt. A D1 export has no virtual tables; `rebuildVirtual` makes them after an import.
 */

import { boxOf } from "../sky/footprint.ts";
import { Database, type Row, type Statement } from "./database.ts";
import { unpackFootprint } from "./footprint-blob.ts";
import { gramsOf } from "./object-name.ts";
import { TALLY } from "./tally.ts";

/** A counter that is not what the frames say. JSON, null where there is none. */
export interface CounterDifference {
  table: "combination" | "tally";
  id: number;
  column: string;
  kept: string | null;
  counted: string | null;
}

const KIND = 2 ** 40;
const DAY = "(date_obs + 62135596800000) / 86400000";
const PAIR = "json_group_object(CAST(name AS TEXT), json_array(frames, bytes))";

/** Key of a kind of tally in SQL, as the triggers have it. */
const KEYS: Record<keyof typeof TALLY, string> = {
  day: DAY,
  object: "object",
  cell: "cell",
};

function tallySelect(kind: keyof typeof TALLY): string {
  return `SELECT ${TALLY[kind] * KIND} + key AS id, ${PAIR} AS counts FROM (
    SELECT ${KEYS[kind]} AS key, combination AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE ${KEYS[kind]} IS NOT NULL GROUP BY 1, 2) GROUP BY key`;
}

const COMBINATIONS = {
  periods: `${DAY} / 32`,
  exposures: "step",
};

function combinationSelect(column: "periods" | "exposures"): string {
  return `SELECT combination AS id, ${PAIR} AS counts FROM (
    SELECT combination, ${COMBINATIONS[column]} AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE ${COMBINATIONS[column]} IS NOT NULL GROUP BY 1, 2) GROUP BY combination`;
}

const TOTALS = "SELECT combination AS id, count(*) AS frames, sum(size) AS bytes FROM frame GROUP BY combination";

/** Statements that make every counter anew from the frames. One transaction, if the database can bear it. */
export function recount(): Statement[] {
  const sum = (column: "periods" | "exposures") =>
    `UPDATE combination SET ${column} = made.counts FROM (${combinationSelect(column)}) made WHERE made.id = combination.id`;
  return [
    "DELETE FROM tally",
    ...(Object.keys(TALLY) as (keyof typeof TALLY)[]).map(
      (kind) => `INSERT INTO tally (id, counts) ${tallySelect(kind)}`,
    ),
    "UPDATE combination SET frames = 0, bytes = 0, periods = '{}', exposures = '{}'",
    `UPDATE combination SET frames = made.frames, bytes = made.bytes FROM (${TOTALS}) made WHERE made.id = combination.id`,
    sum("periods"),
    sum("exposures"),
    // All are new to every Worker; each has a generation of its own.
    "UPDATE combination SET generation = (SELECT max(generation) FROM combination) + id",
  ].map((sql) => ({ sql }));
}

function sameCounts(a: string | null, b: string | null): boolean {
  const sorted = (text: string | null) =>
    JSON.stringify(Object.entries(JSON.parse(text ?? "{}") as Record<string, unknown>).sort());
  return sorted(a) === sorted(b);
}

/** Every counter that is not what the frames say. Reads all frames several times; changes nothing. */
export async function checkCounters(d1: D1Database): Promise<CounterDifference[]> {
  const database = new Database(d1);
  const differences: CounterDifference[] = [];
  const compare = (table: "combination" | "tally", column: string, kept: Map<number, string>, counted: Row[]) => {
    const rest = new Map(kept);
    for (const { id, counts } of counted) {
      const have = rest.get(id as number) ?? null;
      rest.delete(id as number);
      if (!sameCounts(have, counts as string)) {
        differences.push({ table, id: id as number, column, kept: have, counted: counts as string });
      }
    }
    for (const [id, have] of rest) {
      // A combination stays when its last frame goes; a tally does not.
      if (table === "combination" && sameCounts(have, null)) continue;
      differences.push({ table, id, column, kept: have, counted: null });
    }
  };
  for (const kind of Object.keys(TALLY) as (keyof typeof TALLY)[]) {
    const [kept, counted] = await database.run([
      {
        sql: "SELECT id, counts FROM tally WHERE id >= ? AND id < ?",
        params: [TALLY[kind] * KIND, (TALLY[kind] + 1) * KIND],
      },
      { sql: tallySelect(kind) },
    ]);
    compare("tally", kind, mapOf(kept!), counted!);
  }
  const [kept, totals, periods, exposures] = await database.run([
    { sql: "SELECT * FROM combination" },
    { sql: TOTALS },
    { sql: combinationSelect("periods") },
    { sql: combinationSelect("exposures") },
  ]);
  const column = (pick: (row: Row) => string) => new Map(kept!.map((row) => [row.id as number, pick(row)]));
  const pair = ({ frames, bytes }: Row) => (frames === 0 && bytes === 0 ? "{}" : JSON.stringify({ frames, bytes }));
  compare(
    "combination",
    "frames",
    column(pair),
    totals!.map((row) => ({ id: row.id, counts: pair(row) })),
  );
  compare(
    "combination",
    "periods",
    column((row) => row.periods as string),
    periods!,
  );
  compare(
    "combination",
    "exposures",
    column((row) => row.exposures as string),
    exposures!,
  );
  return differences;
}

function mapOf(rows: Row[]): Map<number, string> {
  return new Map(rows.map(({ id, counts }) => [id as number, counts as string]));
}

/** Makes every counter anew. For a database of many millions of frames this is work for a copy, not for one request. */
export async function rebuildCounters(d1: D1Database): Promise<void> {
  await new Database(d1).run(recount());
}

/** Objects or outlines written in one transaction. */
const STEP = 1000;

/** Fills the text index of objects and the R*Tree of outlines from `object` and `frame`. */
export async function rebuildVirtual(d1: D1Database): Promise<void> {
  const database = new Database(d1);
  await database.run([
    { sql: "INSERT INTO object_text (object_text) VALUES ('delete-all')" },
    { sql: "DELETE FROM outline" },
  ]);
  for (let after = 0; ; ) {
    const rows = await database.rows("SELECT id, search FROM object WHERE id > ? ORDER BY id LIMIT ?", after, STEP);
    if (rows.length === 0) break;
    const grams = rows.map(({ id, search }) => [id, gramsOf(search as string)]);
    await database.run([
      {
        sql: "INSERT INTO object_text (rowid, grams) SELECT value ->> 0, value ->> 1 FROM json_each(?)",
        params: [JSON.stringify(grams)],
      },
    ]);
    after = rows.at(-1)!.id as number;
  }
  for (let after = 0; ; ) {
    const rows = await database.rows(
      "SELECT id, hex(footprint) AS footprint FROM frame WHERE id > ? AND footprint IS NOT NULL ORDER BY id LIMIT ?",
      after,
      STEP,
    );
    if (rows.length === 0) break;
    await database.run([
      {
        sql: `INSERT INTO outline (id, x0, x1, y0, y1, z0, z1) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3,
          value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)`,
        params: [
          JSON.stringify(rows.map(({ id, footprint }) => [id, ...outlineOf(unpackFootprint(footprint as string))])),
        ],
      },
    ]);
    after = rows.at(-1)!.id as number;
  }
}

/** Row of `outline`: the box of a footprint's unit vectors. */
export function outlineOf(footprint: [number, number][]): number[] {
  const { min, max } = boxOf({ shape: "polygon", vertices: footprint });
  return [min[0], max[0], min[1], max[1], min[2], max[2]];
}
