/** The make-believe sky and detectors behind the demo frames: deterministic, so that everybody's demo is the same. */

/** Uniform random numbers in [0, 1) from a seed (mulberry32), and normal ones made of them. */
export class Random {
  private spare: number | null = null;

  constructor(private state: number) {}

  /** A generator of its own for every name, so that one frame's numbers do not depend on the frames before it. */
  static of(name: string): Random {
    let hash = 2166136261; // FNV-1a
    for (const char of name) hash = Math.imul(hash ^ char.codePointAt(0)!, 16777619);
    return new Random(hash >>> 0);
  }

  uniform(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** Mean 0, standard deviation 1 (Box and Muller's transform gives two at a time). */
  normal(): number {
    if (this.spare !== null) {
      const value = this.spare;
      this.spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

export interface Telescope {
  site: string;
  telescope: string;
  instrument: string;
  latitude: number;
  longitude: number;
  altitude: number;
  /** Pixels a side, degrees a pixel, degrees from north to the image's y axis through east. */
  size: number;
  scale: number;
  rotation: number;
  /** Electrons, electrons a count, counts. */
  readNoise: number;
  gain: number;
  bias: number;
  /** Hours after 18:00 local mean solar time at which the first science exposure begins. */
  start: number;
}

export interface Field {
  object: string;
  ra: number;
  dec: number;
  kind: "galaxy" | "cluster";
}

export const FILTERS = ["B", "V", "R"] as const;
export type Filter = (typeof FILTERS)[number];

/** Counts a second of a star of unit flux, and the sky's, in each filter. */
const THROUGHPUT: Record<Filter, number> = { B: 0.6, V: 1, R: 1.15 };
const SKY: Record<Filter, number> = { B: 1.2, V: 2.4, R: 4 };

export interface Star {
  x: number;
  y: number;
  /** Counts a second in V, and what B and R add in magnitudes by its colour. */
  flux: number;
  colour: number;
}

/** The stars of a field in pixels of a telescope, bright ones few, as on the sky. */
export function starsOf(field: Field, telescope: Telescope): Star[] {
  const random = Random.of(`stars of ${field.object} for ${telescope.instrument}`);
  const count = field.kind === "cluster" ? 900 : 110;
  const middle = telescope.size / 2;
  return Array.from({ length: count }, () => {
    const flux = 30 * (1 - random.uniform()) ** -0.9;
    const colour = 0.6 + 0.5 * random.normal();
    let x = random.uniform() * telescope.size;
    let y = random.uniform() * telescope.size;
    if (field.kind === "cluster" && random.uniform() < 0.85) {
      // King's profile, near enough: half the stars within a seventh of the frame
      const radius = telescope.size * 0.14 * Math.sqrt(1 / (1 - random.uniform() * 0.93) - 1);
      const angle = 2 * Math.PI * random.uniform();
      x = middle + radius * Math.cos(angle);
      y = middle + radius * Math.sin(angle);
    }
    return { x, y, flux: Math.min(flux, 60_000), colour };
  }).filter((star) => star.x > 3 && star.y > 3 && star.x < telescope.size - 4 && star.y < telescope.size - 4);
}

/** Counts a second that a star brings in a filter. */
export function fluxIn(star: Star, filter: Filter): number {
  const magnitudes = filter === "B" ? star.colour : filter === "R" ? -0.6 * star.colour : 0;
  return star.flux * THROUGHPUT[filter] * 10 ** (-0.4 * magnitudes);
}

/** What the detector does to an even illumination: vignetting, dust rings and pixels that differ. Mean about 1. */
export function flatOf(telescope: Telescope, filter: Filter): Float32Array {
  const { size } = telescope;
  const random = Random.of(`flat ${telescope.instrument} ${filter}`);
  const dust = Array.from({ length: 7 }, () => ({
    x: random.uniform() * size,
    y: random.uniform() * size,
    radius: size * (0.015 + 0.03 * random.uniform()),
  }));
  const flat = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const r2 = ((x - size / 2) ** 2 + (y - size / 2) ** 2) / (size / 2) ** 2;
      let value = 1.04 - 0.12 * r2;
      for (const ring of dust) {
        const d = Math.hypot(x - ring.x, y - ring.y) / ring.radius;
        if (d < 1.6) value *= 1 - 0.06 * Math.exp(-((d - 1) ** 2) / 0.03);
      }
      flat[y * size + x] = value * (1 + 0.004 * random.normal());
    }
  }
  return flat;
}

/** Counts in every pixel above the bias of an exposure of the sky, without noise, before the flat field. */
export function skyOf(field: Field, telescope: Telescope, filter: Filter, seconds: number, fwhm: number): Float32Array {
  const { size } = telescope;
  const image = new Float32Array(size * size).fill(SKY[filter] * seconds);
  if (field.kind === "galaxy") addGalaxy(image, size, filter, seconds);
  for (const star of starsOf(field, telescope)) addStar(image, size, star, fluxIn(star, filter) * seconds, fwhm);
  return image;
}

/** Moffat's profile with beta 2.5, as stars look through the air. */
function addStar(image: Float32Array, size: number, star: Star, counts: number, fwhm: number): void {
  const beta = 2.5;
  const alpha2 = (fwhm / 2 / Math.sqrt(2 ** (1 / beta) - 1)) ** 2;
  const peak = (counts * (beta - 1)) / (Math.PI * alpha2);
  const reach = Math.min(60, Math.ceil(Math.sqrt(alpha2) * Math.max(3, (peak / 2) ** (1 / (2 * beta)))));
  for (let y = Math.max(0, Math.floor(star.y - reach)); y <= Math.min(size - 1, star.y + reach); y++) {
    for (let x = Math.max(0, Math.floor(star.x - reach)); x <= Math.min(size - 1, star.x + reach); x++) {
      image[y * size + x]! += peak * (1 + ((x - star.x) ** 2 + (y - star.y) ** 2) / alpha2) ** -beta;
    }
  }
}

/** A tilted spiral: an exponential disc with two logarithmic arms and a bulge; bluer in the arms. */
function addGalaxy(image: Float32Array, size: number, filter: Filter, seconds: number): void {
  const scale = size / 11;
  const arms = { B: 0.75, V: 0.55, R: 0.4 }[filter];
  const bulge = { B: 8, V: 20, R: 26 }[filter];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const u = (x - size / 2) * Math.cos(0.6) + (y - size / 2) * Math.sin(0.6);
      const v = (-(x - size / 2) * Math.sin(0.6) + (y - size / 2) * Math.cos(0.6)) / 0.68;
      const r = Math.hypot(u, v);
      const phase = Math.atan2(v, u) * 2 - 5.2 * Math.log(r / scale + 0.15);
      const disc = 3.2 * Math.exp(-r / scale) * (1 + arms * Math.cos(phase));
      image[y * size + x]! += seconds * THROUGHPUT[filter] * (disc + bulge * Math.exp(-r / (scale * 0.16)));
    }
  }
}
