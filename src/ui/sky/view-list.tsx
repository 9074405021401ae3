/** The frames of the map as a list: what can be pointed at there can be reached, picked and opened here by keys. */
import { useEffect, useRef, useState } from "preact/hooks";
import { formatDec, formatRa } from "../../sky/angle.ts";
import { toRaDec } from "../../sky/vector.ts";
import { seconds, time } from "../design/format.ts";
import { pick, selected } from "../search/selection.ts";
import type { Mark } from "./marks.ts";

interface ViewListProps {
  marks: readonly Mark[];
  labelledBy: string;
  /** Ids lit on the map. */
  lit: ReadonlySet<number>;
  onLight: (mark: Mark | null) => void;
}

/** One row is in the order of Tab at a time; the arrow keys, Home and End go from row to row. */
export function ViewList({ marks, labelledBy, lit, onLight }: ViewListProps) {
  const [current, setCurrent] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => setCurrent(0), [marks]);

  const goTo = (row: number, selector: string) => {
    const next = Math.max(0, Math.min(marks.length - 1, row));
    setCurrent(next);
    const target = list.current!.children[next]?.querySelector<HTMLElement>(selector);
    target?.focus();
    target?.scrollIntoView({ block: "nearest" });
  };
  const key = (event: KeyboardEvent) => {
    const from = event.target as HTMLElement;
    const row = [...list.current!.children].indexOf(from.closest("li")!);
    const rows: Record<string, number> = { ArrowDown: row + 1, ArrowUp: row - 1, Home: 0, End: marks.length - 1 };
    const next = rows[event.key];
    if (next === undefined) return;
    event.preventDefault();
    goTo(next, from.matches("input") ? "input" : "a");
  };

  return (
    <ul class="map-list" ref={list} aria-labelledby={labelledBy} onKeyDown={key}>
      {marks.map((mark, row) => {
        const { frame } = mark;
        const picked = selected.value.has(frame.id);
        const [ra, dec] = toRaDec(mark.centre);
        const facts = [
          frame.OBJECT ?? frame.OBSTYPE,
          frame.FILTER,
          frame.EXPTIME === null ? null : `${seconds(frame.EXPTIME)} s`,
        ];
        const tabIndex = row === current ? 0 : -1;
        return (
          <li
            key={frame.id}
            class={`${picked ? "picked" : ""} ${lit.has(frame.id) ? "lit" : ""}`}
            onPointerEnter={() => onLight(mark)}
            onPointerLeave={() => onLight(null)}
            onFocusIn={() => {
              setCurrent(row);
              onLight(mark);
            }}
            onFocusOut={() => onLight(null)}
          >
            <label class="tick-box">
              <span class="unseen">{`Select ${frame.basename}`}</span>
              <input
                type="checkbox"
                checked={picked}
                tabIndex={tabIndex}
                onChange={(event) => pick([frame], event.currentTarget.checked)}
              />
            </label>
            <div class="map-row">
              <a href={`frame/${frame.id}`} tabIndex={tabIndex}>
                {frame.basename}
              </a>
              <span>{facts.filter(Boolean).join(" · ")}</span>
              <span class="muted">
                {time(frame.DATE_OBS)} · {formatRa(ra, 0)} {formatDec(dec, 0)}
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
