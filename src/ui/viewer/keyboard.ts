/** The image's keys: whatever a pointer does, they do at the cross-hair. tool.ts lists them for people. */
import { announce } from "../design/announce.tsx";
import { toImage } from "./camera.ts";
import { lineText } from "./line-panel.tsx";
import { dragged } from "./look.ts";
import { nameOf } from "./measured-on.tsx";
import { short } from "./number.ts";
import { draft, putEnd } from "./outline.ts";
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
  else if (command !== undefined) {
    const words = command();
    if (words !== "") announce(words);
  } else if (tool !== undefined) {
    state.choose(tool.id);
    announce(`${tool.name}: ${tool.does}.`);
  } else return;
  event.preventDefault();
}

/** What each key does; the words it answers are for those who do not see it happen (empty: somebody else says it). */
function commandsOf(state: ViewerState, commands: Commands): Record<string, () => string> {
  const levels = (dx: number, dy: number) => {
    state.change({ cuts: dragged(state.levels(state.first), dx, dy) });
    return levelsText(state);
  };
  const zoom = (factor: number) => {
    state.zoomBy(factor);
    return zoomText(state);
  };
  const turn = (which: "grid" | "sources" | "marks", name: string) => {
    state[which].value = !state[which].peek();
    return `${name} ${state[which].peek() ? "shown" : "hidden"}.`;
  };
  const plane = (by: number) => {
    if (state.first.image.unit.planes < 2) return "This image has one plane.";
    commands.plane(by);
    return "";
  };
  const step = (by: number) => {
    if (state.layers.peek().length < 2) return "There is no other frame to compare with.";
    state.step(by);
    return `${nameOf(state.layer.frame)} ${state.layer.frame.basename} in sight.`;
  };
  return {
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    f: () => {
      state.fit();
      return `Whole image. ${zoomText(state)}`;
    },
    "1": () => {
      state.onePixel();
      return zoomText(state);
    },
    n: () => {
      state.turnNorth();
      return state.first.wcs === null ? "Where north is, is not known." : "North up.";
    },
    u: () => {
      state.turnBack();
      return "As in the file.";
    },
    "[": () => levels(-0.02, 0),
    "]": () => levels(0.02, 0),
    "{": () => levels(0, 0.03),
    "}": () => levels(0, -0.03),
    z: () => {
      state.change({ cuts: { kind: "zscale" } });
      return levelsText(state);
    },
    i: () => {
      state.change({ inverted: !state.look.peek().inverted });
      return state.look.peek().inverted ? "Colours inverted." : "Colours not inverted.";
    },
    g: () => turn("grid", "Grid"),
    k: () => turn("sources", "Sources"),
    m: () => turn("marks", "Compass and scale"),
    ",": () => step(-1),
    ".": () => step(1),
    p: () => {
      commands.copy();
      return "";
    },
    w: () => {
      commands.fill();
      return "";
    },
    PageUp: () => plane(1),
    PageDown: () => plane(-1),
    Enter: () => act(state),
    " ": () => act(state),
    Escape: () => {
      state.clear();
      return "Cleared.";
    },
  };
}

function levelsText(state: ViewerState): string {
  const [low, high] = state.levels();
  return `Levels ${short(low)} to ${short(high)}.`;
}

function zoomText(state: ViewerState): string {
  return `Zoom ${short(state.camera.peek().scale * 100, 3)} %.`;
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

/** What a click does, at the cross-hair; a line or region takes two. Answers words for what nobody else says. */
function act(state: ViewerState): string {
  const at = crossOf(state);
  state.cursor.value = { at, pinned: true };
  const tool = state.tool.peek();
  if (tool === "star") state.stars.measure(at);
  else if (tool === "move") {
    state.frameBy((now) => ({ ...now, x: at[0], y: at[1] }));
    return `${at[0]}, ${at[1]} is in the middle.`;
  } else if (tool !== "levels") {
    if (!putEnd(state, at)) return `Begins at ${at[0]}, ${at[1]}.`;
    if (tool === "line") return lineText(state);
  }
  return "";
}
