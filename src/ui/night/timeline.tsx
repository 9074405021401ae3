/** The night as a timeline: a canvas that is zoomed and moved in time, walked through by keys, and opens frames. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Span } from "../../sky/sun-moon.ts";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { CATEGORY_COLOURS, type Category, GROUPINGS, type Grouping, useThemeColours } from "../design/category.ts";
import { seconds, time } from "../design/format.ts";
import { Icon } from "../design/icon.tsx";
import { type PointedAt, Tip, usePointedAt } from "../design/tip.tsx";
import { Preview } from "../frame/preview.tsx";
import { useGestures } from "../sky/pointer.ts";
import { panned, revealing, toTime, zoomed } from "./axis.ts";
import { type Gap, type Row, spanOf } from "./exposures.ts";
import { barOf, frameAt, layoutOf, neighbour } from "./layout.ts";
import { NIGHT_COLOURS, NightPainter, type Scene } from "./painter.ts";
import type { SiteSky } from "./site.ts";

interface TimelineProps {
  rows: readonly Row<Frame>[];
  skies: ReadonlyMap<string, SiteSky>;
  gaps: readonly Gap[];
  categories: ReadonlyMap<string, Category>;
  grouping: Grouping;
  whole: Span;
  shown: Span;
  onShown: (shown: Span) => void;
  onOpen: (frame: Frame) => void;
  /** Id of the words that say what the timeline shows. */
  describedBy: string;
}

const ZOOM_STEP = 1.6;
const WALKS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"] as const;

export function Timeline({
  rows,
  skies,
  gaps,
  categories,
  grouping,
  whole,
  shown,
  onShown,
  onOpen,
  describedBy,
}: TimelineProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const night = useRef<{ scene: Scene; colours: object; picture: OffscreenCanvas } | null>(null);
  const [width, setWidth] = useState(0);
  const [focused, setFocused] = useState<Frame | null>(null);
  const { about: pointed, point, drop, hold } = usePointedAt<{ frame: Frame; x: number; y: number }>();
  const colours = useThemeColours([...NIGHT_COLOURS, ...CATEGORY_COLOURS]);
  const em = 0.72 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const curved = (site: string) => {
    const sky = skies.get(site);
    // There is room for the curves while they are on their way, so that nothing moves when they come.
    return sky === undefined || sky.place !== null || sky.samples.length > 0;
  };
  const layout = useMemo(() => layoutOf(rows, curved, em), [rows, skies, em]);

  useEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    watch.observe(canvas.current!);
    return () => watch.disconnect();
  }, []);
  useEffect(() => {
    setFocused(null);
    drop();
  }, [rows]);

  const scene = useMemo(
    () => ({
      ...{ layout, shown, width, skies, gaps },
      slotOf: (frame: Frame) => categories.get(GROUPINGS[grouping].of(frame))!.slot,
      labelOf: (frame: Frame) => frame.FILTER ?? frame.OBSTYPE,
    }),
    [layout, shown, width, skies, gaps, categories],
  );
  const lit = pointed?.frame ?? focused;
  useEffect(() => {
    if (width === 0) return;
    const request = requestAnimationFrame(() => {
      const target = canvas.current;
      if (target === null) return; // left in the meantime
      const ratio = window.devicePixelRatio;
      const [wide, high] = [Math.round(width * ratio), Math.round(layout.height * ratio)];
      if (target.width !== wide || target.height !== high) {
        target.width = wide;
        target.height = high;
      }
      // What does not change under the pointer is kept as a picture.
      const kept = night.current;
      if (kept?.scene !== scene || kept.colours !== colours || kept.picture.width !== wide) {
        const picture = new OffscreenCanvas(wide, high);
        new NightPainter(picture.getContext("2d")!, scene, colours, { ratio, em }).paint();
        night.current = { scene, colours, picture };
      }
      const context = target.getContext("2d")!;
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(night.current!.picture, 0, 0);
      if (lit !== null) new NightPainter(context, scene, colours, { ratio, em }).light(lit);
      target.dataset.drawn = String(Number(target.dataset.drawn ?? 0) + 1);
    });
    return () => cancelAnimationFrame(request);
  }, [scene, colours, lit]);

  const length = shown.end - shown.start;
  const zoomBy = (factor: number, about = (shown.start + shown.end) / 2) =>
    onShown(zoomed(shown, factor, about, whole));
  const open = (frame: Frame | null) => {
    if (frame !== null) onOpen(frame);
  };

  useGestures(canvas, {
    wheelZooms: "with-control",
    press: () => false,
    drag: (dx) => {
      drop();
      onShown(panned(shown, (-dx / width) * length, whole));
    },
    zoom: (factor, x) => zoomBy(factor, toTime(x, shown, width)),
    hover: (x, y) => {
      const frame = frameAt(layout, shown, width, x, y);
      point(frame && { frame, x, y });
    },
    leave: () => point(null),
    release: () => {},
    click: (x, y) => open(frameAt(layout, shown, width, x, y)),
    doubleClick: () => {},
  });

  const key = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const walk = WALKS.find((one) => one === event.key);
    const about = focused === null ? undefined : spanOf(focused).start;
    if (walk !== undefined) {
      const next = neighbour(rows, focused, walk);
      if (next !== null) {
        drop();
        setFocused(next);
        onShown(revealing(shown, spanOf(next), whole));
        announce(wordsOf(next));
      }
    } else if (event.key === "Enter") {
      open(focused);
    } else if (event.key === "+" || event.key === "=") {
      zoomBy(ZOOM_STEP, about);
    } else if (event.key === "-") {
      zoomBy(1 / ZOOM_STEP, about);
    } else if (event.key === "0") {
      onShown(whole);
    } else if (event.key === "Escape") {
      setFocused(null);
    } else {
      return;
    }
    event.preventDefault();
  };

  const tip = pointed ?? (focused === null ? null : { frame: focused, ...placeOf(focused) });
  function placeOf(frame: Frame): { x: number; y: number } {
    const placed = layout.bands.flatMap((band) => band.rows).find(({ lanes }) => lanes.has(frame));
    if (placed === undefined) return { x: 0, y: 0 };
    const [left, wide] = barOf(frame, shown, width);
    return { x: left + wide, y: placed.lanes.get(frame)!.top };
  }
  return (
    <div class="timeline">
      <div class="timeline-tools">
        <span class="muted small">
          Times in UTC. Drag to move, {matchMedia("(pointer: coarse)").matches ? "pinch" : "Ctrl and the wheel"} to
          zoom.
        </span>
        <div class="grow" />
        <button type="button" class="button square tight" aria-label="Zoom in" onClick={() => zoomBy(ZOOM_STEP)}>
          <Icon name="plus" size={14} />
        </button>
        <button type="button" class="button square tight" aria-label="Zoom out" onClick={() => zoomBy(1 / ZOOM_STEP)}>
          <Icon name="minus" size={14} />
        </button>
        <button
          type="button"
          class="button square tight"
          aria-label="Earlier"
          onClick={() => onShown(panned(shown, -length / 2, whole))}
        >
          <Icon name="left" size={14} />
        </button>
        <button
          type="button"
          class="button square tight"
          aria-label="Later"
          onClick={() => onShown(panned(shown, length / 2, whole))}
        >
          <Icon name="right" size={14} />
        </button>
        <button type="button" class="button tight" onClick={() => onShown(whole)}>
          Whole night
        </button>
      </div>
      <div class="timeline-stage">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: its keys walk through the frames */}
        <canvas
          ref={canvas}
          class="timeline-canvas"
          style={{ height: `${layout.height}px` }}
          role="application"
          aria-label="Timeline of the night. Arrow keys walk through the frames, Enter opens one, plus and minus zoom."
          tabIndex={0}
          aria-describedby={describedBy}
          onKeyDown={key}
          onBlur={() => setFocused(null)}
        />
        {tip !== null && <FrameTip {...tip} onHold={hold} />}
      </div>
    </div>
  );
}

function factsOf(frame: Frame): string[] {
  const exposure = frame.EXPTIME === null ? null : `${seconds(frame.EXPTIME)} s`;
  return [frame.OBSTYPE, frame.FILTER, exposure].filter((fact) => fact !== null);
}

/** A frame as it is read out. */
function wordsOf(frame: Frame): string {
  const object = frame.OBJECT === null ? [] : [frame.OBJECT];
  return [frame.basename, ...object, ...factsOf(frame), `at ${frame.DATE_OBS.slice(11, 19)} UTC`, frame.INSTRUME].join(
    ", ",
  );
}

interface FrameTipProps {
  frame: Frame;
  x: number;
  y: number;
  onHold: PointedAt<unknown>["hold"];
}

function FrameTip({ frame, ...place }: FrameTipProps) {
  return (
    <Tip {...place}>
      <Preview key={frame.id} frame={frame} size="list" />
      <b>{frame.OBJECT ?? frame.OBSTYPE}</b>
      <span class="mono">{frame.basename}</span>
      <span>{factsOf(frame).join(" · ")}</span>
      <span class="muted">{time(frame.DATE_OBS)} UTC</span>
    </Tip>
  );
}
