import { effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { go, place } from "../router.ts";
import { readView, type View, writeView } from "./address.ts";
import type { ViewerState } from "./state.ts";

/** The address follows what is seen after it has rested that long, ms: browsers count how often it changes. */
const REST = 400;

/** The address says what is seen, and what is seen follows an address that Back, Forward or a link brings. */
export function useAddressBar(state: ViewerState): void {
  useEffect(() => {
    let timer = 0;
    let first = true;
    const stop = effect(() => {
      const now = state.view;
      // At first it is what the address says.
      if (first) {
        first = false;
        return;
      }
      clearTimeout(timer);
      timer = window.setTimeout(() => write(now), REST);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [state]);

  // At once: what a person does meanwhile is newer.
  useEffect(() => {
    const { path } = place.peek();
    return effect(() => {
      const now = place.value;
      if (now.path !== path || now.query.get("tab") !== "viewer") return;
      untracked(() => {
        const asked = readView(now.query);
        if (String(writeView(now.query, state.view)) !== String(writeView(now.query, asked))) state.adopt(asked);
      });
    });
  }, [state]);
}

function write(view: View): void {
  const { path, query } = place.peek();
  const next = writeView(query, view);
  if (String(next) !== String(query)) go(`${path}?${next}`, { replace: true });
}
