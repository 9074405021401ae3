/**
 * A catalogue with frames, written by the schema before migration 0003 (the archive at 2973f7f: 70 random frames,
 * versions, packings, odd keys, a footprint far from its pointing and one without), through the later migrations.
 */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { Database } from "../../src/store/database.ts";
import type { ListedFrame } from "../../src/store/frame.ts";
import { checkCounters, rebuildVirtual } from "../../src/store/upkeep.ts";
import { find } from "./model.ts";
import { Random, randomPage, randomQuery, randomSight } from "./random.ts";

interface Dump {
  tables: Record<string, { columns: string[]; rows: unknown[][] }>;
  frames: ListedFrame[];
}

let frames: ListedFrame[];
const catalogue = openCatalogue(env.DB);
const ALL = { sort: "id", descending: false, limit: 1000, offset: 0 } as const;

function literal(value: unknown): string {
  if (value === null || typeof value === "number") return String(value);
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  return `x'${(value as { hex: string }).hex}'`;
}

async function drop(database: Database): Promise<void> {
  const objects = await database.rows(
    `SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'
      AND name NOT LIKE 'object_text_%' AND type IN ('trigger', 'view', 'table')
      ORDER BY CASE type WHEN 'trigger' THEN 0 WHEN 'view' THEN 1 ELSE 2 END, name IN ('user') `,
  );
  for (const { type, name } of objects) await database.rows(`DROP ${type} IF EXISTS "${name}"`);
}

beforeAll(async () => {
  const database = new Database(env.DB);
  await drop(database);
  const old = env.TEST_MIGRATIONS.filter(({ name }) => name < "0003");
  await applyD1Migrations(env.DB, old);
  const dump = (await (await env.FIXTURES.fetch("http://fixtures/store/catalogue-before-0003.json")).json()) as Dump;
  // The triggers count what goes in; the counts that were kept come last and take the place of theirs.
  const { frame, combination, tally, ...rest } = dump.tables;
  await database.rows("DELETE FROM state");
  for (const [table, { columns, rows }] of Object.entries({ ...rest, frame, combination, tally })) {
    if (table === "tally") await database.rows("DELETE FROM tally");
    for (const row of rows) {
      await database.rows(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${row.map(literal).join(", ")})`);
    }
  }
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
  await rebuildVirtual(env.DB);
  frames = dump.frames;
});

it("keeps every frame, its files and its versions", async () => {
  expect(await catalogue.list({}, ALL, { kind: "all" })).toMatchObject({ count: frames.length, frames });
  for (const { id, version } of frames) {
    const { versions } = await catalogue.versions({ frameId: id }, { limit: 10, offset: 0 }, { kind: "all" });
    expect(versions.map((one) => one.version)).toEqual(Array.from({ length: version }, (_, i) => version - i));
  }
  expect(frames.filter(({ version }) => version > 1).length).toBeGreaterThan(3);
});

it("has every count as from the frames", async () => {
  expect(await checkCounters(env.DB)).toEqual([]);
});

it("finds what a plain evaluation finds", async () => {
  const random = new Random(31);
  const names = frames.map(({ basename }) => basename);
  for (let i = 0; i < 300; i++) {
    const [query, page, sight] = [randomQuery(random, names), randomPage(random), randomSight(random, i)];
    const answer = await catalogue.list(query, page, sight);
    const asked = JSON.stringify({ query, page, sight });
    const found = { count: answer.count, ids: answer.frames.map(({ id }) => id) };
    expect(found, asked).toEqual(find(frames, query, page, sight));
  }
});

it("shares few layouts", async () => {
  const [row] = await new Database(env.DB).rows("SELECT count(*) AS layouts FROM layout WHERE key LIKE 'frames/%'");
  expect(row!.layouts).toBeLessThan(frames.length);
});
