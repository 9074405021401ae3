import { useMemo } from "preact/hooks";
import { type Layer, placeOn } from "./layer.ts";
import { type Line, type LineProfile, lineProfile } from "./line-profile.ts";
import { MeasuredOn } from "./measured-on.tsx";
import { angleText, short } from "./number.ts";
import { chain, Plot } from "./plot.tsx";
import { Quantities } from "./quantities.tsx";
import type { ViewerState } from "./state.ts";

/** The line as the frame in sight has it, in whose pixels all of it is said; null: none, or beyond it. */
function lineOn(layer: Layer, first: Layer, drawn: Line | null): Line | null {
  if (drawn === null) return null;
  const [from, to] = [placeOn(layer, first, drawn.from), placeOn(layer, first, drawn.to)];
  return from && to && { from, to };
}

function wordsOf({ distance, range }: LineProfile): string {
  const length = `${distance.at(-1)!.toFixed(1)} pixels`;
  return range === null
    ? `No defined values over ${length}`
    : `${short(range[0])} to ${short(range[1])} over ${length}`;
}

/** What is to be said of the line when it is there. */
export function lineText(state: ViewerState): string {
  const line = lineOn(state.layer, state.first, state.line.peek());
  if (line === null) return "The line lies beyond the frame in sight.";
  return `Line: ${wordsOf(lineProfile(state.layer.plane, line))}.`;
}

/** Values along the line that was drawn. */
export function LinePanel({ state }: { state: ViewerState }) {
  const { layer, first } = state;
  const drawn = state.line.value;
  const line = useMemo(() => lineOn(layer, first, drawn), [drawn, layer, first]);
  const profile = useMemo(() => line && lineProfile(layer.plane, line), [line, layer]);
  if (line === null || profile === null) {
    return (
      <section class="viewer-part" aria-labelledby="line-title">
        <h2 id="line-title">Line</h2>
        <p class="muted">
          {drawn === null
            ? "Drag a line, or click its beginning and its end, or press Enter there."
            : "The line lies beyond the frame in sight."}
        </p>
      </section>
    );
  }
  const { distance, value, range } = profile;
  const length = distance.at(-1)!;
  const middle = [(line.from[0] + line.to[0]) / 2, (line.from[1] + line.to[1]) / 2] as const;
  const scale = layer.wcs?.pixelScale(...middle) ?? null;
  const end = ([x, y]: readonly [number, number]) => `${x.toFixed(1)}, ${y.toFixed(1)}`;
  const rows: [name: string, value: string][] = [
    ["From", end(line.from)],
    ["To", end(line.to)],
    ["Length", `${length.toFixed(1)} px${scale === null ? "" : ` · ${angleText(length * scale)}`}`],
    ["Values", range === null ? "none" : `${short(range[0])} to ${short(range[1])}`],
  ];
  return (
    <section class="viewer-part" aria-labelledby="line-title">
      <h2 id="line-title">Line</h2>
      <MeasuredOn state={state} />
      {range !== null && (
        <Plot label={`Values along the line: ${wordsOf(profile)}.`} x={[0, length]} y={range} unit="px">
          {(px, py) => <path class="curve" d={chain(distance.map(px), value.map(py))} />}
        </Plot>
      )}
      <Quantities rows={rows} />
    </section>
  );
}
