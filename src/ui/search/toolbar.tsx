/** What can be done with the frames found: download them, look at them in another way. */
import { useRef, useState } from "preact/hooks";
import { ApiError, noAnswer } from "../api/error.ts";
import { announce } from "../design/announce.tsx";
import { Copy } from "../design/copy.tsx";
import { bytes, count, counted } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { Menu } from "../design/menu.tsx";
import { Fault } from "../design/notice.tsx";
import { saveResult } from "./collect.ts";
import { COLUMNS, chooseDensity, density, showColumn, shownColumns, THUMBNAILS } from "./column.tsx";
import { downloadFound, downloadSelected, LIST_FORMATS, zipAddress } from "./download.ts";
import { asCurl, asPython } from "./program.ts";
import { listQuery, type Search, type View } from "./query.ts";
import { dropAll, selected, selectedBytes } from "./selection.ts";

const VIEWS = [
  ["table", "Table"],
  ["gallery", "Gallery"],
  ["map", "Map"],
] as const satisfies readonly (readonly [View, string])[];

interface ToolbarProps {
  search: Search;
  view: View;
  total: number | undefined;
  onView: (view: View) => void;
  onAlter: (part: Partial<Search>) => void;
}

export function Toolbar({ search, view, total, onView, onAlter }: ToolbarProps) {
  const [fault, setFault] = useState<ApiError | null>(null);
  const [asking, setAsking] = useState(false);
  /** Frames collected so far for a file of the whole result. */
  const [collected, setCollected] = useState<number | null>(null);
  const collecting = useRef<AbortController | null>(null);
  const picked = selected.value.size;

  const download = async (start: () => Promise<void>) => {
    if (asking) return;
    setFault(null);
    setAsking(true);
    try {
      await start();
    } catch (cause) {
      setFault(cause instanceof ApiError ? cause : noAnswer(cause));
    } finally {
      setAsking(false);
    }
  };

  const zip = (what: "selected" | "found", unpacked: boolean) =>
    download(async () => {
      await (what === "selected"
        ? downloadSelected(selected.value.keys(), unpacked)
        : downloadFound(search.filters, unpacked));
      announce(`The browser downloads ${counted(what === "selected" ? picked : (total ?? 0), "frame")} as a zip.`);
    });

  const collect = (format: "csv" | "json") =>
    download(async () => {
      collecting.current = new AbortController();
      setCollected(0);
      try {
        await saveResult(search.filters, search, format, setCollected, collecting.current.signal);
        announce("The list is saved.");
      } catch (cause) {
        if (!collecting.current.signal.aborted) throw cause;
      } finally {
        setCollected(null);
      }
    });

  return (
    <>
      <div class="toolbar">
        <div class="buttons">
          <button
            type="button"
            class={picked > 0 ? "button primary" : "button"}
            disabled={picked === 0}
            aria-disabled={asking}
            onClick={() => zip("selected", false)}
          >
            <Icon name="download" />
            <span>
              <span class="long">Download </span>selected{picked > 0 && ` (${count(picked)})`}
            </span>
          </button>
          <button
            type="button"
            class="button download-all"
            disabled={!total}
            aria-disabled={asking}
            onClick={() => zip("found", false)}
          >
            <Icon name="download" />
            <span>
              <span class="long">Download </span>all{total !== undefined && ` (${count(total)})`}
            </span>
          </button>
          <ExportMenu
            search={search}
            total={total ?? 0}
            busy={asking}
            onCollect={collect}
            onUnpacked={(what) => zip(what, true)}
          />
          {collected !== null && (
            <span class="picked-sum">
              <span class="muted">{`Collecting ${count(collected)} of ${count(total ?? 0)} …`}</span>
              <button type="button" class="link small" onClick={() => collecting.current?.abort()}>
                Cancel
              </button>
            </span>
          )}
          {picked > 0 && (
            <span class="picked-sum">
              <span class="muted">{bytes(selectedBytes.value)}</span>
              <button type="button" class="link small" onClick={dropAll}>
                Clear selection
              </button>
            </span>
          )}
        </div>
        <div class="buttons">
          {view === "table" && <ColumnMenu />}
          {view === "gallery" && <SortMenu search={search} onAlter={onAlter} />}
          {/* biome-ignore lint/a11y/useSemanticElements: a toolbar's group is no fieldset of a form */}
          <div class="choice" role="group" aria-label="Show as">
            {VIEWS.map(([name, label]) => (
              <button
                key={name}
                type="button"
                class="button square"
                aria-pressed={view === name}
                aria-label={label}
                title={label}
                onClick={() => onView(name)}
              >
                <Icon name={name} />
              </button>
            ))}
          </div>
        </div>
      </div>
      {fault && <Fault fault={fault} what="The download" />}
    </>
  );
}

interface ExportProps {
  search: Search;
  total: number;
  busy: boolean;
  onCollect: (format: "csv" | "json") => void;
  onUnpacked: (what: "selected" | "found") => void;
}

/** The result for other programs: unpacked, as a table, as lists of links, and the query itself. */
function ExportMenu({ search, total, busy, onCollect, onUnpacked }: ExportProps) {
  const query = listQuery(search);
  const picked = selected.value.size;
  return (
    <Menu label="For other programs" icon="more" compact start>
      {(close) => (
        <>
          {picked + total > 0 && <p class="menu-title">Zip of unpacked files (.fits)</p>}
          {(
            [
              ["selected", picked, "Frames selected"],
              ["found", total, "All frames found"],
            ] as const
          ).map(
            ([what, frames, words]) =>
              frames > 0 && (
                <button
                  type="button"
                  class="item"
                  key={what}
                  disabled={busy}
                  onClick={() => {
                    close();
                    onUnpacked(what);
                  }}
                >
                  {`${words} (${count(frames)})`}
                </button>
              ),
          )}
          {total > 0 && (
            <>
              <p class="menu-title">All frames found</p>
              {(["csv", "json"] as const).map((format) => (
                <button
                  type="button"
                  class="item"
                  key={format}
                  disabled={busy}
                  onClick={() => {
                    close();
                    onCollect(format);
                  }}
                >
                  {`Table of frames (${format.toUpperCase()})`}
                </button>
              ))}
              {LIST_FORMATS.map(({ format, label }) => (
                <a class="item" key={format} href={zipAddress(search.filters, format)} download onClick={close}>
                  {label}
                </a>
              ))}
            </>
          )}
          <p class="menu-title">This page's query</p>
          <div class="buttons menu-copies">
            <Copy text={asCurl(document.baseURI, query)} what="the query for curl" words="Copy as curl" />
            <Copy text={asPython(document.baseURI, query)} what="the query for Python" words="Copy as Python" />
          </div>
        </>
      )}
    </Menu>
  );
}

function ColumnMenu() {
  const shown = shownColumns.value;
  return (
    <Menu label="Columns" icon="columns">
      {() => (
        <>
          <fieldset>
            <legend class="unseen">Columns</legend>
            <label class="check item">
              <input
                type="checkbox"
                checked={shown.has(THUMBNAILS)}
                onChange={(event) => showColumn(THUMBNAILS, event.currentTarget.checked)}
              />
              Previews
            </label>
            {COLUMNS.map((column) => (
              <label class="check item" key={column.id}>
                <input
                  type="checkbox"
                  checked={shown.has(column.id)}
                  onChange={(event) => showColumn(column.id, event.currentTarget.checked)}
                />
                {column.label}
              </label>
            ))}
          </fieldset>
          <hr />
          <label class="check item">
            <input
              type="checkbox"
              checked={density.value === "dense"}
              onChange={(event) => chooseDensity(event.currentTarget.checked ? "dense" : "roomy")}
            />
            Close rows
          </label>
        </>
      )}
    </Menu>
  );
}

function SortMenu({ search, onAlter }: Pick<ToolbarProps, "search" | "onAlter">) {
  const sorts = [{ label: "Name", sort: "basename" }, ...COLUMNS.filter((column) => column.sort !== undefined)];
  return (
    <>
      <label class="sort-by">
        <span class="muted">Sort by</span>
        <select
          class="select"
          value={search.sort}
          onChange={(event) => onAlter({ sort: event.currentTarget.value, offset: 0 })}
        >
          {sorts.map((column) => (
            <option key={column.sort} value={column.sort}>
              {column.label}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        class="button square"
        aria-label={search.order === "asc" ? "Ascending; turn round" : "Descending; turn round"}
        title={search.order === "asc" ? "Ascending" : "Descending"}
        onClick={() => onAlter({ order: search.order === "asc" ? "desc" : "asc", offset: 0 })}
      >
        <Icon name={search.order === "asc" ? "up" : "down"} />
      </button>
    </>
  );
}
