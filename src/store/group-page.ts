/**
 * A page of a list whose order is counted in groups: whole groups are counted off, and only the frames of those that the
 * page has are read. Within a group the order is that of the ids, but for groups that differ in what is sorted by.
 */
import type { Prepared } from "./conditions.ts";
import type { Row, Statement } from "./database.ts";
import type { Page } from "./frame.ts";
import type { Group, Groups } from "./groups.ts";
import type { Ask } from "./reader.ts";
import type { Snapshot } from "./snapshot.ts";
import { beyond, type Cursor, compareValues, orderBy, refuseLong, sortExpression } from "./sort.ts";

/** A walk along the ids that found too little this many times later than expected is given up for the whole group. */
const PATIENCE = 4;

interface Part {
  statement: Statement;
  /** Where `statement` may end too early: what reads the group whole. */
  instead: Statement | null;
  wanted: number;
}

export async function groupPage(
  ask: Ask,
  snapshot: Snapshot,
  p: Prepared,
  groups: Groups,
  page: Page,
  cursor: Cursor | null,
  columns: string,
): Promise<{ rows: Row[]; more: boolean }> {
  const reverse = cursor?.backwards ?? false;
  const all = snapshot.held.reduce((sum, { frames }) => sum + frames, 0);
  const partOf = (group: Group, limit: number, offset: number, after: Cursor | null): Part => {
    const statement = (from: string, where: string): Statement => {
      const onward =
        after === null
          ? { text: "true", params: [] }
          : group.mixed
            ? beyond(page.sort, page.descending, after)
            : { text: `frame.id ${reverse ? "<" : ">"} ${after.id}`, params: [] };
      const order = orderBy(group.mixed ? [sortExpression(page.sort)] : [], page.descending, reverse);
      return {
        sql: `SELECT ${columns} FROM ${from} WHERE ${where} AND ${group.where} AND ${p.where.text} AND ${onward.text}
          ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`,
        params: [...p.where.params, ...onward.params],
      };
    };
    const whole = statement(group.path.from, group.path.where);
    // Along the ids until the page is full, or all of the group and sorted, which reads each row twice.
    const expected = ((offset + limit) * all) / group.frames;
    refuseLong(page.sort, Math.min(group.mixed ? group.path.rows : expected, group.path.rows));
    if (group.mixed || expected >= 2 * group.path.rows) return { statement: whole, instead: null, wanted: limit };
    const [end, sign] = reverse ? ["max", "-"] : ["min", "+"];
    const start = after === null ? `(SELECT ${end}(id) FROM frame)` : after.id;
    const near = `frame.id ${reverse ? ">=" : "<="} ${start} ${sign} ${Math.ceil(PATIENCE * expected)}`;
    return { statement: statement("frame NOT INDEXED", near), instead: whole, wanted: limit };
  };
  const read = async (parts: Part[]): Promise<Row[]> => {
    if (parts.length === 0) return [];
    const answers = await ask(parts.map(({ statement }) => statement));
    const short = parts.filter(({ instead, wanted }, i) => instead !== null && answers[i]!.length < wanted);
    const again = short.length === 0 ? [] : await ask(short.map(({ instead }) => instead!));
    return parts.flatMap((part, i) => (short.includes(part) ? again.shift()! : answers[i]!));
  };
  const key = cursor === null ? undefined : groups.keyOf(cursor.value);
  const rows: Row[] = [];
  const parts: Part[] = [];
  let wanted = page.limit + (cursor === null ? 0 : 1);
  let skip = cursor === null ? page.offset : 0;
  for await (const group of groups.from(key, page.descending !== reverse, skip)) {
    if (key !== undefined && compareValues(group.key, key) === 0) {
      // How much of it is left is not counted.
      rows.push(...(await read([partOf(group, wanted, 0, cursor)])));
      wanted -= rows.length;
    } else {
      const taken = Math.min(wanted, group.frames - skip);
      if (taken > 0) {
        parts.push(partOf(group, taken, skip, null));
        wanted -= taken;
        skip = 0;
      } else skip -= group.frames;
    }
    if (wanted <= 0) break;
  }
  rows.push(...(await read(parts)));
  const more = rows.length > page.limit;
  const kept = rows.slice(0, page.limit);
  return { rows: reverse ? kept.toReversed() : kept, more };
}
