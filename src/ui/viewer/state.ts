/** What the viewer shows and does, as signals: each part of the page follows those it reads, and nothing else moves. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import type { CsvTable } from "../frame/csv.ts";
import type { View } from "./address.ts";
import { type Camera, northUp, type Size, wholeImage, zoom } from "./camera.ts";
import { firstLayer, goneText, type Layer, laidOn, layerOn, regionOn } from "./layer.ts";
import { type Levels, type Look, levelsBeside, levelsOfFirst } from "./look.ts";
import type { LoadedImage } from "./message.ts";
import { middleOf, type Point, samePart } from "./plane.ts";
import { type Region, type Statistics, statisticsOf } from "./region.ts";
import { directions } from "./sky.ts";
import type { Source } from "./sources.ts";
import type { StarModel } from "./star-fit.ts";
import { type MeasuredStar, starOn } from "./star-on-layer.ts";
import type { Tool } from "./tool.ts";

/** As the file has it: the first row at the bottom. */
const UPRIGHT = { angle: 0, mirrored: false };
/** CSS pixels around a click in which a star may be. */
const STAR_REACH = 14;

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
  /** The cross-hair that is drawn: what follows the pointer draws nothing anew. */
  readonly cross = computed(() => {
    const cursor = this.cursor.value;
    return cursor?.pinned ? cursor.at : null;
  });
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
  readonly #drawing = signal(false);
  /** Of the region in the frame in sight, once it is not being drawn any more. */
  readonly statistics: ReadonlySignal<Statistics | "empty" | null>;
  readonly starModel = signal<StarModel>("moffat");
  /** Stars measured, the last one last. */
  readonly stars = signal<readonly MeasuredStar[]>([]);
  /** There was none at the last place. */
  readonly starMissed = signal(false);

  /** The first frame and those beside it. */
  readonly layers: Signal<readonly Layer[]>;
  readonly shown = signal(0);
  readonly colours: Signal<[number, number, number] | null>;
  /** How many frames were put away with the last HDU or part, because they show nothing of this one's field. */
  readonly gone = signal(0);
  /** Frames that the address asks for and that are not here yet. */
  readonly awaited: Signal<readonly number[]>;

  constructor(frame: Frame, image: LoadedImage, view: View) {
    this.layers = signal([firstLayer(frame, image)]);
    this.framing = signal(view.camera);
    this.look = signal(view.look);
    this.tool = signal(view.tool);
    this.grid = signal(view.grid);
    this.marks = signal(view.marks);
    this.sources = signal(view.sources);
    this.picked = signal(view.source);
    this.colours = signal(view.colours);
    this.awaited = signal(view.beside);
    this.camera = computed(() => this.framing.value ?? wholeImage(this.first.plane, this.canvas.value, UPRIGHT));
    this.statistics = computed(() => {
      const region = this.region.value;
      if (region === null || this.#drawing.value) return null;
      const there = regionOn(this.layer, this.first, region);
      return (there && statisticsOf(this.layer.plane, there)) ?? "empty";
    });
  }

  /** The frame that the page is about: whose pixels the view counts. */
  get first(): Layer {
    return this.layers.value[0]!;
  }

  /**
   * Another plane or part of it, seen and measured in the same places; or another of its HDUs, where all begins anew but
   * for the frames beside it. Those stay that show something of the field.
   */
  open(image: LoadedImage): void {
    const { first } = this;
    const next = firstLayer(first.frame, image);
    const isSame = image.unit.index === first.image.unit.index;
    const before = this.layers.peek().slice(1);
    const isSamePart = isSame && samePart(next.plane, first.plane);
    const beside = isSamePart ? before : laidOn(next, before);
    batch(() => {
      this.stars.value = [];
      this.starMissed.value = false;
      this.layers.value = [next, ...beside];
      this.gone.value = before.length - beside.length;
      if (this.gone.peek() > 0) {
        this.colours.value = null;
        this.shown.value = 0;
      }
      if (isSame) return;
      this.shown.value = 0;
      this.framing.value = null;
      this.cursor.value = null;
      this.anchor.value = null;
      this.line.value = null;
      this.catalogue.value = null;
      this.region.value = null;
    });
    const { unit, plane } = image;
    const which = isSame
      ? unit.planes > 1
        ? `Plane ${plane + 1} of ${unit.planes}.`
        : ""
      : `HDU ${unit.index} ${unit.name}.`;
    announce(`${which} ${this.gone.peek() > 0 ? goneText(this.gone.peek()) : ""}`.trim());
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

  /** Levels of the frame in sight; those of all others follow. */
  setLevels(levels: Levels): void {
    const [low, high] = levelsOfFirst(levels, this.first.image, this.layer.image);
    this.change({ cuts: { kind: "levels", low, high } });
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
    this.framing.value = turned ? wholeImage(this.first.plane, this.canvas.peek(), { angle, mirrored }) : null;
  }

  onePixel(): void {
    this.frameBy((now) => ({ ...now, scale: 1 / window.devicePixelRatio }));
  }

  /** Does nothing without a WCS. */
  turnNorth(): void {
    const { plane, wcs } = this.first;
    const at = wcs && directions(wcs, ...middleOf(plane));
    if (at) this.framing.value = wholeImage(plane, this.canvas.peek(), northUp(at.north, at.east));
  }

  turnBack(): void {
    this.framing.value = null;
  }

  /** Stars that were measured in the frame in sight. */
  get starsHere(): readonly MeasuredStar[] {
    return this.stars.value.filter(({ layer }) => layer === this.layer);
  }

  /** Measures the star near a place of the first frame in the frame in sight. */
  measure(near: Point): void {
    const star = this.#starAt(near);
    batch(() => {
      this.starMissed.value = star === null;
      if (star !== null) this.stars.value = [...this.stars.peek(), star];
    });
    announce(star === null ? "No star there." : `FWHM ${star.star.fwhm.toFixed(2)} pixels.`);
  }

  #starAt(near: Point): MeasuredStar | null {
    return starOn(this.layer, this.first, near, this.starModel.peek(), STAR_REACH / this.camera.peek().scale);
  }

  /** The stars of all other frames in the frame in sight. */
  measureSame(): void {
    const known = this.starsHere;
    const isNew = ({ at }: MeasuredStar) =>
      !known.some((one) => Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) < one.star.fwhm / one.scale);
    const found = this.stars
      .peek()
      .filter(isNew)
      .flatMap(({ at }) => this.#starAt(at) ?? []);
    this.stars.value = [...this.stars.peek(), ...found];
    announce(found.length === 0 ? "None of them is there." : `${found.length} stars measured.`);
  }

  /** The last star of the frame in sight by the other profile. */
  refit(model: StarModel): void {
    this.starModel.value = model;
    const last = this.starsHere.at(-1);
    if (last === undefined) return;
    this.stars.value = this.stars.peek().filter((one) => one !== last);
    this.measure(last.at);
  }

  /** `done`: it is not being drawn any more, and its statistics are said. */
  setRegion(region: Region | null, done: boolean): void {
    batch(() => {
      this.region.value = region;
      this.#drawing.value = !done;
    });
    const found = done ? this.statistics.peek() : null;
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
    const layer = layerOn(this.first, frame, image);
    if (layer !== null) this.layers.value = [...this.layers.peek(), layer];
    return layer !== null;
  }

  removeLayer(id: number): void {
    batch(() => {
      this.layers.value = this.layers.peek().filter((layer) => layer === this.first || layer.frame.id !== id);
      this.stars.value = this.stars.peek().filter(({ layer }) => this.layers.peek().includes(layer));
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
