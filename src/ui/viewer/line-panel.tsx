import { useMemo } from "preact/hooks";
import { placeOn } from "./layer.ts";
import { lineProfile } from "./line-profile.ts";
import { MeasuredOn } from "./measured-on.tsx";
import { angleText, short } from "./number.ts";
import { chain, Plot } from "./plot.tsx";
import type { ViewerState } from "./state.ts";

/** Values along the line that was drawn. */
export function LinePanel({ state }: { state: ViewerState }) {
  const { layer, first } = state;
  const drawn = state.line.value;
  // On the frame in sight, in whose pixels all of it is said.
  const line = useMemo(() => {
    const [from, to] = drawn === null ? [] : [drawn.from, drawn.to].map((end) => placeOn(layer, first, end));
    return from && to ? { from, to } : null;
  }, [drawn, layer, first]);
  const profile = useMemo(() => line && lineProfile(layer.plane, line.from, line.to), [line, layer]);
  if (line === null || profile === null) {
    return (
      <section class="viewer-part" aria-labelledby="line-title">
        <h2 id="line-title">Line</h2>
        <p class="muted">
          {drawn === null
            ? "Drag a line, or press Enter at its beginning and at its end."
            : "The line lies beyond the frame in sight."}
        </p>
      </section>
    );
  }
  const { distance, value } = profile;
  const defined = value.filter(Number.isFinite);
  const low = defined.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
  const high = defined.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  const length = distance.at(-1)!;
  const middle = [(line.from[0] + line.to[0]) / 2, (line.from[1] + line.to[1]) / 2] as const;
  const scale = layer.wcs?.pixelScale(...middle) ?? null;
  const end = ([x, y]: readonly [number, number]) => `${x.toFixed(1)}, ${y.toFixed(1)}`;
  const rows: [name: string, value: string][] = [
    ["From", end(line.from)],
    ["To", end(line.to)],
    ["Length", `${length.toFixed(1)} px${scale === null ? "" : ` · ${angleText(length * scale)}`}`],
    ["Values", defined.length === 0 ? "none" : `${short(low)} to ${short(high)}`],
  ];
  return (
    <section class="viewer-part" aria-labelledby="line-title">
      <h2 id="line-title">Line</h2>
      <MeasuredOn state={state} />
      {defined.length > 0 && (
        <Plot
          label={`Values along the line: ${short(low)} to ${short(high)} over ${length.toFixed(1)} pixels.`}
          x={[0, length]}
          y={[low, high]}
          unit="px"
        >
          {(px, py) => <path class="curve" d={chain(distance.map(px), value.map(py))} />}
        </Plot>
      )}
      <dl class="quantities">
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
