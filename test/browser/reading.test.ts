/** What the pages read and work out by themselves, without a browser. */
import { createHash, randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { parseDec, parseRa } from "../../src/sky/angle.ts";
import type { Frame } from "../../src/ui/api/frame.ts";
import { citationOf } from "../../src/ui/frame/citation.ts";
import { readTable } from "../../src/ui/frame/csv.ts";
import { lineageOf } from "../../src/ui/frame/lineage.ts";
import { numericColumns, orderAsked, ordered } from "../../src/ui/frame/source-order.ts";
import { looksLikeName, readPosition } from "../../src/ui/search/coordinates.ts";
import { datesOf, type SpanName } from "../../src/ui/search/preset.ts";
import { addressOf, listQuery, readSearch, withFilters } from "../../src/ui/search/query.ts";
import { Md5 } from "../../src/ui/upload/md5.ts";
import { northUp, toCanvas, toImage, wholeImage, zoom } from "../../src/ui/viewer/camera.ts";

it.for([
  ["13:29:52.7 +47:11:43", "13:29:52.7", "+47:11:43"],
  ["13 29 52.7 +47 11 43", "13 29 52.7", "+47 11 43"],
  ["13h29m52.7s -47d11m43s", "13h29m52.7s", "-47d11m43s"],
  ["13h29m52.7s −47°11′43″", "13h29m52.7s", "-47°11′43″"],
  ["202.4696, 47.1952", "202.4696", "47.1952"],
  ["202.4696 47.1952", "202.4696", "47.1952"],
  ["202.4696-47.1952", "202.4696", "-47.1952"],
  ["13 29 52.7 47 11 43", "13 29 52.7", "47 11 43"],
  ["  0 0 ", "0", "0"],
  ["RA 13:29:52.7, Dec = +47:11:43 (J2000)", "13:29:52.7", "+47:11:43"],
  ["α=13:29:52.7 δ=-47:11:43", "13:29:52.7", "-47:11:43"],
  ["202.4696 deg 47.1952 deg", "202.4696", "47.1952"],
  ["202.4696d +47.1952d", "202.4696", "+47.1952"],
  ["13:29:52.7/+47:11:43", "13:29:52.7", "+47:11:43"],
  ["132952.7+471143", "13:29:52.7", "+47:11:43"],
])("parts %s into right ascension and declination", ([text, ra, dec]) => {
  expect(readPosition(text!)).toEqual({ ra, dec });
});

it("reads one position in every notation of programs, journals and word processors", () => {
  // What astropy's SkyCoord makes of the first of them.
  const [ra, dec] = [202.4695833333333, -47.195277777777775];
  const texts = [
    "13h29m52.7s -47d11m43s",
    "13:29:52.7,-47:11:43",
    "13:29:52.7;-47:11:43",
    "+13:29:52.7 -47:11:43",
    "13:29:52.7\t–47:11:43",
    "13:29:52.7 | -47:11:43 |",
    "(13h 29m 52.7s, -47d 11m 43s)",
    "13ʰ29ᵐ52.7ˢ −47°11′43″",
    "13ʰ29ᵐ52ˢ.7 −47°11′43″.0",
    "13h29m52.s7, −47°11′43.″0",
    "13^h29^m52.7^s -47^d11^m43^s",
    "13h29m52.7s -47°11’43”",
    "13h29m52.7s -47º11'43''",
    "13hr29min52.7sec -47deg11min43sec",
    "13 h 29 m 52.7 s -47 d 11 m 43 s",
    "13h29.87833333333m -47d11.71666666667m",
    "202d28m10.5s -47d11m43s",
    "202.4695833333333 -47.195277777777775",
    "[202.4695833333333, -47.195277777777775]",
    "2.024695833333333e+02 -4.7195277777777775e+01",
    "202.4695833333333 degrees, -47.195277777777775 degrees",
    "13.497972222222222h -47.195277777777775d",
    "fk5; 13:29:52.7 -47:11:43",
    "132952.7-471143",
  ];
  const angles = texts.map((text) => {
    const position = readPosition(text)!;
    return [text, parseRa(position.ra).toFixed(9), parseDec(position.dec).toFixed(9)];
  });
  expect(angles).toEqual(texts.map((text) => [text, ra.toFixed(9), dec.toFixed(9)]));
  expect(readPosition("13h29m52.7s 47d11m43s")).toEqual({ ra: "13h29m52.7s", dec: "47d11m43s" });
  // Another equinox is another position: better none than a wrong one.
  expect(readPosition("B1950 13:29:52.7 -47:11:43")).toBeNull();
});

it.for(["", "M 51", "RA 5", "J132952.7+471143", "202.47", "13:29:52", "+47:11:43", "1 2 3"])(
  "does not take %j for a position",
  (text) => {
    expect(readPosition(text)).toBeNull();
  },
);

it.for([
  ["M 51", true],
  ["NGC 5139", true],
  ["3C 273", true],
  ["2MASS J0523-1403", true],
  ["α Cen", true],
  ["13:29:52", false],
  ["13h29m", false],
  ["-47 30", false],
  ["", false],
] as const)("takes %j for a name: %j", ([text, name]) => {
  expect(looksLikeName(text)).toBe(name);
});

it("reads an address of this or another archive, and writes the shortest that means the same", () => {
  const search = readSearch(
    new URLSearchParams("q=a&SITEID=goe&FILTER=V&FILTER=R&FILTER=V&OBJECT=&night=ALL&limit=25&offset=50&foo=bar"),
  );
  expect(addressOf(search)).toBe("./?FILTER=V&FILTER=R&SITE=goe&limit=25&offset=50");
  expect(listQuery(search)).toBe("FILTER=V&FILTER=R&SITE=goe&sort=DATE_OBS&order=desc&limit=25&offset=50");
  expect(addressOf(withFilters(search, { FILTER: null, OBJECT: "M 51" }))).toBe("./?OBJECT=M+51&SITE=goe&limit=25");
  expect(addressOf(readSearch(new URLSearchParams("limit=-3&offset=x&order=up&view=cinema")))).toBe("./");
});

it("names the night by the date of its evening, on the clock of the person who asks", () => {
  const of = (name: SpanName, iso: string, west: number) => datesOf(name, Date.parse(iso), west);
  expect(of("tonight", "2026-03-15T02:00:00Z", 0).night).toBe("2026-03-14");
  expect(of("tonight", "2026-03-15T13:00:00Z", 0).night).toBe("2026-03-15");
  expect(of("last-night", "2026-03-15T13:00:00Z", 0).night).toBe("2026-03-14");
  expect(of("tonight", "2026-03-15T23:00:00Z", -120).night).toBe("2026-03-15"); // 1 a.m. in South Africa
  expect(of("tonight", "2026-03-15T11:00:00Z", 600).night).toBe("2026-03-14"); // 1 a.m. in Hawaii
  expect(of("this-semester", "2026-01-20T00:00:00Z", 0).start).toBe("2025-08-01");
  expect(of("this-semester", "2026-02-01T00:00:00Z", 0).start).toBe("2026-02-01");
});

it("keeps a span by its name in the address, and other dates as they are", () => {
  const at = (text: string, iso: string) => readSearch(new URLSearchParams(text), new Date(iso));
  const search = at("dates=last-7-days&FILTER=V&start=2020-01-01", "2026-03-15T12:00:00Z");
  expect(`${search.filters}`).toBe("start=2026-03-08&FILTER=V");
  expect(addressOf(search)).toBe("./?dates=last-7-days&FILTER=V");
  expect(`${at(addressOf(search).slice(2), "2026-05-15T12:00:00Z").filters}`).toBe("start=2026-05-08&FILTER=V");
  expect(addressOf(withFilters(search, { FILTER: null }))).toBe("./?dates=last-7-days");
  expect(addressOf(withFilters(search, { dates: "this-semester" }))).toBe("./?dates=this-semester&FILTER=V");
  expect(addressOf(withFilters(search, { dates: null }))).toBe("./?FILTER=V");
  expect(addressOf(withFilters(search, { end: "2026-03-10" }))).toBe("./?start=2026-03-08&end=2026-03-10&FILTER=V");
  expect(addressOf(at("dates=some-day&night=2026-03-14", "2026-03-15T12:00:00Z"))).toBe("./?night=2026-03-14");
});

it("keeps what is unfolded and where the map looks in the address", () => {
  const text = "FILTER=V&view=map&at=202.47,47.195,0.5&open=3,7,x,-1";
  const search = readSearch(new URLSearchParams(text));
  expect(search.open).toEqual([3, 7]);
  expect(new URLSearchParams(addressOf(search).slice(2)).get("at")).toBe("202.47,47.195,0.5");
  expect(withFilters(search, { SITE: "goe" })).toMatchObject({ open: [], at: "202.47,47.195,0.5" });
  expect(withFilters(search, { RA: "1", DEC: "2", at: null }).at).toBeNull();
});

it("reads a catalogue with units, quoted fields and line ends in them", () => {
  const table = readTable(
    '# units: pix,,deg\r\nx,name,"ra, J2000"\r\n1.5,"say ""M 51""",202.4\r\n2.5,"two\nlines",203\r\n',
  );
  expect(table).toEqual({
    columns: ["x", "name", "ra, J2000"],
    units: ["pix", null, "deg"],
    rows: [
      ["1.5", 'say "M 51"', "202.4"],
      ["2.5", "two\nlines", "203"],
    ],
  });
  expect(readTable("")).toBeNull();
});

it("orders sources by number or word, the unknown ones last both ways", () => {
  const table = readTable("flux,name\n3,b\nnan,a\n-20,\n,B\n1e1,10\n3,c\n")!;
  const numeric = numericColumns(table);
  expect(numeric).toEqual([true, false]);
  const by = (text: string) => ordered(table, orderAsked(text, table), numeric).map(({ number }) => number);
  expect(by("flux")).toEqual([2, 0, 5, 4, 1, 3]);
  expect(by("-flux")).toEqual([4, 0, 5, 2, 1, 3]);
  expect(by("name")).toEqual([4, 1, 0, 3, 5, 2]);
  expect(by("-name")).toEqual([5, 3, 0, 1, 4, 2]);
  expect(by("mag")).toEqual([0, 1, 2, 3, 4, 5]);
});

it("cites in words that BibTeX takes as they are", () => {
  const frame = {
    id: 7,
    basename: "goe_a%b-01",
    OBJECT: "M 51 & \\friends",
    OBSTYPE: "object",
    FILTER: "g'",
    SITEID: "goe",
    TELID: "0m50",
    INSTRUME: "sb_63",
    DATE_OBS: "2026-03-15T19:59:00.512Z",
    version: 2,
    sha256: "ab".repeat(32),
  } as Frame;
  const { text, bibtex } = citationOf(frame, "https://archive.example.org/", "2026-11-22");
  expect(text).toBe(
    "goe_a%b-01 (M 51 & \\friends, g'), taken 2026-03-15 19:59:00 UTC with goe 0m50 sb_63. Platevault archive " +
      `archive.example.org, version 2, SHA-256 ${"ab".repeat(32)}, https://archive.example.org/frame/7?version=2, ` +
      "retrieved 2026-11-22.",
  );
  expect(bibtex.split("\n")[0]).toBe("@misc{goe-a-b-01-v2,");
  expect(bibtex).toContain("{{goe\\_a\\%b-01 (M 51 \\& \\textbackslash{}friends, g')}}");
  expect(bibtex).toContain("author       = {{goe 0m50 sb\\_63}}");
});

it("stands raw frames left, calibrations below them in the middle, the product right; many share a box", () => {
  const make = (id: number, OBSTYPE: string, related_frames: number[] = []) =>
    ({ id, OBSTYPE, related_frames, basename: `f${id}` }) as unknown as Frame;
  const biases = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => make(id, "bias"));
  const product = make(20, "object", [10, 11, 1, 2, 3, 4, 5, 6, 7, 8]);
  const { nodes, edges, rows } = lineageOf(product, [...biases, make(10, "object"), make(11, "object")]);
  expect(nodes.map(({ frame, frames, stage, row }) => [frame?.id ?? null, frames, stage, row])).toEqual([
    [10, 1, 0, 0],
    [11, 1, 0, 1],
    [1, 1, 1, 2],
    [2, 1, 1, 3],
    [3, 1, 1, 4],
    [4, 1, 1, 5],
    [5, 1, 1, 6],
    [null, 3, 1, 7],
    [20, 1, 2, 0.5],
  ]);
  expect(edges).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((from) => [from, 8]));
  expect(rows).toBe(8);
});

it("digests as OpenSSL does, whatever the pieces", () => {
  for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, 5000]) {
    const bytes = randomBytes(length);
    const md5 = new Md5();
    for (let at = 0; at < length; at += 37) md5.update(bytes.subarray(at, at + 37));
    expect(md5.hex()).toBe(createHash("md5").update(bytes).digest("hex"));
  }
});

it("maps the viewer's canvas to the image and back, however it is turned", () => {
  const canvas = { width: 800, height: 600 };
  const image = { width: 512, height: 256, x0: 0, y0: 0 };
  for (const turn of [
    { angle: 0, mirrored: false },
    { angle: 0.7, mirrored: true },
    { angle: -2.5, mirrored: false },
  ]) {
    const camera = zoom(wholeImage(image, canvas, turn), canvas, 100, 500, 3);
    const [x, y] = toImage(camera, canvas, 321, 123);
    const [px, py] = toCanvas(camera, canvas, x, y);
    expect(px).toBeCloseTo(321, 9);
    expect(py).toBeCloseTo(123, 9);
  }
  const upright = wholeImage(image, canvas, { angle: 0, mirrored: false });
  // The first row is the lowest, the first column on the left.
  expect(toCanvas(upright, canvas, 0.5, 0.5)[1]).toBeGreaterThan(300);
  expect(toCanvas(upright, canvas, 0.5, 0.5)[0]).toBeCloseTo(0, 9);
  const before = toImage(upright, canvas, 700, 80);
  const after = toImage(zoom(upright, canvas, 700, 80, 5), canvas, 700, 80);
  expect(after[0]).toBeCloseTo(before[0], 9);
  expect(after[1]).toBeCloseTo(before[1], 9);
});

it.for([
  { north: [0.6, 0.8], east: [-0.8, 0.6] },
  { north: [0.6, 0.8], east: [0.8, -0.6] },
  { north: [-1, 0], east: [0, 1] },
] as { north: [number, number]; east: [number, number] }[])("turns north up and east left", ({ north, east }) => {
  const canvas = { width: 400, height: 400 };
  const camera = wholeImage({ width: 100, height: 100, x0: 0, y0: 0 }, canvas, northUp(north, east));
  const [x, y] = toCanvas(camera, canvas, camera.x + 10 * north[0], camera.y + 10 * north[1]);
  expect(x).toBeCloseTo(200, 6);
  expect(y).toBeLessThan(200);
  expect(toCanvas(camera, canvas, camera.x + 10 * east[0], camera.y + 10 * east[1])[0]).toBeLessThan(200);
});
