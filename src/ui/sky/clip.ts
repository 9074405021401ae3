/**
 * Keeps what is drawn to the canvas and a margin about it. Zoomed in, the far end of a meridian lies millions of pixels
 * away: a browser that dashes such a line, or fills such an outline, is busy for seconds.
 */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export type Pixel = readonly [x: number, y: number];

/** The part of a straight line inside the box; null: none of it (Liang and Barsky, 1984). */
export function clipLine(box: Box, [x0, y0]: Pixel, [x1, y1]: Pixel): [Pixel, Pixel] | null {
  const [dx, dy] = [x1 - x0, y1 - y0];
  let [from, to] = [0, 1];
  const sides = [
    [-dx, x0 - box.left],
    [dx, box.right - x0],
    [-dy, y0 - box.top],
    [dy, box.bottom - y0],
  ] as const;
  for (const [towards, room] of sides) {
    if (towards === 0 && room < 0) return null;
    if (towards === 0) continue;
    const at = room / towards;
    if (towards < 0) from = Math.max(from, at);
    else to = Math.min(to, at);
  }
  if (from > to) return null;
  return [
    [x0 + from * dx, y0 + from * dy],
    [x0 + to * dx, y0 + to * dy],
  ];
}

/** The part of an area inside the box, by its corners; empty: none of it (Sutherland and Hodgman, 1974). */
export function clipArea(box: Box, corners: readonly Pixel[]): Pixel[] {
  const sides: [axis: 0 | 1, bound: number, sign: 1 | -1][] = [
    [0, box.left, 1],
    [0, box.right, -1],
    [1, box.top, 1],
    [1, box.bottom, -1],
  ];
  let area: Pixel[] = [...corners];
  for (const [axis, bound, sign] of sides) {
    const inside = (corner: Pixel) => sign * (corner[axis] - bound) >= 0;
    area = area.flatMap((corner, i) => {
      const before = area.at(i - 1)!;
      const kept = inside(corner) ? [corner] : [];
      if (inside(corner) === inside(before)) return kept;
      const t = (bound - before[axis]) / (corner[axis] - before[axis]);
      const meeting: Pixel = [before[0] + t * (corner[0] - before[0]), before[1] + t * (corner[1] - before[1])];
      return [meeting, ...kept];
    });
  }
  return area;
}
