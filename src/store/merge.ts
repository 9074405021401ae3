/**
 * A page in order of DATE_OBS out of runs that are each in that order: a recursive query whose queue holds the head of
 * every run, takes the first and puts its successor in. Some three rows a frame and two a run, however long the runs.
 */
import { type Prepared, type Sql, values } from "./conditions.ts";
import type { Path } from "./paths.ts";

/** The order of a walk: of dates, and of ids where dates are equal. */
export interface Direction {
  newestFirst: boolean;
  highestFirst: boolean;
}

// Numbers of 16 and 17 digits whichever way they count, so that texts sort as they do.
const DATE = 5e15;
const ID = 1e16;

export function merged(
  p: Prepared,
  path: Path,
  direction: Direction,
  skip: number,
  limit: number,
  columns: string,
): Sql {
  const { column, index, keys } = path.runs!;
  const { newestFirst, highestFirst } = direction;
  const sign = newestFirst ? "-" : "+";
  const head = `(${DATE} ${sign} frame.date_obs) || (${highestFirst ? `${2 * ID} -` : `${ID} +`} frame.id)`;
  const order = `frame.date_obs ${newestFirst ? "DESC" : "ASC"}, frame.id ${highestFirst ? "DESC" : "ASC"}`;
  const date = newestFirst
    ? `(${DATE} - CAST(substr(merge.head, 1, 16) AS INTEGER))`
    : `(CAST(substr(merge.head, 1, 16) AS INTEGER) - ${DATE})`;
  const id = highestFirst
    ? `(${2 * ID} - CAST(substr(merge.head, 17) AS INTEGER))`
    : `(CAST(substr(merge.head, 17) AS INTEGER) - ${ID})`;
  // Where both go the same way, that is the order of the index, rowid included.
  const beyond =
    newestFirst === highestFirst
      ? `(frame.date_obs, frame.id) ${newestFirst ? "<" : ">"} (${date}, ${id})`
      : `frame.date_obs ${newestFirst ? "<=" : ">="} ${date}
          AND NOT (frame.date_obs = ${date} AND frame.id ${highestFirst ? ">=" : "<="} ${id})`;
  const next = (run: string, condition: string) => `coalesce((SELECT ${head} FROM frame INDEXED BY ${index}
      WHERE ${column} = ${run} AND ${path.where} AND ${p.where.text} AND ${condition}
      ORDER BY ${order} LIMIT 1), '~')`;
  return {
    text: `WITH RECURSIVE merge (head, run) AS (
      SELECT ${next("k.column1", "true")}, k.column1 FROM ${values(keys)} k
      UNION ALL SELECT ${next("merge.run", beyond)}, merge.run FROM merge WHERE merge.head < '~'
      ORDER BY 1 LIMIT ${limit} OFFSET ${skip})
      SELECT ${columns} FROM merge CROSS JOIN frame ON frame.id = ${id} WHERE merge.head < '~'`,
    params: [...p.where.params, ...p.where.params],
  };
}
