/** The way back to the list, and to the frames beside this one in it: for who looks through a focus series. */
import { useEffect } from "preact/hooks";
import { Icon } from "../design/icon.tsx";
import { go, place } from "../router.ts";
import { besideInList, lastSearch } from "../search/last-search.ts";
import { Newer } from "./newer.tsx";

/**
 * Of the present address, what is kept for the next frame: the part on show, how its image looks, the tool in hand, what
 * is looked for in its headers.
 */
const KEPT = ["tab", "cuts", "stretch", "cmap", "invert", "show", "tool", "find", "raw"];

function addressOf(id: number): string {
  const query = new URLSearchParams();
  for (const [name, value] of place.value.query) if (KEPT.includes(name)) query.set(name, value);
  return `frame/${id}${query.size === 0 ? "" : `?${query}`}`;
}

export function Beside({ id }: { id: number }) {
  const { before, after } = besideInList(id);
  const isOfNight = lastSearch.back !== lastSearch.address && lastSearch.ids.includes(id);
  useEffect(() => {
    const walk = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      // Where arrow keys mean nothing else: not in fields, on the image or in what scrolls.
      if (!(event.target as Element).matches("body, main, h1, .step")) return;
      const next = event.key === "ArrowLeft" ? before : event.key === "ArrowRight" ? after : null;
      if (next === null) return;
      event.preventDefault();
      go(addressOf(next));
    };
    document.addEventListener("keydown", walk);
    return () => document.removeEventListener("keydown", walk);
  }, [before, after]);
  return (
    <div class="frame-way">
      <a class="back" href={isOfNight ? lastSearch.back : lastSearch.address}>
        <Icon name="left" size={14} /> {isOfNight ? "Back to the night" : "Back to the frames"}
      </a>
      <Newer id={id} addressOf={addressOf} />
      {(before !== null || after !== null) && (
        <nav class="buttons" aria-label="Frames beside this one in the list">
          <Step label="Previous" shortcut="ArrowLeft" id={before} />
          <Step label="Next" shortcut="ArrowRight" id={after} />
        </nav>
      )}
    </div>
  );
}

interface StepProps {
  label: "Previous" | "Next";
  shortcut: string;
  id: number | null;
}

function Step({ label, shortcut, id }: StepProps) {
  const words = (
    <>
      {label === "Previous" && <Icon name="left" size={14} />}
      {label}
      <span class="unseen"> frame</span>
      {label === "Next" && <Icon name="right" size={14} />}
    </>
  );
  if (id === null) {
    return (
      <button type="button" class="button tight" disabled>
        {words}
      </button>
    );
  }
  return (
    <a
      class="button tight step"
      href={addressOf(id)}
      aria-keyshortcuts={shortcut}
      title={`Also by the key ${shortcut}`}
    >
      {words}
    </a>
  );
}
