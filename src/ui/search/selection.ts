/** Frames picked for download. The selection outlives pages, searches and reloads of this tab. */
import { computed, signal } from "@preact/signals";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import { counted } from "../design/format.ts";

const STORED = "platevault.selection";

function restore(): Map<number, number> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(STORED) ?? "[]");
    return new Map(Array.isArray(stored) ? (stored as [number, number][]) : []);
  } catch {
    return new Map();
  }
}

/** Ids of the frames picked, each with its size in bytes. */
export const selected = signal<ReadonlyMap<number, number>>(restore());

export const selectedBytes = computed(() => {
  let sum = 0;
  for (const size of selected.value.values()) sum += size;
  return sum;
});

/** Where the last pick happened: the other end of a shift-click. */
let anchor: number | null = null;

function keep(next: Map<number, number>): void {
  selected.value = next;
  try {
    sessionStorage.setItem(STORED, JSON.stringify([...next]));
  } catch {
    // Forbidden or full: the selection then ends with this page's life.
  }
}

/** Picks or drops frames. */
export function pick(frames: readonly Pick<Frame, "id" | "size">[], on: boolean): void {
  const next = new Map(selected.value);
  for (const frame of frames) {
    if (on) next.set(frame.id, frame.size);
    else next.delete(frame.id);
  }
  keep(next);
  announce(next.size === 0 ? "Nothing selected." : `${counted(next.size, "frame")} selected.`);
}

/**
 * Picks or drops one frame of a list; with `extend`, all between it and the one touched before, as they stand in
 * `frames`.
 */
export function touch(frames: readonly Frame[], index: number, on: boolean, extend: boolean): void {
  const frame = frames[index];
  if (frame === undefined) return;
  const from = extend ? frames.findIndex((other) => other.id === anchor) : -1;
  anchor = frame.id;
  pick(from < 0 ? [frame] : frames.slice(Math.min(from, index), Math.max(from, index) + 1), on);
}

export function dropAll(): void {
  anchor = null;
  keep(new Map());
  announce("Nothing selected.");
}
