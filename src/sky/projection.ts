/**
 * Projections between the sphere in native coordinates and the plane of intermediate world coordinates (Calabretta &
 * Greisen 2002, A&A 395, 1077: "paper II"). Plane coordinates are degrees.
 *
 * Native directions are unit vectors (l, m, n) = (cosθ cosφ, cosθ sinφ, sinθ), not angles: close to the pole, where
 * every zenithal image lies, θ as a number has lost half of its digits and a vector has not.
 */
import { DEGREE } from "./angle.ts";
import { SkyError } from "./errors.ts";
import type { Vector } from "./vector.ts";

export interface Projection {
  /** Native longitude and latitude of the point at the origin of the plane, degrees. */
  readonly phi0: number;
  readonly theta0: number;
  /** The plane's (x, y) → native direction; null where nothing of the sphere is drawn. */
  toSphere(x: number, y: number): Vector | null;
  /** Native direction → (x, y); null where the projection diverges or the point is on its far side. */
  toPlane(direction: Vector): [number, number] | null;
}

const R0 = 1 / DEGREE;

/** Zenithal projections differ only in how the distance from the pole is drawn. */
function zenithal(
  toSphere: (x: number, y: number) => Vector | null,
  /** R / cosθ in radians: the factor that stretches (l, m) to the plane. */
  stretch: (n: number, cosTheta: number) => number | null,
): Projection {
  return {
    phi0: 0,
    theta0: 90,
    toSphere: (x, y) => toSphere(x * DEGREE, y * DEGREE),
    toPlane([l, m, n]) {
      const factor = stretch(n, Math.hypot(l, m));
      return factor === null ? null : [R0 * factor * m, -R0 * factor * l];
    },
  };
}

/** §5.1.3. Only the near hemisphere. */
const TAN = zenithal(
  (x, y) => {
    const n = 1 / Math.sqrt(1 + x * x + y * y);
    return [-y * n, x * n, n];
  },
  (n) => (n > 0 ? 1 / n : null),
);

/** §5.1.4. */
const STG = zenithal(
  (x, y) => {
    const t2 = (x * x + y * y) / 4;
    return [-y / (1 + t2), x / (1 + t2), (1 - t2) / (1 + t2)];
  },
  (n) => (n > -1 ? 2 / (1 + n) : null),
);

/** §5.1.6. */
const ARC = zenithal(
  (x, y) => {
    const c = Math.hypot(x, y);
    if (c > Math.PI * (1 + 1e-13)) return null;
    const sinc = c === 0 ? 1 : Math.sin(c) / c;
    return [-y * sinc, x * sinc, Math.cos(c)];
  },
  (n, cosTheta) => (cosTheta === 0 ? (n > 0 ? 1 : null) : Math.atan2(cosTheta, n) / cosTheta),
);

/** §5.1.7. */
const ZEA = zenithal(
  (x, y) => {
    const s2 = (x * x + y * y) / 4;
    if (s2 > 1 + 1e-12) return null;
    const cosHalf = Math.sqrt(Math.max(0, 1 - s2));
    return [-y * cosHalf, x * cosHalf, 1 - 2 * s2];
  },
  (n) => (n > -1 ? Math.sqrt(2 / (1 + n)) : null),
);

/** §5.1.5: the orthographic projection, slanted by (ξ, η) = (PVi_1, PVi_2) of the latitude axis. */
function sin(xi: number, eta: number): Projection {
  const k = xi * xi + eta * eta;
  return {
    phi0: 0,
    theta0: 90,
    toSphere(xDegrees, yDegrees) {
      const x = xDegrees * DEGREE;
      const y = yDegrees * DEGREE;
      const r2 = x * x + y * y;
      if (k === 0) return r2 > 1 ? null : [-y, x, Math.sqrt(1 - r2)];
      // A quadratic in z = 1 - sinθ, so that nothing cancels near the pole:
      // (x - ξz)² + (y - ηz)² = cos²θ = z(2 - z).
      const b = 1 + x * xi + y * eta;
      const discriminant = b * b - (k + 1) * r2;
      if (discriminant < 0) return null;
      const z = r2 / (b + Math.sqrt(discriminant));
      if (!(z >= 0 && z <= 2)) return null;
      return [-(y - eta * z), x - xi * z, 1 - z];
    },
    toPlane([l, m, n]) {
      // Seen from the slanted direction, the far side begins where θ < -atan(ξ sinφ - η cosφ).
      if (n + xi * m - eta * l < 0) return null;
      // 1 - sinθ without cancellation, from cosθ.
      const cos2 = l * l + m * m;
      const z = n > 0 ? cos2 / (1 + n) : 1 - n;
      return [R0 * (m + xi * z), -R0 * (l - eta * z)];
    },
  };
}

/** §5.2.3: plate carrée. */
const CAR: Projection = {
  phi0: 0,
  theta0: 0,
  toSphere(x, y) {
    // wcslib's tolerance for points on the seam.
    if (Math.abs(x) > 180 * (1 + 1e-13) || Math.abs(y) > 90 * (1 + 1e-13)) return null;
    const cosTheta = Math.cos(y * DEGREE);
    return [cosTheta * Math.cos(x * DEGREE), cosTheta * Math.sin(x * DEGREE), Math.sin(y * DEGREE)];
  },
  toPlane: ([l, m, n]) => [Math.atan2(m, l) / DEGREE, Math.atan2(n, Math.hypot(l, m)) / DEGREE],
};

/** Projections by their three letters. `parameter(m)` gives PVi_m of the latitude axis; `dec0` CRVAL of that axis. */
export function projectionOf(code: string, parameter: (m: number) => number | undefined, dec0: number): Projection {
  switch (code) {
    case "TAN":
    case "TPV": // a distortion, then TAN
      return TAN;
    case "SIN":
      return sin(parameter(1) ?? 0, parameter(2) ?? 0);
    case "NCP": {
      // The north-celestial-pole projection of Westerbork is a slanted SIN (paper II, §5.1.5).
      if (dec0 === 0)
        throw new SkyError("BAD_WCS", "An NCP projection cannot have its reference point on the equator.");
      return sin(0, 1 / Math.tan(dec0 * DEGREE));
    }
    case "STG":
      return STG;
    case "ARC":
      return ARC;
    case "ZEA":
      return ZEA;
    case "CAR":
      return CAR;
    default:
      throw new SkyError(
        "UNSUPPORTED_WCS",
        `The projection ${code} is not read here; TAN, TPV, SIN, NCP, ARC, STG, ZEA and CAR are.`,
        { value: code },
      );
  }
}
