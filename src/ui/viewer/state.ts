/** What the viewer shows and does, as signals: each part of the page follows those it reads, and nothing else moves. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import type { CsvTable } from "../frame/csv.ts";
import type { View } from "./address.ts";
import { type Camera, northUp, type Size, wholeImage, zoom } from "./camera.ts";
import { type Levels, type Look, levelsBeside } from "./look.ts";
import type { LoadedImage } from "./message.ts";
import type { Plane, Point } from "./plane.ts";
import { type Region, type Statistics, statisticsOf } from "./region.ts";
import { directions, wcsOf } from "./sky.ts";
import type { Source } from "./sources.ts";
import { measureStar, type Star } from "./star.ts";
import type { StarModel } from "./star-fit.ts";
import type { Tool } from "./tool.ts";
import { warpNodes } from "./warp.ts";

/** As the file has it: the first row at the bottom. */
const UPRIGHT = { angle: 0, mirrored: false };
/** CSS pixels around a click in which a star may be. */
const STAR_REACH = 14;

/** A frame that is shown, alone or beside others. */
export interface Layer {
  frame: Frame;
  image: LoadedImage;
  plane: Plane;
  wcs: ReturnType<typeof wcsOf>;
  /** Where the first frame's pixels lie on it; null for the first. */
  nodes: Float32Array<ArrayBuffer> | null;
}

export interface Catalogue {
  table: CsvTable;
  sources: Source[];
}

export class ViewerState {
  readonly canvas = signal<Size>({ width: 1, height: 1 });
  /** Null: the whole image, whatever the canvas's size. */
  readonly framing: Signal<Camera | null>;
  readonly camera: ReadonlySignal<Camera>;
  readonly look: Signal<Look>;
  readonly tool: Signal<Tool>;
  /** Place of the cross-hair; `pinned`: not below the pointer, so that it has to be drawn. */
  readonly cursor = signal<{ at: Point; pinned: boolean } | null>(null);
  readonly grid: Signal<boolean>;
  readonly marks: Signal<boolean>;
  readonly sources: Signal<boolean>;
  readonly catalogue = signal<Catalogue | "none" | "loading" | "failed" | null>(null);
  /** The catalogue's row that is picked. */
  readonly picked: Signal<number | null>;

  /** Where a line or region was begun by the keyboard. */
  readonly anchor = signal<Point | null>(null);
  readonly line = signal<{ from: Point; to: Point } | null>(null);
  readonly region = signal<Region | null>(null);
  /** Of the region, once it is not being drawn any more. */
  readonly statistics = signal<Statistics | "empty" | null>(null);
  readonly starModel = signal<StarModel>("moffat");
  /** Stars measured, the last one last; `"none"`: there was none at the last place. */
  readonly stars = signal<readonly Star[]>([]);
  readonly starMissed = signal(false);

  /** The first frame and those beside it. */
  readonly layers: Signal<readonly Layer[]>;
  readonly shown = signal(0);
  readonly colours: Signal<[number, number, number] | null>;
  /** Frames that the address asks for and that are not here yet. */
  readonly awaited: Signal<readonly number[]>;

  constructor(frame: Frame, image: LoadedImage, view: View) {
    this.layers = signal([layerOf(frame, image, null)]);
    this.framing = signal(view.camera);
    this.look = signal(view.look);
    this.tool = signal(view.tool);
    this.grid = signal(view.grid);
    this.marks = signal(view.marks);
    this.sources = signal(view.sources);
    this.picked = signal(view.source);
    this.colours = signal(view.colours);
    this.awaited = signal(view.beside);
    this.camera = computed(() => this.framing.value ?? wholeImage(this.first.image.unit, this.canvas.value, UPRIGHT));
  }

  /** The frame that the page is about: what is measured, and whose pixels the view counts. */
  get first(): Layer {
    return this.layers.value[0]!;
  }

  /** Another plane of it, seen and measured in the same places; or another of its HDUs, where everything begins anew. */
  open(image: LoadedImage): void {
    const { first } = this;
    const next = layerOf(first.frame, image, null);
    batch(() => {
      this.stars.value = [];
      this.starMissed.value = false;
      if (image.unit.index === first.image.unit.index) {
        this.layers.value = this.layers.peek().with(0, next);
        this.setRegion(this.region.peek(), true);
        return;
      }
      this.layers.value = [next];
      this.awaited.value = [];
      this.shown.value = 0;
      this.colours.value = null;
      this.framing.value = null;
      this.cursor.value = null;
      this.anchor.value = null;
      this.line.value = null;
      this.catalogue.value = null;
      this.setRegion(null, true);
    });
  }

  /** The frame in sight, or the red one. */
  get layer(): Layer {
    const trio = this.trio;
    return trio?.[0] ?? this.layers.value[this.shown.value] ?? this.first;
  }

  /** The frames for red, green and blue; null where one at a time is shown, or not all are here yet. */
  get trio(): readonly [Layer, Layer, Layer] | null {
    const layers = this.colours.value?.map((index) => this.layers.value[index]);
    return layers?.every((layer) => layer !== undefined) ? (layers as [Layer, Layer, Layer]) : null;
  }

  levels(layer: Layer = this.layer): Levels {
    return levelsBeside(this.look.value.cuts, this.first.image, layer.image);
  }

  change(look: Partial<Look>): void {
    this.look.value = { ...this.look.peek(), ...look };
  }

  frameBy(change: (now: Camera) => Camera): void {
    this.framing.value = change(this.camera.peek());
  }

  zoomBy(factor: number, at?: Point): void {
    const canvas = this.canvas.peek();
    const [px, py] = at ?? [canvas.width / 2, canvas.height / 2];
    this.frameBy((now) => zoom(now, canvas, px, py, factor));
  }

  fit(): void {
    const { angle, mirrored } = this.camera.peek();
    const turned = angle !== 0 || mirrored;
    this.framing.value = turned ? wholeImage(this.first.image.unit, this.canvas.peek(), { angle, mirrored }) : null;
  }

  onePixel(): void {
    this.frameBy((now) => ({ ...now, scale: 1 / window.devicePixelRatio }));
  }

  /** Does nothing without a WCS. */
  turnNorth(): void {
    const { unit } = this.first.image;
    const at = this.first.wcs && directions(this.first.wcs, (unit.width + 1) / 2, (unit.height + 1) / 2);
    if (at) this.framing.value = wholeImage(unit, this.canvas.peek(), northUp(at.north, at.east));
  }

  turnBack(): void {
    this.framing.value = null;
  }

  measure(near: Point): void {
    const saturation = this.first.image.keywords.SATURATE;
    const star = measureStar(this.first.plane, near, {
      model: this.starModel.peek(),
      reach: Math.min(40, Math.max(5, STAR_REACH / this.camera.peek().scale)),
      saturation: typeof saturation === "number" && saturation > 0 ? saturation : null,
    });
    batch(() => {
      this.starMissed.value = star === null;
      if (star !== null) this.stars.value = [...this.stars.peek(), star];
    });
    announce(star === null ? "No star there." : `FWHM ${star.fwhm.toFixed(2)} pixels.`);
  }

  /** The same star by the other profile. */
  refit(model: StarModel): void {
    this.starModel.value = model;
    const last = this.stars.peek().at(-1);
    if (last === undefined) return;
    this.stars.value = this.stars.peek().slice(0, -1);
    this.measure(last.centre);
  }

  setRegion(region: Region | null, done: boolean): void {
    batch(() => {
      this.region.value = region;
      this.statistics.value = region === null || !done ? null : (statisticsOf(this.first.plane, region) ?? "empty");
    });
    const found = this.statistics.peek();
    if (found === "empty") announce("No defined pixels there.");
    else if (found !== null) announce(`${found.count} pixels, mean ${found.mean.toPrecision(6)}.`);
  }

  clear(): void {
    batch(() => {
      this.anchor.value = null;
      const tool = this.tool.peek();
      if (tool === "line") this.line.value = null;
      else if (tool === "star") {
        this.stars.value = [];
        this.starMissed.value = false;
      } else if (tool === "box" || tool === "circle") this.setRegion(null, true);
      else this.picked.value = null;
    });
  }

  choose(tool: Tool): void {
    batch(() => {
      this.tool.value = tool;
      this.anchor.value = null;
    });
  }

  /** A frame to compare with; false where the two have no world coordinates in common. */
  addLayer(frame: Frame, image: LoadedImage): boolean {
    const wcs = wcsOf(image.keywords);
    if (this.first.wcs === null || wcs === null) return false;
    const nodes = warpNodes(this.first.wcs, this.first.image.unit, wcs);
    this.layers.value = [...this.layers.peek(), layerOf(frame, image, nodes)];
    return true;
  }

  removeLayer(id: number): void {
    batch(() => {
      this.layers.value = this.layers.peek().filter((layer) => layer === this.first || layer.frame.id !== id);
      this.shown.value = 0;
      this.colours.value = null;
    });
  }

  step(by: number): void {
    const { length } = this.layers.peek();
    if (length < 2) return;
    this.colours.value = null;
    this.shown.value = (this.shown.peek() + by + length) % length;
  }

  get view(): View {
    return {
      look: this.look.value,
      camera: this.framing.value,
      tool: this.tool.value,
      grid: this.grid.value,
      sources: this.sources.value,
      marks: this.marks.value,
      source: this.picked.value,
      beside: [...new Set([...this.layers.value.slice(1).map(({ frame }) => frame.id), ...this.awaited.value])],
      colours: this.colours.value,
    };
  }
}

function layerOf(frame: Frame, image: LoadedImage, nodes: Float32Array<ArrayBuffer> | null): Layer {
  const { width, height } = image.unit;
  return { frame, image, plane: { width, height, values: image.values }, wcs: wcsOf(image.keywords), nodes };
}
