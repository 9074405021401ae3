/**
 * Where in time a page lies: `offset` frames are counted off by periods (in memory) and days (one row each), not walked
 * over. Only for queries of combinations and dates: everything else is not counted by day.
 */
import { dayOf, dayStart, PERIOD_DAYS, periodOf } from "./calendar.ts";
import { census, readDays } from "./census.ts";
import { idSet } from "./choice.ts";
import type { Prepared } from "./conditions.ts";
import { periodBounds, UNTALLIED } from "./paths.ts";
import type { Ask } from "./reader.ts";
import type { Combination } from "./snapshot.ts";
import type { Counts } from "./tally.ts";

export interface Window {
  /** UTC milliseconds, both inside; holds the whole page. */
  from: number;
  to: number;
  /** Frames of the window, in the order of the list, before the page. */
  skip: number;
  /** The days of a part of the window that holds the whole page as well, and frames found there: where days were counted. */
  days?: { first: number; last: number; frames: number };
}

/** Frames that may be walked over rather than counted off: a day's counts cost a row as well. */
const FEW = 40;

/** `descending`: the newest come first. */
export async function windowOf(
  ask: Ask,
  p: Prepared,
  descending: boolean,
  offset: number,
  limit: number,
): Promise<Window> {
  const whole: Window = { from: p.start ?? -8.64e15, to: p.end ?? 8.64e15, skip: offset };
  const cut = (window: Window, first: number, last: number): Window => ({
    ...window,
    from: Math.max(window.from, first),
    to: Math.min(window.to, last),
  });
  const periods = framesByPeriod(p.combinations, whole);
  if (periods.length === 0) return whole;
  const ordered = descending ? periods.toReversed() : periods;
  // Periods that a bound cuts have more frames here than the query finds in them.
  let skip = offset;
  let at = 0;
  for (; at < ordered.length - 1; at++) {
    const [period, frames] = ordered[at]!;
    if (skip <= FEW) break;
    const [first, last] = periodBounds(period);
    let found = frames;
    if (first < whole.from || last > whole.to) {
      found = 0;
      const part = { ...p, start: Math.max(first, whole.from), end: Math.min(last, whole.to) };
      const counts = await census(ask, part, UNTALLIED, null);
      for (const count of counts.values()) found += count.frames;
    }
    if (skip < found) break;
    skip -= found;
  }
  // The end: enough whole periods after the one where the page begins. The last may be cut, hence one more.
  let enough = 0;
  let end = at;
  for (let i = at; i < ordered.length && enough < skip + limit; i++) {
    const [period, frames] = ordered[i]!;
    const [first, last] = periodBounds(period);
    end = i;
    if (first >= whole.from && last <= whole.to) enough += frames;
  }
  const [a, b] = [ordered[at]![0], ordered[end]![0]];
  const window = cut({ ...whole, skip }, periodBounds(Math.min(a, b))[0], periodBounds(Math.max(a, b))[1]);
  return skip > FEW ? byDay(ask, p, window, a, descending, limit) : window;
}

/** Counts whole days off, within the period where the page begins. */
async function byDay(
  ask: Ask,
  p: Prepared,
  window: Window,
  period: number,
  descending: boolean,
  limit: number,
): Promise<Window> {
  const days = await framesByDay(ask, p.combinations, period);
  const [first, last] = daysOf(period);
  let { skip } = window;
  let edge = descending ? Math.min(window.to, dayStart(last + 1) - 1) : Math.max(window.from, dayStart(first));
  const ordered = descending ? days.toReversed() : days;
  let [at, enough] = [0, 0];
  for (; at < ordered.length; at++) {
    const [day, frames] = ordered[at]!;
    const [dayFirst, dayLast] = [dayStart(day), dayStart(day + 1) - 1];
    // Days before the window, and the one that its bound cuts, which is walked.
    if (descending ? dayFirst > window.to : dayLast < window.from) continue;
    let found = frames;
    if (descending ? dayLast > window.to : dayFirst < window.from) {
      const part = { ...p, start: Math.max(dayFirst, window.from), end: Math.min(dayLast, window.to) };
      found = framesOf(await census(ask, part, UNTALLIED, null));
    }
    if (skip < found) {
      enough = found - skip;
      break;
    }
    skip -= found;
    edge = descending ? dayFirst - 1 : dayLast + 1;
  }
  const cut: Window = descending ? { ...window, to: edge, skip } : { ...window, from: edge, skip };
  let end = at;
  while (end < ordered.length && enough < limit) enough += ordered[++end]?.[1] ?? 0;
  if (end >= ordered.length) return cut;
  const [a, b] = [ordered[at]![0], ordered[end]![0]];
  return { ...cut, days: { first: Math.min(a, b), last: Math.max(a, b), frames: skip + enough } };
}

function framesOf(counts: Counts): number {
  let frames = 0;
  for (const count of counts.values()) frames += count.frames;
  return frames;
}

/** Sums over thousands of counts, kept as long as `choose` answers the same array; by day for each period asked for. */
const sums = new WeakMap<readonly Combination[], [number, number][]>();
const daySums = new WeakMap<readonly Combination[], Map<number, [number, number][]>>();

function daysOf(period: number): [first: number, last: number] {
  return [period * PERIOD_DAYS, (period + 1) * PERIOD_DAYS - 1];
}

/** Frames by day of one period, oldest first. */
async function framesByDay(
  ask: Ask,
  combinations: readonly Combination[],
  period: number,
): Promise<[number, number][]> {
  let known = daySums.get(combinations);
  if (known === undefined) daySums.set(combinations, (known = new Map()));
  let days = known.get(period);
  if (days === undefined) {
    const mine = idSet(combinations);
    const read = await readDays(ask, [daysOf(period)]);
    days = read.map(({ day, counts }) => [day, framesOf(new Map([...counts].filter(([id]) => mine.has(id))))]);
    known.set(period, days);
  }
  return days;
}

/** Frames by period, oldest first, of the periods that meet a window. */
export function framesByPeriod(
  combinations: readonly Combination[],
  { from, to }: Pick<Window, "from" | "to">,
): [number, number][] {
  let all = sums.get(combinations);
  if (all === undefined) {
    const frames = new Map<number, number>();
    for (const { periods } of combinations) {
      for (const [period, count] of periods) frames.set(period, (frames.get(period) ?? 0) + count.frames);
    }
    all = [...frames].sort((a, b) => a[0] - b[0]);
    sums.set(combinations, all);
  }
  const [first, last] = [periodOf(dayOf(from)), periodOf(dayOf(to))];
  return all.filter(([period]) => period >= first && period <= last);
}
