/** What mouse, pen and fingers do on the image, by the tools. */
import { batch } from "@preact/signals";
import { pan, toImage, zoom } from "./camera.ts";
import { dragged } from "./look.ts";
import { draft, putEnd } from "./outline.ts";
import type { Point } from "./plane.ts";
import { nearestSource } from "./sources.ts";
import type { ViewerState } from "./state.ts";

/** CSS pixels that a click may move and still be one; a finger is less steady. */
const STILL = 4;
const STILL_FINGER = 10;
const CLICK_REACH = 12;
/** Milliseconds after which a finger that rests shows what is below it, and within which two taps are one double tap. */
const HOLD = 500;
const DOUBLE = 300;
/** CSS pixels between the taps of a double one. */
const DOUBLE_REACH = 30;

interface Drag {
  /** `look`: a finger that was held still carries the cross-hair with it. */
  what: "move" | "levels" | "line" | "box" | "circle" | "pinch" | "look";
  button: number;
  /** Canvas coordinates at the beginning and now. */
  start: Point;
  last: Point;
  /** Image coordinates at the beginning. */
  from: Point;
  moved: boolean;
}

/** Whether it is at the cross-hair; a finger that moves the image is not. */
function pointsAtSomething(what: Drag["what"]): boolean {
  return what === "look" || what === "line" || what === "box" || what === "circle";
}

/**
 * Two fingers move and zoom whatever the tool. A tap brings the cross-hair there, a finger held still carries it along,
 * two taps or clicks come closer. Answers what ends that.
 */
export function followPointers(target: HTMLCanvasElement, state: ViewerState): () => void {
  const down = new Map<number, Point>();
  let drag: Drag | null = null;
  let hold = 0;
  let tapped: { at: Point; time: number } | null = null;
  const imageAt = ([px, py]: Point): Point => toImage(state.camera.peek(), state.canvas.peek(), px, py);
  const middle = (): Point => {
    const points = [...down.values()];
    return [
      points.reduce((sum, [x]) => sum + x, 0) / points.length,
      points.reduce((sum, [, y]) => sum + y, 0) / points.length,
    ];
  };
  const spread = (): number => {
    const [a, b] = [...down.values()];
    return a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 1;
  };

  const whatOf = (event: PointerEvent): Drag["what"] => {
    if (event.button === 2) return "levels";
    const tool = state.tool.peek();
    return event.button === 1 || event.shiftKey || tool === "star" ? "move" : tool;
  };

  const onDown = (event: PointerEvent) => {
    const at: Point = [event.offsetX, event.offsetY];
    down.set(event.pointerId, at);
    target.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
    clearTimeout(hold);
    if (down.size > 1) {
      // What one finger had begun was the beginning of this.
      if (drag?.what === "line") state.line.value = null;
      if (drag?.what === "box" || drag?.what === "circle") state.setRegion(null, true);
      drag = { what: "pinch", button: 0, start: at, last: middle(), from: imageAt(middle()), moved: true };
      return;
    }
    drag = { what: whatOf(event), button: event.button, start: at, last: at, from: imageAt(at), moved: false };
    if (event.pointerType === "touch") hold = window.setTimeout(look, HOLD);
  };

  /** The finger rests: what it does from now on is to point. */
  const look = () => {
    if (drag === null || drag.moved) return;
    drag = { ...drag, what: "look", moved: true };
    state.cursor.value = { at: imageAt(drag.start), pinned: true };
  };

  const onMove = (event: PointerEvent) => {
    const at: Point = [event.offsetX, event.offsetY];
    const isFinger = event.pointerType === "touch";
    batch(() => {
      follow(event, at, isFinger ? STILL_FINGER : STILL);
      // Where it is now that the image has moved along: the same pixel, of which nothing is to be written anew.
      if (isFinger && (drag === null || !drag.moved || !pointsAtSomething(drag.what))) return;
      state.cursor.value = { at: imageAt(at), pinned: event.pointerType !== "mouse" };
    });
  };

  const follow = (event: PointerEvent, at: Point, still: number) => {
    const before = spread();
    if (down.has(event.pointerId)) down.set(event.pointerId, at);
    const anchor = state.anchor.peek();
    if (drag === null && anchor !== null) draft(state, anchor, imageAt(at), false);
    if (drag === null) return;
    const { start, last } = drag;
    if (!drag.moved && Math.hypot(at[0] - start[0], at[1] - start[1]) < still) return;
    const now = drag.what === "pinch" ? middle() : at;
    const [dx, dy] = [now[0] - last[0], now[1] - last[1]];
    drag = { ...drag, last: now, moved: true };
    const size = state.canvas.peek();
    switch (drag.what) {
      case "move":
        state.frameBy((camera) => pan(camera, size, dx, dy));
        break;
      case "pinch":
        state.frameBy((camera) => zoom(pan(camera, size, dx, dy), size, now[0], now[1], spread() / before));
        break;
      case "levels":
        state.change({ cuts: dragged(state.levels(state.first), dx / size.width, dy / size.height) });
        break;
      case "line":
      case "box":
      case "circle":
        state.anchor.value = null;
        draft(state, drag.from, imageAt(at), false);
        break;
    }
  };

  const onUp = (event: PointerEvent) => {
    down.delete(event.pointerId);
    clearTimeout(hold);
    const ended = drag;
    drag = null;
    if (ended === null || event.type === "pointercancel") return;
    if (ended.what === "pinch") {
      if (down.size === 1) drag = { ...ended, what: "move", last: middle() };
      return;
    }
    if (!ended.moved && ended.button === 0) {
      tap(ended.start, event);
      click(ended.start);
    } else if (ended.what === "box" || ended.what === "circle") state.setRegion(state.region.peek(), true);
  };

  const tap = (at: Point, event: PointerEvent) => {
    const before = tapped;
    // The event's own time: a page that is busy hears of it later.
    const time = event.timeStamp;
    tapped = { at, time };
    if (event.pointerType !== "mouse") state.cursor.value = { at: imageAt(at), pinned: true };
    if (before === null || state.tool.peek() !== "move" || time - before.time > DOUBLE) return;
    if (Math.hypot(at[0] - before.at[0], at[1] - before.at[1]) > DOUBLE_REACH) return;
    tapped = null;
    state.zoomBy(2, at);
  };

  const click = (at: Point) => {
    const tool = state.tool.peek();
    if (tool === "star") state.stars.measure(imageAt(at));
    else if (tool === "line" || tool === "box" || tool === "circle") putEnd(state, imageAt(at));
    const catalogue = state.sources.peek() ? state.catalogue.peek() : null;
    if (catalogue === null || typeof catalogue !== "object" || tool === "levels") return;
    const source = nearestSource(catalogue.sources, imageAt(at), CLICK_REACH / state.camera.peek().scale);
    if (source !== null || tool === "move") state.picked.value = source?.row ?? null;
  };

  const onLeave = () => {
    const cursor = state.cursor.peek();
    if (cursor !== null) state.cursor.value = { ...cursor, pinned: true };
  };

  const onMenu = (event: Event) => event.preventDefault();

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    // Lines and pages, as some mice count, are some pixels each.
    const pixels = event.deltaY * (event.deltaMode === 0 ? 1 : event.deltaMode === 1 ? 30 : 400);
    // A pinch on a touch pad comes as a wheel with Control, in small steps.
    state.zoomBy(Math.exp(-pixels / (event.ctrlKey ? 80 : 400)), [event.offsetX, event.offsetY]);
  };

  target.addEventListener("pointerdown", onDown);
  target.addEventListener("pointermove", onMove);
  target.addEventListener("pointerup", onUp);
  target.addEventListener("pointercancel", onUp);
  target.addEventListener("pointerleave", onLeave);
  target.addEventListener("wheel", onWheel, { passive: false });
  target.addEventListener("contextmenu", onMenu);
  return () => {
    clearTimeout(hold);
    target.removeEventListener("pointerdown", onDown);
    target.removeEventListener("pointermove", onMove);
    target.removeEventListener("pointerup", onUp);
    target.removeEventListener("pointercancel", onUp);
    target.removeEventListener("pointerleave", onLeave);
    target.removeEventListener("wheel", onWheel);
    target.removeEventListener("contextmenu", onMenu);
  };
}
