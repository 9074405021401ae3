/** The colour of the plate that the image lies on: the canvas is opaque, and draws it where the image is not. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Drawing } from "./painter.ts";

type Ground = Drawing["ground"];

function groundOf(canvas: HTMLCanvasElement): Ground {
  const [red = 0, green = 0, blue = 0] = getComputedStyle(canvas.parentElement!)
    .backgroundColor.match(/\d+/g)!
    .map(Number);
  return [red, green, blue];
}

/** It changes with the theme: the one chosen, or the system's. `stop` ends that. */
export function followGround(canvas: HTMLCanvasElement): { ground: ReadonlySignal<Ground>; stop: () => void } {
  const ground = signal(groundOf(canvas));
  const read = () => {
    ground.value = groundOf(canvas);
  };
  const chosen = new MutationObserver(read);
  chosen.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", read);
  return {
    ground,
    stop: () => {
      chosen.disconnect();
      system.removeEventListener("change", read);
    },
  };
}
