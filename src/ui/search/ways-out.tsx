import { listFrames } from "../api/frame.ts";
import { useResource } from "../api/resource.ts";
import { counted } from "../design/format.ts";
import { chipsOf } from "./chips.tsx";
import { addressOf, listQuery, type Search, withFilters } from "./query.ts";

interface WayOut {
  /** The filter that is in the way: `Filter V or R`. */
  words: string;
  search: Search;
}

/** The search without each of its filters in turn. */
function waysOut(search: Search): WayOut[] {
  const ways = new Map<string, { label: string; values: string[]; search: Search }>();
  for (const { label, value, without } of chipsOf(search)) {
    const names = Object.keys(without);
    const way = ways.get(names.join());
    const none = Object.fromEntries(names.map((name) => [name, null]));
    if (way === undefined) ways.set(names.join(), { label, values: [value], search: withFilters(search, none) });
    else way.values.push(value);
  }
  return [...ways.values()].map(({ label, values, search }) => ({ words: `${label} ${values.join(" or ")}`, search }));
}

/** Where nothing was found: which filter is in the way, and how many frames there are without it. */
export function WaysOut({ search }: { search: Search }) {
  const ways = waysOut(search);
  const found = useResource(ways.length < 2 ? null : `ways out ${listQuery(search)}`, (signal) =>
    Promise.all(ways.map((way) => listFrames(listQuery({ ...way.search, limit: 1 }), signal))),
  );
  if (found.data === undefined) return null;
  const open = ways
    .map((way, index) => ({ ...way, count: found.data![index]!.count }))
    .filter(({ count }) => count > 0);
  if (open.length === 0) return <p class="muted">Leaving out one of them is not enough.</p>;
  return (
    <ul class="ways-out">
      {open.map(({ words, count, search }) => (
        <li key={words}>
          <a href={addressOf(search)}>{counted(count, "frame")}</a> without <b>{words}</b>
        </li>
      ))}
    </ul>
  );
}
