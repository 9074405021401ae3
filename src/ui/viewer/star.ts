/**
 * Measures the star nearest to a click, for whoever watches the focus: where it is, how wide, how round, above which
 * background. Pure; coordinates are FITS's.
 */
import { backgroundOf } from "./order.ts";
import { numberAt, type Plane, type Point } from "./plane.ts";
import { FWHM_OF_SIGMA, fitStar, type Samples, type StarFit, type StarModel } from "./star-fit.ts";

export interface Star extends StarFit {
  /** Level and scatter of a pixel in the annulus around the star. */
  background: number;
  noise: number;
  /** Largest pixel. */
  peak: number;
  /** Sum above the background within three FWHM of the centre. */
  flux: number;
  /** 1 − minor/major axis of its second moments; null where it has none (a broken star). */
  ellipticity: number | null;
  /** Pixels at or above the level at which the detector is full, or a flat top. */
  saturated: boolean;
  /** Inner and outer radius of the annulus, pixels. */
  annulus: readonly [number, number];
  /** Distance from the centre and value of the pixels around it. */
  points: { radius: Float64Array; value: Float64Array };
}

export interface StarOptions {
  model: StarModel;
  /** How far from the click a star may be, pixels. */
  reach: number;
  /** The header's saturation level; null: unknown. */
  saturation: number | null;
}

/** A star is that much above the scatter of its background. */
const LEAST_SIGNAL = 5;
const LARGEST_ANNULUS = 200;
/** Pixels: what is narrower is a hot one or a cosmic ray, and no light that came through air and optics. */
const LEAST_WIDTH = 0.75;

/**
 * The star near a place: the one on whose slope it lies, before a brighter one further away. Null where nothing there
 * rises out of the noise.
 */
export function measureStar(plane: Plane, near: Point, options: StarOptions): Star | null {
  for (const part of [0.25, 0.5, 1]) {
    const top = summit(plane, near, part * options.reach, options.reach);
    const star = top && measureAt(plane, top, options);
    if (star) return star;
  }
  return null;
}

/** The end of the way up from a place, with `stride` from each to the brightest around it; no further away than `most`. */
function summit(plane: Plane, near: Point, stride: number, most: number): Point | null {
  let at = brightest(plane, near, stride);
  for (;;) {
    const next = at && brightest(plane, at, stride);
    if (at === null || next === null || Math.hypot(next[0] - near[0], next[1] - near[1]) > most) return at;
    if (next[0] === at[0] && next[1] === at[1]) return at;
    at = next;
  }
}

function measureAt(plane: Plane, top: Point, options: StarOptions): Star | null {
  let centre = top;
  let fwhm = 4;
  let background: { level: number; noise: number } | null = null;
  let annulus: [number, number] = [0, 0];
  // The width says where the background is, and the background how wide the star is.
  for (let round = 0; round < 4; round++) {
    const inner = Math.min(LARGEST_ANNULUS, Math.max(10, 4 * fwhm));
    annulus = [inner, inner + Math.max(8, 1.5 * fwhm)];
    background = backgroundOf(within(plane, centre, annulus[1], annulus[0]).values);
    if (background === null) return null;
    centre = centroid(plane, centre, background.level, fwhm / FWHM_OF_SIGMA);
    const before = fwhm;
    fwhm = halfWidth(plane, centre, background.level, annulus[1]);
    if (Math.abs(fwhm - before) < 0.02 * before) break;
  }
  const { level, noise } = background!;

  const around = within(plane, centre, Math.max(3, 2 * fwhm));
  const full = options.saturation ?? Number.POSITIVE_INFINITY;
  const peak = around.values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  if (!(peak - level > LEAST_SIGNAL * noise)) return null;
  const tops = around.values.reduce((count, value) => count + (value === peak ? 1 : 0), 0);
  const saturated = peak >= full || (tops > 4 && peak - level > 20 * noise);
  const samples = below(around, saturated ? Math.min(full, peak) : Number.POSITIVE_INFINITY);
  const fit = fitStar(samples, options.model, { amplitude: peak - level, ground: level, centre, fwhm });
  if (
    fit === null ||
    fit.fwhm < LEAST_WIDTH ||
    Math.hypot(fit.centre[0] - centre[0], fit.centre[1] - centre[1]) > 2 * fwhm
  )
    return null;

  const shown = within(plane, fit.centre, Math.max(8, 3.5 * fit.fwhm));
  const radius = Float64Array.from(shown.x, (x, i) => Math.hypot(x - fit.centre[0], shown.y[i]! - fit.centre[1]));
  const aperture = within(plane, fit.centre, 3 * fit.fwhm);
  return {
    ...fit,
    background: level,
    noise,
    peak,
    flux: aperture.values.reduce((sum, value) => sum + value - level, 0),
    ellipticity: ellipticityOf(aperture, fit),
    saturated,
    annulus,
    points: { radius, value: shown.values },
  };
}

/** Defined pixels whose middles lie between two distances from a place. */
function within(plane: Plane, [x0, y0]: Point, most: number, least = 0): Samples {
  const [x, y, values]: [number[], number[], number[]] = [[], [], []];
  for (let py = Math.ceil(y0 - most); py <= y0 + most; py++) {
    for (let px = Math.ceil(x0 - most); px <= x0 + most; px++) {
      const r2 = (px - x0) ** 2 + (py - y0) ** 2;
      if (r2 > most ** 2 || r2 < least ** 2) continue;
      const value = numberAt(plane, px - 1, py - 1);
      if (!Number.isFinite(value)) continue;
      x.push(px);
      y.push(py);
      values.push(value);
    }
  }
  return { x: Float64Array.from(x), y: Float64Array.from(y), values: Float64Array.from(values) };
}

/** Samples below a level. */
function below({ x, y, values }: Samples, level: number): Samples {
  const keep = (_: number, i: number) => values[i]! < level;
  return { x: x.filter(keep), y: y.filter(keep), values: values.filter(keep) };
}

/** The middle of the 3 × 3 pixels with the largest mean near a place: a hot pixel alone is no star. */
function brightest(plane: Plane, [x0, y0]: Point, reach: number): Point | null {
  let most = Number.NEGATIVE_INFINITY;
  let found: Point | null = null;
  for (let y = Math.ceil(y0 - reach); y <= y0 + reach; y++) {
    for (let x = Math.ceil(x0 - reach); x <= x0 + reach; x++) {
      if ((x - x0) ** 2 + (y - y0) ** 2 > reach ** 2) continue;
      let [sum, count] = [0, 0];
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          const value = numberAt(plane, x - 1 + dx, y - 1 + dy);
          if (!Number.isFinite(value)) continue;
          sum += value;
          count++;
        }
      }
      if (count >= 5 && sum / count > most) {
        most = sum / count;
        found = [x, y];
      }
    }
  }
  return found;
}

/** The centre under a Gaussian window that moves along, as SExtractor's XWIN and YWIN. */
function centroid(plane: Plane, start: Point, background: number, sigma: number): Point {
  let [cx, cy] = start;
  for (let step = 0; step < 12; step++) {
    const { x, y, values } = within(plane, [cx, cy], Math.max(2, 3 * sigma));
    let [sum, sx, sy] = [0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const [dx, dy] = [x[i]! - cx, y[i]! - cy];
      const weight = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma)) * (values[i]! - background);
      sum += weight;
      sx += weight * dx;
      sy += weight * dy;
    }
    if (!(sum > 0)) break;
    // Twice the offset: the window pulls the centre towards its own middle.
    const [mx, my] = [(2 * sx) / sum, (2 * sy) / sum];
    if (!(Math.hypot(mx, my) < 3 * sigma)) break;
    [cx, cy] = [cx + mx, cy + my];
    if (Math.hypot(mx, my) < 1e-3) break;
  }
  return [cx, cy];
}

/** Twice the distance at which the mean of a ring has fallen to half of what the middle has; pixels. */
function halfWidth(plane: Plane, centre: Point, background: number, most: number): number {
  const { x, y, values } = within(plane, centre, most);
  const sums = new Float64Array(Math.ceil(most) + 1);
  const counts = new Float64Array(sums.length);
  let top = 0;
  for (let i = 0; i < values.length; i++) {
    const radius = Math.hypot(x[i]! - centre[0], y[i]! - centre[1]);
    const ring = Math.round(radius);
    sums[ring]! += values[i]! - background;
    counts[ring]! += 1;
    if (radius < 1.5) top = Math.max(top, values[i]! - background);
  }
  let before = top;
  for (let ring = 1; ring < sums.length; ring++) {
    if (counts[ring] === 0) continue;
    const mean = sums[ring]! / counts[ring]!;
    if (mean <= top / 2) return Math.max(1, 2 * (ring - 1 + (before - top / 2) / Math.max(before - mean, 1e-300)));
    before = mean;
  }
  return most;
}

/**
 * From second moments under a Gaussian window as wide as the star: such a window adds its inverse to the inverse of the
 * star's own moments, which is taken off again.
 */
function ellipticityOf({ x, y, values }: Samples, { centre, fwhm, ground }: StarFit): number | null {
  const square = (fwhm / FWHM_OF_SIGMA) ** 2;
  let [sum, xx, xy, yy] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const [dx, dy] = [x[i]! - centre[0], y[i]! - centre[1]];
    const weight = Math.exp(-(dx * dx + dy * dy) / (2 * square)) * (values[i]! - ground);
    sum += weight;
    xx += weight * dx * dx;
    xy += weight * dx * dy;
    yy += weight * dy * dy;
  }
  const determinant = (xx * yy - xy * xy) / sum ** 2;
  if (!(sum > 0 && determinant > 0)) return null;
  const [a, b, c] = [yy / sum / determinant - 1 / square, -xy / sum / determinant, xx / sum / determinant - 1 / square];
  const middle = (a + c) / 2;
  const apart = Math.hypot((a - c) / 2, b);
  // Eigenvalues of the inverse moments: the larger one belongs to the minor axis.
  const [small, large] = [middle - apart, middle + apart];
  return small > 0 ? 1 - Math.sqrt(small / large) : null;
}
