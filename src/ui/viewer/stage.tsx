/** The canvas: draws what the state says, and turns pointers into what the tools do. */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { pan, toImage, zoom } from "./camera.ts";
import { type Commands, keysOf } from "./keyboard.ts";
import type { Layer } from "./layer.ts";
import { dragged } from "./look.ts";
import { keepOverlay } from "./overlay.ts";
import { type Painted, Painter } from "./painter.ts";
import type { Point } from "./plane.ts";
import { nearestSource } from "./sources.ts";
import type { ViewerState } from "./state.ts";

/** CSS pixels that a click may move and still be one. */
const STILL = 4;
const CLICK_REACH = 12;

interface StageProps {
  state: ViewerState;
  /** Makes a picture of what is seen, once the canvas is there. */
  onPicture: (take: () => Promise<Blob | null>) => void;
  onLost: () => void;
  /** Takes the focus when it comes. */
  focused?: boolean;
  /** What the keyboard may ask for beyond the state. */
  commands: Commands;
}

export function Stage({ state, onPicture, onLost, focused = false, commands }: StageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const target = canvas.current!;
    const painter = Painter.on(target);
    if (painter === null) {
      onLost();
      return;
    }
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      state.canvas.value = { width, height };
    });
    watch.observe(target);
    const stopDrawing = keepDrawing(target, painter, state);
    const stopOverlay = keepOverlay(overlay.current!, state);
    const stopPointers = followPointers(target, state);
    target.addEventListener("webglcontextlost", onLost);
    onPicture(() => picture(target, overlay.current!));
    if (focused) target.focus();
    return () => {
      target.removeEventListener("webglcontextlost", onLost);
      watch.disconnect();
      stopDrawing();
      stopOverlay();
      stopPointers();
      painter.close();
    };
  }, [state]);

  return (
    <div class="viewer-stage plate">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: it takes keys and a cross-hair of its own */}
      <canvas
        ref={canvas}
        class="viewer-canvas"
        data-tool={state.tool.value}
        tabIndex={0}
        role="application"
        aria-label="Live image. Arrow keys move the cross-hair, Enter uses the tool there, plus and minus zoom."
        aria-describedby="viewer-readout"
        onKeyDown={(event) => keysOf(state, commands, event)}
        onContextMenu={(event) => event.preventDefault()}
        onPointerLeave={() => {
          const cursor = state.cursor.peek();
          if (cursor !== null) state.cursor.value = { ...cursor, pinned: true };
        }}
      />
      <canvas ref={overlay} class="viewer-overlay" />
    </div>
  );
}

/** Sends images to the card as they come, and draws a frame whenever something of it has changed. */
function keepDrawing(target: HTMLCanvasElement, painter: Painter, state: ViewerState): () => void {
  const painted = new Map<Layer, Painted>();
  let request = 0;
  const stop = effect(() => {
    const layers = state.layers.value;
    const shown = state.trio ?? [state.layer];
    const size = state.canvas.value;
    const camera = state.camera.value;
    const { stretch, colormap, inverted } = state.look.value;
    const levels = shown.map((layer) => state.levels(layer));
    const draw = () => {
      if (painter.isLost) return;
      for (const [layer, one] of painted) {
        if (layers.includes(layer)) continue;
        painter.drop(one);
        painted.delete(layer);
      }
      const ratio = window.devicePixelRatio;
      // What is looked at goes to the card first, and the rest when the first picture is on screen.
      let isWhole = true;
      const drawn = shown.map((layer, i) => {
        const unseen = target.dataset.drawn === undefined ? painter.unseen(layer.image, camera.scale * ratio) : 0;
        let one = painted.get(layer);
        if (one === undefined || one.without > unseen) {
          if (one !== undefined) painter.drop(one);
          one = painter.take(layer.image, layer.nodes, unseen);
          painted.set(layer, one);
        }
        isWhole &&= one.without === 0;
        return { painted: one, levels: levels[i]! };
      });
      const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
      if (target.width !== width || target.height !== height) {
        target.width = width;
        target.height = height;
      }
      const reference = state.first.plane;
      const more = painter.draw({ camera, ratio, reference, layers: drawn, stretch, colormap, inverted });
      target.dataset.drawn = String(Number(target.dataset.drawn ?? 0) + 1);
      if (more || !isWhole) request = requestAnimationFrame(draw);
    };
    cancelAnimationFrame(request);
    if (size.width > 1) request = requestAnimationFrame(draw);
  });
  return () => {
    stop();
    cancelAnimationFrame(request);
  };
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

  // Preact's own handler for the wheel is passive and could not keep the page from scrolling.
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
  target.addEventListener("wheel", onWheel, { passive: false });
  return () => {
    target.removeEventListener("pointerdown", onDown);
    target.removeEventListener("pointermove", onMove);
    target.removeEventListener("pointerup", onUp);
    target.removeEventListener("pointercancel", onUp);
    target.removeEventListener("wheel", onWheel);
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
  context.drawImage(overlay, 0, 0);
  return new Promise((done) => both.toBlob(done, "image/png"));
}
