import { effect, type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatDec, formatRa } from "../../sky/angle.ts";
import { placeOn } from "./layer.ts";
import { short, valueText } from "./number.ts";
import { type Point, pixelAt } from "./plane.ts";
import type { ViewerState } from "./state.ts";

/** The sky at the cross-hair, ICRS degrees; null: none, or off it. */
export function skyAt(state: ViewerState): [number, number] | null {
  const cursor = state.cursor.value;
  const wcs = state.first.wcs;
  return cursor === null || wcs === null ? null : wcs.pixelToIcrs(...cursor.at);
}

/** The value of what is in sight at a place; of three frames in colour, theirs. */
export function valuesText(state: ViewerState, at: Point): string {
  const layers = state.trio ?? [state.layer];
  const texts = layers.map((layer) => {
    const place = placeOn(layer, state.first, at);
    const value = place && pixelAt(layer.plane, place);
    if (layers.length > 1 && value !== null) return short(Number(value), 5);
    return valueText(value, layer.plane.values instanceof Float32Array);
  });
  return texts.join(" / ");
}

/** A position as people write it down. */
export function positionText([ra, dec]: [number, number]): string {
  return `${formatRa(ra, 3)} ${formatDec(dec, 2)}`;
}

/** Four times a second at most, ms: while the image is zoomed, a text that changes with every frame is a part of its cost. */
const SELDOM = 250;

function useZoom(state: ViewerState): ReadonlySignal<string> {
  const zoom = useSignal("");
  useEffect(() => {
    let timer = 0;
    let said = Number.NEGATIVE_INFINITY;
    const say = (scale: number) => {
      said = performance.now();
      zoom.value = `${Number((scale * 100).toPrecision(3))} %`;
    };
    const stop = effect(() => {
      const { scale } = state.camera.value;
      clearTimeout(timer);
      const wait = said + SELDOM - performance.now();
      if (wait <= 0) say(scale);
      else timer = window.setTimeout(() => say(scale), wait);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [state]);
  return zoom;
}

/** Pixel, value and position under the cursor, in fixed places, so that nothing jumps: their texts change, and nothing else. */
export function Readout({ state }: { state: ViewerState }) {
  const at = useComputed(() => state.cursor.value?.at ?? null);
  const pixel = useComputed(() => (at.value === null ? "–" : `${Math.round(at.value[0])}, ${Math.round(at.value[1])}`));
  const value = useComputed(() => (at.value === null ? "–" : valuesText(state, at.value)));
  const sky = useComputed(() => skyAt(state));
  const nothing = useComputed(() => (state.first.wcs === null ? "no WCS" : "–"));
  const position = useComputed(() => (sky.value === null ? nothing.value : positionText(sky.value)));
  const degrees = useComputed(() =>
    sky.value === null ? nothing.value : `${sky.value[0].toFixed(6)} ${sky.value[1].toFixed(6)}`,
  );
  const zoom = useZoom(state);
  return (
    <dl class="readout" id="viewer-readout">
      <div>
        <dt>Pixel</dt>
        <dd data-part="pixel">{pixel}</dd>
      </div>
      <div class="value">
        <dt>Value</dt>
        <dd data-part="value">{value}</dd>
      </div>
      <div class="wide">
        <dt>RA, Dec</dt>
        <dd data-part="sky">{position}</dd>
      </div>
      <div class="wide">
        <dt>Degrees</dt>
        <dd data-part="degrees">{degrees}</dd>
      </div>
      <div>
        <dt>Zoom</dt>
        <dd data-part="zoom">{zoom}</dd>
      </div>
    </dl>
  );
}
