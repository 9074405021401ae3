/** What is seen, in the frame page's address: a link shows the same picture. Pure. */
import { type Cuts, cutsText, parseCuts } from "../../imaging/cuts.ts";
import type { Camera } from "./camera.ts";
import { isOffered, type Look, SHADER_STRETCHES, USUAL_LOOK, VIEWER_COLORMAPS } from "./look.ts";
import { TOOLS, type Tool } from "./tool.ts";

export interface View {
  look: Look;
  /** Null: the whole image, as the file has it. */
  camera: Camera | null;
  tool: Tool;
  grid: boolean;
  sources: boolean;
  /** Compass and scale bar. */
  marks: boolean;
  /** The catalogue's row that is picked, from 0. */
  source: number | null;
  /** Frames beside this one, by id. */
  beside: number[];
  /** Of this frame (0) and those beside it, which are red, green and blue; null: one at a time. */
  colours: [number, number, number] | null;
}

const NAMES = ["cuts", "stretch", "cmap", "invert", "at", "tool", "show", "source", "beside", "rgb"];

/** What the address says; what it says nothing about, or nonsense, is as usual. */
export function readView(query: URLSearchParams): View {
  const shown = query.get("show")?.split(",") ?? ["marks"];
  const beside = numbers(query.get("beside")).filter((id) => Number.isSafeInteger(id) && id > 0);
  const colours = numbers(query.get("rgb"));
  const source = numbers(query.get("source"))[0];
  const isTrio = colours.length === 3 && colours.every((index) => Number.isInteger(index) && index >= 0);
  return {
    look: {
      cuts: cutsOf(query.get("cuts")),
      stretch: SHADER_STRETCHES.find((name) => name === query.get("stretch")) ?? USUAL_LOOK.stretch,
      colormap: VIEWER_COLORMAPS.find((name) => name === query.get("cmap")) ?? USUAL_LOOK.colormap,
      inverted: query.get("invert") === "1" || query.get("cmap") === "invert",
    },
    camera: cameraOf(query.get("at")),
    tool: TOOLS.find(({ id }) => id === query.get("tool"))?.id ?? "move",
    grid: shown.includes("grid"),
    sources: shown.includes("sources"),
    marks: shown.includes("marks"),
    source: source !== undefined && Number.isInteger(source) && source >= 0 ? source : null,
    beside: [...new Set(beside)].slice(0, 7),
    colours: isTrio ? (colours as [number, number, number]) : null,
  };
}

/** The same address with this view; what is as usual is left out. */
export function writeView(query: URLSearchParams, view: View): URLSearchParams {
  const next = new URLSearchParams(query);
  for (const name of NAMES) next.delete(name);
  const { look, camera } = view;
  const put = (name: string, value: string, usual: string) => {
    if (value !== usual) next.set(name, value);
  };
  put("cuts", cutsText(rounded(look.cuts)), "zscale");
  put("stretch", look.stretch, USUAL_LOOK.stretch);
  put("cmap", look.colormap, USUAL_LOOK.colormap);
  put("invert", look.inverted ? "1" : "", "");
  if (camera !== null) {
    const degrees = (camera.angle * 180) / Math.PI;
    const parts = [camera.x.toFixed(1), camera.y.toFixed(1), short(camera.scale), degrees.toFixed(2)];
    next.set("at", [...parts.map(String), ...(camera.mirrored ? ["m"] : [])].join(","));
  }
  put("tool", view.tool, "move");
  const shown = (["marks", "grid", "sources"] as const).filter((name) => view[name]);
  put("show", shown.join(","), "marks");
  put("source", view.source === null ? "" : String(view.source), "");
  put("beside", view.beside.join(","), "");
  put("rgb", view.colours?.join(",") ?? "", "");
  return next;
}

function numbers(text: string | null): number[] {
  return text === null || text === "" ? [] : text.split(",").map(Number);
}

function short(value: number): string {
  return String(Number(value.toPrecision(5)));
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

function cameraOf(text: string | null): Camera | null {
  const [x, y, scale, degrees] = numbers(text?.replace(/,m$/, "") ?? null);
  const camera = { x: x!, y: y!, scale: scale!, angle: ((degrees ?? 0) * Math.PI) / 180 };
  if (!Object.values(camera).every(Number.isFinite) || !(camera.scale > 0)) return null;
  return { ...camera, mirrored: text!.endsWith(",m") };
}
