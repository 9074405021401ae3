/** The rows of the results table. Long lists are cut into groups, which come one after the other. */
import { useComputed } from "@preact/signals";
import { Fragment } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { useComing } from "../design/coming.ts";
import { textWidth } from "../design/text-width.ts";
import { Preview } from "../frame/preview.tsx";
import { type Column, NAME, NAME_IN_TWO } from "./column.tsx";
import { RowDetail } from "./row-detail.tsx";
import { pick, selected, touch } from "./selection.ts";

interface RowsProps {
  frames: readonly Frame[];
  columns: readonly Column[];
  thumbnails: boolean;
  /** Ids of the frames whose related frames are shown. */
  open: readonly number[];
  onUnfold: (open: readonly number[]) => void;
}

/** Rows that are there at once. */
const FIRST = 100;
/** As many as are painted anew where one of them changes. */
const GROUP = 10;

export function Rows(props: RowsProps) {
  const starts = Array.from({ length: Math.ceil(props.frames.length / GROUP) }, (_, group) => group * GROUP);
  return (
    <>
      {starts.map((start) => (
        <Group key={start} {...props} start={start} end={Math.min(start + GROUP, props.frames.length)} />
      ))}
    </>
  );
}

function Group({ start, end, ...props }: RowsProps & { start: number; end: number }) {
  const { frames, columns, thumbnails, open, onUnfold } = props;
  const { part, here } = useComing<HTMLTableSectionElement>(start < FIRST);
  const unfold = useRef((_id: number) => {});
  unfold.current = (id) => onUnfold(open.includes(id) ? open.filter((other) => other !== id) : [...open, id]);
  const mine = frames.slice(start, end);
  const unfolded = new Set(open.filter((id) => mine.some((frame) => frame.id === id)));
  // The same rows again are not compared again: one that unfolds is no work for 1,000.
  const rows = useMemo(
    () =>
      here &&
      mine.map((frame, index) => (
        <Fragment key={frame.id}>
          <Row
            frame={frame}
            index={start + index}
            columns={columns}
            thumbnails={thumbnails}
            open={unfolded.has(frame.id)}
            onOpen={() => unfold.current(frame.id)}
            onTouch={(on, extend) => touch(frames, start + index, on, extend)}
          />
          {unfolded.has(frame.id) && (
            <tr class="detail" id={`detail-${frame.id}`}>
              <td colSpan={columns.length + 3 + (thumbnails ? 1 : 0)}>
                <RowDetail frame={frame} />
              </td>
            </tr>
          )}
        </Fragment>
      )),
    [here, frames, columns, thumbnails, [...unfolded].join()],
  );
  return (
    <tbody
      ref={part}
      style={{ "--rows": end - start }}
      data-near
      aria-hidden={here ? undefined : "true"}
      onKeyDown={(event) => moveFocus(event, frames)}
    >
      {rows}
    </tbody>
  );
}

interface RowProps {
  frame: Frame;
  /** Its place on this page, from 0. */
  index: number;
  columns: readonly Column[];
  thumbnails: boolean;
  open: boolean;
  onOpen: () => void;
  onTouch: (on: boolean, extend: boolean) => void;
}

function Row({ frame, index, columns, thumbnails, open, onOpen, onTouch }: RowProps) {
  const picked = useComputed(() => selected.value.has(frame.id)).value;
  return (
    <tr
      class={picked ? "picked" : undefined}
      data-index={index}
      aria-rowindex={index + 2}
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
          <input
            type="checkbox"
            aria-label={`Select ${frame.basename}`}
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
          class="unfold"
          aria-expanded={open}
          aria-controls={open ? `detail-${frame.id}` : undefined}
          aria-label={`Details of ${frame.basename}`}
          onClick={onOpen}
        />
      </td>
      {thumbnails && (
        <td class="thumb">
          <Preview frame={frame} size="list" />
        </td>
      )}
      <th
        scope="row"
        class={isLong(frame.basename, thumbnails ? 1.5 * NAME_IN_TWO : NAME.width) ? "long" : undefined}
        title={frame.basename}
      >
        <a href={`frame/${frame.id}`}>{frame.basename}</a>
      </th>
      {columns.map((column) => {
        const shown = column.show(frame);
        const long = shown !== null && isLong(String(shown), column.width);
        return (
          <td
            key={column.id}
            class={`${column.number ? "number" : ""}${long ? " long" : ""}` || undefined}
            title={long ? String(shown) : undefined}
          >
            {shown}
          </td>
        );
      })}
    </tr>
  );
}

/** Size of the table's text and the room beside it in a cell, as table.css has them, rem. */
const TEXT = 0.8125;
const PADDING = 1;

/** Whether a text may need to be cut. Every cell that can cut is one more thing to put together in each frame. */
function isLong(text: string, width: number): boolean {
  return textWidth(text) * TEXT > width - PADDING;
}

/** Arrow keys go from row to row in the same column of controls; with Shift they pick on the way. */
function moveFocus(event: KeyboardEvent, frames: readonly Frame[]): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const from = event.target as HTMLElement;
  const row = from.closest<HTMLElement>("tr[data-index]");
  if (step === 0 || row === null) return;
  const here = Number(row.dataset.index);
  const next = row.closest("table")!.querySelector<HTMLElement>(`tr[data-index="${here + step}"]`);
  if (next === null) return;
  event.preventDefault();
  const kind = from.matches("input") ? "input" : from.matches("a") ? "a" : "button";
  const target = next.querySelector<HTMLElement>(kind);
  target?.focus();
  target?.scrollIntoView({ block: "nearest" });
  if (event.shiftKey && kind === "input") {
    pick([frames[here]!], true);
    touch(frames, here + step, true, false);
  }
}
