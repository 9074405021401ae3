/** Polynomials that bend the plane of an image, and their exact inverse. */

/** A map of the plane and its derivatives. */
export interface Distortion {
  /** [x', y'] of (x, y). */
  apply(x: number, y: number): [number, number];
  /** ∂x'/∂x, ∂x'/∂y, ∂y'/∂x, ∂y'/∂y. */
  slope(x: number, y: number): [number, number, number, number];
}

const MAX_STEPS = 50;

/**
 * The point that a distortion maps to (x, y), by Newton's method from `start`; null where it does not converge (beyond
 * the fold of a polynomial there is no inverse). Exact to rounding: the last step is below 1e-13 of the coordinates.
 */
export function undo(
  distortion: Distortion,
  x: number,
  y: number,
  start: [number, number] = [x, y],
): [number, number] | null {
  let [u, v] = start;
  let last = Number.POSITIVE_INFINITY;
  for (let step = 0; step < MAX_STEPS; step++) {
    const [fx, fy] = distortion.apply(u, v);
    const [xx, xy, yx, yy] = distortion.slope(u, v);
    const determinant = xx * yy - xy * yx;
    if (determinant === 0 || !Number.isFinite(determinant)) return null;
    const dx = (yy * (x - fx) - xy * (y - fy)) / determinant;
    const dy = (xx * (y - fy) - yx * (x - fx)) / determinant;
    u += dx;
    v += dy;
    const size = Math.hypot(dx, dy);
    if (!Number.isFinite(size)) return null;
    // Converged, or as near as rounding lets it come.
    if (size <= 1e-15 * Math.hypot(u, v) || (size >= last / 2 && size <= 1e-12 * (1 + Math.hypot(u, v)))) return [u, v];
    last = size;
  }
  return null;
}
