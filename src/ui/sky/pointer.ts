/** What fingers, mouse and wheel do on a canvas, told apart: moving, zooming, pointing, clicking, drawing. */
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** All places are CSS pixels from the canvas's upper left corner. */
export interface Gestures {
  /** With "with-control" the wheel alone scrolls the page as ever. */
  wheelZooms?: "always" | "with-control";
  /** A button or finger went down. True: what follows draws, and does not move the sky. */
  press: (x: number, y: number) => boolean;
  drag: (dx: number, dy: number) => void;
  zoom: (factor: number, x: number, y: number) => void;
  hover: (x: number, y: number) => void;
  leave: () => void;
  /** The end of what `press` claimed; `moved`: farther than a click's trembling. */
  release: (x: number, y: number, moved: boolean) => void;
  click: (x: number, y: number) => void;
  doubleClick: (x: number, y: number) => void;
}

/** A finger trembles so far during a click, pixels. */
const TREMBLE = 5;

interface Finger {
  x: number;
  y: number;
}

/** Listens on the canvas. The newest `gestures` count. */
export function useGestures(target: RefObject<HTMLElement | null>, gestures: Gestures): void {
  const newest = useRef(gestures);
  newest.current = gestures;

  useEffect(() => {
    const canvas = target.current!;
    const fingers = new Map<number, Finger>();
    let claimed = false;
    let travelled = 0;
    const placeOf = (event: MouseEvent): Finger => {
      const { left, top } = canvas.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };

    const down = (event: PointerEvent) => {
      if (event.pointerType === "mouse" && event.button !== 0) return;
      const at = placeOf(event);
      fingers.set(event.pointerId, at);
      canvas.setPointerCapture(event.pointerId);
      if (fingers.size > 1) return;
      travelled = 0;
      claimed = newest.current.press(at.x, at.y);
    };
    const move = (event: PointerEvent) => {
      const at = placeOf(event);
      const before = fingers.get(event.pointerId);
      if (before === undefined) return newest.current.hover(at.x, at.y);
      const [dx, dy] = [at.x - before.x, at.y - before.y];
      travelled += Math.hypot(dx, dy);
      if (fingers.size === 2) {
        const other = [...fingers].find(([id]) => id !== event.pointerId)![1];
        const was = Math.hypot(before.x - other.x, before.y - other.y);
        const is = Math.hypot(at.x - other.x, at.y - other.y);
        newest.current.drag(dx / 2, dy / 2);
        if (was > 0 && is > 0) newest.current.zoom(is / was, (at.x + other.x) / 2, (at.y + other.y) / 2);
      } else if (claimed) {
        newest.current.hover(at.x, at.y);
      } else if (travelled > TREMBLE) {
        newest.current.drag(dx, dy);
      }
      fingers.set(event.pointerId, at);
    };
    const up = (event: PointerEvent) => {
      if (!fingers.delete(event.pointerId) || fingers.size > 0) return;
      const at = placeOf(event);
      if (claimed) newest.current.release(at.x, at.y, travelled > TREMBLE);
      claimed = false;
    };
    const leave = () => {
      if (fingers.size === 0) newest.current.leave();
    };
    const click = (event: MouseEvent) => {
      if (travelled > TREMBLE) return;
      const at = placeOf(event);
      newest.current.click(at.x, at.y);
    };
    const doubleClick = (event: MouseEvent) => {
      const at = placeOf(event);
      newest.current.doubleClick(at.x, at.y);
    };
    const wheel = (event: WheelEvent) => {
      // Browsers tell the pinch on a touchpad as a wheel with Control.
      if (newest.current.wheelZooms === "with-control" && !event.ctrlKey) return;
      event.preventDefault();
      const at = placeOf(event);
      // Lines and pages of old mice, in pixels.
      const delta = event.deltaY * (event.deltaMode === 0 ? 1 : 30);
      newest.current.zoom(Math.exp(-delta / 400), at.x, at.y);
    };
    const listeners = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, pointerleave: leave };
    for (const [name, listener] of Object.entries(listeners)) canvas.addEventListener(name, listener as EventListener);
    canvas.addEventListener("click", click);
    canvas.addEventListener("dblclick", doubleClick);
    // Not passive: the page must not scroll while the sky zooms.
    canvas.addEventListener("wheel", wheel, { passive: false });
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        canvas.removeEventListener(name, listener as EventListener);
      }
      canvas.removeEventListener("click", click);
      canvas.removeEventListener("dblclick", doubleClick);
      canvas.removeEventListener("wheel", wheel);
    };
  }, [target]);
}
