import type { Frame } from "../api/frame.ts";
import type { ViewerState } from "./state.ts";

/** What tells a frame from others of its field, in a word. */
export function nameOf(frame: Pick<Frame, "FILTER" | "OBSTYPE">): string {
  return frame.FILTER ?? frame.OBSTYPE;
}

/** Which of several frames the figures are of: the one in sight. Nothing where there is but one. */
export function MeasuredOn({ state }: { state: ViewerState }) {
  if (state.layers.value.length < 2) return null;
  const { frame } = state.layer;
  return (
    <p class="muted small" data-part="measured-on">
      {`Of ${nameOf(frame)} ${frame.basename}${state.trio === null ? "" : ", the red one"}`}
    </p>
  );
}
