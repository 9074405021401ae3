/** A night's frames in rows, and what they add up to: exposures, open-shutter time, the gaps between them. */
import type { Span } from "../../sky/sun-moon.ts";

/** What these sums need of a frame; `api/frame.ts` has more. */
export interface Exposed {
  id: number;
  SITEID: string;
  TELID: string;
  INSTRUME: string;
  DATE_OBS: string;
  /** Seconds. */
  EXPTIME: number | null;
  RLEVEL: number;
  FILTER: string | null;
  OBSTYPE: string;
}

/** Spans worked out so far: a picture of thousands of frames asks for each of them several times. */
const spans = new WeakMap<Exposed, Span>();

/** When the shutter was open. */
export function spanOf(frame: Exposed): Span {
  const known = spans.get(frame);
  if (known !== undefined) return known;
  const start = Date.parse(frame.DATE_OBS);
  const span = { start, end: start + (frame.EXPTIME ?? 0) * 1000 };
  spans.set(frame, span);
  return span;
}

/** One instrument's frames by their start. */
export interface Row<Frame extends Exposed> {
  site: string;
  telescope: string;
  instrument: string;
  frames: Frame[];
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Rows by site, telescope and instrument, each in order of time. */
export function rowsOf<Frame extends Exposed>(frames: readonly Frame[]): Row<Frame>[] {
  const rows = new Map<string, Row<Frame>>();
  for (const frame of frames) {
    const key = JSON.stringify([frame.SITEID, frame.TELID, frame.INSTRUME]);
    const row = rows.get(key) ?? {
      site: frame.SITEID,
      telescope: frame.TELID,
      instrument: frame.INSTRUME,
      frames: [],
    };
    row.frames.push(frame);
    rows.set(key, row);
  }
  for (const { frames: own } of rows.values()) {
    own.sort((a, b) => order(a.DATE_OBS, b.DATE_OBS) || a.RLEVEL - b.RLEVEL || a.id - b.id);
  }
  return [...rows.values()].sort(
    (a, b) => order(a.site, b.site) || order(a.telescope, b.telescope) || order(a.instrument, b.instrument),
  );
}

/** Frames, exposures and open-shutter time under one heading. */
export interface Total {
  value: string;
  frames: number;
  /** A raw frame and what was reduced from it are one exposure: same instrument, same start. */
  exposures: number;
  /** Seconds. */
  open: number;
}

/** Totals by what `of` tells apart, those with most frames first. */
export function totalsBy<Frame extends Exposed>(frames: readonly Frame[], of: (frame: Frame) => string): Total[] {
  const totals = new Map<string, Total & { seen: Set<string> }>();
  for (const frame of frames) {
    const value = of(frame);
    const total = totals.get(value) ?? { value, frames: 0, exposures: 0, open: 0, seen: new Set<string>() };
    totals.set(value, total);
    total.frames++;
    const exposure = JSON.stringify([frame.SITEID, frame.TELID, frame.INSTRUME, frame.DATE_OBS]);
    if (total.seen.has(exposure)) continue;
    total.seen.add(exposure);
    total.exposures++;
    total.open += frame.EXPTIME ?? 0;
  }
  return [...totals.values()]
    .map(({ value, frames: count, exposures, open }) => ({ value, frames: count, exposures, open }))
    .sort((a, b) => b.frames - a.frames || order(a.value, b.value));
}

export interface Gap extends Span {
  site: string;
  telescope: string;
  /** What lies at its two ends; null: dusk or dawn. */
  after: Exposed | null;
  before: Exposed | null;
}

/** Shorter gaps are readout, slewing and focusing: minutes that any telescope needs. */
export const LEAST_GAP = 5 * 60_000;

/**
 * Gaps of each telescope (whatever of its instruments is at work) while it was dark, the longest first. `dark`: spans of
 * darkness by site; for a site that is not there, only the time between its first and last frame counts, as nothing
 * says when it was dark.
 */
export function gapsOf(
  frames: readonly Exposed[],
  dark: ReadonlyMap<string, readonly Span[]>,
  least: number = LEAST_GAP,
): Gap[] {
  const telescopes = new Map<string, Exposed[]>();
  for (const frame of frames) {
    const key = JSON.stringify([frame.SITEID, frame.TELID]);
    const own = telescopes.get(key);
    if (own === undefined) telescopes.set(key, [frame]);
    else own.push(frame);
  }
  const gaps: Gap[] = [];
  for (const [key, own] of telescopes) {
    const [site, telescope] = JSON.parse(key) as [string, string];
    own.sort((a, b) => order(a.DATE_OBS, b.DATE_OBS));
    const whole = [{ start: spanOf(own[0]!).start, end: Math.max(...own.map((frame) => spanOf(frame).end)) }];
    for (const night of dark.get(site) ?? whole) {
      let free = night.start;
      let last: Exposed | null = null;
      const note = (end: number, before: Exposed | null) => {
        if (end - free >= least) gaps.push({ site, telescope, start: free, end, after: last, before });
      };
      for (const frame of own) {
        const { start, end } = spanOf(frame);
        if (start > free && start < night.end) note(start, frame);
        if (start >= night.end) break;
        if (end >= free) {
          free = Math.max(free, end);
          last = frame;
        }
      }
      if (free < night.end) note(night.end, null);
    }
  }
  return gaps.sort((a, b) => b.end - b.start - (a.end - a.start) || a.start - b.start);
}

/** `1 h 23 min`, `45 min`, `30 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}
