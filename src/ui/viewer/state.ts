/** What the viewer shows and does, as signals: each part of the page follows those it reads, and nothing else moves. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Frame } from "../api/frame.ts";
import { announce } from "../design/announce.tsx";
import type { CsvTable } from "../frame/csv.ts";
import type { View } from "./address.ts";
import { type Camera, type Framing, northUp, type Size, UPRIGHT, wholeImage, zoom } from "./camera.ts";
import { firstLayer, goneText, type Layer, laidOn, layerOn, regionOn } from "./layer.ts";
import type { Line } from "./line-profile.ts";
import { type Levels, type Look, levelsBeside, levelsOfFirst, USUAL_LOOK } from "./look.ts";
import type { LoadedImage } from "./message.ts";
import { middleOf, type Point, samePart } from "./plane.ts";
import { type Region, type Statistics, statisticsOf } from "./region.ts";
import { directions } from "./sky.ts";
import type { Source } from "./sources.ts";
import { Stars } from "./stars.ts";
import type { Tool } from "./tool.ts";

export interface Catalogue {
  table: CsvTable;
  sources: Source[];
}

export class ViewerState {
  readonly canvas = signal<Size>({ width: 1, height: 1 });
  readonly framing = signal<Framing>(UPRIGHT);
  readonly camera: ReadonlySignal<Camera>;
  readonly look = signal<Look>(USUAL_LOOK);
  readonly tool = signal<Tool>("move");
  /** Place of the cross-hair; `pinned`: not below the pointer, so that it has to be drawn. */
  readonly cursor = signal<{ at: Point; pinned: boolean } | null>(null);
  /** The cross-hair that is drawn: what follows the pointer draws nothing anew. */
  readonly cross = computed(() => {
    const cursor = this.cursor.value;
    return cursor?.pinned ? cursor.at : null;
  });
  readonly grid = signal(false);
  readonly marks = signal(true);
  readonly sources = signal(false);
  readonly comparing = signal(false);
  readonly catalogue = signal<Catalogue | "none" | "loading" | "failed" | null>(null);
  /** The catalogue's row that is picked. */
  readonly picked = signal<number | null>(null);

  /** Where a line or region was begun that is not drawn by a drag. */
  readonly anchor = signal<Point | null>(null);
  readonly line = signal<Line | null>(null);
  readonly region = signal<Region | null>(null);
  readonly #drawing = signal(false);
  /** Of the region in the frame in sight, once it is not being drawn any more. */
  readonly statistics: ReadonlySignal<Statistics | "empty" | null>;
  readonly stars: Stars;

  /** The first frame and those beside it. */
  readonly layers: Signal<readonly Layer[]>;
  readonly shown = signal(0);
  /** Seconds that each is shown while they are blinked; null: they are not. */
  readonly blink = signal<number | null>(null);
  readonly colours = signal<[number, number, number] | null>(null);
  /** How many frames were put away with the last HDU or part, because they show nothing of this one's field. */
  readonly gone = signal(0);
  /** Frames that the address asks for and that are not here yet. */
  readonly awaited = signal<readonly number[]>([]);

  constructor(frame: Frame, image: LoadedImage, view: View) {
    this.layers = signal([firstLayer(frame, image)]);
    this.camera = computed(() => {
      const framing = this.framing.value;
      return "scale" in framing ? framing : wholeImage(this.first.plane, this.canvas.value, framing);
    });
    this.statistics = computed(() => {
      const region = this.region.value;
      if (region === null || this.#drawing.value) return null;
      const there = regionOn(this.layer, this.first, region);
      return (there && statisticsOf(this.layer.plane, there)) ?? "empty";
    });
    this.stars = new Stars(this);
    this.adopt(view);
  }

  /** Shows what an address says. Of the frames beside the first those that are not here yet are awaited. */
  adopt(view: View): void {
    const beside = this.layers.peek().slice(1);
    const missing = beside.findIndex(({ frame }, index) => frame.id !== view.beside[index]);
    // The colours count on their order.
    const kept = missing < 0 ? beside : beside.slice(0, missing);
    batch(() => {
      this.look.value = view.look;
      this.framing.value = view.framing;
      this.tool.value = view.tool;
      this.grid.value = view.grid;
      this.sources.value = view.sources;
      this.marks.value = view.marks;
      this.comparing.value = view.comparing;
      this.picked.value = view.source;
      this.layers.value = [this.first, ...kept];
      this.awaited.value = view.beside.slice(kept.length);
      this.colours.value = view.colours;
      this.shown.value = view.sight;
      this.blink.value = view.blink;
      this.anchor.value = null;
      this.line.value = view.line;
      this.region.value = view.region;
      this.stars.ask(view.starModel, view.stars);
    });
  }

  /** The frame that the page is about: whose pixels the view counts. */
  get first(): Layer {
    return this.layers.value[0]!;
  }

  /**
   * Another plane or part of it, seen and measured in the same places; or another of its HDUs, where the address says
   * what is seen. Frames beside it stay that show something of the field.
   */
  open(image: LoadedImage, view: View): void {
    const { first } = this;
    const next = firstLayer(first.frame, image);
    const isSame = image.unit.index === first.image.unit.index;
    const before = this.layers.peek().slice(1);
    const isSamePart = isSame && samePart(next.plane, first.plane);
    const beside = isSamePart ? before : laidOn(next, before);
    const kept = new Set(beside.map(({ frame }) => frame.id));
    const gone = before.map(({ frame }) => frame.id).filter((id) => !kept.has(id));
    batch(() => {
      this.stars.clear();
      this.layers.value = [next, ...beside];
      this.gone.value = gone.length;
      if (!isSame) {
        this.cursor.value = null;
        this.catalogue.value = null;
        this.adopt({ ...view, beside: view.beside.filter((id) => !gone.includes(id)) });
      }
      if (gone.length > 0) {
        this.colours.value = null;
        this.shown.value = 0;
      }
    });
    const { unit, plane } = image;
    const which = isSame
      ? unit.planes > 1
        ? `Plane ${plane + 1} of ${unit.planes}.`
        : ""
      : `HDU ${unit.index} ${unit.name}.`;
    announce(`${which} ${gone.length > 0 ? goneText(gone.length) : ""}`.trim());
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
    const { angle, mirrored } = this.framing.peek();
    this.framing.value = { angle, mirrored };
  }

  onePixel(): void {
    this.frameBy((now) => ({ ...now, scale: 1 / window.devicePixelRatio }));
  }

  /** Does nothing without a WCS. */
  turnNorth(): void {
    const { plane, wcs } = this.first;
    const at = wcs && directions(wcs, ...middleOf(plane));
    if (at) this.framing.value = northUp(at.north, at.east);
  }

  turnBack(): void {
    this.framing.value = UPRIGHT;
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
      else if (tool === "star") this.stars.clear();
      else if (tool === "box" || tool === "circle") this.setRegion(null, true);
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
    if (layer === null) return false;
    batch(() => {
      this.layers.value = [...this.layers.peek(), layer];
      this.stars.measureAsked();
    });
    return true;
  }

  removeLayer(id: number): void {
    batch(() => {
      this.layers.value = this.layers.peek().filter((layer) => layer === this.first || layer.frame.id !== id);
      this.stars.keepHere();
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
      framing: this.framing.value,
      tool: this.tool.value,
      grid: this.grid.value,
      sources: this.sources.value,
      marks: this.marks.value,
      comparing: this.comparing.value,
      source: this.picked.value,
      beside: [...new Set([...this.layers.value.slice(1).map(({ frame }) => frame.id), ...this.awaited.value])],
      colours: this.colours.value,
      // While they are blinked it changes by itself.
      sight: this.blink.value === null ? this.shown.value : 0,
      blink: this.blink.value,
      line: this.line.value,
      region: this.region.value,
      starModel: this.stars.model.value,
      stars: this.stars.places,
    };
  }
}
