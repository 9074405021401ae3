/**
 * Frames by the checksums of their files, current and former, stored and original: a row of `checksum` holds those whose
 * checksum has the same first 17 bits, each in five bytes: the fourth byte of the checksum and the lower four bytes of
 * the id. An index entry would take 13. What is found is compared whole; entries of files that are gone stay until the
 * counters are made anew.
 */
import type { Statement } from "./database.ts";
import type { StoredFile } from "./frame.ts";
import type { Ask } from "./reader.ts";

/** Statements that fill the table; each sorts as many of its rows at once. */
const PORTIONS = 8;
/** Hexadecimal digits of an entry, and of the checksum's byte in it. */
const [ENTRY, TAG] = [10, 2];

function bucketOf(sum: string): number {
  return Number.parseInt(sum.slice(0, 5), 16) >> 3;
}

function tagOf(sum: string): string {
  return sum.slice(6, 8).toUpperCase();
}

const lowId = (id: string) => `printf('%08X', ${id} & 4294967295)`;

/** Notes the checksums of a file. `id`: its frame's id in SQL. A row written a checksum. */
export function noteSums({ md5, sha256, original }: StoredFile, id: string): Statement {
  const sums = [md5, sha256, ...(original === null ? [] : [original.md5, original.sha256])];
  return {
    sql: `INSERT INTO checksum (id, frames) SELECT value ->> 0, unhex((value ->> 1) || ${lowId(id)}) FROM json_each(?)
      WHERE true ON CONFLICT (id) DO UPDATE SET frames = frames || excluded.frames`,
    params: [JSON.stringify(sums.map((sum) => [bucketOf(sum), tagOf(sum)]))],
  };
}

/**
 * Ids that a checksum (lower-case hexadecimal) may lead to, among them all that have it. `base`: id 0 of the shard. One
 * row.
 */
export async function framesBySum(ask: Ask, base: number, sum: string): Promise<number[]> {
  const [rows] = await ask([
    { sql: "SELECT hex(frames) AS frames FROM checksum WHERE id = ?", params: [bucketOf(sum)] },
  ]);
  const entries = (rows![0]?.frames ?? "") as string;
  const ids = new Set<number>();
  for (let at = 0; at < entries.length; at += ENTRY) {
    if (!entries.startsWith(tagOf(sum), at)) continue;
    ids.add(base + Number.parseInt(entries.slice(at + TAG, at + ENTRY), 16));
  }
  return [...ids];
}

const digit = (i: number) => `(instr('0123456789ABCDEF', substr(hex(sum), ${i}, 1)) - 1)`;
const BUCKET = `(((${digit(1)} * 16 + ${digit(2)}) * 16 + ${digit(3)}) * 16 + ${digit(4)}) * 2 + ${digit(5)} / 8`;

const SUMS = ["frame.id", "former.frame"]
  .map((id) => {
    const [table] = id.split(".");
    return `SELECT ${id} AS id, CASE k.column1 WHEN 0 THEN md5 WHEN 1 THEN sha256 WHEN 2 THEN original_md5
      ELSE original_sha256 END AS sum FROM ${table} CROSS JOIN (VALUES (0), (1), (2), (3)) k`;
  })
  .join(" UNION ALL ");
/** Every checksum: `bucket`, `entry` (hexadecimal), `id` of the frame, the whole `sum`. */
const ENTRIES = `SELECT ${BUCKET} AS bucket, hex(substr(sum, 4, 1)) || ${lowId("id")} AS entry, id, sum FROM (${SUMS})
  WHERE sum IS NOT NULL`;

/** Statements that make the table anew. */
export function refillSums(): Statement[] {
  const blob = (portion: number) => `x'${((256 / PORTIONS) * portion).toString(16).padStart(2, "0")}'`;
  const portions = Array.from({ length: PORTIONS }, (_, i) => ({
    sql: `INSERT INTO checksum (id, frames) SELECT bucket, unhex(group_concat(entry, '')) FROM (${ENTRIES})
      WHERE sum >= ${blob(i)}${i + 1 < PORTIONS ? ` AND sum < ${blob(i + 1)}` : ""} GROUP BY bucket`,
  }));
  return [{ sql: "DELETE FROM checksum" }, ...portions];
}

/** Frames that their checksums do not lead to, each once: `id`. */
export const LOST_SUMS = `SELECT DISTINCT found.id FROM (${ENTRIES}) found LEFT JOIN checksum ON checksum.id = bucket
  WHERE frames IS NULL OR instr(hex(frames), entry) = 0`;
