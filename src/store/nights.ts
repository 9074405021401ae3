/** How many of the frames found each night (DAY-OBS) has: what a calendar of the archive shows. */
import { dayOfNight, nightNumber, nightOfDay, nightText } from "./calendar.ts";
import { idSet, momentOf } from "./choice.ts";
import { dimensionsOf, type Prepared } from "./conditions.ts";
import type { FrameQuery, NightCount, Sight } from "./frame.ts";
import { collect } from "./listing.ts";
import type { Ask, Reader } from "./reader.ts";
import { plan } from "./search.ts";
import { addTo, type Counts, NIGHTS, ofDay, parseCounts, tallyId, tallyKey } from "./tally.ts";

/**
 * Nights from `from` to `to` (`YYYY-MM-DD`, both inside) that have frames of the query, in order. Throws a RangeError
 * for what is no night. Budget: a row a night and some, where combinations decide the query; else its shortest path.
 */
export function nights(
  reader: Reader,
  query: FrameQuery,
  from: string,
  to: string,
  sight: Sight,
): Promise<NightCount[]> {
  const [first, last] = [nightNumber(from), nightNumber(to)];
  return reader.steady(momentOf(query, sight), async (ask) => {
    const planned = await plan(ask, reader, query, sight);
    if (planned === null) return [];
    const { p, paths } = planned;
    const counts: Counts = new Map();
    if (dimensionsOf(p) === 0) await addTallied(ask, p, first, last, counts);
    else if (p.regions.length === 0) {
      const path = paths[0]!;
      const [rows] = await ask([
        {
          sql: `SELECT frame.night, count(*) AS frames, sum(frame.size) AS bytes FROM ${path.from}
            WHERE ${path.where} AND ${p.where.text} AND frame.night BETWEEN ${first} AND ${last} GROUP BY frame.night`,
          params: p.where.params,
        },
      ]);
      for (const { night, frames, bytes } of rows!) {
        addTo(counts, night as number, { frames: frames as number, bytes: bytes as number });
      }
    } else {
      const page = { sort: "night", descending: false, limit: 0, offset: 0 } as const;
      for (const { value, size } of (await collect(ask, reader.snapshot, p, paths[0]!, page))!) {
        if ((value as number) >= first && (value as number) <= last) {
          addTo(counts, value as number, { frames: 1, bytes: size });
        }
      }
    }
    return [...counts].sort(([a], [b]) => a - b).map(([night, count]) => ({ night: nightText(night), ...count }));
  });
}

/** Nights of combinations alone: a row a day, and one a night that has frames of other days. */
async function addTallied(ask: Ask, p: Prepared, first: number, last: number, sums: Counts): Promise<void> {
  const mine = idSet(p.combinations);
  const add = (night: number, counts: Counts) => {
    if (night < first || night > last) return;
    for (const [id, count] of counts) if (mine.has(id)) addTo(sums, night, count);
  };
  const [from, to] = [dayOfNight(first), dayOfNight(last)];
  const [days, others] = await ask(
    (["day", "night"] as const).map((kind, after) => ({
      sql: "SELECT id, counts FROM tally WHERE id BETWEEN ? AND ?",
      // Frames of a night may be of the day after.
      params: [tallyId(kind, from), tallyId(kind, to + 1 - after)],
    })),
  );
  for (const { id, counts } of days!) {
    const [night, held] = [nightOfDay(tallyKey(id as number)), parseCounts(counts as string)];
    add(night, ofDay(held, NIGHTS.same));
    add(night - 1, ofDay(held, NIGHTS.before));
  }
  for (const { id, counts } of others!) add(nightOfDay(tallyKey(id as number)), parseCounts(counts as string));
}
