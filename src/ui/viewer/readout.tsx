import { formatDec, formatRa } from "../../sky/angle.ts";
import { short, valueText } from "./number.ts";
import { type Point, pixelAt } from "./plane.ts";
import type { Layer, ViewerState } from "./state.ts";
import { warped } from "./warp.ts";

/** A place of the first frame on another. */
function placeOn({ nodes }: Layer, first: Layer, at: Point): Point | null {
  return nodes === null ? at : warped(nodes, first.image.unit, at);
}

/** The sky at the cross-hair, ICRS degrees; null: none, or off it. */
export function skyAt(state: ViewerState): [number, number] | null {
  const cursor = state.cursor.value;
  const wcs = state.first.wcs;
  return cursor === null || wcs === null ? null : wcs.pixelToIcrs(...cursor.at);
}

/** A position as people write it down. */
export function positionText([ra, dec]: [number, number]): string {
  return `${formatRa(ra, 3)} ${formatDec(dec, 2)}`;
}

/** Pixel, value and position under the cursor, in fixed places, so that nothing jumps. */
export function Readout({ state }: { state: ViewerState }) {
  const at = state.cursor.value?.at ?? null;
  const sky = skyAt(state);
  const layers = state.trio ?? [state.layer];
  const values = layers.map((layer) => {
    const place = at && placeOn(layer, state.first, at);
    const value = place && pixelAt(layer.plane, place);
    return layers.length === 1 || value === null ? valueText(value) : short(Number(value), 5);
  });
  const nothing = state.first.wcs === null ? "no WCS" : "–";
  return (
    <dl class="readout" id="viewer-readout">
      <div>
        <dt>Pixel</dt>
        <dd data-part="pixel">{at === null ? "–" : `${Math.round(at[0])}, ${Math.round(at[1])}`}</dd>
      </div>
      <div class="value">
        <dt>Value</dt>
        <dd data-part="value">{values.join(" / ")}</dd>
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
