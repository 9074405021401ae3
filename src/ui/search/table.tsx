/** The results as a table: dense, sortable, selectable with mouse and keys, related frames unfolding in place. */
import { useMemo } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { Icon } from "../design/icon.tsx";
import { COLUMNS, type Column, density, NAME, NAME_IN_TWO, shownColumns, THUMBNAILS } from "./column.tsx";
import type { Search } from "./query.ts";
import { pick, selected } from "./selection.ts";
import { Rows } from "./table-rows.tsx";

interface TableProps {
  frames: readonly Frame[];
  search: Search;
  onSort: (sort: string, order: "asc" | "desc") => void;
  /** Ids of the frames whose details are to be shown. */
  onUnfold: (open: readonly number[]) => void;
}

export function Table({ frames, search, onSort, onUnfold }: TableProps) {
  const chosen = shownColumns.value;
  const columns = useMemo(() => COLUMNS.filter((column) => chosen.has(column.id)), [chosen]);
  const thumbnails = chosen.has(THUMBNAILS);

  const narrow = [TICK_WIDTH, FOLD_WIDTH, ...(thumbnails ? [THUMB_WIDTH] : [])];
  const widths = [NAME, ...columns].map(({ width }) => width);
  const least = [thumbnails ? NAME_IN_TWO : NAME.width, ...widths.slice(1)];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable to be scrolled
    <section class="table-scroll" tabIndex={0} aria-label="Table of frames">
      <table
        class={`frames grouped ${density.value}${thumbnails ? " with-thumbs" : ""}`}
        style={{
          minWidth: `${[...narrow, ...least].reduce((sum, width) => sum + width)}rem`,
          "--columns": [
            ...narrow.map((width) => `${width}rem`),
            ...widths.map((width, i) => `minmax(${least[i]}rem, ${width}fr)`),
          ].join(" "),
        }}
        aria-rowcount={frames.length + 1}
      >
        <thead>
          <tr aria-rowindex={1}>
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
        <Rows frames={frames} columns={columns} thumbnails={thumbnails} open={search.open} onUnfold={onUnfold} />
      </table>
    </section>
  );
}

/** Columns that are as wide as what is in them, rem. */
const TICK_WIDTH = 2.25;
const FOLD_WIDTH = 2;
const THUMB_WIDTH = 4;

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
