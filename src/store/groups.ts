/**
 * Lists in an order whose values are counted: of the combination (site, filter, proposal …), the exposure time, OBJECT.
 * Frames of one value, or of one exposure step, are a group; how many of them the query finds is known beforehand.
 */
import { dayOfNight, nightOfDay, PERIOD_DAYS, periodOf } from "./calendar.ts";
import { readDayRows } from "./census.ts";
import { idSet } from "./choice.ts";
import { dimensionsOf, list, type Prepared, values } from "./conditions.ts";
import type { Row } from "./database.ts";
import { framesByPeriod } from "./date-window.ts";
import { isEdge, stepOf } from "./exposure-step.ts";
import type { Page } from "./frame.ts";
import { alongNights, type Path, pathOfRuns, stepsBetween, type Tallies } from "./paths.ts";
import type { Ask } from "./reader.ts";
import type { Combination, Snapshot } from "./snapshot.ts";
import { combinationValue, compareValues, isOfCombination, type SortValue } from "./sort.ts";
import { addTo, type Counts, NIGHTS, ofDay, parseCounts, tallyId } from "./tally.ts";

export interface Group {
  /** Of a cursor's value as well; groups stand in the order of their keys. */
  key: SortValue;
  /** Frames of the query in it. */
  frames: number;
  /** Leads to all of them. */
  path: Path;
  /** What tells them from other frames, along any way. */
  where: string;
  /** Whether they differ in what is sorted by. */
  mixed: boolean;
}

export interface Groups {
  keyOf(value: SortValue): SortValue;
  /** In order, or reverse: all, or those from a key on. What lies within the first `skip` frames may be one group. */
  from(key: SortValue | undefined, downwards: boolean, skip: number): AsyncIterable<Group>;
}

/** Objects read at once; each time more. */
const FIRST_OBJECTS = 50;
const MOST_OBJECTS = 1000;

/**
 * The groups of an order, or null where nothing counts them. `counts`: what the query finds, by combination; needed for
 * orders of the combination only.
 */
export async function groupsOf(
  ask: Ask,
  snapshot: Snapshot,
  p: Prepared,
  tallies: Tallies,
  counts: Counts,
  page: Page,
): Promise<Groups | null> {
  const others = dimensionsOf(p);
  if (isOfCombination(page.sort)) return ready(combinationGroups(snapshot, counts, page), (value) => value);
  if (page.sort === "exptime") {
    const { exptimeMin: min, exptimeMax: max } = p.query;
    const timed = min !== undefined || max !== undefined;
    // A limit within a step would have to be counted.
    const cut = [min, max].some((limit) => limit !== undefined && !isEdge(limit));
    if (cut || others !== Number(timed)) return null;
    return ready(stepGroups(snapshot, p), (value) => (value === null ? null : stepOf(value as number)));
  }
  if (page.sort === "night" && others === 0 && !(await oddNights(ask))) {
    return {
      keyOf: (value) => value,
      from: (key, downwards, skip) => nightGroups(ask, snapshot, p, key as number | undefined, downwards, skip),
    };
  }
  if (page.sort === "object" && others === Number(p.objects !== null)) {
    return {
      keyOf: (value) => value,
      from: (key, downwards) => objectGroups(ask, snapshot, p, tallies, key, downwards),
    };
  }
  return null;
}

function ready(groups: Group[], keyOf: Groups["keyOf"]): Groups {
  return {
    keyOf,
    async *from(key, downwards) {
      const sign = downwards ? -1 : 1;
      for (const group of groups.toSorted((a, b) => sign * compareValues(a.key, b.key))) {
        if (key === undefined || sign * compareValues(group.key, key) >= 0) yield group;
      }
    },
  };
}

function combinationGroups(snapshot: Snapshot, counts: Counts, page: Page): Group[] {
  const byValue = new Map<SortValue, { ids: number[]; frames: number }>();
  for (const [id, { frames }] of counts) {
    if (frames === 0) continue;
    const value = combinationValue(page.sort, snapshot.combinations.get(id)!)!;
    const group = byValue.get(value) ?? { ids: [], frames: 0 };
    byValue.set(value, group);
    group.ids.push(id);
    group.frames += frames;
  }
  return [...byValue].map(([key, { ids, frames }]) => ({
    key,
    frames,
    path: alongCombinations(snapshot, ids),
    where: `frame.combination IN ${list(ids)}`,
    mixed: false,
  }));
}

function alongCombinations(snapshot: Snapshot, ids: number[]): Path {
  const rows = ids.reduce((sum, id) => sum + snapshot.combinations.get(id)!.frames, 0);
  return pathOfRuns("combination", ids, rows);
}

/** Steps between the limits of the query, and the frames that have no exposure time. */
function stepGroups(snapshot: Snapshot, p: Prepared): Group[] {
  const { exptimeMin: min, exptimeMax: max } = p.query;
  const frames = new Map<number, number>();
  const untimed: Combination[] = [];
  let without = 0;
  for (const one of p.combinations) {
    let timed = 0;
    for (const [step, count] of one.exposures) {
      frames.set(step, (frames.get(step) ?? 0) + count.frames);
      timed += count.frames;
    }
    if (timed < one.frames) untimed.push(one);
    without += one.frames - timed;
  }
  const groups: Group[] = [...stepsBetween(snapshot, min, max)].map(([step, rows]) => ({
    key: step,
    frames: frames.get(step) ?? 0,
    path: pathOfRuns("step", [step], rows),
    where: `frame.step = ${step}`,
    mixed: step % 2 !== 0,
  }));
  if (min === undefined && max === undefined) {
    const path = alongCombinations(
      snapshot,
      untimed.map(({ id }) => id),
    );
    groups.push({ key: null, frames: without, path, where: "frame.step IS NULL", mixed: false });
  }
  return groups.filter((group) => group.frames > 0);
}

/**
 * Nights, a row a day: those before the period where the page begins are counted off in memory. Only where no frame's
 * night is another than the day of DATE_OBS or the one before (`oddNights`).
 */
async function* nightGroups(
  ask: Ask,
  snapshot: Snapshot,
  p: Prepared,
  key: number | undefined,
  downwards: boolean,
  skip: number,
): AsyncIterable<Group> {
  const mine = idSet(p.combinations);
  const held = framesByPeriod(p.combinations, { from: -8.64e15, to: 8.64e15 });
  const known = new Set(held.map(([period]) => period));
  const ordered = downwards ? held.toReversed() : held;
  const begin = key === undefined ? null : periodOf(dayOfNight(key));
  let passed = 0;
  let started = false;
  for (const [period, frames] of ordered) {
    if (!started && (begin === null ? passed + frames <= skip : downwards ? period > begin + 1 : period < begin - 1)) {
      passed += frames;
      continue;
    }
    const [first, last] = [period * PERIOD_DAYS, (period + 1) * PERIOD_DAYS - 1];
    // The night before the first day has frames on that, and belongs to the period before, if that is listed.
    const lead = (started || downwards) && known.has(period - 1) ? 0 : 1;
    const days = new Map((await readDayRows(ask, first - lead, last + 1)).map(({ day, counts }) => [day, counts]));
    const on = (day: number, nights?: number) =>
      new Map([...ofDay(days.get(day) ?? new Map(), nights)].filter(([id]) => mine.has(id)));
    if (!started && begin === null) {
      const edge = downwards ? last + 1 : first - 1;
      const sum = (counts: Counts) => [...counts.values()].reduce((all, count) => all + count.frames, 0);
      const before = sum(on(edge, NIGHTS.before));
      const counted = downwards ? passed - before : passed - sum(on(edge)) + before;
      yield { key: null, frames: counted, path: alongCombinations(snapshot, []), where: "false", mixed: false };
    }
    started = true;
    for (let i = first - lead; i <= last; i++) {
      const day = downwards ? first - lead + last - i : i;
      const night = nightOfDay(day);
      if (key !== undefined && (downwards ? night > key : night < key)) continue;
      const usual = on(day, NIGHTS.same);
      for (const [id, count] of on(day + 1, NIGHTS.before)) addTo(usual, id, count);
      const number = [...usual.values()].reduce((all, count) => all + count.frames, 0);
      const path = number === 0 ? null : alongNights(snapshot, p, new Map([[night, { usual, other: new Map() }]]));
      if (path !== null) yield { key: night, frames: number, path, where: `frame.night = ${night}`, mixed: false };
    }
  }
}

/** Whether a frame's night is neither the day of DATE_OBS nor the one before. One row. */
async function oddNights(ask: Ask): Promise<boolean> {
  const [rows] = await ask([
    {
      sql: "SELECT 1 FROM tally WHERE id BETWEEN ? AND ? LIMIT 1",
      params: [tallyId("night", 0), tallyId("night", 0) + tallyId("day", 0) - 1],
    },
  ]);
  return rows!.length > 0;
}

/** Objects by name, each with its count: two rows an object, read only as far as the page needs. */
async function* objectGroups(
  ask: Ask,
  snapshot: Snapshot,
  p: Prepared,
  tallies: Tallies,
  key: SortValue | undefined,
  downwards: boolean,
): AsyncIterable<Group> {
  const mine = new Map(p.combinations.map((one) => [one.id, one]));
  const unnamed = async (): Promise<Group[]> => {
    if (p.objects !== null) return [];
    const [rows] = await ask([{ sql: `SELECT counts FROM tally WHERE id = ${tallyId("object", 0)}` }]);
    const counts = [...parseCounts((rows![0]?.counts ?? "{}") as string)].filter(([id]) => mine.has(id));
    const frames = counts.reduce((sum, [, count]) => sum + count.frames, 0);
    const path = alongCombinations(
      snapshot,
      counts.map(([id]) => id),
    );
    return frames === 0 ? [] : [{ key: null, frames, path, where: "frame.object IS NULL", mixed: false }];
  };
  const groupOf = (id: number, name: string, counts: Counts): Group | null => {
    let frames = 0;
    const opens = new Set<number>();
    for (const [combination, count] of counts) {
      const one = mine.get(combination);
      if (one === undefined) continue;
      frames += count.frames;
      opens.add(2 * id + Number(one.embargo === 1));
    }
    const rows = [...counts.values()].reduce((sum, count) => sum + count.frames, 0);
    const path = pathOfRuns("object", [...opens], rows);
    return frames === 0 ? null : { key: name, frames, path, where: `frame.object = ${id}`, mixed: false };
  };
  if (!downwards && (key === undefined || key === null)) yield* await unnamed();
  if (downwards && key === null) {
    yield* await unnamed();
    return;
  }
  let after = key === null ? undefined : (key as string | undefined);
  const sign = downwards ? -1 : 1;
  if (p.objects !== null) {
    const [rows] = await ask([
      { sql: `SELECT object.id, name FROM ${values(p.objects)} k CROSS JOIN object ON object.id = k.column1` },
    ]);
    const named = rows!.map(({ id, name }) => ({ id: id as number, name: name as string }));
    for (const { id, name } of named.sort((a, b) => sign * compareValues(a.name, b.name))) {
      const counts = tallies.objects!.get(id);
      if (counts === undefined || (after !== undefined && sign * compareValues(name, after) < 0)) continue;
      const group = groupOf(id, name, counts);
      if (group !== null) yield group;
    }
    return;
  }
  for (let [size, inclusive] = [FIRST_OBJECTS, "="]; ; size = Math.min(2 * size, MOST_OBJECTS), inclusive = "") {
    const [rows]: Row[][] = await ask([
      {
        sql: `SELECT object.id, name, counts FROM object INDEXED BY object_name
          CROSS JOIN tally ON tally.id = ${tallyId("object", 0)} + object.id
          WHERE ${after === undefined ? "true" : `name ${downwards ? "<" : ">"}${inclusive} ?`}
          ORDER BY name ${downwards ? "DESC" : "ASC"} LIMIT ${size}`,
        params: after === undefined ? [] : [after],
      },
    ]);
    for (const { id, name, counts } of rows!) {
      const group = groupOf(id as number, name as string, parseCounts(counts as string));
      if (group !== null) yield group;
    }
    if (rows!.length < size) break;
    after = rows!.at(-1)!.name as string;
  }
  if (downwards) yield* await unnamed();
}
