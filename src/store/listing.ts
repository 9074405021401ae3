/** Pages of a list: which ids, in which order. */
import { covers, intersects } from "../sky/footprint.ts";
import { type Prepared, type RegionTest, values } from "./conditions.ts";
import type { Row } from "./database.ts";
import type { Page } from "./frame.ts";
import { BARE_COLUMNS, FRAME_COLUMNS, footprintOf } from "./frame-row.ts";
import { meet } from "./lookups.ts";
import type { Path } from "./paths.ts";
import type { Ask } from "./reader.ts";
import type { Snapshot } from "./snapshot.ts";
import {
  beyond,
  beyondName,
  type Cursor,
  comparePlaces,
  orderBy,
  type Place,
  sortColumns,
  sortExpression,
  sortValue,
} from "./sort.ts";

/** A frame found, with what counts and orders need of it. */
export interface Found extends Place {
  combination: number;
  size: number;
  /** As it was read. */
  row: Row;
}

/**
 * Every frame that a query finds, in no order, along one path. Regions are decided here, exactly. `whole`: rows have all
 * of FRAME_COLUMNS. Null where there are more than `most` (not for regions).
 */
export async function collect(
  ask: Ask,
  snapshot: Snapshot,
  p: Prepared,
  path: Path,
  page: Page,
  { whole = false, most = Infinity }: { whole?: boolean; most?: number } = {},
): Promise<Found[] | null> {
  const everything = page.bare ? BARE_COLUMNS : FRAME_COLUMNS;
  const columns = new Set(["id", "combination", "size", ...sortColumns(page.sort)]);
  if (p.regions.length > 0) for (const column of ["ra", "dec"]) columns.add(column);
  const outline = p.regions.length === 0 ? "" : ", hex(frame.footprint) AS footprint";
  const some = [...columns].map((column) => `frame.${column}`).join(", ") + outline;
  const [rows] = await ask([
    {
      sql: `SELECT ${whole ? everything : some} FROM ${path.from} WHERE ${path.where} AND ${p.where.text}
        ${most === Infinity ? "" : `LIMIT ${most + 1}`}`,
      params: p.where.params,
    },
  ]);
  if (rows!.length > most) return null;
  const found = p.regions.length === 0 ? rows! : rows!.filter((row) => inRegions(row, p.regions));
  await meet(ask, snapshot, found);
  return found.map((row) => ({
    id: row.id as number,
    combination: row.combination as number,
    size: row.size as number,
    value: sortValue(page.sort, row, snapshot),
    row,
  }));
}

function inRegions(row: Row, regions: RegionTest[]): boolean {
  const corners = footprintOf(row);
  if (corners === null) return false;
  return regions.every(({ how, region }) => (how === "covers" ? covers : intersects)(corners, region));
}

/**
 * The page's ids among frames that are all known. `highestFirst`: ties by descending id. `more`: whether the list
 * goes on in the direction of reading.
 */
export function pageOf(
  found: Found[],
  page: Page,
  cursor: Cursor | null,
  highestFirst = false,
): { ids: number[]; more: boolean } {
  const compare = comparePlaces(page.descending, highestFirst);
  const sorted = found.toSorted(compare);
  let from = page.offset;
  let to = page.offset + page.limit;
  if (cursor !== null) {
    if (cursor.backwards) {
      const before = sorted.findIndex((place) => compare(place, cursor) >= 0);
      to = before < 0 ? sorted.length : before;
      from = Math.max(0, to - page.limit);
    } else {
      const after = sorted.findIndex((place) => compare(place, cursor) > 0);
      from = after < 0 ? sorted.length : after;
      to = from + page.limit;
    }
  }
  const more = cursor?.backwards ? from > 0 : to < sorted.length;
  return { ids: sorted.slice(from, to).map(({ id }) => id), more };
}

/** The page's rows read in order along a path; `columns` as FRAME_COLUMNS. One row more than asked for tells `more`. */
export async function walk(
  ask: Ask,
  p: Prepared,
  path: Path,
  page: Page,
  cursor: Cursor | null,
  columns: string,
): Promise<{ rows: Row[]; more: boolean }> {
  const onward =
    cursor === null
      ? { text: "true", params: [] }
      : path.named
        ? beyondName(page.descending, cursor)
        : beyond(page.sort, page.descending, cursor);
  const expressions = path.named ? ["stem.text", "frame.tail"] : [sortExpression(page.sort)];
  const reverse = cursor?.backwards ?? false;
  const [rows] = await ask([
    {
      sql: `SELECT ${columns} FROM ${path.from} WHERE ${path.where} AND ${p.where.text} AND ${onward.text}
        ORDER BY ${orderBy(expressions, page.descending, reverse)} LIMIT ? OFFSET ?`,
      params: [
        ...p.where.params,
        ...onward.params,
        page.limit + (cursor === null ? 0 : 1),
        cursor === null ? page.offset : 0,
      ],
    },
  ]);
  const more = rows!.length > page.limit;
  const kept = rows!.slice(0, page.limit);
  return { rows: reverse ? kept.reverse() : kept, more };
}

/** Rows of frames by id, in the order given; what is not there is left out. */
export async function rowsOf(ask: Ask, ids: number[], columns = FRAME_COLUMNS): Promise<Row[]> {
  if (ids.length === 0) return [];
  const parts: number[][] = [];
  // A statement holds 100 KB.
  for (let i = 0; i < ids.length; i += 5000) parts.push(ids.slice(i, i + 5000));
  const answers = await ask(
    parts.map((part) => ({
      sql: `SELECT ${columns} FROM ${values(part)} k CROSS JOIN frame ON frame.id = k.column1`,
    })),
  );
  const byId = new Map(answers.flat().map((row) => [row.id as number, row]));
  return ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
}
