/** Draws the image whenever something of it changes: coarser while it moves where that takes long, sharp when it rests. */
import { effect } from "@preact/signals";
import { followGround } from "./ground.ts";
import type { Layer } from "./layer.ts";
import { Pace } from "./pace.ts";
import type { Drawing, Painted, Painter } from "./painter.ts";
import type { ViewerState } from "./state.ts";

/** Milliseconds without a change after which an image rests. */
const REST = 100;

type Wanted = Pick<Drawing, "camera" | "reference" | "stretch" | "colormap" | "inverted" | "ground"> & {
  layers: readonly { layer: Layer; levels: Drawing["layers"][number]["levels"] }[];
  all: readonly Layer[];
  width: number;
  height: number;
};

/** Sends images to the card as they come, and draws what the state says, a frame at a time. Answers what ends that. */
export function keepDrawing(painter: Painter, state: ViewerState): () => void {
  const { canvas } = painter;
  const pace = new Pace();
  const painted = new Map<Layer, Painted>();
  let request = 0;
  let wanted: Wanted | null = null;
  /** When something changed last, and how many frames began since: slow ones must not look like rest. */
  let changed = 0;
  let frames = 0;
  /** It has not rested since; and it has changed in more than one frame. */
  let restless = false;
  let moves = false;
  /** What is on screen is not what is wanted, or not as sharp as it can be. */
  let isStale = false;

  const put = ({ layers, all, camera, width, height, ...rest }: Wanted): void => {
    for (const [layer, one] of painted) {
      if (all.includes(layer)) continue;
      painter.drop(one);
      painted.delete(layer);
    }
    const sharpness = moves ? pace.sharpness : 1;
    const ratio = window.devicePixelRatio * sharpness;
    // What is looked at goes to the card first, and the rest when the first picture is on screen.
    let isWhole = true;
    const drawn = layers.map(({ layer, levels }) => {
      const unseen = canvas.dataset.drawn === undefined ? painter.unseen(layer.image, camera.scale * ratio) : 0;
      let one = painted.get(layer);
      if (one === undefined || one.without > unseen) {
        if (one !== undefined) painter.drop(one);
        one = painter.take(layer.image, layer.nodes, unseen);
        painted.set(layer, one);
      }
      isWhole &&= one.without === 0;
      return { painted: one, levels };
    });
    const [columns, rows] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
    }
    const more = painter.draw({ ...rest, camera, ratio, quick: sharpness < 1, layers: drawn });
    canvas.dataset.drawn = String(Number(canvas.dataset.drawn ?? 0) + 1);
    isStale = more || !isWhole;
  };

  const step = (now: number): void => {
    request = 0;
    if (wanted === null || painter.isLost) return;
    frames++;
    if (moves) pace.frame(now);
    if (restless && frames > 2 && performance.now() - changed > REST) {
      pace.rest();
      isStale ||= moves && pace.sharpness < 1;
      restless = false;
      moves = false;
    }
    if (isStale) put(wanted);
    if (isStale || restless || painter.prepare(wanted.stretch)) request = requestAnimationFrame(step);
  };

  const { ground, stop: stopGround } = followGround(canvas);
  const stop = effect(() => {
    const { width, height } = state.canvas.value;
    const { stretch, colormap, inverted } = state.look.value;
    const shown = state.trio ?? [state.layer];
    const next: Wanted = {
      layers: shown.map((layer) => ({ layer, levels: state.levels(layer) })),
      all: state.layers.value,
      camera: state.camera.value,
      reference: state.first.plane,
      stretch,
      colormap,
      inverted,
      ground: ground.value,
      width,
      height,
    };
    // Before the page is laid out the canvas has no size.
    if (width <= 1) return;
    moves ||= restless && frames > 0;
    restless = true;
    changed = performance.now();
    frames = 0;
    wanted = next;
    isStale = true;
    if (request === 0) request = requestAnimationFrame(step);
  });
  return () => {
    stop();
    stopGround();
    cancelAnimationFrame(request);
  };
}
