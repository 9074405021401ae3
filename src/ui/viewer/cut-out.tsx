import { useState } from "preact/hooks";
import { previewAddress } from "../frame/preview.tsx";
import type { Point } from "./plane.ts";
import type { ViewerState } from "./state.ts";

interface CutOutProps {
  state: ViewerState;
  version: number | null;
  /** Reads the part around another place. */
  onRead: (around: Point) => void;
}

/** Of an image that is more than the browser can hold: which part of it is here, and the way to the others. */
export function CutOut({ state, version, onRead }: CutOutProps) {
  const { frame, image } = state.first;
  const { unit, part } = image;
  const [mapped, setMapped] = useState(true);
  if (part.width === unit.width && part.height === unit.height) return null;
  const { x, y } = state.camera.value;
  // The archive's preview is of the science image.
  const isMapped = mapped && frame.width === unit.width && frame.height === unit.height;
  const percent = (value: number, all: number) => `${(100 * value) / all}%`;
  return (
    <section class="viewer-part" aria-labelledby="part-title">
      <h2 id="part-title">Part of the image</h2>
      <p>
        {`Columns ${part.x0 + 1} to ${part.x0 + part.width} and rows ${part.y0 + 1} to ${part.y0 + part.height} of `}
        {`${unit.width} × ${unit.height}: all of it is more than this browser can hold.`}
      </p>
      {isMapped && (
        // biome-ignore lint/a11y/noStaticElementInteractions: for the pointer; the form below does the same
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        <div
          class="part-map"
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            const [across, down] = [event.clientX - box.left, event.clientY - box.top];
            onRead([(across / box.width) * unit.width, (1 - down / box.height) * unit.height]);
          }}
        >
          <img src={previewAddress(frame.id, "page", version)} alt="" onError={() => setMapped(false)} />
          <span
            style={{
              left: percent(part.x0, unit.width),
              bottom: percent(part.y0, unit.height),
              width: percent(part.width, unit.width),
              height: percent(part.height, unit.height),
            }}
          />
        </div>
      )}
      <form
        class="part-form"
        onSubmit={(event) => {
          event.preventDefault();
          const given = new FormData(event.currentTarget);
          onRead([Number(given.get("x")), Number(given.get("y"))]);
        }}
      >
        {(["x", "y"] as const).map((axis) => (
          <label key={axis} class="image-wish">
            <span class="muted">{axis.toUpperCase()}</span>
            <input
              class="input level"
              name={axis}
              type="number"
              min={1}
              max={axis === "x" ? unit.width : unit.height}
              value={Math.round(axis === "x" ? x : y)}
              required
            />
          </label>
        ))}
        <button type="submit" class="button tight">
          Read the part around it
        </button>
      </form>
    </section>
  );
}
