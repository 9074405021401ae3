/** What lies above the image: grid, sources, what the tools measure, cross-hair, compass, scale bar. On a 2D canvas. */
import { effect } from "@preact/signals";
import { type Camera, type Size, toCanvas, toImage } from "./camera.ts";
import { type GridLine, gridLines } from "./grid.ts";
import { dot, INK, label, stroke, TOOL_INK } from "./ink.ts";
import { drawMarks, MARKS_HEIGHT, marksAt, roomOfMarks } from "./marks.ts";
import type { Point } from "./plane.ts";
import { boxCorners, type Region } from "./region.ts";
import type { ViewerState } from "./state.ts";

const GRID_INK = "rgb(140 200 255 / 80%)";
const GRID_SHADE = "rgb(0 0 0 / 40%)";
const LABEL_INK = "#b9dcff";
const SOURCE_INK = "rgb(110 230 150 / 85%)";
/** CSS pixels. */
const SOURCE_RADIUS = 7;
/** Half of what a source's ring takes up. */
const RING_HALF = 10;
/** Milliseconds between drawings of compass and scale bar alone: while the image is zoomed they change with every frame. */
const SELDOM = 250;

/** What is to be drawn, on a canvas that is no higher than that: each frame that the image moves it is laid over it. */
interface Layout {
  /** CSS pixels of the stage above it. */
  top: number;
  /** Tells whether it is the same as before; null: it is not looked at. */
  key: string | null;
  draw(context: CanvasRenderingContext2D): void;
}

/** Draws again whenever something of it changes, once a frame at most. Answers what ends that. */
export function keepOverlay(target: HTMLCanvasElement, state: ViewerState): () => void {
  let request = 0;
  let timer = 0;
  let drawn: string | null = null;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const context = target.getContext("2d")!;
  const font = `600 13px ${getComputedStyle(document.body).fontFamily}`;

  const put = (layout: Layout | null, { width, height }: Size): void => {
    target.hidden = layout === null;
    const ratio = window.devicePixelRatio;
    const key = layout?.key && `${width} ${height} ${ratio} ${layout.key}`;
    if (layout === null || (key && key === drawn)) return;
    drawn = key || null;
    drawnAt = performance.now();
    const { top, draw } = layout;
    const [columns, rows] = [Math.round(width * ratio), Math.round((height - top) * ratio)];
    if (target.width !== columns || target.height !== rows) {
      target.width = columns;
      target.height = rows;
    }
    target.style.top = `${top}px`;
    target.style.height = `${height - top}px`;
    context.setTransform(ratio, 0, 0, ratio, 0, -top * ratio);
    context.clearRect(0, top, width, height - top);
    context.font = font;
    draw(context);
  };

  const stop = effect(() => {
    const layout = overlayOf(state);
    const size = state.canvas.value;
    const ask = () => {
      request = requestAnimationFrame(() => put(layout, size));
    };
    cancelAnimationFrame(request);
    clearTimeout(timer);
    const wait = layout?.key && drawn !== null ? drawnAt + SELDOM - performance.now() : 0;
    if (wait > 0) timer = window.setTimeout(ask, wait);
    else ask();
  });
  return () => {
    stop();
    cancelAnimationFrame(request);
    clearTimeout(timer);
  };
}

/** Reads all signals now, for what says later what they say now; null where there is nothing to draw. */
function overlayOf(state: ViewerState): Layout | null {
  const camera = state.camera.value;
  const canvas = state.canvas.value;
  const { wcs } = state.first;
  const place = ([x, y]: Point): Point => toCanvas(camera, canvas, x, y);
  const grid = state.grid.value && wcs !== null ? gridLines(wcs, boundsOf(camera, canvas, state)) : [];
  const catalogue = state.sources.value ? state.catalogue.value : null;
  const sources = catalogue !== null && typeof catalogue === "object" ? catalogue.sources : [];
  const [picked, tool] = [state.picked.value, state.tool.value];
  const marks = state.marks.value && wcs !== null ? marksAt(wcs, camera, canvas) : null;
  const [line, region, star, anchor] = [
    tool === "line" ? state.line.value : null,
    tool === "box" || tool === "circle" ? state.region.value : null,
    tool === "star" ? state.stars.here.at(-1) : undefined,
    state.anchor.value,
  ];
  const cross = state.cross.value;
  const isOnImage = [line, region, star ?? null, anchor, cross].some((one) => one !== null);
  if (!isOnImage && grid.length === 0 && sources.length === 0) {
    if (marks === null) return null;
    return {
      top: Math.max(0, canvas.height - MARKS_HEIGHT),
      key: JSON.stringify(marks),
      draw(context) {
        context.textBaseline = "middle";
        drawMarks(context, marks, canvas);
      },
    };
  }

  const draw = (context: CanvasRenderingContext2D) => {
    context.textBaseline = "middle";
    const taken = marks === null ? [] : roomOfMarks(canvas);
    for (const one of grid) drawGridLine(context, one, place, canvas, taken);
    const ring = sources.length === 0 ? null : ringOf(context.getTransform().a);
    for (const { row, at } of sources) {
      const [px, py] = place(at);
      if (px < -20 || py < -20 || px > canvas.width + 20 || py > canvas.height + 20) continue;
      if (row === picked) {
        stroke(context, INK, 2.5, () => context.arc(px, py, SOURCE_RADIUS + 3, 0, 2 * Math.PI));
      } else {
        context.drawImage(ring!, px - RING_HALF, py - RING_HALF, 2 * RING_HALF, 2 * RING_HALF);
      }
    }
    if (line !== null) {
      const [from, to] = [place(line.from), place(line.to)];
      stroke(context, TOOL_INK, 1.75, () => {
        context.moveTo(...from);
        context.lineTo(...to);
      });
      dot(context, from);
      dot(context, to);
    }
    if (region !== null) drawRegion(context, region, place, camera);
    if (star !== undefined) {
      const [px, py] = place(star.at);
      const { fwhm, annulus } = star.star;
      for (const [radius, dash] of [
        [fwhm, []],
        [annulus[0], [4, 4]],
        [annulus[1], [4, 4]],
      ] as const) {
        const shown = Math.max(2, (radius / star.scale) * camera.scale);
        context.setLineDash([...dash]);
        stroke(context, TOOL_INK, 1.5, () => context.arc(px, py, shown, 0, 2 * Math.PI));
      }
      context.setLineDash([]);
    }
    if (anchor !== null) dot(context, place(anchor));
    if (cross !== null) {
      const [px, py] = place([Math.round(cross[0]), Math.round(cross[1])]);
      stroke(context, INK, 1.5, () => {
        for (const [dx, dy] of [
          [1, 0],
          [-1, 0],
          [0, 1],
          [0, -1],
        ] as const) {
          context.moveTo(px + 5 * dx, py + 5 * dy);
          context.lineTo(px + 14 * dx, py + 14 * dy);
        }
      });
    }
    if (marks !== null) drawMarks(context, marks, canvas);
  };
  return { top: 0, key: null, draw };
}

let ring: { ratio: number; image: OffscreenCanvas } | null = null;

/**
 * A source's ring as an image, drawn once: that many rings, each stroked by itself, keep a browser without a graphics
 * card busy for a minute where a catalogue has 50,000.
 */
function ringOf(ratio: number): OffscreenCanvas {
  if (ring?.ratio !== ratio) {
    const side = Math.ceil(2 * RING_HALF * ratio);
    const image = new OffscreenCanvas(side, side);
    const context = image.getContext("2d")!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    stroke(context, SOURCE_INK, 1.25, () => context.arc(RING_HALF, RING_HALF, SOURCE_RADIUS, 0, 2 * Math.PI));
    ring = { ratio, image };
  }
  return ring.image;
}

/** The part of the image that is in sight, with a margin. */
function boundsOf(camera: Camera, canvas: Size, state: ViewerState) {
  const { x0, y0, width, height } = state.first.plane;
  const corners = [
    [0, 0],
    [canvas.width, 0],
    [0, canvas.height],
    [canvas.width, canvas.height],
  ].map(([px, py]) => toImage(camera, canvas, px!, py!));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  return {
    x0: Math.max(x0 + 0.5, Math.min(...xs)),
    y0: Math.max(y0 + 0.5, Math.min(...ys)),
    x1: Math.min(x0 + width + 0.5, Math.max(...xs)),
    y1: Math.min(y0 + height + 0.5, Math.max(...ys)),
  };
}

/** A line and its label, where it comes into sight or leaves it and no other label is. */
function drawGridLine(
  context: CanvasRenderingContext2D,
  line: GridLine,
  place: (point: Point) => Point,
  { width, height }: Size,
  taken: Box[],
): void {
  const inside = ([px, py]: Point) => px >= 0 && py >= 0 && px <= width && py <= height;
  const ends: Point[] = [];
  context.beginPath();
  for (const piece of line.pieces) {
    const points = piece.map(place);
    for (const [i, point] of points.entries()) {
      if (i === 0) context.moveTo(...point);
      else context.lineTo(...point);
      const before = points[i - 1];
      if (before === undefined || inside(before) === inside(point)) continue;
      ends.push(inside(point) ? edge(before, point, inside) : edge(point, before, inside));
    }
    ends.push(...[points[0]!, points.at(-1)!].filter(inside));
  }
  // Dark beside light, to be seen on any ground; no darker than it takes, so that the stars below it are seen, too.
  context.strokeStyle = GRID_SHADE;
  context.lineWidth = 3;
  context.stroke();
  context.strokeStyle = GRID_INK;
  context.lineWidth = 1;
  context.stroke();
  const room = context.measureText(line.label).width / 2 + 5;
  for (const [px, py] of ends) {
    const at: Point = [Math.min(width - room, Math.max(room, px)), Math.min(height - 12, Math.max(12, py))];
    const box: Box = [at[0] - room, at[1] - 9, at[0] + room, at[1] + 9];
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    context.textAlign = "center";
    label(context, line.label, LABEL_INK, ...at);
    return;
  }
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** Where the way from a point outside to one inside crosses the edge. */
function edge(from: Point, to: Point, inside: (point: Point) => boolean): Point {
  let [out, within] = [from, to];
  for (let step = 0; step < 12; step++) {
    const half: Point = [(out[0] + within[0]) / 2, (out[1] + within[1]) / 2];
    if (inside(half)) within = half;
    else out = half;
  }
  return within;
}

function drawRegion(
  context: CanvasRenderingContext2D,
  region: Region,
  place: (point: Point) => Point,
  { scale }: Camera,
): void {
  if (region.kind === "circle") {
    const [px, py] = place(region.centre);
    stroke(context, TOOL_INK, 1.75, () => context.arc(px, py, Math.max(1, region.radius * scale), 0, 2 * Math.PI));
    return;
  }
  const corners = region.kind === "box" ? boxCorners(region) : region.corners;
  stroke(context, TOOL_INK, 1.75, () => {
    for (const corner of corners) context.lineTo(...place(corner));
    context.closePath();
  });
}
