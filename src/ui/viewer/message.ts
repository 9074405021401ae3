/** What the viewer and its worker say to each other. */
import type { Pixels } from "../../imaging/pixels.ts";

export interface OpenRequest {
  url: string;
  /** Bytes, as far as known; decides whether to read at once or by ranges. */
  size: number;
  /** Ends in .gz: the whole file is inflated first. */
  gzip: boolean;
  /** Index of the HDU; null: the science image. */
  hdu: number | null;
  plane: number;
}

export interface ImageUnit {
  index: number;
  name: string;
  width: number;
  height: number;
  planes: number;
}

export interface LoadedImage {
  unit: ImageUnit;
  units: ImageUnit[];
  /** Row by row from the lowest; as the shader takes them. */
  floats: Float32Array<ArrayBuffer>;
  /** The same with every digit, for the read-out; the same array where the image is of 32-bit floats. */
  values: Pixels;
  zscale: [number, number];
  extremes: [number, number];
  /** Cut levels by the percentage of pixels they enclose. */
  percentiles: Record<string, [number, number]>;
  /** The header's cards with numbers and texts, for the WCS. */
  keywords: Record<string, number | string>;
}

export type ViewerAnswer = { image: LoadedImage } | { error: string };

/** Percentages that the viewer offers. */
export const PERCENTAGES = ["99.9", "99.5", "99", "95", "90"] as const;
