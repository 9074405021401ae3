/** Draws the map: sky and grid, footprints by category, what is picked and pointed at, regions searched and drawn. */
import type { Region } from "../../sky/region.ts";
import { toVector, type Vector } from "../../sky/vector.ts";
import { addShape, DASHES, SLOTS } from "../design/category.ts";
import { type Box, clipArea, clipLine, type Pixel } from "./clip.ts";
import { type Drawing, radiusOf } from "./drawing.ts";
import { graticule } from "./graticule.ts";
import { arc, circle, ECLIPTIC, GALACTIC_PLANE } from "./great-circles.ts";
import { extreme, gridLabels, type Label } from "./labels.ts";
import { inView, isDot, type Mark } from "./marks.ts";
import { Projection, type View } from "./projection.ts";

/** Extra lines that a person may want. */
export interface Lines {
  grid: boolean;
  galactic: boolean;
  ecliptic: boolean;
}

export interface Scene {
  marks: readonly Mark[];
  slotOf: (mark: Mark) => number;
  picked: ReadonlyMap<number, unknown>;
  /** Ids of the frames under the pointer or with the focus. */
  lit: ReadonlySet<number>;
  regions: readonly Region[];
  drawing: Drawing | null;
  /** A cross in the middle: where the keyboard draws. */
  cross: boolean;
  lines: Lines;
}

/** Radians: sides of smaller footprints bend by less than is to be seen. */
const STRAIGHT = 0.017;

export const COLOURS = ["surface", "sunken", "line", "edge", "muted", "text", "accent", "cat-hues", "sans"] as const;

export class Painter {
  readonly #context: CanvasRenderingContext2D;
  readonly #projection: Projection;
  readonly #colours: Record<string, string>;
  /** Size of small text, pixels. */
  readonly #em: number;
  readonly #dotRadius: number;
  /** What lines are kept to. */
  readonly #box: Box;

  /** `ratio`: device pixels of a CSS pixel; `em`: CSS pixels of small text. */
  constructor(
    context: CanvasRenderingContext2D,
    view: View,
    colours: Record<string, string>,
    { ratio, em }: { ratio: number; em: number },
  ) {
    this.#context = context;
    this.#projection = new Projection(view);
    this.#colours = colours;
    this.#em = em;
    this.#dotRadius = 0.4 * em;
    this.#box = { left: -20, top: -20, right: view.width + 20, bottom: view.height + 20 };
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.lineJoin = "round";
  }

  paint(scene: Scene): void {
    const context = this.#context;
    const { width, height } = this.#projection.view;
    context.fillStyle = this.#colours.sunken!;
    context.fillRect(0, 0, width, height);
    context.save();
    this.#sky();
    const labels: (Label | null)[] = scene.lines.grid ? this.#grid() : [];
    if (scene.lines.galactic) labels.push(this.#greatCircle(GALACTIC_PLANE, "Galactic plane", [10, 4]));
    if (scene.lines.ecliptic) labels.push(this.#greatCircle(ECLIPTIC, "Ecliptic", [2, 4]));
    this.#marks(scene);
    for (const region of scene.regions) this.#region(region);
    if (scene.drawing !== null) this.#drawing(scene.drawing);
    context.restore();
    const taken: Box[] = [];
    for (const label of labels) if (label !== null) this.#label(label, taken);
    if (scene.cross) this.#cross();
  }

  /** Fills the part of the canvas that is sky, and keeps what follows inside it. */
  #sky(): void {
    const context = this.#context;
    const { width, height } = this.#projection.view;
    context.fillStyle = this.#colours.surface!;
    if (this.#projection.filled) {
      context.fillRect(0, 0, width, height);
      return;
    }
    const [a, b] = this.#projection.ellipse;
    context.beginPath();
    context.ellipse(width / 2, height / 2, a, b, 0, 0, 2 * Math.PI);
    context.fill();
    context.strokeStyle = this.#colours.edge!;
    context.lineWidth = 1;
    context.stroke();
    context.clip();
  }

  /** Adds a line of directions to a path; it is cut where it leaves the map on one side for the other. */
  #trace(points: readonly Vector[], path: Path2D): void {
    const projection = this.#projection;
    let before: Pixel | null = null;
    let turn = 0;
    let pen: Pixel | null = null;
    for (const point of points) {
      projection.place(point);
      const here: Pixel = [projection.x, projection.y];
      const part = before !== null && Math.abs(projection.turn - turn) < Math.PI && clipLine(this.#box, before, here);
      if (part) {
        if (pen === null || pen[0] !== part[0][0] || pen[1] !== part[0][1]) path.moveTo(...part[0]);
        path.lineTo(...part[1]);
        pen = part[1];
      }
      before = here;
      turn = projection.turn;
    }
  }

  /** Adds an area to a path, unless it lies on both sides of the map at once. */
  #cover(outline: readonly Vector[], path: Path2D): void {
    const projection = this.#projection;
    const corners: Pixel[] = [];
    let [least, most] = [Math.PI, -Math.PI];
    for (const corner of outline) {
      projection.place(corner);
      corners.push([projection.x, projection.y]);
      least = Math.min(least, projection.turn);
      most = Math.max(most, projection.turn);
    }
    if (most - least > Math.PI) return;
    clipArea(this.#box, corners).forEach(([x, y], i) => {
      if (i === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    });
    path.closePath();
  }

  #grid(): Label[] {
    const context = this.#context;
    const { meridians, parallels } = graticule(this.#projection.view);
    const path = new Path2D();
    for (const { points } of [...meridians, ...parallels]) this.#trace(points, path);
    context.strokeStyle = this.#colours.line!;
    context.lineWidth = 1;
    context.stroke(path);
    return gridLabels(this.#projection, { meridians, parallels }, this.#em);
  }

  #greatCircle(points: readonly Vector[], name: string, dash: number[]): Label | null {
    const context = this.#context;
    const path = new Path2D();
    this.#trace(points, path);
    context.strokeStyle = this.#colours.muted!;
    context.lineWidth = 1;
    context.setLineDash(dash);
    context.stroke(path);
    context.setLineDash([]);
    const { width, height } = this.#projection.view;
    const nearThird = (x: number) => -Math.abs(x - width * 0.3);
    const at = extreme(this.#projection, points, nearThird, 2 * this.#em, height - 2 * this.#em);
    return at && { text: name, x: at[0], y: at[1] - this.#em * 0.7, align: "center" };
  }

  #marks(scene: Scene): void {
    const context = this.#context;
    const projection = this.#projection;
    const { scale } = projection.view;
    const hues = this.#colours["cat-hues"] !== "0";
    const outlines = Array.from({ length: SLOTS }, () => new Path2D());
    const areas = Array.from({ length: SLOTS }, () => new Path2D());
    const dots = new Map<string, { x: number; y: number; slots: Set<number> }>();
    const picked = { outlines: new Path2D(), dots: new Path2D() };
    const lit = { outlines: new Path2D(), dots: new Path2D() };
    for (const mark of inView(projection, scene.marks)) {
      const slot = scene.slotOf(mark);
      const extra = [scene.picked.has(mark.frame.id) ? picked : null, scene.lit.has(mark.frame.id) ? lit : null];
      if (isDot(mark, scale)) {
        projection.place(mark.centre);
        const { x, y } = projection;
        // Frames of one field lie upon one another, seen from afar: one dot for all of them.
        const place = `${Math.round(x / 3)} ${Math.round(y / 3)}`;
        const dot = dots.get(place) ?? { x, y, slots: new Set<number>() };
        dot.slots.add(slot);
        dots.set(place, dot);
        for (const paths of extra) if (paths !== null) addShape(paths.dots, REST_SHAPE, x, y, 2.4 * this.#dotRadius);
      } else {
        const outline = mark.radius < STRAIGHT ? [...mark.outline!, mark.outline![0]!] : ring(mark.outline!);
        this.#trace(outline, outlines[slot]!);
        this.#cover(outline, areas[slot]!);
        for (const paths of extra) if (paths !== null) this.#trace(outline, paths.outlines);
      }
    }
    for (let slot = SLOTS - 1; slot >= 0; slot--) {
      const colour = this.#colours[`cat-${slot}`]!;
      context.fillStyle = colour;
      context.strokeStyle = colour;
      context.globalAlpha = 0.12;
      context.fill(areas[slot]!);
      context.globalAlpha = 1;
      context.lineWidth = 1.25;
      if (!hues) context.setLineDash([...DASHES[slot]!]);
      context.stroke(outlines[slot]!);
      context.setLineDash([]);
    }
    for (const dot of dots.values()) this.#dot(dot);
    context.strokeStyle = this.#colours.accent!;
    context.lineWidth = 2.5;
    context.stroke(picked.outlines);
    context.stroke(picked.dots);
    context.strokeStyle = this.#colours.text!;
    context.lineWidth = 2;
    context.stroke(lit.outlines);
    context.stroke(lit.dots);
  }

  /** The shape of a category; a pie where there are frames of several. */
  #dot({ x, y, slots }: { x: number; y: number; slots: ReadonlySet<number> }): void {
    const context = this.#context;
    if (slots.size === 1) {
      const [slot] = slots;
      context.beginPath();
      addShape(context, slot!, x, y, this.#dotRadius);
      context.fillStyle = this.#colours[`cat-${slot}`]!;
      context.fill();
      return;
    }
    const radius = 1.25 * this.#dotRadius;
    [...slots].sort().forEach((slot, i) => {
      context.beginPath();
      context.moveTo(x, y);
      context.arc(x, y, radius, (i * 2 * Math.PI) / slots.size, ((i + 1) * 2 * Math.PI) / slots.size);
      context.fillStyle = this.#colours[`cat-${slot}`]!;
      context.fill();
    });
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = 1;
    context.strokeStyle = this.#colours.surface!;
    context.stroke();
  }

  #region(region: Region): void {
    if (region.shape === "polygon") {
      this.#outline(ring(region.vertices.map((corner) => toVector(...corner))));
    } else {
      const radius = region.shape === "circle" ? region.radius : (8 / this.#projection.view.scale) * (180 / Math.PI);
      this.#outline(circle(region.ra, region.dec, radius));
    }
  }

  #drawing(drawing: Drawing): void {
    if (drawing.shape === "circle") {
      this.#outline(circle(...drawing.centre, radiusOf(drawing)));
      this.#outline(arc(toVector(...drawing.centre), toVector(...drawing.edge)));
      return;
    }
    const corners = drawing.next === null ? drawing.corners : [...drawing.corners, drawing.next];
    if (corners.length > 1) this.#outline(ring(corners.map((corner) => toVector(...corner))));
    const context = this.#context;
    context.fillStyle = this.#colours.accent!;
    for (const corner of drawing.corners) {
      const [x, y] = this.#projection.pixel(...corner);
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
    }
  }

  /** A region searched in or drawn. */
  #outline(points: readonly Vector[]): void {
    const context = this.#context;
    const path = new Path2D();
    this.#trace(points, path);
    context.strokeStyle = this.#colours.accent!;
    context.lineWidth = 2;
    context.setLineDash([6, 4]);
    context.stroke(path);
    context.setLineDash([]);
  }

  #cross(): void {
    const context = this.#context;
    const { width, height } = this.#projection.view;
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(width / 2 + 4 * dx, height / 2 + 4 * dy);
      context.lineTo(width / 2 + 14 * dx, height / 2 + 14 * dy);
    }
    context.strokeStyle = this.#colours.text!;
    context.lineWidth = 2;
    context.stroke();
  }

  /** Nothing where another label is. */
  #label({ text, x, y, align }: Label, taken: Box[]): void {
    const context = this.#context;
    context.font = `${this.#em}px ${this.#colours.sans}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    context.lineWidth = 3;
    const wide = context.measureText(text).width;
    // Whole at the rim of a small map as well.
    const half = align === "center" ? wide / 2 + 2 : 0;
    const at = Math.max(half, Math.min(this.#projection.view.width - half, x));
    const left = at - half;
    const box = { left, top: y - this.#em / 2, right: left + wide, bottom: y + this.#em / 2 };
    const isOver = (other: Box) =>
      box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    if (taken.some(isOver)) return;
    taken.push(box);
    context.strokeStyle = this.#colours.surface!;
    context.strokeText(text, at, y);
    context.fillStyle = this.#colours.muted!;
    context.fillText(text, at, y);
  }
}

/** The shape that rings a dot: a plain circle. */
const REST_SHAPE = SLOTS - 1;

/** The sides of a polygon as arcs of great circles; the last direction is the first. */
function ring(corners: readonly Vector[]): Vector[] {
  return corners.flatMap((from, i) => arc(from, corners[(i + 1) % corners.length]!));
}
