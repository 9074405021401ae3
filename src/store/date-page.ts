/** A page in order of DATE_OBS, the order of nearly every list, by whichever way reads the fewest rows. */

import { dayStart } from "./calendar.ts";
import { readDays } from "./census.ts";
import { idSet } from "./choice.ts";
import { isDated, type Prepared, type Sql } from "./conditions.ts";
import type { Row } from "./database.ts";
import { framesByPeriod, type Window, windowOf } from "./date-window.ts";
import type { Page } from "./frame.ts";
import { collect, pageOf, rowsOf } from "./listing.ts";
import { type Direction, merged } from "./merge.ts";
import { framesBetween, type Path, pathOfRuns, walked } from "./paths.ts";
import type { Ask } from "./reader.ts";
import type { Snapshot } from "./snapshot.ts";
import { beyond, type Cursor } from "./sort.ts";

/** Rows that are handed over at most to be sorted in memory. */
const MOST_GATHERED = 20_000;
/** A statement holds 100 KB. */
const MOST_RUNS = 5000;
/** Pages this cheap are not looked for by another way: the counts of its days are rows as well. */
const FEW = 100;

export async function datePage(
  ask: Ask,
  snapshot: Snapshot,
  p: Prepared,
  paths: Path[],
  page: Page,
  cursor: Cursor | null,
  count: number,
  columns: string,
): Promise<{ rows: Row[]; more: boolean }> {
  const reverse = cursor?.backwards ?? false;
  const direction: Direction = { newestFirst: page.descending !== reverse, highestFirst: reverse };
  // One more row than asked for tells whether a cursor's list goes on.
  const limit = page.limit + (cursor === null ? 0 : 1);
  const bounded = cursor === null ? p : withCursor(p, page, cursor, direction);
  const counted = isDated(p);
  const window: Window = counted
    ? await windowOf(ask, bounded, direction.newestFirst, cursor === null ? page.offset : 0, limit)
    : { from: bounded.start ?? -8.64e15, to: bounded.end ?? 8.64e15, skip: cursor === null ? page.offset : 0 };
  const inside = within(bounded, window);
  const wanted = window.skip + limit;
  const everything = sum(framesByPeriod(walked(snapshot, p), window));
  const matches = Math.max(1, counted ? sum(framesByPeriod(p.combinations, window)) : count);
  const date = paths.find(({ dated }) => dated)!;
  let best = { cost: Math.min(everything, (wanted * everything) / matches), run: () => straight(date) };
  const offer = (cost: number, run: () => Promise<Row[]>) => {
    if (cost < best.cost) best = { cost, run };
  };
  const straight = async (path: Path): Promise<Row[]> => {
    const order = `frame.date_obs ${direction.newestFirst ? "DESC" : "ASC"}, frame.id ${reverse ? "DESC" : "ASC"}`;
    const [rows] = await ask([
      {
        sql: `SELECT ${columns} FROM ${path.from} WHERE ${path.where} AND ${inside.where.text}
          ORDER BY ${order} LIMIT ${limit} OFFSET ${window.skip}`,
        params: inside.where.params,
      },
    ]);
    return rows!;
  };
  const gather = async (path: Path, asked = inside): Promise<Row[]> => {
    const found = (await collect(ask, snapshot, asked, path, page))!;
    const part = { ...page, limit, offset: window.skip, descending: direction.newestFirst };
    return rowsOf(ask, pageOf(found, part, null, reverse).ids, columns);
  };
  // Reading all that is found there, and then the page.
  if (window.days !== undefined && best.cost > Math.max(FEW, window.days.frames + limit)) {
    // What these days have of each combination is counted: the frames found are all that is read.
    const mine = idSet(p.combinations);
    const { first, last } = window.days;
    const held = (await readDays(ask, [[first, last]])).flatMap(({ counts }) =>
      [...counts].filter(([id]) => mine.has(id)),
    );
    const path = pathOfRuns(
      "combination",
      [...new Set(held.map(([id]) => id))],
      held.reduce((rows, [, { frames }]) => rows + frames, 0),
    );
    const span = {
      ...window,
      from: Math.max(window.from, dayStart(first)),
      to: Math.min(window.to, dayStart(last + 1) - 1),
    };
    offer(path.rows + path.runs!.keys.length + limit, () => gather(path, within(bounded, span)));
  }
  for (const path of paths) {
    if (path === date) continue;
    const runs = path.runs === null ? null : runsIn(path, inside, window);
    const rows = Math.max(1, runs?.rows ?? path.rows);
    const share = Math.min(1, matches / rows);
    if (rows <= MOST_GATHERED) {
      offer(rows + limit, () => gather(runs ?? path));
    }
    if (runs === null) continue;
    const [only] = runs.runs!.keys;
    if (runs.runs!.keys.length === 1) {
      const { column, index } = runs.runs!;
      const single = { ...runs, from: `frame INDEXED BY ${index}`, where: `${runs.where} AND ${column} = ${only}` };
      offer(wanted / share, () => straight(single));
    } else if (runs.runs!.keys.length <= MOST_RUNS) {
      offer(limit + (wanted + runs.runs!.keys.length) * (2 + 1 / share), async () => {
        const { text, params } = merged(inside, runs, direction, window.skip, limit, columns);
        return (await ask([{ sql: text, params }]))[0]!;
      });
    }
  }
  const rows = await best.run();
  const more = rows.length > page.limit;
  const kept = rows.slice(0, page.limit);
  return { rows: reverse ? kept.toReversed() : kept, more };
}

function sum(frames: [number, number][]): number {
  return frames.reduce((total, [, more]) => total + more, 0);
}

function withCursor(p: Prepared, page: Page, cursor: Cursor, { newestFirst }: Direction): Prepared {
  const at = cursor.value as number;
  const bounds = newestFirst ? { end: Math.min(p.end ?? at, at) } : { start: Math.max(p.start ?? at, at) };
  return { ...p, ...bounds, where: both(p.where, beyond(page.sort, page.descending, cursor)) };
}

function within(p: Prepared, { from, to }: Window): Prepared {
  const bounds = [from > -8.64e15 ? `frame.date_obs >= ${from}` : "", to < 8.64e15 ? `frame.date_obs <= ${to}` : ""];
  const text = bounds.filter(Boolean).join(" AND ");
  return text === "" ? p : { ...p, where: both({ text, params: [] }, p.where) };
}

function both(a: Sql, b: Sql): Sql {
  return { text: `${a.text} AND ${b.text}`, params: [...a.params, ...b.params] };
}

/** The path without the runs that have nothing in the window, as far as that is known. */
function runsIn(path: Path, p: Prepared, { from, to }: Window): Path {
  if (path.runs!.column !== "frame.combination") return path;
  const held = p.combinations.filter((one) => framesBetween([one], from, to) > 0);
  const keys = held.map(({ id }) => id);
  if (keys.length === 0) return path;
  return pathOfRuns("combination", keys, framesBetween(held, from, to) + keys.length);
}
