/** How pixels become colours: cut levels, stretch, colour map. Pure. */
import { COLORMAPS, type Colormap } from "../../imaging/colormap.ts";
import type { Cuts } from "../../imaging/cuts.ts";
import { type LoadedImage, PERCENTAGES } from "./message.ts";

export const SHADER_STRETCHES = ["linear", "sqrt", "log", "asinh"] as const;
export type ShaderStretch = (typeof SHADER_STRETCHES)[number];

/** Those of the archive's colour maps that are no other's inverse: here, every one can be inverted. */
export const VIEWER_COLORMAPS = COLORMAPS.filter((name) => name !== "invert");

export interface Look {
  cuts: Cuts;
  stretch: ShaderStretch;
  colormap: Colormap;
  inverted: boolean;
}

export const USUAL_LOOK: Look = { cuts: { kind: "zscale" }, stretch: "linear", colormap: "grey", inverted: false };

export type Levels = readonly [low: number, high: number];

type Measured = Pick<LoadedImage, "zscale" | "extremes" | "percentiles">;

/** Whether the viewer knows levels for these cuts: percentages are those that the worker works out. */
export function isOffered(cuts: Cuts): boolean {
  return cuts.kind !== "percentile" || PERCENTAGES.some((percentage) => Number(percentage) === cuts.percent);
}

/** The values that are drawn as the first and the last colour. */
export function levelsOf(cuts: Cuts, image: Measured): Levels {
  switch (cuts.kind) {
    case "levels":
      return [cuts.low, cuts.high];
    case "minmax":
      return image.extremes;
    case "zscale":
      return image.zscale;
    case "percentile":
      return image.percentiles[String(cuts.percent)]!;
  }
}

/**
 * The levels for an image beside another, for which the cuts were chosen: rules are applied to each on its own; levels
 * lie where they lie in the first image's zscale range, so that frames of other filters and exposures look alike.
 */
export function levelsBeside(cuts: Cuts, first: Measured, image: Measured): Levels {
  if (cuts.kind !== "levels" || image === first) return levelsOf(cuts, image);
  const [from, to] = [first.zscale, image.zscale];
  const scale = (to[1] - to[0]) / (from[1] - from[0] || 1);
  return [to[0] + (cuts.low - from[0]) * scale, to[0] + (cuts.high - from[0]) * scale];
}

/** The first image's levels that lie where these lie in another's range: `levelsBeside` the other way round. */
export function levelsOfFirst([low, high]: Levels, first: Measured, image: Measured): Levels {
  if (image === first) return [low, high];
  const [from, to] = [first.zscale, image.zscale];
  const scale = (from[1] - from[0]) / (to[1] - to[0] || 1);
  return [from[0] + (low - to[0]) * scale, from[0] + (high - to[0]) * scale];
}

/**
 * As DS9's right button: sideways moves the levels, up and down brings them together or apart. `dx`, `dy`: the way as
 * parts of the canvas's width and height.
 */
export function dragged([low, high]: Levels, dx: number, dy: number): Cuts {
  const middle = (low + high) / 2 - dx * (high - low) * 2;
  const half = ((high - low) / 2) * Math.exp(dy * 4);
  return { kind: "levels", low: middle - half, high: middle + half };
}
