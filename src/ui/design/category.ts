/**
 * Colours and marks for categories (filters, image types, sites) in drawings. A category keeps its colour wherever it
 * is drawn: filters and image types have the ones that astronomers expect, the rest take what is free. Each slot has a
 * shape and a dash as well, so that nothing hangs on hue alone.
 */
import { useEffect, useState } from "preact/hooks";
import type { Frame } from "../api/frame.ts";
import "./category.css";

/** Number of `--cat-N` colours in category.css; the last one is shared by what is left. */
export const SLOTS = 8;
const REST = SLOTS - 1;

export interface Category {
  value: string;
  label: string;
  slot: number;
  count: number;
}

/** What frames can be told apart by. */
export const GROUPINGS = {
  filter: { label: "Filter", of: (frame: Frame) => frame.FILTER ?? "" },
  type: { label: "Image type", of: (frame: Frame) => frame.OBSTYPE },
  site: { label: "Site", of: (frame: Frame) => frame.SITEID },
} as const;
export type Grouping = keyof typeof GROUPINGS;

const NAMES: Record<Grouping, { empty: string; slots: readonly [RegExp, number][] }> = {
  filter: {
    empty: "no filter",
    slots: [
      [/^u/i, 4],
      [/^b/i, 0],
      [/^g/i, 5],
      [/^v/i, 1],
      [/^r/i, 2],
      [/^[iz]/i, 3],
      [/^(h|s|o)[-_ ]?(a|alpha|b|beta|ii|iii|\d)/i, 6],
      [/^(|air|clear|c|l|lum|w|none|open)$/i, REST],
    ],
  },
  type: {
    empty: "unknown",
    slots: [
      [/^(object|science|expose|light)/i, 0],
      [/flat/i, 2],
      [/^dark/i, 4],
      [/^(bias|zero)/i, REST],
      [/^standard/i, 1],
      [/^(acq|guid|test)/i, 5],
      [/^focus/i, 6],
      [/^(arc|lamp|comp)/i, 3],
    ],
  },
  site: { empty: "unknown", slots: [] },
};

/** The categories of some frames, the most frequent first, by value. */
export function categoriesOf(frames: readonly Frame[], grouping: Grouping): Map<string, Category> {
  const counts = new Map<string, number>();
  for (const frame of frames) {
    const value = GROUPINGS[grouping].of(frame);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const { empty, slots } = NAMES[grouping];
  const free = Array.from({ length: REST }, (_, slot) => slot);
  const ordered = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const wished = new Map<string, number>();
  for (const [value] of ordered) {
    const slot = slots.find(([pattern]) => pattern.test(value))?.[1];
    if (slot === undefined || (slot !== REST && !free.includes(slot))) continue;
    wished.set(value, slot);
    if (slot !== REST) free.splice(free.indexOf(slot), 1);
  }
  return new Map(
    ordered.map(([value, count]) => {
      const slot = wished.get(value) ?? free.shift() ?? REST;
      return [value, { value, label: value === "" ? empty : value, slot, count }];
    }),
  );
}

/** Follows the custom properties of the page's theme: a canvas has to be told its colours. */
export function useThemeColours<Name extends string>(names: readonly Name[]): Record<Name, string> {
  const read = () => Object.fromEntries(names.map((name) => [name, colourOf(`--${name}`)])) as Record<Name, string>;
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const follow = () => setColours(read());
    const watch = new MutationObserver(follow);
    watch.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const media = window.matchMedia("(prefers-color-scheme: dark)");
    media.addEventListener("change", follow);
    // The style sheet of this part may come after its code.
    follow();
    return () => {
      watch.disconnect();
      media.removeEventListener("change", follow);
    };
  }, []);
  return colours;
}

/** What a custom property is in the present theme; of `light-dark()`, the one colour. */
function colourOf(property: string): string {
  const root = getComputedStyle(document.documentElement);
  const text = root.getPropertyValue(property).trim();
  if (!text.startsWith("light-dark(")) return text;
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = text;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

export const CATEGORY_COLOURS = Array.from({ length: SLOTS }, (_, slot) => `cat-${slot}`);

/** Dashes of outlines by slot, for themes without hues. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [5, 3],
  [2, 2],
  [8, 3, 2, 3],
  [1, 3],
  [10, 4],
  [4, 2, 1, 2, 1, 2],
  [3, 5],
];

/** The outline of a slot's shape about (x, y), added to a path: disc, square, triangle, diamond, and so on. */
export function addShape(
  path: Path2D | CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  slot: number,
  x: number,
  y: number,
  r: number,
): void {
  const around = (points: number, turn: number, inner = r) => {
    const all = inner === r ? points : 2 * points;
    for (let i = 0; i < all; i++) {
      const angle = turn + (i * 2 * Math.PI) / all;
      const radius = i % 2 === 1 && inner !== r ? inner : r;
      if (i === 0) path.moveTo(x + radius * Math.sin(angle), y - radius * Math.cos(angle));
      else path.lineTo(x + radius * Math.sin(angle), y - radius * Math.cos(angle));
    }
    path.closePath();
  };
  switch (slot) {
    case 0:
      path.moveTo(x + 0.85 * r, y);
      path.arc(x, y, 0.85 * r, 0, 2 * Math.PI);
      break;
    case 1:
      around(4, Math.PI / 4);
      break;
    case 2:
      around(3, 0);
      break;
    case 3:
      around(4, 0);
      break;
    case 4:
      around(3, Math.PI);
      break;
    case 5:
      around(4, 0, 0.38 * r);
      break;
    case 6:
      around(5, 0, 0.5 * r);
      break;
    default:
      path.moveTo(x + 0.55 * r, y);
      path.arc(x, y, 0.55 * r, 0, 2 * Math.PI);
  }
}
