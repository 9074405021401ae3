import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import "./tip.css";

interface TipProps {
  /** What it belongs to, in pixels of the box that holds both. */
  x: number;
  y: number;
  children: ComponentChildren;
}

/** A box beside the pointer, kept inside what holds it. For eyes only: what it says is said elsewhere as well. */
export function Tip({ x, y, children }: TipProps) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = box.current!;
    const { clientWidth, clientHeight } = own.offsetParent ?? document.documentElement;
    const left = x + 16 + own.offsetWidth > clientWidth ? x - 16 - own.offsetWidth : x + 16;
    const top = y + 12 + own.offsetHeight > clientHeight ? y - 12 - own.offsetHeight : y + 12;
    own.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  });
  return (
    <div class="tip" ref={box} aria-hidden="true">
      {children}
    </div>
  );
}
