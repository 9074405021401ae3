import { describe, expect, it } from "vitest";
import { BlobSource } from "../../src/fits/blob-source.ts";
import { withCoalescing } from "../../src/fits/coalescing-source.ts";
import { FitsError } from "../../src/fits/errors.ts";
import { openFits } from "../../src/fits/file.ts";
import { gzipSource, isGzip } from "../../src/fits/gzip-source.ts";
import { HttpSource, HttpSourceError } from "../../src/fits/http-source.ts";
import { readImage } from "../../src/fits/image.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { withReadAhead } from "../../src/fits/read-ahead-source.ts";
import type { ByteSource } from "../../src/fits/source.ts";
import { readChunks, StreamSource } from "../../src/fits/stream-source.ts";
import { fixture } from "../fixture.ts";
import { card, concat, headerBytes, padded, sameBytes } from "./bytes.ts";

/** Counts what is asked of a source. */
class CountingSource implements ByteSource {
  readonly reads: [offset: number, length: number][] = [];
  constructor(private readonly inner: ByteSource) {}
  get size(): number {
    return this.inner.size;
  }
  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    this.reads.push([offset, length]);
    return await this.inner.getRange(offset, length, signal);
  }
  get bytes(): number {
    return this.reads.reduce((sum, [offset, length]) => sum + Math.max(0, Math.min(length, this.size - offset)), 0);
  }
}

/** A file of headers with nothing but zeros between, which takes no memory. */
class SparseSource implements ByteSource {
  constructor(
    private readonly parts: readonly (readonly [offset: number, bytes: Uint8Array])[],
    readonly size: number,
  ) {}
  async getRange(offset: number, length: number): Promise<Uint8Array> {
    const out = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    for (const [start, bytes] of this.parts) {
      for (let index = 0; index < bytes.length; index++) {
        const at = start + index - offset;
        if (at >= 0 && at < out.length) out[at] = bytes[index]!;
      }
    }
    return out;
  }
}

const EMPTY_PRIMARY = headerBytes(card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0), card("EXTEND", "T"));

function imageHeader(name: string, bitpix: number, ...axes: number[]): Uint8Array {
  return headerBytes(
    "XTENSION= 'IMAGE   '",
    card("BITPIX", bitpix),
    card("NAXIS", axes.length),
    ...axes.map((length, index) => card(`NAXIS${index + 1}`, length)),
    card("PCOUNT", 0),
    card("GCOUNT", 1),
    `EXTNAME = '${name.padEnd(8)}'`,
  );
}

async function failure(promise: Promise<unknown>): Promise<FitsError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(FitsError);
  return error as FitsError;
}

describe("walking a file", () => {
  it("lists a file of 100 MB by reading headers only", async () => {
    const side = 3500; // 49 MB each
    const length = Math.ceil((side * side * 4) / 2880) * 2880;
    const [first, second] = [imageHeader("A", 32, side, side), imageHeader("B", -32, side, side)];
    const offsets = [0, 2880, 2880 + first.length + length];
    const size = offsets[2]! + second.length + length;
    const sparse = new SparseSource(
      [EMPTY_PRIMARY, first, second].map((bytes, index) => [offsets[index]!, bytes] as const),
      size,
    );
    const source = new CountingSource(sparse);
    const file = await openFits(source);
    const hdus = await file.hdus();
    expect(hdus.map(({ extname, headerOffset }) => [extname, headerOffset])).toEqual([
      ["PRIMARY", 0],
      ["A", offsets[1]],
      ["B", offsets[2]],
    ]);
    expect(size).toBeGreaterThan(98_000_000);
    // The primary and the first extension come in one read; the end of the file costs no bytes.
    expect(source.reads.filter(([offset]) => offset < size)).toHaveLength(2);
    expect(source.bytes).toBeLessThanOrEqual(2 * 8 * 2880);
  });

  it("reads no further than the HDU asked for", async () => {
    const bytes = concat(EMPTY_PRIMARY, imageHeader("SCI", 8, 10, 10), padded(new Uint8Array(100)), new Uint8Array(50));
    const file = await openFits(new MemorySource(bytes));
    expect((await file.hdu("sci")).index).toBe(1);
    expect(file.warnings).toEqual([]);
    await file.hdus();
    expect(file.warnings).toMatchObject([{ code: "TRAILING_BYTES", at: { offset: bytes.length - 50 } }]);
    expect((await failure(file.hdu(5))).code).toBe("NO_SUCH_HDU");
  });

  it("takes SCI as the science HDU, else the first image", async () => {
    const hdu = (name: string, ...axes: number[]): Uint8Array =>
      concat(imageHeader(name, 8, ...axes), padded(new Uint8Array(axes.reduce((a, b) => a * b, axes.length ? 1 : 0))));
    const science = async (...hdus: Uint8Array[]): Promise<number> =>
      (await (await openFits(new MemorySource(concat(EMPTY_PRIMARY, ...hdus)))).science()).index;
    expect(await science(hdu("BPM", 2, 2), hdu("SCI"), hdu("SCI", 2, 2))).toBe(3);
    expect(await science(hdu("X"), hdu("Y", 3, 3), hdu("Z", 2, 2))).toBe(2);
    expect((await failure(science(hdu("X")))).code).toBe("NO_IMAGE");
  });

  it("knows every kind of HDU", async () => {
    const table = (...cards: string[]): Uint8Array =>
      headerBytes(
        "XTENSION= 'BINTABLE'",
        card("BITPIX", 8),
        card("NAXIS", 2),
        card("NAXIS1", 0),
        card("NAXIS2", 0),
        card("PCOUNT", 0),
        card("GCOUNT", 1),
        card("TFIELDS", 0),
        ...cards,
      );
    const file = await openFits(
      new MemorySource(
        concat(
          headerBytes(
            ...[card("SIMPLE", "T"), card("BITPIX", -32), card("NAXIS", 2), card("NAXIS1", 0), card("NAXIS2", 3)],
            ...[card("GROUPS", "T"), card("PCOUNT", 2), card("GCOUNT", 4)],
          ),
          padded(new Uint8Array(4 * 4 * (2 + 3))),
          table(),
          table(card("ZTABLE", "T")),
          headerBytes(
            ...["XTENSION= 'TABLE   '", card("BITPIX", 8), card("NAXIS", 2), card("NAXIS1", 0), card("NAXIS2", 0)],
            ...[card("PCOUNT", 0), card("GCOUNT", 1), card("TFIELDS", 0)],
          ),
          headerBytes("XTENSION= 'FOREIGN '", card("BITPIX", 8), card("NAXIS", 1), card("NAXIS1", 5)),
          padded(new Uint8Array(5)),
        ),
      ),
    );
    expect((await file.hdus()).map(({ kind }) => kind)).toEqual([
      "groups",
      "bintable",
      "compressed-table",
      "table",
      "unknown",
    ]);
    const packed = await openFits(new MemorySource(await fixture("fits/rice-i2.fits.fz")));
    expect((await packed.science()).kind).toBe("compressed-image");
  });
});

describe("broken files", () => {
  const image = concat(EMPTY_PRIMARY, imageHeader("SCI", 16, 100, 100), padded(new Uint8Array(20_000)));

  it.each([
    ["an empty file", new Uint8Array(0), "NOT_FITS", 0],
    ["text", new TextEncoder().encode("hello".repeat(600)), "NOT_FITS", 0],
    ["a header cut off", EMPTY_PRIMARY.slice(0, 1500), "TRUNCATED", 0],
    ["a header without END", new TextEncoder().encode("SIMPLE  = T".padEnd(80).repeat(36 * 9)), "TRUNCATED", 0],
    ["data cut off", image.slice(0, 5760 + 19_999), "TRUNCATED", 2880],
    ["a second header cut off", image.slice(0, 4000), "TRUNCATED", 2880],
    ["BITPIX 17", concat(EMPTY_PRIMARY, imageHeader("SCI", 17, 2, 2)), "BAD_VALUE", 2880],
    ["a negative axis", concat(EMPTY_PRIMARY, imageHeader("SCI", 16, -2, 2)), "BAD_VALUE", 2880],
    ["an absurd size", concat(EMPTY_PRIMARY, imageHeader("SCI", 16, 2 ** 40, 2 ** 40)), "BAD_VALUE", 2880],
    ["NAXIS missing", headerBytes(card("SIMPLE", "T"), card("BITPIX", 8)), "MISSING_KEYWORD", 0],
  ])("refuses %s with code and offset", async (_, bytes, code, offset) => {
    const error = await failure(openFits(new MemorySource(bytes)).then((file) => file.hdus()));
    expect(error).toMatchObject({ code, at: { offset } });
  });

  it("says what a file is that is not FITS", async () => {
    for (const [start, words] of [
      [[0x1f, 0x8b, 8], "gzip"],
      [[0x89, 0x50, 0x4e, 0x47], "PNG"],
    ] as const) {
      const bytes = new Uint8Array(3000);
      bytes.set(start);
      expect((await failure(openFits(new MemorySource(bytes)))).message).toContain(words);
    }
  });

  it("gives up a header without END after 16 MB", async () => {
    const blanks: ByteSource = {
      size: 2 ** 40,
      getRange: async (offset, length) => {
        const bytes = new Uint8Array(length).fill(0x20);
        if (offset === 0) bytes.set(EMPTY_PRIMARY.subarray(0, 80));
        return bytes;
      },
    };
    expect((await failure(openFits(blanks))).code).toBe("TOO_LARGE");
  });

  it("takes data that lack only their fill, with a warning", async () => {
    const file = await openFits(new MemorySource(image.slice(0, 5760 + 20_000)));
    expect(await file.hdus()).toHaveLength(2);
    expect(file.warnings).toMatchObject([{ code: "TRUNCATED", at: { offset: 25_760, hdu: 1 } }]);
  });
});

describe("sources", () => {
  const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31) >> 3);
  const ranges: [number, number][] = [
    [0, 10],
    [65_530, 20],
    [5, 200_000],
    [299_990, 50],
    [400_000, 5],
    [131_072, 65_536],
    [7, 0],
  ];

  const check = async (source: ByteSource): Promise<void> => {
    for (const [offset, length] of ranges) {
      expect(sameBytes(await source.getRange(offset, length), bytes.subarray(offset, offset + length))).toBe(true);
    }
    const all = await Promise.all(ranges.map(([offset, length]) => source.getRange(offset, length)));
    all.forEach((part, index) => {
      const [offset, length] = ranges[index]!;
      expect(sameBytes(part, bytes.subarray(offset, offset + length))).toBe(true);
    });
  };

  it("gives the same ranges from memory, a Blob and through the wrappers", async () => {
    const memory = new MemorySource(bytes);
    await check(memory);
    await check(new BlobSource(new Blob([bytes])));
    await check(withCoalescing(memory));
    await check(withReadAhead(memory));
    await check(withReadAhead(memory, { blockSize: 1000, blocks: 3 }));
  });

  it("merges reads that are asked for at once and lie close", async () => {
    const counting = new CountingSource(new MemorySource(bytes));
    const source = withCoalescing(counting);
    await Promise.all([source.getRange(1000, 10), source.getRange(0, 10), source.getRange(290_000, 10)]);
    expect(counting.reads).toEqual([
      [0, 1010],
      [290_000, 10],
    ]);
  });

  it("keeps the last blocks and no more", async () => {
    const counting = new CountingSource(new MemorySource(bytes));
    const source = withReadAhead(counting, { blockSize: 1000, blocks: 2 });
    for (const offset of [0, 500, 999, 1500, 0, 2500, 0, 1000]) await source.getRange(offset, 1);
    expect(counting.reads.map(([offset]) => offset)).toEqual([0, 1000, 2000, 1000]);
  });

  it("stops when the signal is aborted", async () => {
    const file = await openFits(new MemorySource(await fixture("fits/plain-int16.fits")));
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(readImage(await file.hdu(0), { signal })).rejects.toThrow("enough");
  });

  describe("HTTP", () => {
    const serve =
      (change: (range: string | undefined, count: number) => Response | undefined) =>
      async (_: string, init: { headers: Record<string, string> }): Promise<Response> => {
        const answer = change(init.headers.range, ++count);
        if (answer) return answer;
        const [, from, to] = /bytes=(\d+)-(\d+)/.exec(init.headers.range!)!;
        return new Response(bytes.slice(Number(from), Number(to) + 1), {
          status: 206,
          headers: { "content-range": `bytes ${from}-${to}/${bytes.length}`, etag: '"one"' },
        });
      };
    let count = 0;

    it("reads ranges, pinned to the first ETag", async () => {
      let seen: Record<string, string> = {};
      const inner = serve(() => undefined);
      const fetch = async (url: string, init: { headers: Record<string, string> }): Promise<Response> => {
        seen = init.headers;
        return await inner(url, init);
      };
      const source = await HttpSource.open("http://x/", { fetch, headers: { authorization: "Token t" } });
      expect(source.size).toBe(bytes.length);
      await check(source);
      expect(seen).toMatchObject({ "if-match": '"one"', authorization: "Token t" });
    });

    it("refuses a server that ignores Range, and one whose file changed", async () => {
      const whole = HttpSource.open("http://x/", { fetch: serve(() => new Response(bytes)) });
      await expect(whole).rejects.toMatchObject({ code: "NO_RANGES" });
      const missing = HttpSource.open("http://x/", { fetch: serve(() => new Response("", { status: 404 })) });
      await expect(missing).rejects.toMatchObject({ code: "STATUS", status: 404 });
      count = 0;
      const changing = await HttpSource.open("http://x/", {
        fetch: serve((_, number) => (number > 1 ? new Response("", { status: 412 }) : undefined)),
      });
      await expect(changing.getRange(0, 5)).rejects.toBeInstanceOf(HttpSourceError);
      await expect(changing.getRange(0, 5)).rejects.toMatchObject({ code: "CHANGED" });
    });
  });
});

/** A pull-driven stream of these chunks. */
function streamOf(chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(next.value);
    },
  });
}

describe("streams", () => {
  async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
  }
  const through = (stream: CompressionStream | DecompressionStream) => (chunks: AsyncIterable<Uint8Array>) =>
    readChunks(streamOf(chunks).pipeThrough(stream));
  const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    return concat(...parts);
  };
  const gzip = (bytes: Uint8Array): Promise<Uint8Array> =>
    collect(through(new CompressionStream("gzip"))(pieces(bytes, 1000)));

  it("reads a gzipped file forwards, its pixels included", async () => {
    const plain = await fixture("fits/plain-uint16.fits");
    const packed = await gzip(plain);
    expect(isGzip(packed)).toBe(true);
    expect(isGzip(plain)).toBe(false);
    const source = gzipSource(pieces(packed, 700), through(new DecompressionStream("gzip")), { limit: 2 ** 20 });
    const file = await openFits(source);
    const hdus = await file.hdus();
    expect(hdus).toHaveLength(1);
    expect(source.size).toBe(plain.length);
    const [streamed, direct] = [
      await readImage(hdus[0]!),
      await readImage(await (await openFits(new MemorySource(plain))).hdu(0)),
    ];
    expect(streamed.data).toEqual(direct.data);
  });

  it("cuts off a stream that gives more than it may", async () => {
    const bomb = await gzip(new Uint8Array(5_000_000));
    const source = gzipSource(pieces(bomb, 500), through(new DecompressionStream("gzip")), { limit: 100_000 });
    expect((await failure(source.getRange(0, 1_000_000))).code).toBe("TOO_LARGE");
  });

  it("calls a gzip stream that ends too early corrupt", async () => {
    const packed = await gzip(await fixture("fits/plain-uint16.fits"));
    const source = gzipSource(pieces(packed.slice(0, 300), 100), through(new DecompressionStream("gzip")), {
      limit: 2 ** 20,
    });
    expect((await failure(source.getRange(0, 1_000_000))).code).toBe("CORRUPT");
  });

  it("keeps a window, and says so where a reader goes back further", async () => {
    const bytes = Uint8Array.from({ length: 10_000 }, (_, index) => index & 0xff);
    const source = new StreamSource(pieces(bytes, 100), { limit: 20_000, keep: 1000 });
    expect(await source.getRange(5000, 10)).toEqual(bytes.slice(5000, 5010));
    expect(await source.getRange(4500, 10)).toEqual(bytes.slice(4500, 4510));
    expect((await failure(source.getRange(0, 10))).code).toBe("UNSUPPORTED");
    expect(source.size).toBe(Number.POSITIVE_INFINITY);
    expect(await source.getRange(9990, 50)).toEqual(bytes.slice(9990));
    expect(source.size).toBe(10_000);
  });

  it("finds data cut off in a stream whose size it did not know", async () => {
    const bytes = concat(EMPTY_PRIMARY, imageHeader("SCI", 16, 100, 100), new Uint8Array(5000));
    const file = await openFits(new StreamSource(pieces(bytes, 999), { limit: 2 ** 20 }));
    expect((await failure(file.hdus())).code).toBe("TRUNCATED");
  });
});
