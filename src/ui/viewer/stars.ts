/** The stars that a person has measured, each in the frame that was in sight. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { announce } from "../design/announce.tsx";
import type { StarPlace } from "./address.ts";
import type { Camera } from "./camera.ts";
import type { Layer } from "./layer.ts";
import type { Point } from "./plane.ts";
import type { StarModel } from "./star-fit.ts";
import { type MeasuredStar, starOn } from "./star-on-layer.ts";

/** CSS pixels around a click in which a star may be. */
const REACH = 14;

/** What they are measured in. */
interface Sky {
  readonly layers: ReadonlySignal<readonly Layer[]>;
  /** The frame in sight, and the one whose coordinates places have. */
  readonly layer: Layer;
  readonly first: Layer;
  readonly camera: ReadonlySignal<Camera>;
}

export class Stars {
  readonly model = signal<StarModel>("moffat");
  /** The last one last. */
  readonly all = signal<readonly MeasuredStar[]>([]);
  /** There was none at the last place. */
  readonly missed = signal(false);
  readonly #sky: Sky;
  /** Those that the address asks for in frames that are not here yet. */
  #asked: readonly StarPlace[] = [];

  constructor(sky: Sky) {
    this.#sky = sky;
  }

  /** Those of the frame in sight. */
  get here(): readonly MeasuredStar[] {
    return this.all.value.filter(({ layer }) => layer === this.#sky.layer);
  }

  /** For the address. */
  get places(): StarPlace[] {
    const layers = this.#sky.layers.value;
    return [...this.all.value.map(({ at, layer }) => ({ at, of: layers.indexOf(layer) })), ...this.#asked];
  }

  /** Those of an address instead of all others, once their frames are here. */
  ask(model: StarModel, places: readonly StarPlace[]): void {
    batch(() => {
      this.clear();
      this.model.value = model;
      this.#asked = places;
      this.measureAsked();
    });
  }

  /** Those asked for in frames that have come meanwhile. */
  measureAsked(): void {
    const layers = this.#sky.layers.peek();
    const found = this.#asked.flatMap(({ at, of }) => (layers[of] && this.#at(layers[of], at, 0)) ?? []);
    this.#asked = this.#asked.filter(({ of }) => layers[of] === undefined);
    if (found.length > 0) this.all.value = [...this.all.peek(), ...found];
  }

  /** Measures the star near a place of the first frame in the frame in sight. */
  measure(near: Point): void {
    const star = this.#at(this.#sky.layer, near);
    batch(() => {
      this.missed.value = star === null;
      if (star !== null) this.all.value = [...this.all.peek(), star];
    });
    announce(star === null ? "No star there." : `FWHM ${star.star.fwhm.toFixed(2)} pixels.`);
  }

  /** `reach`: CSS pixels. */
  #at(layer: Layer, near: Point, reach = REACH): MeasuredStar | null {
    return starOn(layer, this.#sky.first, near, this.model.peek(), reach / this.#sky.camera.peek().scale);
  }

  /** Those of all other frames in the frame in sight. */
  measureSame(): void {
    const known = this.here;
    const isNew = ({ at }: MeasuredStar) =>
      !known.some((one) => Math.hypot(one.at[0] - at[0], one.at[1] - at[1]) < one.star.fwhm / one.scale);
    const found = this.all
      .peek()
      .filter(isNew)
      .flatMap(({ at }) => this.#at(this.#sky.layer, at) ?? []);
    this.all.value = [...this.all.peek(), ...found];
    announce(found.length === 0 ? "None of them is there." : `${found.length} stars measured.`);
  }

  /** The last one of the frame in sight by the other profile. */
  refit(model: StarModel): void {
    this.model.value = model;
    const last = this.here.at(-1);
    if (last === undefined) return;
    this.all.value = this.all.peek().filter((one) => one !== last);
    this.measure(last.at);
  }

  clear(): void {
    batch(() => {
      this.all.value = [];
      this.missed.value = false;
      this.#asked = [];
    });
  }

  /** Without those of frames that are not here any more. */
  keepHere(): void {
    const layers = this.#sky.layers.peek();
    this.all.value = this.all.peek().filter(({ layer }) => layers.includes(layer));
  }
}
