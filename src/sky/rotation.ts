/** From native to celestial coordinates: the three angles that place a projection on the sky (paper II, §2). */
import { DEGREE } from "./angle.ts";
import { SkyError } from "./errors.ts";
import type { Vector } from "./vector.ts";

/** Sine and cosine of degrees, exact at the multiples of 90 where headers mostly are (LONPOLE = 180). */
export function sinCos(degrees: number): [sin: number, cos: number] {
  const turned = degrees % 360;
  switch (turned) {
    case 0:
      return [0, 1];
    case 90:
    case -270:
      return [1, 0];
    case 180:
    case -180:
      return [0, -1];
    case 270:
    case -90:
      return [-1, 0];
    default:
      return [Math.sin(turned * DEGREE), Math.cos(turned * DEGREE)];
  }
}

export interface Placement {
  /** Celestial longitude and latitude of the reference point: CRVAL. */
  alpha0: number;
  delta0: number;
  /** Native longitude and latitude of the reference point. */
  phi0: number;
  theta0: number;
  /** LONPOLE and LATPOLE; undefined: the defaults of paper II, §2.4 and §2.5. */
  lonpole: number | undefined;
  latpole: number | undefined;
}

export class Rotation {
  /** Celestial coordinates of the native pole. */
  readonly alphaP: number;
  readonly deltaP: number;
  readonly #sinDeltaP: number;
  readonly #cosDeltaP: number;
  readonly #sinPhiP: number;
  readonly #cosPhiP: number;

  constructor(placement: Placement) {
    const { delta0, phi0, theta0 } = placement;
    const phiP = placement.lonpole ?? (delta0 < theta0 ? 180 : 0) + phi0;
    [this.alphaP, this.deltaP] = poleOf(placement, phiP);
    [this.#sinDeltaP, this.#cosDeltaP] = sinCos(this.deltaP);
    [this.#sinPhiP, this.#cosPhiP] = sinCos(phiP);
  }

  /** Native direction → celestial longitude (degrees, not reduced) and latitude. Paper II, eq. 2. */
  toCelestial([l, m, n]: Vector): [number, number] {
    const along = l * this.#cosPhiP + m * this.#sinPhiP;
    const across = m * this.#cosPhiP - l * this.#sinPhiP;
    const x = n * this.#cosDeltaP - along * this.#sinDeltaP;
    const z = n * this.#sinDeltaP + along * this.#cosDeltaP;
    return [
      this.alphaP + (x === 0 && across === 0 ? 0 : Math.atan2(-across, x) / DEGREE),
      Math.atan2(z, Math.hypot(x, across)) / DEGREE,
    ];
  }

  /** Celestial longitude and latitude → native direction. Paper II, eq. 5. */
  toNative(alpha: number, delta: number): Vector {
    const [sinDelta, cosDelta] = sinCos(delta);
    const [sinAlpha, cosAlpha] = sinCos(alpha - this.alphaP);
    // Differences of angles before their sines: cosδp sinδ - sinδp cosδ cosΔα would cancel near the pole.
    const half = Math.sin(((alpha - this.alphaP) / 2) * DEGREE);
    const along = sinCos(delta - this.deltaP)[0] + 2 * this.#sinDeltaP * cosDelta * half * half;
    const across = -cosDelta * sinAlpha;
    return [
      along * this.#cosPhiP - across * this.#sinPhiP,
      along * this.#sinPhiP + across * this.#cosPhiP,
      sinDelta * this.#sinDeltaP + cosDelta * this.#cosDeltaP * cosAlpha,
    ];
  }
}

/** Where the native pole lies. Paper II, §2.4, eqs. 8–10. */
function poleOf({ alpha0, delta0, phi0, theta0, latpole = 90 }: Placement, phiP: number): [number, number] {
  if (theta0 === 90) return [alpha0, delta0];
  const [sinTheta0, cosTheta0] = sinCos(theta0);
  const [sinDelta0, cosDelta0] = sinCos(delta0);
  const [sinPhi, cosPhi] = sinCos(phiP - phi0);
  const u = Math.atan2(sinTheta0, cosTheta0 * cosPhi) / DEGREE;
  const norm = Math.hypot(sinTheta0, cosTheta0 * cosPhi);
  let deltaP: number;
  if (norm === 0) {
    if (delta0 !== 0) throw new SkyError("BAD_WCS", "LONPOLE contradicts CRVAL: there is no such place for the pole.");
    deltaP = latpole;
  } else {
    const ratio = sinDelta0 / norm;
    if (Math.abs(ratio) > 1 + 1e-10) {
      throw new SkyError("BAD_WCS", "LONPOLE contradicts CRVAL: there is no such place for the pole.");
    }
    const v = sinDelta0 === 0 ? 90 : Math.acos(Math.max(-1, Math.min(1, ratio))) / DEGREE;
    // Two places are possible; LATPOLE picks the nearer one, and only those on the sphere count.
    const candidates = [u + v, u - v]
      .map((angle) => (angle > 180 ? angle - 360 : angle < -180 ? angle + 360 : angle))
      .filter((angle) => Math.abs(angle) <= 90 * (1 + 1e-12))
      .sort((a, b) => Math.abs(latpole - a) - Math.abs(latpole - b));
    if (candidates.length === 0) {
      throw new SkyError("BAD_WCS", "LONPOLE contradicts CRVAL: there is no such place for the pole.");
    }
    deltaP = Math.max(-90, Math.min(90, candidates[0]!));
  }
  if (cosDelta0 === 0) return [alpha0, deltaP];
  if (deltaP === 90) return [alpha0 + phiP - phi0 - 180, deltaP];
  if (deltaP === -90) return [alpha0 - phiP + phi0, deltaP];
  const [sinDeltaP, cosDeltaP] = sinCos(deltaP);
  const y = (sinPhi * cosTheta0) / cosDelta0;
  const x = (sinTheta0 - sinDeltaP * sinDelta0) / (cosDeltaP * cosDelta0);
  return [alpha0 - (x === 0 && y === 0 ? 0 : Math.atan2(y, x) / DEGREE), deltaP];
}
