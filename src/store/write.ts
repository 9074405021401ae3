/** Adding, replacing and removing frames. Each change is one transaction; the triggers keep every count in it. */
import type { Database, Statement } from "./database.ts";
import type { Frame, FrameFacts, StoredFile } from "./frame.ts";
import { factColumns, fileColumns } from "./frame-row.ts";
import { whole } from "./name-template.ts";
import { gramsOf, searchForm } from "./object-name.ts";
import { IDS } from "./shards.ts";
import { outlineOf } from "./upkeep.ts";

const KEY = ["siteid", "telid", "instrume", "imagetyp", "filter", "rlevel", "xbinning", "ybinning", "propid"] as const;

/** Which embargo class a public date (parameter ?1) has as of `state.settled`. */
const EMBARGO = "CASE WHEN ?1 IS NULL THEN 0 WHEN ?1 <= (SELECT settled FROM state) THEN 1 ELSE 2 END";

/** The statements before the frame itself: its combination, its object, its id. */
function groundwork(facts: FrameFacts, now: number, ids: 0 | 1, shard = 0): Statement[] {
  const key = KEY.map((field) => facts[field]);
  const statements: Statement[] = [
    {
      // Nothing becomes public by this: the moment only moves on where no embargo ends in between.
      sql: `UPDATE state SET last_id = max(last_id, ${shard * IDS}) + ?2, settled = CASE WHEN settled < ?1 AND NOT EXISTS
        (SELECT 1 FROM frame WHERE public_date > settled AND public_date <= ?1) THEN ?1 ELSE settled END`,
      params: [now, ids],
    },
    {
      sql: `INSERT INTO combination (${KEY.join(", ")}, embargo)
        VALUES (${KEY.map((_, i) => `?${i + 2}`).join(", ")}, ${EMBARGO}) ON CONFLICT DO NOTHING`,
      params: [facts.publicDate, ...key],
    },
  ];
  if (facts.object !== null) {
    const search = searchForm(facts.object);
    statements.push(
      {
        sql: "INSERT INTO object (name, search) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM object WHERE name = ?1)",
        params: [facts.object, search],
      },
      {
        sql: `INSERT INTO object_text (rowid, grams) SELECT id, ? FROM object WHERE name = ?
          AND NOT EXISTS (SELECT 1 FROM object_text WHERE rowid = object.id)`,
        params: [gramsOf(search), facts.object],
      },
    );
  }
  return statements;
}

const COMBINATION = `(SELECT id FROM combination WHERE siteid = ?2 AND telid = ?3 AND instrume = ?4 AND imagetyp = ?5
  AND quote(filter) = quote(?6) AND rlevel = ?7 AND xbinning = ?8 AND ybinning = ?9 AND quote(propid) = quote(?10)
  AND embargo = ${EMBARGO})`;
const OBJECT = "(SELECT id FROM object WHERE name = ?11)";

/** Columns of a frame with parameters; the first eleven look up its combination and object. */
function columnsOf(facts: FrameFacts, file: StoredFile, now: number, version: number) {
  const columns = { ...factColumns(facts), ...fileColumns(file, facts.basename), version, created: now };
  const names = Object.keys(columns);
  return {
    names,
    holders: names.map((_, i) => `?${i + 12}`),
    params: [facts.publicDate, ...KEY.map((field) => facts[field]), facts.object, ...Object.values(columns)],
  };
}

/** What hangs on the frame of a basename: names that it gives, and its outline. The trigger does the other direction. */
function attachments(facts: FrameFacts): Statement[] {
  const me = "(SELECT id FROM frame WHERE basename = ?1)";
  const statements: Statement[] = [];
  if (facts.footprint !== null) {
    statements.push({
      sql: `INSERT INTO outline (id, x0, x1, y0, y1, z0, z1) VALUES (${me}, ?2, ?3, ?4, ?5, ?6, ?7)`,
      params: [facts.basename, ...outlineOf(facts.footprint)],
    });
  }
  return statements;
}

/** The new frame's id, or null where a frame of this name is there; nothing has changed then. */
export async function insert(
  database: Database,
  shard: number,
  facts: FrameFacts,
  file: StoredFile,
  now: number,
): Promise<number | null> {
  const { names, holders, params } = columnsOf(facts, file, now, 1);
  try {
    const answers = await database.run([
      ...groundwork(facts, now, 1, shard),
      {
        sql: `INSERT INTO frame (id, combination, object, ${names.join(", ")})
          VALUES ((SELECT last_id FROM state), ${COMBINATION}, ${OBJECT}, ${holders.join(", ")})`,
        params,
      },
      ...attachments(facts),
      // RETURNING would count as two more rows written.
      { sql: "SELECT last_id FROM state" },
    ]);
    return answers.at(-1)![0]!.last_id as number;
  } catch (error) {
    if (/UNIQUE constraint failed: frame\.basename/.test(String(error))) return null;
    throw error;
  }
}

/** Puts a new version in the place of `old`, which is kept. False where `old` is no longer what the archive has. */
export async function supersede(
  database: Database,
  old: Frame,
  facts: FrameFacts,
  file: StoredFile,
  now: number,
): Promise<boolean> {
  const { names, holders, params } = columnsOf(facts, file, now, old.version + 1);
  const { id, version, file: oldFile, created: _, ...oldFacts } = old;
  try {
    await database.run([
      unless(`SELECT 1 FROM frame WHERE id = ? AND version = ? AND ${whole("key")} = ?`, id, version, oldFile.key),
      {
        sql: `INSERT INTO former (frame, version, created, key, md5, sha256, original_md5, original_sha256, facts, file)
          SELECT id, version, created, ${whole("key")}, md5, sha256, original_md5, original_sha256, ?, ? FROM frame WHERE id = ?`,
        params: [JSON.stringify(oldFacts), JSON.stringify(oldFile), id],
      },
      ...groundwork(facts, now, 0),
      {
        sql: `UPDATE frame SET combination = ${COMBINATION}, object = ${OBJECT},
          ${names.map((name, i) => `${name} = ${holders[i]}`).join(", ")} WHERE id = ${id}`,
        params,
      },
      { sql: `DELETE FROM outline WHERE id = ${id}` },
      ...attachments(facts),
    ]);
    return true;
  } catch (error) {
    if (/UNIQUE constraint failed: state\.id/.test(String(error))) return false;
    throw error;
  }
}

/** Ends the whole transaction where a query finds nothing: the one row of `state` cannot be inserted again. */
function unless(query: string, ...params: unknown[]): Statement {
  return {
    sql: `INSERT INTO state (id, shard, last_id, settled) SELECT 1, 0, 0, 0 WHERE NOT EXISTS (${query})`,
    params,
  };
}

/** Swaps the stored file of a version, current or former. False where its key is not `expectedKey` (any more). */
export async function swapFile(
  database: Database,
  { id, version, expectedKey, basename }: { id: number; version: number; expectedKey: string; basename: string },
  file: StoredFile,
): Promise<boolean> {
  const columns = fileColumns(file, basename);
  const names = Object.keys(columns);
  const { md5, sha256, original_md5, original_sha256 } = columns;
  const [current, former] = await database.run([
    {
      sql: `UPDATE frame SET ${names.map((name) => `${name} = ?`).join(", ")}
        WHERE id = ? AND version = ? AND ${whole("key")} = ? RETURNING id`,
      params: [...Object.values(columns), id, version, expectedKey],
    },
    {
      sql: `UPDATE former SET file = ?, key = ?, md5 = ?, sha256 = ?, original_md5 = ?, original_sha256 = ?
        WHERE frame = ? AND version = ? AND key = ? RETURNING frame`,
      params: [JSON.stringify(file), file.key, md5, sha256, original_md5, original_sha256, id, version, expectedKey],
    },
  ]);
  return current!.length + former!.length > 0;
}

/** Removes a frame with all its versions. Their keys, or null where there is no such frame. */
export async function erase(database: Database, id: number): Promise<string[] | null> {
  const [formers, gone] = await database.run([
    { sql: "DELETE FROM former WHERE frame = ? RETURNING key", params: [id] },
    { sql: `DELETE FROM frame WHERE id = ? RETURNING ${whole("key")} AS key`, params: [id] },
  ]);
  if (gone!.length === 0) return null;
  return [...gone!, ...formers!].map(({ key }) => key as string);
}
