import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { BINS, histogramOf } from "./histogram.ts";
import type { Levels } from "./look.ts";
import { MeasuredOn } from "./measured-on.tsx";
import { short } from "./number.ts";
import type { ViewerState } from "./state.ts";

const HEIGHT = 72;

/** What lies around the levels, within what the image has. */
function rangeAround([low, high]: Levels, [least, most]: Levels): Levels {
  const width = high - low;
  const range: Levels = [
    Math.max(Math.min(least, low), low - 0.5 * width),
    Math.min(Math.max(most, high), high + width),
  ];
  if (range[1] > range[0]) return range;
  // Levels that are one value, or the wrong way round. Beside a large value, a half would be lost.
  const room = Math.max(0.5, 1e-6 * Math.abs(low));
  return [low - room, low + room];
}

/** Whether levels can be seen and grasped in a range. */
function fits([low, high]: Levels, [least, most]: Levels): boolean {
  return low >= least && high <= most && (high === low || high - low > 0.03 * (most - least));
}

/** How often values occur, on a logarithmic scale, with the cut levels as handles. */
export function HistogramPanel({ state }: { state: ViewerState }) {
  const { image } = state.layer;
  const levels = state.levels();
  const around = rangeAround(levels, image.extremes);
  const [chosen, setChosen] = useState<Levels>(around);
  const [dragging, setDragging] = useState(false);
  const area = useRef<HTMLDivElement>(null);
  // The range that is shown stays while the levels are well inside it.
  const isKept = dragging || fits(levels, chosen);
  useEffect(() => {
    if (!isKept) setChosen(around);
  }, [isKept]);
  const [least, most] = isKept ? chosen : around;
  const path = useMemo(() => {
    const bins = histogramOf(image.values, least, most);
    const top = Math.log1p(bins.reduce((largest, count) => Math.max(largest, count), 1));
    let outline = `M0 ${HEIGHT}`;
    for (const [bin, count] of bins.entries()) {
      const y = HEIGHT - (Math.log1p(count) / top) * (HEIGHT - 4);
      outline += `L${bin} ${y.toFixed(1)}H${bin + 1}`;
    }
    return `${outline}L${BINS} ${HEIGHT}Z`;
  }, [image, least, most]);

  const put = (which: 0 | 1, value: number) => {
    const inside = Math.min(most, Math.max(least, value));
    const [low, high] = state.levels();
    state.setLevels(which === 0 ? [Math.min(inside, high), high] : [low, Math.max(inside, low)]);
  };
  const valueAt = (event: PointerEvent) => {
    const { left, width } = area.current!.getBoundingClientRect();
    return least + ((event.clientX - left) / width) * (most - least);
  };
  const handle = (which: 0 | 1) => {
    const share = ((levels[which] - least) / (most - least)) * 100;
    return (
      <div
        class={which === 0 ? "handle low" : "handle high"}
        role="slider"
        tabIndex={0}
        aria-label={which === 0 ? "Low level" : "High level"}
        aria-valuemin={least}
        aria-valuemax={most}
        aria-valuenow={levels[which]}
        aria-valuetext={short(levels[which])}
        style={{ left: `${Math.min(100, Math.max(0, share))}%` }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragging(true);
        }}
        onPointerMove={(event) => {
          if (event.currentTarget.hasPointerCapture(event.pointerId)) put(which, valueAt(event));
        }}
        onLostPointerCapture={() => setDragging(false)}
        onKeyDown={(event) => {
          const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
          if (direction === undefined) return;
          event.preventDefault();
          put(which, levels[which] + ((direction * (most - least)) / 100) * (event.shiftKey ? 5 : 1));
        }}
      />
    );
  };
  const isWhole = least === image.extremes[0] && most === image.extremes[1];
  return (
    <section class="viewer-part" aria-labelledby="histogram-title">
      <div class="part-head">
        <h2 id="histogram-title">Histogram</h2>
        <button type="button" class="link small" onClick={() => setChosen(isWhole ? around : image.extremes)}>
          {isWhole ? "Around the levels" : "Whole range"}
        </button>
      </div>
      <MeasuredOn state={state} />
      <div class="histogram" ref={area}>
        <svg viewBox={`0 0 ${BINS} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path d={path} />
        </svg>
        {handle(0)}
        {handle(1)}
      </div>
      <div class="histogram-ends muted small" aria-hidden="true">
        <span>{short(least, 5)}</span>
        <span>{short(most, 5)}</span>
      </div>
    </section>
  );
}
