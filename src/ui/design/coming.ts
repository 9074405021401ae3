import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { whenIdle } from "./idle.ts";

/**
 * For a part of a long list: whether it is here. The first parts are at once, the others when they come near the window,
 * or else one at a time when the browser has nothing to do. In the end all of them are in the document, for its own
 * search, for screen readers and for the keys, and a scroll has nothing to make or to lay out.
 */
export function useComing<Part extends HTMLElement>(first: boolean): { part: RefObject<Part | null>; here: boolean } {
  const part = useRef<Part>(null);
  const [here, setHere] = useState(first);
  useEffect(() => {
    if (here) return;
    const come = () => setHere(true);
    const watch = new IntersectionObserver((entries) => entries.at(-1)!.isIntersecting && come(), {
      rootMargin: "100% 0px",
    });
    watch.observe(part.current!);
    const giveUp = whenIdle(come);
    return () => {
      watch.disconnect();
      giveUp();
    };
  }, [here]);
  return { part, here };
}
