import { constants, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fromBigEndian } from "../../src/fits/byteswap.ts";
import { shuffle } from "../../src/fits/compression/gzip2-encode.ts";
import { type Dither, dequantize } from "../../src/fits/compression/quantize.ts";
import { decodeRice } from "../../src/fits/compression/rice.ts";
import { encodeRice, riceBound } from "../../src/fits/compression/rice-encode.ts";
import { unshuffle } from "../../src/fits/compression/shuffle.ts";
import { openFits } from "../../src/fits/file.ts";
import { readImage, visitRows } from "../../src/fits/image.ts";
import { inflate } from "../../src/fits/inflate.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import type { PixelArray } from "../../src/fits/pixels.ts";
import { flipSign, scalePixels } from "../../src/fits/scale.ts";
import { sumIntegers } from "../../src/imaging/downsample.ts";
import { countIntegers } from "../../src/imaging/statistics.ts";
import { Arena } from "../../src/kernels/arena.ts";
import { loadKernels } from "../../src/kernels/kernels.ts";
import module from "../../src/kernels/kernels.wasm";
import { fixture, fixtureJson } from "../fixture.ts";
import { packedTiles } from "./packed-tiles.ts";

const kernels = loadKernels(module);
const LENGTHS = [1, 2, 3, 7, 15, 16, 17, 31, 33, 100, 8193, 20_011];

/** The generator of FITS 4.0 Appendix I: the same numbers in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

function randomBytes(length: number, next: () => number): Uint8Array {
  return Uint8Array.from({ length }, () => next() * 256);
}

function raw(array: PixelArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Compares without the cost of `toEqual` on long arrays; NaN equals NaN whatever its bits. */
function same(a: ArrayLike<unknown>, b: ArrayLike<unknown>): void {
  expect(a.length).toBe(b.length);
  for (let i = 0; i < a.length; i++) {
    if (!Object.is(a[i], b[i])) expect([i, a[i]]).toEqual([i, b[i]]);
  }
}

/** Decodes tiles into `out`; answers how many of them. */
function decodeTiles(
  bytes: Uint8Array,
  tiles: readonly { offset: number; length: number }[],
  out: Uint8Array | Int16Array | Int32Array,
  blockSize: number,
  flip: boolean,
): number {
  const pixels = out.length / tiles.length;
  const shape = { pixels, bytePix: out.BYTES_PER_ELEMENT, blockSize, flip };
  return kernels.decodeRiceTiles(bytes, tiles, shape, (some, first) => out.set(some, first * pixels));
}

/** What a call gives or, where it throws, the error's message: twins agree in both. */
function outcome(run: () => void, out: PixelArray): unknown {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return out;
}

describe("RICE", () => {
  for (const name of ["u8", "i16", "u16", "i32"]) {
    it(`encodes ${name} bit for bit as fpack, and decodes it`, async () => {
      const { tiles, bytePix } = await packedTiles(name);
      expect(tiles.length).toBe(24);
      for (const { packed, pixels } of tiles) {
        for (const encode of [encodeRice, kernels.encodeRice]) {
          const out = new Uint8Array(riceBound(pixels.length / bytePix, bytePix));
          expect(out.subarray(0, encode(pixels, bytePix, out))).toEqual(packed);
        }
        for (const decode of [decodeRice, kernels.decodeRice]) {
          const type = bytePix === 1 ? Uint8Array : bytePix === 2 ? Int16Array : Int32Array;
          const out = new type(pixels.length / bytePix);
          decode(packed, out, 32);
          const expected = new type(out.length);
          fromBigEndian(pixels, expected);
          expect(out).toEqual(expected);
        }
      }
    });
  }

  it("encodes random pixels of every length as the twin does", () => {
    const next = random(7);
    for (const bytePix of [1, 2, 4] as const) {
      for (const length of LENGTHS) {
        const pixels = randomBytes(length * bytePix, next);
        // From noise without structure to nearly constant rows: small high bytes give small differences.
        if (length % 2 === 1) for (let i = 0; i < pixels.length; i++) if (i % bytePix !== bytePix - 1) pixels[i] = 0;
        const out = new Uint8Array(riceBound(length, bytePix));
        const twin = out.slice();
        const size = encodeRice(pixels, bytePix, twin);
        expect(kernels.encodeRice(pixels, bytePix, out)).toBe(size);
        expect(out).toEqual(twin);
      }
    }
    expect(kernels.encodeRice(new Uint8Array(0), 2, new Uint8Array(8))).toBe(0);
    expect(() => kernels.encodeRice(new Uint8Array(3), 2, new Uint8Array(99))).toThrow(/whole pixels/);
  });

  it("decodes or refuses broken streams as the twin does", () => {
    const next = random(11);
    for (let round = 0; round < 1500; round++) {
      const length = Math.floor(next() * 120);
      const bytes = randomBytes(length, next);
      // Zeros make long runs and the code for "no differences".
      if (round % 3 === 0) for (let i = 0; i < length; i++) if (next() < 0.8) bytes[i] = 0;
      const type = [Uint8Array, Int16Array, Int32Array][round % 3]!;
      const count = 1 + Math.floor(next() * 90);
      const block = [16, 32, 32, 7, 1000][round % 5]!;
      const [out, twin] = [new type(count), new type(count)];
      expect(outcome(() => kernels.decodeRice(bytes, out, block), out)).toEqual(
        outcome(() => decodeRice(bytes, twin, block), twin),
      );
    }
  });

  it("decodes many tiles as it decodes one", async () => {
    for (const name of ["u8", "i16", "u16", "i32"]) {
      const { tiles, bytePix } = await packedTiles(name);
      const type = bytePix === 1 ? Uint8Array : bytePix === 2 ? Int16Array : Int32Array;
      const width = tiles[0]!.pixels.length / bytePix;
      const bytes = new Uint8Array(tiles.reduce((sum, { packed }) => sum + packed.length + 3, 0));
      const ranges: { offset: number; length: number }[] = [];
      for (const { packed } of tiles) {
        const offset = ranges.length === 0 ? 0 : ranges.at(-1)!.offset + ranges.at(-1)!.length + 3;
        bytes.set(packed, offset);
        ranges.push({ offset, length: packed.length });
      }
      const expected = new type(tiles.length * width);
      tiles.forEach(
        ({ packed }, row) => void decodeRice(packed, expected.subarray(row * width, (row + 1) * width), 32),
      );
      // An odd number of tiles as well, and one alone.
      for (const count of [tiles.length, 7, 1]) {
        const out = new type(count * width);
        expect(decodeTiles(bytes, ranges.slice(0, count), out, 32, false)).toBe(count);
        same(out, expected.subarray(0, out.length));
        expect(decodeTiles(bytes, ranges.slice(0, count), out, 32, true)).toBe(count);
        flipSign(out);
        same(out, expected.subarray(0, out.length));
      }
      const twice = [ranges[0]!, ranges[0]!];
      expect(decodeTiles(bytes, twice, new type(2 * width), 32, true)).toBe(0);
      for (const broken of [0, 11]) {
        const cut = ranges.map((range, row) => (row === broken ? { ...range, length: range.length - 1 } : range));
        expect(decodeTiles(bytes, cut, new type(expected.length), 32, false)).toBeLessThanOrEqual(broken);
      }
    }
  });

  it("reads pairs of broken and sound streams as the twin does", () => {
    const next = random(13);
    for (let round = 0; round < 1500; round++) {
      const type = [Int16Array, Int32Array][round % 2]!;
      const count = 1 + Math.floor(next() * 90);
      const block = [32, 16, 7][round % 3]!;
      let sound = block === 32;
      const streams = [0, 1].map(() => {
        if (next() < 0.5) {
          const out = new Uint8Array(400);
          const pixels = randomBytes(90 * type.BYTES_PER_ELEMENT, next);
          return out.slice(0, encodeRice(pixels, type.BYTES_PER_ELEMENT as 2 | 4, out));
        }
        sound = false;
        return randomBytes(next() * 200, next);
      });
      const bytes = new Uint8Array([...streams[0]!, ...streams[1]!]);
      const ranges = [
        { offset: 0, length: streams[0]!.length },
        { offset: streams[0]!.length, length: streams[1]!.length },
      ];
      const twin = new type(2 * count);
      const read = outcome(() => {
        streams.forEach(
          (stream, tile) => void decodeRice(stream, twin.subarray(tile * count, (tile + 1) * count), block),
        );
      }, twin);
      const out = new type(2 * count);
      // It may refuse damaged streams that the twin still makes something of, never what an encoder wrote.
      if (decodeTiles(bytes, ranges, out, block, false) === 2) same(out, read as Int16Array);
      else expect(sound).toBe(false);
    }
  });

  it("refuses a stream cut at any byte", async () => {
    const { tiles } = await packedTiles("u16");
    const { packed, pixels } = tiles[4]!;
    const out = new Int16Array(pixels.length / 2);
    for (let length = 0; length < packed.length; length++) {
      expect(() => kernels.decodeRice(packed.subarray(0, length), out, 32)).toThrow(/ends before/);
    }
  });

  it("leaves tiles too large for the arena to the twin", () => {
    const pixels = new Uint8Array(13 * 1024 * 1024).fill(3);
    const out = new Uint8Array(riceBound(pixels.length, 1));
    const length = kernels.encodeRice(pixels, 1, out);
    const back = new Uint8Array(pixels.length);
    kernels.decodeRice(out.subarray(0, length), back, 32);
    expect(back.every((pixel) => pixel === 3)).toBe(true);
  });
});

describe("gzip", () => {
  const next = random(51);
  const kinds: Record<string, (length: number) => Uint8Array> = {
    noise: (length) => randomBytes(length, next),
    zeros: (length) => new Uint8Array(length),
    cards: (length) => new TextEncoder().encode("SIMPLE  =    T / FITS".repeat(length)).subarray(0, length),
    // Few of its codes are short, many long: tables of the rest are needed.
    skewed: (length) => Uint8Array.from({ length }, () => Math.min(255, 2 ** (next() * 14) / 40)),
  };

  it("is inflated as zlib packed it, by every strategy", () => {
    for (const make of Object.values(kinds)) {
      for (const length of [0, 1, 100, 16_384, 200_001]) {
        const bytes = make(length);
        for (const level of [0, 1, 9]) {
          for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_HUFFMAN_ONLY, constants.Z_FIXED]) {
            const packed = gzipSync(bytes, { level, strategy });
            same(kernels.inflateGzip(packed, length) ?? [], bytes);
            if (length > 0) expect(kernels.inflateGzip(packed, length - 1)).toBeNull();
          }
        }
      }
    }
  });

  it("is refused where it is broken, cut or of another kind, and never taken for what it is not", () => {
    for (let run = 0; run < 1000; run++) {
      const packed = new Uint8Array(gzipSync(Object.values(kinds)[run % 4]!(300), { level: (run % 9) + 1 }));
      const broken = packed.slice();
      broken[10 + Math.floor(next() * (packed.length - 10))]! ^= 1 << Math.floor(next() * 8);
      const found = kernels.inflateGzip(broken, 10_000);
      // A bit that says nothing: behind the last block's last code.
      if (found !== null) same(found, inflate(packed, 300) as Uint8Array);
      expect(kernels.inflateGzip(packed.subarray(0, Math.floor(next() * packed.length)), 10_000)).toBeNull();
    }
    const zlib = deflateSync(kinds.cards!(300));
    expect(kernels.inflateGzip(zlib, 300)).toBeNull();
    expect(kernels.inflateGzip(gzipSync(kinds.zeros!(30_000_000)), 2 ** 30)).toBeNull();
  });
});

describe("value by value", () => {
  const types = [Uint8Array, Int16Array, Int32Array, BigInt64Array, Float32Array, Float64Array];

  it("swaps bytes, shuffles and unshuffles as the twins do", () => {
    const next = random(3);
    for (const type of types) {
      for (const length of LENGTHS) {
        const bytes = randomBytes(length * type.BYTES_PER_ELEMENT, next);
        const [out, twin] = [new type(length), new type(length)];
        kernels.fromBigEndian(bytes, out);
        fromBigEndian(bytes, twin);
        same(raw(out), raw(twin));
        kernels.unshuffle(bytes, out);
        unshuffle(bytes, twin);
        same(raw(out), raw(twin));
        const [planes, twinPlanes] = [new Uint8Array(bytes.length), new Uint8Array(bytes.length)];
        kernels.shuffle(bytes, type.BYTES_PER_ELEMENT, planes);
        shuffle(bytes, type.BYTES_PER_ELEMENT, twinPlanes);
        same(planes, twinPlanes);
        unshuffle(planes, out);
        fromBigEndian(bytes, twin);
        same(raw(out), raw(twin));
      }
    }
  });

  it("dequantises as the twin does", () => {
    const next = random(5);
    for (const length of LENGTHS) {
      const ints = Int32Array.from({ length }, () => (next() - 0.5) * 2 ** (4 + next() * 28));
      ints[length >> 1] = -2147483647;
      ints[length >> 2] = -2147483646;
      for (const dither of [0, 1, 2] as Dither[]) {
        for (const seed of [0, 9_999, 123_456]) {
          for (const blank of [undefined, -2147483647, 2 ** 40]) {
            const quantization = { scale: 0.37 + next(), zero: 1000 * next(), dither, seed, blank };
            for (const type of [Float32Array, Float64Array]) {
              const [out, twin] = [new type(length), new type(length)];
              kernels.dequantize(ints, out, quantization);
              dequantize(ints, twin, quantization);
              same(raw(out), raw(twin));
            }
          }
        }
      }
    }
  });

  it("scales as the twin does", () => {
    const next = random(9);
    for (const type of types) {
      for (const length of [1, 5, 8193]) {
        const stored = new type(length);
        fromBigEndian(randomBytes(length * type.BYTES_PER_ELEMENT, next), stored);
        for (const blank of [undefined, Number(stored[0]), 1e12]) {
          if (type === BigInt64Array && blank === stored[0]) continue;
          const scaling = { bscale: 0.1 + next(), bzero: 32768 * next(), blank };
          for (const wide of [Float32Array, Float64Array]) {
            const [out, twin] = [new wide(length), new wide(length)];
            kernels.scalePixels(stored, out, scaling);
            scalePixels(stored, twin, scaling);
            same(out, twin);
          }
        }
      }
    }
  });
});

describe("blocks of pixels", () => {
  it("are summed as the twin sums them", () => {
    const next = random(17);
    for (const [width, rows] of [
      [1, 1],
      [9, 1000],
      [200, 7],
      [4096, 20],
      [5001, 3],
    ] as const) {
      const pixels = Int16Array.from({ length: width * rows }, () => (next() - 0.5) * 65_535);
      for (const count of [1, 2, 7, 200].filter((wanted) => wanted <= width)) {
        const edges = Array.from({ length: count + 1 }, (_, i) => (i * width) / count);
        const spans = {
          from: Int32Array.from({ length: count }, (_, i) => Math.ceil(edges[i]!)),
          to: Int32Array.from({ length: count }, (_, i) => Math.floor(edges[i + 1]!)),
          before: Float64Array.from({ length: count }, (_, i) => Math.ceil(edges[i]!) - edges[i]!),
          after: Float64Array.from({ length: count }, (_, i) => edges[i + 1]! - Math.floor(edges[i + 1]!)),
        };
        const [out, twin] = [new Float64Array(count), new Float64Array(count)];
        kernels.sumIntegers(pixels, width, spans, out);
        sumIntegers(pixels, width, spans, twin);
        same(out, twin);
      }
    }
  });

  it("are counted as the twin counts them", () => {
    const next = random(19);
    for (const length of [0, 1, 3, 4, 4099, 200_001]) {
      // From the second value on those that are near each other, as in the sky.
      const pixels = Int16Array.from({ length }, (_, i) => (i % 2 === 0 ? (next() - 0.5) * 65_535 : 7 * next()));
      const [counts, twin] = [new Uint32Array(65_536).fill(5), new Uint32Array(65_536).fill(5)];
      kernels.countIntegers(pixels, counts);
      countIntegers(pixels, twin);
      same(counts, twin);
    }
  });

  it("are taken from where decoded tiles lie, and those stay as they are", async () => {
    const { tiles } = await packedTiles("i16");
    const width = tiles[0]!.pixels.length / 2;
    const expected = new Int16Array(width);
    decodeRice(tiles[0]!.packed, expected, 32);
    const spans = { from: [0], to: [width], before: [0], after: [0] };
    const whole = {
      from: Int32Array.from(spans.from),
      to: Int32Array.from(spans.to),
      before: Float64Array.from(spans.before),
      after: Float64Array.from(spans.after),
    };
    let seen = 0;
    const shape = { pixels: width, bytePix: 2, blockSize: 32, flip: false };
    kernels.decodeRiceTiles(tiles[0]!.packed, [{ offset: 0, length: tiles[0]!.packed.length }], shape, (pixels) => {
      const sums = new Float64Array(1);
      kernels.sumIntegers(pixels as Int16Array, width, whole, sums);
      expect(sums[0]).toBe(expected.reduce((sum, value) => sum + value, 0));
      const counts = new Uint32Array(65_536);
      kernels.countIntegers(pixels as Int16Array, counts);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(width);
      // What needs more memory than there is must not take the pixels away: it is left to the twin.
      const large = new Int16Array(8 * 1024 * 1024).fill(3);
      kernels.countIntegers(large, counts);
      expect(counts[32_771]).toBeGreaterThanOrEqual(large.length);
      same(pixels, expected);
      seen++;
    });
    expect(seen).toBe(1);
  });
});

describe("images", () => {
  it("come out the same with the kernels as without", async () => {
    const names = Object.keys((await fixtureJson<{ images: object }>("fits/expected.json")).images).filter((name) =>
      name.endsWith(".fz"),
    );
    expect(names.length).toBeGreaterThan(50);
    for (const name of names) {
      const source = new MemorySource(await fixture(`fits/${name}`));
      const [plain, fast] = await Promise.all([openFits(source), openFits(source, { kernels })]);
      const [expected, image] = await Promise.all([readImage(await plain.science()), readImage(await fast.science())]);
      expect([name, image.type, image.shape]).toEqual([name, expected.type, expected.shape]);
      same(image.data, expected.data);
      const [height, width] = [image.shape.at(-2) ?? 1, image.shape.at(-1)!];
      const section = { x: [0, width] as const, y: [height >> 1, height] as const, plane: 0 };
      const part = await readImage(await fast.science(), section);
      same(part.data, (await readImage(await plain.science(), section)).data);
      const rows = new (image.data.constructor as Uint8ArrayConstructor)(width * height);
      await visitRows(await fast.science(), {}, ({ y, data }) => rows.set(data as Uint8Array, y * width));
      same(rows, image.data.subarray(0, rows.length));
    }
  });
});

describe("the arena", () => {
  it("grows to what the largest call needs and never past its limit", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const arena = new Arena(memory, 1024);
    const first = arena.bytes;
    expect(arena.reserve(60_000)).toBe(true);
    expect(arena.bytes).toBe(first);
    expect(arena.reserve(1_000_000)).toBe(true);
    expect(arena.bytes.length).toBe(16 * 65_536);
    expect(arena.bytes.buffer).toBe(memory.buffer);
    expect(arena.reserve(25 * 1024 * 1024)).toBe(false);
    expect(memory.buffer.byteLength).toBe(16 * 65_536);
  });
});
