import { regionOn } from "./layer.ts";
import { MeasuredOn } from "./measured-on.tsx";
import { angleText, short } from "./number.ts";
import type { Point } from "./plane.ts";
import { Quantities } from "./quantities.tsx";
import { boxCorners, type Region } from "./region.ts";
import type { ViewerState } from "./state.ts";

function wordsOf(region: Region): string {
  if (region.kind === "circle") {
    const [x, y] = region.centre;
    return `${x.toFixed(1)}, ${y.toFixed(1)}, radius ${region.radius.toFixed(1)} px`;
  }
  const [a, b, c] = region.kind === "box" ? boxCorners(region) : region.corners;
  const side = (from: Point, to: Point) => Math.hypot(to[0] - from[0], to[1] - from[1]).toFixed(1);
  return `${side(a!, b!)} × ${side(b!, c!)} px`;
}

/** Statistics of the pixels in the box or circle that was drawn. */
export function RegionPanel({ state }: { state: ViewerState }) {
  const { layer } = state;
  const region = state.region.value && regionOn(layer, state.first, state.region.value);
  const found = state.statistics.value;
  const isBox = state.tool.value === "box";
  const rows: [name: string, value: string][] =
    found === null || found === "empty"
      ? []
      : [
          ["Pixels", found.missing > 0 ? `${found.count} and ${found.missing} undefined` : String(found.count)],
          ["Mean", short(found.mean, 7)],
          ["Median", short(found.median, 7)],
          ["Sigma", short(found.sigma)],
          ["Minimum", short(found.min, 7)],
          ["Maximum", short(found.max, 7)],
          ["Sum", short(found.sum, 9)],
        ];
  const scale = region?.kind === "circle" ? (layer.wcs?.pixelScale(...region.centre) ?? null) : null;
  return (
    <section class="viewer-part" aria-labelledby="region-title">
      <h2 id="region-title">{isBox ? "Box" : "Circle"}</h2>
      <MeasuredOn state={state} />
      {region === null ? (
        <p class="muted">
          {isBox
            ? "Drag a box, or click two of its corners, or press Enter there."
            : "Drag from the centre, or click the centre and the edge, or press Enter there."}
        </p>
      ) : (
        <p class="muted">
          {wordsOf(region)}
          {region.kind === "circle" && scale !== null && ` (${angleText(region.radius * scale)})`}
        </p>
      )}
      {found === "empty" && <p class="fault">No pixel there has a value.</p>}
      <Quantities rows={rows} part="statistics" />
    </section>
  );
}
