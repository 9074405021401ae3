/** Where on the timeline what is drawn, from top to bottom, and which frame lies at a place. */

import type { Span } from "../../sky/sun-moon.ts";
import { toX } from "./axis.ts";
import { type Exposed, type Row, spanOf } from "./exposures.ts";

interface Lane {
  top: number;
  height: number;
}

/** A row's place, CSS pixels from the top of the canvas. */
export interface PlacedRow<Frame extends Exposed> {
  row: Row<Frame>;
  top: number;
  /** Of raw frames; reduced ones lie below, in a narrower one. */
  lane: Lane;
  /** Of each frame: its lane, or a share of it. */
  lanes: ReadonlyMap<Frame, Lane>;
}

/** A site's rows, below the curves of its Sun and Moon. */
export interface Band<Frame extends Exposed> {
  site: string;
  top: number;
  height: number;
  /** Of the curves; null where nothing is known of them. */
  curves: { top: number; height: number } | null;
  rows: PlacedRow<Frame>[];
}

export interface Layout<Frame extends Exposed> {
  /** Height of the axis at the top. */
  axis: number;
  bands: Band<Frame>[];
  height: number;
}

/** An exposure that ends so much after the next has begun, ms, ended before it: clocks are read at different moments. */
const TOUCHING = 1000;
/** A lane is shared evenly by so many at most that each is still to be seen. */
const MOST_SHARES = 12;

/**
 * Which share of how many a frame has of its lane: all of it, but where several frames are of one time, as those of a
 * mosaic's chips, one each. `frames` in order of their start.
 */
function sharesOf<Frame extends Exposed>(
  frames: readonly Frame[],
): Map<Frame, { index: number; group: { count: number } }> {
  const shares = new Map<Frame, { index: number; group: { count: number } }>();
  let ends: number[] = [];
  let group = { count: 0 };
  for (const frame of frames) {
    const { start, end } = spanOf(frame);
    if (ends.every((one) => one <= start)) {
      ends = [];
      group = { count: 0 };
    }
    const free = ends.findIndex((one) => one <= start);
    const index = free < 0 ? ends.length : free;
    ends[index] = Math.max(end - TOUCHING, start + 1);
    group.count = ends.length;
    shares.set(frame, { index, group });
  }
  return shares;
}

/** Puts frames into a lane that begins at `top`, `height` high or as high as its shares need; answers it. */
function fill<Frame extends Exposed>(
  lanes: Map<Frame, Lane>,
  frames: readonly Frame[],
  top: number,
  height: number,
  share: number,
): Lane {
  const shares = sharesOf(frames);
  let most = 1;
  for (const { group } of shares.values()) most = Math.max(most, Math.min(MOST_SHARES, group.count));
  const lane = { top, height: Math.max(height, most * share) };
  for (const [frame, { index, group }] of shares) {
    const own = lane.height / group.count;
    lanes.set(frame, { top: top + index * own, height: own });
  }
  return lane;
}

/** `em`: height of small text. `curved`: whether a site's Sun and Moon are known. */
export function layoutOf<Frame extends Exposed>(
  rows: readonly Row<Frame>[],
  curved: (site: string) => boolean,
  em: number,
): Layout<Frame> {
  const axis = 2 * em;
  const bands: Band<Frame>[] = [];
  let y = axis;
  for (const row of rows) {
    let band = bands.at(-1);
    if (band?.site !== row.site) {
      const top = y;
      y += 0.5 * em;
      const curves = curved(row.site) ? { top: y + 1.4 * em, height: 6.5 * em } : null;
      if (curves !== null) y = curves.top + curves.height + 0.8 * em;
      band = { site: row.site, top, height: 0, curves, rows: [] };
      bands.push(band);
    }
    const bars = y + 1.6 * em;
    const lanes = new Map<Frame, Lane>();
    const [raw, reduced] = [row.frames.filter(isRaw), row.frames.filter((frame) => !isRaw(frame))];
    const lane = fill(lanes, raw, bars, 1.7 * em, 0.85 * em);
    let end = lane.top + lane.height;
    if (reduced.length > 0) {
      const below = fill(lanes, reduced, end + 2, 0.7 * em, 0.5 * em);
      end = below.top + below.height;
    }
    band.rows.push({ row, top: y, lane, lanes });
    y = end + 0.8 * em;
    band.height = y - band.top;
  }
  return { axis, bands, height: Math.ceil(y) };
}

/** Narrowest bar, pixels: a bias takes no time at all. */
export const LEAST_BAR = 2;
/** How far beside a bar the pointer may be, pixels. */
const NEAR = 5;

/** [left, width] of a frame's bar, pixels. */
export function barOf(frame: Exposed, shown: Span, width: number): [number, number] {
  const { start, end } = spanOf(frame);
  const left = toX(start, shown, width);
  return [left, Math.max(LEAST_BAR, toX(end, shown, width) - left)];
}

function isRaw({ RLEVEL }: Exposed): boolean {
  return RLEVEL <= 0;
}

/** The frame at a place, the nearest where the pointer is beside all bars by a little. */
export function frameAt<Frame extends Exposed>(
  layout: Layout<Frame>,
  shown: Span,
  width: number,
  x: number,
  y: number,
): Frame | null {
  let best: { frame: Frame; off: number } | null = null;
  for (const placed of layout.bands.flatMap(({ rows }) => rows)) {
    for (const frame of placed.row.frames) {
      const { top, height } = placed.lanes.get(frame)!;
      if (y < top - 1 || y > top + height + 1) continue;
      const [left, wide] = barOf(frame, shown, width);
      const off = Math.max(left - x, x - (left + wide), 0);
      if (off <= NEAR && (best === null || off < best.off)) best = { frame, off };
    }
  }
  return best?.frame ?? null;
}

/** The frame that an arrow key leads to. Without a present one: the first of the first row, or with End its last. */
export function neighbour<Frame extends Exposed>(
  rows: readonly Row<Frame>[],
  present: Frame | null,
  key: "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End",
): Frame | null {
  const at = rows.findIndex(({ frames }) => frames.some(({ id }) => id === present?.id));
  const row = rows[at];
  if (row === undefined || present === null) return rows[0]?.frames.at(key === "End" ? -1 : 0) ?? null;
  const index = row.frames.findIndex(({ id }) => id === present.id);
  switch (key) {
    case "ArrowLeft":
      return row.frames[Math.max(0, index - 1)]!;
    case "ArrowRight":
      return row.frames[Math.min(row.frames.length - 1, index + 1)]!;
    case "Home":
      return row.frames[0]!;
    case "End":
      return row.frames.at(-1)!;
    default: {
      const next = rows[at + (key === "ArrowUp" ? -1 : 1)];
      if (next === undefined) return present;
      const start = Date.parse(present.DATE_OBS);
      const off = (frame: Frame) => Math.abs(Date.parse(frame.DATE_OBS) - start);
      return next.frames.reduce((nearest, frame) => (off(frame) < off(nearest) ? frame : nearest));
    }
  }
}
