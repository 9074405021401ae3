/**
 * How many frames a query finds, by combination. With at most one condition that combinations do not decide (dates,
 * nights, objects, a cone, exposure times) that is a sum of counts plus a look at the frames on its edge; with more,
 * the shortest path is walked once.
 */

import { separation } from "../sky/angle.ts";
import { cellCentre, cellRadius } from "../sky/healpix.ts";
import { dayOf, dayStart, PERIOD_DAYS, periodOf } from "./calendar.ts";
import { idSet } from "./choice.ts";
import { dimensionsOf, type Prepared, values } from "./conditions.ts";
import type { Row, Statement } from "./database.ts";
import { isEdge, stepOf } from "./exposure-step.ts";
import type { FrameQuery } from "./frame.ts";
import { cellKeys, type Path, type Tallies } from "./paths.ts";
import type { Ask } from "./reader.ts";
import { CELL_ORDER } from "./sky-cell.ts";
import { addTo, type Counts, FIELD, ofDay, parseCounts, tallyId, tallyKey, withinField } from "./tally.ts";

/** Above so many rows, grouping in SQL (which reads twice) is cheaper than handing the rows over. */
const MOST_ROWS = 5000;
/** Shorter ways are walked: counts of cells by period are some hundreds of rows themselves. */
const MANY = 2000;
/** Before and after all dates. */
const EVER = 8.64e15;

/**
 * Frames by combination, of the combinations of `p` only. Not for regions: those are decided frame by frame. Without a
 * path only for what is counted (combinations and dates).
 */
export async function census(ask: Ask, p: Prepared, tallies: Tallies, path: Path | null): Promise<Counts> {
  const { query } = p;
  const timed = query.exptimeMin !== undefined || query.exptimeMax !== undefined;
  const dated = p.start !== null || p.end !== null;
  const dimensions = dimensionsOf(p);
  const counts: Counts = new Map();
  const mine = idSet(p.combinations);
  const take = (more: Counts) => {
    for (const [id, count] of more) if (mine.has(id)) addTo(counts, id, count);
  };
  const chosen = new Map(p.combinations.map((one) => [one.id, one]));
  const keysIn = (cells: number[]) => cellKeys(new Map(cells.map((cell) => [cell, tallies.cells!.get(cell)!])), chosen);
  const walk = async (statements: Statement[]) => {
    if (statements.length === 0) return;
    for (const rows of await ask(statements)) {
      for (const { combination, frames, bytes } of rows) {
        addTo(counts, combination as number, { frames: frames as number, bytes: bytes as number });
      }
    }
  };
  const under = (from: string, condition = "true", grouped = false): Statement => ({
    sql: grouped
      ? `SELECT frame.combination, count(*) AS frames, sum(frame.size) AS bytes FROM ${from}
          WHERE ${condition} AND ${p.where.text} GROUP BY frame.combination`
      : `SELECT frame.combination, 1 AS frames, frame.size AS bytes FROM ${from}
          WHERE ${condition} AND ${p.where.text}`,
    params: p.where.params,
  });
  const along = () => walk([under(path!.from, path!.where, path!.rows > MOST_ROWS)]);
  if (dimensions === 0) {
    for (const { id, frames, bytes } of p.combinations) counts.set(id, { frames, bytes });
  } else if (isField(p, tallies, path)) {
    await walk(
      await countFields(ask, p, [...tallies.cells!.keys()], keysIn, take, (keys, from, to) =>
        under(
          `${values(keys)} k CROSS JOIN frame INDEXED BY frame_cell ON frame.cell = k.column1`,
          `frame.date_obs BETWEEN ${from} AND ${to}`,
        ),
      ),
    );
  } else if (dimensions > 1) {
    await along();
  } else if (p.objects !== null) {
    for (const object of tallies.objects!.values()) take(object);
  } else if (tallies.nights !== null) {
    for (const { usual, other } of tallies.nights.values()) {
      take(usual);
      take(other);
    }
  } else if (tallies.cells !== null) {
    const { whole, edge } = cellsOf(query.cone!, tallies.cells.keys());
    for (const cell of whole) take(tallies.cells.get(cell)!);
    const keys = keysIn(edge);
    if (keys.length > 0) {
      await walk([under(`${values(keys)} k CROSS JOIN frame INDEXED BY frame_cell ON frame.cell = k.column1`)]);
    }
  } else if (timed) {
    const [min, max] = [query.exptimeMin, query.exptimeMax];
    const low = min === undefined ? -Infinity : stepOf(min);
    const high = max === undefined ? Infinity : stepOf(max);
    const cut = new Set<number>();
    if (min !== undefined && !isEdge(min)) cut.add(low);
    if (max !== undefined && !isEdge(max)) cut.add(high);
    for (const one of p.combinations) {
      for (const [step, count] of one.exposures) {
        if (step >= low && step <= high && !cut.has(step)) addTo(counts, one.id, count);
      }
    }
    await walk([...cut].map((step) => under("frame INDEXED BY frame_step", `frame.step = ${step}`)));
  } else if (dated) {
    await walk(
      await countDates(ask, p, take, (from, to) =>
        under("frame INDEXED BY frame_date", `frame.date_obs BETWEEN ${from} AND ${to}`),
      ),
    );
  } else {
    await along();
  }
  return counts;
}

/**
 * Counts between two dates: whole periods from memory, whole days of the periods at the edges from their tallies (at
 * most 62 rows), and the rest of the two edge days frame by frame. Answers the statements for those.
 */
async function countDates(
  ask: Ask,
  p: Prepared,
  take: (counts: Counts) => void,
  walk: (from: number, to: number) => Statement,
): Promise<Statement[]> {
  const start = p.start ?? -Infinity;
  const end = p.end ?? Infinity;
  if (start > end) return [];
  // First and last whole day.
  const first = start === -Infinity ? -Infinity : dayOf(start - 1) + 1;
  const last = end === Infinity ? Infinity : dayOf(end + 1) - 1;
  if (first > last) return [walk(start, end)];
  // First and last whole period.
  const firstPeriod = first === -Infinity ? -Infinity : Math.ceil(first / PERIOD_DAYS);
  const lastPeriod = last === Infinity ? Infinity : periodOf(last + 1) - 1;
  const days: [number, number][] = [];
  if (firstPeriod > lastPeriod) days.push([first, last]);
  else {
    for (const one of p.combinations) {
      for (const [period, count] of one.periods) {
        if (period >= firstPeriod && period <= lastPeriod) take(new Map([[one.id, count]]));
      }
    }
    if (first !== -Infinity && first < firstPeriod * PERIOD_DAYS) days.push([first, firstPeriod * PERIOD_DAYS - 1]);
    if (last !== Infinity && last >= (lastPeriod + 1) * PERIOD_DAYS) days.push([(lastPeriod + 1) * PERIOD_DAYS, last]);
  }
  const edges: Statement[] = [];
  if (first !== -Infinity && dayStart(first) > start) edges.push(walk(start, dayStart(first) - 1));
  if (last !== Infinity && dayStart(last + 1) <= end) edges.push(walk(dayStart(last + 1), end));
  for (const { counts } of await readDays(ask, days)) take(counts);
  return edges;
}

/** Whether cells are counted by period: a cone between dates, and so many frames that this is worth its rows. */
export function isField(p: Prepared, { cells }: Tallies, path: Path | null): boolean {
  const dated = p.start !== null || p.end !== null;
  return dimensionsOf(p) === 2 && dated && cells !== null && path !== null && path.rows > MANY;
}

/** Occupied cells that lie in a cone, and those that its edge cuts. */
function cellsOf({ ra, dec, radius }: NonNullable<FrameQuery["cone"]>, cells: Iterable<number>) {
  const [whole, edge]: [number[], number[]] = [[], []];
  const size = cellRadius(CELL_ORDER);
  for (const cell of cells) {
    const distance = separation(ra, dec, ...cellCentre(CELL_ORDER, cell));
    if (distance + size < radius) whole.push(cell);
    else if (distance - size <= radius) edge.push(cell);
  }
  return { whole, edge };
}

/**
 * Counts in a cone between two dates: whole days of whole cells from the tallies of their periods (a row each), the rest
 * frame by frame. Answers the statements for that.
 */
async function countFields(
  ask: Ask,
  p: Prepared,
  cells: number[],
  keysIn: (cells: number[]) => number[],
  take: (counts: Counts) => void,
  walk: (keys: number[], from: number, to: number) => Statement,
): Promise<Statement[]> {
  const { whole, edge } = cellsOf(p.query.cone!, cells);
  const [start, end] = [p.start ?? -EVER, p.end ?? EVER];
  if (start > end) return [];
  // First and last whole day. The first and the last period hold whatever lies before and after them.
  const first = p.start === null ? -Infinity : Math.max(PERIOD_DAYS, dayOf(start - 1) + 1);
  const last = p.end === null ? Infinity : Math.min((FIELD - 1) * PERIOD_DAYS, dayOf(end + 1)) - 1;
  const edges = keysIn(edge).length === 0 ? [] : [walk(keysIn(edge), start, end)];
  const keys = keysIn(whole);
  if (keys.length === 0) return edges;
  if (first > last) return [...edges, walk(keys, start, end)];
  const periods = [first === -Infinity ? 0 : periodOf(first), last === Infinity ? FIELD - 1 : periodOf(last)];
  const ranges = whole.map((cell) => periods.map((period) => tallyId("field", cell * FIELD + period)));
  const [rows] = await ask([
    {
      sql: `SELECT tally.id, counts FROM (VALUES ${ranges.map(([from, to]) => `(${from},${to})`).join(",")}) k
        CROSS JOIN tally ON tally.id BETWEEN k.column1 AND k.column2`,
    },
  ]);
  for (const { id, counts } of rows!) {
    const period = tallyKey(id as number) % FIELD;
    take(withinField(parseCounts(counts as string), period, first, last));
  }
  if (first !== -Infinity && start < dayStart(first)) edges.push(walk(keys, start, dayStart(first) - 1));
  if (last !== Infinity && end >= dayStart(last + 1)) edges.push(walk(keys, dayStart(last + 1), end));
  return edges;
}

/** Counts of days as `tally` keeps them (`ofDay`), in order, both ends inside: a row a day. */
export async function readDayRows(ask: Ask, first: number, last: number): Promise<{ day: number; counts: Counts }[]> {
  return (await readRanges(ask, [[first, last]])).map(({ id, counts }) => ({
    day: tallyKey(id as number),
    counts: parseCounts(counts as string),
  }));
}

/** Counts of days, in order, for ranges of days with both ends inside. */
export async function readDays(ask: Ask, ranges: [number, number][]): Promise<{ day: number; counts: Counts }[]> {
  if (ranges.length === 0) return [];
  return (await readRanges(ask, ranges)).map(({ id, counts }) => ({
    day: tallyKey(id as number),
    counts: ofDay(parseCounts(counts as string)),
  }));
}

async function readRanges(ask: Ask, ranges: [number, number][]): Promise<Row[]> {
  const answers = await ask(
    ranges.map(([first, last]) => ({
      sql: "SELECT id, counts FROM tally WHERE id BETWEEN ? AND ? ORDER BY id",
      params: [tallyId("day", first), tallyId("day", last)],
    })),
  );
  return answers.flat();
}
