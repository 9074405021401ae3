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

/** Pixel, value and position under the cursor, in fixed places, so that nothing jumps. */
export function Readout({ state }: { state: ViewerState }) {
  const at = state.cursor.value?.at ?? null;
  const sky = skyAt(state);
  const nothing = state.first.wcs === null ? "no WCS" : "–";
  return (
    <dl class="readout" id="viewer-readout">
      <div>
        <dt>Pixel</dt>
        <dd data-part="pixel">{at === null ? "–" : `${Math.round(at[0])}, ${Math.round(at[1])}`}</dd>
      </div>
      <div class="value">
        <dt>Value</dt>
        <dd data-part="value">{at === null ? "–" : valuesText(state, at)}</dd>
      </div>
      <div class="wide">
        <dt>RA, Dec</dt>
        <dd data-part="sky">{sky === null ? nothing : positionText(sky)}</dd>
      </div>
      <div class="wide">
        <dt>Degrees</dt>
        <dd data-part="degrees">{sky === null ? nothing : `${sky[0].toFixed(6)} ${sky[1].toFixed(6)}`}</dd>
      </div>
      <div>
        <dt>Zoom</dt>
        <dd data-part="zoom">{Number((state.camera.value.scale * 100).toPrecision(3))} %</dd>
      </div>
    </dl>
  );
}
