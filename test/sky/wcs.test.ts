import { describe, expect, it } from "vitest";
import { separation } from "../../src/sky/angle.ts";
import {
  boxOf,
  covers,
  type Footprint,
  footprintOf,
  footprintOfPointing,
  intersects,
} from "../../src/sky/footprint.ts";
import { cellCentre, cellCorners, cellOf, cellRadius, coneRanges } from "../../src/sky/healpix.ts";
import type { Keywords } from "../../src/sky/keywords.ts";
import { Polygon } from "../../src/sky/polygon.ts";
import { toVector } from "../../src/sky/vector.ts";
import { Wcs } from "../../src/sky/wcs.ts";
import { fixtureJson } from "../fixture.ts";

type Cards = Record<string, number | string>;

const holds = (footprint: Footprint, [ra, dec]: readonly [number, number]) =>
  covers(footprint, { shape: "point", ra, dec });

function keywords(cards: Cards): Keywords {
  return {
    number: (keyword) => cards[keyword] as number | undefined,
    string: (keyword) => (typeof cards[keyword] === "string" ? (cards[keyword] as string) : undefined),
  };
}

/** A generator of the same numbers each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A point `distance` degrees from (ra, dec) in direction `angle` (north through east), by the spherical triangle. */
function offset(ra: number, dec: number, distance: number, angle: number): [number, number] {
  const d = Math.PI / 180;
  const sin = Math.sin(dec * d) * Math.cos(distance * d) + Math.cos(dec * d) * Math.sin(distance * d) * Math.cos(angle);
  const y = Math.sin(angle) * Math.sin(distance * d) * Math.cos(dec * d);
  const x = Math.cos(distance * d) - Math.sin(dec * d) * sin;
  return [ra + Math.atan2(y, x) / d, Math.asin(Math.max(-1, Math.min(1, sin))) / d];
}

describe("world coordinates", () => {
  it("agree with wcslib to 1e-9 pixel, both ways", async () => {
    type Point = [number, number, number | null, number | null, number | null, number | null];
    const cases = await fixtureJson<{ name: string; header: Cards; points: Point[] }[]>("sky/wcs.json");
    expect(cases.length).toBeGreaterThan(70);
    for (const { name, header, points } of cases) {
      const wcs = Wcs.read(keywords(header))!;
      for (const [x, y, longitude, latitude, backX, backY] of points) {
        const world = wcs.pixelToWorld(x, y);
        if (longitude === null || latitude === null) {
          expect([name, x, y, world]).toEqual([name, x, y, null]);
          continue;
        }
        expect(world, `${name} at ${x}, ${y}`).not.toBeNull();
        const scale = wcs.pixelScale(x, y)!;
        // wcslib's slanted SIN does not return to where it came from: by so much its own answer is uncertain.
        const own = backX === null || backY === null ? 0 : Math.hypot(backX - x, backY - y);
        const allowed = own > 1e-9 ? 1e-9 + own : 1e-9;
        expect(separation(longitude, latitude, ...world!) / scale, `${name} at ${x}, ${y}`).toBeLessThan(allowed);
        const pixel = wcs.worldToPixel(longitude, latitude)!;
        if (backX !== null && backY !== null) {
          expect(Math.hypot(pixel[0] - backX, pixel[1] - backY), `${name} back to ${x}, ${y}`).toBeLessThan(1e-9);
        }
        const there = wcs.worldToPixel(...world!)!;
        expect(Math.hypot(there[0] - x, there[1] - y), `${name} round trip ${x}, ${y}`).toBeLessThan(1e-9);
      }
    }
  });

  it("are absent, or refused by name, where this code cannot read them", () => {
    expect(Wcs.read(keywords({}))).toBeNull();
    expect(Wcs.read(keywords({ CTYPE1: "X", CTYPE2: "Y" }))).toBeNull();
    const tan = { CTYPE1: "RA---TAN", CTYPE2: "DEC--TAN", CRVAL1: 1, CRVAL2: 2, CDELT1: -1e-4, CDELT2: 1e-4 };
    const refused: [Cards, RegExp][] = [
      [{ ...tan, CTYPE1: "RA---AIT", CTYPE2: "DEC--AIT" }, /projection AIT/],
      [{ ...tan, CTYPE2: "DEC--SIN" }, /CTYPE1/],
      [{ ...tan, CTYPE2: "" }, /CTYPE1/],
      [{ ...tan, CTYPE1: "ELON-TAN", CTYPE2: "ELAT-TAN" }, /CTYPE1 "ELON-TAN"/],
      [{ ...tan, CTYPE1: "RA---TAN-TPD", CTYPE2: "DEC--TAN-TPD" }, /distortion/],
      [{ ...tan, CDELT1: 0 }, /no inverse/],
      [{ ...tan, CRVAL2: 95 }, /CRVAL2/],
      [{ ...tan, CUNIT1: "Angstrom" }, /CUNIT1/],
      [{ ...tan, A_ORDER: 2 }, /B_ORDER/],
      [{ ...tan, RADESYS: "GAPPT" }, /RADESYS/],
      [{ ...tan, CTYPE1: "RA---CAR", CTYPE2: "DEC--CAR", CRVAL2: 80, LONPOLE: 90 }, /LONPOLE/],
    ];
    for (const [cards, message] of refused) expect(() => Wcs.read(keywords(cards)), String(message)).toThrow(message);
  });

  it("know the far side of the sky", () => {
    const tan = { CTYPE1: "RA---TAN", CTYPE2: "DEC--TAN", CRVAL1: 10, CRVAL2: 20, CDELT1: -1e-4, CDELT2: 1e-4 };
    expect(Wcs.read(keywords(tan))!.worldToPixel(190, -20)).toBeNull();
    const sin = { ...tan, CTYPE1: "RA---SIN", CTYPE2: "DEC--SIN", CDELT1: -1, CDELT2: 1 };
    expect(Wcs.read(keywords(sin))!.pixelToWorld(100, 100)).toBeNull();
  });

  it("find no pixel where a polynomial folds over", () => {
    const cards = {
      CTYPE1: "RA---TAN-SIP",
      CTYPE2: "DEC--TAN-SIP",
      CRVAL1: 10,
      CRVAL2: 20,
      CDELT1: -1e-4,
      CDELT2: 1e-4,
      A_ORDER: 2,
      B_ORDER: 2,
      A_2_0: -1e-3,
    };
    // u - 0.001 u² never exceeds 250.
    const tan = { ...cards, CTYPE1: "RA---TAN", CTYPE2: "DEC--TAN", A_ORDER: 0, B_ORDER: 0 };
    const beyond = Wcs.read(keywords(tan))!.pixelToWorld(300, 0)!;
    expect(Wcs.read(keywords(cards))!.worldToPixel(...beyond)).toBeNull();
  });
});

describe("footprints", () => {
  const tan = (ra: number, dec: number, scale = 1e-3, extra: Cards = {}): Wcs =>
    Wcs.read(
      keywords({
        CTYPE1: "RA---TAN",
        CTYPE2: "DEC--TAN",
        CRVAL1: ra,
        CRVAL2: dec,
        CRPIX1: 500.5,
        CRPIX2: 400.5,
        CD1_1: -scale * Math.cos(0.5),
        CD1_2: scale * Math.sin(0.5),
        CD2_1: scale * Math.sin(0.5),
        CD2_2: scale * Math.cos(0.5),
        ...extra,
      }),
    )!;

  it("hold exactly what lies on the image: at RA 0, over both poles, anywhere", () => {
    const next = random(1);
    for (const [ra, dec] of [
      [0, 0],
      [359.9, 45],
      [10, 90],
      [200, -89.8],
      [120, 33],
    ] as const) {
      const wcs = tan(ra, dec);
      const footprint = footprintOf(wcs, 1000, 800)!;
      expect(footprint).toHaveLength(4); // TAN draws great circles as straight lines
      for (let i = 0; i < 300; i++) {
        const x = 0.5 + (next() * 3 - 1) * 1000;
        const y = 0.5 + (next() * 3 - 1) * 800;
        const inside = x >= 0.5 && x <= 1000.5 && y >= 0.5 && y <= 800.5;
        expect(holds(footprint, wcs.pixelToIcrs(x, y)!), `${ra} ${dec}: ${x} ${y}`).toBe(inside);
      }
      expect(holds(footprint, [ra + 180, -dec])).toBe(false);
      for (const corner of footprint) expect(holds(footprint, corner)).toBe(true);
    }
  });

  it("follow edges that are no great circles, to half a pixel", () => {
    const car = Wcs.read(
      keywords({
        CTYPE1: "RA---CAR",
        CTYPE2: "DEC--CAR",
        CRVAL1: 30,
        CRVAL2: 0,
        CRPIX1: 200.5,
        CRPIX2: -500.5,
        CDELT1: -0.1,
        CDELT2: 0.1,
      }),
    )!;
    const footprint = footprintOf(car, 400, 200)!;
    expect(footprint.length).toBeGreaterThan(8);
    expect(footprint.length).toBeLessThan(140);
    const next = random(2);
    for (let i = 0; i < 500; i++) {
      const x = 0.5 + (next() * 2 - 0.5) * 400;
      const y = 0.5 + (next() * 2 - 0.5) * 200;
      const margin = Math.min(x - 0.5, 400.5 - x, y - 0.5, 200.5 - y);
      if (Math.abs(margin) < 1) continue;
      expect(holds(footprint, car.pixelToIcrs(x, y)!), `${x} ${y}`).toBe(margin > 0);
    }
  });

  it("do not exist for images of a hemisphere or with corners off the sky", () => {
    const arc = { CTYPE1: "RA---ARC", CTYPE2: "DEC--ARC", CRVAL1: 0, CRVAL2: 90, CRPIX1: 100, CRPIX2: 100 };
    expect(footprintOf(Wcs.read(keywords({ ...arc, CDELT1: -1, CDELT2: 1 }))!, 200, 200)).toBeNull();
    expect(footprintOf(Wcs.read(keywords({ ...arc, CDELT1: -2, CDELT2: 2 }))!, 200, 200)).toBeNull();
  });

  it("come from the pointing as a WCS would give them", () => {
    for (const [ra, dec, rotation] of [
      [0, 89.9, 0],
      [83, -20, 30],
      [359.99, 0, -100],
    ] as const) {
      const scale = 5e-4;
      const angle = (rotation * Math.PI) / 180;
      const wcs = tan(ra, dec, scale, {
        CRPIX1: 500.5,
        CRPIX2: 400.5,
        CD1_1: -scale * Math.cos(angle),
        CD1_2: scale * Math.sin(angle),
        CD2_1: scale * Math.sin(angle),
        CD2_2: scale * Math.cos(angle),
      });
      const expected = footprintOf(wcs, 1000, 800)!;
      const found = footprintOfPointing(ra, dec, scale, 1000, 800, rotation)!;
      for (const [index, corner] of found.entries()) {
        expect(separation(...corner, ...expected[index]!)).toBeLessThan(1e-10);
      }
    }
    expect(footprintOfPointing(0, 0, 0, 1000, 800)).toBeNull();
  });

  it("meet circles and polygons exactly, against brute force", () => {
    const next = random(3);
    let met = 0;
    let covered = 0;
    for (let round = 0; round < 200; round++) {
      const dec = round % 4 === 0 ? 89.5 : round % 4 === 1 ? -89.8 : next() * 120 - 60;
      const centre: [number, number] = [round % 3 === 0 ? 0 : next() * 360, dec];
      // Star-shaped polygons, concave ones among them.
      const star = (at: [number, number]): Footprint => {
        const count = 3 + Math.floor(next() * 6);
        return Array.from({ length: count }, (_, i) =>
          offset(...at, 0.3 + next(), ((i + next() * 0.8) / count) * 2 * Math.PI),
        );
      };
      const footprint = star(centre);
      const second = offset(...centre, next() * 3, next() * 2 * Math.PI);
      const radius = next() * 1.2;
      const other = star(second);
      const polygon = new Polygon(footprint);
      const otherPolygon = new Polygon(other);
      let nearest = Number.POSITIVE_INFINITY;
      let shared = false;
      for (let i = 0; i < 600; i++) {
        const point = offset(...second, Math.sqrt(next()) * 1.4, next() * 2 * Math.PI);
        if (!polygon.contains(...point)) continue;
        nearest = Math.min(nearest, separation(...second, ...point));
        shared ||= otherPolygon.contains(...point);
      }
      const circle = intersects(footprint, { shape: "circle", ra: second[0], dec: second[1], radius });
      // Sampling can miss a sliver, so it only decides away from the boundary.
      if (nearest <= radius) expect(circle).toBe(true);
      if (nearest > radius + 0.2 && radius < 1) expect(circle).toBe(false);
      const polygons = intersects(footprint, { shape: "polygon", vertices: other });
      if (shared) expect(polygons).toBe(true);
      expect(polygons).toBe(new Polygon(other).intersects(polygon));
      if (separation(...centre, ...second) > 2.6) expect(polygons).toBe(false);
      met += Number(polygons);

      // A small circle and a small triangle about a place near the footprint: covered when every point of them is.
      const [place, size] = [offset(...centre, next() * 0.5, next() * 2 * Math.PI), next() * 0.3];
      const triangle = [0, 1, 2].map((i) => offset(...place, size, ((i + next() * 0.5) / 3) * 2 * Math.PI));
      const inTriangle = new Polygon(triangle);
      let [outsideCircle, outsideTriangle] = [false, false];
      for (let i = 0; i < 600; i++) {
        const point = offset(...place, Math.sqrt(next()) * size, next() * 2 * Math.PI);
        if (polygon.contains(...point)) continue;
        outsideCircle = true;
        outsideTriangle ||= inTriangle.contains(...point);
      }
      const coversCircle = covers(footprint, { shape: "circle", ra: place[0], dec: place[1], radius: size });
      const coversTriangle = covers(footprint, { shape: "polygon", vertices: triangle });
      if (outsideCircle) expect(coversCircle).toBe(false);
      if (outsideTriangle) expect(coversTriangle).toBe(false);
      // What a slightly larger circle keeps inside, the circle and the triangle within it are surely covered.
      const wider = Array.from({ length: 90 }, (_, i) => offset(...place, size + 0.02, (i / 90) * 2 * Math.PI));
      if (!outsideCircle && wider.every((point) => polygon.contains(...point))) {
        expect(coversCircle).toBe(true);
        expect(coversTriangle).toBe(true);
        covered++;
      }
    }
    expect(met).toBeGreaterThan(50);
    expect(covered).toBeGreaterThan(10);
  });

  it("know a polygon's inside by planar geometry, far from everything special", () => {
    const footprint: Footprint = [
      [10, 0],
      [14, 0],
      [14, 4],
      [12, 1],
      [10, 4],
    ];
    const flat = footprint.map(([ra, dec]): [number, number] => {
      const [x, y, z] = toVector(ra - 12, dec);
      return [y / x, z / x];
    });
    const next = random(4);
    for (let i = 0; i < 1000; i++) {
      const [ra, dec] = [9 + 6 * next(), -1 + 6 * next()];
      const [x, y, z] = toVector(ra - 12, dec);
      const [px, py] = [y / x, z / x];
      let inside = false;
      for (let k = 0; k < flat.length; k++) {
        const [ax, ay] = flat[k]!;
        const [bx, by] = flat[(k + 1) % flat.length]!;
        if (ay > py !== by > py && px < ((bx - ax) * (py - ay)) / (by - ay) + ax) inside = !inside;
      }
      expect(holds(footprint, [ra, dec]), `${ra} ${dec}`).toBe(inside);
    }
  });

  it("lie in their box, and the box is tight", () => {
    const next = random(5);
    for (const [ra, dec] of [
      [0, 90],
      [0, 0],
      [90, 0.2],
      [180, -0.3],
      [33, 60],
      [270, -89.9],
    ] as const) {
      const wcs = tan(ra, dec);
      const footprint = footprintOf(wcs, 1000, 800)!;
      const box = boxOf({ shape: "polygon", vertices: footprint });
      const min = [1, 1, 1];
      const max = [-1, -1, -1];
      for (let i = 0; i < 4000; i++) {
        const edge = i % 2 === 0;
        const x = 0.5 + 1000 * (edge && i % 4 === 0 ? Math.round(next()) : next());
        const y = 0.5 + 800 * (edge && i % 4 !== 0 ? Math.round(next()) : next());
        const vector = toVector(...wcs.pixelToIcrs(x, y)!);
        for (let axis = 0; axis < 3; axis++) {
          min[axis] = Math.min(min[axis]!, vector[axis]!);
          max[axis] = Math.max(max[axis]!, vector[axis]!);
        }
      }
      for (let axis = 0; axis < 3; axis++) {
        expect(box.max[axis]! - max[axis]!).toBeGreaterThan(-1e-15);
        expect(min[axis]! - box.min[axis]!).toBeGreaterThan(-1e-15);
        expect(box.max[axis]! - max[axis]!).toBeLessThan(2e-4);
        expect(min[axis]! - box.min[axis]!).toBeLessThan(2e-4);
      }
    }
    const circle = boxOf({ shape: "circle", ra: 0, dec: 89, radius: 2 });
    expect(circle.max[2]).toBe(1);
    expect(circle.min[2]).toBeCloseTo(Math.cos((3 * Math.PI) / 180), 11);
  });
});

describe("HEALPix", () => {
  it("numbers cells as astropy_healpix does", async () => {
    const cases = await fixtureJson<[number, number, number, number, number, number][]>("sky/healpix.json");
    for (const [order, ra, dec, cell, centreRa, centreDec] of cases) {
      expect([order, ra, dec, cellOf(order, ra, dec)]).toEqual([order, ra, dec, cell]);
      expect(separation(...cellCentre(order, cell), centreRa, centreDec)).toBeLessThan(1e-13);
    }
  });

  it("returns to the cell of every centre and bounds every corner", () => {
    const next = random(6);
    for (const order of [0, 1, 2, 7, 14, 24]) {
      const radius = cellRadius(order);
      for (let i = 0; i < 500; i++) {
        const cell = Math.floor(next() * 12 * 4 ** order);
        const centre = cellCentre(order, cell);
        expect(cellOf(order, ...centre)).toBe(cell);
        for (const corner of cellCorners(order, cell)) {
          expect(separation(...centre, ...corner)).toBeLessThanOrEqual(radius * (1 + 1e-9));
        }
      }
    }
    expect(() => cellOf(25, 0, 0)).toThrow(RangeError);
  });

  it("covers every point of a cone, near poles and RA 0 too, with little beyond it", () => {
    const next = random(7);
    let missed = 0;
    for (let round = 0; round < 200; round++) {
      const dec = round % 4 === 0 ? 90 - next() * 0.3 : round % 4 === 1 ? next() * 0.3 - 90 : next() * 180 - 90;
      const ra = round % 3 === 0 ? next() * 0.01 : next() * 360;
      const radius = 10 ** (next() * 4 - 3);
      const ranges = coneRanges(ra, dec, radius, { maxRanges: round % 2 === 0 ? 32 : 128 });
      expect(ranges.length).toBeLessThanOrEqual(128);
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBeGreaterThan(ranges[i - 1]![1] + 1);
      for (let i = 0; i < 100; i++) {
        const cell = cellOf(14, ...offset(ra, dec, radius * Math.sqrt(next()), next() * 2 * Math.PI));
        if (!ranges.some(([first, last]) => cell >= first && cell <= last)) missed++;
      }
    }
    expect(missed).toBe(0);
    const ranges = coneRanges(83.6, 22, 1 / 6, { maxRanges: 64 });
    const cells = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    const cone = 6 * 4 ** 14 * (1 - Math.cos((1 / 6) * (Math.PI / 180)));
    expect(cells / cone).toBeLessThan(1.3);
  });
});
