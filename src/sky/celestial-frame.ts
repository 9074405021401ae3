/**
 * Reference frames of celestial coordinates, and their way to ICRS.
 *
 * FK5 is precessed from its equinox to J2000 (IAU 2006) and turned by the frame bias (23 mas); FK4 loses its E-terms of
 * aberration, is precessed to B1950 (Newcomb) and brought to FK5 by the matrix of Murray 1989, as of the epoch of its
 * equinox; galactic is the IAU 1958 system as of J2000. The same choices as astropy's, whose answers the tests hold.
 */
import { DEGREE } from "./angle.ts";
import { SkyError } from "./errors.ts";
import { dot, length, type Vector } from "./vector.ts";

type Matrix = readonly [Vector, Vector, Vector];

export type FrameName = "ICRS" | "FK5" | "FK4" | "FK4-NO-E" | "GALACTIC";

export interface CelestialFrame {
  readonly name: FrameName;
  /** Julian year (FK5) or Besselian year (FK4); null where the frame has none. */
  readonly equinox: number | null;
  toIcrs(direction: Vector): Vector;
  fromIcrs(direction: Vector): Vector;
}

/** Turns the coordinate axes, not the vector, by an angle in degrees. */
function turn(degrees: number, axis: "x" | "y" | "z"): Matrix {
  const c = Math.cos(degrees * DEGREE);
  const s = Math.sin(degrees * DEGREE);
  if (axis === "x")
    return [
      [1, 0, 0],
      [0, c, s],
      [0, -s, c],
    ];
  if (axis === "y")
    return [
      [c, 0, -s],
      [0, 1, 0],
      [s, 0, c],
    ];
  return [
    [c, s, 0],
    [-s, c, 0],
    [0, 0, 1],
  ];
}

function transpose([a, b, c]: Matrix): Matrix {
  return [
    [a[0], b[0], c[0]],
    [a[1], b[1], c[1]],
    [a[2], b[2], c[2]],
  ];
}

function times(matrix: Matrix, vector: Vector): Vector {
  return [dot(matrix[0], vector), dot(matrix[1], vector), dot(matrix[2], vector)];
}

function product(...matrices: Matrix[]): Matrix {
  return matrices.reduce((left, right) => {
    const columns = transpose(right);
    return [times(columns, left[0]), times(columns, left[1]), times(columns, left[2])];
  });
}

function unit(vector: Vector): Vector {
  const norm = length(vector);
  return [vector[0] / norm, vector[1] / norm, vector[2] / norm];
}

function polynomial(t: number, ...coefficients: number[]): number {
  return coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
}

/** ICRS to the mean equator and equinox of J2000 (USNO Circular 179, §3.5). */
const BIAS = product(turn(19.9 / 3.6e6, "x"), turn(9.1 / 3.6e6, "y"), turn(-22.9 / 3.6e6, "z"));

/** FK5 J2000 → galactic: pole and node of the IAU 1958 system, carried over to J2000. */
const GALACTIC = product(
  turn(180 - 122.9319185680026, "z"),
  turn(90 - 27.12825118085622, "y"),
  turn(192.8594812065348, "z"),
);

/** J2000 to the equinox of a Julian year: Capitaine et al. 2003, A&A 412, 567, eqs. 40. */
function precession(year: number): Matrix {
  const t = (year - 2000) / 100;
  const zeta = polynomial(t, 2.650545, 2306.083227, 0.2988499, 0.01801828, -0.000005971, -0.0000003173);
  const z = polynomial(t, -2.650545, 2306.077181, 1.0927348, 0.01826837, -0.000028596, -0.0000002904);
  const theta = polynomial(t, 0, 2004.191903, -0.4294934, -0.04182264, -0.000007089, -0.0000001274);
  return product(turn(-z / 3600, "z"), turn(theta / 3600, "y"), turn(-zeta / 3600, "z"));
}

/** B1950 to the equinox of a Besselian year, after Newcomb (Explanatory Supplement, §3.214). */
function newcomb(year: number): Matrix {
  const t = 0.1;
  const dt = (year - 1950) / 1000;
  const first = 23035.545 + 139.72 * t + 0.06 * t * t;
  const zeta = polynomial(dt, 0, first, 30.24 - 0.27 * t, 17.995);
  const z = polynomial(dt, 0, first, 109.48 + 0.39 * t, 18.325);
  const theta = polynomial(dt, 0, 20051.12 - 85.29 * t - 0.37 * t * t, -42.65 - 0.37 * t, -41.8);
  return product(turn(-z / 3600, "z"), turn(theta / 3600, "y"), turn(-zeta / 3600, "z"));
}

/** Julian date of a Besselian year. */
function besselianDate(year: number): number {
  return 2433282.42345905 + (year - 1950) * 365.242198781;
}

/** B1950 → J2000 (Murray 1989, A&A 218, 325, eqs. 28 and 29), for positions of the date `jd`. */
function murray(jd: number): Matrix {
  const t = ((jd - 2451545) / 365.25 + 50) / 100;
  const c = t * 1e-6;
  return [
    [
      0.9999256794956877 - 0.0026455262 * c,
      -0.0111814832204662 - 1.1539918689 * c,
      -0.0048590038153592 + 2.111134619 * c,
    ],
    [
      0.0111814832391717 + 1.1540628161 * c,
      0.9999374848933135 - 0.0129042997 * c,
      -0.0000271625947142 + 0.0236021478 * c,
    ],
    [
      0.0048590037723143 - 2.1112979048 * c,
      -0.000027170293744 - 0.0056024448 * c,
      0.9999881946023742 + 0.0102587734 * c,
    ],
  ];
}

/** The E-terms of aberration at a Besselian equinox (Explanatory Supplement, §3.531). */
function eTerms(jd: number): Vector {
  const t = (jd - 2433282.42345905) / 36525;
  const eccentricity = polynomial(t, 0.01673011, -0.00004193, -0.000000126);
  const perigee = polynomial(t, 1015489.951, 6190.67, 1.65, 0.012) / 3600;
  const century = (jd - 2451545) / 36525;
  const obliquity = polynomial(century, 84381.448, -46.815, -0.00059, 0.001813) / 3600;
  const k = 0.0056932 * DEGREE * eccentricity;
  const sin = Math.sin(perigee * DEGREE);
  const cos = Math.cos(perigee * DEGREE);
  return [k * sin, -k * cos * Math.cos(obliquity * DEGREE), -k * cos * Math.sin(obliquity * DEGREE)];
}

function rotated(name: FrameName, equinox: number | null, fromIcrs: Matrix): CelestialFrame {
  const back = transpose(fromIcrs);
  return {
    name,
    equinox,
    toIcrs: (direction) => times(back, direction),
    fromIcrs: (direction) => times(fromIcrs, direction),
  };
}

function fk4(equinox: number, withETerms: boolean): CelestialFrame {
  const jd = besselianDate(equinox);
  const toFk5 = product(murray(jd), transpose(newcomb(equinox)));
  const fromFk5 = product(newcomb(equinox), transpose(murray(jd)));
  const terms = eTerms(jd);
  return {
    name: withETerms ? "FK4" : "FK4-NO-E",
    equinox,
    toIcrs(direction) {
      let mean = direction;
      if (withETerms) {
        const d = dot(terms, direction);
        mean = unit([
          direction[0] - terms[0] + d * direction[0],
          direction[1] - terms[1] + d * direction[1],
          direction[2] - terms[2] + d * direction[2],
        ]);
      }
      return unit(times(transpose(BIAS), times(toFk5, mean)));
    },
    fromIcrs(direction) {
      const mean = unit(times(fromFk5, times(BIAS, direction)));
      if (!withETerms) return mean;
      let r = mean;
      // A contraction by 3e-7 a turn: three turns are below rounding.
      for (let i = 0; i < 4; i++) {
        const d = 1 + dot(terms, r);
        r = [(terms[0] + mean[0]) / d, (terms[1] + mean[1]) / d, (terms[2] + mean[2]) / d];
      }
      return unit(r);
    },
  };
}

const ICRS: CelestialFrame = {
  name: "ICRS",
  equinox: null,
  toIcrs: (direction) => direction,
  fromIcrs: (direction) => direction,
};

/**
 * The frame that RADESYS and EQUINOX name for equatorial axes, with the defaults of FITS 4.0 §8.3: no equinox → ICRS,
 * before 1984 → FK4, else FK5. Galactic axes need neither.
 */
export function frameOf(system: "equatorial" | "galactic", radesys?: string, equinox?: number): CelestialFrame {
  if (system === "galactic") return rotated("GALACTIC", null, product(GALACTIC, BIAS));
  const name = radesys?.trim().toUpperCase() || (equinox === undefined ? "ICRS" : equinox < 1984 ? "FK4" : "FK5");
  switch (name) {
    case "ICRS":
      return ICRS;
    case "FK5":
      return rotated("FK5", equinox ?? 2000, product(precession(equinox ?? 2000), BIAS));
    case "FK4":
    case "FK4-NO-E":
      return fk4(equinox ?? 1950, name === "FK4");
    default:
      throw new SkyError("UNSUPPORTED_WCS", `RADESYS "${name}" is not read here; ICRS, FK5, FK4 and FK4-NO-E are.`, {
        keyword: "RADESYS",
        value: name,
      });
  }
}
