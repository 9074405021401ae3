/**
 * How many frames a query finds, by combination. With at most one condition that combinations do not decide (dates,
 * nights, objects, a cone, exposure times) that is a sum of counts plus a look at the frames on its edge; with more,
 * the shortest path is walked once.
 */

import { separation } from "../sky/angle.ts";
import { cellCentre, cellRadius } from "../sky/healpix.ts";
import { dayOf, dayStart, PERIOD_DAYS, periodOf } from "./calendar.ts";
import { dimensionsOf, type Prepared, values } from "./conditions.ts";
import type { Statement } from "./database.ts";
import { isEdge, stepOf } from "./exposure-step.ts";
import { CELL_ORDER } from "./frame-row.ts";
import type { Path, Tallies } from "./paths.ts";
import type { Ask } from "./reader.ts";
import { addTo, type Counts, parseCounts, tallyId, tallyKey } from "./tally.ts";

/** Above so many rows, grouping in SQL (which reads twice) is cheaper than handing the rows over. */
const MOST_ROWS = 5000;

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
  const mine = new Set(p.combinations.map(({ id }) => id));
  const take = (more: Counts) => {
    for (const [id, count] of more) if (mine.has(id)) addTo(counts, id, count);
  };
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
  } else if (dimensions > 1) {
    await along();
  } else if (p.objects !== null) {
    for (const object of tallies.objects!.values()) take(object);
  } else if (tallies.cells !== null) {
    const edge: number[] = [];
    const { ra, dec, radius } = query.cone!;
    const size = cellRadius(CELL_ORDER);
    for (const [cell, held] of tallies.cells) {
      const distance = separation(ra, dec, ...cellCentre(CELL_ORDER, cell));
      if (distance + size < radius) take(held);
      else if (distance - size <= radius) edge.push(cell);
    }
    if (edge.length > 0) {
      await walk([under(`${values(edge)} k CROSS JOIN frame INDEXED BY frame_cell ON frame.cell = k.column1`)]);
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

/** Counts of days, in order, for ranges of days with both ends inside. */
export async function readDays(ask: Ask, ranges: [number, number][]): Promise<{ day: number; counts: Counts }[]> {
  if (ranges.length === 0) return [];
  const answers = await ask(
    ranges.map(([first, last]) => ({
      sql: "SELECT id, counts FROM tally WHERE id BETWEEN ? AND ? ORDER BY id",
      params: [tallyId("day", first), tallyId("day", last)],
    })),
  );
  return answers
    .flat()
    .map(({ id, counts }) => ({ day: tallyKey(id as number), counts: parseCounts(counts as string) }));
}
