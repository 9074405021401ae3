/** What is seen, in the frame page's address: a link shows the same picture. Pure. */
import { type Cuts, cutsText, parseCuts } from "../../imaging/cuts.ts";
import { type Framing, UPRIGHT } from "./camera.ts";
import type { Line } from "./line-profile.ts";
import { isOffered, type Look, SHADER_STRETCHES, USUAL_LOOK, VIEWER_COLORMAPS } from "./look.ts";
import type { Point } from "./plane.ts";
import type { Region } from "./region.ts";
import { STAR_MODELS, type StarModel } from "./star-fit.ts";
import { TOOLS, type Tool } from "./tool.ts";

export interface View {
  look: Look;
  framing: Framing;
  tool: Tool;
  grid: boolean;
  sources: boolean;
  /** Compass and scale bar. */
  marks: boolean;
  /** The panel of other frames is open. */
  comparing: boolean;
  /** The catalogue's row that is picked, from 0. */
  source: number | null;
  /** Frames beside this one, by id. */
  beside: number[];
  /** Of this frame (0) and those beside it, which are red, green and blue; null: one at a time. */
  colours: [number, number, number] | null;
  /** Which of them is in sight. */
  sight: number;
  /** Seconds that each is in sight while they are blinked; null: they are not. */
  blink: number | null;
  line: Line | null;
  region: Region | null;
  starModel: StarModel;
  stars: StarPlace[];
}

/** Where a star is measured: its place on the first frame, and which of the frames it is measured in. */
export interface StarPlace {
  at: Point;
  of: number;
}

/** Seconds that a frame is in sight. Twice a second at most: WCAG 2.3.1 allows three flashes. */
export const PACES = [0.5, 1, 2];
const SHOWN = ["marks", "grid", "sources"] as const;
/** Stars that an address keeps: it must not grow beyond what servers take. */
const MOST_STARS = 40;

/** What means something on one image only. */
const OF_IMAGE = ["plane", "at", "turn", "line", "box", "circle", "star", "sight", "blink"];
const NAMES = [
  ...["cuts", "stretch", "cmap", "invert", "tool", "show", "source", "beside", "rgb", "profile"],
  ...OF_IMAGE.filter((name) => name !== "plane"),
];

/** What the address says; what it says nothing about, or nonsense, is as usual. */
export function readView(query: URLSearchParams): View {
  const shown = query.get("show")?.split(",") ?? ["marks"];
  const beside = numbers(query.get("beside")).filter((id) => Number.isSafeInteger(id) && id > 0);
  const colours = numbers(query.get("rgb"));
  const source = numbers(query.get("source"))[0];
  const sight = numbers(query.get("sight"))[0];
  const blink = numbers(query.get("blink"))[0];
  const isTrio = colours.length === 3 && colours.every(isIndex);
  return {
    look: {
      cuts: cutsOf(query.get("cuts")),
      stretch: SHADER_STRETCHES.find((name) => name === query.get("stretch")) ?? USUAL_LOOK.stretch,
      colormap: VIEWER_COLORMAPS.find((name) => name === query.get("cmap")) ?? USUAL_LOOK.colormap,
      inverted: query.get("invert") === "1" || query.get("cmap") === "invert",
    },
    framing: framingOf(query.get("at"), query.get("turn")),
    tool: TOOLS.find(({ id }) => id === query.get("tool"))?.id ?? "move",
    grid: shown.includes("grid"),
    sources: shown.includes("sources"),
    marks: shown.includes("marks"),
    comparing: shown.includes("compare") || beside.length > 0,
    source: isIndex(source) ? source : null,
    beside: [...new Set(beside)].slice(0, 7),
    colours: isTrio ? (colours as [number, number, number]) : null,
    sight: isIndex(sight) ? sight : 0,
    blink: PACES.find((pace) => pace === blink) ?? null,
    line: lineOf(query.get("line")),
    region: regionOf(query),
    starModel: STAR_MODELS.find((name) => name === query.get("profile")) ?? "moffat",
    stars: starsOf(query.get("star")),
  };
}

/** The same address for another HDU; null: the science image. */
export function withHdu(query: URLSearchParams, hdu: number | null): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of ["hdu", ...OF_IMAGE]) next.delete(name);
  if (hdu !== null) next.set("hdu", String(hdu));
  return next;
}

/** The same address with this view; what is as usual is left out. */
export function writeView(query: URLSearchParams, view: View): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of NAMES) next.delete(name);
  const { look, framing } = view;
  const put = (name: string, value: string, usual = "") => {
    if (value !== usual) next.set(name, value);
  };
  const places = (...points: Point[]) => points.flat().map(thousandths).join(",");
  put("cuts", cutsText(rounded(look.cuts)), "zscale");
  put("stretch", look.stretch, USUAL_LOOK.stretch);
  put("cmap", look.colormap, USUAL_LOOK.colormap);
  put("invert", look.inverted ? "1" : "");
  const mirror = framing.mirrored ? ",m" : "";
  const degrees = `${((framing.angle * 180) / Math.PI).toFixed(2)}${mirror}`;
  if ("scale" in framing) put("at", [framing.x.toFixed(1), framing.y.toFixed(1), short(framing.scale), degrees].join());
  else put("turn", degrees, "0.00");
  put("tool", view.tool, "move");
  const shown = SHOWN.filter((name) => view[name]);
  // Where there are frames to compare, their panel is open anyway.
  const isOpen = view.comparing && view.beside.length === 0;
  put("show", [...shown, ...(isOpen ? ["compare"] : [])].join(), "marks");
  put("source", view.source === null ? "" : String(view.source));
  put("beside", view.beside.join());
  put("rgb", view.colours?.join() ?? "");
  put("sight", String(view.sight), "0");
  put("blink", view.blink === null ? "" : String(view.blink));
  put("line", view.line === null ? "" : places(view.line.from, view.line.to));
  if (view.region?.kind === "box") put("box", places(view.region.from, view.region.to));
  if (view.region?.kind === "circle") {
    put("circle", [places(view.region.centre), thousandths(view.region.radius)].join());
  }
  put("profile", view.starModel, "moffat");
  put(
    "star",
    view.stars
      .slice(-MOST_STARS)
      .map(({ at, of }) => [places(at), of].join())
      .join(";"),
  );
  return next;
}

function numbers(text: string | null): number[] {
  return text === null || text === "" ? [] : text.split(",").map(Number);
}

function isIndex(value: number | undefined): value is number {
  return Number.isInteger(value) && value! >= 0;
}

/** So many finite numbers, or null. */
function exactly(count: number, text: string | null): number[] | null {
  const found = numbers(text);
  return found.length === count && found.every(Number.isFinite) ? found : null;
}

function lineOf(text: string | null): Line | null {
  const [x0, y0, x1, y1] = exactly(4, text) ?? [];
  return x0 === undefined ? null : { from: [x0, y0!], to: [x1!, y1!] };
}

function regionOf(query: URLSearchParams): Region | null {
  const box = lineOf(query.get("box"));
  if (box !== null) return { kind: "box", ...box };
  const [x, y, radius] = exactly(3, query.get("circle")) ?? [];
  return x === undefined || !(radius! > 0) ? null : { kind: "circle", centre: [x, y!], radius: radius! };
}

function starsOf(text: string | null): StarPlace[] {
  const places = (text ?? "").split(";").slice(0, MOST_STARS);
  return places.flatMap((place) => {
    const [x, y, of] = exactly(3, place) ?? [];
    return isIndex(of) ? [{ at: [x!, y!] as const, of }] : [];
  });
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function thousandths(value: number): string {
  return String(Number(value.toFixed(3)));
}

function rounded(cuts: Cuts): Cuts {
  if (cuts.kind !== "levels") return cuts;
  return { kind: "levels", low: Number(cuts.low.toPrecision(7)), high: Number(cuts.high.toPrecision(7)) };
}

function cutsOf(text: string | null): Cuts {
  if (text === null) return USUAL_LOOK.cuts;
  try {
    const cuts = parseCuts(text);
    return isOffered(cuts) ? cuts : USUAL_LOOK.cuts;
  } catch {
    // Typed or cut off: the address of a picture is no form that could complain.
    return USUAL_LOOK.cuts;
  }
}

function framingOf(at: string | null, turn: string | null): Framing {
  const text = at ?? turn;
  if (text === null) return UPRIGHT;
  const mirrored = text.endsWith(",m");
  const given = numbers(text.replace(/,m$/, ""));
  const angle = ((given[at === null ? 0 : 3] ?? 0) * Math.PI) / 180;
  if (!given.every(Number.isFinite)) return UPRIGHT;
  if (at === null) return { angle, mirrored };
  const [x, y, scale] = given;
  return scale! > 0 ? { x: x!, y: y!, scale: scale!, angle, mirrored } : UPRIGHT;
}
