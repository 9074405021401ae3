import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import "./tip.css";

/** Long enough to go from what a tip is about to the tip. */
const LINGER_MS = 300;

export interface PointedAt<About> {
  about: About | null;
  /** Null: the pointer is at nothing any more. */
  point: (about: About | null) => void;
  /** Takes the tip away at once. */
  drop: () => void;
  /** Of the tip itself: whether the pointer is on it. */
  hold: (on: boolean) => void;
}

/** What the pointer is at. The tip about it can be gone to and read, and Escape takes it away (WCAG 2.2, 1.4.13). */
export function usePointedAt<About>(): PointedAt<About> {
  const [about, setAbout] = useState<About | null>(null);
  const timer = useRef(0);
  const drop = () => {
    clearTimeout(timer.current);
    setAbout(null);
  };
  const isShown = about !== null;
  useEffect(() => {
    if (!isShown) return;
    const onKey = ({ key }: KeyboardEvent) => key === "Escape" && drop();
    document.addEventListener("keydown", onKey);
    return () => {
      clearTimeout(timer.current);
      document.removeEventListener("keydown", onKey);
    };
  }, [isShown]);
  const point = (next: About | null) => {
    clearTimeout(timer.current);
    if (next === null) timer.current = window.setTimeout(drop, LINGER_MS);
    else setAbout(next);
  };
  return { about, point, drop, hold: (on) => (on ? clearTimeout(timer.current) : drop()) };
}

interface TipProps {
  /** What it belongs to, in pixels of the box that holds both. */
  x: number;
  y: number;
  onHold: PointedAt<unknown>["hold"];
  children: ComponentChildren;
}

/** A box beside the pointer, kept inside what holds it. For eyes only: what it says is said elsewhere as well. */
export function Tip({ x, y, onHold, children }: TipProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = box.current!;
    const { clientWidth, clientHeight } = own.offsetParent ?? document.documentElement;
    const left = x + 16 + own.offsetWidth > clientWidth ? x - 16 - own.offsetWidth : x + 16;
    const top = y + 12 + own.offsetHeight > clientHeight ? y - 12 - own.offsetHeight : y + 12;
    own.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  });
  return (
    <div
      class="tip"
      ref={box}
      aria-hidden="true"
      onPointerEnter={() => onHold(true)}
      onPointerLeave={() => onHold(false)}
    >
      {children}
    </div>
  );
}
