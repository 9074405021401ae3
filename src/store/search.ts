/** Lists and aggregates: from a query to frames and counts. The parts are in conditions, paths, census and listing. */

import { census, isField } from "./census.ts";
import { type CombinationField, choiceKey, choose, momentOf } from "./choice.ts";
import { dimensionsOf, type Prepared, prepare } from "./conditions.ts";
import type { Row } from "./database.ts";
import { datePage } from "./date-page.ts";
import type { Aggregate, FrameList, FrameQuery, ListedFrame, Page, Sight } from "./frame.ts";
import { BARE_COLUMNS, FRAME_COLUMNS, frameOf } from "./frame-row.ts";
import { groupPage } from "./group-page.ts";
import { groupsOf } from "./groups.ts";
import { collect, pageOf, rowsOf, walk } from "./listing.ts";
import { meet } from "./lookups.ts";
import { findNames } from "./name-search.ts";
import { findObjects } from "./object-search.ts";
import {
  ALONG_IDS,
  ALONG_NAMES,
  isNothing,
  type Path,
  pathsOf,
  readTallies,
  type Tallies,
  UNTALLIED,
} from "./paths.ts";
import type { Ask, Reader } from "./reader.ts";
import { idsOf, relatedIds } from "./relations.ts";
import type { Combination, Snapshot } from "./snapshot.ts";
import { isOfCombination, readCursor, refuseLong, sortValue, writeCursor } from "./sort.ts";
import { addTo, type Counts } from "./tally.ts";

/** Paths this short are read whole, once, instead of counted and then read. */
const SHORT = 100;
/** And these, where their way has no order that a page could be taken from. */
const LISTED = 400;
/** As many frames are sorted rather than counted off by objects or exposure times. */
const FEW = 2000;
/** Where frames are counted by walking a path anyway, the same walk finds the page, if it leads through so many or to them. */
const LONG = 20_000;

interface Plan {
  p: Prepared;
  tallies: Tallies;
  paths: Path[];
}

/** Null where nothing can be found. */
export async function plan(ask: Ask, reader: Reader, query: FrameQuery, sight: Sight): Promise<Plan | null> {
  if (choose(reader.snapshot, query, sight).length === 0) return null;
  const objects = await findObjects(ask, query.objectContains);
  const named = await findNamed(ask, reader.snapshot, query.equals?.basename, sight);
  const names = await findNames(ask, reader.snapshot, query.basenameContains);
  const p = prepare(reader.snapshot, query, sight, objects, named, names);
  if ([objects, named, p.nights].some((kind) => kind?.length === 0) || p.combinations.length === 0) return null;
  const tallies = await readTallies(ask, p);
  if (isNothing(p, tallies)) return null;
  return { p, tallies, paths: plainPaths(reader.snapshot, p) ?? pathsOf(reader.snapshot, p, tallies) };
}

/** Ways of queries that ask for nothing but combinations, by these: the same until something changes. */
const ways = new WeakMap<readonly Combination[], Path[]>();

function plainPaths(snapshot: Snapshot, p: Prepared): Path[] | null {
  if (dimensionsOf(p) > 0) return null;
  let paths = ways.get(p.combinations);
  if (paths === undefined) ways.set(p.combinations, (paths = pathsOf(snapshot, p, UNTALLIED)));
  return paths;
}

export function list(reader: Reader, query: FrameQuery, page: Page, sight: Sight): Promise<FrameList> {
  const cursor = readCursor(page);
  const columns = page.bare ? BARE_COLUMNS : FRAME_COLUMNS;
  return reader.steady(momentOf(query, sight), async (ask) => {
    const planned = await plan(ask, reader, query, sight);
    if (planned === null) return { count: 0, frames: [], next: null, previous: null };
    const { p, tallies, paths } = planned;
    const path = paths[0]!;
    let count = 0;
    let rows: Row[] = [];
    let more: boolean;
    const tallied = p.regions.length === 0 && isTallied(p, tallies, path);
    // A short way is read once, with everything; regions are not counted, so theirs may be long.
    const whole = path.rows <= (inOrder(path) ? SHORT : LISTED) && p.regions.length === 0;
    // Where nothing counts, a long way is read once as well, if it leads to few frames: twice were count and page.
    const most = tallied || p.regions.length > 0 || path.rows <= LONG ? Infinity : LONG;
    const found = !tallied || whole ? await collect(ask, reader.snapshot, p, path, page, { whole, most }) : null;
    if (found !== null) {
      count = found.length;
      const { ids, more: beyond } = pageOf(found, page, cursor);
      more = beyond;
      if (whole) {
        const byId = new Map(found.map(({ row }) => [row.id, row]));
        rows = ids.map((id) => byId.get(id)!);
      } else rows = await rowsOf(ask, ids, columns);
    } else {
      // Where nothing but combinations is asked for, a sum does, unless the page needs the parts.
      const plain = dimensionsOf(p) === 0 && !isOfCombination(page.sort);
      const counts: Counts = plain ? new Map() : await census(ask, p, tallies, path);
      if (plain) count = p.frames;
      for (const { frames } of counts.values()) count += frames;
      if (page.limit === 0) more = page.offset < count;
      else if (page.sort === "dateObs") {
        ({ rows, more } = await datePage(ask, reader.snapshot, p, paths, page, cursor, count, columns));
      } else {
        const groups =
          path.rows <= FEW && !isOfCombination(page.sort)
            ? null
            : await groupsOf(ask, reader.snapshot, p, tallies, counts, page);
        if (groups !== null) ({ rows, more } = await groupPage(ask, reader.snapshot, p, groups, page, cursor, columns));
        else {
          const ordered = orderedPath(page, paths, count);
          if (ordered === null) refuseLong(page.sort, count);
          ({ rows, more } = await walk(ask, p, ordered ?? path, page, cursor, columns));
        }
      }
      if (cursor === null) more = page.offset + rows.length < count;
    }
    const frames = await complete(ask, reader, rows, sight);
    const place = (row: Row) => ({ id: row.id as number, value: sortValue(page.sort, row, reader.snapshot) });
    const backwards = cursor?.backwards ?? false;
    const onward = backwards ? true : more;
    const back = cursor === null ? page.offset > 0 : backwards ? more : true;
    return {
      count,
      frames,
      next: rows.length > 0 && onward ? writeCursor(page, place(rows.at(-1)!), false) : null,
      previous: rows.length > 0 && back ? writeCursor(page, place(rows[0]!), true) : null,
    };
  });
}

/** Ids of frames by basename that may be seen, or null where none is asked for. Names are never null. */
async function findNamed(
  ask: Ask,
  snapshot: Snapshot,
  names: (string | number | null)[] | undefined,
  sight: Sight,
): Promise<number[] | null> {
  if (names === undefined) return null;
  const wanted = new Set(names.filter((name) => name !== null).map(String));
  return [...(await idsOf(ask, snapshot, [...wanted], sight)).values()];
}

/** The way in the very order of the list, where there is one and it is shorter than reading and sorting everything. */
function orderedPath(page: Page, paths: Path[], count: number): Path | null {
  const way = { id: ALONG_IDS, basename: ALONG_NAMES }[page.sort as string];
  if (way === undefined) return null;
  const all = paths.find(({ dated }) => dated)!;
  const rows = ((page.offset + page.limit) * all.rows) / Math.max(1, count);
  return rows < paths[0]!.rows ? { ...way, rows } : null;
}

/** Whether a page can be read off a way without reading all of it. */
function inOrder({ runs, dated }: Path): boolean {
  return runs !== null || dated === true;
}

/** Whether the count comes from tallies, at most some edge aside. */
function isTallied(p: Prepared, tallies: Tallies, path: Path): boolean {
  const { cells, nights } = tallies;
  if (isField(p, tallies, path)) return true;
  if (dimensionsOf(p) > 1 || p.others > 0) return false;
  return (p.query.cone === undefined || cells !== null) && (p.nights === null || nights !== null);
}

/** Rows with everything that other tables say about them. */
export async function complete(ask: Ask, reader: Reader, rows: Row[], sight: Sight): Promise<ListedFrame[]> {
  await meet(ask, reader.snapshot, rows);
  const related = await relatedIds(ask, reader.snapshot, rows, sight);
  return rows.map((row) => ({
    ...frameOf(row, reader.snapshot),
    relatedIds: related.get(row.id as number) ?? [],
  }));
}

const FACETS = ["imagetyp", "siteid", "telid", "instrume", "filter", "rlevel", "binning", "propid"] as const;

export function aggregate(reader: Reader, query: FrameQuery, sight: Sight, facets: boolean): Promise<Aggregate> {
  const { snapshot } = reader;
  return reader.steady(momentOf(query, sight), async (ask) => {
    // With facets every field's own filter is left out in turn, so the counts must reach over all of these.
    const wide: FrameQuery = facets ? { ...query, equals: withoutFields(query) } : query;
    const planned = await plan(ask, reader, wide, sight);
    if (planned === null) return summary(snapshot, new Map(), query, sight, facets);
    const { p } = planned;
    if (dimensionsOf(p) > 0) return summary(snapshot, await countsOf(ask, snapshot, planned), query, sight, facets);
    const key = `aggregate ${facets} ${choiceKey(query, sight)}`;
    const counts = () => new Map(p.combinations.map((one) => [one.id, one]));
    return snapshot.derive(key, () => summary(snapshot, counts(), query, sight, facets));
  });
}

/** `counts`: what the query finds, by combination; with `facets` whatever filters of combinations it has. */
function summary(snapshot: Snapshot, counts: Counts, query: FrameQuery, sight: Sight, facets: boolean): Aggregate {
  const within = (field?: CombinationField) =>
    choose(snapshot, query, sight, field).flatMap((one) => {
      const count = counts.get(one.id);
      return count === undefined || count.frames === 0 ? [] : [{ one, ...count }];
    });
  const found = within();
  const choices = <T>(field: CombinationField) => {
    const byValue = new Map<T, number>();
    for (const { one, frames } of facets ? within(field) : found) {
      const value = one[field] as T;
      byValue.set(value, (byValue.get(value) ?? 0) + frames);
    }
    return byValue;
  };
  return {
    count: found.reduce((sum, { frames }) => sum + frames, 0),
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    ...(Object.fromEntries(FACETS.map((field) => [field, choices(field)])) as Omit<Aggregate, "count" | "bytes">),
  };
}

function withoutFields(query: FrameQuery): FrameQuery["equals"] {
  const rest = { ...query.equals };
  for (const field of FACETS) delete rest[field];
  return rest;
}

async function countsOf(ask: Ask, snapshot: Snapshot, { p, tallies, paths }: Plan): Promise<Counts> {
  if (p.regions.length === 0) return census(ask, p, tallies, paths[0]!);
  const page = { sort: "id", descending: false, limit: 0, offset: 0 } as const;
  const counts: Counts = new Map();
  for (const { combination, size } of (await collect(ask, snapshot, p, paths[0]!, page))!) {
    addTo(counts, combination, { frames: 1, bytes: size });
  }
  return counts;
}
