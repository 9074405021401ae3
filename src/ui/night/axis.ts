/** The time axis: what part of the night is shown, and its ticks. UTC milliseconds, CSS pixels. */
import type { Span } from "../../sky/sun-moon.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [
  ...[5, 10, 15, 30].map((seconds) => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
];
/** The closest that one can look. */
const LEAST = MINUTE;

export function toX(ms: number, shown: Span, width: number): number {
  return ((ms - shown.start) / (shown.end - shown.start)) * width;
}

export function toTime(x: number, shown: Span, width: number): number {
  return shown.start + (x / width) * (shown.end - shown.start);
}

/** A span of the same length within the whole, or the whole where it is longer. */
export function within(shown: Span, whole: Span): Span {
  const length = shown.end - shown.start;
  if (length >= whole.end - whole.start) return whole;
  const start = Math.max(whole.start, Math.min(whole.end - length, shown.start));
  return { start, end: start + length };
}

/** Zooms by a factor about a moment, which stays where it is. */
export function zoomed(shown: Span, factor: number, about: number, whole: Span): Span {
  const length = Math.max(LEAST, (shown.end - shown.start) / factor);
  const part = (about - shown.start) / (shown.end - shown.start);
  const start = about - part * length;
  return within({ start, end: start + length }, whole);
}

export function panned(shown: Span, ms: number, whole: Span): Span {
  return within({ start: shown.start + ms, end: shown.end + ms }, whole);
}

/** Moves, without zooming, as far as is needed to have a span on show with some room about it. */
export function revealing(shown: Span, wanted: Span, whole: Span): Span {
  const room = 0.08 * (shown.end - shown.start);
  if (wanted.start - room < shown.start) return panned(shown, wanted.start - room - shown.start, whole);
  if (wanted.end + room > shown.end)
    return panned(shown, Math.min(wanted.end + room - shown.end, wanted.start - room - shown.start), whole);
  return shown;
}

export interface Tick {
  ms: number;
  /** `22:30`, with seconds where they are needed; at midnight the date. */
  label: string;
}

/** Round moments, at least `room` pixels apart. */
export function ticksOf(shown: Span, width: number, room: number): Tick[] {
  const least = ((shown.end - shown.start) / width) * room;
  const step = STEPS.find((one) => one >= least) ?? STEPS.at(-1)!;
  const ticks: Tick[] = [];
  for (let ms = Math.ceil(shown.start / step) * step; ms <= shown.end; ms += step) {
    const iso = new Date(ms).toISOString();
    const midnight = ms % (24 * HOUR) === 0;
    ticks.push({ ms, label: midnight ? iso.slice(5, 10) : iso.slice(11, step < MINUTE ? 19 : 16) });
  }
  return ticks;
}
