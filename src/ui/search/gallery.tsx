import { useComputed } from "@preact/signals";
import type { Frame } from "../api/frame.ts";
import { seconds, time } from "../design/format.ts";
import { Preview } from "../frame/preview.tsx";
import { selected, touch } from "./selection.ts";

/** The results as previews: for the eye that looks for clouds, trails and bad focus. */
export function Gallery({ frames }: { frames: readonly Frame[] }) {
  return (
    <ul class="gallery" aria-label="Previews of frames">
      {frames.map((frame, index) => (
        <Plate key={frame.id} frame={frame} onTouch={(on, extend) => touch(frames, index, on, extend)} />
      ))}
    </ul>
  );
}

function Plate({ frame, onTouch }: { frame: Frame; onTouch: (on: boolean, extend: boolean) => void }) {
  const picked = useComputed(() => selected.value.has(frame.id)).value;
  const facts = [frame.FILTER, frame.EXPTIME === null ? null : `${seconds(frame.EXPTIME)} s`, frame.INSTRUME];
  return (
    <li class={picked ? "plate-card picked" : "plate-card"}>
      <label class="tick-box over">
        <span class="unseen">{`Select ${frame.basename}`}</span>
        <input
          type="checkbox"
          checked={picked}
          onClick={(event) => onTouch(event.currentTarget.checked, event.shiftKey)}
        />
      </label>
      <a href={`/frame/${frame.id}`} class="plate-name">
        <Preview frame={frame} size="list" />
        <b>{frame.OBJECT ?? frame.OBSTYPE}</b>
        <span class="small mono">{frame.basename}</span>
      </a>
      <div class="plate-words">
        <span class="muted small">{time(frame.DATE_OBS)}</span>
        <span class="small">{facts.filter((fact) => fact !== null && fact !== "").join(" · ")}</span>
      </div>
    </li>
  );
}
