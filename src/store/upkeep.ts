/**
 * Counters and the text index against the frames and objects themselves: what the triggers keep, computed again from the
 * base tables, compared or rebuilt. A D1 export has no virtual tables; `rebuildVirtual` makes them after an import.
 */
import { Database, type Row, type Statement } from "./database.ts";
import { gramsOf } from "./object-name.ts";
import { shardsOf } from "./shards.ts";
import { CELLS, UNPOINTED } from "./sky-cell.ts";
import { FIELD, TALLY, tallyId } from "./tally.ts";

/** A counter that is not what the frames say. JSON, null where there is none. */
export interface CounterDifference {
  shard: number;
  table: "combination" | "tally";
  id: number;
  column: string;
  kept: string | null;
  counted: string | null;
}

const DAY = "(date_obs + 62135596800000) / 86400000";
/** The day whose date names the night, less the day of DATE_OBS. */
const SHIFT = `(night + 719162 - ${DAY})`;
/** Frames with a pointing. */
const POINTED = `cell < ${2 * UNPOINTED * CELLS}`;
const PAIR = "json_group_object(CAST(name AS TEXT), json_array(frames, bytes))";

/** What a kind of tally counts, in SQL as the triggers have it: its key, its names, and which frames. */
const TALLIED: Record<keyof typeof TALLY, { key: string; name?: string; where?: string }> = {
  day: { key: DAY, name: `combination * 3 + CASE ${SHIFT} WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END` },
  object: { key: "object", where: "object IS NOT NULL" },
  cell: { key: `cell % ${CELLS}`, where: POINTED },
  night: { key: "night + 719162", where: `${SHIFT} NOT IN (0, -1)` },
  field: {
    key: `cell % ${CELLS} * ${FIELD} + min(max(${DAY} / 32, 0), ${FIELD - 1})`,
    where: POINTED,
  },
};

function tallySelect(kind: keyof typeof TALLY): string {
  const { key, name = "combination", where = "true" } = TALLIED[kind];
  return `SELECT ${tallyId(kind, 0)} + key AS id, ${PAIR} AS counts FROM (
    SELECT ${key} AS key, ${name} AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE ${where} GROUP BY 1, 2) GROUP BY key`;
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

/** Bounds that frames only ever widen: sums of different powers of two are unions of sets. */
const BOUNDS = `SELECT combination AS id, sum(DISTINCT 1 << (cell / ${2 * CELLS})) AS reaches,
  min(since) AS night_from, max(since) AS night_to FROM (
    SELECT combination, cell, CASE WHEN ${SHIFT} IN (0, -1) THEN date_obs - night * 86400000 END AS since FROM frame)
  GROUP BY combination`;

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
    `UPDATE combination SET frames = 0, bytes = 0, periods = '{}', exposures = '{}', reaches = 0, night_from = NULL,
      night_to = NULL`,
    `UPDATE combination SET frames = made.frames, bytes = made.bytes FROM (${TOTALS}) made WHERE made.id = combination.id`,
    sum("periods"),
    sum("exposures"),
    `UPDATE combination SET reaches = coalesce(made.reaches, 0), night_from = made.night_from, night_to = made.night_to
      FROM (${BOUNDS}) made WHERE made.id = combination.id`,
    // All are new to every Worker; each has a generation of its own.
    "UPDATE combination SET generation = (SELECT max(generation) FROM combination) + id",
  ].map((sql) => ({ sql }));
}

function sameCounts(a: string | null, b: string | null): boolean {
  const sorted = (text: string | null) =>
    JSON.stringify(Object.entries(JSON.parse(text ?? "{}") as Record<string, unknown>).sort());
  return sorted(a) === sorted(b);
}

/** Every counter of every shard that is not what the frames say. Reads all frames several times; changes nothing. */
export async function checkCounters(d1: D1Database): Promise<CounterDifference[]> {
  const differences: CounterDifference[] = [];
  for (const shard of shardsOf(d1)) {
    const found = await checkShard(new Database(shard.d1));
    differences.push(...found.map((one) => ({ shard: shard.number, ...one })));
  }
  return differences;
}

type Difference = Omit<CounterDifference, "shard">;

async function checkShard(database: Database): Promise<Difference[]> {
  const differences: Difference[] = [];
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
        params: [tallyId(kind, 0), nextKind(kind)],
      },
      { sql: tallySelect(kind) },
    ]);
    compare("tally", kind, mapOf(kept!), counted!);
  }
  const [kept, totals, periods, exposures, bounds] = await database.run([
    { sql: "SELECT * FROM combination" },
    { sql: TOTALS },
    { sql: combinationSelect("periods") },
    { sql: combinationSelect("exposures") },
    { sql: BOUNDS },
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
  // What frames that are gone have left in the bounds costs a little and is no error; what is missing is.
  const byId = new Map(kept!.map((row) => [row.id as number, row]));
  for (const row of bounds!) {
    const have = byId.get(row.id as number);
    if (have !== undefined && holds(have as unknown as Bounds, row as unknown as Bounds)) continue;
    const text = (one: Row | undefined) =>
      one === undefined ? null : JSON.stringify([one.reaches, one.night_from, one.night_to]);
    differences.push({
      table: "combination",
      id: row.id as number,
      column: "bounds",
      kept: text(have),
      counted: text(row),
    });
  }
  return differences;
}

interface Bounds {
  reaches: number | null;
  night_from: number | null;
  night_to: number | null;
}

function holds(kept: Bounds, counted: Bounds): boolean {
  const reaches = counted.reaches ?? 0;
  if (((kept.reaches ?? 0) & reaches) !== reaches) return false;
  if (counted.night_from === null) return true;
  return kept.night_from !== null && kept.night_from <= counted.night_from && kept.night_to! >= counted.night_to!;
}

/** The first id beyond those of a kind. */
function nextKind(kind: keyof typeof TALLY): number {
  return kind === "field" ? Number.MAX_SAFE_INTEGER : tallyId(kind, 0) + tallyId("day", 0);
}

function mapOf(rows: Row[]): Map<number, string> {
  return new Map(rows.map(({ id, counts }) => [id as number, counts as string]));
}

/** Makes every counter anew. For a database of many millions of frames this is work for a copy, not for one request. */
export async function rebuildCounters(d1: D1Database): Promise<void> {
  for (const shard of shardsOf(d1)) await new Database(shard.d1).run(recount());
}

/** Objects written in one transaction. */
const STEP = 1000;

/** Fills the text index of objects from `object`. */
export async function rebuildVirtual(d1: D1Database): Promise<void> {
  for (const shard of shardsOf(d1)) await fillText(new Database(shard.d1));
}

async function fillText(database: Database): Promise<void> {
  await database.run([{ sql: "INSERT INTO object_text (object_text) VALUES ('delete-all')" }]);
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
}
