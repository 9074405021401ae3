/**
 * Ways to the rows that a query may want. Each leads through a known number of rows and misses none; the conditions of
 * the query (`Prepared.where`) are tested on every row that it leads to.
 */
import { boxOf } from "../sky/footprint.ts";
import { coneRanges } from "../sky/healpix.ts";
import { dayOf, dayStart, PERIOD_DAYS, periodOf } from "./calendar.ts";
import { type Prepared, values } from "./conditions.ts";
import type { Row } from "./database.ts";
import { stepOf } from "./exposure-step.ts";
import { CELL_ORDER } from "./frame-row.ts";
import type { Ask } from "./reader.ts";
import type { Combination, Snapshot } from "./snapshot.ts";
import { type Counts, parseCounts, tallyId, tallyKey } from "./tally.ts";

export interface Path {
  /** `FROM` clause; the frames are `frame`. */
  from: string;
  /** Condition that belongs to the path. */
  where: string;
  /** Rows that it leads through; an estimate where nothing is counted. */
  rows: number;
  /** Runs that are each in order of DATE_OBS: `column` of `frame` is one of `keys`, found by `index`. */
  runs: { column: string; index: string; keys: number[] } | null;
}

/** Counts of objects and cells that the query is about, by key. */
export interface Tallies {
  objects: Map<number, Counts> | null;
  cells: Map<number, Counts> | null;
}

const MOST_CELLS_RADIUS = 8;

/** Reads the counts of every dimension that the query has: one row an object or sky cell. */
export async function readTallies(ask: Ask, p: Prepared): Promise<Tallies> {
  const parts: string[] = [];
  const ids = (kind: "object", keys: number[]) =>
    `SELECT tally.id, tally.counts FROM ${values(keys.map((key) => tallyId(kind, key)))} k
      CROSS JOIN tally ON tally.id = k.column1`;
  if (p.objects !== null && p.objects.length > 0) parts.push(ids("object", p.objects));
  const { cone } = p.query;
  const byCell = cone !== undefined && cone.radius <= MOST_CELLS_RADIUS;
  if (byCell) {
    const ranges = coneRanges(cone.ra, cone.dec, cone.radius, { order: CELL_ORDER, maxRanges: 32 });
    const rows = ranges.map(([first, last]) => `(${tallyId("cell", first)},${tallyId("cell", last)})`);
    parts.push(`SELECT tally.id, tally.counts FROM (VALUES ${rows.join(",")}) k
      CROSS JOIN tally ON tally.id BETWEEN k.column1 AND k.column2`);
  }
  const answers = parts.length === 0 ? [] : await ask(parts.map((sql) => ({ sql })));
  const mapOf = (rows: Row[] | undefined) =>
    new Map((rows ?? []).map(({ id, counts }) => [tallyKey(id as number), parseCounts(counts as string)]));
  return {
    objects: p.objects === null ? null : mapOf(p.objects.length === 0 ? [] : answers.shift()),
    cells: byCell ? mapOf(answers.shift()) : null,
  };
}

/** Frames of some combinations between two dates, both null for no bound; whole periods, so never too few. */
export function framesBetween(combinations: Iterable<Combination>, start: number | null, end: number | null): number {
  const first = start === null ? -Infinity : periodOf(dayOf(start));
  const last = end === null ? Infinity : periodOf(dayOf(end));
  let frames = 0;
  for (const one of combinations) {
    if (start === null && end === null) frames += one.frames;
    else for (const [period, count] of one.periods) if (period >= first && period <= last) frames += count.frames;
  }
  return frames;
}

/** Bounds of a period in milliseconds, both inside. */
export function periodBounds(period: number): [number, number] {
  return [dayStart(period * PERIOD_DAYS), dayStart((period + 1) * PERIOD_DAYS) - 1];
}

function framesOf(tallies: Iterable<Counts>): number {
  let frames = 0;
  for (const counts of tallies) for (const count of counts.values()) frames += count.frames;
  return frames;
}

/** The way along the runs of a column, each in order of DATE_OBS. */
export function pathOfRuns(column: string, keys: number[], rows: number): Path {
  const index = `frame_${column}`;
  return {
    from: `${values(keys)} k CROSS JOIN frame INDEXED BY ${index} ON frame.${column} = k.column1`,
    where: "true",
    rows,
    runs: { column, index, keys },
  };
}

/** Nights are not counted: the frames of their periods, evenly spread. Frames of other nights come cheap here. */
function framesOfNights(snapshot: Snapshot, nights: number[]): number {
  const periods = nights.map((night) => periodOf(dayOf(night * 86_400_000)));
  let frames = 0;
  for (const { periods: held } of snapshot.combinations.values()) {
    for (const period of periods) frames += held.get(period)?.frames ?? 0;
  }
  return Math.ceil(frames / PERIOD_DAYS);
}

/** All ways that the query offers, the shortest first. There is always one: along the dates. */
export function pathsOf(snapshot: Snapshot, p: Prepared, tallies: Tallies): Path[] {
  const all = () => snapshot.combinations.values();
  const paths: Path[] = [
    {
      from: "frame INDEXED BY frame_date",
      where: "true",
      rows: framesBetween(all(), p.start, p.end),
      runs: null,
    },
  ];
  const runs = (column: string, keys: number[], rows: number) => paths.push(pathOfRuns(column, keys, rows));
  // Objects and cells are counted over all dates; a range takes its share.
  const dated =
    p.start === null && p.end === null ? 1 : framesBetween(all(), p.start, p.end) / framesBetween(all(), null, null);
  if (!p.everything) {
    const held = p.combinations.filter((one) => framesBetween([one], p.start, p.end) > 0);
    const ids = held.map(({ id }) => id);
    if (ids.length > 0) runs("combination", ids, framesBetween(held, p.start, p.end) + ids.length);
  }
  if (p.nights !== null && p.nights.length > 0) runs("night", p.nights, framesOfNights(snapshot, p.nights));
  if (tallies.objects !== null && tallies.objects.size > 0) {
    runs("object", [...tallies.objects.keys()], dated * framesOf(tallies.objects.values()));
  }
  if (tallies.cells !== null && tallies.cells.size > 0) {
    runs("cell", [...tallies.cells.keys()], dated * framesOf(tallies.cells.values()));
  }
  const { exptimeMin, exptimeMax, equals } = p.query;
  if (exptimeMin !== undefined || exptimeMax !== undefined) {
    const steps = stepsBetween(snapshot, exptimeMin, exptimeMax);
    const keys = [...steps.keys()];
    if (keys.length > 0 && keys.length < 5000)
      runs(
        "step",
        keys,
        [...steps.values()].reduce((a, b) => a + b, 0),
      );
  }
  for (const field of ["basename", "obsnum", "reqnum"] as const) {
    const wanted = equals?.[field];
    if (wanted === undefined || wanted.includes(null)) continue;
    // A name leads to one frame, an observation or a request to a few: taken for granted, nothing counts them.
    const rows = wanted.length * { basename: 1, obsnum: 5, reqnum: 20 }[field];
    paths.push({ from: `frame INDEXED BY frame_${field}`, where: `frame.${field} IS NOT NULL`, rows, runs: null });
  }
  for (const { region } of p.regions) {
    const { min, max } = boxOf(region);
    const inside = ["x", "y", "z"]
      .map((axis, i) => `outline.${axis}0 <= ${max[i]} AND outline.${axis}1 >= ${min[i]}`)
      .join(" AND ");
    // A twentieth of everything at most, as a region is worth asking for; the R*Tree keeps no counts.
    const rows = Math.min(200, framesBetween(snapshot.combinations.values(), null, null) / 20);
    paths.push({ from: "outline CROSS JOIN frame ON frame.id = outline.id", where: inside, rows, runs: null });
  }
  return paths.sort((a, b) => a.rows - b.rows);
}

/** Exposure steps with frames that a limit leaves or cuts, with their frames. */
export function stepsBetween(
  snapshot: Snapshot,
  min: number | undefined,
  max: number | undefined,
): Map<number, number> {
  const [low, high] = [min === undefined ? -Infinity : stepOf(min), max === undefined ? Infinity : stepOf(max)];
  const steps = new Map<number, number>();
  for (const { exposures } of snapshot.combinations.values()) {
    for (const [step, { frames }] of exposures) {
      if (step >= low && step <= high) steps.set(step, (steps.get(step) ?? 0) + frames);
    }
  }
  return steps;
}
