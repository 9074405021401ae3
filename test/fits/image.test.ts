import { describe, expect, it } from "vitest";
import { fromBigEndian, toBigEndian } from "../../src/fits/byteswap.ts";
import { dequantize } from "../../src/fits/compression/quantize.ts";
import { decodeRice } from "../../src/fits/compression/rice.ts";
import { unshuffle } from "../../src/fits/compression/shuffle.ts";
import { FitsError } from "../../src/fits/errors.ts";
import { type OpenOptions, openFits } from "../../src/fits/file.ts";
import type { Hdu } from "../../src/fits/hdu.ts";
import { type Image, imageType, readImage, visitRows } from "../../src/fits/image.ts";
import { inflate } from "../../src/fits/inflate.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import type { Kernels } from "../../src/fits/runtime.ts";
import { scalePixels } from "../../src/fits/scale.ts";
import type { ByteSource } from "../../src/fits/source.ts";
import { kernels as wasm } from "../../src/kernels/worker.ts";
import { fixture, fixtureJson } from "../fixture.ts";
import { card, concat, type Expected, headerBytes, padded, sameBytes, sha256 } from "./bytes.ts";

const { images } = await fixtureJson<Expected>("fits/expected.json");

async function open(name: string, hdu: number, options?: OpenOptions): Promise<Hdu> {
  return await (await openFits(new MemorySource(await fixture(`fits/${name}`)), options)).hdu(hdu);
}

/** `image[plane, y0:y1, x0:x1]` by hand. */
function cut(image: Image, [x0, x1]: [number, number], [y0, y1]: [number, number], plane = 0): unknown[] {
  const [height, width] = image.shape.slice(-2) as [number, number];
  const values: unknown[] = [];
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) values.push(image.data[(plane * height + y) * width + x]);
  }
  return values;
}

async function failure(promise: Promise<unknown>): Promise<FitsError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FitsError);
  return error as FitsError;
}

describe("against astropy and CFITSIO", () => {
  it.each(Object.entries(images))("%s", async (name, expected) => {
    const hdu = await open(name, expected.hdu);
    const image = await readImage(hdu);
    expect([image.type, image.shape]).toEqual([expected.dtype, expected.shape]);
    expect(await sha256(image.data)).toBe(expected.sha256);
    if (expected.cards) {
      // The header of the image inside, as funpack restores it.
      const skip = new Set(["CHECKSUM", "DATASUM", "COMMENT", ""]);
      const cards = hdu.header.cards.filter(({ keyword }) => !skip.has(keyword) && !/^Z(SCALE|ZERO)$/.test(keyword));
      expect(cards.map(({ keyword, value, comment }) => [keyword, value, comment])).toEqual(expected.cards);
    }
  });
});

describe("what CFITSIO reads, though nobody writes it", () => {
  type Pixels = { dtype: string; sha256: string };
  it("is read alike: a ZBLANK for each tile, other BYTEPIX, exchanged parameters", async () => {
    const expected = await fixtureJson<Record<string, { stored: Pixels; physical?: Pixels }>>("fits/cfitsio.json");
    expect(Object.keys(expected)).toHaveLength(4);
    for (const [name, { stored, physical }] of Object.entries(expected)) {
      for (const kernels of [{}, wasm]) {
        const hdu = await open(name, 1, { kernels });
        const [raw, image] = [await readImage(hdu, { raw: true }), await readImage(hdu)];
        expect([name, raw.type, await sha256(raw.data)]).toEqual([name, stored.dtype, stored.sha256]);
        const seen = physical ?? stored;
        expect([name, image.type, imageType(hdu)]).toEqual([name, seen.dtype, seen.dtype]);
        expect(await sha256(image.data)).toBe(seen.sha256);
        const rows: unknown[] = [];
        await visitRows(hdu, {}, ({ data }) => void rows.push(...data));
        expect(rows).toEqual([...image.data]);
      }
    }
  });
});

describe("scaling", () => {
  it("keeps the sign of zero where nothing is added, as astropy does", async () => {
    for (const [bitpix, bytes] of [
      [16, [0, 0, 0, 1]],
      [32, [0, 0, 0, 0, 0, 0, 0, 1]],
    ] as const) {
      const cards = ["SIMPLE  =                    T", card("BITPIX", bitpix), card("NAXIS", 1), card("NAXIS1", 2)];
      const file = concat(headerBytes(...cards, card("BSCALE", "-1.5")), padded(Uint8Array.from(bytes)));
      for (const kernels of [{}, wasm]) {
        const { data } = await readImage(await (await openFits(new MemorySource(file), { kernels })).hdu(0));
        expect([...data]).toEqual([-0, -1.5]);
      }
    }
  });
});

describe("sections and rows", () => {
  const samples: [name: string, hdu: number][] = [
    ["plain-uint16.fits", 0],
    ["blank-scaled-i2.fits", 0],
    ["rice-i2.fits.fz", 1],
    ["rice-f4-tiles.fits.fz", 1],
    ["hcomp-i4.fits.fz", 1],
    ["gzip2-f8-whole.fits.fz", 1],
  ];

  it.each(samples)("%s", async (name, index) => {
    const hdu = await open(name, index);
    const whole = await readImage(hdu);
    const [height, width] = whole.shape as [number, number];
    for (const [x, y] of [
      [
        [0, 1],
        [0, 1],
      ],
      [
        [3, width],
        [2, 9],
      ],
      [
        [width - 1, width],
        [0, height],
      ],
      [
        [0, width],
        [height - 1, height],
      ],
    ] as [[number, number], [number, number]][]) {
      const part = await readImage(hdu, { x, y });
      expect(part.shape).toEqual([y[1] - y[0], x[1] - x[0]]);
      expect(part.type).toBe(whole.type);
      expect([...part.data]).toEqual(cut(whole, x, y));
    }
    const values: unknown[] = [];
    let next = 0;
    await visitRows(hdu, {}, ({ y, rows, width: length, data }) => {
      expect([y, length]).toEqual([next, width]);
      expect(data).toHaveLength(rows * width);
      values.push(...data);
      next += rows;
    });
    expect(next).toBe(height);
    expect(values).toEqual([...whole.data]);
  });

  it.each(["cube-deep.fits.fz", "cube-plane.fits.fz", "cube-f4-deep.fits.fz"])("one plane of %s", async (name) => {
    const hdu = await open(name, 1);
    const whole = await readImage(hdu);
    for (let plane = 0; plane < 3; plane++) {
      const part = await readImage(hdu, { plane, x: [2, 17], y: [4, 20] });
      expect(part.shape).toEqual([16, 15]);
      expect([...part.data]).toEqual(cut(whole, [2, 17], [4, 20], plane));
      const rows: unknown[] = [];
      await visitRows(hdu, { plane }, ({ data }) => void rows.push(...data));
      expect(rows).toEqual(cut(whole, [0, 19], [0, 21], plane));
    }
  });

  it("counts planes through all axes beyond the second", async () => {
    const hdu = await open("cube-4d.fits", 0);
    const whole = await readImage(hdu);
    expect(whole.shape).toEqual([2, 3, 5, 7]);
    expect([...(await readImage(hdu, { plane: 4 })).data]).toEqual(cut(whole, [0, 7], [0, 5], 4));
    expect(await failure(readImage(hdu, { plane: 6 }))).toMatchObject({ code: "BAD_VALUE" });
  });

  it("gives the stored values where asked to", async () => {
    const hdu = await open("blank-scaled-i2.fits", 0);
    const raw = await readImage(hdu, { raw: true });
    expect(raw.type).toBe("int16");
    expect(imageType(hdu)).toBe("float32");
    const physical = (await readImage(hdu)).data as Float32Array;
    raw.data.forEach((value, index) => {
      if (value === -32768) expect(physical[index]).toBeNaN();
      else expect(physical[index]).toBeCloseTo(0.1 * Number(value) - 273.15, 2);
    });
  });

  it("ignores a BLANK that means nothing, with a warning", async () => {
    const bytes = await fixture("fits/blank-i2.fits");
    const text = String.fromCharCode(...bytes).replace("BLANK   = -32768", "BLANK   = 'none'");
    const file = await openFits(new MemorySource(Uint8Array.from(text, (char) => char.charCodeAt(0))));
    expect((await readImage(await file.hdu(0))).type).toBe("int16");
    expect(file.warnings).toMatchObject([{ code: "BAD_VALUE", at: { keyword: "BLANK" } }]);
    expect((await open("blank-float.fits", 0)).warnings).toMatchObject([{ at: { keyword: "BLANK" } }]);
    expect((await open("blank-i2.fits", 0)).warnings).toEqual([]);
  });

  it("refuses a section outside the image", async () => {
    const hdu = await open("plain-int16.fits", 0);
    for (const section of [{ x: [0, 18] }, { x: [5, 5] }, { y: [-1, 3] }, { y: [0.5, 3] }] as const) {
      expect((await failure(readImage(hdu, section as never))).code).toBe("BAD_VALUE");
    }
  });

  it("reads only the tiles it needs", async () => {
    const bytes = await fixture("fits/noise-i4.fits.fz");
    let read = 0;
    const source: ByteSource = {
      size: bytes.length,
      getRange: async (offset, length) => {
        read += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    const hdu = await (await openFits(source)).hdu(1);
    read = 0;
    await readImage(hdu, { y: [4, 5] });
    // One row of the table (two descriptors at most) and one stream of 40 incompressible pixels.
    expect(read).toBeLessThan(16 + 200);
  });
});

describe("rows from a far store", () => {
  /** Remembers the reads; fails from the `failAt`-th on. */
  function counting(bytes: Uint8Array, failAt = Number.POSITIVE_INFINITY): ByteSource & { reads: [number, number][] } {
    const reads: [number, number][] = [];
    return {
      reads,
      size: bytes.length,
      getRange: async (offset, length) => {
        if (reads.push([offset, length]) > failAt) throw new Error("the store failed");
        return bytes.subarray(offset, offset + length);
      },
    };
  }

  it("come in few reads, one for the table and one for the streams of a small image", async () => {
    const source = counting(await fixture("fits/rice-i2.fits.fz"));
    const hdu = await (await openFits(source)).hdu(1);
    source.reads.length = 0;
    let rows = 0;
    await visitRows(hdu, {}, (block) => void (rows += block.rows));
    expect(rows).toBe(41);
    expect(source.reads).toHaveLength(2);
  });

  it("come in windows of 2 MB, each read once, in order", async () => {
    const [width, height] = [1500, 1000]; // 6 MB
    const header = headerBytes(
      ...[card("SIMPLE", "T"), card("BITPIX", 32), card("NAXIS", 2), card("NAXIS1", width), card("NAXIS2", height)],
    );
    const data = Int32Array.from({ length: width * height }, (_, index) => index * 7);
    const bytes = concat(header, padded(toBigEndian(data)));
    const source = counting(bytes);
    const hdu = await (await openFits(source)).hdu(0);
    source.reads.length = 0;
    let at = 0;
    await visitRows(hdu, {}, (block) => {
      expect(block.data).toHaveLength(block.rows * width);
      for (let index = 0; index < block.data.length; index += 997) expect(block.data[index]).toBe(7 * (at + index));
      at += block.data.length;
    });
    expect(at).toBe(width * height);
    expect(source.reads).toEqual([
      [2880, 2 ** 21],
      [2880 + 2 ** 21, 2 ** 21],
      [2880 + 2 ** 22, 4 * width * height - 2 ** 22],
    ]);
    const failing = counting(bytes, 2);
    const broken = await (await openFits(failing)).hdu(0);
    await expect(visitRows(broken, {}, () => {})).rejects.toThrow("the store failed");
  });
});

describe("what a runtime injects", () => {
  it("is used in place of TypeScript", async () => {
    const used = new Set<string>();
    const spy = <K extends keyof Kernels>(name: K, kernel: Kernels[K]): Kernels[K] =>
      ((...args: never[]) => {
        used.add(name);
        (kernel as (...args: never[]) => void)(...args);
      }) as Kernels[K];
    const options: OpenOptions = {
      kernels: {
        decodeRice: spy("decodeRice", decodeRice),
        unshuffle: spy("unshuffle", unshuffle),
        dequantize: spy("dequantize", dequantize),
        fromBigEndian: spy("fromBigEndian", fromBigEndian),
        scalePixels: spy("scalePixels", scalePixels),
      },
      inflate: async (bytes, maxSize) => {
        used.add("inflate");
        return await inflate(bytes, maxSize);
      },
    };
    for (const name of ["rice-f4.fits.fz", "gzip2-i2-whole.fits.fz", "blank-scaled-i2.fits"]) {
      const { hdu, sha256: hash } = images[name]!;
      expect(await sha256((await readImage(await open(name, hdu, options))).data)).toBe(hash);
    }
    expect([...used].sort()).toEqual([
      "decodeRice",
      "dequantize",
      "fromBigEndian",
      "inflate",
      "scalePixels",
      "unshuffle",
    ]);
  });
});

describe("corrupt tiles", () => {
  /** A file with bytes of its last HDU's heap (after `skip` bytes) changed. */
  async function damaged(name: string, change: (heap: Uint8Array) => void): Promise<Hdu> {
    const bytes = (await fixture(`fits/${name}`)).slice();
    const hdu = await (await openFits(new MemorySource(bytes))).hdu(1);
    const header = hdu.storedHeader;
    const heap = hdu.dataOffset + header.requireInteger("NAXIS1") * header.requireInteger("NAXIS2");
    change(bytes.subarray(heap, hdu.dataOffset + hdu.dataLength));
    return await (await openFits(new MemorySource(bytes))).hdu(1);
  }

  it.each([
    ["rice-i2.fits.fz", (heap: Uint8Array) => void heap.fill(0).fill(0x50, 2, 3)], // a code, then zeros without end
    ["gzip1-i2-tiles.fits.fz", (heap: Uint8Array) => void heap.fill(0x55, 20, 40)],
    ["gzip2-f8-whole.fits.fz", (heap: Uint8Array) => void heap.fill(0, heap.length - 4)],
    ["hcomp-i2.fits.fz", (heap: Uint8Array) => void heap.fill(0)],
    ["plio-i2.fits.fz", (heap: Uint8Array) => void heap.fill(0xff)],
  ])("%s names tile and offset", async (name, change) => {
    const hdu = await damaged(name, change);
    const error = await failure(readImage(hdu));
    expect(error.code).toBe("CORRUPT");
    expect(error.at.hdu).toBe(1);
    expect(error.at.tile).toBeTypeOf("number");
    expect(error.at.offset).toBeGreaterThan(2880);
  });

  it("refuses descriptors that point outside the heap, an unknown codec, a table of another size", async () => {
    const bytes = await fixture("fits/rice-i2.fits.fz");
    const change = async (edit: (text: string) => string, at?: number): Promise<FitsError> => {
      const text = edit(String.fromCharCode(...bytes));
      const changed = Uint8Array.from(text, (char) => char.charCodeAt(0));
      if (at !== undefined) changed.fill(0x7f, at, at + 4);
      return await failure(readImage(await (await openFits(new MemorySource(changed))).hdu(1)));
    };
    const hdu = await open("rice-i2.fits.fz", 1);
    expect(await change((text) => text, hdu.dataOffset + 4)).toMatchObject({ code: "CORRUPT", at: { tile: 0 } });
    expect((await change((text) => text.replace("'RICE_1  '", "'RICE_9  '"))).code).toBe("UNSUPPORTED");
    expect((await change((text) => text.replace(/(ZTILE2 {2}= {19}) 1/, "$1 2"))).code).toBe("CORRUPT");
  });

  it("allocates no more than it may", async () => {
    const hdu = await open("rice-i2.fits.fz", 1, { maxBytes: 1000 });
    expect((await failure(readImage(hdu))).code).toBe("TOO_LARGE");
  });
});

describe("inflate", () => {
  const gzip = async (bytes: Uint8Array, format: "gzip" | "deflate"): Promise<Uint8Array> => {
    const stream = new Response(bytes).body!.pipeThrough(new CompressionStream(format));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };
  const bytes = Uint8Array.from({ length: 50_000 }, (_, index) => (index * index) >> 7);

  it.each(["gzip", "deflate"] as const)("reads %s and refuses damage, an early end and too much", async (format) => {
    const packed = await gzip(bytes, format);
    expect(sameBytes(await inflate(packed, bytes.length), bytes)).toBe(true);
    expect((await failure((async () => await inflate(packed, bytes.length - 1))())).code).toBe("TOO_LARGE");
    expect((await failure((async () => await inflate(packed.slice(0, -20), 60_000))())).code).toMatch(
      /CORRUPT|TOO_LARGE/,
    );
    const wrong = packed.slice();
    wrong[wrong.length - 6]! ^= 1;
    expect((await failure((async () => await inflate(wrong, 60_000))())).code).toBe("CORRUPT");
  });
});
