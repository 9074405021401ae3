/**
 * World coordinates of an image: pixel → distortion → linear part → projection → sphere, and back (FITS 4.0 §8; papers
 * I and II). Pixels count from 1 at the centre of the first, as in the standard.
 *
 * This folder holds what is true of the sky and of time: angles, world coordinates, footprints, HEALPix, nights. It is
 * pure, knows neither files nor databases, and reads headers through `keywords.ts` alone.
 */
import { normaliseRa } from "./angle.ts";
import { type CelestialFrame, frameOf } from "./celestial-frame.ts";
import { SkyError } from "./errors.ts";
import type { Keywords } from "./keywords.ts";
import { type Projection, projectionOf } from "./projection.ts";
import { Rotation } from "./rotation.ts";
import { Sip } from "./sip.ts";
import { TPV_TERMS, Tpv } from "./tpv.ts";
import { toRaDec, toVector, type Vector } from "./vector.ts";

const CTYPE = /^(RA--|DEC-|GLON|GLAT)-([A-Z]{3})(?:-([A-Z]{3}))?$/;
/** Other celestial systems: recognised, so that the refusal can name them. */
const OTHER = /^(?:[EHS]L(?:ON|AT)|[A-Z]{2}L[NT])-/;

type Matrix = readonly [number, number, number, number];

interface Axis {
  /** Number from 1. */
  number: number;
  kind: "longitude" | "latitude";
  system: "equatorial" | "galactic";
  projection: string;
  distortion: string | null;
}

export class Wcs {
  /** The header's own system; `pixelToWorld` answers in it. */
  readonly frame: CelestialFrame;
  /** Three letters of the projection. */
  readonly projection: string;
  /** What the header has and this code leaves out (lookup-table distortions), for a warning. */
  readonly ignored: readonly string[];
  readonly #reference: readonly [number, number];
  readonly #matrix: Matrix;
  readonly #inverse: Matrix;
  readonly #sip: Sip | null;
  readonly #tpv: Tpv | null;
  readonly #plane: Projection;
  /** What the plane's origin is shifted by, where PVi_0 of the longitude axis asks for it. */
  readonly #shift: readonly [number, number];
  readonly #rotation: Rotation;

  /**
   * The celestial coordinates of a header's first two pixel axes; null where it has none. `alternate`: one of the
   * letters A to Z of FITS 4.0 §8.2.1. Throws SkyError "BAD_WCS" and "UNSUPPORTED_WCS", which name the keyword.
   */
  static read(header: Keywords, alternate = ""): Wcs | null {
    const axes = celestialAxes(header, alternate);
    return axes === null ? null : new Wcs(header, alternate, axes.longitude, axes.latitude);
  }

  private constructor(header: Keywords, alternate: string, longitude: Axis, latitude: Axis) {
    const number = (name: string): number | undefined => header.number(name + alternate);
    const [i, j] = [longitude.number, latitude.number];
    const scales: [number, number] = [unit(header, i, alternate), unit(header, j, alternate)];
    const alpha0 = (number(`CRVAL${i}`) ?? 0) * scales[0];
    const delta0 = (number(`CRVAL${j}`) ?? 0) * scales[1];
    if (!(Math.abs(delta0) <= 90)) {
      throw new SkyError("BAD_WCS", `CRVAL${j} is ${delta0} degrees, which is no latitude.`, { keyword: `CRVAL${j}` });
    }
    this.projection = longitude.projection;
    this.frame = frameOf(
      longitude.system,
      header.string(`RADESYS${alternate}`) ?? header.string("RADECSYS"),
      number("EQUINOX") ?? (alternate === "" ? epoch(header) : undefined),
    );
    this.#reference = [number("CRPIX1") ?? 0, number("CRPIX2") ?? 0];
    this.#matrix = linear(header, alternate, i, j, scales);
    this.#inverse = inverse(this.#matrix);
    this.#sip = alternate === "" ? Sip.read(header) : null;

    const pv = (axis: number, m: number): number | undefined => number(`PV${axis}_${m}`);
    // SCAMP wrote TPV as plain TAN with PVi_m before the name existed; indices above 4 mean nothing else on TAN.
    const scamp =
      this.projection === "TAN" && this.#sip === null && [i, j].some((axis) => hasTerms(5, (m) => pv(axis, m)));
    const polynomial = this.projection === "TPV" || scamp;
    this.#tpv = polynomial
      ? new Tpv(
          (m) => pv(i, m),
          (m) => pv(j, m),
        )
      : null;
    // With SIP beside them, PVi_m are the remains of SCAMP's distortion and not the projection's.
    const own = (axis: number, m: number): number | undefined =>
      polynomial || (this.#sip !== null && this.projection === "TAN") ? undefined : pv(axis, m);

    this.#plane = projectionOf(this.projection, (m) => own(j, m), delta0);
    const phi0 = own(i, 1) ?? this.#plane.phi0;
    const theta0 = own(i, 2) ?? this.#plane.theta0;
    this.#shift = [0, 0];
    if (own(i, 0)) {
      const shift = this.#plane.toPlane(toVector(phi0, theta0));
      if (shift === null) {
        throw new SkyError("BAD_WCS", `PV${i}_1 and PV${i}_2 name a point that the projection cannot draw.`, {
          keyword: `PV${i}_1`,
        });
      }
      this.#shift = shift;
    }
    this.#rotation = new Rotation({
      alpha0,
      delta0,
      phi0,
      theta0,
      lonpole: own(i, 3) ?? number("LONPOLE"),
      latpole: own(i, 4) ?? number("LATPOLE"),
    });
    this.ignored = ["CPDIS1", "CPDIS2", "CQDIS1", "CQDIS2", "D2IMDIS1", "D2IMDIS2", "CPERR1", "AXISCORR"].filter(
      (name) => keywordIsThere(header, name),
    );
  }

  /** [longitude, latitude] in degrees in the header's own frame, 0 ≤ longitude < 360; null off the projected sky. */
  pixelToWorld(x: number, y: number): [number, number] | null {
    const native = this.#native(x, y);
    if (native === null) return null;
    const [longitude, latitude] = this.#rotation.toCelestial(native);
    return [normaliseRa(longitude), latitude];
  }

  /** The pixel at a position of the header's own frame; null where the image cannot show it. */
  worldToPixel(longitude: number, latitude: number): [number, number] | null {
    const drawn = this.#plane.toPlane(this.#rotation.toNative(longitude, latitude));
    if (drawn === null) return null;
    const shifted: [number, number] = [drawn[0] - this.#shift[0], drawn[1] - this.#shift[1]];
    const plane = this.#tpv === null ? shifted : this.#tpv.undo(...shifted);
    if (plane === null) return null;
    const [a, b, c, d] = this.#inverse;
    const offset: [number, number] = [a * plane[0] + b * plane[1], c * plane[0] + d * plane[1]];
    const pixel = this.#sip === null ? offset : this.#sip.undo(...offset);
    return pixel === null ? null : [pixel[0] + this.#reference[0], pixel[1] + this.#reference[1]];
  }

  /** [RA, Dec] in ICRS degrees; null off the projected sky. */
  pixelToIcrs(x: number, y: number): [number, number] | null {
    const world = this.pixelToWorld(x, y);
    if (world === null || this.frame.name === "ICRS") return world;
    return toRaDec(this.frame.toIcrs(toVector(...world)));
  }

  /** The pixel at an ICRS position; null where the image cannot show it. */
  icrsToPixel(ra: number, dec: number): [number, number] | null {
    if (this.frame.name === "ICRS") return this.worldToPixel(ra, dec);
    return this.worldToPixel(...toRaDec(this.frame.fromIcrs(toVector(ra, dec))));
  }

  /** Degrees a pixel at a place: the square root of the area that one pixel has there. Null off the projected sky. */
  pixelScale(x: number, y: number): number | null {
    const o = this.#native(x, y);
    // At the edge of the projected sky only one of the neighbours is on it.
    const a = this.#native(x + 1, y) ?? this.#native(x - 1, y);
    const b = this.#native(x, y + 1) ?? this.#native(x, y - 1);
    if (o === null || a === null || b === null) return null;
    const [ax, ay, az] = [a[0] - o[0], a[1] - o[1], a[2] - o[2]];
    const [bx, by, bz] = [b[0] - o[0], b[1] - o[1], b[2] - o[2]];
    const area = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
    return (Math.sqrt(area) * 180) / Math.PI;
  }

  #native(x: number, y: number): Vector | null {
    let [u, v] = [x - this.#reference[0], y - this.#reference[1]];
    if (this.#sip !== null) [u, v] = this.#sip.apply(u, v);
    const [a, b, c, d] = this.#matrix;
    let [p, q] = [a * u + b * v, c * u + d * v];
    if (this.#tpv !== null) [p, q] = this.#tpv.apply(p, q);
    return this.#plane.toSphere(p + this.#shift[0], q + this.#shift[1]);
  }
}

function keywordIsThere(header: Keywords, name: string): boolean {
  try {
    return (header.string(name) ?? header.number(name)) !== undefined;
  } catch {
    // There, but of another type.
    return true;
  }
}

/** EPOCH, EQUINOX's name before 1990s; some headers put the date of the observation or 0 there. */
function epoch(header: Keywords): number | undefined {
  const value = header.number("EPOCH");
  return value === 1950 || value === 2000 ? value : undefined;
}

function hasTerms(from: number, pv: (m: number) => number | undefined): boolean {
  for (let m = from; m < TPV_TERMS; m++) if (pv(m) !== undefined) return true;
  return false;
}

function celestialAxes(header: Keywords, alternate: string): { longitude: Axis; latitude: Axis } | null {
  const count = header.number(`WCSAXES${alternate}`) ?? header.number("ZNAXIS") ?? header.number("NAXIS") ?? 2;
  const found: Axis[] = [];
  for (let number = 1; number <= Math.max(2, count); number++) {
    const keyword = `CTYPE${number}${alternate}`;
    const text = (header.string(keyword) ?? "").trim();
    const match = CTYPE.exec(text);
    if (match === null) {
      if (OTHER.test(text)) {
        throw new SkyError("UNSUPPORTED_WCS", `${keyword} "${text}" is not read here; RA/DEC and GLON/GLAT are.`, {
          keyword,
          value: text,
        });
      }
      continue;
    }
    const distortion = match[3] ?? null;
    if (distortion !== null && distortion !== "SIP") {
      throw new SkyError("UNSUPPORTED_WCS", `The distortion of ${keyword} "${text}" is not read here; SIP is.`, {
        keyword,
        value: text,
      });
    }
    found.push({
      number,
      kind: match[1] === "RA--" || match[1] === "GLON" ? "longitude" : "latitude",
      system: match[1]!.startsWith("G") ? "galactic" : "equatorial",
      projection: match[2]!,
      distortion,
    });
  }
  if (found.length === 0) return null;
  const longitude = found.find((axis) => axis.kind === "longitude");
  const latitude = found.find((axis) => axis.kind === "latitude");
  if (
    longitude === undefined ||
    latitude === undefined ||
    longitude.system !== latitude.system ||
    longitude.projection !== latitude.projection
  ) {
    throw new SkyError("BAD_WCS", `CTYPE${found[0]!.number}${alternate} has no axis that goes with it.`, {
      keyword: `CTYPE${found[0]!.number}${alternate}`,
    });
  }
  return { longitude, latitude };
}

const UNITS: Record<string, number> = {
  "": 1,
  deg: 1,
  degree: 1,
  degrees: 1,
  arcmin: 1 / 60,
  arcsec: 1 / 3600,
  mas: 1 / 3_600_000,
  rad: 180 / Math.PI,
};

function unit(header: Keywords, axis: number, alternate: string): number {
  const keyword = `CUNIT${axis}${alternate}`;
  const text = (header.string(keyword) ?? "").trim();
  const scale = UNITS[text.toLowerCase()];
  if (scale === undefined) {
    throw new SkyError("BAD_WCS", `${keyword} "${text}" is no unit of angle; deg, arcmin, arcsec, mas and rad are.`, {
      keyword,
      value: text,
    });
  }
  return scale;
}

/**
 * The rows of the longitude and the latitude axis, degrees a pixel. PCi_j with CDELTi, else CDi_j, else CROTA of the
 * latitude axis, as the standard ranks them (§8.2); what is not given has the standard's default.
 */
function linear(header: Keywords, alternate: string, i: number, j: number, scales: [number, number]): Matrix {
  const number = (name: string): number | undefined => header.number(name + alternate);
  const read = (name: string, axis: number, column: number): number | undefined => number(`${name}${axis}_${column}`);
  const has = (name: string): boolean =>
    [i, j].some((axis) => [1, 2].some((column) => read(name, axis, column) !== undefined));
  const cells = (name: string, identity: boolean): Matrix => {
    const cell = (axis: number, column: number): number =>
      read(name, axis, column) ?? (identity && axis === column ? 1 : 0);
    return [cell(i, 1), cell(i, 2), cell(j, 1), cell(j, 2)];
  };
  const scaled = ([a, b, c, d]: Matrix, [p, q]: [number, number]): Matrix => [a * p, b * p, c * q, d * q];
  if (has("CD") && !has("PC")) return scaled(cells("CD", false), scales);
  const cdelt: [number, number] = [number(`CDELT${i}`) ?? 1, number(`CDELT${j}`) ?? 1];
  const crota = alternate === "" && !has("PC") ? number(`CROTA${j}`) : undefined;
  if (crota !== undefined && crota !== 0) {
    const angle = (crota * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    // Paper II, eq. 189, with the pixel axes that belong to i and j.
    const rotation: Matrix = [
      i === 1 ? cdelt[0] * cos : -cdelt[1] * sin,
      i === 1 ? -cdelt[1] * sin : cdelt[0] * cos,
      i === 1 ? cdelt[0] * sin : cdelt[1] * cos,
      i === 1 ? cdelt[1] * cos : cdelt[0] * sin,
    ];
    return scaled(rotation, scales);
  }
  return scaled(scaled(cells("PC", true), cdelt), scales);
}

function inverse([a, b, c, d]: Matrix): Matrix {
  const determinant = a * d - b * c;
  if (determinant === 0 || !Number.isFinite(determinant)) {
    throw new SkyError("BAD_WCS", "The WCS matrix (CD, or PC and CDELT) has no inverse.", { keyword: "CD1_1" });
  }
  return [d / determinant, -b / determinant, -c / determinant, a / determinant];
}
