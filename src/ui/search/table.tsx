/** The results as a table: dense, sortable, selectable with mouse and keys, related frames unfolding in place. */
import { useComputed } from "@preact/signals";
import { Fragment } from "preact";
import { useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { Icon } from "../design/icon.tsx";
import { Preview } from "../frame/preview.tsx";
import { COLUMNS, type Column, density, shownColumns, THUMBNAILS } from "./column.tsx";
import type { Search } from "./query.ts";
import { RowDetail } from "./row-detail.tsx";
import { pick, selected, touch } from "./selection.ts";

interface TableProps {
  frames: readonly Frame[];
  search: Search;
  onSort: (sort: string, order: "asc" | "desc") => void;
}

export function Table({ frames, search, onSort }: TableProps) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const columns = COLUMNS.filter((column) => shownColumns.value.has(column.id));
  const thumbnails = shownColumns.value.has(THUMBNAILS);
  const span = columns.length + 3 + (thumbnails ? 1 : 0);

  const unfold = (id: number) => {
    const next = new Set(unfolded);
    if (!next.delete(id)) next.add(id);
    setUnfolded(next);
  };

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable to be scrolled
    <section class="table-scroll" tabIndex={0} aria-label="Table of frames">
      <table class={`frames ${density.value}`}>
        <thead>
          <tr>
            <th scope="col" class="tick">
              <PageTick frames={frames} />
            </th>
            <th scope="col" class="fold">
              <span class="unseen">Related frames</span>
            </th>
            {thumbnails && (
              <th scope="col">
                <span class="unseen">Preview</span>
              </th>
            )}
            <Heading column={NAME} search={search} onSort={onSort} />
            {columns.map((column) => (
              <Heading key={column.id} column={column} search={search} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody onKeyDown={(event) => moveFocus(event, frames)}>
          {frames.map((frame, index) => (
            <Fragment key={frame.id}>
              <Row
                frame={frame}
                columns={columns}
                thumbnails={thumbnails}
                open={unfolded.has(frame.id)}
                onOpen={() => unfold(frame.id)}
                onTouch={(on, extend) => touch(frames, index, on, extend)}
              />
              {unfolded.has(frame.id) && (
                <tr class="detail" id={`detail-${frame.id}`}>
                  <td colSpan={span}>
                    <RowDetail frame={frame} />
                  </td>
                </tr>
              )}
            </Fragment>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const NAME: Column = { id: "name", label: "Name", sort: "basename", show: (frame) => frame.basename };

interface HeadingProps {
  column: Column;
  search: Search;
  onSort: TableProps["onSort"];
}

function Heading({ column, search, onSort }: HeadingProps) {
  const sorted = column.sort !== undefined && column.sort === search.sort;
  const label = column.title ? <abbr title={column.title}>{column.label}</abbr> : column.label;
  return (
    <th
      scope="col"
      class={column.number ? "number" : undefined}
      aria-sort={sorted ? (search.order === "asc" ? "ascending" : "descending") : undefined}
    >
      {column.sort === undefined ? (
        label
      ) : (
        <button
          type="button"
          class="sort"
          onClick={() => onSort(column.sort!, sorted && search.order === "asc" ? "desc" : "asc")}
        >
          {label}
          <span class={sorted ? "arrow on" : "arrow"}>
            <Icon name={sorted && search.order === "desc" ? "down" : "up"} size={12} />
          </span>
        </button>
      )}
    </th>
  );
}

/** Picks or drops the whole page; half-ticked while some of it is picked. */
function PageTick({ frames }: { frames: readonly Frame[] }) {
  const picked = frames.reduce((sum, frame) => sum + (selected.value.has(frame.id) ? 1 : 0), 0);
  const all = frames.length > 0 && picked === frames.length;
  return (
    <label class="tick-box">
      <span class="unseen">Select all frames on this page</span>
      <input
        type="checkbox"
        checked={all}
        ref={(input) => {
          if (input) input.indeterminate = picked > 0 && !all;
        }}
        onChange={() => pick(frames, !all)}
      />
    </label>
  );
}

interface RowProps {
  frame: Frame;
  columns: readonly Column[];
  thumbnails: boolean;
  open: boolean;
  onOpen: () => void;
  onTouch: (on: boolean, extend: boolean) => void;
}

function Row({ frame, columns, thumbnails, open, onOpen, onTouch }: RowProps) {
  const picked = useComputed(() => selected.value.has(frame.id)).value;
  return (
    <tr
      class={picked ? "picked" : undefined}
      onMouseDown={(event) => {
        if (event.shiftKey) event.preventDefault(); // a shift-click picks a run of rows, it does not mark their text
      }}
      onClick={(event) => {
        if ((event.target as Element).closest("a, button, input, label")) return;
        if (window.getSelection()?.isCollapsed === false) return;
        onTouch(!picked, event.shiftKey);
      }}
    >
      <td class="tick">
        <label class="tick-box">
          <span class="unseen">{`Select ${frame.basename}`}</span>
          <input
            type="checkbox"
            checked={picked}
            onClick={(event) => {
              // Not onChange: only a click knows of the Shift key. Space on the keyboard is a click as well.
              onTouch(event.currentTarget.checked, event.shiftKey);
            }}
          />
        </label>
      </td>
      <td class="fold">
        <button
          type="button"
          class="button plain square tight"
          aria-expanded={open}
          aria-controls={open ? `detail-${frame.id}` : undefined}
          aria-label={`Details of ${frame.basename}`}
          onClick={onOpen}
        >
          <Icon name={open ? "down" : "right"} size={14} />
        </button>
      </td>
      {thumbnails && (
        <td class="thumb">
          <Preview frame={frame} size="list" />
        </td>
      )}
      <th scope="row">
        <a href={`/frame/${frame.id}`}>{frame.basename}</a>
      </th>
      {columns.map((column) => (
        <td key={column.id} class={column.number ? "number" : undefined}>
          {column.show(frame)}
        </td>
      ))}
    </tr>
  );
}

/** Arrow keys go from row to row in the same column of controls; with Shift they pick on the way. */
function moveFocus(event: KeyboardEvent, frames: readonly Frame[]): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const from = event.target as HTMLElement;
  const row = from.closest("tr");
  const body = event.currentTarget as HTMLElement;
  if (step === 0 || row === null || row.classList.contains("detail") || from.closest(".detail")) return;
  const rows = [...body.querySelectorAll<HTMLElement>(":scope > tr:not(.detail)")];
  const next = rows[rows.indexOf(row) + step];
  if (next === undefined) return;
  event.preventDefault();
  const kind = from.matches("input") ? "input" : from.matches("a") ? "a" : "button";
  const target = next.querySelector<HTMLElement>(kind);
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  if (event.shiftKey && kind === "input") {
    const here = frames[rows.indexOf(row)];
    if (here) pick([here], true);
    touch(frames, rows.indexOf(row) + step, true, false);
  }
}
