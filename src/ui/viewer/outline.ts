/** Lines, boxes and circles, each from one place of the image to another. */
import type { Point } from "./plane.ts";
import type { ViewerState } from "./state.ts";

/** What the tool draws between two places; `done`: it is to be measured. */
export function draft(state: ViewerState, from: Point, to: Point, done: boolean): void {
  const tool = state.tool.peek();
  if (tool === "line") state.line.value = { from, to };
  else if (tool === "box") state.setRegion({ kind: "box", from, to }, done);
  else state.setRegion({ kind: "circle", centre: from, radius: Math.hypot(to[0] - from[0], to[1] - from[1]) }, done);
}

/** Begins at a place, or ends there what was begun, for those who cannot drag. Answers whether it has ended. */
export function putEnd(state: ViewerState, at: Point): boolean {
  const from = state.anchor.peek();
  if (from === null) state.clear();
  state.anchor.value = from === null ? at : null;
  if (from !== null) draft(state, from, at, true);
  return from !== null;
}
