/** The image and what lies above it, and what pointers do there by the tools. */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { pan, toImage, zoom } from "./camera.ts";
import { keepDrawing } from "./drawing.ts";
import { type Commands, keysOf } from "./keyboard.ts";
import { dragged } from "./look.ts";
import { keepOverlay } from "./overlay.ts";
import type { Painter } from "./painter.ts";
import type { Point } from "./plane.ts";
import { nearestSource } from "./sources.ts";
import type { ViewerState } from "./state.ts";

/** CSS pixels that a click may move and still be one. */
const STILL = 4;
const CLICK_REACH = 12;

interface StageProps {
  state: ViewerState;
  /** Null: the browser cannot draw. */
  takePainter: () => Painter | null;
  /** Makes a picture of what is seen, once the canvas is there. */
  onPicture: (take: () => Promise<Blob | null>) => void;
  onLost: () => void;
  /** Takes the focus when it comes. */
  focused?: boolean;
  /** What the keyboard may ask for beyond the state. */
  commands: Commands;
}

export function Stage({ state, takePainter, onPicture, onLost, focused = false, commands }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const latest = useRef(commands);
  latest.current = commands;

  useEffect(() => {
    const painter = takePainter();
    if (painter === null) {
      onLost();
      return;
    }
    const { canvas } = painter;
    describe(canvas);
    stage.current!.prepend(canvas);
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      state.canvas.value = { width, height };
    });
    watch.observe(canvas);
    const stops = [
      effect(() => {
        canvas.dataset.tool = state.tool.value;
      }),
      keepDrawing(painter, state),
      keepOverlay(overlay.current!, state),
      followPointers(canvas, state),
    ];
    canvas.addEventListener("keydown", (event) => keysOf(state, latest.current, event));
    canvas.addEventListener("webglcontextlost", onLost);
    onPicture(() => picture(canvas, overlay.current!));
    if (focused) canvas.focus();
    return () => {
      canvas.removeEventListener("webglcontextlost", onLost);
      watch.disconnect();
      for (const stop of stops) stop();
      painter.close();
    };
  }, [state]);

  return (
    <div class="viewer-stage plate" ref={stage}>
      <canvas ref={overlay} class="viewer-overlay" />
    </div>
  );
}

/** What the canvas is to style sheets, keyboards and those who do not see it. */
function describe(canvas: HTMLCanvasElement): void {
  canvas.className = "viewer-canvas";
  canvas.tabIndex = 0;
  canvas.role = "application";
  canvas.ariaLabel = "Live image. Arrow keys move the cross-hair, Enter uses the tool there, plus and minus zoom.";
  canvas.setAttribute("aria-describedby", "viewer-readout");
}

interface Drag {
  what: "move" | "levels" | "line" | "box" | "circle" | "pinch";
  button: number;
  /** Canvas coordinates at the beginning and now. */
  start: Point;
  last: Point;
  /** Image coordinates at the beginning. */
  from: Point;
  moved: boolean;
}

/** Mouse, pen and fingers. Two fingers move and zoom whatever the tool. */
function followPointers(target: HTMLCanvasElement, state: ViewerState): () => void {
  const down = new Map<number, Point>();
  let drag: Drag | null = null;
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
    if (down.size > 1) {
      // What one finger had begun was the beginning of this.
      if (drag?.what === "line") state.line.value = null;
      if (drag?.what === "box" || drag?.what === "circle") state.setRegion(null, true);
      drag = { what: "pinch", button: 0, start: at, last: middle(), from: imageAt(middle()), moved: true };
      return;
    }
    drag = { what: whatOf(event), button: event.button, start: at, last: at, from: imageAt(at), moved: false };
  };

  const onMove = (event: PointerEvent) => {
    const at: Point = [event.offsetX, event.offsetY];
    const before = spread();
    if (down.has(event.pointerId)) down.set(event.pointerId, at);
    state.cursor.value = { at: imageAt(at), pinned: event.pointerType !== "mouse" };
    if (drag === null) return;
    const { start, last } = drag;
    if (!drag.moved && Math.hypot(at[0] - start[0], at[1] - start[1]) < STILL) return;
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
        state.line.value = { from: drag.from, to: imageAt(at) };
        break;
      case "box":
        state.setRegion({ kind: "box", from: drag.from, to: imageAt(at) }, false);
        break;
      case "circle":
        state.setRegion(circleOf(drag.from, imageAt(at)), false);
        break;
    }
  };

  const onUp = (event: PointerEvent) => {
    down.delete(event.pointerId);
    const ended = drag;
    drag = null;
    if (ended === null || event.type === "pointercancel") return;
    if (ended.what === "pinch") {
      if (down.size === 1) drag = { ...ended, what: "move", last: middle() };
      return;
    }
    if (!ended.moved && ended.button === 0) click(ended.start);
    else if (ended.what === "box" || ended.what === "circle") state.setRegion(state.region.peek(), true);
  };

  const click = (at: Point) => {
    const tool = state.tool.peek();
    if (tool === "star") state.measure(imageAt(at));
    else if (tool === "line" || tool === "box" || tool === "circle") state.clear();
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
    target.removeEventListener("pointerdown", onDown);
    target.removeEventListener("pointermove", onMove);
    target.removeEventListener("pointerup", onUp);
    target.removeEventListener("pointercancel", onUp);
    target.removeEventListener("pointerleave", onLeave);
    target.removeEventListener("wheel", onWheel);
    target.removeEventListener("contextmenu", onMenu);
  };
}

/** A circle from its centre to a point on it. */
function circleOf(centre: Point, [x, y]: Point) {
  return { kind: "circle", centre, radius: Math.hypot(x - centre[0], y - centre[1]) } as const;
}

/** What is seen, as PNG: the image, and what lies above it. Null where the browser cannot make one. */
function picture(image: HTMLCanvasElement, overlay: HTMLCanvasElement): Promise<Blob | null> {
  const both = document.createElement("canvas");
  both.width = image.width;
  both.height = image.height;
  const context = both.getContext("2d")!;
  context.drawImage(image, 0, 0);
  if (!overlay.hidden) context.drawImage(overlay, 0, both.height - overlay.height);
  return new Promise((done) => both.toBlob(done, "image/png"));
}
