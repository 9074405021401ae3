/**
 * Work on a frame that is still to be done, written in the transaction that adds its file. A queue may lose a message
 * (the machine dies, a message has failed too often); what stands here is asked for again by the upkeep.
 */
import type { Database, Statement } from "./database.ts";

/** In the order of their bits in `due.kinds`. */
const KINDS = ["preview", "pack", "unpack"] as const;
export type WorkKind = (typeof KINDS)[number];

/** What a file brings with it. `at`: when the upkeep may ask for it if nobody has done it, UTC milliseconds. */
export interface Due {
  kinds: readonly WorkKind[];
  at: number;
}

export const NO_WORK: Due = { kinds: [], at: 0 };

export interface DueWork {
  frameId: number;
  version: number;
  kinds: WorkKind[];
  /** How often the upkeep has asked for it. */
  tries: number;
}

/** `at`: when to ask again; null: never. */
export interface Postponed {
  work: DueWork;
  at: number | null;
}

function bitsOf(kinds: readonly WorkKind[]): number {
  return kinds.reduce((bits, kind) => bits | (1 << KINDS.indexOf(kind)), 0);
}

/** `frame`: an SQL expression of its id. */
export function dueStatement(frame: string, version: number, { kinds, at }: Due): Statement[] {
  if (kinds.length === 0) return [];
  const sql = `INSERT INTO due (frame, version, kinds, at, tries) VALUES (${frame}, ?, ?, ?, 0)`;
  return [{ sql, params: [version, bitsOf(kinds), at] }];
}

/** Work that is done, or need not be. */
export async function strike(database: Database, frame: number, version: number, kind: WorkKind): Promise<void> {
  const params = [frame, version, bitsOf([kind])];
  await database.run([
    { sql: "DELETE FROM due WHERE frame = ?1 AND version = ?2 AND kinds = ?3", params },
    { sql: "UPDATE due SET kinds = kinds & ~?3 WHERE frame = ?1 AND version = ?2 AND kinds & ?3", params },
  ]);
}

/** The oldest frames with work that is due by `now`. */
export async function overdue(database: Database, now: number, limit: number): Promise<DueWork[]> {
  // SCAN due, in the order of its key. What is done is gone from it, so that it is short; an index on `at` would cost
  // every ingest another row written.
  const sql = "SELECT * FROM due WHERE at <= ? ORDER BY frame, version LIMIT ?";
  const rows = await database.rows(sql, now, limit);
  return rows.map(({ frame, version, kinds, tries }) => ({
    frameId: frame as number,
    version: version as number,
    kinds: KINDS.filter((_, bit) => ((kinds as number) >> bit) & 1),
    tries: tries as number,
  }));
}

/** Counts one more try of each and puts it off, or strikes it out. */
export async function postpone(database: Database, works: Postponed[]): Promise<void> {
  const put = works.map(({ work: { frameId, version }, at }) => [frameId, version, at]);
  const among = "EXISTS (SELECT 1 FROM json_each(?1) WHERE value ->> 0 = frame AND value ->> 1 = version";
  await database.run([
    { sql: `DELETE FROM due WHERE ${among} AND value ->> 2 IS NULL)`, params: [JSON.stringify(put)] },
    {
      sql: `UPDATE due SET tries = tries + 1, at = put.value ->> 2 FROM json_each(?1) AS put
        WHERE frame = put.value ->> 0 AND version = put.value ->> 1`,
      params: [JSON.stringify(put)],
    },
  ]);
}
