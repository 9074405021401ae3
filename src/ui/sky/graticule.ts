/** The grid of the map: meridians by hours and parallels by degrees, as dense as the zoom asks, with their labels. */
import { DEGREE, normaliseRa } from "../../sky/angle.ts";
import { toVector, type Vector } from "../../sky/vector.ts";
import { Projection, type View } from "./projection.ts";

export interface GridLine {
  /** Degrees: the right ascension of a meridian, the declination of a parallel. */
  at: number;
  label: string;
  points: Vector[];
}

export interface Graticule {
  meridians: GridLine[];
  parallels: GridLine[];
}

const MINUTE = 15 / 60;
const SECOND = MINUTE / 60;
/** Degrees; of right ascension in round hours, minutes and seconds. */
const RA_STEPS = [
  ...[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6].map((hours) => hours * 15),
];
const DEC_STEPS = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30].map((seconds) => seconds / 3600),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes / 60),
  ...[1, 2, 5, 10, 15, 30],
];
/** Pixels between two lines, at least. */
const ROOM = 72;
const SAMPLES = 48;

function stepOf(steps: readonly number[], least: number): number {
  return steps.find((step) => step >= least) ?? steps.at(-1)!;
}

/** A number with as many decimals as multiples of the step need. */
function trimmed(value: number, step: number): string {
  const digits = step >= 1 - 1e-9 ? 0 : step >= 0.1 - 1e-9 ? 1 : 2;
  return value.toFixed(digits).padStart(digits === 0 ? 2 : digits + 3, "0");
}

/** `12h`, `12h30m`, `12h30m15s`: as far as the step needs. */
export function raLabel(ra: number, step: number): string {
  // Counted in steps of a hundredth of a second, so that 59.999 s never shows as 60 s.
  const hundredths = Math.round((normaliseRa(ra) / SECOND) * 100) % (86_400 * 100);
  const hours = String(Math.floor(hundredths / 360_000)).padStart(2, "0");
  const minutes = String(Math.floor(hundredths / 6_000) % 60).padStart(2, "0");
  if (step >= 15 - 1e-9) return `${hours}h`;
  if (step >= MINUTE - 1e-9) return `${hours}h${minutes}m`;
  return `${hours}h${minutes}m${trimmed((hundredths % 6_000) / 100, step / SECOND)}s`;
}

/** `+30°`, `+30°15′`, `+30°15′20″`: as far as the step needs. */
export function decLabel(dec: number, step: number): string {
  const tenths = Math.round(Math.abs(dec) * 36_000);
  const sign = tenths === 0 ? "" : dec < 0 ? "−" : "+";
  const degrees = Math.floor(tenths / 36_000);
  const minutes = String(Math.floor(tenths / 600) % 60).padStart(2, "0");
  if (step >= 1 - 1e-9) return `${sign}${degrees}°`;
  if (step >= 1 / 60 - 1e-9) return `${sign}${degrees}°${minutes}′`;
  return `${sign}${degrees}°${minutes}′${trimmed((tenths % 600) / 10, step * 3600)}″`;
}

/** Ranges of what is on the map: right ascensions relative to the centre's; null: all of them. */
function ranges(view: View): { turns: [number, number] | null; decs: [number, number] } {
  const projection = new Projection(view);
  if (!projection.filled) return { turns: null, decs: [-90, 90] };
  const decs: [number, number] = [view.dec, view.dec];
  const turns: [number, number] = [0, 0];
  for (let i = 0; i <= 16; i++) {
    for (let j = 0; j <= 16; j++) {
      const [ra, dec] = projection.position((view.width * i) / 16, (view.height * j) / 16)!;
      const turn = ((((ra - view.ra + 180) % 360) + 360) % 360) - 180;
      turns[0] = Math.min(turns[0], turn);
      turns[1] = Math.max(turns[1], turn);
      decs[0] = Math.min(decs[0], dec);
      decs[1] = Math.max(decs[1], dec);
    }
  }
  for (const pole of [-90, 90] as const) {
    projection.place(toVector(0, pole));
    if (!projection.onMap(projection.x, projection.y)) continue;
    decs[pole < 0 ? 0 : 1] = pole;
    return { turns: null, decs };
  }
  return { turns, decs };
}

/** The lines that cross a view. */
export function graticule(view: View): Graticule {
  const { turns, decs } = ranges(view);
  const degreesFor = ROOM / view.scale / DEGREE;
  const decStep = stepOf(DEC_STEPS, degreesFor);
  const equatorwards = Math.min(Math.abs(decs[0]), Math.abs(decs[1]), Math.abs(view.dec));
  const shrink = Math.max(0.02, Math.cos((decs[0] < 0 && decs[1] > 0 ? 0 : equatorwards) * DEGREE));
  // About a pole there are all hours on the map, however near one looks.
  const raStep = Math.max(turns === null ? 15 : 0, stepOf(RA_STEPS, degreesFor / shrink));

  const low = Math.max(-90, decs[0] - decStep);
  const high = Math.min(90, decs[1] + decStep);
  const first = turns === null ? 0 : Math.floor((view.ra + turns[0]) / raStep) - 1;
  const last = turns === null ? Math.round(360 / raStep) - 1 : Math.ceil((view.ra + turns[1]) / raStep) + 1;
  const meridians: GridLine[] = [];
  for (let k = first; k <= last; k++) {
    const at = k * raStep;
    // Near a pole only every sixth hour goes on: the others would run into one another.
    const most = Math.abs(Math.round(at / 90) * 90 - at) < 1e-9 ? 90 : 90 - Math.min(10, decStep);
    const [from, to] = [Math.max(low, -most), Math.min(high, most)];
    if (from >= to) continue;
    meridians.push({
      at,
      label: raLabel(at, raStep),
      points: Array.from({ length: SAMPLES + 1 }, (_, i) => toVector(at, from + ((to - from) * i) / SAMPLES)),
    });
  }

  const west = turns === null ? view.ra - 180 : view.ra + turns[0] - raStep;
  const east = turns === null ? view.ra + 180 : view.ra + turns[1] + raStep;
  const parallels: GridLine[] = [];
  for (let k = Math.ceil(low / decStep - 1e-9); k <= Math.floor(high / decStep + 1e-9); k++) {
    const at = k * decStep;
    if (Math.abs(at) >= 90 - 1e-9) continue;
    // Ends a hair inside, so that a full turn does not close across the map.
    const [from, to] = turns === null ? [west + 1e-6, east - 1e-6] : [west, east];
    parallels.push({
      at,
      label: decLabel(at, decStep),
      points: Array.from({ length: 2 * SAMPLES + 1 }, (_, i) => toVector(from + ((to - from) * i) / (2 * SAMPLES), at)),
    });
  }
  return { meridians, parallels };
}
