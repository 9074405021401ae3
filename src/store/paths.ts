/**
 * Ways to the rows that a query may want. Each leads through a known number of rows and misses none; the conditions of
 * the query (`Prepared.where`) are tested on every row that it leads to.
 */
import { separation } from "../sky/angle.ts";
import { cellCentre, cellRadius, coneRanges } from "../sky/healpix.ts";
import { dayOf, dayOfNight, dayStart, nightStart, PERIOD_DAYS, periodOf } from "./calendar.ts";
import { idSet } from "./choice.ts";
import { type Prepared, values } from "./conditions.ts";
import type { Row } from "./database.ts";
import { stepOf } from "./exposure-step.ts";
import type { Ask } from "./reader.ts";
import { CELL_ORDER, keysOf, type Reach, radiusOf, rangesOf, reachOf, type Variant, variantsOf } from "./sky-cell.ts";
import type { Combination, Snapshot } from "./snapshot.ts";
import { addTo, type Counts, NIGHTS, ofDay, parseCounts, tallyId, tallyKey } from "./tally.ts";

export interface Path {
  /** `FROM` clause; the frames are `frame`. */
  from: string;
  /** Condition that belongs to the path. */
  where: string;
  /** Rows that it leads through; an estimate where nothing is counted. */
  rows: number;
  /** Runs that are each in order of DATE_OBS: `column` (SQL) is one of `keys`, found by `index`. */
  runs: { column: string; index: string; keys: number[] } | null;
  /** Whether it leads along all dates. */
  dated?: true;
  /** Whether it leads along all basenames. */
  named?: true;
}

/** Ways that are themselves an order. */
export const ALONG_IDS: Omit<Path, "rows"> = { from: "frame NOT INDEXED", where: "true", runs: null };
export const ALONG_NAMES: Omit<Path, "rows"> = {
  from: "stem INDEXED BY stem_text CROSS JOIN frame INDEXED BY frame_name ON frame.stem = stem.id",
  where: "true",
  runs: null,
  named: true,
};

/** Counts of objects, cells (of pointings) and nights that the query is about, by key. */
export interface Tallies {
  objects: Map<number, Counts> | null;
  cells: Map<number, Counts> | null;
  nights: Map<number, NightCounts> | null;
  /** Cells near the first region of the query, as far as any footprint reaches; null: too far. */
  near: { reach: Reach; cells: Map<number, Counts> } | null;
}

/** For questions of combinations and dates, which need none. */
export const UNTALLIED: Tallies = { objects: null, cells: null, nights: null, near: null };

export interface NightCounts {
  /** Frames whose night is the day of DATE_OBS or the one before, and all others. */
  usual: Counts;
  other: Counts;
}

const MOST_CELLS_RADIUS = 8;
/** A statement holds 100 KB. */
const MOST_KEYS = 4000;

/** Reads the counts of every dimension that the query has: one row an object or sky cell, two or three a night. */
export async function readTallies(ask: Ask, p: Prepared): Promise<Tallies> {
  const { cone } = p.query;
  const byCell = cone !== undefined && cone.radius <= MOST_CELLS_RADIUS;
  const byNight = p.nights !== null && p.nights.length <= MOST_KEYS / 3;
  const [region] = p.regions;
  const reach = region === undefined ? null : reachOf(region);
  const radii = reach === null ? [] : [...variantsOf(p.combinations)].map((variant) => radiusOf(variant, reach) ?? 0);
  const farthest = Math.max(0, ...radii);
  const near = reach !== null && farthest <= MOST_CELLS_RADIUS ? reach : null;
  const idsOf = (ids: number[]) =>
    ids.length === 0
      ? null
      : `SELECT tally.id, tally.counts FROM ${values(ids)} k CROSS JOIN tally ON tally.id = k.column1`;
  const parts = [
    idsOf((p.objects ?? []).map((key) => tallyId("object", key))),
    byCell ? cellIds([cone.ra, cone.dec], cone.radius, 12) : null,
    idsOf(byNight ? [...new Set(p.nights!.flatMap(nightIds))] : []),
    near === null ? null : cellIds(near.centre, farthest, 16),
  ];
  const asked = parts.filter((sql) => sql !== null);
  const answers = asked.length === 0 ? [] : await ask(asked.map((sql) => ({ sql })));
  const [byObject, byCells, byDay, byReach] = parts.map((sql) => (sql === null ? [] : answers.shift()!));
  return {
    objects: p.objects === null ? null : countsByKey(byObject!),
    cells: byCell ? countsByKey(byCells!) : null,
    nights: byNight ? nightCounts(p.nights!, byDay!) : null,
    near: near === null ? null : { reach: near, cells: countsByKey(byReach!) },
  };
}

/** Whether the counts already say that nothing is found. */
export function isNothing(p: Prepared, { objects, cells, nights, near }: Tallies): boolean {
  const mine = idSet(p.combinations);
  const none = (all: Iterable<Counts>) => ![...all].some((counts) => [...counts.keys()].some((id) => mine.has(id)));
  const byNight = nights === null ? null : [...nights.values()].flatMap(({ usual, other }) => [usual, other]);
  return [objects?.values(), cells?.values(), byNight, near?.cells.values()].some((all) => all != null && none(all));
}

function cellIds(centre: [number, number], radius: number, maxRanges: number): string {
  const ranges = coneRanges(...centre, radius, { order: CELL_ORDER, maxRanges });
  const rows = ranges.map(([first, last]) => `(${tallyId("cell", first)},${tallyId("cell", last)})`);
  return `SELECT tally.id, tally.counts FROM (VALUES ${rows.join(",")}) k
    CROSS JOIN tally ON tally.id BETWEEN k.column1 AND k.column2`;
}

function countsByKey(rows: Row[]): Map<number, Counts> {
  return new Map(rows.map(({ id, counts }) => [tallyKey(id as number), parseCounts(counts as string)]));
}

/** Rows that hold the frames of a night: its day, the day after, and the odd ones. */
function nightIds(night: number): number[] {
  const day = dayOfNight(night);
  return [tallyId("day", day), tallyId("day", day + 1), tallyId("night", day)];
}

/** Counts of nights, from rows of `tally` that `nightIds` names. */
export function nightCounts(nights: number[], rows: Row[]): Map<number, NightCounts> {
  const byId = new Map(rows.map(({ id, counts }) => [id as number, parseCounts(counts as string)]));
  return new Map(
    nights.map((night) => {
      const [day, next, odd] = nightIds(night).map((id) => byId.get(id) ?? new Map());
      const usual = ofDay(day!, NIGHTS.same);
      for (const [id, count] of ofDay(next!, NIGHTS.before)) addTo(usual, id, count);
      return [night, { usual, other: odd! }];
    }),
  );
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

/** What the indexes of runs begin with, and what their frames have in common. */
const RUNS = {
  combination: { column: "frame.combination", where: "true" },
  cell: { column: "frame.cell", where: "true" },
  step: { column: "frame.step", where: "true" },
  // Public and other frames apart: whoever sees one kind only does not meet the other.
  object: { column: "frame.object * 2 + frame.open", where: "frame.object IS NOT NULL" },
};

/** The way along some runs, each in order of DATE_OBS. */
export function pathOfRuns(kind: keyof typeof RUNS, keys: number[], rows: number): Path {
  const [{ column, where }, index] = [RUNS[kind], `frame_${kind}`];
  return {
    from: `${values(keys)} k CROSS JOIN frame INDEXED BY ${index} ON ${column} = k.column1`,
    where,
    rows,
    runs: { column, index, keys },
  };
}

/** Combinations among which a walk along all dates leads: only the public ones, if nothing else may be found. */
export function walked(snapshot: Snapshot, p: Prepared): readonly Combination[] {
  if (!p.combinations.every(({ embargo }) => embargo === 1)) return snapshot.held;
  return snapshot.derive("open", () => snapshot.held.filter(({ embargo }) => embargo === 1));
}

function alongDates(snapshot: Snapshot, p: Prepared): Path {
  const open = p.combinations.every(({ embargo }) => embargo === 1);
  return {
    from: open ? "frame INDEXED BY frame_open" : "frame INDEXED BY frame_date",
    where: open ? "frame.open = 1" : "true",
    rows: framesBetween(walked(snapshot, p), p.start, p.end),
    runs: null,
    dated: true,
  };
}

/**
 * Nights by the runs of their combinations: the counts tell which combinations have frames, and these know between
 * which hours. A night that is none of the two dates of its frame's UTC day leads along its whole combination.
 */
export function alongNights(snapshot: Snapshot, p: Prepared, nights: Map<number, NightCounts>): Path | null {
  const mine = idSet(p.combinations);
  const runs: string[] = [];
  let rows = 0;
  for (const [night, { usual, other }] of nights) {
    const start = nightStart(night);
    const ids = new Set([...usual.keys(), ...other.keys()].filter((id) => mine.has(id)));
    for (const id of ids) {
      const { nightFrom, nightTo, frames } = snapshot.combinations.get(id)!;
      if (other.has(id)) {
        runs.push(`(${id},-9e15,9e15,${night})`);
        rows += frames;
      } else {
        runs.push(`(${id},${start + nightFrom!},${start + nightTo!},${night})`);
        rows += usual.get(id)!.frames;
      }
    }
  }
  if (runs.length === 0 || runs.length > MOST_KEYS / 2) return null;
  return {
    from: `(VALUES ${runs.join(",")}) k CROSS JOIN frame INDEXED BY frame_combination ON frame.combination = k.column1
      AND frame.date_obs BETWEEN k.column2 AND k.column3 AND frame.night = k.column4`,
    where: "true",
    rows,
    runs: null,
  };
}

/** Between which moments the frames of the query's nights are, and what part of all frames is there. */
interface Hours {
  nights: [night: number, from: number, to: number][];
  share: number;
}

/** Null where a night has frames of days that it does not touch. */
function hoursOf(snapshot: Snapshot, p: Prepared, nights: Map<number, NightCounts>): Hours | null {
  const mine = idSet(p.combinations);
  const hours: Hours = { nights: [], share: 0 };
  let frames = 0;
  for (const [night, { usual, other }] of nights) {
    if ([...other.keys()].some((id) => mine.has(id))) return null;
    let [from, to] = [Number.POSITIVE_INFINITY, -Infinity];
    for (const [id, count] of usual) {
      frames += count.frames;
      if (!mine.has(id)) continue;
      const { nightFrom, nightTo } = snapshot.combinations.get(id)!;
      [from, to] = [Math.min(from, nightFrom!), Math.max(to, nightTo!)];
    }
    if (from <= to) hours.nights.push([night, nightStart(night) + from, nightStart(night) + to]);
  }
  // Nights before and after have frames between these moments as well.
  hours.share = Math.min(1, (2 * frames) / framesBetween(snapshot.held, null, null));
  return hours;
}

/** Runs between the moments of some nights; null: a statement would not hold them. */
function alongHours(kind: keyof typeof RUNS, keys: number[], rows: number, hours: Hours): Path | null {
  const runs = hours.nights.flatMap(([night, from, to]) => keys.map((key) => `(${key},${from},${to},${night})`));
  if (runs.length === 0 || runs.length > MOST_KEYS / 2) return null;
  const { column, where } = RUNS[kind];
  return {
    from: `(VALUES ${runs.join(",")}) k CROSS JOIN frame INDEXED BY frame_${kind} ON ${column} = k.column1
      AND frame.date_obs BETWEEN k.column2 AND k.column3 AND frame.night = k.column4`,
    where,
    rows: rows * hours.share + runs.length,
    runs: null,
  };
}

/** All ways that the query offers, the shortest first. There is always one: along the dates. */
export function pathsOf(snapshot: Snapshot, p: Prepared, tallies: Tallies): Path[] {
  const all = () => snapshot.combinations.values();
  const paths: Path[] = [alongDates(snapshot, p)];
  const hours = tallies.nights === null ? null : hoursOf(snapshot, p, tallies.nights);
  const runs = (kind: keyof typeof RUNS, keys: number[], rows: number) => {
    if (keys.length === 0 || keys.length > MOST_KEYS) return;
    paths.push(pathOfRuns(kind, keys, rows));
    const between = hours === null || kind === "combination" ? null : alongHours(kind, keys, rows, hours);
    if (between !== null) paths.push(between);
  };
  // Objects and cells are counted over all dates; a range takes its share.
  const dated =
    p.start === null && p.end === null ? 1 : framesBetween(all(), p.start, p.end) / framesBetween(all(), null, null);
  if (!p.everything) {
    const held = p.combinations.filter((one) => framesBetween([one], p.start, p.end) > 0);
    runs(
      "combination",
      held.map(({ id }) => id),
      framesBetween(held, p.start, p.end) + held.length,
    );
  }
  if (tallies.nights !== null) {
    const path = alongNights(snapshot, p, tallies.nights);
    if (path !== null) paths.push(path);
  }
  const mine = new Map(p.combinations.map((one) => [one.id, one]));
  if (tallies.objects !== null) {
    const keys: number[] = [];
    let rows = 0;
    for (const [object, counts] of tallies.objects) {
      const opens = new Set(chosenOf(counts, mine).map(openOf));
      for (const open of opens) keys.push(2 * object + open);
      for (const [id, { frames }] of counts) if (opens.has(openOf(snapshot.combinations.get(id)!))) rows += frames;
    }
    runs("object", keys, dated * rows);
  }
  if (tallies.cells !== null) {
    const keys = cellKeys(tallies.cells, mine);
    runs("cell", keys, dated * framesOf(tallies.cells.values()));
  }
  const { exptimeMin, exptimeMax, equals } = p.query;
  if (exptimeMin !== undefined || exptimeMax !== undefined) {
    const steps = stepsBetween(snapshot, exptimeMin, exptimeMax);
    runs(
      "step",
      [...steps.keys()],
      [...steps.values()].reduce((a, b) => a + b, 0),
    );
  }
  if (p.named !== null && p.named.length <= MOST_KEYS) {
    const from = `${values(p.named)} k CROSS JOIN frame ON frame.id = k.column1`;
    paths.push({ from, where: "true", rows: p.named.length, runs: null });
  }
  const names = p.names?.path ?? null;
  if (names !== null) paths.push({ ...names, rows: p.names!.share * framesBetween(all(), null, null) });
  for (const field of ["obsnum", "reqnum"] as const) {
    const wanted = equals?.[field];
    if (wanted === undefined || wanted.includes(null)) continue;
    // An observation or a request leads to a few frames: taken for granted, nothing counts them.
    const rows = wanted.length * { obsnum: 5, reqnum: 20 }[field];
    paths.push({ from: `frame INDEXED BY frame_${field}`, where: `frame.${field} IS NOT NULL`, rows, runs: null });
  }
  if (tallies.near !== null) {
    const { reach, cells } = tallies.near;
    const held = new Map([...cells].filter(([, counts]) => chosenOf(counts, mine).length > 0));
    const keys = cellKeys(held, mine, (variant, cell) => {
      const radius = radiusOf(variant, reach);
      const distance = separation(...reach.centre, ...cellCentre(CELL_ORDER, cell));
      return radius !== null && distance <= radius + cellRadius(CELL_ORDER);
    });
    runs("cell", keys, dated * framesOf(held.values()));
  }
  for (const region of p.regions.slice(tallies.near === null ? 0 : 1)) {
    const ranges = rangesOf(reachOf(region), variantsOf(p.combinations));
    if (ranges.length === 0 || ranges.length > MOST_KEYS / 2) continue;
    const from = `(VALUES ${ranges.map(([first, last]) => `(${first},${last})`).join(",")}) k
      CROSS JOIN frame INDEXED BY frame_cell ON frame.cell BETWEEN k.column1 AND k.column2`;
    // A twentieth of everything at most, as a region is worth asking for; nothing is counted here.
    paths.push({ from, where: "true", rows: framesBetween(all(), null, null) / 20, runs: null });
  }
  return paths.sort((a, b) => a.rows - b.rows);
}

function openOf({ embargo }: Combination): number {
  return Number(embargo === 1);
}

/** The combinations of the query that some counts have. */
function chosenOf(counts: Counts, mine: Map<number, Combination>): Combination[] {
  return [...counts.keys()].map((id) => mine.get(id)).filter((one) => one !== undefined);
}

/** Numbers of the index for cells, with what their combinations can have there. */
export function cellKeys(
  cells: Map<number, Counts>,
  mine: Map<number, Combination>,
  wanted: (variant: Variant, cell: number) => boolean = () => true,
): number[] {
  return [...cells].flatMap(([cell, counts]) =>
    keysOf(
      cell,
      [...variantsOf(chosenOf(counts, mine))].filter((variant) => wanted(variant, cell)),
    ),
  );
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
