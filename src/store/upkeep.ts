/**
 * Counters and the text index against the frames and objects themselves: what the triggers keep, computed again from the
 * base tables, compared or rebuilt. A D1 export has no virtual tables; `rebuildVirtual` makes them after an import.
 */
import { LOST_SUMS } from "./checksum.ts";
import { Database, type Row } from "./database.ts";
import { gramsOf } from "./object-name.ts";
import { BOUNDS, combinationSelect, recount, TOTALS, tallySelect } from "./recount.ts";
import { shardsOf } from "./shards.ts";
import { TALLY, tallyId } from "./tally.ts";

/** A counter that is not what the frames say. JSON, null where there is none. */
export interface CounterDifference {
  shard: number;
  table: "combination" | "tally" | "checksum";
  /** Of `checksum`: of the frame that its checksums do not lead to. */
  id: number;
  column: string;
  kept: string | null;
  counted: string | null;
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
  for (const { id } of await database.rows(LOST_SUMS)) {
    differences.push({ table: "checksum", id: id as number, column: "frames", kept: null, counted: null });
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
