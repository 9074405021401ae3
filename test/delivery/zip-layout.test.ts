import { crc32 } from "node:zlib";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { safeName, UniqueNames } from "../../src/archive/bundle-names.ts";
import { ZipLayout } from "../../src/archive/zip-layout.ts";
import type { ZipEntry } from "../../src/archive/zip-records.ts";

/** Numbers in [0, 1), the same in every run (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Sample {
  layout: ZipLayout;
  contents: Uint8Array[];
}

function sample(seed: number): Sample {
  const next = random(seed);
  const names = ["a.fits", "ümlaut-é.fits.fz", "x".repeat(200), "b/c d.fits.gz", "日本.fits", "e"];
  const entries: ZipEntry[] = [];
  const contents: Uint8Array[] = [];
  for (const name of names.slice(0, 1 + Math.floor(next() * names.length))) {
    const content = Uint8Array.from({ length: Math.floor(next() * 120) * (next() < 0.3 ? 0 : 1) }, () => next() * 256);
    contents.push(content);
    entries.push({
      name: `pyobsdata-20261122/${name}`,
      method: 0,
      size: content.length,
      packedSize: content.length,
      crc32: crc32(content),
      modified: Date.UTC(2024, 0, 15, 20, 33, 21),
    });
  }
  return { layout: new ZipLayout(entries), contents };
}

function bytesOf({ layout, contents }: Sample, start?: number, end?: number): Uint8Array {
  const parts = [...layout.pieces(start, end)].map((piece) =>
    "bytes" in piece ? piece.bytes : contents[piece.entry]!.subarray(piece.offset, piece.offset + piece.length),
  );
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

describe("the layout of a zip", () => {
  it("has the length it says and opens in fflate with every member whole", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const one = sample(seed);
      const whole = bytesOf(one);
      expect(whole.length).toBe(one.layout.size);
      const opened = unzipSync(whole);
      expect(Object.keys(opened)).toEqual(one.layout.entries.map((entry) => entry.name));
      for (const [i, entry] of one.layout.entries.entries()) expect(opened[entry.name]).toEqual(one.contents[i]);
    }
  });

  it("answers any range with the same bytes as the whole", () => {
    let ranges = 0;
    for (let seed = 100; seed < 140; seed++) {
      const one = sample(seed);
      const whole = bytesOf(one);
      const next = random(seed);
      const check = (start: number, end: number) => {
        const part = bytesOf(one, start, end);
        if (part.length !== end - start || part.some((byte, i) => byte !== whole[start + i])) {
          expect.fail(`bytes ${start}–${end} of zip ${seed}`);
        }
        ranges++;
      };
      for (let i = 0; i < 60; i++) {
        const start = Math.floor(next() * (whole.length + 1));
        check(start, start + Math.floor(next() * (whole.length + 1 - start)));
      }
      // Every border, with a byte to both sides: records begin where the signature "PK" stands.
      for (let at = 0; at < whole.length - 1; at++) {
        if (whole[at] !== 0x50 || whole[at + 1] !== 0x4b) continue;
        for (const start of [at - 1, at, at + 1, at + 29]) {
          const from = Math.min(Math.max(0, start), whole.length);
          for (const length of [0, 1, 2, 31]) check(from, Math.min(whole.length, from + length));
        }
      }
    }
    expect(ranges).toBeGreaterThan(5000);
  });

  it("is empty, yet a zip, without members", () => {
    const empty: Sample = { layout: new ZipLayout([]), contents: [] };
    expect(bytesOf(empty).length).toBe(22);
    expect(unzipSync(bytesOf(empty))).toEqual({});
  });

  it("gives records in blocks, not one by one", () => {
    const entries = Array.from({ length: 5000 }, (_, i) => ({ ...entryOf(`f${i}`, 0), packedSize: 0 }));
    const pieces = [...new ZipLayout(entries).pieces()];
    expect(pieces.length).toBeLessThan(20);
  });

  it("uses ZIP64 where a size, an offset or the number of members needs it, and only there", () => {
    const records = (layout: ZipLayout) =>
      [...layout.pieces(Math.max(0, layout.size - 98))]
        .map((piece) => ("bytes" in piece ? String.fromCharCode(...piece.bytes) : ""))
        .join("");
    const zip64 = "PK\x06\x06";
    const small = new ZipLayout([entryOf("a", 1000), entryOf("b", 0xfffffffe)]);
    expect(records(small)).toContain(zip64); // the central directory lies past 4 GiB
    expect(records(new ZipLayout([entryOf("a", 1000)]))).not.toContain(zip64);
    expect(records(new ZipLayout(Array.from({ length: 65_534 }, (_, i) => entryOf(`${i}`, 0))))).not.toContain(zip64);
    expect(records(new ZipLayout(Array.from({ length: 65_535 }, (_, i) => entryOf(`${i}`, 0))))).toContain(zip64);
    // 5 GB of a member: its header carries the sizes as 64-bit values, and the next one's place as well.
    const size = 5 * 2 ** 30 + 1;
    const large = new ZipLayout([entryOf("big", size), entryOf("after", 3)]);
    const header = [...large.pieces(0, 100)][0]!;
    if (!("bytes" in header)) throw new Error("a zip begins with a header");
    const view = new DataView(header.bytes.buffer, header.bytes.byteOffset);
    expect(view.getUint32(18, true)).toBe(0xffffffff);
    expect(view.getUint16(30 + 3, true)).toBe(1);
    expect(view.getBigUint64(30 + 3 + 4, true)).toBe(BigInt(size));
    expect(view.getBigUint64(30 + 3 + 12, true)).toBe(BigInt(size));
    const [piece] = [...large.pieces(header.bytes.length + 4 * 2 ** 30, header.bytes.length + 4 * 2 ** 30 + 10)];
    expect(piece).toEqual({ entry: 0, offset: 4 * 2 ** 30, length: 10 });
  });
});

function entryOf(name: string, size: number): ZipEntry {
  return { name, method: 0, size, packedSize: size, crc32: 0, modified: 0 };
}

describe("names of members", () => {
  it("cannot leave their folder or be something else than a file", () => {
    const hostile: [string, string][] = [
      ["../../etc/passwd", "__.._etc_passwd"],
      ["..", "_"],
      [".", "_"],
      ["", "_"],
      ["/etc/passwd", "_etc_passwd"],
      ["C:\\Windows\\x.fits", "C__Windows_x.fits"],
      ["a\0b\nc.fits", "a_b_c.fits"],
      ["con.fits", "_con.fits"],
      ["COM1", "_COM1"],
      ["name. . ", "name"],
      [".hidden.fits", "_hidden.fits"],
      ["evil\u202estif.exe", "evil_stif.exe"],
      ['my frame "q";x.fits.fz', "my frame _q_;x.fits.fz"],
      ["goe-0m50-sb63-20240115-0004-o00.fits.fz", "goe-0m50-sb63-20240115-0004-o00.fits.fz"],
    ];
    for (const [name, safe] of hostile) {
      expect(safeName(name), JSON.stringify(name)).toMatch(/^[^/\\:\0]+$/);
      expect(["", ".", ".."]).not.toContain(safeName(name));
      expect(safeName(name)).toBe(safe);
    }
    const long = safeName(`${"ä".repeat(500)}.fits.fz`);
    expect(new TextEncoder().encode(long).length).toBeLessThanOrEqual(240);
    expect(long.endsWith("ä.fits.fz")).toBe(true);
  });

  it("begin with nothing that hides them, is an option to programs or a formula to spreadsheets", () => {
    const given = ["-rf.fits", "=1.fits", "@x.fits", "+1.fits", ".hidden.fits", "a-b=c.fits"];
    expect(given.map(safeName)).toEqual(["_rf.fits", "_1.fits", "_x.fits", "_1.fits", "_hidden.fits", "a-b=c.fits"]);
  });

  it("are told apart, also where case or the form of accents does not count", () => {
    const names = new UniqueNames(["manifest.csv"]);
    const given = ["a.fits.fz", "A.fits.fz", "a.fits.fz", "a-2.fits.fz", "é.fits", "e\u0301.fits", "MANIFEST.csv"];
    const taken = given.map((name) => names.take(name));
    expect(taken).toEqual([
      "a.fits.fz",
      "A-2.fits.fz",
      "a-3.fits.fz",
      "a-2-2.fits.fz",
      "é.fits",
      "é-2.fits",
      "MANIFEST-2.csv",
    ]);
    expect(new Set(taken.map((name) => name.normalize("NFC").toLowerCase())).size).toBe(given.length);
    for (let i = 0; i < 20_000; i++) names.take("same.fits");
    expect(names.take("same.fits")).toBe("same-20001.fits");
  });
});
