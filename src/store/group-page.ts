/**
 * A page in order of something that the combination says (site, filter, proposal …). The frames of one value are known
 * in number, so whole values are counted off in memory; within a value the order is that of the ids.
 */
import { list, type Prepared, values } from "./conditions.ts";
import type { Row, Statement } from "./database.ts";
import type { Page } from "./frame.ts";
import type { Ask } from "./reader.ts";
import type { Snapshot } from "./snapshot.ts";
import { type Cursor, combinationValue, compareValues, type SortValue } from "./sort.ts";
import type { Counts } from "./tally.ts";

interface Group {
  value: SortValue;
  ids: number[];
  frames: number;
}

/** Values with the frames found that have them, in order. */
function groupsOf(snapshot: Snapshot, counts: Counts, page: Page, reverse: boolean): Group[] {
  const groups = new Map<SortValue, Group>();
  for (const [id, { frames }] of counts) {
    if (frames === 0) continue;
    const value = combinationValue(page.sort, snapshot.combinations.get(id)!)!;
    const group = groups.get(value);
    if (group === undefined) groups.set(value, { value, ids: [id], frames });
    else {
      group.ids.push(id);
      group.frames += frames;
    }
  }
  const sign = page.descending !== reverse ? -1 : 1;
  return [...groups.values()].sort((a, b) => sign * compareValues(a.value, b.value));
}

/** `counts`: what the query finds, by combination. */
export async function groupPage(
  ask: Ask,
  snapshot: Snapshot,
  p: Prepared,
  counts: Counts,
  page: Page,
  cursor: Cursor | null,
  columns: string,
): Promise<{ rows: Row[]; more: boolean }> {
  const reverse = cursor?.backwards ?? false;
  let all = 0;
  for (const { frames } of snapshot.combinations.values()) all += frames;
  const statement = ({ ids, frames }: Group, limit: number, offset: number, condition = "true"): Statement => {
    // Along the ids until the page is full, or all of the group and sorted, which reads each row twice.
    const walks = ((offset + limit) * all) / frames < 2 * frames;
    const from = walks
      ? "frame NOT INDEXED"
      : `${values(ids)} k CROSS JOIN frame INDEXED BY frame_combination ON frame.combination = k.column1`;
    return {
      sql: `SELECT ${columns} FROM ${from} WHERE frame.combination IN ${list(ids)} AND ${p.where.text} AND ${condition}
        ORDER BY frame.id ${reverse ? "DESC" : "ASC"} LIMIT ${limit} OFFSET ${offset}`,
      params: p.where.params,
    };
  };
  const groups = groupsOf(snapshot, counts, page, reverse);
  const rows: Row[] = [];
  let wanted = page.limit + (cursor === null ? 0 : 1);
  let skip = cursor === null ? page.offset : 0;
  let at = 0;
  if (cursor !== null) {
    const sign = page.descending !== reverse ? -1 : 1;
    while (at < groups.length && sign * compareValues(groups[at]!.value, cursor.value) < 0) at++;
    const own = groups[at];
    if (own !== undefined && compareValues(own.value, cursor.value) === 0) {
      const [rest] = await ask([statement(own, wanted, 0, `frame.id ${reverse ? "<" : ">"} ${cursor.id}`)]);
      rows.push(...rest!);
      wanted -= rest!.length;
      at++;
    }
  }
  const statements: Statement[] = [];
  for (; at < groups.length && wanted > 0; at++) {
    const group = groups[at]!;
    const taken = Math.min(wanted, group.frames - skip);
    if (taken > 0) {
      statements.push(statement(group, taken, skip));
      wanted -= taken;
      skip = 0;
    } else skip -= group.frames;
  }
  if (statements.length > 0) rows.push(...(await ask(statements)).flat());
  const more = rows.length > page.limit;
  const kept = rows.slice(0, page.limit);
  return { rows: reverse ? kept.toReversed() : kept, more };
}
