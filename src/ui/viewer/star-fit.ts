/** A star's profile: Moffat's function or Gauss's, round, on a level ground. Pure. */
import { leastSquares, type Model } from "./least-squares.ts";
import type { Point } from "./plane.ts";

export const STAR_MODELS = ["moffat", "gauss"] as const;
export type StarModel = (typeof STAR_MODELS)[number];

export interface StarFit {
  model: StarModel;
  /** Height above the ground. */
  amplitude: number;
  /** Level that the profile stands on: the sky, and what else is there (a galaxy). */
  ground: number;
  centre: Point;
  /** Full width at half of the amplitude, pixels. */
  fwhm: number;
  /** Moffat's exponent; null for a Gaussian. */
  beta: number | null;
}

/** Full width at half maximum of a Gaussian of sigma 1. */
export const FWHM_OF_SIGMA = 2 * Math.sqrt(2 * Math.LN2);

/** FWHM of a Moffat profile (1 + r²)^-beta. */
function moffatWidth(beta: number): number {
  return 2 * Math.sqrt(2 ** (1 / beta) - 1);
}

export interface Samples {
  x: Float64Array;
  y: Float64Array;
  values: Float64Array;
}

/** Fits all samples with the same weight, beginning with a rough idea; null where they hold no such profile. */
export function fitStar(
  { x, y, values }: Samples,
  model: StarModel,
  start: { amplitude: number; ground: number; centre: Point; fwhm: number },
): StarFit | null {
  const { amplitude, ground, centre, fwhm } = start;
  if (model === "gauss") {
    const found = leastSquares(gauss(x, y), values, [amplitude, ...centre, fwhm / FWHM_OF_SIGMA, ground]);
    return (
      found && {
        model,
        amplitude: found[0]!,
        centre: [found[1]!, found[2]!],
        fwhm: found[3]! * FWHM_OF_SIGMA,
        ground: found[4]!,
        beta: null,
      }
    );
  }
  // Stars through the air have exponents around 3.
  const found = leastSquares(moffat(x, y), values, [amplitude, ...centre, fwhm / moffatWidth(3), 3, ground]);
  return (
    found && {
      model,
      amplitude: found[0]!,
      centre: [found[1]!, found[2]!],
      fwhm: found[3]! * moffatWidth(found[4]!),
      beta: found[4]!,
      ground: found[5]!,
    }
  );
}

/** What a fit says at a distance from the centre. */
export function profileOf({ amplitude, ground, fwhm, beta }: StarFit): (radius: number) => number {
  if (beta === null) {
    const sigma = fwhm / FWHM_OF_SIGMA;
    return (radius) => ground + amplitude * Math.exp(-(radius ** 2) / (2 * sigma ** 2));
  }
  const alpha = fwhm / moffatWidth(beta);
  return (radius) => ground + amplitude * (1 + (radius / alpha) ** 2) ** -beta;
}

function gauss(x: Float64Array, y: Float64Array): Model {
  return {
    allows: ([, , , sigma]) => sigma! > 0.05 && sigma! < 1000,
    evaluate([amplitude, x0, y0, sigma, ground], i, slopes) {
      const [dx, dy] = [x[i]! - x0!, y[i]! - y0!];
      const square = sigma! ** 2;
      const r2 = dx * dx + dy * dy;
      const shape = Math.exp(-r2 / (2 * square));
      const value = amplitude! * shape;
      slopes[0] = shape;
      slopes[1] = (value * dx) / square;
      slopes[2] = (value * dy) / square;
      slopes[3] = (value * r2) / (square * sigma!);
      slopes[4] = 1;
      return value + ground!;
    },
  };
}

function moffat(x: Float64Array, y: Float64Array): Model {
  return {
    // Beyond 50 the function is a Gaussian, and alpha and beta are no longer two parameters; at 1 its wings hold all light.
    allows: ([, , , alpha, beta]) => alpha! > 0.05 && alpha! < 10_000 && beta! > 1 && beta! < 50,
    evaluate([amplitude, x0, y0, alpha, beta, ground], i, slopes) {
      const [dx, dy] = [x[i]! - x0!, y[i]! - y0!];
      const square = alpha! ** 2;
      const r2 = dx * dx + dy * dy;
      const base = 1 + r2 / square;
      const shape = base ** -beta!;
      const value = amplitude! * shape;
      const towards = (2 * beta! * value) / (square * base);
      slopes[0] = shape;
      slopes[1] = towards * dx;
      slopes[2] = towards * dy;
      slopes[3] = (towards * r2) / alpha!;
      slopes[4] = -value * Math.log(base);
      slopes[5] = 1;
      return value + ground!;
    },
  };
}
