/** Draws the timeline: twilight, curves of Sun and Moon, frames as bars, gaps. */

import { moonAltitude, moonIlluminated, type Span, sunAltitude } from "../../sky/sun-moon.ts";
import type { Frame } from "../api/frame.ts";
import { addShape, SLOTS } from "../design/category.ts";
import { ticksOf, toTime, toX } from "./axis.ts";
import { duration, type Gap } from "./exposures.ts";
import { type Band, barOf, type Layout, type PlacedRow } from "./layout.ts";
import type { SiteSky } from "./site.ts";

export interface Scene {
  layout: Layout<Frame>;
  shown: Span;
  width: number;
  skies: ReadonlyMap<string, SiteSky>;
  gaps: readonly Gap[];
  slotOf: (frame: Frame) => number;
  labelOf: (frame: Frame) => string;
}

export const NIGHT_COLOURS = [
  ...["surface", "line", "edge", "muted", "text", "accent", "warn", "cat-hues", "sans"],
  ...["night-day", "night-civil", "night-nautical", "night-astronomical", "night-dark"],
] as const;

/** Sun's altitude below which each shade begins, degrees (Explanatory Supplement, ch. 12; -50′: upper limb, refraction). */
const SHADES = [
  { above: -50 / 60, colour: "night-day" },
  { above: -6, colour: "night-civil" },
  { above: -12, colour: "night-nautical" },
  { above: -18, colour: "night-astronomical" },
  { above: -91, colour: "night-dark" },
] as const;

/** Altitudes that the curves show, degrees. */
const [LOW, HIGH] = [-50, 90];

const CURVES = [
  ["Sun", sunAltitude, "sun", "warn", [6, 4]],
  ["Moon", moonAltitude, "moon", "text", []],
] as const;

type Context = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export class NightPainter {
  readonly #context: Context;
  readonly #colours: Record<string, string>;
  readonly #em: number;
  readonly #scene: Scene;

  constructor(
    context: Context,
    scene: Scene,
    colours: Record<string, string>,
    { ratio, em }: { ratio: number; em: number },
  ) {
    this.#context = context;
    this.#scene = scene;
    this.#colours = colours;
    this.#em = em;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  paint(): void {
    const { layout, width } = this.#scene;
    const context = this.#context;
    context.fillStyle = this.#colours.surface!;
    context.fillRect(0, 0, width, layout.height);
    for (const band of layout.bands) this.#shade(band);
    this.#axis();
    for (const band of layout.bands) {
      if (band.curves !== null) this.#curves(band, band.curves);
      for (const placed of band.rows) this.#row(placed, band.curves === null);
    }
  }

  /** The sky's brightness behind a site's rows, by the altitude of its Sun. */
  #shade({ site, top, height }: Band<Frame>): void {
    const { shown, width, skies } = this.#scene;
    const place = skies.get(site)?.place;
    const context = this.#context;
    if (!place) return;
    const step = 2;
    for (let x = 0; x < width; x += step) {
      const sun = sunAltitude(toTime(x + step / 2, shown, width), place);
      context.fillStyle = this.#colours[SHADES.find(({ above }) => sun > above)!.colour]!;
      context.fillRect(x, top, step, height);
    }
  }

  #axis(): void {
    const { layout, shown, width } = this.#scene;
    const context = this.#context;
    context.fillStyle = this.#colours.line!;
    const ticks = ticksOf(shown, width, 5 * this.#em);
    for (const { ms } of ticks) context.fillRect(Math.round(toX(ms, shown, width)), layout.axis, 1, layout.height);
    for (const { ms, label } of ticks) {
      const x = toX(ms, shown, width);
      const half = this.#em * label.length * 0.3;
      this.#text(label, Math.max(half, Math.min(width - half, x)), layout.axis / 2, "center");
    }
    for (const { top } of layout.bands) {
      context.fillStyle = this.#colours.edge!;
      context.fillRect(0, Math.round(top), width, 1);
    }
  }

  #curves({ site }: Band<Frame>, { top, height }: { top: number; height: number }): void {
    const { shown, width, skies } = this.#scene;
    const sky = skies.get(site);
    const context = this.#context;
    const em = this.#em;
    const y = (altitude: number) => top + ((HIGH - altitude) / (HIGH - LOW)) * height;
    context.save();
    context.beginPath();
    context.rect(0, top, width, height);
    context.clip();
    for (const altitude of [0, 30, 60]) {
      context.fillStyle = this.#colours[altitude === 0 ? "edge" : "line"]!;
      context.fillRect(0, Math.round(y(altitude)), width, 1);
    }
    const middle = (shown.start + shown.end) / 2;
    const lit = `${Math.round(moonIlluminated(middle) * 100)} %`;
    for (const [name, at, of, colour, dash] of CURVES) {
      if (sky === undefined) break;
      context.strokeStyle = this.#colours[colour]!;
      context.fillStyle = this.#colours[colour]!;
      context.lineWidth = 1.5;
      context.setLineDash([...dash]);
      context.beginPath();
      if (sky.place !== null) {
        for (let x = 0; x <= width; x += 4) context.lineTo(x, y(at(toTime(x, shown, width), sky.place)));
      } else {
        for (const sample of sky.samples) {
          const altitude = sample[of];
          if (altitude !== null) context.lineTo(toX(sample.ms, shown, width), y(altitude));
        }
      }
      context.stroke();
      context.setLineDash([]);
      for (const sample of sky.samples) {
        const altitude = sample[of];
        if (altitude === null) continue;
        context.beginPath();
        context.arc(toX(sample.ms, shown, width), y(altitude), 0.22 * em, 0, 2 * Math.PI);
        context.fill();
      }
      const spot = this.#labelSpot(sky, at, y, top, height, name === "Moon" ? -1 : 1);
      if (spot !== null) this.#text(name === "Moon" ? `Moon ${lit}` : name, spot[0], spot[1], "center", "haloed");
    }
    context.restore();
    this.#text(`${site || "Unknown site"} · altitude of Sun and Moon`, 0.5 * em, top - 0.8 * em, "left", "text");
    for (const altitude of [0, 30, 60]) this.#text(`${altitude}°`, width - 0.4 * em, y(altitude) - 0.6 * em, "right");
  }

  /** A place for a curve's name: above it, where it is well inside the box, from one end or the other. */
  #labelSpot(
    sky: SiteSky,
    at: typeof sunAltitude,
    y: (altitude: number) => number,
    top: number,
    height: number,
    direction: 1 | -1,
  ): [number, number] | null {
    const { shown, width } = this.#scene;
    const em = this.#em;
    if (sky.place === null) return null;
    for (let from = 6 * em; from < width - 6 * em; from += em) {
      const x = direction > 0 ? from : width - from;
      const here = y(at(toTime(x, shown, width), sky.place)) - 0.9 * em;
      if (here > top + 0.6 * em && here < top + height - em) return [x, here];
    }
    return null;
  }

  #row(placed: PlacedRow<Frame>, named: boolean): void {
    const { shown, width, slotOf, labelOf, gaps } = this.#scene;
    const context = this.#context;
    const em = this.#em;
    const { row, top, lane, lanes } = placed;
    const site = named ? `${row.site || "Unknown site"} · ` : "";
    this.#text(`${site}${row.telescope} · ${row.instrument}`, 0.5 * em, top + 0.8 * em, "left", "text");

    for (const gap of gaps) {
      if (gap.site === row.site && gap.telescope === row.telescope) this.#gap(gap, lane);
    }
    const bySlot: Frame[][] = Array.from({ length: SLOTS }, () => []);
    for (const frame of row.frames) {
      const [left, wide] = barOf(frame, shown, width);
      if (left + wide >= 0 && left <= width) bySlot[slotOf(frame)]!.push(frame);
    }
    const hues = this.#colours["cat-hues"] !== "0";
    bySlot.forEach((frames, slot) => {
      for (const frame of frames) {
        const { top: y, height } = lanes.get(frame)!;
        const [left, wide] = barOf(frame, shown, width);
        context.fillStyle = this.#colours[`cat-${slot}`]!;
        // A hair of ground between bars that touch.
        context.fillRect(left, y, wide > 5 ? wide - 1 : wide, height);
        if (height < 0.8 * em || wide < 1.2 * em) continue;
        const label = height < em ? "" : labelOf(frame);
        const seen = Math.max(left, 0);
        const room = Math.min(left + wide, width) - seen;
        if (label !== "" && room > (label.length + 1) * 0.62 * em) {
          this.#onBar(label, seen + room / 2, y + height / 2);
        } else if (!hues) {
          context.beginPath();
          addShape(context, slot, left + wide / 2, y + height / 2, 0.35 * em);
          context.fillStyle = this.#colours.surface!;
          context.fill();
        }
      }
    });
  }

  /** A hatched stretch with its length. */
  #gap(gap: Gap, lane: { top: number; height: number }): void {
    const { shown, width } = this.#scene;
    const context = this.#context;
    const left = Math.max(-2, toX(gap.start, shown, width));
    const right = Math.min(width + 2, toX(gap.end, shown, width));
    if (right - left < 3) return;
    context.save();
    context.beginPath();
    context.rect(left, lane.top, right - left, lane.height);
    context.clip();
    context.strokeStyle = this.#colours.edge!;
    context.lineWidth = 1;
    context.beginPath();
    for (let x = left - lane.height; x < right; x += 7) {
      context.moveTo(x, lane.top + lane.height);
      context.lineTo(x + lane.height, lane.top);
    }
    context.stroke();
    context.restore();
    const words = duration(gap.end - gap.start);
    if (right - left > (words.length + 3) * 0.6 * this.#em) {
      this.#text(words, (left + right) / 2, lane.top + lane.height / 2, "center", "haloed");
    }
  }

  /** Rings a frame that is pointed at, or has the keyboard's focus. */
  light(lit: Frame): void {
    const { layout, shown, width } = this.#scene;
    const placed = layout.bands.flatMap(({ rows }) => rows).find(({ lanes }) => lanes.has(lit));
    if (placed === undefined) return;
    const [left, wide] = barOf(lit, shown, width);
    const { top, height } = placed.lanes.get(lit)!;
    const context = this.#context;
    context.strokeStyle = this.#colours.surface!;
    context.lineWidth = 5;
    context.strokeRect(left - 2, top - 2, wide + 4, height + 4);
    context.strokeStyle = this.#colours.text!;
    context.lineWidth = 2;
    context.strokeRect(left - 2, top - 2, wide + 4, height + 4);
  }

  /** Small text; "haloed" stays readable over lines. */
  #text(text: string, x: number, y: number, align: CanvasTextAlign, tone: "muted" | "text" | "haloed" = "muted"): void {
    const context = this.#context;
    context.font = `${this.#em}px ${this.#colours.sans}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    if (tone === "haloed") {
      context.lineJoin = "round";
      context.lineWidth = 4;
      context.strokeStyle = this.#colours.surface!;
      context.strokeText(text, x, y);
    }
    context.fillStyle = this.#colours[tone === "muted" ? "muted" : "text"]!;
    context.fillText(text, x, y);
  }

  #onBar(text: string, x: number, y: number): void {
    const context = this.#context;
    context.font = `600 ${0.92 * this.#em}px ${this.#colours.sans}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = this.#colours.surface!;
    context.fillText(text, x, y);
  }
}
