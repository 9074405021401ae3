import { Buffer } from "node:buffer";
import { describe, expect, it } from "vitest";
import { factsOf, lookupOf } from "../../src/archive/facts.ts";
import { formatTemplate } from "../../src/archive/formatter.ts";
import { basenameOf, checkName, directoryOf, segmentOf, stripExtensions } from "../../src/archive/names.ts";
import { readConfig } from "../../src/config.ts";
import { FitsFile } from "../../src/fits/file.ts";
import { Header } from "../../src/fits/header.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { fixtureJson } from "../fixture.ts";
import { type Cards, emptyPrimary, extensionBytes, frameBytes, headerBytes } from "./headers.ts";

const SETTINGS = { SECRET_KEY: "x".repeat(32) };

async function read(bytes: Uint8Array, settings: Record<string, string> = {}) {
  const file = new FitsFile(new MemorySource(bytes), {});
  const science = await file.science();
  const lookup = lookupOf(science, await file.hdu(0));
  const facts = factsOf(lookup, science, readConfig({ ...SETTINGS, ...settings }));
  return { facts, warnings: lookup.warnings };
}

/** Facts of a frame whose header says this, too; null takes a card away. */
async function facts(more: Cards, settings: Record<string, string> = {}) {
  const cards = Object.entries(more).filter(([, value]) => value !== null);
  const without = Object.keys(more).filter((keyword) => more[keyword] === null);
  const bytes = frameBytes(Object.fromEntries(cards));
  const text = bytes.toString("latin1").replace(/.{80}/gs, (image) => {
    return without.includes(image.slice(0, 8).trim()) ? "COMMENT".padEnd(80) : image;
  });
  return read(Buffer.from(text, "latin1"), settings);
}

interface Expectations {
  cards: [string][];
  cases: { template: string; text?: string; error?: string }[];
}

describe("templates", () => {
  it("come out as pyobs-archive's own formatter has them", async () => {
    const { cards, cases } = await fixtureJson<Expectations>("ingest/formatter.json");
    const header = Header.parse(headerBytes(cards.map(([image]) => image)));
    let compared = 0;
    for (const { template, text, error } of cases) {
      const format = () => formatTemplate(template, header);
      if (text !== undefined) expect(format(), template).toBe(text);
      else if (/^(Key|Value)Error/.test(error!)) expect(format, template).toThrow();
      else continue; // the original failed on a value's type; its text is taken here
      compared++;
    }
    expect(compared).toBeGreaterThan(500);
  });

  it("take numbers as Python prints them, where the original failed", () => {
    const header = Header.parse(headerBytes({ INT: 7, REAL: "`30.0`", SMALL: "`1.5E-7`", FLAG: true }));
    expect(formatTemplate("{INT}-{REAL}-{SMALL}-{FLAG}", header)).toBe("7-30.0-1.5e-07-True");
  });

  it("put in values once: what looks like a placeholder in a value stays", () => {
    const header = Header.parse(headerBytes({ A: "{B}", B: "x" }));
    expect(formatTemplate("{A}-{B}", header)).toBe("{B}-x");
  });

  it("name the placeholder and the keyword in their errors", () => {
    const header = Header.parse(headerBytes({ A: "x" }));
    expect(() => formatTemplate("{NOWHERE}", header)).toThrow("Keyword 'NOWHERE' not found.");
    expect(() => formatTemplate("{A|upper}", header)).toThrow(
      '{A|upper} cannot be filled in: there is no method "upper"',
    );
    expect(() => formatTemplate("{A|string:05d}", header)).toThrow("whole number");
  });
});

describe("names", () => {
  it.each([
    ["a.b.fits", "a.b"],
    ["x.fits.fz", "x"],
    ["x.FITS.GZ", "x"],
    ["x.fits.fz.gz", "x"],
    ["frame.v1.2.fts", "frame.v1.2"],
    ["x.fit", "x"],
    ["x.bz2", "x.bz2"],
    ["x.fitsy", "x.fitsy"],
  ])("of %s is %s", (file, name) => {
    expect(stripExtensions(file)).toBe(name);
  });

  it.each([
    ["../../evil.fits", "evil"],
    ["C:\\night\\a.fits", "a"],
    ["/data/night/a.fits", "a"],
    [".fits", null],
    ["dir/", null],
    ["..", null],
    ["  ", null],
  ])("of the path %j is %j", (path, name) => {
    expect(basenameOf(path)).toBe(name);
  });

  it("are refused where they harm", () => {
    for (const name of ["", ".", "..", "a/b", "a\\b", "a\nb", "a\0b", "x".repeat(201), "月".repeat(67)]) {
      expect(() => checkName(name), JSON.stringify(name)).toThrow();
    }
    for (const name of ['my frame "q";x', "Göttingen", "x".repeat(200), "a..b"]) expect(checkName(name)).toBe(name);
  });

  it("never leave their directory", () => {
    for (const value of ["..", ".", "/", "../..", "a/../../b", "\\", "\0", "~", "", " ", "...", "a\nb"]) {
      const directory = directoryOf(`root/${segmentOf(value) || "unknown"}/x/`);
      expect(directory).toMatch(/^root\/[^/]+\/x\/$/);
      expect(directory.split("/")).not.toContain("..");
      expect(directory.split("/")).not.toContain(".");
    }
    expect(directoryOf("/absolute//path/")).toBe("absolute/path/");
    expect(new TextEncoder().encode(segmentOf("月".repeat(100))).length).toBeLessThanOrEqual(100);
    expect(segmentOf("Cafe\u0301")).toBe("Café");
  });
});

describe("facts", () => {
  it("of a plain frame", async () => {
    const { facts: found, warnings } = await facts({
      EXPTIME: "`30.0`",
      FILTER: "B",
      OBJECT: "HD 189733",
      RLEVEL: 1,
      REQNUM: "000100004",
      OBSNUM: "20240115-004",
      PROPID: "P1",
      "TEL-RA": "`300.182`",
      "TEL-DEC": "`-22.711`",
      L1RAW: "goe-0001-o00.fits",
    });
    expect(found).toEqual({
      siteid: "goe",
      telid: "0m50",
      instrume: "sb63",
      imagetyp: "object",
      filter: "B",
      object: "HD 189733",
      rlevel: 1,
      dateObs: Date.UTC(2024, 0, 15, 22, 4, 0, 123),
      night: "2024-01-15",
      exptime: 30,
      xbinning: 1,
      ybinning: 1,
      width: 4,
      height: 2,
      ra: 300.182,
      dec: -22.711,
      footprint: null,
      reqnum: "000100004",
      obsnum: "20240115-004",
      propid: "P1",
      publicDate: null,
      related: ["goe-0001-o00"],
    });
    expect(warnings).toEqual([]);
  });

  it.each<[string, Cards, Record<string, unknown>]>([
    ["OBSTYPE", { IMAGETYP: null, OBSTYPE: "BIAS" }, { imagetyp: "BIAS" }],
    ["no image type", { IMAGETYP: null }, { imagetyp: "" }],
    [
      "no site, telescope, instrument",
      { SITEID: null, TELID: null, INSTRUME: null },
      { siteid: "", telid: "", instrume: "" },
    ],
    ["TELESCOP", { TELID: null, TELESCOP: "1m0-10" }, { telid: "1m0-10" }],
    ["EXPOSURE", { EXPOSURE: 12 }, { exptime: 12 }],
    ["no exposure time", {}, { exptime: null, filter: null, object: null, rlevel: 0 }],
    ["a number written as a text", { EXPTIME: "12.5" }, { exptime: 12.5 }],
    ["filter wheels", { FILTER1: "air", FILTER2: "rp" }, { filter: "rp" }],
    ["filter wheels, all open", { FILTER1: "air", FILTER2: "clear" }, { filter: "air" }],
    ["CCDSUM", { XBINNING: null, YBINNING: null, CCDSUM: "2 3" }, { xbinning: 2, ybinning: 3 }],
    ["REQNUM as a number", { REQNUM: 4711 }, { reqnum: "4711" }],
    ["LCO's words for nothing", { REQNUM: "N/A", PROPID: "UNSPECIFIED" }, { reqnum: null, propid: null }],
    ["OBSID", { OBSID: "x1" }, { obsnum: "x1" }],
    ["sexagesimal RA and DEC", { RA: "12:30:00", DEC: "-00:30:00" }, { ra: 187.5, dec: -0.5 }],
    ["OBJCTRA", { OBJCTRA: "12 30 00", OBJCTDEC: "+10 15 00" }, { ra: 187.5, dec: 10.25 }],
    [
      "date only, and a time",
      { "DATE-OBS": "2024-01-15", UTSTART: "01:02:03.5" },
      { dateObs: Date.UTC(2024, 0, 15, 1, 2, 3, 500) },
    ],
    ["the century before", { "DATE-OBS": "01/02/99" }, { dateObs: Date.UTC(1999, 1, 1) }],
    ["a zone", { "DATE-OBS": "2024-01-15T22:00:00+02:00" }, { dateObs: Date.UTC(2024, 0, 15, 20) }],
    [
      "MJD-OBS where DATE-OBS is unreadable",
      { "DATE-OBS": "?", "MJD-OBS": "`60324.5`" },
      { dateObs: Date.UTC(2024, 0, 15, 12) },
    ],
    ["DAY-OBS as LCO writes it", { "DAY-OBS": "20240201" }, { night: "2024-02-01" }],
    ["no DAY-OBS", { "DAY-OBS": null, "DATE-OBS": "2024-01-16T02:00:00" }, { night: "2024-01-16" }],
    ["L1PUBDAT", { L1PUBDAT: "2025-02-01T19:02:03.123" }, { publicDate: Date.UTC(2025, 1, 1, 19, 2, 3, 123) }],
    ["a long text", { OBJECT: "" }, { object: null }],
  ])("by %s", async (_, cards, expected) => {
    expect((await facts(cards)).facts).toMatchObject(expected);
  });

  it("take the night from the site's longitude", async () => {
    const frame: Cards = { "DAY-OBS": null, "DATE-OBS": "2024-01-16T02:00:00" };
    const longitudes = { SITE_LONGITUDES: '{"goe": -70.7}' };
    expect((await facts(frame, longitudes)).facts.night).toBe("2024-01-15");
    expect((await facts({ ...frame, LONGITUD: "`9.94`" })).facts.night).toBe("2024-01-15");
    expect((await facts({ ...frame, SITEID: "elsewhere" }, longitudes)).facts.night).toBe("2024-01-16");
  });

  it("give frames without L1PUBDAT the archive's embargo", async () => {
    const { facts: found } = await facts({}, { PROPRIETARY_DAYS: "365" });
    expect(found.publicDate).toBe(found.dateObs + 365 * 86_400_000);
  });

  it("take the position from the image's own coordinates before the pointing", async () => {
    const wcs: Cards = {
      CTYPE1: "RA---TAN",
      CTYPE2: "DEC--TAN",
      CRVAL1: 10,
      CRVAL2: 20,
      CRPIX1: "`2.5`",
      CRPIX2: "`1.5`",
      CDELT1: "`-0.001`",
      CDELT2: "`0.001`",
    };
    const { facts: found } = await facts({ ...wcs, "TEL-RA": 50, "TEL-DEC": 50 });
    expect(found.ra).toBeCloseTo(10, 9);
    expect(found.dec).toBeCloseTo(20, 9);
    expect(found.footprint).toHaveLength(4);
    const broken = await facts({ ...wcs, CTYPE1: "RA---XYZ", CTYPE2: "DEC--XYZ", "TEL-RA": 50, "TEL-DEC": 51 });
    expect(broken.facts).toMatchObject({ ra: 50, dec: 51, footprint: null });
    expect(broken.warnings.join()).toMatch(/world coordinates are not used/);
  });

  it("outline an image without coordinates by its pointing and pixel scale, where both are given", async () => {
    const pointing: Cards = { "TEL-RA": 50, "TEL-DEC": 0 };
    const footprint = async (more: Cards) => (await facts({ ...pointing, ...more })).facts.footprint;
    // 4 × 2 pixels of 36″: 0.04° × 0.02° around the pointing, north up, east left.
    const expected = [
      [50.02, -0.01],
      [49.98, -0.01],
      [49.98, 0.01],
      [50.02, 0.01],
    ];
    const stated: Cards[] = [{ PIXSCALE: 36 }, { SECPIX: "36.0" }, { XPIXSZ: 10, FOCALLEN: "`57.29577951308232`" }];
    for (const cards of stated) {
      const found = await footprint(cards);
      for (const [i, [ra, dec]] of expected.entries()) {
        expect(found![i]![0]).toBeCloseTo(ra!, 7);
        expect(found![i]![1]).toBeCloseTo(dec!, 7);
      }
    }
    const silent: Cards[] = [{}, { PIXSCALE: 0 }, { PIXSCALE: "N/A" }, { XPIXSZ: 9, FOCALLEN: 0 }, { FOCALLEN: 500 }];
    for (const cards of silent) expect(await footprint(cards)).toBeNull();
  });

  it("keep a word about what was odd", async () => {
    const { facts: found, warnings } = await facts({ RLEVEL: "`1.5`", RA: "here", DEC: "there", REQNUM: 5 });
    expect(found).toMatchObject({ rlevel: 1, ra: null, dec: null });
    expect(warnings.join("\n")).toMatch(/RLEVEL is 1.5; taken as 1.*RA and DEC are not used.*REQNUM is no text/s);
  });

  it.each<[string, Cards, RegExp]>([
    ["no DATE-OBS", { "DATE-OBS": null, "MJD-OBS": 60324 }, /^Could not find DATE-OBS in FITS header\.$/],
    ["a DATE-OBS that is none", { "DATE-OBS": "yesterday" }, /DATE-OBS "yesterday" is no date/],
    ["an EXPTIME that is none", { EXPTIME: "abc" }, /Field 'EXPTIME' expected a number but got 'abc'/],
    ["a DAY-OBS that is none", { "DAY-OBS": "not a day" }, /^DAY-OBS "not a day" is no night/],
    ["an embargo that nobody can read", { L1PUBDAT: "soon" }, /L1PUBDAT "soon" is no date/],
  ])("refuse %s", async (_, cards, message) => {
    await expect(facts(cards)).rejects.toMatchObject({ code: "BAD_PARAMETER", message });
  });

  it("look into the primary header for what the image's own does not say", async () => {
    const primary = emptyPrimary({ OBJECT: "M 51", FILTER: "V", EXPTIME: 5 });
    const inherits = await read(Buffer.concat([primary, extensionBytes({ FILTER: "R" })]));
    expect(inherits.facts).toMatchObject({ object: "M 51", filter: "R", exptime: 5 });
    const alone = await read(Buffer.concat([primary, extensionBytes({ INHERIT: false })]));
    expect(alone.facts).toMatchObject({ object: null, filter: null, exptime: null });
  });

  it("collect related names once each, without paths and extensions", async () => {
    const { facts: found } = await facts({
      L1AVGBIA: "master-bias",
      L1BIAS: "/data/b.fits",
      L1DARK: "d.fits.fz",
      L1FLAT: "N/A",
      L1RAW: "",
      L1IDFLAT: "flat",
      IMCMB001: "raw1.fits[1]",
      IMCMB002: "raw2.fit[SCI,1]",
      IMCMB003: "raw1",
      L1MEAN: "no-name",
      L1FWHM: "`2.1`",
    });
    expect(found.related).toEqual(["master-bias", "b", "d", "flat", "raw1", "raw2"]);
  });
});
