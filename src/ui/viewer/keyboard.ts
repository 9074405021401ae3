/** The image's keys: whatever a pointer does, they do at the cross-hair. tool.ts lists them for people. */
import { announce } from "../design/announce.tsx";
import { toImage } from "./camera.ts";
import { dragged } from "./look.ts";
import type { Point } from "./plane.ts";
import { valuesText } from "./readout.tsx";
import type { ViewerState } from "./state.ts";
import { TOOLS } from "./tool.ts";

const MOVES: Record<string, Point> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export interface Commands {
  plane: (by: number) => void;
  copy: () => void;
  fill: () => void;
}

export function keysOf(state: ViewerState, commands: Commands, event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = MOVES[event.key];
  const command = commandsOf(state, commands)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  const tool = TOOLS.find(({ key }) => key === event.key.toLowerCase());
  if (move !== undefined) moveCross(state, move, event.shiftKey ? 10 : 1);
  else if (command !== undefined) command();
  else if (tool !== undefined) state.choose(tool.id);
  else return;
  event.preventDefault();
}

function commandsOf(state: ViewerState, commands: Commands): Record<string, () => void> {
  const levels = (dx: number, dy: number) => state.change({ cuts: dragged(state.levels(state.first), dx, dy) });
  return {
    "+": () => state.zoomBy(1.5),
    "=": () => state.zoomBy(1.5),
    "-": () => state.zoomBy(1 / 1.5),
    f: () => state.fit(),
    "1": () => state.onePixel(),
    n: () => state.turnNorth(),
    u: () => state.turnBack(),
    "[": () => levels(-0.02, 0),
    "]": () => levels(0.02, 0),
    "{": () => levels(0, 0.03),
    "}": () => levels(0, -0.03),
    z: () => state.change({ cuts: { kind: "zscale" } }),
    i: () => state.change({ inverted: !state.look.peek().inverted }),
    g: () => {
      state.grid.value = !state.grid.peek();
    },
    k: () => {
      state.sources.value = !state.sources.peek();
    },
    m: () => {
      state.marks.value = !state.marks.peek();
    },
    ",": () => state.step(-1),
    ".": () => state.step(1),
    p: commands.copy,
    w: commands.fill,
    PageUp: () => commands.plane(1),
    PageDown: () => commands.plane(-1),
    Enter: () => act(state),
    " ": () => act(state),
    Escape: () => state.clear(),
  };
}

/** Where the cross-hair is, or would be: in the middle of what is in sight. */
function crossOf(state: ViewerState): Point {
  const { x, y } = state.camera.peek();
  return inside(state, state.cursor.peek()?.at ?? [x, y]);
}

/** The pixel of the image that is nearest to a place. */
function inside(state: ViewerState, [x, y]: Point): Point {
  const { x0, y0, width, height } = state.first.plane;
  return [
    Math.min(x0 + width, Math.max(x0 + 1, Math.round(x))),
    Math.min(y0 + height, Math.max(y0 + 1, Math.round(y))),
  ];
}

function moveCross(state: ViewerState, [dx, dy]: Point, step: number): void {
  const [x, y] = crossOf(state);
  const at = inside(state, [x + dx * step, y + dy * step]);
  state.cursor.value = { at, pinned: true };
  announce(`${at[0]}, ${at[1]}: ${valuesText(state, at)}`);
  const anchor = state.anchor.peek();
  if (anchor !== null) draft(state, anchor, at, false);
  const camera = state.camera.peek();
  const [cx, cy] = toImage(camera, state.canvas.peek(), 0, 0);
  const reach = Math.hypot(cx - camera.x, cy - camera.y) * 0.6;
  if (Math.hypot(at[0] - camera.x, at[1] - camera.y) > reach) {
    state.frameBy((now) => ({ ...now, x: at[0], y: at[1] }));
  }
}

/** What a click does, at the cross-hair; a line or region takes two. */
function act(state: ViewerState): void {
  const at = crossOf(state);
  state.cursor.value = { at, pinned: true };
  const tool = state.tool.peek();
  if (tool === "star") state.measure(at);
  else if (tool === "line" || tool === "box" || tool === "circle") {
    const anchor = state.anchor.peek();
    state.anchor.value = anchor === null ? at : null;
    if (anchor !== null) draft(state, anchor, at, true);
  } else if (tool === "move") state.frameBy((now) => ({ ...now, x: at[0], y: at[1] }));
}

function draft(state: ViewerState, from: Point, to: Point, done: boolean): void {
  const tool = state.tool.peek();
  if (tool === "line") state.line.value = { from, to };
  else if (tool === "box") state.setRegion({ kind: "box", from, to }, done);
  else state.setRegion({ kind: "circle", centre: from, radius: Math.hypot(to[0] - from[0], to[1] - from[1]) }, done);
}
