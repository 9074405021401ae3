/** Adding, replacing and removing frames. Each change is one transaction; the triggers keep every count in it. */
import { splitName } from "./basename.ts";
import { noteSums } from "./checksum.ts";
import type { Database, Row, Statement } from "./database.ts";
import { type Due, dueStatement } from "./due-work.ts";
import type { Frame, FrameFacts, StoredFile } from "./frame.ts";
import { bytesOf, DIGITS, FRAME_COLUMNS, factColumns, fileColumns } from "./frame-row.ts";
import { addLayout, findLayout, LAYOUT_COLUMNS, layoutParams } from "./layout.ts";
import { noteShape } from "./name-search.ts";
import { gramsOf, searchForm } from "./object-name.ts";
import { IDS } from "./shards.ts";
import { CELLS, keyOf } from "./sky-cell.ts";

const KEY = ["siteid", "telid", "instrume", "imagetyp", "filter", "rlevel", "xbinning", "ybinning", "propid"] as const;

/** Which embargo class a public date (parameter ?1) has as of `state.settled`. */
const EMBARGO = "CASE WHEN ?1 IS NULL THEN 0 WHEN ?1 <= (SELECT settled FROM state) THEN 1 ELSE 2 END";

/** Id of the frame that was added last; ids only grow. */
const NEWEST = "(SELECT max(id) FROM frame)";

/** The statements before the frame itself: its combination and its object. */
function groundwork(facts: FrameFacts, now: number): Statement[] {
  const key = KEY.map((field) => facts[field]);
  const statements: Statement[] = [
    {
      // For a frame that is public already. No other becomes so by this: the moment only moves on where no embargo ends
      // in between.
      sql: `UPDATE state SET settled = ?1 WHERE ?2 > settled AND ?2 <= ?1 AND NOT EXISTS
        (SELECT 1 FROM frame WHERE public_date > settled AND public_date <= ?1)`,
      params: [now, facts.publicDate],
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
const STEM = "(SELECT id FROM stem WHERE text = ?12)";
const OPEN = `(${EMBARGO}) = 1`;
/** Parameters before those of the layout, and before those of the columns. */
const LOOKUPS = 13;
const FIRST = LOOKUPS + LAYOUT_COLUMNS;

/**
 * Columns of a frame with the SQL of their values, and its parameters: those in front look up what it shares with
 * others. `shared`: the statements that make sure that it is there.
 */
function columnsOf(facts: FrameFacts, file: StoredFile, now: number, version: number) {
  const { layout, columns: fileOnly } = fileColumns(file, facts);
  const columns = { ...factColumns(facts), ...fileOnly, version, delay: now - facts.dateObs };
  const { stem, tail } = splitName(facts.basename);
  return {
    shared: [
      noteShape(tail),
      { sql: "INSERT INTO stem (text) VALUES (?) ON CONFLICT DO NOTHING", params: [stem] },
      addLayout(layout),
    ] satisfies Statement[],
    values: [
      ["combination", COMBINATION],
      ["object", OBJECT],
      ["stem", STEM],
      ["open", OPEN],
      ["cell", `?13 + ${CELLS} * (${OPEN})`],
      ["layout", findLayout(LOOKUPS + 1)],
      // D1 binds every number as REAL, and a column without affinity would keep that.
      ...Object.entries(columns).map(([name, value], i) => {
        const holder = `?${i + FIRST + 1}`;
        return [name, DIGITS.has(name) && typeof value === "number" ? `CAST(${holder} AS INTEGER)` : holder];
      }),
    ] as [name: string, sql: string][],
    params: [
      facts.publicDate,
      ...KEY.map((field) => facts[field]),
      facts.object,
      stem,
      keyOf(facts),
      ...layoutParams(layout),
      ...Object.values(columns),
    ],
  };
}

/** The new frame's id, or null where a frame of this name is there; nothing has changed then. */
export async function insert(
  database: Database,
  shard: number,
  facts: FrameFacts,
  file: StoredFile,
  now: number,
  due: Due,
): Promise<number | null> {
  const { shared, values, params } = columnsOf(facts, file, now, 1);
  // `last_id` is kept for frames that were removed.
  const nextId = `(SELECT 1 + max(last_id, ${shard * IDS}, coalesce(${NEWEST}, 0)) FROM state)`;
  try {
    const answers = await database.run([
      ...groundwork(facts, now),
      ...shared,
      {
        sql: `INSERT INTO frame (id, ${values.map(([name]) => name).join(", ")})
          VALUES (${nextId}, ${values.map(([, value]) => value).join(", ")})`,
        params,
      },
      noteSums(file, NEWEST),
      ...dueStatement(NEWEST, 1, due),
      // RETURNING would count as two more rows written.
      { sql: `SELECT ${NEWEST} AS id` },
    ]);
    return answers.at(-1)![0]!.id as number;
  } catch (error) {
    if (/UNIQUE constraint failed: frame\.stem, frame\.tail/.test(String(error))) return null;
    throw error;
  }
}

/**
 * Puts a new version in the place of `old`, which is kept. False where `old`, read as `row`, is no longer what the
 * archive has.
 */
export async function supersede(
  database: Database,
  old: Frame,
  row: Row,
  facts: FrameFacts,
  file: StoredFile,
  now: number,
  due: Due,
): Promise<boolean> {
  const { shared, values, params } = columnsOf(facts, file, now, old.version + 1);
  const { id, version, file: oldFile, created: _, ...oldFacts } = old;
  try {
    await database.run([
      unless(`SELECT 1 FROM frame WHERE id = ? AND version = ? AND ${SAME_KEY}`, id, version, ...keyParams(row)),
      {
        sql: `INSERT INTO former (frame, version, created, key, md5, sha256, original_md5, original_sha256, facts, file)
          SELECT id, version, created, ?, md5, sha256, original_md5, original_sha256, ?, ? FROM frame WHERE id = ?`,
        params: [oldFile.key, JSON.stringify(oldFacts), JSON.stringify(oldFile), id],
      },
      ...groundwork(facts, now),
      ...shared,
      {
        sql: `UPDATE frame SET ${values.map(([name, value]) => `${name} = ${value}`).join(", ")} WHERE id = ${id}`,
        params,
      },
      noteSums(file, String(id)),
      ...dueStatement(String(id), version + 1, due),
    ]);
    return true;
  } catch (error) {
    if (/UNIQUE constraint failed: state\.id/.test(String(error))) return false;
    throw error;
  }
}

/** Whether a frame of the same version still has the file that was read: its layout, its checksums, the key's own part. */
const SAME_KEY = "layout = ? AND lower(hex(sums)) = ?";

function keyParams({ layout, sums }: Row): unknown[] {
  return [layout, sums];
}

/** Ends the whole transaction where a query finds nothing: the one row of `state` cannot be inserted again. */
function unless(query: string, ...params: unknown[]): Statement {
  return {
    sql: `INSERT INTO state (id, shard, last_id, settled) SELECT 1, 0, 0, 0 WHERE NOT EXISTS (${query})`,
    params,
  };
}

/**
 * Swaps the stored file of a version: of the current one, read as `current`, or (null) of a former one. False where its
 * key is not `expectedKey` (any more).
 */
export async function swapFile(
  database: Database,
  { frame, version, expectedKey, current }: { frame: Frame; version: number; expectedKey: string; current: Row | null },
  file: StoredFile,
): Promise<boolean> {
  const { layout, columns } = fileColumns(file, frame);
  const names = Object.keys(columns);
  const statements: Statement[] = [];
  if (current === null) {
    const { md5, sha256, original } = file;
    statements.push({
      sql: `UPDATE former SET file = ?, key = ?, md5 = ?, sha256 = ?, original_md5 = ?, original_sha256 = ?
        WHERE frame = ? AND version = ? AND key = ? RETURNING frame`,
      params: [
        ...[JSON.stringify(file), file.key, bytesOf(md5), bytesOf(sha256)],
        ...[original === null ? null : bytesOf(original.md5), original === null ? null : bytesOf(original.sha256)],
        ...[frame.id, version, expectedKey],
      ],
    });
  } else {
    statements.push(addLayout(layout), {
      sql: `UPDATE frame SET layout = ${findLayout(1)},
        ${names.map((name, i) => `${name} = ?${i + LAYOUT_COLUMNS + 1}`).join(", ")}
        WHERE id = ${frame.id} AND version = ${version} AND ${SAME_KEY} RETURNING id`,
      params: [...layoutParams(layout), ...Object.values(columns), ...keyParams(current)],
    });
  }
  const answers = await database.run([noteSums(file, String(frame.id)), ...statements]);
  return answers.at(-1)!.length > 0;
}

/** Removes a frame with all its versions: its last row, and the keys of former versions. Null: there is no such frame. */
export async function erase(database: Database, id: number): Promise<{ row: Row; formerKeys: string[] } | null> {
  const [rows, formers] = await database.run([
    { sql: `SELECT ${FRAME_COLUMNS} FROM frame WHERE id = ?`, params: [id] },
    { sql: "DELETE FROM former WHERE frame = ? RETURNING key", params: [id] },
    { sql: "DELETE FROM frame WHERE id = ?", params: [id] },
    // An id is never used again.
    { sql: "UPDATE state SET last_id = max(last_id, ?)", params: [id] },
  ]);
  const [row] = rows!;
  return row === undefined ? null : { row, formerKeys: formers!.map(({ key }) => key as string) };
}
