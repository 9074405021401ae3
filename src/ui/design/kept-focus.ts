import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * Keeps the focus in a part of a page whose buttons come and go: when the one that has it is moved it gets it back, and
 * when it is taken away the focus goes to what is left of its row, else to the nearest element with `data-home`, of which
 * the part must have one. A browser would leave the focus nowhere, and people who listen at the top of the page.
 */
export function useKeptFocus<Part extends HTMLElement>(): RefObject<Part | null> {
  const part = useRef<Part>(null);
  useEffect(() => {
    const own = part.current!;
    let held: { element: HTMLElement; row: Element | null; byKeys: boolean } | null = null;
    const hold = ({ target }: Event) => {
      const element = target as HTMLElement;
      held = own.contains(element)
        ? { element, row: element.closest("li"), byKeys: element.matches(":focus-visible") }
        : null;
    };
    const leave = ({ target }: Event) => {
      if (!held?.element.contains(target as Node)) held = null;
    };
    const watch = new MutationObserver((records) => {
      if (held === null || document.activeElement !== document.body) return;
      const { element, row, byKeys } = held;
      const taken = records.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(element)));
      if (taken === undefined) return;
      const left = own.contains(row) ? row!.querySelector<HTMLElement>("a[href], button") : null;
      const next = own.contains(element) ? element : (left ?? homeOf(taken.target as Element));
      // Who points is not looking at the focus: their page stays where it is.
      next.focus({ preventScroll: true });
      if (byKeys) next.scrollIntoView({ block: "nearest" });
    });
    document.addEventListener("focusin", hold);
    document.addEventListener("pointerdown", leave);
    watch.observe(own, { childList: true, subtree: true });
    return () => {
      watch.disconnect();
      document.removeEventListener("focusin", hold);
      document.removeEventListener("pointerdown", leave);
    };
  }, []);
  return part;
}

function homeOf(place: Element): HTMLElement {
  return place.querySelector<HTMLElement>("[data-home]") ?? homeOf(place.parentElement!);
}
