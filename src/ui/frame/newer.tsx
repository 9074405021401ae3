import { useEffect, useState } from "preact/hooks";
import { type Frame, listFrames } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { keepSearch, lastSearch } from "../search/last-search.ts";
import { listQuery, readSearch } from "../search/query.ts";

const EVERY_MS = 30_000;

/** The query of the list that was looked at last; null where new frames do not come first in it, as in a night. */
function newestFirst(): string | null {
  if (lastSearch.back !== lastSearch.address) return null;
  const search = readSearch(new URLSearchParams(lastSearch.address.split("?")[1] ?? ""));
  const first = search.sort === "DATE_OBS" && search.order === "desc" && search.offset === 0;
  return first && lastSearch.ids.length > 0 ? `${listQuery(search)}&include_related_frames=false` : null;
}

/**
 * Looks twice a minute whether frames have come that the list of this one would begin with, for who watches the focus as
 * the night goes on. The newest is offered, and the list has it from then on.
 */
export function Newer({ id, addressOf }: { id: number; addressOf: (id: number) => string }) {
  const [list, setList] = useState<readonly Frame[]>([]);
  useEffect(() => {
    setList([]);
    if (!lastSearch.ids.includes(id)) return;
    const controller = new AbortController();
    const look = async () => {
      const query = document.visibilityState === "hidden" ? null : newestFirst();
      if (query === null) return;
      // An answer that fails says nothing new; the next look may.
      const found = await listFrames(query, controller.signal).catch(() => null);
      if (found !== null && !controller.signal.aborted) setList(found.results);
    };
    const timer = setInterval(look, EVERY_MS);
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [id]);

  const known = list.findIndex((frame) => lastSearch.ids.includes(frame.id));
  const fresh = known < 0 ? list.length : known;
  const newest = list[0];
  useEffect(() => {
    if (fresh > 0) announce(`${counted(fresh, "new frame")}, the newest is ${newest?.basename}.`);
  }, [fresh, newest?.id]);
  if (fresh === 0 || newest === undefined) return null;
  return (
    <a class="button tight step" href={addressOf(newest.id)} onClick={() => keepSearch(lastSearch.address, list)}>
      <Icon name="retry" size={14} /> {fresh === 1 ? "Show the new frame" : `Show the newest of ${fresh} new frames`}
    </a>
  );
}
