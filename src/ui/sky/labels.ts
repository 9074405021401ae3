/** What is written on the map beside its lines, and where. Pixels of the canvas; pure. */
import type { Vector } from "../../sky/vector.ts";
import type { Graticule } from "./graticule.ts";
import type { Projection } from "./projection.ts";

export interface Label {
  text: string;
  x: number;
  y: number;
  align: "left" | "center";
}

/**
 * Hours along the equator and degrees along the middle while all of the sky is there; else along two edges, about a pole
 * the degrees from it downwards. `em`: height of a label.
 */
export function gridLabels(projection: Projection, { meridians, parallels }: Graticule, em: number): Label[] {
  const { ra, height } = projection.view;
  const alongMiddle = parallels
    .filter(({ at }) => at !== 0)
    .map(({ at, label }): Label => {
      const [x, y] = projection.pixel(ra, at);
      return { text: label, x: x + 3, y: y - em * 0.6, align: "left" };
    });
  if (!projection.filled) {
    const hours = meridians.map(({ at, label }): Label => {
      const [x, y] = projection.pixel(at, 0);
      return { text: label, x, y: y + em * 0.8, align: "center" };
    });
    return [...spaced(hours, 4 * em, "x"), ...alongMiddle];
  }
  const hours = meridians.map(({ label, points }) => {
    const spot = extreme(projection, points, (_, y) => y, em, height - em);
    return spot && { text: label, x: spot[0], y: Math.min(height - em, spot[1]), align: "center" as const };
  });
  const isPoleThere = [-90, 90].some((pole) => projection.onMap(...projection.pixel(0, pole)));
  const degrees = isPoleThere
    ? alongMiddle.filter(({ x, y }) => projection.onMap(x, y))
    : parallels.map(({ label, points }) => {
        const spot = extreme(projection, points, (x) => -x, 0, height - 2.5 * em);
        return spot && { text: label, x: Math.max(6, spot[0]), y: spot[1] - em * 0.6, align: "left" as const };
      });
  return [...spaced(degrees, 2 * em, "y"), ...spaced(hours, 6 * em, "x")];
}

/** The point of a line on the map that is greatest by `by`, between two heights; a line is walked in small steps. */
export function extreme(
  projection: Projection,
  points: readonly Vector[],
  by: (x: number, y: number) => number,
  top: number,
  bottom: number,
): [number, number] | null {
  let best: [number, number] | null = null;
  let last: [number, number] | null = null;
  for (const point of points) {
    projection.place(point);
    const here: [number, number] = [projection.x, projection.y];
    if (last !== null && Math.hypot(here[0] - last[0], here[1] - last[1]) < projection.view.width) {
      for (let i = 0; i <= 8; i++) {
        const x = last[0] + ((here[0] - last[0]) * i) / 8;
        const y = last[1] + ((here[1] - last[1]) * i) / 8;
        if (!projection.onMap(x, y) || y < top || y > bottom) continue;
        if (best === null || by(x, y) > by(...best)) best = [x, y];
      }
    }
    last = here;
  }
  return best;
}

/** Labels that keep their distance from the one before, along one axis. */
function spaced(labels: readonly (Label | null)[], room: number, axis: "x" | "y"): Label[] {
  const kept: Label[] = [];
  const there = labels.filter((label) => label !== null).sort((a, b) => a[axis] - b[axis]);
  for (const label of there) {
    if (kept.length === 0 || label[axis] - kept.at(-1)![axis] >= room) kept.push(label);
  }
  return kept;
}
