import { describe, expect, it } from "vitest";
import { ArchiveError } from "../../src/archive/errors.ts";
import { queryOf } from "../../src/archive/search.ts";
import { FILTERS, parseFilters } from "../../src/http/filters.ts";
import { parsePage } from "../../src/http/paging.ts";
import type { Sight } from "../../src/store/frame.ts";

const parse = (query: string) => parseFilters(new URLSearchParams(query));
const found = (query: string) => parse(query).query;

function complaints(
  query: string,
  read: (params: URLSearchParams) => unknown = parseFilters,
): Record<string, string[]> {
  try {
    read(new URLSearchParams(query));
  } catch (error) {
    if (error instanceof ArchiveError) return error.details.fields as Record<string, string[]>;
    throw error;
  }
  throw new Error(`${query} was accepted`);
}

describe("filters", () => {
  it("has one meaning for every name", () => {
    const names = FILTERS.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(new Set(names).size).toBe(names.length);
    // An example that its own parser refuses would be a lie in the API's description.
    for (const { name, example } of FILTERS) {
      const query = new URLSearchParams({ RA: "1", DEC: "1", [name]: example });
      expect(() => parseFilters(query)).not.toThrow();
    }
  });

  it("takes every alias, several values as any of them, and ALL or nothing as no filter", () => {
    expect(found("IMAGETYPE=bias")).toEqual({ equals: { imagetyp: ["bias"] } });
    expect(found("OBSTYPE=bias&configuration_type=dark")).toEqual({ equals: { imagetyp: ["bias", "dark"] } });
    expect(found("SITE=goe&SITE=mon&SITEID=saao")).toEqual({ equals: { siteid: ["goe", "mon", "saao"] } });
    expect(found("FILTER=None&primary_optical_element=V")).toEqual({ equals: { filter: [null, "V"] } });
    expect(found("SITE=None&SITE=goe")).toEqual({ equals: { siteid: ["", "None", "goe"] } });
    // Half a position, as pyobs-archive's page sends it while somebody types the other half.
    expect(found("RA=202.4696&DEC=")).toEqual({});
    expect(found("RA=&DEC=-0.5")).toEqual({});
    expect(found("SITE=ALL&TELESCOPE=&FILTER=ALL&OBJECT=&EXPTIME=&start=&RA=&DEC=&night=ALL&binning=ALL")).toEqual({});
    expect(found("imagetype=bias&foo=bar&format=json&q=a")).toEqual({});
    expect(found("RLEVEL=1&reduction_level=0")).toEqual({ equals: { rlevel: [1, 0] } });
    expect(found("DAY_OBS=20240115&night=2024-01-16&dayobs=20240117")).toEqual({
      equals: { night: ["2024-01-16", "2024-01-15", "2024-01-17"] },
    });
    expect(found("binning=2X2&binning=1.0x1.0")).toEqual({ equals: { binning: ["2x2", "1x1"] } });
    expect(found("basename=a&basename=b")).toEqual({ basenameContains: "b" });
    // As Python reads numbers.
    expect(found("EXPTIME=1_0.5&RLEVEL=%2B1")).toEqual({ exptimeMin: 10.5, equals: { rlevel: [1] } });
    expect(found("OBJECT=%25_%5C")).toEqual({ objectContains: "%_\\" });
  });

  it("reads moments as UTC unless they have a zone", () => {
    const at = Date.UTC(2024, 0, 15, 22, 5);
    for (const text of [
      "2024-01-15T22:05:00",
      "2024-01-15T22:05:00Z",
      "2024-01-15T22:05:00.000",
      "2024-01-15 22:05",
      "2024-01-16T00:05:00+02:00",
      "2024-01-15T21:05:00-0100",
      "2024-01-15T22:05:00,0",
      "20240115T220500",
      "20240115T2205Z",
      "20240115 220500",
    ]) {
      expect([text, found(`start=${encodeURIComponent(text)}`)]).toEqual([text, { start: at }]);
    }
    // A plus that nobody encoded arrives as a blank.
    expect(found("end=2024-01-16T00:05:00+02:00")).toEqual({ end: at });
    expect(found("end=2024-01-16T00:05:00 0200")).toEqual({ end: at });
    expect(found("end=2024-01-15")).toEqual({ end: Date.UTC(2024, 0, 15) });
    expect(found("end=20240115")).toEqual({ end: Date.UTC(2024, 0, 15) });
    expect(found("night=2024-1-5")).toEqual({ equals: { night: ["2024-01-05"] } });
    expect(found("start=2024-01-15T22:05:00.123456")).toEqual({ start: at + 123 });
  });

  it("reads positions in degrees or sexagesimal, 10 arc minutes wide (Fix 2)", () => {
    const { cone } = found("RA=13:29:52.7&DEC=%2B47:11:43");
    expect(cone!.ra).toBeCloseTo(202.469583, 5);
    expect(cone!.dec).toBeCloseTo(47.195278, 5);
    expect(cone!.radius).toBeCloseTo(1 / 6, 12);
    expect(found("RA=202.4696&DEC=-0.5&radius=2.5")).toEqual({ cone: { ra: 202.4696, dec: -0.5, radius: 2.5 } });
    expect(found("covers=POINT(10 20)")).toEqual({ covers: { shape: "point", ra: 10, dec: 20 } });
    expect(found("covers=CIRCLE 10 20 1")).toEqual({ covers: { shape: "circle", ra: 10, dec: 20, radius: 1 } });
    expect(found("intersects=POLYGON((1 1,2 1,2 2,1 1))")).toMatchObject({ intersects: { shape: "polygon" } });
    expect(found("intersects=CIRCLE 1 2 0.5")).toMatchObject({ intersects: { shape: "circle", radius: 0.5 } });
  });

  it("names the parameter and what it accepts (Fix 3)", () => {
    for (const [query, field, accepts] of [
      ["RLEVEL=x", "RLEVEL", "whole number"],
      ["reduction_level=1.5", "reduction_level", "whole number"],
      ["binning=2x", "binning", "1x1"],
      ["EXPTIME=long", "EXPTIME", "number"],
      ["exposure_time=inf", "exposure_time", "number"],
      ["EXPTIME_max=nan", "EXPTIME_max", "number"],
      ["start=yesterday", "start", "2024-01-15T22:05:00"],
      ["end=2024-02-30", "end", "date"],
      ["end=15/01/24", "end", "date"],
      ["night=2024-13-01", "night", "YYYY-MM-DD"],
      ["RA=nan&DEC=0", "RA", "degrees"],
      ["RA=25:00:00&DEC=0", "RA", "24 hours"],
      ["RA=10&DEC=91", "DEC", "-90 to 90"],
      ["RA=10", "DEC", "beside"],
      ["DEC=10", "RA", "beside"],
      ["RA=1&DEC=1&radius=-1", "radius", "0 to 180"],
      ["covers=POINT(10)", "covers", "POINT(ra dec)"],
      ["intersects=BOX(1 2)", "intersects", "POLYGON"],
      ["intersects=POLYGON((0 0, 90 0, 180 0, 270 0, 0 0))", "intersects", "hemisphere"],
      ["public=maybe", "public", "true nor false"],
      ["exclude_calibrations=2", "exclude_calibrations", "true nor false"],
    ] as const) {
      const fields = complaints(query);
      expect([query, Object.keys(fields)]).toEqual([query, [field]]);
      expect(fields[field]![0]).toContain(accepts);
    }
    expect(Object.keys(complaints("RLEVEL=x&EXPTIME=y"))).toEqual(["RLEVEL", "EXPTIME"]);
    expect(complaints(`RLEVEL=${"9".repeat(500)}`).RLEVEL![0]!.length).toBeLessThan(150);
  });

  it("leaves calibrations out, and public frames, as OCS does", () => {
    expect(found("exclude_calibrations=true").notImagetyp).toEqual(expect.arrayContaining(["bias", "DARK", "skyflat"]));
    expect(found("exclude_calibrations=false")).toEqual({});
    expect(found("exclude_OBSTYPE=bias&exclude_configuration_type=dark").notImagetyp).toEqual(["dark", "bias"]);
    expect(found("include_configuration_type=EXPOSE")).toEqual({ equals: { imagetyp: ["EXPOSE"] } });
    expect(parse("include_related_frames=False").withRelated).toBe(false);
    const member: Sight = { kind: "some", now: 5, proposals: ["P1", "P2"], undated: true };
    expect(queryOf(parse("public=true"), member, 5)).toEqual({});
    expect(queryOf(parse("public=false"), member, 5)).toEqual({ equals: { propid: ["P1", "P2"] } });
    expect(queryOf(parse("public=false&PROPID=P2&PROPID=P3"), member, 5)).toEqual({ equals: { propid: ["P2"] } });
    const staff = { public: { is: false, now: 5 } };
    expect(queryOf(parse("public=false"), { kind: "all" }, 5)).toEqual(staff);
  });
});

describe("pages", () => {
  const page = (query: string) => parsePage(new URLSearchParams(query));

  it("clamps limit and offset as pyobs-archive does", () => {
    expect(page("")).toMatchObject({ limit: 1000, offset: 0, sort: "dateObs", descending: false, byCursor: false });
    expect(page("limit=5000&offset=7")).toMatchObject({ limit: 1000, offset: 7 });
    expect(page("limit=-5&offset=-3")).toMatchObject({ limit: 0, offset: 0 });
    expect(page("limit=0")).toMatchObject({ limit: 0 });
    expect(page("limit=1&limit=2")).toMatchObject({ limit: 2 });
    expect(page(`offset=${"9".repeat(40)}`).offset).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("sorts by every vocabulary", () => {
    expect(page("sort=EXPTIME&order=desc")).toMatchObject({ sort: "exptime", descending: true });
    expect(page("sort=TEL_RA")).toMatchObject({ sort: "ra", descending: false });
    expect(page("ordering=-observation_date")).toMatchObject({ sort: "dateObs", descending: true });
    expect(page("ordering=target_name")).toMatchObject({ sort: "object", descending: false });
    // As the documentation of pyobs-archive has it.
    expect(page("order=EXPTIME")).toMatchObject({ sort: "exptime", descending: true });
    expect(page("order=EXPTIME&asc=1")).toMatchObject({ sort: "exptime", descending: false });
    expect(page("order=desc")).toMatchObject({ sort: "dateObs", descending: true });
    expect(page("pagination_style=cursor")).toMatchObject({ byCursor: true });
    expect(page("cursor=abc")).toMatchObject({ byCursor: true, cursor: "abc" });
  });

  it("refuses in the words of pyobs-archive, and says what it accepts", () => {
    for (const [query, detail, field] of [
      ["sort=bogus", "Invalid value for sort.", "sort"],
      ["sort=bogus&order=bogus", "Invalid value for sort.", "sort"],
      ["sort=bogus&offset=bogus", "Invalid values for offset/limit.", "offset"],
      ["sort=-DATE_OBS", "Invalid value for sort.", "sort"],
      ["sort=toString", "Invalid value for sort.", "sort"],
      ["order=up", "Invalid value for order.", "order"],
      ["sort=id&order=EXPTIME", "Invalid value for order.", "order"],
      ["ordering=bogus", "Invalid value for ordering.", "ordering"],
      ["limit=x", "Invalid values for offset/limit.", "limit"],
      ["limit=", "Invalid values for offset/limit.", "limit"],
      ["offset=1.5", "Invalid values for offset/limit.", "offset"],
      ["pagination_style=page", "Invalid value for pagination_style.", "pagination_style"],
    ] as const) {
      const fields = complaints(query, parsePage);
      expect([query, fields.detail]).toEqual([query, detail]);
      expect(fields[field]![0]).toMatch(/^It accepts /);
    }
  });
});
