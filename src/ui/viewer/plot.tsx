import type { ComponentChildren } from "preact";
import { short } from "./number.ts";

const WIDTH = 300;
const HEIGHT = 150;
const LEFT = 46;
const BOTTOM = 22;
const TOP = 6;
const RIGHT = 8;

interface PlotProps {
  /** What it shows, in words, for those who do not see it. */
  label: string;
  x: readonly [number, number];
  y: readonly [number, number];
  /** Unit of the horizontal axis. */
  unit: string;
  children: (px: (value: number) => number, py: (value: number) => number) => ComponentChildren;
}

/** Axes with round numbers for a curve or points. */
export function Plot({ label, x, y, unit, children }: PlotProps) {
  const px = (value: number) => LEFT + ((value - x[0]) / (x[1] - x[0] || 1)) * (WIDTH - LEFT - RIGHT);
  const py = (value: number) => HEIGHT - BOTTOM - ((value - y[0]) / (y[1] - y[0] || 1)) * (HEIGHT - BOTTOM - TOP);
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {ticks(y, 4).map((value) => (
        <g key={value}>
          <path class="rule" d={`M${LEFT} ${py(value)}H${WIDTH - RIGHT}`} />
          <text class="end" x={LEFT - 5} y={py(value)}>
            {short(value, 5)}
          </text>
        </g>
      ))}
      {ticks(x, 5).map((value) => (
        <text key={value} x={px(value)} y={HEIGHT - 9}>
          {short(value, 5)}
        </text>
      ))}
      <text class="end" x={WIDTH - 2} y={HEIGHT - BOTTOM - 7}>
        {unit}
      </text>
      <path class="axis" d={`M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}`} />
      {children(px, py)}
    </svg>
  );
}

/** Round numbers in a range, about `count` of them. */
function ticks([low, high]: readonly [number, number], count: number): number[] {
  const range = high - low;
  if (!(range > 0) || !Number.isFinite(range)) return [];
  const rough = range / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  const found: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n++) found.push(n * step);
  return found;
}

/** A chain of lines through points; a gap where one is undefined. */
export function chain(xs: ArrayLike<number>, ys: ArrayLike<number>): string {
  let path = "";
  let open = false;
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [xs[i]!, ys[i]!];
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      open = false;
      continue;
    }
    path += `${open ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    open = true;
  }
  return path;
}
