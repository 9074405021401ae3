/**
 * The rows of the results table. Long lists are cut into groups, and only those near the window are there: 1,000 rows
 * with their previews would be laid out and painted anew for every image that comes.
 */
import { useComputed } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { Icon } from "../design/icon.tsx";
import { Preview } from "../frame/preview.tsx";
import type { Column } from "./column.tsx";
import { RowDetail } from "./row-detail.tsx";
import { pick, selected, touch } from "./selection.ts";

interface RowsProps {
  frames: readonly Frame[];
  columns: readonly Column[];
  thumbnails: boolean;
  /** Ids of the frames whose related frames are shown. */
  unfolded: ReadonlySet<number>;
  onUnfold: (id: number) => void;
}

/** Lists up to here are there as a whole, for the browser's own search in the page. */
const WHOLE = 100;
const GROUP = 16;

export function Rows(props: RowsProps) {
  const { frames } = props;
  const step = frames.length <= WHOLE ? WHOLE : GROUP;
  const starts = Array.from({ length: Math.ceil(frames.length / step) }, (_, group) => group * step);
  return (
    <>
      {starts.map((start) => (
        <Group key={start} {...props} start={start} end={Math.min(start + step, frames.length)} />
      ))}
    </>
  );
}

function Group({ start, end, ...props }: RowsProps & { start: number; end: number }) {
  const { frames, columns, thumbnails, unfolded, onUnfold } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const [near, setNear] = useState(start === 0);
  /** Pixels, once it was seen: unfolded rows make a group higher than its rows. */
  const height = useRef<number | null>(null);
  const span = columns.length + 3 + (thumbnails ? 1 : 0);

  useEffect(() => {
    if (frames.length <= WHOLE) return;
    const watch = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        const { isIntersecting, boundingClientRect, target } = entry!;
        if (!isIntersecting) height.current = boundingClientRect.height;
        // What has the focus stays, wherever it is.
        setNear(isIntersecting || target.contains(document.activeElement));
      },
      { rootMargin: "100% 0px" },
    );
    watch.observe(body.current!);
    return () => watch.disconnect();
  }, [frames.length]);

  if (!near) {
    const room = height.current === null ? `calc(${end - start} * var(--row))` : `${height.current}px`;
    return (
      <tbody ref={body} aria-hidden="true">
        <tr style={{ height: room }}>
          <td colSpan={span} />
        </tr>
      </tbody>
    );
  }
  return (
    <tbody ref={body} onKeyDown={(event) => moveFocus(event, frames)}>
      {frames.slice(start, end).map((frame, index) => (
        <Fragment key={frame.id}>
          <Row
            frame={frame}
            index={start + index}
            columns={columns}
            thumbnails={thumbnails}
            open={unfolded.has(frame.id)}
            onOpen={() => onUnfold(frame.id)}
            onTouch={(on, extend) => touch(frames, start + index, on, extend)}
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
      <th scope="row" title={frame.basename}>
        <a href={`/frame/${frame.id}`}>{frame.basename}</a>
      </th>
      {columns.map((column) => {
        const shown = column.show(frame);
        return (
          <td
            key={column.id}
            class={column.number ? "number" : undefined}
            title={typeof shown === "string" ? shown : undefined}
          >
            {shown}
          </td>
        );
      })}
    </tr>
  );
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
