/** The counters computed anew from the frames, in SQL: for the check, the rebuild, and the end of a bulk load. */
import { refillSums } from "./checksum.ts";
import type { Statement } from "./database.ts";
import { CELLS, UNPOINTED } from "./sky-cell.ts";
import { FIELD, TALLY, tallyId } from "./tally.ts";

const DAY = "(date_obs + 62135596800000) / 86400000";
/** The day whose date names the night, less the day of DATE_OBS. */
const SHIFT = `(night + 719162 - ${DAY})`;
/** Frames with a pointing. */
const POINTED = `cell < ${2 * UNPOINTED * CELLS}`;
const PAIR = "json_group_object(CAST(name AS TEXT), json_array(frames, bytes))";

/** What a kind of tally counts, in SQL as the triggers have it: its key, its names, and which frames. */
const TALLIED: Record<keyof typeof TALLY, { key: string; name?: string; where?: string }> = {
  day: { key: DAY, name: `combination * 3 + CASE ${SHIFT} WHEN 0 THEN 0 WHEN -1 THEN 1 ELSE 2 END` },
  object: { key: "coalesce(object, 0)" },
  cell: { key: `cell % ${CELLS}`, where: POINTED },
  night: { key: "night + 719162", where: `${SHIFT} NOT IN (0, -1)` },
  field: {
    key: `cell % ${CELLS} * ${FIELD} + min(max(${DAY} / 32, 0), ${FIELD - 1})`,
    name: `combination * 32 + (${DAY} & 31)`,
    where: POINTED,
  },
};

export function tallySelect(kind: keyof typeof TALLY): string {
  const { key, name = "combination", where = "true" } = TALLIED[kind];
  return `SELECT ${tallyId(kind, 0)} + key AS id, ${PAIR} AS counts FROM (
    SELECT ${key} AS key, ${name} AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE ${where} GROUP BY 1, 2) GROUP BY key`;
}

const COMBINATIONS = {
  periods: `${DAY} / 32`,
  exposures: "step",
};

export function combinationSelect(column: "periods" | "exposures"): string {
  return `SELECT combination AS id, ${PAIR} AS counts FROM (
    SELECT combination, ${COMBINATIONS[column]} AS name, count(*) AS frames, sum(size) AS bytes FROM frame
    WHERE ${COMBINATIONS[column]} IS NOT NULL GROUP BY 1, 2) GROUP BY combination`;
}

/** Bounds that frames only ever widen: sums of different powers of two are unions of sets. */
export const BOUNDS = `SELECT combination AS id, sum(DISTINCT 1 << (cell / ${2 * CELLS})) AS reaches,
  min(since) AS night_from, max(since) AS night_to FROM (
    SELECT combination, cell, CASE WHEN ${SHIFT} IN (0, -1) THEN date_obs - night * 86400000 END AS since FROM frame)
  GROUP BY combination`;

export const TOTALS =
  "SELECT combination AS id, count(*) AS frames, sum(size) AS bytes FROM frame GROUP BY combination";

/** Statements that make every counter anew from the frames. One transaction, if the database can bear it. */
export function recount(): Statement[] {
  const sum = (column: "periods" | "exposures") =>
    `UPDATE combination SET ${column} = made.counts FROM (${combinationSelect(column)}) made WHERE made.id = combination.id`;
  const counters = [
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
  ];
  return [...counters.map((sql) => ({ sql })), ...refillSums()];
}
