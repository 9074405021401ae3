import { env } from "cloudflare:workers";
import { Buffer } from "node:buffer";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FileWriter, PartSink } from "../../src/store/file-writer.ts";
import { fileStore } from "../../src/store/files.ts";
import { letGo, MOST_HELD, mayHold } from "../../src/store/held-memory.ts";

const CONTENT = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, at) => (at * at) >> 5));

/** Reads of the bucket, as [offset, length]. */
let reads: [number, number][] = [];
const bucket = new Proxy(env.FILES, {
  get(real, name) {
    if (name === "get") {
      return (key: string, options: { range?: { offset: number; length: number } }) => {
        if (options?.range !== undefined) reads.push([options.range.offset, options.range.length]);
        return real.get(key, options);
      };
    }
    const value = real[name as keyof R2Bucket] as unknown;
    return typeof value === "function" ? value.bind(real) : value;
  },
});
const files = fileStore(bucket);

beforeEach(async () => {
  await env.FILES.put("source", CONTENT);
  reads = [];
});

describe("an opened file", () => {
  it("gives every range, also past its end, with few reads", async () => {
    const source = await files.open("source", { readAhead: 100_000 });
    expect(source.size).toBe(CONTENT.length);
    for (const [offset, length] of [
      [0, 2880],
      [2880, 90_000],
      [99_999, 2],
      [500_000, 10],
      [500_010, 99_000],
      [2_999_990, 100],
      [3_000_000, 5],
      [4_000_000, 5],
      [7, 0],
    ] as const) {
      const bytes = await source.getRange(offset, length);
      expect(Buffer.from(bytes).equals(CONTENT.subarray(offset, offset + length)), `${offset}+${length}`).toBe(true);
    }
    expect(reads.length).toBe(4);
  });

  it("fetches together what is asked for together", async () => {
    const source = await files.open("source", { readAhead: 1000 });
    reads = [];
    const offsets = [600_000, 10_000, 12_000, 2_000_000, 630_000];
    const answers = await Promise.all(offsets.map((offset) => source.getRange(offset, 2000)));
    answers.forEach((bytes, at) => {
      expect(Buffer.from(bytes).equals(CONTENT.subarray(offsets[at], offsets[at]! + 2000))).toBe(true);
    });
    expect(reads).toEqual([
      [10_000, 4000],
      [600_000, 32_000],
      [2_000_000, 2000],
    ]);
  });

  it("is never another one half way", async () => {
    const source = await files.open("source", { readAhead: 1000 });
    await env.FILES.put("source", Buffer.from(CONTENT).fill(1));
    await expect(source.getRange(2_000_000, 10)).rejects.toMatchObject({ name: "FileStoreError", code: "CHANGED" });
    await env.FILES.delete("source");
    await expect(source.getRange(1_000_000, 10)).rejects.toMatchObject({ code: "MISSING" });
    await expect(files.open("source")).rejects.toMatchObject({ code: "MISSING", key: "source" });
  });

  it("may be empty", async () => {
    await env.FILES.put("empty", new Uint8Array(0));
    const source = await files.open("empty");
    expect([source.size, (await source.getRange(0, 10)).length]).toEqual([0, 0]);
  });

  it("stops for a signal", async () => {
    const source = await files.open("source");
    await expect(source.getRange(0, 10, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a stream for an answer", () => {
  it.each([
    [undefined, 0, 3_000_000],
    [{ offset: 10, length: 20 }, 10, 20],
    [{ offset: 2_999_000 }, 2_999_000, 1000],
    [{ suffix: 7 }, 2_999_993, 7],
    [{ offset: 2_999_999, length: 50 }, 2_999_999, 1],
  ])("of range %j", async (range, offset, length) => {
    const body = (await files.get("source", range === undefined ? {} : { range }))!;
    expect(body.range).toEqual({ offset, length });
    const bytes = Buffer.from(await new Response(body.body).arrayBuffer());
    expect(bytes.equals(CONTENT.subarray(offset, offset + length))).toBe(true);
  });

  it("is null where there is no object, and an error where it changed", async () => {
    expect(await files.get("nowhere")).toBeNull();
    await expect(files.get("source", { etag: "another" })).rejects.toMatchObject({ code: "CHANGED" });
  });
});

it("does not count for ever what a request held that went away", () => {
  const [gone, next] = [{}, {}];
  const now = Date.now();
  const clock = vi.spyOn(Date, "now").mockReturnValue(now);
  expect(mayHold(gone, MOST_HELD)).toBe(true);
  clock.mockReturnValue(now + 10 * 60 * 1000);
  expect(mayHold(next, 1)).toBe(false);
  clock.mockReturnValue(now + 10 * 60 * 1000 + 1);
  expect(mayHold(next, MOST_HELD)).toBe(true);
  clock.mockRestore();
  letGo(next);
});

describe("writing", () => {
  const LONG = Buffer.alloc(2 * FileWriter.PART + 123, 5);

  it.each([0, 10, 300_000, FileWriter.PART, FileWriter.PART + 1, 2 * FileWriter.PART, LONG.length])(
    "%i bytes of unknown number",
    async (size) => {
      const writer = files.writer(() => `written-${size}`);
      for (let at = 0; at < size; at += 700_001) await writer.write(LONG.subarray(at, Math.min(size, at + 700_001)));
      expect(await env.FILES.head(`written-${size}`)).toBeNull();
      expect((await writer.finish()).size).toBe(size);
      const stored = await (await env.FILES.get(`written-${size}`))!.arrayBuffer();
      expect(Buffer.from(stored).equals(LONG.subarray(0, size))).toBe(true);
    },
  );

  it.each([8 * FileWriter.PART, 8 * FileWriter.PART + 1])(
    "at most %i bytes, as one object or in parts",
    async (size) => {
      const bytes = Buffer.alloc(size, 6);
      const writer = files.writer(`announced-${size}`, { most: size });
      await writer.write(bytes);
      expect(writer.begun).toBe(size > 8 * FileWriter.PART);
      expect(writer.held === null).toBe(writer.begun);
      await writer.finish();
      const stored = (await env.FILES.get(`announced-${size}`))!;
      // R2 gives objects of several parts an etag of its own: `…-5`.
      expect(stored.etag.includes("-")).toBe(writer.begun);
      expect(Buffer.from(await stored.arrayBuffer()).equals(bytes)).toBe(true);
    },
  );

  it("holds no more than one long file at a time", async () => {
    const most = 8 * FileWriter.PART;
    const part = Buffer.alloc(FileWriter.PART, 6);
    const parts = async (writer: FileWriter, count: number) => {
      for (let n = 0; n < count; n++) await writer.write(part);
      return writer.begun;
    };
    const [first, second, third] = ["crowd-1", "crowd-2", "crowd-3"].map((key) => files.writer(key, { most }));
    expect(await parts(first!, 8)).toBe(false);
    expect(await parts(second!, 4)).toBe(false);
    expect(await parts(third!, 3)).toBe(true);
    await first!.abort();
    await second!.finish();
    const fourth = files.writer("crowd-4", { most });
    expect(await parts(fourth, 8)).toBe(false);
    expect(Buffer.concat(fourth.held!)).toHaveLength(most);
    for (const writer of [third!, fourth, fourth]) await writer.abort();
    const others = {};
    expect(mayHold(others, MOST_HELD)).toBe(true);
    letGo(others);
    expect((await env.FILES.list({ prefix: "crowd-" })).objects.map(({ key, size }) => [key, size])).toEqual([
      ["crowd-2", 4 * FileWriter.PART],
    ]);
  });

  it("that is given up leaves nothing", async () => {
    const writer = files.writer("given-up");
    await writer.write(LONG);
    await writer.abort();
    await writer.abort();
    expect(await env.FILES.head("given-up")).toBeNull();
  });

  it("of parts in any order", async () => {
    const sink = await files.parts("parts");
    await sink.send(3, Buffer.from("end"));
    await sink.send(2, Buffer.alloc(PartSink.PART, 2));
    await sink.send(1, Buffer.alloc(PartSink.PART, 1));
    await sink.complete();
    const stored = Buffer.from(await (await env.FILES.get("parts"))!.arrayBuffer());
    expect([stored.length, stored[0], stored[PartSink.PART], stored.subarray(-3).toString()]).toEqual([
      2 * PartSink.PART + 3,
      1,
      2,
      "end",
    ]);
  });

  it("checks the bytes against their MD5", async () => {
    const wrong = files.put("checked", Buffer.from("x"), { md5: "0".repeat(32) });
    await expect(wrong).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await env.FILES.head("checked")).toBeNull();
  });

  it("copies, lists and deletes", async () => {
    await files.copy("source", "copy/b");
    await files.put("copy/a", Buffer.from("a"));
    await expect(files.copy("nowhere", "copy/c")).rejects.toMatchObject({ code: "MISSING" });
    const { files: listed, cursor } = await files.list("copy/");
    expect([listed.map(({ key, size }) => [key, size]), cursor]).toEqual([
      [
        ["copy/a", 1],
        ["copy/b", CONTENT.length],
      ],
      null,
    ]);
    await files.delete(["copy/a", "copy/b", "copy/never"]);
    await files.delete([]);
    expect((await files.list("copy/")).files).toEqual([]);
  });
});
