/** Compass and scale bar. */
import type { Wcs } from "../../sky/wcs.ts";
import { type Camera, type Size, toCanvas } from "./camera.ts";
import { INK, label, stroke } from "./ink.ts";
import type { Point } from "./plane.ts";
import { directions, scaleBar } from "./sky.ts";

/** CSS pixels. */
const ARM = 30;
/** What they need of the stage's lower end. */
export const MARKS_HEIGHT = 110;

/** The compass's arms, CSS pixels from its middle, and the scale bar. */
export interface Marks {
  arms: { letter: "N" | "E"; to: Point }[];
  bar: { label: string; length: number } | null;
}

/** To half a pixel: what moves less is not drawn again. */
export function marksAt(wcs: Wcs, camera: Camera, canvas: Size): Marks {
  const half = (value: number) => Math.round(2 * value) / 2;
  const about = directions(wcs, camera.x, camera.y);
  const arm = (letter: "N" | "E", [dx, dy]: Point): Marks["arms"][number] => {
    const [fromX, fromY] = toCanvas(camera, canvas, camera.x, camera.y);
    const [toX, toY] = toCanvas(camera, canvas, camera.x + dx, camera.y + dy);
    const length = Math.hypot(toX - fromX, toY - fromY) / ARM;
    return { letter, to: [half((toX - fromX) / length), half((toY - fromY) / length)] };
  };
  const degrees = wcs.pixelScale(camera.x, camera.y);
  const bar = degrees === null ? null : scaleBar(degrees / camera.scale, Math.min(160, canvas.width / 3));
  return {
    arms: about === null ? [] : [arm("N", about.north), arm("E", about.east)],
    bar: bar && { ...bar, length: half(bar.length) },
  };
}

export function drawMarks(context: CanvasRenderingContext2D, { arms, bar }: Marks, canvas: Size): void {
  const [ox, oy] = [canvas.width - 58, canvas.height - 58];
  context.textAlign = "center";
  for (const { letter, to } of arms) {
    const [ax, ay] = to;
    stroke(context, INK, 1.75, () => {
      context.moveTo(ox, oy);
      context.lineTo(ox + ax, oy + ay);
    });
    label(context, letter, INK, ox + ax * 1.4, oy + ay * 1.4);
  }
  if (bar === null) return;
  const y = canvas.height - 20;
  stroke(context, INK, 1.75, () => {
    context.moveTo(18, y - 7);
    context.lineTo(18, y);
    context.lineTo(18 + bar.length, y);
    context.lineTo(18 + bar.length, y - 7);
  });
  label(context, bar.label, INK, 18 + bar.length / 2, y - 15);
}

/** What they take up of a canvas, as left, top, right and bottom: lower left the scale bar, lower right the compass. */
export function roomOfMarks({ width, height }: Size): [number, number, number, number][] {
  return [
    [0, height - 46, Math.min(190, width / 3 + 30), height],
    [width - MARKS_HEIGHT, height - MARKS_HEIGHT, width, height],
  ];
}
