import { MeasuredOn } from "./measured-on.tsx";
import { short } from "./number.ts";
import { median } from "./order.ts";
import { middleOf } from "./plane.ts";
import { chain, Plot } from "./plot.tsx";
import { Quantities } from "./quantities.tsx";
import { positionText } from "./readout.tsx";
import type { Star } from "./star.ts";
import { profileOf, STAR_MODELS } from "./star-fit.ts";
import type { ViewerState } from "./state.ts";

const MODEL_NAMES = { moffat: "Moffat", gauss: "Gauss" };

/** The star measured last: its width in large letters, its radial profile, and the median of all measured. */
export function StarPanel({ state }: { state: ViewerState }) {
  const stars = state.stars.here;
  const star = stars.at(-1)?.star;
  const elsewhere = state.stars.all.value.length - stars.length;
  return (
    <section class="viewer-part" aria-labelledby="star-title">
      <div class="part-head">
        <h2 id="star-title">Star</h2>
        <fieldset class="choice" aria-label="Profile that is fitted">
          {STAR_MODELS.map((model) => (
            <button
              key={model}
              type="button"
              class="button tight"
              aria-pressed={state.stars.model.value === model}
              onClick={() => state.stars.refit(model)}
            >
              {MODEL_NAMES[model]}
            </button>
          ))}
        </fieldset>
      </div>
      <MeasuredOn state={state} />
      {state.stars.missed.value && (
        <p class="fault">
          No star there: nothing that is wider than a pixel and has its peak in its middle rises out of the noise.
        </p>
      )}
      {star === undefined ? (
        <p class="muted">Click a star, or bring the cross-hair to it and press Enter.</p>
      ) : (
        <Measured star={star} state={state} />
      )}
      {elsewhere > 0 && (
        <button type="button" class="button tight" onClick={() => state.stars.measureSame()}>
          Measure the other frames' stars here
        </button>
      )}
      {stars.length > 1 && (
        <p class="several">
          {stars.length} stars: median FWHM{" "}
          <strong>{widthText(median(Float64Array.from(stars, ({ star: one }) => one.fwhm)), state)}</strong>{" "}
          <button
            type="button"
            class="link small"
            onClick={(event) => {
              // The button goes with the stars: the focus stays on the image.
              event.currentTarget.closest(".viewer")?.querySelector<HTMLElement>(".viewer-canvas")?.focus();
              state.clear();
            }}
          >
            Start again
          </button>
        </p>
      )}
    </section>
  );
}

function widthText(pixels: number, state: ViewerState): string {
  const { wcs, plane } = state.layer;
  const scale = wcs?.pixelScale(...middleOf(plane)) ?? null;
  const text = `${pixels.toFixed(2)} px`;
  return scale === null ? text : `${text} · ${(pixels * scale * 3600).toFixed(2)}″`;
}

function Measured({ star, state }: { star: Star; state: ViewerState }) {
  const sky = state.layer.wcs?.pixelToIcrs(...star.centre) ?? null;
  const rows: [name: string, value: string][] = [
    ["Centre", `${star.centre[0].toFixed(2)}, ${star.centre[1].toFixed(2)}`],
    ...(sky === null ? [] : [["Position", positionText(sky)] as [string, string]]),
    ["Peak", short(star.peak)],
    ["Sky", `${short(star.background, 5)} ± ${short(star.noise, 3)}`],
    ["Flux", short(star.flux)],
    ["Ellipticity", star.ellipticity === null ? "–" : star.ellipticity.toFixed(2)],
    ...(star.beta === null ? [] : [["Moffat β", star.beta.toFixed(2)] as [string, string]]),
  ];
  return (
    <>
      <p class="width" data-part="fwhm">
        <span class="muted">FWHM</span> {widthText(star.fwhm, state)}
      </p>
      {star.saturated && <p class="fault">Saturated: measured by its wings alone.</p>}
      <RadialProfile star={star} />
      <Quantities rows={rows} />
    </>
  );
}

function RadialProfile({ star }: { star: Star }) {
  const { radius, value } = star.points;
  const most = radius.reduce((largest, one) => Math.max(largest, one), 1);
  const low = Math.min(
    star.background - 3 * star.noise,
    value.reduce((least, one) => Math.min(least, one), star.peak),
  );
  const high = Math.max(star.peak, star.ground + star.amplitude);
  const profile = profileOf(star);
  const curve = Array.from({ length: 61 }, (_, i) => (most * i) / 60);
  return (
    <Plot
      label={`Values by distance from the centre, and the fitted profile: half of the height at ${(star.fwhm / 2).toFixed(2)} pixels.`}
      x={[0, most]}
      y={[low, high + 0.04 * (high - low)]}
      unit="px"
    >
      {(px, py) => (
        <>
          <path
            class="points"
            d={Array.from(radius, (r, i) => `M${px(r).toFixed(1)} ${py(value[i]!).toFixed(1)}h.01`).join("")}
          />
          <path class="half" d={`M${px(star.fwhm / 2)} ${py(low)}V${py(star.ground + star.amplitude / 2)}H${px(0)}`} />
          <path
            class="curve"
            d={chain(
              curve.map(px),
              curve.map((r) => py(profile(r))),
            )}
          />
        </>
      )}
    </Plot>
  );
}
