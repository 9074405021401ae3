import { useComputed } from "@preact/signals";
import type { Pixels } from "../../imaging/pixels.ts";
import { type Camera, type Size, toCanvas } from "./camera.ts";
import type { Layer } from "./layer.ts";
import type { Levels } from "./look.ts";
import { nameOf } from "./measured-on.tsx";
import { short, valueText } from "./number.ts";
import type { Part } from "./plane.ts";
import type { ViewerState } from "./state.ts";

/** Why there is nothing to see in an image, or hardly anything; empty where there is. */
export function plateWords({ image }: Pick<Layer, "image">, [low, high]: Levels): string {
  const { unit, part, plane, values, defined, extremes } = image;
  const isPart = part.width < unit.width || part.height < unit.height;
  const what = isPart ? "this part of the image" : unit.planes > 1 ? `plane ${plane + 1}` : "this image";
  if (defined === 0) return `No pixel of ${what} has a value: all are undefined (NaN or BLANK).`;
  const same = extremes[0] === extremes[1] ? onlyValue(values) : null;
  if (same !== null) {
    const pixels = defined === values.length ? "Every pixel" : "Every defined pixel";
    return `${pixels} of ${what} has the value ${valueText(same, values instanceof Float32Array)}.`;
  }
  if (low === high) {
    return `Both cut levels are ${short(low, 7)}, so that there are no shades between. Choose min to max, or type others.`;
  }
  if (low > high) return `The low level is above the high one, so that there are no shades between.`;
  return "";
}

/** The value of all defined pixels; null where they differ, as 64-bit integers may whose doubles are the same. */
function onlyValue(values: Pixels): number | bigint | null {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const first = values[0]!;
    return values.every((value: bigint) => value === first) ? first : null;
  }
  return values.find(Number.isFinite) ?? null;
}

/** Whether nothing of what is here of an image is in sight. */
function isBeside({ x0, y0, width, height }: Part, camera: Camera, canvas: Size): boolean {
  const corners = [
    [x0, y0],
    [x0 + width, y0],
    [x0, y0 + height],
    [x0 + width, y0 + height],
  ].map(([x, y]) => toCanvas(camera, canvas, x! + 0.5, y! + 0.5));
  return (
    corners.every(([px]) => px < 0) ||
    corners.every(([px]) => px > canvas.width) ||
    corners.every(([, py]) => py < 0) ||
    corners.every(([, py]) => py > canvas.height)
  );
}

/** On the image, where it would be a plate of one colour without a word. It is there before it says anything, to be read out. */
export function PlateNote({ state }: { state: ViewerState }) {
  const words = useComputed(() => {
    const isAlone = state.layers.value.length === 1;
    for (const layer of state.trio ?? [state.layer]) {
      const said = plateWords(layer, state.levels(layer));
      if (said !== "") return isAlone ? said : `${nameOf(layer.frame)}: ${said}`;
    }
    // Frames beside it may be in sight without it.
    const isAway = isAlone && isBeside(state.first.plane, state.camera.value, state.canvas.value);
    return isAway ? "The image is out of sight. Fit (F) brings it back." : "";
  });
  return (
    <p class="viewer-note" role="status">
      {words}
    </p>
  );
}
