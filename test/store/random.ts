/** Deterministic randomness, and frames and queries made of it. */
import { footprintOfPointing } from "../../src/sky/footprint.ts";
import {
  type EqualityField,
  type FrameFacts,
  type FrameQuery,
  type Sight,
  SORT_FIELDS,
  type StoredFile,
} from "../../src/store/frame.ts";

/** Mulberry32. */
export class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.below(16).toString(16)).join("");
  }
}

export const EPOCH = Date.UTC(2023, 0, 1);
export const DAYS = 400;
const DAY = 86_400_000;

const OBJECTS = ["NGC 7331", "M 31", "M31 north", "HD 12345", "50% off_axis", "Über\\Stern", "m 3", "Vega", null, null];
/** Crowded, empty, across RA 0, at both poles. */
const FIELDS: [number, number][] = [
  [202.47, 47.195],
  [359.99, 0.01],
  [0.005, -0.02],
  [120, 89.97],
  [300, 89.99],
  [45, -89.98],
  [83.6, 22.0],
];
const PROPOSALS = ["P-1", "P-2", "P-3", null];
const EXPOSURES = [0, 1, 5, 10, 30, 60, 60, 60, 61, 120, 0.1, 0.30000000000000004, 1800, null];

export function positionOf(random: Random): [number, number] {
  if (random.chance(0.3)) return [random.next() * 360, (Math.asin(2 * random.next() - 1) * 180) / Math.PI];
  const [ra, dec] = random.of(FIELDS);
  const north = Math.max(-90, Math.min(90, dec + (random.next() - 0.5) * 0.1));
  const east = ((random.next() - 0.5) * 0.1) / Math.max(0.001, Math.cos((north * Math.PI) / 180));
  return [(((ra + east) % 360) + 360) % 360, north];
}

export function randomFacts(random: Random, basename: string): FrameFacts {
  const site = random.of(["goe", "mon", "saao"]);
  const imagetyp = random.of(["object", "object", "object", "skyflat", "bias", ""]);
  // Whole seconds often meet, so that ties are tried.
  const dateObs = EPOCH + (random.chance(0.3) ? random.below(40) * 10 * DAY : random.below(DAYS * DAY));
  const pointed = random.chance(0.8);
  const [ra, dec] = pointed ? positionOf(random) : [null, null];
  const scale = random.of([0.05, 0.3, 2]) / 1000;
  return {
    basename,
    siteid: site,
    telid: random.of(["0m5", "1m2"]),
    instrume: `${site}-${random.of(["cam", "fa"])}`,
    imagetyp,
    filter: random.of(["B", "V", "R", null, ""]),
    object: imagetyp === "bias" ? null : random.of(OBJECTS),
    rlevel: random.of([0, 0, 1]),
    dateObs,
    night: new Date(dateObs - DAY * random.of(random.chance(0.05) ? [-3, 0, 1.5, 40] : [0.5]))
      .toISOString()
      .slice(0, 10),
    exptime: random.chance(0.1) ? random.next() * 100 : random.of(EXPOSURES),
    xbinning: random.of([1, 1, 2, 10]),
    ybinning: random.of([1, 1, 2]),
    width: random.of([100, 200, 4096]),
    height: random.of([1, 100, 4096]),
    ra,
    dec,
    footprint:
      ra === null || dec === null || random.chance(0.2)
        ? null
        : footprintOfPointing(ra, dec, scale, 1000, 700, random.next() * 360),
    reqnum: random.of(["1", "2", "00042", null]),
    obsnum: random.chance(0.5) ? null : `obs-${random.below(50)}`,
    propid: random.of(PROPOSALS),
    publicDate: random.chance(0.4) ? null : dateObs + random.below(300) * DAY,
    related: [],
  };
}

export function randomFile(random: Random, name: string): StoredFile {
  const one = () => ({
    size: 1000 + random.below(1e6),
    crc32: random.below(2 ** 32),
    md5: random.hex(32),
    sha256: random.hex(64),
  });
  const packed = random.chance(0.3);
  return {
    key: `frames/${name}/${random.hex(12)}.fits`,
    filename: `${name}.fits${packed ? ".fz" : ""}`,
    ...one(),
    packing: packed ? "rice" : "none",
    original: packed ? { filename: `${name}.fits`, ...one() } : null,
    warnings: random.chance(0.1) ? ["DATASUM does not match"] : [],
  };
}

export function randomNight(random: Random): string {
  return new Date(EPOCH + random.below(DAYS) * DAY).toISOString().slice(0, 10);
}

const EQUALS: Record<EqualityField, (random: Random, names: string[]) => string | number | null> = {
  imagetyp: (r) => r.of(["object", "bias", "skyflat", "", "nonsense"]),
  siteid: (r) => r.of(["goe", "mon", "saao"]),
  telid: (r) => r.of(["0m5", "1m2"]),
  instrume: (r) => r.of(["goe-cam", "mon-fa", "saao-cam"]),
  filter: (r) => r.of(["B", "V", "R", null, ""]),
  rlevel: (r) => r.of([0, 1]),
  binning: (r) => r.of(["1x1", "2x2", "10x1"]),
  night: randomNight,
  reqnum: (r) => r.of(["1", "2", "00042", "7"]),
  obsnum: (r) => `obs-${r.below(60)}`,
  propid: (r) => r.of(["P-1", "P-2", null]),
  basename: (r, names) => r.of(names),
};

export function randomQuery(random: Random, names: string[]): FrameQuery {
  const query: FrameQuery = {};
  const often = random.of([0.1, 0.1, 0.3]);
  for (const field of Object.keys(EQUALS) as EqualityField[]) {
    const rare = field === "basename" || field === "obsnum" ? 0.2 : 1;
    if (!random.chance(often * rare)) continue;
    const values = Array.from({ length: 1 + random.below(3) }, () => EQUALS[field](random, names));
    query.equals = { ...query.equals, [field]: [...new Set(values)] };
  }
  if (random.chance(often / 3)) query.notImagetyp = ["bias", ""];
  if (random.chance(often)) {
    query.objectContains = random.of(["m", "31", "M 31", "ngc7331", "7331 ngc", "%", "_", "über", "\\", "v e g", "  "]);
  }
  if (random.chance(often / 2))
    query.basenameContains = random.of(["-1", "FRAME-00", "7", "%", "_", partOf(random, names)]);
  if (random.chance(often)) query.exptimeMin = random.of([0, 0.1, 0.3, 1, 60, 60.5, 61, 100, 5000]);
  if (random.chance(often / 2)) query.exptimeMax = random.of([0, 5, 60, 60.5, 99.9, 1800]);
  const moment = () => EPOCH + (random.chance(0.3) ? random.below(40) * 10 * DAY : random.below(DAYS * DAY));
  if (random.chance(often)) query.start = moment();
  if (random.chance(often)) query.end = (query.start ?? EPOCH) + random.below(random.of([2, 60, 400]) * DAY);
  const place = () => positionOf(random);
  if (random.chance(often)) {
    const [ra, dec] = place();
    query.cone = { ra, dec, radius: random.of([0.01, 1 / 6, 1 / 6, 1, 7, 40, 180]) };
  }
  if (random.chance(often / 2)) {
    const [ra, dec] = place();
    query.covers = random.chance(0.6)
      ? { shape: "point", ra, dec }
      : { shape: "circle", ra, dec, radius: random.of([0, 0.01, 0.05]) };
  }
  if (random.chance(often / 2)) {
    const [ra, dec] = place();
    const vertices = footprintOfPointing(ra, dec, random.of([0.01, 0.2, 3]) / 1000, 1000, 1000, random.next() * 90);
    query.intersects =
      random.chance(0.5) || vertices === null
        ? { shape: "circle", ra, dec, radius: random.of([0, 0.05, 0.5, 5]) }
        : { shape: "polygon", vertices };
  }
  return query;
}

/** Some of a name, in some case. */
function partOf(random: Random, names: string[]): string {
  const name = random.of(names);
  const [from, length] = [random.below(name.length), 1 + random.below(name.length)];
  const part = name.slice(from, from + length);
  return random.chance(0.3) ? part.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : part;
}

/** Moments change seldom: a new one moves every frame whose embargo ends in between. */
export function randomSight(random: Random, turn: number): Sight {
  if (random.chance(0.4)) return { kind: "all" };
  return {
    kind: "some",
    now: EPOCH + [350, 90, 600, 200][Math.floor(turn / 100) % 4]! * DAY,
    proposals: random.of([[], [], ["P-1"], ["P-2", "P-3"]]),
    undated: random.chance(0.5),
  };
}

export function randomPage(random: Random, limit = random.of([0, 1, 7, 25, 1000])) {
  return {
    sort: random.chance(0.5) ? ("dateObs" as const) : random.of(SORT_FIELDS),
    descending: random.chance(0.4),
    limit,
    offset: random.chance(0.5) ? 0 : random.below(random.of([20, 300, 3000])),
  };
}
