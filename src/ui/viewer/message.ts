/** What the viewer and its worker say to each other. */
import type { Pixels } from "../../imaging/pixels.ts";
import type { Part, Point } from "./plane.ts";
import type { Level } from "./pyramid.ts";

export interface OpenRequest {
  url: string;
  /** Bytes, as far as known; decides whether to read at once or by ranges. */
  size: number;
  /** Ends in .gz: the whole file is inflated first. */
  gzip: boolean;
  /** Index of the HDU; null: the science image. */
  hdu: number | null;
  plane: number;
  /** Most pixels that may be held; of an image that has more, a part is read. */
  mostPixels: number;
  /** The middle of that part; null: of the image. */
  around: Point | null;
}

export interface ImageUnit {
  index: number;
  name: string;
  width: number;
  height: number;
  planes: number;
}

/** Lowest and highest value of cut levels by the rules that there are for them. */
export interface CutLevels {
  zscale: [number, number];
  extremes: [number, number];
  /** By the percentage of pixels they enclose. */
  percentiles: Record<string, [number, number]>;
  /** Pixels with a finite value, which all of these are of; of none, the levels are 0 and 1. */
  defined: number;
}

export interface LoadedImage extends CutLevels {
  unit: ImageUnit;
  units: ImageUnit[];
  /** The plane that was read, from 0. */
  plane: number;
  /** What of the image is here. */
  part: Part;
  /** Row by row from the lowest, with every digit. */
  values: Pixels;
  /** As the shader takes them: the image halved `halvings` times, and its smaller copies. */
  levels: readonly Level[];
  halvings: number;
  /** The header's cards with numbers and texts, for the WCS. */
  keywords: Record<string, number | string>;
}

export type ViewerRequest =
  | { id: number; open: OpenRequest }
  /** Longest side of an image that the graphics card takes as one: no image is answered before this is known. */
  | { longestSide: number };

export type ViewerAnswer =
  /** A request has come, and the file is on its way. */
  | "reading"
  | ({ id: number } & (
      | { image: LoadedImage }
      | { error: string }
      /** Part of the file that is here, 0 to 1. */
      | { progress: number }
    ));

/** Percentages that the viewer offers. */
export const PERCENTAGES = ["99.9", "99.5", "99", "95", "90"] as const;
