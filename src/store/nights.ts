/** How many of the frames found each night (DAY-OBS) has: what a calendar of the archive shows. */
import { nightNumber, nightText } from "./calendar.ts";
import { momentOf } from "./choice.ts";
import type { FrameQuery, NightCount, Sight } from "./frame.ts";
import { collect } from "./listing.ts";
import type { Reader } from "./reader.ts";
import { plan } from "./search.ts";
import { addTo, type Counts } from "./tally.ts";

/**
 * Nights from `from` to `to` (`YYYY-MM-DD`, both inside) that have frames of the query, in order. Throws a RangeError
 * for what is no night.
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
    const path = paths[0]!;
    const counts: Counts = new Map();
    if (p.regions.length === 0) {
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
      for (const { value, size } of await collect(ask, reader.snapshot, p, path, page)) {
        if ((value as number) >= first && (value as number) <= last) {
          addTo(counts, value as number, { frames: 1, bytes: size });
        }
      }
    }
    return [...counts].sort(([a], [b]) => a - b).map(([night, count]) => ({ night: nightText(night), ...count }));
  });
}
