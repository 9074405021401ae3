/** The outline of an image on the sky, and the questions that a search asks of it. */
import { DEGREE } from "./angle.ts";
import { type Box, circleBox, Polygon } from "./polygon.ts";
import type { Region } from "./region.ts";
import { Rotation, sinCos } from "./rotation.ts";
import { angleBetween, toRaDec, toVector, type Vector } from "./vector.ts";
import type { Wcs } from "./wcs.ts";

/** [ra, dec] in ICRS degrees, in order around the image, joined by great circles. */
export type Footprint = [number, number][];

/** An edge is split until it follows the true outline to so many pixels, or so often. */
const TOLERANCE = 0.5;
const MAX_SPLITS = 5;

/**
 * The outline of an image of `width` × `height` pixels: its four outer corners, and points between them where an edge
 * is not a great circle (distortion, wide fields). Null where a part of the edge lies off the projected sky, or where
 * the image spans a hemisphere: such an outline has no inside.
 */
export function footprintOf(wcs: Wcs, width: number, height: number): Footprint | null {
  const corners: [number, number][] = [
    [0.5, 0.5],
    [width + 0.5, 0.5],
    [width + 0.5, height + 0.5],
    [0.5, height + 0.5],
  ];
  const outline: Footprint = [];
  for (let i = 0; i < 4; i++) {
    const from = corners[i]!;
    const to = corners[(i + 1) % 4]!;
    const a = wcs.pixelToIcrs(...from);
    const b = wcs.pixelToIcrs(...to);
    if (a === null || b === null) return null;
    outline.push(a);
    const between = split(wcs, from, a, to, b, MAX_SPLITS);
    if (between === null) return null;
    outline.push(...between);
  }
  // Beyond a hemisphere, what the outline encloses is the rest of the sky.
  const centre = wcs.pixelToIcrs((width + 1) / 2, (height + 1) / 2);
  return centre !== null && Polygon.accepts(outline) && new Polygon(outline).contains(...centre) ? outline : null;
}

/** Points strictly between two ends of a straight line of pixels, as many as the sky needs. */
function split(
  wcs: Wcs,
  from: [number, number],
  a: [number, number],
  to: [number, number],
  b: [number, number],
  left: number,
): Footprint | null {
  const middle: [number, number] = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const onEdge = wcs.pixelToIcrs(...middle);
  const scale = wcs.pixelScale(...middle);
  if (onEdge === null || scale === null) return null;
  const [va, vb, vm] = [toVector(...a), toVector(...b), toVector(...onEdge)];
  // How far the true middle lies off the great circle, against the size of a pixel there.
  const off = distanceFromCircle(vm, va, vb);
  if (left === 0 || (off <= TOLERANCE * scale && angleBetween(va, vb) < 60)) return [];
  const first = split(wcs, from, a, middle, onEdge, left - 1);
  const second = split(wcs, middle, onEdge, to, b, left - 1);
  return first === null || second === null ? null : [...first, onEdge, ...second];
}

function distanceFromCircle(point: Vector, a: Vector, b: Vector): number {
  const normal: Vector = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const norm = Math.hypot(...normal);
  if (norm === 0) return angleBetween(point, a);
  const sine = (normal[0] * point[0] + normal[1] * point[1] + normal[2] * point[2]) / norm;
  return Math.abs(Math.asin(Math.max(-1, Math.min(1, sine)))) / DEGREE;
}

/**
 * The outline by pointing, where a header has no WCS: centred on (ra, dec), `scale` degrees a pixel, turned by
 * `rotation` degrees from north through east (0 where unknown). Null for sizes that no tangent plane holds.
 */
export function footprintOfPointing(
  ra: number,
  dec: number,
  scale: number,
  width: number,
  height: number,
  rotation = 0,
): Footprint | null {
  const halfWidth = (width * scale * DEGREE) / 2;
  const halfHeight = (height * scale * DEGREE) / 2;
  if (!(halfWidth > 0 && halfHeight > 0 && Math.hypot(halfWidth, halfHeight) < 5)) return null;
  const placed = new Rotation({ alpha0: ra, delta0: dec, phi0: 0, theta0: 90, lonpole: 180, latpole: undefined });
  const [sin, cos] = sinCos(rotation);
  const outline = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([i, j]): [number, number] => {
    // East is left: the plane's x runs against the pixels.
    const x = -i! * halfWidth;
    const y = j! * halfHeight;
    const [xi, eta] = [x * cos + y * sin, y * cos - x * sin];
    const n = 1 / Math.sqrt(1 + xi * xi + eta * eta);
    return toRaDec(toVector(...placed.toCelestial([-eta * n, xi * n, n])));
  });
  return Polygon.accepts(outline) ? outline : null;
}

/** Whether a footprint and a region share a point. */
export function intersects(footprint: Footprint, region: Region): boolean {
  const polygon = new Polygon(footprint);
  switch (region.shape) {
    case "point":
      return polygon.contains(region.ra, region.dec);
    case "circle":
      return polygon.intersectsCircle(region.ra, region.dec, region.radius);
    case "polygon":
      return polygon.intersects(new Polygon(region.vertices));
  }
}

/** Whether a footprint holds the whole of a region. */
export function covers(footprint: Footprint, region: Region): boolean {
  const polygon = new Polygon(footprint);
  switch (region.shape) {
    case "point":
      return polygon.contains(region.ra, region.dec);
    case "circle":
      return polygon.containsCircle(region.ra, region.dec, region.radius);
    case "polygon":
      return polygon.containsPolygon(new Polygon(region.vertices));
  }
}

/** Box of unit vectors that encloses a region: what an R*Tree over x, y, z holds and is asked for. */
export function boxOf(region: Region): Box {
  if (region.shape === "polygon") return new Polygon(region.vertices).box();
  return circleBox(region.ra, region.dec, region.shape === "circle" ? region.radius : 0);
}
