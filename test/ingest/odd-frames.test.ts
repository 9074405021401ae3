/**
 * Broken and odd frames by families, through the real route: never a 5xx, a refusal names the file and what is wrong with
 * it, a frame that was taken can be listed, shown and had back, and in the end both lists of the check are empty.
 */
import { env } from "cloudflare:workers";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fixture } from "../fixture.ts";
import { addRecordedUsers, request, TOKENS } from "../http/archive.ts";
import { type Cards, cardImage, emptyPrimary, extensionBytes, frameBytes, frameCards, headerBytes } from "./headers.ts";

beforeAll(addRecordedUsers);

const DASH = "----------platevault";
let cases = 0;

interface Answer {
  created: number;
  filenames: string[];
  errors?: string[];
}

/** A form written byte by byte: no client would send some of these names. */
async function upload(filename: string, bytes: Uint8Array): Promise<Answer> {
  cases++;
  const head = `--${DASH}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${DASH}--\r\n`)]);
  const response = await request("/frames/create/", {
    method: "POST",
    body,
    token: TOKENS.admin,
    headers: { "Content-Type": `multipart/form-data; boundary=${DASH}` },
  });
  expect(response.status, filename).toBe(200);
  return response.json();
}

/** Refused, in words that match. */
async function refused(filename: string, bytes: Uint8Array, words: RegExp): Promise<void> {
  const { created, errors } = await upload(filename, bytes);
  expect([filename, created, errors]).toEqual([filename, 0, [expect.stringMatching(words)]]);
  expect(errors![0], filename).not.toMatch(/its log says why|undefined|\[object|Cannot read|is not a function/);
}

/** Taken: listed, its headers, preview and aggregate answered, and the very bytes given back. Answers the frame object. */
async function taken(filename: string, bytes: Uint8Array): Promise<Record<string, unknown>> {
  const { created, filenames, errors } = await upload(filename, bytes);
  expect([filename, created, errors]).toEqual([filename, 1, undefined]);
  const get = (path: string) => request(path, { token: TOKENS.admin });
  const list = await get(`/frames/?basename_exact=${encodeURIComponent(filenames[0]!)}`);
  const { results } = (await list.json()) as { results: Record<string, unknown>[] };
  const [frame] = results;
  expect([filename, results.length], filename).toEqual([filename, 1]);
  expect(String(frame!.DATE_OBS), filename).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const download = await get(`/frames/${frame!.id}/download/?original=true`);
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes), filename).toBe(true);
  for (const route of ["headers/", "preview/", "related/"]) {
    const response = await get(`/frames/${frame!.id}/${route}`);
    expect([filename, route, response.status < 500], filename).toEqual([filename, route, true]);
    await response.arrayBuffer();
  }
  return frame!;
}

let count = 0;
/** A frame with some of its cards changed, under a name of its own. */
function frame(more: Cards = {}, rows = 2): Buffer {
  return frameBytes({ FNAME: `odd-${++count}`, ...more }, rows);
}

afterAll(async () => {
  expect(cases).toBeGreaterThan(150);
  const check = await request("/admin/api/check/files/", { token: TOKENS.admin });
  expect(await check.json()).toMatchObject({ orphans: [], missing: [] });
  const counters = await request("/admin/api/check/counters/", { token: TOKENS.admin });
  expect(await counters.json()).toEqual({ differences: [] });
  expect((await env.FILES.list({ prefix: "incoming/" })).objects).toEqual([]);
});

describe("files cut off", () => {
  const whole = Buffer.concat([
    emptyPrimary(),
    extensionBytes({ EXTNAME: "SCI", FNAME: "cut" }, 800),
    extensionBytes({ EXTNAME: "MASK" }, 800),
  ]);
  const SECOND = 2880 + 2880 + 8640;

  it.each([0, 1, 5, 79, 80, 2879])("within the first block (%i bytes)", (size) =>
    refused(`cut-${size}.fits`, whole.subarray(0, size), /empty|not a FITS file|ends at byte/),
  );

  it.each([2880 + 79, 5759, 5761, 5760 + 6399, SECOND + 2879, SECOND + 2881, whole.length - 2880])(
    "behind it (%i bytes)",
    (size) => refused(`cut-${size}.fits`, whole.subarray(0, size), /ends at byte \d+|END/),
  );

  it("at the end of the primary HDU", () => refused("cut-a.fits", whole.subarray(0, 2880), /no image/));

  it("within the padding of the last HDU, which loses nothing", async () => {
    await taken("cut-padding.fits", whole.subarray(0, whole.length - 1));
  });

  it.each([0, 1])("behind the science image (and %i bytes): what is left is a whole file", async (more) => {
    await taken("cut-b.fits", whole.subarray(0, SECOND + more));
  });

  it.each([1, 9, 10, 17, 60, 200])("as gzip (%i bytes)", (size) =>
    refused(`cut-${size}.fits.gz`, gzipSync(whole).subarray(0, size), /gzip|truncated|ends|not a FITS file|cut/i),
  );

  it("as gzip with a wrong check sum or length", async () => {
    for (const at of [8, 4]) {
      const bytes = gzipSync(whole);
      bytes[bytes.length - at]! ^= 0xff;
      await refused(`sum-${at}.fits.gz`, bytes, /gzip|check|CRC|length/i);
    }
  });

  it("of a tile-compressed file", async () => {
    const packed = Buffer.from(await fixture("pack/tiles.fits.fz").catch(() => fixture("fits/noise-i2.fits.fz")));
    for (const size of [2880 * 2 + 1, 2880 * 3, packed.length - 2881]) {
      await refused(`cut-${size}.fits.fz`, packed.subarray(0, size), /ends at byte|END|DATE-OBS/);
    }
  });
});

describe("headers that cannot be", () => {
  it.each<[Cards, RegExp]>([
    [{ SIMPLE: false }, /SIMPLE = F in its first header says that it does not conform to FITS/],
    [{ BITPIX: 17 }, /BITPIX/],
    [{ BITPIX: 0 }, /BITPIX/],
    [{ BITPIX: "16" }, /BITPIX/],
    [{ NAXIS: -1 }, /NAXIS/],
    [{ NAXIS: 1000 }, /NAXIS/],
    [{ NAXIS: "`2.5`" }, /NAXIS/],
    [{ NAXIS: 3 }, /NAXIS3/],
    [{ NAXIS: 0 }, /no image/],
    [{ NAXIS1: -4 }, /NAXIS1/],
    [{ NAXIS1: 0 }, /no image|empty|NAXIS1/],
    [{ NAXIS2: "`1E4`" }, /ends at byte/],
    [{ NAXIS1: 2_147_483_647 }, /ends at byte/],
    [{ NAXIS1: "`9223372036854775807`" }, /NAXIS1|large|ends at byte/],
    [{ NAXIS1: 4_000_000_000, NAXIS2: 4_000_000_000 }, /NAXIS|large|ends at byte/],
    [{ NAXIS1: 99_999_999, NAXIS2: 99_999_999 }, /NAXIS|large|ends at byte/],
  ])("%j", (cards, words) => refused("header.fits", frame(cards), words));

  it("without one of the cards that must be", async () => {
    for (const missing of ["SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2", "DATE-OBS"]) {
      const { [missing]: _, ...cards } = frameCards({ FNAME: "missing" });
      await refused(`no-${missing}.fits`, Buffer.concat([headerBytes(cards), Buffer.alloc(2880)]), new RegExp(missing));
    }
  });

  it("without an end, however long", async () => {
    const endless = Buffer.alloc(2880 * 40, cardImage("SIMPLE", true).padEnd(80) + "COMMENT on and on".padEnd(80));
    await refused("endless.fits", endless, /END|ends at byte|BITPIX|SIMPLE/);
  });

  it("of things that are no FITS files", async () => {
    const kinds: [string, Buffer][] = [
      ["text.fits", Buffer.from("SIMPLE as that")],
      ["page.fits", Buffer.from("<!doctype html><title>503</title>".repeat(200))],
      ["zeros.fits", Buffer.alloc(5760)],
      ["spaces.fits", Buffer.alloc(5760, " ")],
      ["zip.fits", Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(5000)])],
      ["noise.fits", Buffer.from(Array.from({ length: 6000 }, (_, i) => (i * 7919) >> 3))],
      ["empty.fits", Buffer.alloc(0)],
      ["empty.fits.gz", gzipSync(Buffer.alloc(0))],
      ["twice.fits.gz", gzipSync(gzipSync(frame()))],
    ];
    for (const [name, bytes] of kinds)
      await refused(name, bytes, /not a FITS file|empty|gzip|zip, which is not taken|before END/);
  });

  it("that inflate without end", async () => {
    const bomb = gzipSync(Buffer.alloc(40_000_000));
    await refused("bomb.fits.gz", bomb, /not a FITS file|SIMPLE/);
    const inside = gzipSync(Buffer.concat([frame({ NAXIS1: 4, NAXIS2: 2_000_000 }), Buffer.alloc(8_000_000)]));
    await refused("inside.fits.gz", inside, /ends at byte/);
  });
});

describe("tables of tiles that lie", () => {
  it.each<[string, Cards]>([
    ["descriptors far behind the heap", { PCOUNT: 0 }],
    ["a negative heap", { PCOUNT: -5 }],
    ["tiles of nothing", { ZTILE1: 0 }],
    ["an unknown codec", { ZCMPTYPE: "LZMA_9" }],
    ["an image larger than its tiles", { ZNAXIS2: 100_000 }],
    ["an image of no size", { ZNAXIS1: -1 }],
    ["no type of pixel", { ZBITPIX: 13 }],
  ])("%s", async (_, changes) => {
    const bytes = Buffer.from(await fixture("fits/noise-i2.fits.fz"));
    const text = bytes.subarray(2880, 2880 * 4).toString("latin1");
    for (const [keyword, value] of Object.entries(changes)) {
      const at = text.indexOf(keyword.padEnd(8) + "=");
      expect(at % 80, keyword).toBe(0);
      bytes.write(cardImage(keyword, value), 2880 + at, "latin1");
    }
    // Whether taken or refused: never a failure of the archive's own.
    const { created, errors } = await upload("tiles.fits.fz", bytes);
    expect([created, errors?.length ?? 0]).toEqual(created === 1 ? [1, 0] : [0, 1]);
    expect(String(errors)).not.toMatch(/its log says why/);
  });
});

describe("names", () => {
  it.each<[string, string]>([
    ["../../../etc/passwd.fits", "passwd"],
    ["..\\\\..\\\\evil.fits", "evil"],
    ["C:/frames/night.fits", "night"],
    ["שלום עולם.fits", "שלום עולם"],
    ["\u202egnp.fits", "\u202egnp"],
    ["star ★ 星.fits", "star ★ 星"],
    ["%2e%2e%2fy.fits", "y"],
    ["<img src=x onerror=alert(1)>.fits", "<img src=x onerror=alert(1)>"],
    ["'; DROP TABLE frame; --.fits", "'; DROP TABLE frame; --"],
    [".hidden.fits", ".hidden"],
    ["x.fits.fz.gz", "x"],
    ["a.b.c.fits", "a.b.c"],
  ])("%j is the frame %j", async (filename, basename) => {
    const { FNAME: _, ...cards } = frameCards();
    const found = await taken(filename, Buffer.concat([headerBytes(cards), Buffer.alloc(2880, ++count)]));
    expect(found.basename).toBe(basename);
    const { objects } = await env.FILES.list({ prefix: "frames/" });
    for (const { key } of objects)
      expect(key).toMatch(/^frames\/goe\/\d{4}-\d\d-\d\d\/[^/]+$|^frames\/[^/]+\/[^/]+\/[^/]+$/);
  });

  it.each<[string, RegExp]>([
    [`${"n".repeat(300)}.fits`, /longer than 200 bytes/],
    [`${"é".repeat(101)}.fits`, /longer than 200 bytes/],
    ["..", /no name|which name|has no name/],
    [".fits", /no name|which name|has no name/],
    ["nul\0.fits", /control characters/],
    ["bell\x07.fits", /control characters/],
  ])("%j is none", (filename, words) => {
    const { FNAME: _, ...cards } = frameCards();
    return refused(filename, Buffer.concat([headerBytes(cards), Buffer.alloc(2880, ++count)]), words);
  });

  it.each(["../up", "a/../../b", "/etc/passwd", "..", "\\\\host\\share"])(
    "a FNAME of %j leaves nothing outside",
    async (FNAME) => {
      const { created, errors } = await upload("named.fits", frameBytes({ FNAME, OBJECT: `${++count}` }));
      expect([created, errors?.length ?? 0]).toEqual(created === 1 ? [1, 0] : [0, 1]);
    },
  );

  it.each<Cards>([
    { SITEID: "../../secret" },
    { SITEID: ".." },
    { SITEID: "/" },
    { SITEID: "a/b/c" },
    { SITEID: "x".repeat(68) },
    { SITEID: "\x01\x7f" },
    { SITEID: "gö‮e" },
    { TELID: "../..", INSTRUME: "../.." },
  ])("nor do other headers: %j", async (cards) => {
    await taken("site.fits", frame(cards));
    for (const { key } of (await env.FILES.list()).objects) {
      expect(key).toMatch(/^(frames|previews)\//);
      expect(key.split("/")).not.toContain("..");
      expect(key).not.toMatch(/\p{Cc}/u);
    }
  });

  it("twice in one form are a version and a duplicate", async () => {
    const one = frameBytes({ FNAME: "twice" });
    const form = new FormData();
    for (const bytes of [one, frameBytes({ FNAME: "twice", OBJECT: "b" }), one]) {
      form.append("file", new File([bytes as Uint8Array<ArrayBuffer>], "same.fits"));
    }
    const response = await request("/frames/create/", { method: "POST", body: form, token: TOKENS.admin });
    expect(await response.json()).toMatchObject({
      created: 3,
      filenames: ["twice", "twice", "twice"],
      duplicates: ["twice"],
    });
  });
});

describe("values", () => {
  it.each<[string | number, string]>([
    ["2016-12-31T23:59:60.5", "2017-01-01T00:00:00.500Z"],
    ["2024-03-31T02:30:00+02:00", "2024-03-31T00:30:00.000Z"],
    ["2024-10-27T02:30:00-0330", "2024-10-27T06:00:00.000Z"],
    ["0001-01-01T00:00:00", "0001-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999", "9999-12-31T23:59:59.999Z"],
    [20240115, "2024-01-15T00:00:00.000Z"],
    ["31/12/99", "1999-12-31T00:00:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2024-01-15T24:00:00", "2024-01-16T00:00:00.000Z"],
  ])("DATE-OBS %j is %s", async (date, utc) => {
    const { "DAY-OBS": _, ...cards } = frameCards({ FNAME: `odd-${++count}`, "DATE-OBS": date });
    const found = await taken("date.fits", Buffer.concat([headerBytes(cards), Buffer.alloc(2880)]));
    expect(found.DATE_OBS).toBe(utc);
  });

  it.each([
    "NaN",
    "",
    "yesterday",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-01-15T25:00:00",
    "2024-01-15T12:60:00",
    "-0001-01-01",
    "10000-01-01",
    "2024-01-15T12:00:61",
    "31/12/2099x",
    "0000-00-00T00:00:00",
    "0000-01-01T00:00:00",
  ])("DATE-OBS %j is none", (date) => refused("date.fits", frame({ "DATE-OBS": date }), /DATE-OBS/));

  it.each(["20240115", "2024-01-15"])("DAY-OBS %j is a night", async (night) => {
    expect((await taken("night.fits", frame({ "DAY-OBS": night }))).night).toBe("2024-01-15");
  });

  it.each(["2024-02-30", "0", "not a day", "99999999"])("DAY-OBS %j is none", (night) =>
    refused("night.fits", frame({ "DAY-OBS": night }), /^night\.fits: DAY-OBS /),
  );

  it.each<[string, string | number | boolean | null]>([
    ["EXPTIME", -5],
    ["EXPTIME", "`1E400`"],
    ["EXPTIME", "NaN"],
    ["EXPTIME", "inf"],
    ["EXPTIME", "30 s"],
    ["EXPTIME", true],
    ["BZERO", "zero"],
    ["XBINNING", 0],
    ["XBINNING", -2],
    ["XBINNING", "`2.5`"],
    ["XBINNING", 1_000_000],
    ["CCDSUM", "two two"],
    ["RLEVEL", "raw"],
    ["RLEVEL", -1],
    ["RLEVEL", "`1E99`"],
    ["OBJECT", "\x07\x1b[31m"],
    ["OBJECT", "=cmd|' /C calc'!A0"],
    ["OBJECT", 42],
    ["OBJECT", null],
    ["FILTER", "V/../../R"],
    ["FILTER", "ALL"],
    ["FILTER", "None"],
    ["IMAGETYP", "x".repeat(68)],
    ["IMAGETYP", 7],
    ["L1PUBDAT", "NaN"],
    ["L1PUBDAT", "2024-99-99"],
    ["L1RAW", "../../x"],
    ["L1BIAS", 3],
    ["REQNUM", "`1E308`"],
  ])("%s = %j is taken with a warning or refused by its name", async (keyword, value) => {
    const { created, errors } = await upload("value.fits", frame({ [keyword]: value }));
    if (created === 0) expect(errors).toEqual([expect.stringContaining(keyword)]);
    else expect(errors).toBeUndefined();
  });

  it.each<Cards>([
    { "TEL-RA": 360, "TEL-DEC": 0 },
    { "TEL-RA": -1, "TEL-DEC": 0 },
    { "TEL-RA": "24:00:00", "TEL-DEC": "-90:00:00" },
    { "TEL-RA": 10, "TEL-DEC": 91 },
    { "TEL-RA": "`1E300`", "TEL-DEC": 0 },
    { "TEL-RA": "nowhere", "TEL-DEC": "13:99:99" },
    { "TEL-RA": 10 },
    { CTYPE1: "RA---TAN", CTYPE2: "DEC--TAN", CRVAL1: 0, CRVAL2: 90, CRPIX1: 1, CRPIX2: 1, CDELT1: 0, CDELT2: 0 },
    { CTYPE1: "RA---ZZZ", CTYPE2: "DEC--ZZZ", CRVAL1: 999, CRVAL2: -999, CRPIX1: "`1E99`", CD1_1: "`1E-320`" },
    { CTYPE1: "RA---TAN", CTYPE2: "RA---TAN", CRVAL1: "x", CRVAL2: "y" },
  ])("a place of %j lies on the sky or nowhere", async (cards) => {
    const { RA, DEC, area } = await taken("place.fits", frame(cards));
    if (RA !== null) expect(RA).toSatisfy((ra: number) => ra >= 0 && ra < 360);
    if (DEC !== null) expect(DEC).toSatisfy((dec: number) => Math.abs(dec) <= 90);
    expect(JSON.stringify(area ?? null)).not.toMatch(/NaN|Infinity|null,|,null/);
  });
});
