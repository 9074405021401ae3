import { PhotonImage } from "@cf-wasm/photon";
import { describe, expect, it } from "vitest";
import { COLORMAPS, coloursOf } from "../../src/imaging/colormap.ts";
import { crc32 } from "../../src/imaging/crc32.ts";
import { cutsText, parseCuts } from "../../src/imaging/cuts.ts";
import { Downsampler, pictureSize } from "../../src/imaging/downsample.ts";
import { encodeJpeg } from "../../src/imaging/jpeg.ts";
import {
  draw,
  drawAll,
  enlarge,
  MAX_PICTURE,
  type Picture,
  type RowSource,
  toRgba,
  widestPicture,
} from "../../src/imaging/picture.ts";
import type { Pixels } from "../../src/imaging/pixels.ts";
import { encodePng } from "../../src/imaging/png.ts";
import { codeLengths } from "../../src/imaging/prefix-code.ts";
import { stretchOf } from "../../src/imaging/stretch.ts";
import { encodeWebp, WEBP_MOST_SIDE } from "../../src/imaging/webp.ts";
import { fixtureJson } from "../fixture.ts";
import { decodePng } from "./decode-png.ts";

interface Case {
  name: string;
  width: number;
  height: number;
  seed: number;
  stars: number;
  dtype: "uint16" | "int16" | "int32" | "float32" | "float64";
  holes: number;
  cuts: Record<string, [number, number]>;
  average: { width: number; height: number; values: (number | null)[] };
}

interface Expected {
  cases: Case[];
  stretches: Record<"linear" | "sqrt" | "log" | "asinh" | "histeq", number[]>;
}

const ARRAYS = {
  uint16: Uint16Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** The images of test/fixtures/imaging/make.py. */
function skyOf({ width, height, seed, stars }: Pick<Case, "width" | "height" | "seed" | "stars">): number[] {
  let state = seed;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  };
  const pixels = new Array<number>(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 1000 + Math.floor((next() + next() + next() + next() - 510) / 4);
  for (let star = 0; star < stars; star++) {
    const [x, y] = [Math.floor((next() * width) / 256), Math.floor((next() * height) / 256)];
    const flux = next() * 100;
    for (let dy = 0; dy < 3; dy++) {
      for (let dx = 0; dx < 3; dx++) {
        if (y + dy < height && x + dx < width) pixels[(y + dy) * width + x + dx]! += Math.floor(flux / (1 + dx + dy));
      }
    }
  }
  return pixels;
}

function imageOf(of: Case): Pixels {
  const sky = skyOf(of);
  if (of.dtype !== "float32" && of.dtype !== "float64") return ARRAYS[of.dtype].from(sky);
  const scaled = sky.map((value) => value / 7);
  const pixels = of.dtype === "float32" ? Float32Array.from(scaled) : Float64Array.from(scaled);
  if (of.holes > 0) {
    for (let i = 0; i < pixels.length; i += of.holes) pixels[i] = Number.NaN;
    for (let i = 5; i < pixels.length; i += 41) pixels[i] = Number.POSITIVE_INFINITY;
  }
  return pixels;
}

/** An image in memory as a stream of blocks of a few rows, each spoilt once it was looked at. */
function sourceOf(pixels: Pixels, width: number, rowsPerBlock = 7): RowSource & { readings: number } {
  return {
    width,
    height: pixels.length / width,
    readings: 0,
    async eachBlock(visit) {
      this.readings++;
      const step = rowsPerBlock * width;
      for (let at = 0; at < pixels.length; at += step) {
        const block = pixels.slice(at, at + step);
        visit(block);
        block.reverse();
      }
    },
  };
}

async function* deflate(pieces: Iterable<Uint8Array<ArrayBuffer>>): AsyncGenerator<Uint8Array> {
  const stream = new CompressionStream("deflate");
  const writer = stream.writable.getWriter();
  const written = (async () => {
    for (const piece of pieces) await writer.write(piece);
    await writer.close();
  })();
  yield* stream.readable;
  await written;
}

const LINEAR = { cuts: { kind: "minmax" }, stretch: "linear" } as const;

describe("cut levels", () => {
  it("are astropy's: zscale, percentiles, minimum and maximum, with holes and without", async () => {
    const { cases } = await fixtureJson<Expected>("imaging/expected.json");
    for (const of of cases) {
      const source = sourceOf(imageOf(of), of.width);
      for (const [text, [low, high]] of Object.entries(of.cuts)) {
        const { cuts } = await draw(source, { width: 10, cuts: parseCuts(text), stretch: "linear" });
        // Far within a grey level; the fit's sums run in another order than LAPACK's.
        const tolerance = (high - low) * 1e-9;
        expect(Math.abs(cuts![0] - low), `${of.name} ${text} low`).toBeLessThanOrEqual(tolerance);
        expect(Math.abs(cuts![1] - high), `${of.name} ${text} high`).toBeLessThanOrEqual(tolerance);
      }
    }
  });

  it("are the same however large the picture", async () => {
    const { cases } = await fixtureJson<Expected>("imaging/expected.json");
    const pixels = imageOf(cases[0]!);
    const small = await draw(sourceOf(pixels, 211), { width: 10, cuts: { kind: "zscale" }, stretch: "linear" });
    const whole = await draw(sourceOf(pixels, 211), { width: 211, cuts: { kind: "zscale" }, stretch: "linear" });
    expect(whole.cuts).toEqual(small.cuts);
  });

  it("of constant, empty and 64-bit images", async () => {
    // Math.PI is no number of single precision: white would mean that picture and cut levels were rounded apart.
    const double = await draw(sourceOf(new Float64Array(64).fill(Math.PI), 8), { width: 4, ...LINEAR });
    expect(new Set(double.levels)).toEqual(new Set([1]));
    const constant = await draw(sourceOf(new Float32Array(64).fill(5), 8), { width: 8, ...LINEAR });
    expect(new Set(constant.levels)).toEqual(new Set([1])); // black; 0 is kept for undefined pixels
    expect(constant.undefinedLevel).toBeNull();
    for (const cuts of ["zscale", "minmax", "percentile:90", "0,1"]) {
      const empty = await draw(sourceOf(new Float32Array(64).fill(Number.NaN), 8), {
        width: 8,
        cuts: parseCuts(cuts),
        stretch: "histeq",
      });
      expect(new Set(empty.levels)).toEqual(new Set([0]));
      expect(empty.undefinedLevel).toBe(0);
    }
    const long = await draw(sourceOf(BigInt64Array.from([0n, 2n ** 60n, 2n ** 61n, 2n ** 62n]), 2), {
      width: 2,
      ...LINEAR,
    });
    expect([...long.levels]).toEqual([128, 255, 0, 64]);
  });

  it("are read from text, and refused by what is accepted", () => {
    for (const text of ["zscale", "minmax", "percentile:99.5", "-10,20.5"]) {
      expect(cutsText(parseCuts(text))).toBe(text);
    }
    for (const text of [
      "",
      "z",
      "percentile",
      "percentile:0",
      "percentile:101",
      "percentile:x",
      "1",
      "1,2,3",
      "2,1",
      "1,1",
      "a,b",
      "0,1e999",
    ]) {
      expect(() => parseCuts(text), text).toThrow(/zscale, percentile:P/);
    }
  });
});

describe("stretches", () => {
  it("are astropy's", async () => {
    const { stretches } = await fixtureJson<Expected>("imaging/expected.json");
    const sky = skyOf({ width: 40, height: 30, seed: 11, stars: 5 });
    const [low, high] = [Math.min(...sky), Math.max(...sky)];
    const values = Float64Array.from(sky, (value) => (value - low) / (high - low));
    for (const [name, expected] of Object.entries(stretches)) {
      const stretch = stretchOf(name as keyof Expected["stretches"], () => values);
      for (const [i, value] of expected.entries()) {
        // histeq: the picture's values are single precision.
        expect(Math.abs(stretch(i / 40) - value), `${name} ${i}`).toBeLessThan(name === "histeq" ? 2e-3 : 1e-12);
      }
    }
  });
});

describe("area averaging", () => {
  it("gives every pixel its area, with holes left out", async () => {
    const { cases } = await fixtureJson<Expected>("imaging/expected.json");
    for (const of of cases) {
      const pixels = imageOf(of);
      const { width, height, values } = of.average;
      const found: number[] = [];
      const downsampler = new Downsampler(of.width, of.height, width, height, (_, row) => found.push(...row));
      const isFloat = of.dtype.startsWith("float");
      for (let at = 0; at < pixels.length; at += of.width) {
        downsampler.push(Float64Array.from(pixels.subarray(at, at + of.width) as Float64Array), !isFloat);
      }
      expect(found).toHaveLength(width * height);
      for (const [i, value] of values.entries()) {
        if (value === null) expect(found[i]).toBeNaN();
        else expect(Math.abs(found[i]! - value), `${of.name} ${i}`).toBeLessThan(Math.abs(value) * 2e-7);
      }
    }
  });

  it("keeps pixels square for every shape", () => {
    expect(pictureSize(4096, 4096, 200)).toEqual({ width: 200, height: 200 });
    expect(pictureSize(2048, 1024, 200)).toEqual({ width: 200, height: 100 });
    // 200.8 rows: pyobs-archive's preview of that shape has 200.
    expect(pictureSize(511, 513, 200)).toEqual({ width: 200, height: 200 });
    expect(pictureSize(4096, 1, 200)).toEqual({ width: 200, height: 1 });
    expect(pictureSize(1, 100, 200)).toEqual({ width: 1, height: 100 });
    expect(pictureSize(37, 301, 200)).toEqual({ width: 37, height: 301 });
    expect(() => new Downsampler(10, 10, 11, 10, () => {})).toThrow(/averaged/);
  });
});

describe("pictures", () => {
  it("stand upright: the image's first row is the lowest", async () => {
    const picture = await draw(sourceOf(Int16Array.of(0, 10, 20, 30, 40, 50), 2), { width: 2, ...LINEAR });
    expect([...picture.levels]).toEqual([204, 255, 102, 153, 0, 51]);
  });

  it("leave holes open", async () => {
    const pixels = Float32Array.of(0, Number.NaN, Number.POSITIVE_INFINITY, 30, 40, 50);
    const picture = await draw(sourceOf(pixels, 2), { width: 2, ...LINEAR });
    expect([...picture.levels]).toEqual([204, 255, 0, 153, 1, 0]);
    expect(picture.undefinedLevel).toBe(0);
    const rgba = toRgba(picture, coloursOf("viridis"));
    expect([...rgba.subarray(8, 12)]).toEqual([0, 0, 0, 0]);
    expect(rgba[3]).toBe(255);
  });

  it("are read once, or twice where they are large or have holes", async () => {
    const clean = sourceOf(
      new Uint16Array(100).map((_, i) => i),
      10,
    );
    await draw(clean, { width: 5, cuts: { kind: "zscale" }, stretch: "linear" });
    expect(clean.readings).toBe(1);
    const holed = sourceOf(
      new Float32Array(100).map((_, i) => (i % 9 === 0 ? Number.NaN : i)),
      10,
    );
    await draw(holed, { width: 5, cuts: { kind: "zscale" }, stretch: "linear" });
    expect(holed.readings).toBe(2);
    const both = await drawAll(clean, [5, 10], { cuts: { kind: "zscale" }, stretch: "linear" });
    expect(both.map(({ width }) => width)).toEqual([5, 10]);
    expect(clean.readings).toBe(2);
  });

  it("are the same by one reading and by two", async () => {
    // 2100² is more than is kept as values.
    const side = 2100;
    const pixels = new Int16Array(side * side);
    for (let i = 0; i < pixels.length; i++) pixels[i] = (i * 7919) % 1999;
    const source = sourceOf(pixels, side, 300);
    const options = { width: side, cuts: { kind: "levels", low: 0, high: 1999 }, stretch: "sqrt" } as const;
    const picture = await draw(source, options);
    expect(source.readings).toBe(2);
    for (let i = 0; i < pixels.length; i += 10_007) {
      const y = Math.floor(i / side);
      const expected = Math.round(255 * Math.sqrt(pixels[i]! / 1999));
      const level = picture.levels[(side - 1 - y) * side + (i % side)]!;
      expect(Math.abs(level - expected)).toBeLessThanOrEqual(1);
    }
    const equal = await draw(source, { ...options, stretch: "histeq" });
    // Equal numbers of every value: the levels are a straight line of the values.
    expect(Math.abs(equal.levels[(side - 1) * side + 500]! - (255 * pixels[500]!) / 1998)).toBeLessThan(2);
  });

  it("have a limit", async () => {
    const limits = { pixels: MAX_PICTURE, side: MAX_PICTURE };
    expect(widestPicture(4096, 4096, limits)).toBe(4096);
    expect(widestPicture(100, 100, limits)).toBe(100);
    const widest = widestPicture(10_000, 20_000, limits);
    expect(widest * widest * 2).toBeLessThanOrEqual(MAX_PICTURE);
    for (let side = 4000; side < 9000; side += 37) {
      const { width, height } = pictureSize(side, 7001, widestPicture(side, 7001, limits));
      expect(width * height).toBeLessThanOrEqual(MAX_PICTURE);
    }
    for (let height = 16_000; height < 60_000; height += 1_117) {
      const narrow = widestPicture(100, height, { pixels: MAX_PICTURE, side: WEBP_MOST_SIDE });
      expect(pictureSize(100, height, narrow).height).toBeLessThanOrEqual(WEBP_MOST_SIDE);
      if (narrow < 100) expect(pictureSize(100, height, narrow + 1).height).toBeGreaterThan(WEBP_MOST_SIDE);
    }
    expect(widestPicture(1, 20_000, { pixels: MAX_PICTURE, side: WEBP_MOST_SIDE })).toBe(0);
    const huge: RowSource = { width: 8192, height: 8192, eachBlock: async () => {} };
    await expect(draw(huge, { width: 8192, ...LINEAR })).rejects.toThrow(/at most/);
  });

  it("of small images can be enlarged by repeating pixels", async () => {
    const picture = await draw(sourceOf(Uint8Array.of(0, 255), 2), { width: 2, ...LINEAR });
    const limits = { pixels: 5000, side: 1000 };
    const large = enlarge(picture, 6, limits);
    expect([large.width, large.height]).toEqual([6, 3]);
    expect([...large.levels.subarray(0, 6)]).toEqual([0, 0, 0, 255, 255, 255]);
    const high = { ...picture, width: 1, height: 2 };
    expect(enlarge(high, 200, limits)).toMatchObject({ width: 50, height: 100 });
    expect(enlarge(high, 200, { ...limits, side: 40 })).toMatchObject({ width: 20, height: 40 });
  });
});

describe("PNG", () => {
  it("holds grey, palettes and transparency, and any decoder reads it", async () => {
    for (const [palette, transparent] of [
      [null, null],
      [null, 0],
      [coloursOf("magma"), null],
      [coloursOf("magma"), 0],
    ] as const) {
      const [width, height] = [61, 47];
      const levels = new Uint8Array(width * height).map(
        (_, i) => (i % width) * 4 + Math.floor(i / width) * ((i % 3) + 1),
      );
      const parts = await encodePng({ width, height, levels, palette, transparent }, deflate);
      const decoded = await decodePng(await new Response(new Blob(parts as Uint8Array<ArrayBuffer>[])).bytes());
      expect([decoded.width, decoded.height, decoded.colourType]).toEqual([width, height, palette === null ? 0 : 3]);
      expect(decoded.samples).toEqual(levels);
      expect(decoded.palette).toEqual(palette);
      expect(decoded.transparency).toEqual(
        transparent === null ? null : palette === null ? Uint8Array.of(0, 0) : Uint8Array.of(0),
      );
    }
  });

  it("has the checksum that zip has", () => {
    expect(crc32(new TextEncoder().encode("123456789"))).toBe(0xcbf43926);
  });
});

/** Pictures of every kind of content, and of sizes that no block divides. */
function* pictures(): Generator<Picture & { name: string }> {
  let state = 7;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const contents: Record<string, (x: number, y: number) => number> = {
    noise: () => 256 * random(),
    flat: () => 77,
    ramp: (x, y) => (2 * x + y) & 255,
    star: (x, y) => 255 * Math.exp(-((x - 20) ** 2 + (y - 12) ** 2) / 90),
    blocks: (x, y) => ((x >> 4) * 37 + (y >> 3) * 91) & 255,
    holes: (x) => (x % 100 < 60 ? 0 : 40 + 30 * random()),
    // Counts so uneven that codes have to be shortened.
    uneven: () => Math.min(255, -8 * Math.log2(random() + 1e-9)),
  };
  const sizes = [
    ...[1, 1, 1, 37, 37, 1, 7, 9, 8, 8, 17, 33, 200, 150],
    ...[8000, 3, 3, 5000, WEBP_MOST_SIDE, 2, 2, WEBP_MOST_SIDE],
  ];
  for (let i = 0; i < sizes.length; i += 2) {
    const [width, height] = [sizes[i]!, sizes[i + 1]!];
    for (const [content, level] of Object.entries(contents)) {
      const levels = new Uint8Array(width * height).map((_, at) => level(at % width, Math.floor(at / width)));
      for (const undefinedLevel of [null, 0]) {
        yield { name: `${width} × ${height} ${content}`, width, height, levels, undefinedLevel, cuts: null };
      }
    }
  }
}

/** By photon's decoders: RGBA. */
function decoded(file: Uint8Array): { width: number; height: number; rgba: Uint8Array } {
  const image = PhotonImage.new_from_byteslice(file);
  try {
    return { width: image.get_width(), height: image.get_height(), rgba: image.get_raw_pixels() };
  } finally {
    image.free();
  }
}

async function fileOf(parts: Uint8Array[]): Promise<Uint8Array> {
  return new Response(new Blob(parts as Uint8Array<ArrayBuffer>[])).bytes();
}

/** Mean square of the differences of the colours. */
function colourError(a: Uint8Array, b: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) if (i % 4 < 3) sum += (a[i]! - b[i]!) ** 2;
  return sum / (0.75 * a.length);
}

describe("WebP", () => {
  it("is decoded to the picture's own pixels, holes transparent", async () => {
    let index = 0;
    for (const picture of pictures()) {
      const colours = coloursOf(COLORMAPS[index++ % COLORMAPS.length]!);
      const found = decoded(await fileOf(encodeWebp(picture, colours)));
      expect([picture.name, found.width, found.height]).toEqual([picture.name, picture.width, picture.height]);
      expect(colourError(found.rgba, toRgba(picture, colours)), picture.name).toBe(0);
      const transparent = (_: number, i: number): boolean => i % 4 === 3 && found.rgba[i] === 0;
      const holes = picture.levels.filter((level) => level === picture.undefinedLevel).length;
      expect(found.rgba.filter(transparent).length, picture.name).toBe(holes);
    }
  });

  it("repeats what is flat instead of writing it", async () => {
    const levels = new Uint8Array(1_000_000).fill(9);
    const picture = { width: 1000, height: 1000, levels, undefinedLevel: null };
    expect((await fileOf(encodeWebp(picture, coloursOf("grey")))).length).toBeLessThan(2000);
  });
});

describe("JPEG", () => {
  it("is as near to the picture as photon's of the same quality, and no larger", async () => {
    let index = 0;
    for (const picture of pictures()) {
      const colours = coloursOf(COLORMAPS[index++ % COLORMAPS.length]!);
      const opaque = toRgba(picture, colours).map((value, i) => (i % 4 === 3 ? 255 : value));
      const file = await fileOf(encodeJpeg(picture, colours, 85));
      const found = decoded(file);
      expect([picture.name, found.width, found.height]).toEqual([picture.name, picture.width, picture.height]);
      const photon = new PhotonImage(opaque, picture.width, picture.height);
      const other = photon.get_bytes_jpeg(85);
      photon.free();
      expect(file.length, picture.name).toBeLessThanOrEqual(other.length);
      const [ours, theirs] = [colourError(found.rgba, opaque), colourError(decoded(other).rgba, opaque)];
      // Of a single block, chance decides which is nearer.
      expect(ours, picture.name).toBeLessThanOrEqual(1.25 * theirs + 2);
    }
  });
});

describe("prefix codes", () => {
  it("are complete, of the asked length at most, and shortest where that allows it", () => {
    const fibonacci = [1, 1];
    while (fibonacci.length < 30) fibonacci.push(fibonacci.at(-1)! + fibonacci.at(-2)!);
    for (const most of [7, 15, 29]) {
      const lengths = codeLengths(fibonacci, most);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(most);
      expect(lengths.reduce((sum, length) => sum + 2 ** -length, 0)).toBe(1);
    }
    expect([...codeLengths(fibonacci, 29)].slice(-3)).toEqual([3, 2, 1]);
    expect([...codeLengths([0, 5, 0], 7)]).toEqual([0, 1, 0]);
  });
});

describe("colour maps", () => {
  it("run from dark to bright, and end where matplotlib's and DS9's do", () => {
    const ends = Object.fromEntries(
      COLORMAPS.map((name) => {
        const colours = coloursOf(name);
        return [name, [[...colours.subarray(0, 3)], [...colours.subarray(765)]]];
      }),
    );
    expect(ends).toEqual({
      grey: [
        [0, 0, 0],
        [255, 255, 255],
      ],
      invert: [
        [255, 255, 255],
        [0, 0, 0],
      ],
      viridis: [
        [68, 1, 84],
        [253, 231, 37],
      ],
      magma: [
        [0, 0, 4],
        [252, 253, 191],
      ],
      inferno: [
        [0, 0, 4],
        [252, 255, 164],
      ],
      heat: [
        [0, 0, 0],
        [255, 255, 255],
      ],
    });
    expect([...coloursOf("viridis").subarray(3 * 125, 3 * 126)]).toEqual([33, 142, 141]);
    expect([...coloursOf("heat").subarray(3 * 128, 3 * 128 + 3)]).toEqual([255, 128, 0]);
  });
});
