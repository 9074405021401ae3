/** The image and what lies above it. */
import { effect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { keepDrawing } from "./drawing.ts";
import { type Commands, keysOf } from "./keyboard.ts";
import { keepOverlay } from "./overlay.ts";
import type { Painter } from "./painter.ts";
import { PlateNote } from "./plate-note.tsx";
import { followPointers } from "./pointers.ts";
import type { ViewerState } from "./state.ts";

interface StageProps {
  state: ViewerState;
  /** Null: the browser cannot draw. */
  takePainter: () => Painter | null;
  /** Makes a picture of what is seen, once the canvas is there. */
  onPicture: (take: () => Promise<Blob | null>) => void;
  onLost: () => void;
  /** Takes the focus when it comes. */
  focused?: boolean;
  /** What the keyboard may ask for beyond the state. */
  commands: Commands;
}

export function Stage({ state, takePainter, onPicture, onLost, focused = false, commands }: StageProps) {
  const stage = useRef<HTMLDivElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const latest = useRef(commands);
  latest.current = commands;

  useEffect(() => {
    const painter = takePainter();
    if (painter === null) {
      onLost();
      return;
    }
    const { canvas } = painter;
    describe(canvas);
    stage.current!.prepend(canvas);
    const watch = new ResizeObserver(([entry]) => {
      const { width, height } = entry!.contentRect;
      state.canvas.value = { width, height };
    });
    watch.observe(canvas);
    const stops = [
      effect(() => {
        canvas.dataset.tool = state.tool.value;
      }),
      keepDrawing(painter, state),
      keepOverlay(overlay.current!, state),
      followPointers(canvas, state),
    ];
    canvas.addEventListener("keydown", (event) => keysOf(state, latest.current, event));
    canvas.addEventListener("webglcontextlost", onLost);
    onPicture(() => picture(canvas, overlay.current!));
    if (focused) canvas.focus();
    return () => {
      canvas.removeEventListener("webglcontextlost", onLost);
      watch.disconnect();
      for (const stop of stops) stop();
      painter.close();
    };
  }, [state]);

  return (
    <div class="viewer-stage plate" ref={stage}>
      <canvas ref={overlay} class="viewer-overlay" />
      <PlateNote state={state} />
    </div>
  );
}

/** What the canvas is to style sheets, keyboards and those who do not see it. */
function describe(canvas: HTMLCanvasElement): void {
  canvas.className = "viewer-canvas";
  canvas.tabIndex = 0;
  canvas.role = "application";
  canvas.ariaLabel = "Live image. Arrow keys move the cross-hair, Enter uses the tool there, plus and minus zoom.";
  canvas.setAttribute("aria-describedby", "viewer-readout");
}

/** What is seen, as PNG: the image, and what lies above it. Null where the browser cannot make one. */
function picture(image: HTMLCanvasElement, overlay: HTMLCanvasElement): Promise<Blob | null> {
  const both = document.createElement("canvas");
  both.width = image.width;
  both.height = image.height;
  const context = both.getContext("2d")!;
  context.drawImage(image, 0, 0);
  if (!overlay.hidden) context.drawImage(overlay, 0, both.height - overlay.height);
  return new Promise((done) => both.toBlob(done, "image/png"));
}
