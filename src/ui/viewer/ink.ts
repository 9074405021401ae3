/** How lines and words above the image are drawn: light beside dark, to be seen on any ground. Coordinates are CSS pixels. */
import type { Point } from "./plane.ts";

export const INK = "#ffd34d";
export const TOOL_INK = "#ff9de0";
const SHADE = "rgb(0 0 0 / 70%)";

export function stroke(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  ink: string,
  width: number,
  path: () => void,
): void {
  context.beginPath();
  path();
  context.strokeStyle = SHADE;
  context.lineWidth = width + 2;
  context.stroke();
  context.strokeStyle = ink;
  context.lineWidth = width;
  context.stroke();
}

export function label(context: CanvasRenderingContext2D, text: string, ink: string, px: number, py: number): void {
  context.lineWidth = 3.5;
  context.lineJoin = "round";
  context.strokeStyle = SHADE;
  context.strokeText(text, px, py);
  context.fillStyle = ink;
  context.fillText(text, px, py);
}

export function dot(context: CanvasRenderingContext2D, [px, py]: Point): void {
  stroke(context, TOOL_INK, 1.75, () => context.arc(px, py, 3.5, 0, 2 * Math.PI));
}
