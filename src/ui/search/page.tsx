/** The search page: filters on the left, the frames found on the right. Its whole state is its address. */
import { useEffect, useRef, useState } from "preact/hooks";
import { aggregate, listFrames } from "../api/frame.ts";
import { useResource } from "../api/resource.ts";
import { session } from "../api/session.ts";
import { announce } from "../design/announce.tsx";
import { bytes, counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Lazily } from "../design/lazily.tsx";
import { useWide } from "../design/media.ts";
import { Fault } from "../design/notice.tsx";
import { go, note, place, restoreScroll } from "../router.ts";
import { Chips, chipCount } from "./chips.tsx";
import { Filters } from "./filters.tsx";
import { Gallery } from "./gallery.tsx";
import { keepSearch } from "./last-search.ts";
import { News } from "./news.tsx";
import { Nothing } from "./nothing.tsx";
import { Pager } from "./pager.tsx";
import { addressOf, listQuery, readSearch, type Search, withFilters } from "./query.ts";
import { Refused } from "./refused.tsx";
import { Saved } from "./saved.tsx";
import { Table } from "./table.tsx";
import { Toolbar } from "./toolbar.tsx";
import "./search.css";
import "./table.css";
import "./gallery.css";

const loadMap = () => import("../sky/map.tsx");

export default function SearchPage() {
  const search = readSearch(place.value.query);
  const query = listQuery(search);
  const list = useResource(`list ${query}`, (signal) => listFrames(query, signal), { keep: true });
  const facets = `${search.filters}`;
  const choices = useResource(`facets ${facets}`, (signal) => aggregate(facets, signal), { keep: true });
  const wide = useWide("60rem");
  const roomForTable = useWide("40rem");
  const [folded, setFolded] = useState(true);
  /** The field whose typing made the present address, and that address's move: the next letter takes its place. */
  const typing = useRef<{ name: string; move: number } | null>(null);

  const address = addressOf(search);
  const total = list.data?.count;
  const settled = !list.busy && list.fault === undefined;
  useEffect(() => {
    if (settled) keepSearch(address, list.data?.results ?? []);
  }, [address, settled, list.data]);
  useEffect(() => {
    if (settled && total !== undefined) {
      announce(total === 0 ? "No frames found." : `${counted(total, "frame")} found.`);
      restoreScroll();
    }
  }, [settled, total, query]);

  const change = (changes: Record<string, string | string[] | null>, typed?: string) => {
    const goesOn = typed !== undefined && typing.current?.name === typed && typing.current.move === place.value.move;
    go(addressOf(withFilters(search, changes)), { replace: goesOn });
    typing.current = typed === undefined ? null : { name: typed, move: place.value.move };
  };
  const alter = (part: Partial<Search>) => go(addressOf({ ...search, ...part }));
  const clear = () => go(addressOf({ ...search, filters: new URLSearchParams(), dates: null, offset: 0, open: [] }));

  const view = search.view ?? (roomForTable ? "table" : "gallery");
  const inForce = chipCount(search);
  /** The map shows all pages at once: it is empty only where nothing was found. */
  const empty =
    list.data !== undefined &&
    list.fault === undefined &&
    (view === "map" ? total === 0 : list.data.results.length === 0);
  const showFilters = wide || !folded;

  return (
    <div class="search-page">
      <a class="skip" href="#results-title">
        Skip to the frames
      </a>
      <aside class="filters" aria-label="Filters">
        {!wide && (
          <button
            type="button"
            class="button filters-toggle"
            aria-expanded={!folded}
            aria-controls="filters"
            onClick={() => setFolded(!folded)}
          >
            <Icon name="filters" /> Filters{inForce > 0 ? ` (${inForce})` : ""}
          </button>
        )}
        <search id="filters" hidden={!showFilters}>
          <Filters search={search} choices={choices.data} fault={list.fault} onChange={change} />
        </search>
      </aside>
      <section class="results" aria-labelledby="results-title" aria-busy={list.busy}>
        <div class="results-head">
          <h1 id="results-title" tabIndex={-1}>
            {total === undefined ? "Frames" : counted(total, "frame")}
          </h1>
          {choices.data?.bytes !== undefined && total !== undefined && total > 0 && (
            <span class="muted">{bytes(choices.data.bytes)} in all</span>
          )}
          {total !== undefined && settled && (
            <News
              filters={search.filters}
              total={total}
              onShow={() => {
                list.reload();
                choices.reload();
              }}
            />
          )}
          {session.value.state === "in" && (
            <>
              <span class="grow" />
              <Saved search={search} compact={!roomForTable} />
            </>
          )}
        </div>
        <Chips search={search} onChange={change} onClear={clear} />
        <Toolbar search={search} view={view} total={total} onView={(next) => alter({ view: next })} onAlter={alter} />
        {/* The map asks for itself, and says so itself. */}
        {list.fault &&
          view !== "map" &&
          (list.fault.status === 400 ? (
            <Refused fault={list.fault} search={search} onChange={change} />
          ) : (
            <Fault fault={list.fault} again={list.reload} what="The frames" />
          ))}
        {empty && <Nothing search={search} total={list.data!.count} onClear={clear} />}
        {view === "map" && (
          <Lazily load={loadMap} what="The map">
            {({ default: SkyMap }) => <SkyMap search={search} onChange={change} onLook={(at) => note({ at })} />}
          </Lazily>
        )}
        <div class={list.busy && list.data ? "results-body stale" : "results-body"} hidden={view === "map"}>
          <div class={list.busy ? "busy-line on" : "busy-line"} />
          {list.data === undefined && list.busy && <Skeleton rows={12} />}
          {list.data !== undefined && list.data.results.length > 0 && view === "table" && (
            <Table
              frames={list.data.results}
              search={search}
              onSort={(sort, order) => alter({ sort, order, offset: 0 })}
              onUnfold={(open) => note({ open: open.length === 0 ? null : open.join(",") })}
            />
          )}
          {list.data !== undefined && list.data.results.length > 0 && view === "gallery" && (
            <Gallery frames={list.data.results} />
          )}
        </div>
        {total !== undefined && total > 0 && view !== "map" && (
          <Pager
            total={total}
            offset={search.offset}
            limit={search.limit}
            addressAt={(offset) => addressOf({ ...search, offset, open: [] })}
            onLimit={(limit) => alter({ limit, offset: Math.floor(search.offset / limit) * limit })}
          />
        )}
      </section>
    </div>
  );
}

/** Rows in the shape of what is to come. */
function Skeleton({ rows }: { rows: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} />
      ))}
    </div>
  );
}
