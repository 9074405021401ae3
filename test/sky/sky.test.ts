import { describe, expect, it } from "vitest";
import { formatDec, formatRa, normaliseRa, parseDec, parseRa, separation } from "../../src/sky/angle.ts";
import { frameOf } from "../../src/sky/celestial-frame.ts";
import { parseDateObs } from "../../src/sky/date-obs.ts";
import { nightOf, parseNight } from "../../src/sky/night.ts";
import { parseRegion } from "../../src/sky/region.ts";
import { toRaDec, toVector } from "../../src/sky/vector.ts";
import { fixtureJson } from "../fixture.ts";

describe("angles", () => {
  it("reads right ascensions in degrees and in hours", () => {
    expect(parseRa("187.25")).toBe(187.25);
    expect(parseRa(0)).toBe(0);
    expect(parseRa("12:29:00")).toBeCloseTo(187.25, 12);
    expect(parseRa("12 29 00")).toBeCloseTo(187.25, 12);
    expect(parseRa("12h29m00.0s")).toBeCloseTo(187.25, 12);
    expect(parseRa("12h29m")).toBeCloseTo(187.25, 12);
    expect(parseRa("187d15m00s")).toBeCloseTo(187.25, 12);
    expect(parseRa("23:59:60.00")).toBe(0);
    expect(parseRa("360")).toBe(0);
    expect(parseRa("-10")).toBe(350);
  });

  it("keeps the sign of -0 degrees", () => {
    expect(parseDec("-00:30:00")).toBe(-0.5);
    expect(parseDec("-0 30 00")).toBe(-0.5);
    expect(parseDec("−00d30m00s")).toBe(-0.5);
    expect(parseDec("+41:16:09")).toBeCloseTo(41 + 16 / 60 + 9 / 3600, 12);
    expect(parseDec("-89:59:59.99")).toBeCloseTo(-(90 - 0.01 / 3600), 12);
    expect(formatDec(-0.5)).toBe("-00:30:00.0");
  });

  it.each(["", "abc", "25:00:00", "12:60:00", "12:00:61", "1e999", "361", "-181", "12:00:00:00", "NaN", "Infinity"])(
    "refuses the right ascension %j",
    (text) => {
      expect(() => parseRa(text)).toThrow(/right ascension/);
    },
  );

  it.each(["90.1", "91:00:00", "-91", "12h00m00s", "x", "--1"])("refuses the declination %j", (text) => {
    expect(() => parseDec(text)).toThrow(/declination/);
  });

  it("formats without 60 seconds", () => {
    expect(formatRa(187.25)).toBe("12:29:00.00");
    expect(formatRa(359.9999999)).toBe("00:00:00.00");
    expect(formatDec(59.99999999)).toBe("+60:00:00.0");
    expect(formatDec(-33.5, 3)).toBe("-33:30:00.000");
    for (let ra = 0; ra < 360; ra += 0.37) expect(parseRa(formatRa(ra, 9))).toBeCloseTo(ra, 10);
    expect(normaliseRa(-1e-20)).toBe(0);
  });

  it("measures distances as astropy does, from zero to antipodes", async () => {
    const cases = await fixtureJson<[number, number, number, number, number][]>("sky/separations.json");
    for (const [ra1, dec1, ra2, dec2, expected] of cases) {
      expect(Math.abs(separation(ra1, dec1, ra2, dec2) - expected)).toBeLessThanOrEqual(1e-14 * Math.max(1, expected));
    }
  });
});

describe("DATE-OBS", () => {
  const read = (text: string, context = {}) => new Date(parseDateObs(text, context)).toISOString();

  it("reads every form that headers have had", () => {
    expect(read("2024-02-01")).toBe("2024-02-01T00:00:00.000Z");
    expect(read("2024-02-01T01:02:03")).toBe("2024-02-01T01:02:03.000Z");
    expect(read("2024-02-01T01:02:03.000004")).toBe("2024-02-01T01:02:03.000Z");
    // Cut off behind the microseconds, as Django does: the minute that a header names stays the minute.
    expect(read("2024-02-01T01:02:03.9996")).toBe("2024-02-01T01:02:03.999Z");
    expect(read("2024-02-01T01:02:03.9999996")).toBe("2024-02-01T01:02:04.000Z");
    expect(read("2024-02-01 01:02:03.5")).toBe("2024-02-01T01:02:03.500Z");
    expect(read("2024-02-01T01:02:03Z")).toBe("2024-02-01T01:02:03.000Z");
    expect(read("2024-02-01T01:02:03+02:00")).toBe("2024-01-31T23:02:03.000Z");
    expect(read("2024-02-01T01:02")).toBe("2024-02-01T01:02:00.000Z");
    expect(read("2016-12-31T23:59:60.5")).toBe("2017-01-01T00:00:00.500Z");
    expect(read("20240201")).toBe("2024-02-01T00:00:00.000Z");
    expect(read("15/03/97")).toBe("1997-03-15T00:00:00.000Z");
    expect(read("15/03/24")).toBe("1924-03-15T00:00:00.000Z"); // §4.4.2.1: yy is 19yy
    expect(read("15/03/2024")).toBe("2024-03-15T00:00:00.000Z");
  });

  it("takes the time of day from a keyword of its own, only where DATE-OBS has none", () => {
    expect(read("15/03/97", { time: "21:22:23.5" })).toBe("1997-03-15T21:22:23.500Z");
    expect(read("1997-03-15", { time: 3600.25 })).toBe("1997-03-15T01:00:00.250Z");
    expect(read("1997-03-15T01:00:00", { time: "21:22:23" })).toBe("1997-03-15T01:00:00.000Z");
    expect(() => read("1997-03-15", { time: "noon" })).toThrow(/time of day/);
  });

  it("brings TAI, TT and TDB to UTC as astropy does", async () => {
    for (const [text, timesys, utc] of await fixtureJson<[string, string, string][]>("sky/dates.json")) {
      expect([text, read(text, { timesys })]).toEqual([text, read(utc)]);
    }
    expect(read("2024-01-01T00:00:18", { timesys: "GPS" })).toBe("2024-01-01T00:00:00.000Z");
    expect(read("2024-01-01T00:01:09.184", { timesys: "TT(TAI)" })).toBe("2024-01-01T00:00:00.000Z");
    expect(() => read("2024-01-01", { timesys: "LST" })).toThrow(/TIMESYS "LST"/);
    expect(() => read("1960-01-01", { timesys: "TAI" })).toThrow(/1972/);
  });

  it.each([
    "",
    "yesterday",
    "2024-02-30",
    "2023-02-29",
    "2024-13-01",
    "2024-02-01T25:00:00",
    "2024-02-01T01:60:00",
    "32/01/97",
    "2024-02-01T12:00:60",
  ])("refuses %j", (text) => {
    expect(() => parseDateObs(text)).toThrow(/DATE-OBS/);
  });
});

describe("the night", () => {
  it("is DAY-OBS, dashed or not", () => {
    expect(parseNight("2024-01-15")).toBe("2024-01-15");
    expect(parseNight("20240115")).toBe("2024-01-15");
    expect(parseNight(20240115)).toBe("2024-01-15");
    expect(() => parseNight("not a day")).toThrow(/YYYY-MM-DD/);
    expect(() => parseNight("2024-02-30")).toThrow(/YYYY-MM-DD/);
  });

  it("runs from local solar noon to noon", () => {
    const at = (text: string, longitude: number | null) => nightOf(Date.parse(text), longitude);
    expect(at("2024-01-16T03:00:00Z", 9.94)).toBe("2024-01-15"); // Göttingen
    expect(at("2024-01-16T11:00:00Z", 9.94)).toBe("2024-01-15");
    expect(at("2024-01-16T11:21:00Z", 9.94)).toBe("2024-01-16");
    expect(at("2024-01-16T08:00:00Z", -155.47)).toBe("2024-01-15"); // Hawaii: 22 h local on the 15th
    expect(at("2024-01-16T08:00:00Z", 204.53)).toBe("2024-01-15");
    expect(at("2024-01-16T23:00:00Z", -155.47)).toBe("2024-01-16");
    expect(at("2024-01-15T12:00:00Z", 149.07)).toBe("2024-01-15"); // Siding Spring: 22 h local
    expect(at("2024-01-15T18:00:00Z", 149.07)).toBe("2024-01-15"); // 4 h local on the 16th
    expect(at("2024-01-16T03:00:00Z", null)).toBe("2024-01-16");
  });
});

describe("frames", () => {
  it("go to ICRS and back as in astropy, to 0.01 mas", async () => {
    const cases = await fixtureJson<[string, number | null, number, number, number, number][]>("sky/frames.json");
    for (const [name, equinox, longitude, latitude, ra, dec] of cases) {
      const frame = name === "GALACTIC" ? frameOf("galactic") : frameOf("equatorial", name, equinox ?? undefined);
      const there = toRaDec(frame.toIcrs(toVector(longitude, latitude)));
      const back = toRaDec(frame.fromIcrs(toVector(ra, dec)));
      expect(separation(...there, ra, dec) * 3.6e6).toBeLessThan(0.01);
      expect(separation(...back, longitude, latitude) * 3.6e6).toBeLessThan(0.01);
    }
  });

  it("are chosen by RADESYS and EQUINOX as in FITS 4.0 §8.3", () => {
    expect(frameOf("equatorial").name).toBe("ICRS");
    expect(frameOf("equatorial", undefined, 2000).name).toBe("FK5");
    expect(frameOf("equatorial", undefined, 1950).name).toBe("FK4");
    expect(frameOf("equatorial", "ICRS", 2000).name).toBe("ICRS");
    expect(() => frameOf("equatorial", "GAPPT")).toThrow(/RADESYS/);
  });
});

describe("regions", () => {
  it("are read in the forms of WKT and of ADQL", () => {
    expect(parseRegion("POINT(10.5 -20)")).toEqual({ shape: "point", ra: 10.5, dec: -20 });
    expect(parseRegion("point 10.5 -20")).toEqual({ shape: "point", ra: 10.5, dec: -20 });
    expect(parseRegion("CIRCLE ICRS 10.5 -20 0.5")).toEqual({ shape: "circle", ra: 10.5, dec: -20, radius: 0.5 });
    expect(parseRegion("CIRCLE('ICRS', 10.5, -20, 0.5)")).toEqual({ shape: "circle", ra: 10.5, dec: -20, radius: 0.5 });
    const triangle = {
      shape: "polygon",
      vertices: [
        [1, 2],
        [3, 4],
        [5, -6],
      ],
    };
    expect(parseRegion("POLYGON((1 2, 3 4, 5 -6, 1 2))")).toEqual(triangle);
    expect(parseRegion("polygon 1 2 3 4 5 -6")).toEqual(triangle);
  });

  it.each([
    "",
    "BOX 1 2 3 4",
    "POINT(1)",
    "POINT(1 2 3)",
    "POINT(400 0)",
    "POINT(0 91)",
    "CIRCLE 1 2 -1",
    "CIRCLE 1 2",
    "POLYGON((1 2, 3 4))",
    "POLYGON((1 2, 3 4, 5))",
    "POLYGON((1 2, 3 x, 5 6))",
    "POLYGON((1 2, 3 4, 1 2))",
  ])("refuses %j and says what it accepts", (text) => {
    expect(() => parseRegion(text)).toThrow(/POINT\(ra dec\)/);
  });
});
