/** Cut levels: which values become black and white. */
import { ImagingError } from "./errors.ts";

export type Cuts =
  | { kind: "zscale" }
  /** The middle `percent` of all values. */
  | { kind: "percentile"; percent: number }
  | { kind: "minmax" }
  | { kind: "levels"; low: number; high: number };

const FORMS = "zscale, percentile:P (0 < P ≤ 100), minmax, or LOW,HIGH";
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

/** Throws BAD_CUTS, which says what is accepted. */
export function parseCuts(text: string): Cuts {
  const value = text.trim().toLowerCase();
  if (value === "zscale" || value === "minmax") return { kind: value };
  const percentile = /^percentile:(.+)$/.exec(value)?.[1];
  if (percentile !== undefined) {
    const percent = NUMBER.test(percentile) ? Number(percentile) : Number.NaN;
    if (percent > 0 && percent <= 100) return { kind: "percentile", percent };
  }
  const levels = value.split(",");
  if (levels.length === 2 && levels.every((level) => NUMBER.test(level.trim()))) {
    const [low, high] = levels.map(Number) as [number, number];
    // High below low would turn the picture over: cmap=invert is there for that.
    if (Number.isFinite(low) && Number.isFinite(high) && low < high) return { kind: "levels", low, high };
  }
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  throw new ImagingError("BAD_CUTS", `"${shown}" names no cut levels; it accepts ${FORMS}.`);
}

/** The same cuts always give the same text. */
export function cutsText(cuts: Cuts): string {
  switch (cuts.kind) {
    case "percentile":
      return `percentile:${cuts.percent}`;
    case "levels":
      return `${cuts.low},${cuts.high}`;
    default:
      return cuts.kind;
  }
}
