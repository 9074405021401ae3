/** The map itself: a canvas that can be dragged, zoomed, pointed at and drawn on, by mouse, touch and keyboard. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Region } from "../../sky/region.ts";
import { toVector, type Vector } from "../../sky/vector.ts";
import { CATEGORY_COLOURS, useThemeColours } from "../design/category.ts";
import { counted, seconds, time } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { type PointedAt, Tip, usePointedAt } from "../design/tip.tsx";
import { type Drawing, type Position, pointed, put, takenBack } from "./drawing.ts";
import { circle } from "./great-circles.ts";
import { readLook, textOfLook } from "./look.ts";
import { type Mark, marksAt } from "./marks.ts";
import { COLOURS, Painter, type Scene } from "./painter.ts";
import { useGestures } from "./pointer.ts";
import { fitted, looking, Projection, pan, resized, type View, wholeSky, zoom } from "./projection.ts";

export type Tool = "move" | Drawing["shape"];

interface MapCanvasProps extends Omit<Scene, "cross"> {
  tool: Tool;
  /** Where to look, of an address; null: at the regions searched in, or all of the sky. */
  look: string | null;
  /** Id of the words that say what the map shows. */
  describedBy: string;
  onHover: (marks: readonly Mark[]) => void;
  onPick: (marks: readonly Mark[], at: Position) => void;
  onOpen: (mark: Mark) => void;
  onDrawing: (drawing: Drawing | null) => void;
  /** The drawing is complete. */
  onDrawn: (drawing: Drawing) => void;
  /** Escape: no drawing after all. */
  onStop: () => void;
  /** The pointer is here; null: beside the sky. */
  onPoint: (at: Position | null) => void;
  /** The view has come to rest. `look`: as an address has it, where a person has moved it. */
  onRest: (view: View, look: string | null, byKeyboard: boolean) => void;
}

const REST_MS = 180;
const KEY_STEP = 64;
const ZOOM_STEP = 1.5;

export function MapCanvas(props: MapCanvasProps) {
  const { marks, regions, tool, drawing, look } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view, setView] = useState<View | null>(null);
  const [focused, setFocused] = useState(false);
  const { about: tip, point, drop, hold } = usePointedAt<{ x: number; y: number; marks: readonly Mark[] }>();
  const moved = useRef<"by keyboard" | "otherwise" | null>(null);
  /** What the address says of the present view. */
  const addressed = useRef(look);
  const colours = useThemeColours([...COLOURS, ...CATEGORY_COLOURS]);

  const lookedAt = (width: number, height: number): View => {
    const asked = readLook(look);
    if (asked !== null) return looking(...asked, width, height);
    const whole = wholeSky(width, height);
    return regions.length > 0 ? fitted(whole, directionsOf(regions)) : whole;
  };
  const move = (change: (now: View) => View, keyboard = false) => {
    moved.current = keyboard ? "by keyboard" : "otherwise";
    drop();
    setView((now) => now && change(now));
  };

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      if (width === 0 || height === 0) return;
      setView((before) => (before === null ? lookedAt(width, height) : resized(before, width, height)));
    });
    watch.observe(canvas.current!);
    return () => watch.disconnect();
  }, []);

  // Back, Forward and a position that was typed look elsewhere; the address that this map has written itself does not.
  useEffect(() => {
    if (look === addressed.current) return;
    addressed.current = look;
    setView((now) => now && lookedAt(now.width, now.height));
  }, [look]);

  useEffect(() => {
    if (view === null) return;
    const timer = setTimeout(() => {
      if (moved.current !== null) addressed.current = textOfLook(view);
      props.onRest(view, moved.current === null ? null : addressed.current, moved.current === "by keyboard");
      moved.current = null;
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [view]);

  useEffect(() => {
    if (view === null) return;
    const request = requestAnimationFrame(() => {
      const target = canvas.current;
      if (target === null) return; // left in the meantime
      const ratio = window.devicePixelRatio;
      const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
      if (target.width !== width || target.height !== height) {
        target.width = width;
        target.height = height;
      }
      const em = 0.72 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      const painter = new Painter(target.getContext("2d")!, view, colours, { ratio, em });
      painter.paint({ ...props, cross: focused && tool !== "move" });
      target.dataset.drawn = String(Number(target.dataset.drawn ?? 0) + 1);
    });
    return () => cancelAnimationFrame(request);
  });

  const projection = view && new Projection(view);
  const finish = (whole: Drawing | null) => {
    if (whole !== null) props.onDrawn(whole);
  };
  const set = (shape: Drawing["shape"], at: Position) => {
    if (shape === "circle" && drawing?.shape === "circle") return finish(pointed(drawing, at));
    props.onDrawing(put(drawing, shape, at));
  };

  useGestures(canvas, {
    press: (x, y) => {
      canvas.current!.focus({ preventScroll: true });
      setFocused(false);
      if (tool !== "circle" || drawing !== null) return false;
      const at = projection?.position(x, y);
      if (at) set("circle", at);
      return at != null;
    },
    drag: (dx, dy) => move((now) => pan(now, dx, dy)),
    zoom: (factor, x, y) => move((now) => zoom(now, factor, x, y)),
    hover: (x, y) => {
      const at = projection?.position(x, y) ?? null;
      props.onPoint(at);
      if (drawing !== null && at !== null) props.onDrawing(pointed(drawing, at));
      const found = tool === "move" && projection !== null ? marksAt(projection, marks, x, y) : [];
      point(found.length === 0 ? null : { x, y, marks: found });
      props.onHover(found);
    },
    leave: () => {
      point(null);
      props.onHover([]);
      props.onPoint(null);
    },
    release: (x, y, moved) => {
      // Without a drag, the circle's edge is set by a second click.
      const at = projection?.position(x, y);
      if (moved && at && drawing?.shape === "circle") finish(pointed(drawing, at));
    },
    click: (x, y) => {
      const at = projection?.position(x, y);
      if (!at || projection === null) return;
      if (tool === "move") {
        const found = marksAt(projection, marks, x, y);
        if (found.length > 0) props.onPick(found, at);
      } else if (tool === "polygon") {
        const near = (corner: Position | undefined) => {
          if (corner === undefined) return false;
          const [cx, cy] = projection.pixel(...corner);
          return Math.hypot(cx - x, cy - y) < 10;
        };
        const corners = drawing?.shape === "polygon" ? drawing.corners : [];
        if (corners.length > 2 && near(corners[0])) finish(drawing);
        else if (!near(corners.at(-1))) set("polygon", at);
      } else if (drawing?.shape === "circle" && drawing.centre !== drawing.edge) {
        set("circle", at);
      }
    },
    doubleClick: (x, y) => {
      if (projection === null) return;
      if (tool === "polygon") return finish(drawing);
      const [first] = tool === "move" ? marksAt(projection, marks, x, y) : [];
      if (first !== undefined) props.onOpen(first);
      else if (tool === "move") move((now) => zoom(now, ZOOM_STEP ** 2, x, y));
    },
  });

  const key = (event: KeyboardEvent) => {
    if (view === null || event.ctrlKey || event.metaKey || event.altKey) return;
    setFocused(true);
    const step = event.shiftKey ? KEY_STEP / 8 : KEY_STEP;
    const shift = (dx: number, dy: number) => {
      const next = pan(view, dx, dy);
      move(() => next, true);
      if (drawing !== null) props.onDrawing(pointed(drawing, [next.ra, next.dec]));
    };
    const actions: Record<string, () => void> = {
      ArrowLeft: () => shift(step, 0),
      ArrowRight: () => shift(-step, 0),
      ArrowUp: () => shift(0, step),
      ArrowDown: () => shift(0, -step),
      "+": () => move((now) => zoom(now, ZOOM_STEP), true),
      "=": () => move((now) => zoom(now, ZOOM_STEP), true),
      "-": () => move((now) => zoom(now, 1 / ZOOM_STEP), true),
      "0": () => move((now) => wholeSky(now.width, now.height), true),
      f: () => move((now) => fitted(now, directionsOf(regions, marks)), true),
    };
    if (tool === "move") {
      actions.Enter = () => {
        const found = marksAt(projection!, marks, view.width / 2, view.height / 2);
        if (found.length > 0) props.onPick(found, [view.ra, view.dec]);
      };
    } else {
      actions.Escape = props.onStop;
      actions[" "] = () => set(tool, [view.ra, view.dec]);
      actions.Enter = () => (tool === "polygon" ? finish(drawing) : set(tool, [view.ra, view.dec]));
      actions.Backspace = () => props.onDrawing(drawing && takenBack(drawing));
    }
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };

  const button = (label: string, icon: "plus" | "minus" | "whole" | "fit", act: (now: View) => View) => (
    <button type="button" class="button square" aria-label={label} title={label} onClick={() => move(act, true)}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div class="map-stage">
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: its keys move the sky and draw */}
      <canvas
        ref={canvas}
        class={`map-canvas ${tool}`}
        role="application"
        aria-label="Sky map"
        tabIndex={0}
        aria-describedby={props.describedBy}
        aria-keyshortcuts="ArrowLeft ArrowRight ArrowUp ArrowDown + - 0 F"
        onKeyDown={key}
        onBlur={() => setFocused(false)}
      />
      <div class="map-zoom">
        {button("Zoom in", "plus", (now) => zoom(now, ZOOM_STEP))}
        {button("Zoom out", "minus", (now) => zoom(now, 1 / ZOOM_STEP))}
        {button("Zoom to the frames", "fit", (now) => fitted(now, directionsOf(regions, marks)))}
        {button("All of the sky", "whole", (now) => wholeSky(now.width, now.height))}
      </div>
      {tip !== null && tool === "move" && <MarkTip {...tip} onHold={hold} />}
    </div>
  );
}

/** Places that a fitting view should hold: the regions searched in, else the frames. */
export function directionsOf(regions: readonly Region[], marks: readonly Mark[] = []): Vector[] {
  const around = regions.flatMap((region) => {
    if (region.shape === "polygon") return region.vertices.map(([ra, dec]) => toVector(ra, dec));
    return circle(region.ra, region.dec, region.shape === "circle" ? region.radius : 0.25, 12).slice(1);
  });
  if (around.length > 0) return around;
  return marks.flatMap(({ centre, outline }) => outline ?? [centre]);
}

interface MarkTipProps {
  x: number;
  y: number;
  marks: readonly Mark[];
  onHold: PointedAt<unknown>["hold"];
}

function MarkTip({ marks, ...place }: MarkTipProps) {
  const { frame } = marks[0]!;
  const facts = [frame.OBSTYPE, frame.FILTER, frame.EXPTIME === null ? null : `${seconds(frame.EXPTIME)} s`];
  return (
    <Tip {...place}>
      <b>{frame.OBJECT ?? frame.OBSTYPE}</b>
      <span class="mono">{frame.basename}</span>
      <span>{facts.filter(Boolean).join(" · ")}</span>
      <span class="muted">
        {time(frame.DATE_OBS)} UTC · {frame.SITEID} {frame.INSTRUME}
      </span>
      {marks.length > 1 && <span>and {counted(marks.length - 1, "other frame")} here</span>}
    </Tip>
  );
}
