/** The viewer's tools against numpy, scipy and wcslib. Fixtures: fixtures/viewer/make.py. */
import { beforeAll, describe, expect, it } from "vitest";
import { openFits } from "../../src/fits/file.ts";
import { readImage } from "../../src/fits/image.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import type { Pixels } from "../../src/imaging/pixels.ts";
import { separation } from "../../src/sky/angle.ts";
import type { Keywords } from "../../src/sky/keywords.ts";
import { Wcs } from "../../src/sky/wcs.ts";
import { bytesOf } from "../../src/ui/viewer/body.ts";
import type { Size } from "../../src/ui/viewer/camera.ts";
import { type Bounds, gridLines } from "../../src/ui/viewer/grid.ts";
import { BINS, histogramOf } from "../../src/ui/viewer/histogram.ts";
import { lineProfile } from "../../src/ui/viewer/line-profile.ts";
import { backgroundOf, median } from "../../src/ui/viewer/order.ts";
import { Pace } from "../../src/ui/viewer/pace.ts";
import { numberAt, type Plane, type Point, partOf } from "../../src/ui/viewer/plane.ts";
import { halvingsFor, Pyramid, tileOf } from "../../src/ui/viewer/pyramid.ts";
import { boxCorners, type Region, type Statistics, statisticsOf } from "../../src/ui/viewer/region.ts";
import { nearestSource, sourcesOf } from "../../src/ui/viewer/sources.ts";
import { measureStar } from "../../src/ui/viewer/star.ts";
import { fitStar, type StarModel } from "../../src/ui/viewer/star-fit.ts";
import { TILE, TileCache } from "../../src/ui/viewer/tile-cache.ts";
import { warped, warpNodes } from "../../src/ui/viewer/warp.ts";
import { fixture, fixtureJson } from "../fixture.ts";

type Cards = Record<string, number | string>;
type Profile = { fwhm: number; x: number; y: number; amplitude: number; beta: number | null; ground: number };

interface Measures {
  stars: (Omit<Profile, "ground"> & {
    model: StarModel;
    background: number;
    noise: number;
    ellipticity: number;
    fitRadius: number;
    fits: Record<StarModel, Profile>;
  })[];
  regions: { region: Region; expected: Statistics }[];
  lines: { from: Point; to: Point; values: (number | null)[] }[];
  grids: { name: string; header: Cards; points: [x: number, y: number, ra: number, dec: number][] }[];
  warps: { name: string; from: Cards; to: Cards; points: [x: number, y: number, toX: number, toY: number][] }[];
}

let measures: Measures;
let plane: Plane;

async function planeOf(name: string, index = 0): Promise<Plane> {
  const file = await openFits(new MemorySource(await fixture(`viewer/${name}`)));
  const { data, shape } = await readImage(await file.hdu(0), { plane: index });
  return { width: shape[1]!, height: shape[0]!, x0: 0, y0: 0, values: data };
}

function wcsOf(cards: Cards): Wcs {
  const keywords: Keywords = {
    number: (keyword) => cards[keyword] as number | undefined,
    string: (keyword) => (typeof cards[keyword] === "string" ? (cards[keyword] as string) : undefined),
  };
  return Wcs.read(keywords)!;
}

beforeAll(async () => {
  measures = await fixtureJson<Measures>("viewer/measures.json");
  plane = await planeOf("plane.fits");
});

describe("a star", () => {
  it("is fitted as MINPACK's Levenberg-Marquardt does, by both profiles", async () => {
    for (const [index, star] of measures.stars.entries()) {
      const pixels = await planeOf("stars.fits", index);
      const [x, y, values]: number[][] = [[], [], []];
      for (let py = 1; py <= pixels.height; py++) {
        for (let px = 1; px <= pixels.width; px++) {
          if ((px - Math.round(star.x)) ** 2 + (py - Math.round(star.y)) ** 2 > star.fitRadius ** 2) continue;
          x!.push(px);
          y!.push(py);
          values!.push(numberAt(pixels, px - 1, py - 1));
        }
      }
      const samples = { x: Float64Array.from(x!), y: Float64Array.from(y!), values: Float64Array.from(values!) };
      for (const model of ["gauss", "moffat"] as const) {
        const theirs = star.fits[model];
        const { amplitude, background: ground } = star;
        const ours = fitStar(samples, model, { amplitude, ground, centre: [star.x, star.y], fwhm: 4 })!;
        // A Gaussian star has no finite exponent; ours stops at 50, which is one to a part in a hundred.
        const loose = model === "moffat" && theirs.beta! > 40;
        expect(Math.abs(ours.fwhm / theirs.fwhm - 1), `${index} ${model}`).toBeLessThan(loose ? 0.01 : 2e-5);
        expect(Math.hypot(ours.centre[0] - theirs.x, ours.centre[1] - theirs.y)).toBeLessThan(loose ? 0.01 : 1e-4);
        expect(Math.abs(ours.amplitude / theirs.amplitude - 1)).toBeLessThan(loose ? 0.02 : 2e-5);
        expect(Math.abs(ours.ground - theirs.ground)).toBeLessThan((loose ? 5e-3 : 2e-5) * star.amplitude);
        if (!loose && model === "moffat") expect(ours.beta).toBeCloseTo(theirs.beta!, 2);
      }
    }
  });

  it("is found from a click beside it, and measured as it was made", async () => {
    for (const [index, star] of measures.stars.entries()) {
      const pixels = await planeOf("stars.fits", index);
      const options = { model: star.model, reach: 9, saturation: null };
      const found = measureStar(pixels, [star.x + 4, star.y - 3], options)!;
      const round = star.ellipticity === 0;
      const expected = round ? star.fwhm : star.fits[star.model].fwhm;
      expect(Math.abs(found.fwhm / expected - 1), `${index}`).toBeLessThan(star.noise > 0 || !round ? 0.01 : 2e-3);
      expect(Math.hypot(found.centre[0] - star.x, found.centre[1] - star.y)).toBeLessThan(0.02);
      expect(Math.abs(found.background - star.background)).toBeLessThan(Math.max(0.004 * star.amplitude, star.noise));
      expect(Math.abs(found.ellipticity! - star.ellipticity)).toBeLessThan(0.02);
      expect(found.saturated).toBe(false);
      expect(found.points.radius.length).toBe(found.points.value.length);
    }
  });

  it("is the one that was clicked, at the image's edge too; and a hot pixel is none", () => {
    // Moffat's profile with an exponent of 3 on a level ground.
    const stars = [
      { x: 30.3, y: 40.6, fwhm: 5, amplitude: 9000 },
      { x: 42.1, y: 40.2, fwhm: 5, amplitude: 3000 },
      { x: 98.4, y: 2.2, fwhm: 4, amplitude: 8000 },
    ];
    const pixels = { width: 100, height: 80, x0: 0, y0: 0, values: new Float32Array(8000) };
    for (let i = 0; i < 8000; i++) {
      pixels.values[i] = 300 + 3 * Math.sin(i * i);
      for (const { x, y, fwhm, amplitude } of stars) {
        const alpha = fwhm / 2 / Math.sqrt(2 ** (1 / 3) - 1);
        const r2 = ((i % 100) + 1 - x) ** 2 + (Math.floor(i / 100) + 1 - y) ** 2;
        pixels.values[i]! += amplitude * (1 + r2 / alpha ** 2) ** -3;
      }
    }
    pixels.values[19 * 100 + 69]! += 20_000;
    const options = { model: "moffat", reach: 14, saturation: null } as const;
    for (const { x, y, fwhm } of stars) {
      const found = measureStar(pixels, [x + 3, y - 1], options)!;
      expect(Math.hypot(found.centre[0] - x, found.centre[1] - y)).toBeLessThan(0.2);
      // The neighbour's light widens the fainter one.
      expect(Math.abs(found.fwhm / fwhm - 1)).toBeLessThan(0.12);
    }
    expect(measureStar(pixels, [70, 20], options)).toBeNull();
  });

  it("is none where there is only noise, and says when it is saturated", async () => {
    expect(measureStar(plane, [10, 30], { model: "moffat", reach: 5, saturation: null })).toBeNull();
    expect(measureStar(plane, [-500, -500], { model: "moffat", reach: 5, saturation: null })).toBeNull();
    const pixels = await planeOf("stars.fits", 3);
    const cut = { ...pixels, values: (pixels.values as Float32Array).map((value) => Math.min(value, 8000)) };
    const flat = measureStar(cut, [32, 30], { model: "moffat", reach: 5, saturation: null })!;
    expect(flat.saturated).toBe(true);
    // What is left of the profile still tells its width.
    expect(Math.abs(flat.fwhm / 5.2 - 1)).toBeLessThan(0.05);
    expect(measureStar(pixels, [32, 30], { model: "moffat", reach: 5, saturation: 10_000 })!.saturated).toBe(true);
  });
});

describe("statistics", () => {
  it("of boxes and circles are numpy's", () => {
    expect(measures.regions.length).toBeGreaterThan(5);
    for (const { region, expected } of measures.regions) {
      const found = statisticsOf(plane, region)!;
      for (const key of Object.keys(expected) as (keyof Statistics)[]) {
        expect(found[key], `${JSON.stringify(region)} ${key}`).toBeCloseTo(expected[key], 7);
      }
      // A box is a polygon, whichever way round; and in a part of the image it is where it was.
      if (region.kind !== "box") continue;
      const corners = boxCorners(region);
      expect(statisticsOf(plane, { kind: "polygon", corners })).toEqual(found);
      expect(statisticsOf(plane, { kind: "polygon", corners: corners.toReversed() })).toEqual(found);
    }
    const part = partOf(plane, 41 * 41, [30, 20]);
    expect(part).toEqual({ width: 41, height: 41, x0: 10, y0: 0 });
    const values = Float32Array.from({ length: 41 * 41 }, (_, i) => numberAt(plane, 10 + (i % 41), Math.floor(i / 41)));
    const inside: Region = { kind: "circle", centre: [32, 22], radius: 8.5 };
    expect(statisticsOf({ ...part, values }, inside)).toEqual(statisticsOf(plane, inside));
    const diamond: Region = {
      kind: "polygon",
      corners: [
        [20, 10],
        [26, 16],
        [20, 22],
        [14, 16],
      ],
    };
    // |x − 20| + |y − 16| ≤ 6
    expect(statisticsOf(plane, diamond)!.count).toBe(85);
    expect(statisticsOf(plane, { kind: "circle", centre: [31.5, 22.5], radius: 0.8 })).toBeNull();
    expect(statisticsOf(plane, { kind: "box", from: [90, 1], to: [100, 5] })).toBeNull();
  });

  it("of backgrounds leave outliers out", () => {
    const values = Float64Array.from({ length: 999 }, (_, i) => 100 + (i % 9) - 4);
    values.fill(60_000, 0, 100);
    const { level, noise } = backgroundOf(values)!;
    expect(level).toBe(100);
    expect(noise).toBeGreaterThan(2);
    expect(noise).toBeLessThan(4);
    expect(median(Float64Array.of(4, 1, 3, 2))).toBe(2.5);
    expect(median(new Float64Array())).toBeNaN();
  });

  it("count every pixel of a range once", () => {
    const values = Float32Array.from([0, 0, 1, 2, 199.9, 200, 201, Number.NaN, -1]);
    const bins = histogramOf(values, 0, 200);
    expect([bins[0], bins[1], bins[2], bins[BINS - 1]]).toEqual([2, 1, 1, 2]);
    expect(bins.reduce((sum, count) => sum + count)).toBe(6);
    expect(histogramOf(values, 5, 5).every((count) => count === 0)).toBe(true);
  });
});

it("a line's values are scipy's", () => {
  for (const { from, to, values } of measures.lines) {
    const { value, distance } = lineProfile(plane, { from, to });
    expect(value.length).toBe(values.length);
    expect(distance.at(-1)).toBeCloseTo(Math.hypot(to[0] - from[0], to[1] - from[1]), 9);
    for (const [i, expected] of values.entries()) {
      if (expected === null) expect(value[i]).toBeNaN();
      else expect(value[i]).toBeCloseTo(expected, 6);
    }
  }
});

describe("the grid", () => {
  const all: Bounds = { x0: 0.5, y0: 0.5, x1: 2048.5, y1: 2048.5 };

  it("runs where wcslib has its right ascensions and declinations", () => {
    for (const { name, header, points } of measures.grids) {
      const lines = gridLines(wcsOf(header), all);
      for (const kind of ["ra", "dec"] as const) {
        const some = lines.filter((line) => line.kind === kind);
        expect(some.length, `${name} ${kind}`).toBeGreaterThanOrEqual(2);
        expect(some.length, `${name} ${kind}`).toBeLessThanOrEqual(26);
      }
      // wcslib's own pixel of a point next to a line lies next to the line, on the side that its value says.
      let met = 0;
      const scale = wcsOf(header).pixelScale(1024, 1024)!;
      for (const [x, y, ra, dec] of points) {
        for (const line of lines) {
          const onLine = line.kind === "ra" ? [line.value, dec] : [ra, line.value];
          const away = separation(ra, dec, onLine[0]!, onLine[1]!) / scale;
          if (away > 3) continue;
          met++;
          const least = Math.min(...line.pieces.map((piece) => distanceTo(piece, [x, y])));
          expect(Math.abs(least - away), `${name} ${line.label}`).toBeLessThan(0.35);
        }
      }
      expect(met, name).toBeGreaterThan(0);
    }
  });

  it("has labels as short as its steps allow", () => {
    const lines = gridLines(wcsOf(measures.grids[0]!.header), all);
    expect(lines.find(({ kind }) => kind === "dec")!.label).toMatch(/^\+47:\d\d$/);
    expect(lines.find(({ kind }) => kind === "ra")!.label).toMatch(/^13:\d\d(:\d\d)?$/);
    expect(new Set(lines.map(({ label }) => label)).size).toBe(lines.length);
  });
});

/** Distance of a place from a chain of straight lines. */
function distanceTo(piece: Point[], [x, y]: Point): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 1; i < piece.length; i++) {
    const [[ax, ay], [bx, by]] = [piece[i - 1]!, piece[i]!];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(ax + t * dx - x, ay + t * dy - y));
  }
  return least;
}

it("a place of one frame lies on another where wcslib puts it", () => {
  for (const { name, from, to, points } of measures.warps) {
    const size = { width: from.NAXIS1 as number, height: from.NAXIS2 as number, x0: 0, y0: 0 };
    const nodes = warpNodes(wcsOf(from), size, wcsOf(to));
    for (const [x, y, toX, toY] of points) {
      const place = warped(nodes, size, [x, y])!;
      expect(Math.hypot(place[0] - toX, place[1] - toY), name).toBeLessThan(0.05);
    }
    expect(warped(nodes, size, [size.width * 2, 1])).toBeNull();
  }
});

describe("a large image", () => {
  it("is shown by means of its pixels, undefined ones left out", () => {
    const size = { width: 130, height: 70 };
    const values = Uint16Array.from({ length: 130 * 70 }, (_, i) => i % 130);
    const grown = (values: Pixels, size: Size, halvings: number) => {
      const pyramid = new Pyramid(values, size, halvings);
      for (const part of [0.3, 0.31, 0.9, 1]) pyramid.grow(Math.floor(part * size.height));
      return pyramid.levels;
    };
    const [first, second] = grown(values, size, 1);
    expect([first!.width, first!.height, second]).toEqual([65, 35, undefined]);
    expect([...first!.floats.subarray(0, 3)]).toEqual([0.5, 2.5, 4.5]);
    const holes = Float32Array.from({ length: 128 * 128 }, () => 7);
    holes.set([Number.NaN, Number.NaN], 0);
    holes.set([Number.NaN, Number.NaN], 128);
    holes[2] = Number.NaN;
    const levels = grown(holes, { width: 128, height: 128 }, 0);
    expect(levels.map(({ width }) => width)).toEqual([128, 64, 32]);
    expect([...levels[1]!.floats.subarray(0, 3)]).toEqual([Number.NaN, 7, 7]);
    expect(levels[2]!.floats[0]).toBe(7);
    expect(levels[0]!.floats).toBe(holes);
    expect(levels[2]!.floats.every((value) => value === 7)).toBe(true);
    // The last block of rows is as thin as what is left of the image.
    const [thin] = grown(BigInt64Array.from([1n, 2n, 3n, 4n, 5n, 6n]), { width: 6, height: 1 }, 1);
    expect([...thin!.floats]).toEqual([1.5, 3.5, 5.5]);
    expect(halvingsFor({ width: 16_384, height: 9000 }, 4096)).toBe(2);
  });

  it("is cut into tiles, which make room for each other", () => {
    const values = Int16Array.from({ length: 600 * 520 }, (_, i) => i % 600);
    const tile = new Float32Array(TILE * TILE);
    tileOf(values, { width: 600, height: 520 }, 512, 512, TILE, tile);
    expect([tile[0], tile[87], tile[TILE * 7]]).toEqual([512, 599, 512]);
    expect([tile[88], tile[TILE * 8]]).toEqual([Number.NaN, Number.NaN]);
    const cache = new TileCache({ width: 5000, height: 3000 }, 2);
    expect([cache.columns, cache.rows]).toEqual([10, 6]);
    const camera = { x: 1000, y: 600, scale: 1, angle: 0, mirrored: false };
    expect(cache.visible(camera, { width: 600, height: 400 }).toSorted((a, b) => a - b)).toEqual([1, 2, 11, 12]);
    expect(cache.place(1)).toEqual({ slot: 0, lost: null });
    expect(cache.place(2)).toEqual({ slot: 1, lost: null });
    expect(cache.find(1)).toBe(0);
    expect(cache.place(3)).toEqual({ slot: 1, lost: 2 });
    expect(cache.find(2)).toBeNull();
  });
});

describe("a moving image", () => {
  const run = (pace: Pace, frames: number, took: (sharpness: number) => number): void => {
    let now = 0;
    for (let frame = 0; frame < frames; frame++) pace.frame((now += took(pace.sharpness)));
    pace.rest();
  };

  it("stays sharp where frames come in time, and but one is late", () => {
    const pace = new Pace();
    let frame = 0;
    run(pace, 300, () => (++frame % 20 === 0 ? 40 : 16.7));
    expect(pace.sharpness).toBe(1);
    // A screen of 144 frames a second has time for more than it needs.
    run(pace, 300, () => 14);
    expect(pace.sharpness).toBe(1);
  });

  it("is drawn as coarsely as it takes, and no coarser, and sharper again once there is time", () => {
    const pace = new Pace();
    const slow = (sharpness: number) => Math.max(50 * sharpness ** 2, 16.7);
    run(pace, 30, slow);
    expect(pace.sharpness).toBeGreaterThan(0.3);
    expect(slow(pace.sharpness)).toBeLessThan(20);
    run(pace, 2000, slow);
    expect(pace.sharpness).toBeGreaterThan(0.3);
    expect(slow(pace.sharpness)).toBeLessThan(20);
    run(pace, 4000, () => 16.7);
    expect(pace.sharpness).toBe(1);
    run(pace, 50, () => 200);
    expect(pace.sharpness).toBe(0.25);
  });
});

it("an answer's bytes are read whole, whatever its body can do", async () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
  const headers = { "Content-Length": "100000" };
  const parts = () => [bytes.slice(0, 7), bytes.slice(7, 70_000), bytes.slice(70_000)].values();
  // Into place; as a browser without such readers gives them; and where the answer ends too early.
  const whole = new FixedLengthStream(bytes.length);
  void new Blob([bytes]).stream().pipeTo(whole.writable);
  const plain = new ReadableStream({
    start(controller) {
      for (const part of parts()) controller.enqueue(part);
      controller.close();
    },
  });
  const short = new Blob([bytes.subarray(0, 5)]).stream();
  for (const [body, length] of [
    [whole.readable, 100_000],
    [plain, 100_000],
    [short, 5],
  ] as const) {
    expect(new Uint8Array(await bytesOf(new Response(body, { headers })))).toEqual(bytes.subarray(0, length));
  }
  expect(new Uint8Array(await bytesOf(new Response(bytes)))).toEqual(bytes);
});

describe("a catalogue", () => {
  const table = (columns: string[], ...rows: string[][]) => ({ columns, units: columns.map(() => null), rows });

  it("is placed by the sky where it can be, else by its pixels", () => {
    const wcs = wcsOf(measures.grids[0]!.header);
    const [x, y, ra, dec] = measures.grids[0]!.points[0]!;
    const found = sourcesOf(table(["id", "x", "y", "ra", "dec"], ["1", "5", "6", String(ra), String(dec)]), wcs)!;
    expect(Math.hypot(found[0]!.at[0] - x, found[0]!.at[1] - y)).toBeLessThan(1e-6);
    const pixels = table(["X_IMAGE", "Y_IMAGE"], ["5.5", "6.5"], ["", "3"], ["7", "nan"], ["100", "100"]);
    const placed = sourcesOf(pixels, wcs)!;
    expect(placed).toEqual([
      { row: 0, at: [5.5, 6.5] },
      { row: 3, at: [100, 100] },
    ]);
    expect(sourcesOf(table(["flux"], ["1"]), wcs)).toBeNull();
    expect(nearestSource(placed, [6, 6], 2)).toBe(placed[0]);
    expect(nearestSource(placed, [20, 20], 2)).toBeNull();
  });
});
