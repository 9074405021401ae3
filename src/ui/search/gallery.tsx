/**
 * The results as previews: for the eye that looks for clouds, trails and bad focus. They stand in lines, which come one
 * after the other, and each of which is painted by itself: 1,000 previews that the browser has to look after one by one
 * take half of the time a frame of a scroll has.
 */
import { useComputed } from "@preact/signals";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import { useComing } from "../design/coming.ts";
import { seconds, time } from "../design/format.ts";
import { Preview } from "../frame/preview.tsx";
import { selected, touch } from "./selection.ts";

/** Lines that are there at once. */
const FIRST = 10;

export function Gallery({ frames }: { frames: readonly Frame[] }) {
  const list = useRef<HTMLDivElement>(null);
  const [columns, setColumns] = useState(0);
  useLayoutEffect(() => {
    const own = list.current!;
    const measure = () => {
      const widths = getComputedStyle(own).gridTemplateColumns.split(" ");
      setColumns(widths.length);
      own.style.setProperty("--column", widths[0]!);
      // Lines to come take as much room as the first one does.
      const line = own.firstElementChild?.getBoundingClientRect().height;
      if (line) own.style.setProperty("--plates-height", `${line}px`);
    };
    const follow = new ResizeObserver(measure);
    measure();
    follow.observe(own);
    return () => follow.disconnect();
  }, []);

  const lines = columns === 0 ? 0 : Math.ceil(frames.length / columns);
  const starts = Array.from({ length: lines }, (_, line) => line * columns);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the items of a list element would have to be its children
    <div class="gallery" role="list" aria-label="Previews of frames" ref={list}>
      {starts.map((start, line) => (
        <Line key={start} frames={frames} start={start} end={start + columns} first={line < FIRST} />
      ))}
    </div>
  );
}

interface LineProps {
  frames: readonly Frame[];
  start: number;
  end: number;
  first: boolean;
}

function Line({ frames, start, end, first }: LineProps) {
  const { part, here } = useComing<HTMLDivElement>(first);
  return (
    <div class="plates" role="presentation" data-near ref={part}>
      {here &&
        frames
          .slice(start, end)
          .map((frame, index) => (
            <Plate key={frame.id} frame={frame} onTouch={(on, extend) => touch(frames, start + index, on, extend)} />
          ))}
    </div>
  );
}

function Plate({ frame, onTouch }: { frame: Frame; onTouch: (on: boolean, extend: boolean) => void }) {
  const picked = useComputed(() => selected.value.has(frame.id)).value;
  const facts = [frame.FILTER, frame.EXPTIME === null ? null : `${seconds(frame.EXPTIME)} s`, frame.INSTRUME];
  return (
    // biome-ignore lint/a11y/useSemanticElements: see above
    <div role="listitem" class={picked ? "plate-card picked" : "plate-card"}>
      <label class="tick-box over">
        <span class="unseen">{`Select ${frame.basename}`}</span>
        <input
          type="checkbox"
          checked={picked}
          onClick={(event) => onTouch(event.currentTarget.checked, event.shiftKey)}
        />
      </label>
      <a href={`frame/${frame.id}`} class="plate-name">
        <Preview frame={frame} size="list" />
        <b>{frame.OBJECT ?? frame.OBSTYPE}</b>
        <span class="small mono">{frame.basename}</span>
      </a>
      <div class="plate-words">
        <span class="muted small">{time(frame.DATE_OBS)}</span>
        <span class="small">{facts.filter((fact) => fact !== null && fact !== "").join(" · ")}</span>
      </div>
    </div>
  );
}
