/** The map's geometry against wcslib and astropy. */
import { beforeAll, describe, expect, it } from "vitest";
import { separation } from "../../src/sky/angle.ts";
import { toRaDec, toVector } from "../../src/sky/vector.ts";
import { clipArea, clipLine } from "../../src/ui/sky/clip.ts";
import { circleFilter, filterOf, polygonFilter, put, regionsOf, takenBack } from "../../src/ui/sky/drawing.ts";
import { decLabel, graticule, raLabel } from "../../src/ui/sky/graticule.ts";
import { arc, circle, ECLIPTIC, GALACTIC_PLANE } from "../../src/ui/sky/great-circles.ts";
import { readLook, textOfLook } from "../../src/ui/sky/look.ts";
import {
  fieldOfView,
  fitted,
  looking,
  Projection,
  pan,
  resized,
  type View,
  wholeSky,
  zoom,
} from "../../src/ui/sky/projection.ts";
import { fixtureJson } from "../fixture.ts";

interface Truth {
  scale: number;
  width: number;
  height: number;
  views: { ra: number; dec: number; points: [ra: number, dec: number, x: number, y: number][] }[];
  galactic: [number, number][];
  ecliptic: [number, number][];
}
let truth: Truth;
beforeAll(async () => {
  truth = await fixtureJson<Truth>("sky-map/map.json");
});

const DESK: View = wholeSky(1000, 560);
const M51 = [202.469575, 47.195258] as const;

describe("the projection", () => {
  it("is wcslib's AIT about any centre, and undoes itself", () => {
    const { scale, width, height, views } = truth;
    for (const { ra, dec, points } of views) {
      const projection = new Projection({ ra, dec, scale, width, height });
      for (const [a, d, x, y] of points) {
        const [px, py] = projection.pixel(a, d);
        expect(Math.hypot(px - x, py - y), `${a} ${d} about ${ra} ${dec}`).toBeLessThan(1e-3);
        expect(separation(a, d, ...projection.position(px, py)!)).toBeLessThan(1e-6);
      }
    }
  });

  it("puts east to the left and north up, and knows what is beside the sky", () => {
    const projection = new Projection({ ...DESK, ra: 30, dec: 20, scale: 5000 });
    const [x, y] = projection.pixel(30, 20);
    expect([x, y]).toEqual([500, 280]);
    expect(projection.pixel(31, 20)[0]).toBeLessThan(x);
    expect(projection.pixel(30, 21)[1]).toBeLessThan(y);
    expect(new Projection(DESK).position(2, 2)).toBeNull();
    expect(new Projection(DESK).filled).toBe(false);
    expect(projection.filled).toBe(true);
  });

  it("keeps its precision down to a hundredth of an arcsecond", () => {
    const projection = new Projection({ ...DESK, ra: M51[0], dec: M51[1], scale: 206_265 / 0.01 });
    const [x, y] = projection.pixel(M51[0], M51[1] + 0.1 / 3600);
    expect(x).toBeCloseTo(500, 2);
    expect(y).toBeCloseTo(270, 2);
  });

  it("zooms to a place that stays where it is, and no further out than the whole sky", () => {
    const at: [number, number] = [700, 200];
    const before = new Projection(DESK).position(...at)!;
    let view = DESK;
    for (let i = 0; i < 12; i++) view = zoom(view, 1.6, ...at);
    const after = new Projection(view).position(...at)!;
    expect(separation(...before, ...after)).toBeLessThan(1e-3 * fieldOfView(view));
    expect(zoom(view, 1e-9).scale).toBe(DESK.scale);
  });

  it("pans by pixels, over RA 0 and near a pole", () => {
    for (const dec of [0, 60, 89]) {
      const view = { ...DESK, ra: 0.01, dec, scale: 20_000 };
      const moved = pan(view, -40, 25);
      const [x, y] = new Projection(moved).pixel(0.01, dec);
      // Near the pole the map turns as it moves, which is no matter of a pixel.
      expect(Math.hypot(x - 460, y - 305)).toBeLessThan(dec === 89 ? 8 : 0.5);
      expect(moved.ra).toBeLessThan(360);
    }
    expect(pan(DESK, 5000, 0)).toEqual(DESK);
  });

  it("fits frames into the view, or shows all of the sky where they are everywhere", () => {
    const field = circle(...M51, 0.1, 8).slice(1);
    const view = fitted(DESK, field);
    expect(separation(view.ra, view.dec, ...M51)).toBeLessThan(1e-6);
    const projection = new Projection(view);
    for (const direction of field) {
      projection.place(direction);
      expect(projection.onMap(projection.x, projection.y, -20)).toBe(true);
    }
    expect(fitted(DESK, [toVector(0, 0), toVector(120, 0), toVector(240, 0)]).scale).toBe(DESK.scale);
    expect(fitted(DESK, [])).toEqual(DESK);
    expect(resized(view, 500, 280).scale).toBeCloseTo(view.scale / 2, 6);
  });
});

describe("circles of the sky", () => {
  it("are astropy's galactic plane and ecliptic", () => {
    for (const [points, expected] of [
      [GALACTIC_PLANE, truth.galactic],
      [ECLIPTIC, truth.ecliptic],
    ] as const) {
      const spacing = 360 / (points.length - 1);
      for (const [ra, dec] of expected) {
        const nearest = Math.min(...points.map((point) => separation(ra, dec, ...toRaDec(point))));
        expect(nearest).toBeLessThanOrEqual(spacing / 2 + 1e-6);
        // On the circle itself: two neighbours and the point lie in one plane with the origin.
        const [a, b] = [points[0]!, points[45]!];
        const normal = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        const v = toVector(ra, dec);
        expect(Math.abs(normal[0]! * v[0] + normal[1]! * v[1] + normal[2]! * v[2])).toBeLessThan(1e-6);
      }
    }
  });

  it("have their radius everywhere, also round a pole", () => {
    for (const [ra, dec, radius] of [
      [10, 20, 3],
      [0, 90, 5],
      [359.9, -89.9, 1],
    ] as const) {
      for (const point of circle(ra, dec, radius)) {
        expect(separation(ra, dec, ...toRaDec(point))).toBeCloseTo(radius, 9);
      }
    }
    const way = arc(toVector(350, 0), toVector(10, 0), 2);
    expect(way).toHaveLength(11);
    expect(toRaDec(way[5]!)[0]).toBeCloseTo(0, 9);
  });
});

describe("the grid", () => {
  it("labels in hours and degrees as far as the zoom needs", () => {
    expect(raLabel(202.5, 15)).toBe("13h");
    expect(raLabel(-7.5, 7.5)).toBe("23h30m");
    expect(raLabel(202.469583, 1 / 240)).toBe("13h29m53s");
    expect(raLabel(359.9999999, 1 / 240)).toBe("00h00m00s");
    expect(decLabel(47, 1)).toBe("+47°");
    expect(decLabel(-0.5, 0.5)).toBe("−0°30′");
    expect(decLabel(0, 30)).toBe("0°");
    expect(decLabel(47.195278, 1 / 3600)).toBe("+47°11′43″");
  });

  it("has neither too few lines nor too many at any zoom and place", () => {
    for (const dec of [0, 47, -89.5, 90]) {
      for (let scale = DESK.scale; scale < 206_265 / 0.05; scale *= 3) {
        const { meridians, parallels } = graticule({ ...DESK, ra: 359.9, dec, scale });
        expect(meridians.length, `${dec} ${scale}`).toBeGreaterThan(1);
        expect(meridians.length, `${dec} ${scale}`).toBeLessThan(60);
        expect(parallels.length, `${dec} ${scale}`).toBeGreaterThan(1);
        expect(parallels.length, `${dec} ${scale}`).toBeLessThan(40);
      }
    }
  });
});

describe("what is drawn", () => {
  const box = { left: 0, top: 0, right: 10, bottom: 10 };

  it("ends at the canvas", () => {
    const across = clipLine(box, [-1e6, 5], [1e6, 5])!;
    expect(across.flat().map((value) => Number(value.toFixed(6)))).toEqual([0, 5, 10, 5]);
    expect(clipLine(box, [2, 3], [4, 5])).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(clipLine(box, [-5, 2], [2, -5])).toBeNull();
    expect(clipLine(box, [12, -1e7], [12, 1e7])).toBeNull();
    expect(
      clipArea(box, [
        [-1e6, -1e6],
        [1e6, -1e6],
        [1e6, 1e6],
        [-1e6, 1e6],
      ]),
    ).toHaveLength(4);
    expect(
      clipArea(box, [
        [-4, 6],
        [6, -4],
        [6, 6],
      ]).map(([x, y]) => `${x} ${y}`),
    ).toEqual(["0 6", "0 2", "2 0", "6 0", "6 6"]);
    expect(
      clipArea(box, [
        [20, 20],
        [30, 20],
        [30, 30],
      ]),
    ).toEqual([]);
  });
});

describe("a drawing", () => {
  it("becomes the search's filters", () => {
    const circled = put(null, "circle", [202.469575, 47.195258]);
    expect(filterOf(circled)).toBeNull();
    expect(filterOf({ ...circled, edge: [202.469575, 47.695258] } as typeof circled)).toEqual({
      RA: "202.46957",
      DEC: "47.19526",
      radius: "0.5",
      intersects: null,
    });
    expect(circleFilter([10, 20], 200)).toBeNull();
    let drawn = put(null, "polygon", [359, 1]);
    drawn = put(drawn, "polygon", [1, 1]);
    expect(filterOf(drawn)).toBeNull();
    drawn = put(drawn, "polygon", [0, 2]);
    expect(filterOf(drawn)).toEqual({
      intersects: "POLYGON((359 1, 1 1, 0 2, 359 1))",
      RA: null,
      DEC: null,
      radius: null,
    });
    expect(takenBack(drawn)).toEqual({
      shape: "polygon",
      corners: [
        [359, 1],
        [1, 1],
      ],
      next: null,
    });
    expect(
      polygonFilter([
        [0, 0],
        [120, 0],
        [240, 0],
      ]),
    ).toBeNull();
  });

  it("is found again in the address, and nonsense there is nobody's region", () => {
    const filters = new URLSearchParams({ RA: "13:29:52.7", DEC: "+47:11:43", radius: "0.5" });
    const [region] = regionsOf(filters);
    expect(region).toMatchObject({ shape: "circle", radius: 0.5 });
    expect(regionsOf(new URLSearchParams({ intersects: "POLYGON((359 1, 1 1, 0 2, 359 1))" }))).toEqual([
      {
        shape: "polygon",
        vertices: [
          [359, 1],
          [1, 1],
          [0, 2],
        ],
      },
    ]);
    expect(regionsOf(new URLSearchParams({ covers: "nonsense" }))).toEqual([]);
    expect(regionsOf(new URLSearchParams({ OBJECT: "M 51" }))).toEqual([]);
  });
});

it("looks again where an address says that it looked, at any zoom and on a canvas of another size", () => {
  for (const field of [360, 270, 90, 7.5, 0.2, 0.003]) {
    const view = looking(202.469575, 47.195258, field, 900, 500);
    expect(fieldOfView(view) / field).toBeCloseTo(1, 6);
    const [ra, dec, width] = readLook(textOfLook(view))!;
    const again = looking(ra, dec, width, 380, 500);
    const [x, y] = new Projection(again).pixel(202.469575, 47.195258);
    expect(Math.hypot(x - 190, y - 250)).toBeLessThan(1);
    expect(fieldOfView(again) / field).toBeCloseTo(1, 3);
  }
  for (const text of [null, "", "1,2", "1,2,3,4", "a,b,c", "10,91,1", "10,10,0", "10,,1"])
    expect(readLook(text)).toBeNull();
  expect(readLook("-10,5,2")).toEqual([350, 5, 2]);
});
