/** The night view's arithmetic: Sun and Moon against astropy, places, totals and gaps. */
import { beforeAll, describe, expect, it } from "vitest";
import { moonAltitude, moonIlluminated, type Place, spansBelow, sunAltitude } from "../../src/sky/sun-moon.ts";
import { darknessOf } from "../../src/ui/night/darkness.ts";
import { duration, type Exposed, gapsOf, rowsOf, totalsBy } from "../../src/ui/night/exposures.ts";
import { frameAt, layoutOf } from "../../src/ui/night/layout.ts";
import { altitudesIn, placeIn } from "../../src/ui/night/site.ts";
import { fixtureJson } from "../fixture.ts";

interface Truth {
  rows: { ms: number; latitude: number; longitude: number; sun: number; moon: number; illuminated: number }[];
  twilight: { latitude: number; longitude: number; noon: number; dusk: number; dawn: number }[];
  places: { latitude: number; longitude: number; xyz: [number, number, number] }[];
}
let truth: Truth;
beforeAll(async () => {
  truth = await fixtureJson<Truth>("night/sun-moon.json");
});

const GOETTINGEN = { latitude: 51.5605, longitude: 9.9437 };

describe("Sun and Moon", () => {
  it("stand where astropy puts them: the Sun to 0.1°, the Moon to 0.3°", () => {
    let [sun, moon, lit] = [0, 0, 0];
    for (const row of truth.rows) {
      sun = Math.max(sun, Math.abs(sunAltitude(row.ms, row) - row.sun));
      moon = Math.max(moon, Math.abs(moonAltitude(row.ms, row) - row.moon));
      lit = Math.max(lit, Math.abs(moonIlluminated(row.ms) - row.illuminated));
    }
    expect(truth.rows.length).toBeGreaterThan(100);
    expect(sun).toBeLessThan(0.1);
    expect(moon).toBeLessThan(0.3);
    expect(lit).toBeLessThan(0.01);
  });

  it("give the dark of a night, none in a polar summer, and all of a polar night", () => {
    const DAY = 86_400_000;
    const dark = (place: Place, noon: number) =>
      spansBelow(-12, (ms) => sunAltitude(ms, place), { start: noon, end: noon + DAY });
    for (const { noon, dusk, dawn, ...place } of truth.twilight) {
      const [span, ...more] = dark(place, noon);
      expect(more).toEqual([]);
      expect(Math.abs(span!.start - dusk)).toBeLessThan(30_000);
      expect(Math.abs(span!.end - dawn)).toBeLessThan(30_000);
    }
    const june = Date.parse("2026-06-20T12:00:00Z");
    expect(dark({ latitude: 78.22, longitude: 15.65 }, june)).toEqual([]);
    expect(dark({ latitude: -89.9, longitude: 0 }, june)).toEqual([{ start: june, end: june + DAY }]);
  });
});

describe("a site", () => {
  it("is read from the headers of many telescopes", () => {
    expect(placeIn({ LATITUDE: 51.5605, LONGITUD: 9.9437 })).toEqual(GOETTINGEN);
    expect(placeIn({ SITELAT: "+51 33 37.8", SITELONG: "09 56 37.3" })!.latitude).toBeCloseTo(51.5605, 4);
    expect(placeIn({ SITELAT: "-00:30:00", SITELONG: "-70:24:00" })).toEqual({ latitude: -0.5, longitude: -70.4 });
    for (const { latitude, longitude, xyz } of truth.places) {
      const place = placeIn({ "OBSGEO-X": xyz[0], "OBSGEO-Y": xyz[1], "OBSGEO-Z": xyz[2] })!;
      expect(place.latitude).toBeCloseTo(latitude, 5);
      expect(place.longitude).toBeCloseTo(longitude, 5);
    }
    expect(placeIn({ LATITUDE: 0, LONGITUD: 0 })).toBeNull();
    expect(placeIn({ LATITUDE: 951, LONGITUD: 9 })).toBeNull();
    expect(placeIn({ LATITUDE: "north", LONGITUD: null })).toBeNull();
    expect(placeIn({})).toBeNull();
  });

  it("has the altitudes that its own software wrote", () => {
    expect(altitudesIn({ SUNALT: -40.2, MOONALT: "12.5" })).toEqual({ sun: -40.2, moon: 12.5 });
    expect(altitudesIn({ SUNALT: "N/A", MOONALT: 9999 })).toEqual({ sun: null, moon: null });
  });
});

let id = 0;
/** A frame of 60 s at minutes after 20:00. */
function frame(minutes: number, more: Partial<Exposed> = {}): Exposed {
  return {
    id: ++id,
    SITEID: "goe",
    TELID: "0m50",
    INSTRUME: "sb63",
    DATE_OBS: new Date(Date.parse("2026-03-14T20:00:00Z") + minutes * 60_000).toISOString(),
    EXPTIME: 60,
    RLEVEL: 0,
    FILTER: "V",
    OBSTYPE: "object",
    ...more,
  };
}
const at = (ms: number) => new Date(ms).toISOString().slice(11, 16);

describe("a night", () => {
  it("has a row for each instrument, in order of time", () => {
    const rows = rowsOf([
      frame(9, { SITEID: "saao" }),
      frame(5),
      frame(3, { INSTRUME: "fa16" }),
      frame(1, { RLEVEL: 1 }),
      frame(1),
    ]);
    expect(rows.map(({ site, instrument, frames }) => [site, instrument, frames.length])).toEqual([
      ["goe", "fa16", 1],
      ["goe", "sb63", 3],
      ["saao", "sb63", 1],
    ]);
    expect(rows[1]!.frames.map(({ DATE_OBS, RLEVEL }) => [DATE_OBS.slice(14, 16), RLEVEL])).toEqual([
      ["01", 0],
      ["01", 1],
      ["05", 0],
    ]);
  });

  it("counts an exposure and what was reduced from it once", () => {
    const frames = [
      frame(0),
      frame(0, { RLEVEL: 1 }),
      frame(2, { FILTER: "B", EXPTIME: 120 }),
      frame(5, { EXPTIME: null, FILTER: null }),
      // At the same moment, but in another camera.
      frame(0, { INSTRUME: "fa16", FILTER: "B" }),
    ];
    expect(totalsBy(frames, ({ FILTER }) => FILTER ?? "none")).toEqual([
      { value: "B", frames: 2, exposures: 2, open: 180 },
      { value: "V", frames: 2, exposures: 1, open: 60 },
      { value: "none", frames: 1, exposures: 1, open: 0 },
    ]);
  });

  it("has gaps while it was dark, for each telescope whatever its cameras do", () => {
    const dark = new Map([["goe", [{ start: frame(-30).DATE_OBS, end: frame(120).DATE_OBS }].map(spanned)]]);
    const frames = [
      frame(-60), // in twilight
      frame(0),
      frame(2),
      frame(30),
      frame(31, { INSTRUME: "fa16", EXPTIME: 1200 }), // the other camera goes on
      frame(40),
      frame(60),
      frame(200), // after dawn
    ];
    const gaps = gapsOf(frames, dark);
    expect(
      gaps.map(({ start, end, after, before }) => [at(start), at(end), after?.id ?? null, before?.id ?? null]),
    ).toEqual([
      ["21:01", "22:00", frames[6]!.id, null],
      ["19:30", "20:00", null, frames[1]!.id],
      ["20:03", "20:30", frames[2]!.id, frames[3]!.id],
      ["20:51", "21:00", frames[4]!.id, frames[6]!.id],
    ]);
  });

  it("is each site's own where it is day at another, by astropy's dusk and dawn", () => {
    const sites = truth.twilight.map((one, i) => ({ ...one, site: `site${i}` }));
    const skies = new Map(
      sites.map(({ site, latitude, longitude }) => [site, { place: { latitude, longitude }, samples: [] }]),
    );
    // From an hour after dusk to an hour before dawn; Hawaii begins when Göttingen and Sutherland have ended.
    const frames = sites.flatMap(({ site, dusk, dawn }) =>
      [dusk + 3_600_000, dawn - 3_600_000].map((ms) =>
        frame(0, { SITEID: site, DATE_OBS: new Date(ms).toISOString() }),
      ),
    );
    // A wrong date in one header moves no night.
    frames.push(frame(0, { SITEID: "site0", DATE_OBS: "2025-06-01T00:00:00.000Z" }));
    const { dark, nights, whole } = darknessOf(frames, skies);
    for (const { site, noon, dusk, dawn } of sites) {
      expect(Math.abs(nights.get(site)!.start - noon)).toBeLessThan(10);
      const [span, ...more] = dark.get(site)!;
      expect(more).toEqual([]);
      expect(Math.abs(span!.start - dusk)).toBeLessThan(30_000);
      expect(Math.abs(span!.end - dawn)).toBeLessThan(30_000);
      expect(nights.get(site)!.end - nights.get(site)!.start).toBe(86_400_000);
    }
    const hawaii = sites.at(-1)!;
    expect(whole.end).toBeGreaterThan(hawaii.dawn + 40 * 60_000);
    const gaps = gapsOf(frames.slice(0, -1), dark).map(({ site, start, end }) => [
      site,
      Math.round((end - start) / 60_000),
    ]);
    expect(gaps.filter(([site]) => site === hawaii.site).map(([, minutes]) => minutes)).toEqual([503, 60, 59]);

    const none = darknessOf(frames.slice(0, 2), new Map([["site0", { place: null, samples: [] }]]));
    expect(none.dark.size).toBe(0);
    expect(darknessOf(frames.slice(0, 2), new Map()).dark.get("site0")).toEqual([]);
  });

  it("shows exposures of one time beside each other, and all others in full", () => {
    const chips = ["u", "g", "r", "i"].map((FILTER) => frame(10, { FILTER, EXPTIME: 300 }));
    const alone = [frame(0), frame(1), frame(20), frame(30, { EXPTIME: 0 })];
    const levels = [frame(20, { RLEVEL: 1 }), frame(20, { RLEVEL: 91 })];
    const rows = rowsOf([...chips, ...alone, ...levels]);
    const layout = layoutOf(rows, () => false, 10);
    const { lane, lanes } = layout.bands[0]!.rows[0]!;
    const of = (one: Exposed) => lanes.get(one)!;
    for (const [i, one] of chips.entries()) expect(of(one).top).toBeCloseTo(lane.top + (i * lane.height) / 4, 6);
    for (const one of alone) expect(of(one)).toEqual(lane);
    expect(of(levels[1]!).top).toBeGreaterThanOrEqual(of(levels[0]!).top + of(levels[0]!).height);
    // Each of them is what the pointer finds on it.
    const shown = { start: Date.parse(frame(0).DATE_OBS), end: Date.parse(frame(60).DATE_OBS) };
    for (const one of [...chips, ...alone, ...levels]) {
      const x = ((Date.parse(one.DATE_OBS) - shown.start) / 3_600_000) * 1200 + 1;
      expect(frameAt(layout, shown, 1200, x, of(one).top + of(one).height / 2)).toBe(one);
    }
  });

  it("has gaps between frames only, where nothing says when it was dark", () => {
    const frames = [frame(0), frame(10), frame(11, { TELID: "1m20" }), frame(12)];
    expect(gapsOf(frames, new Map()).map(({ telescope, start, end }) => [telescope, at(start), at(end)])).toEqual([
      ["0m50", "20:01", "20:10"],
    ]);
    expect(gapsOf(frames, new Map([["goe", []]]))).toEqual([]);
    expect(gapsOf([], new Map())).toEqual([]);
  });

  it("writes durations as people say them", () => {
    expect([20_000, 90_000, 3_600_000, 5_000_000].map(duration)).toEqual(["20 s", "2 min", "1 h", "1 h 23 min"]);
  });
});

function spanned({ start, end }: { start: string; end: string }) {
  return { start: Date.parse(start), end: Date.parse(end) };
}
