/**
 * `npm run seed -- --frames 1000000 [--persist-to DIR] [--live]`: fills the embedded database with made-up frames
 * (seed-frames.ts), rows only, no files. It writes the database file itself, so nothing may be running on it.
 * `--live` keeps indexes while inserting, as ingest does; without, they are made at the end, which is faster and packs
 * them tighter.
 */
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { type BulkFrame, BulkLoader } from "../src/store/bulk.ts";
import type { Row, Statement } from "../src/store/database.ts";
import { SEED_END, seedFrame } from "./seed-frames.ts";

/** Frames a statement. */
const BATCH = 500;

/** Applies every migration of the project to an empty database. */
export function migrate(database: DatabaseSync): void {
  const folder = resolve(import.meta.dirname, "../migrations");
  for (const name of readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()) {
    database.exec(readFileSync(join(folder, name), "utf8"));
  }
}

function runner(database: DatabaseSync): (statements: Statement[]) => Row[][] {
  const prepared = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
  return (statements) => {
    database.exec("BEGIN");
    const answers = statements.map(({ sql, params = [] }) => {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        statement = database.prepare(sql);
        if (sql.startsWith("INSERT INTO")) prepared.set(sql, statement);
      }
      return statement.all(...(params as (string | number | Uint8Array | null)[])) as Row[];
    });
    database.exec("COMMIT");
    return answers;
  };
}

export async function seed(
  database: DatabaseSync,
  total: number,
  { live, progress }: { live: boolean; progress: (done: number) => void },
): Promise<void> {
  database.exec("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000");
  const run = runner(database);
  const loader = new BulkLoader(run, SEED_END, true);
  const triggers = await loader.begin();
  const indexes = live
    ? []
    : (run([
        {
          sql: `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'frame'`,
        },
      ])[0] as { name: string; sql: string }[]);
  for (const { name } of indexes) database.exec(`DROP INDEX ${name}`);
  let frames: BulkFrame[] = [];
  for (let i = 0; i < total; i++) {
    frames.push({ id: i + 1, ...seedFrame(i, total) });
    if (frames.length === BATCH || i === total - 1) {
      await loader.add(frames);
      frames = [];
      progress(i + 1);
    }
  }
  for (const { sql } of indexes) database.exec(sql);
  await loader.finish(triggers);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      frames: { type: "string", default: "100000" },
      "persist-to": { type: "string", default: ".wrangler/state" },
      live: { type: "boolean", default: false },
      file: { type: "string" },
    },
  });
  const total = Number(values.frames);
  if (!Number.isInteger(total) || total < 1) throw new Error(`--frames ${values.frames} is no number of frames.`);
  const path = values.file ?? databaseFile(values["persist-to"]);
  mkdirSync(dirname(path), { recursive: true });
  const fresh = !existsSync(path);
  const database = new DatabaseSync(path);
  if (fresh) migrate(database);
  const { frames } = database.prepare("SELECT count(*) AS frames FROM frame").get() as { frames: number };
  if (frames > 0) throw new Error(`${path} has ${frames} frames already; only an empty archive is seeded.`);
  const started = Date.now();
  await seed(database, total, {
    live: values.live,
    progress: (done) => {
      if (done % 10_000 < BATCH || done === total) {
        process.stderr.write(`\r${done} of ${total} frames, ${Math.round((Date.now() - started) / 1000)} s`);
      }
    },
  });
  database.close();
  process.stderr.write(`\n${path}: ${total} frames in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

/** The D1 database that `npm start` uses. Its name is made by wrangler, so it must have been started once. */
function databaseFile(persistTo: string): string {
  const found = globSync(join(persistTo, "v3/d1/miniflare-D1DatabaseObject/*.sqlite")).filter(
    (file) => !file.endsWith("metadata.sqlite"),
  );
  if (found.length !== 1) {
    throw new Error(`There is no database under ${persistTo} yet. Run npm start once, stop it, and seed then.`);
  }
  return found[0]!;
}

if (import.meta.main) await main();
