/**
 * What a text field offers while somebody types: the WAI-ARIA combobox with a listbox, selection by hand (ARIA APG,
 * "Combobox", "List autocomplete with manual selection"). The focus stays in the field; arrow keys walk the list.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../design/announce.tsx";
import { count, counted } from "../design/format.ts";

export interface Suggestion {
  value: string;
  frames: number;
}
/** Rejects when aborted, or where the archive does not answer. */
export type Suggest = (text: string, signal: AbortSignal) => Promise<readonly Suggestion[]>;

const PAUSE_MS = 150;

/** `id`: of the field. `onChoose`: the person took one. Without `suggest` it offers nothing, and is no combobox. */
export function useSuggestions(id: string, suggest: Suggest | undefined, onChoose: (value: string) => void) {
  const [offered, setOffered] = useState<readonly Suggestion[]>([]);
  const [active, setActive] = useState(-1);
  const timer = useRef(0);
  const asking = useRef<AbortController | null>(null);
  const open = offered.length > 0;

  const close = () => {
    clearTimeout(timer.current);
    asking.current?.abort();
    setOffered([]);
    setActive(-1);
  };
  useEffect(() => close, []);

  const ask = (text: string) => {
    clearTimeout(timer.current);
    asking.current?.abort();
    if (suggest === undefined) return;
    if (text.trim() === "") {
      close();
      return;
    }
    timer.current = window.setTimeout(() => {
      const controller = new AbortController();
      asking.current = controller;
      suggest(text.trim(), controller.signal).then(
        (found) => {
          if (controller.signal.aborted) return;
          setOffered(found);
          setActive(-1);
          if (found.length > 0) announce(`${counted(found.length, "suggestion")}; choose with the arrow keys.`);
        },
        // No suggestions then; the field works without.
        () => controller.signal.aborted || close(),
      );
    }, PAUSE_MS);
  };

  const choose = (index: number) => {
    const { value } = offered[index]!;
    close();
    onChoose(value);
  };

  /** True where the key was meant for the list. */
  const takesKey = (event: KeyboardEvent, text: string): boolean => {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && !open && suggest !== undefined) {
      ask(text);
      return true;
    }
    if (!open) return false;
    if (step !== 0) {
      // One more place than there are suggestions: the text as it was typed.
      const places = offered.length + 1;
      setActive(((active + 1 + step + places) % places) - 1);
    } else if (event.key === "Escape") close();
    else if (event.key === "Enter" && active >= 0) choose(active);
    else return false;
    event.preventDefault();
    return true;
  };

  const list = `${id}-list`;
  const field =
    suggest === undefined
      ? {}
      : ({
          role: "combobox",
          "aria-autocomplete": "list",
          "aria-expanded": open,
          "aria-controls": list,
          "aria-activedescendant": active >= 0 ? `${list}-${active}` : undefined,
        } as const);
  const popup = open && (
    <div id={list} class="suggestions" role="listbox" aria-label="Suggestions">
      {offered.map(({ value, frames }, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the field has the focus and takes the keys
        <div
          key={value}
          id={`${list}-${index}`}
          role="option"
          aria-selected={index === active}
          ref={index === active ? (option) => option?.scrollIntoView({ block: "nearest" }) : undefined}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => choose(index)}
        >
          <span class="grow">{value}</span>
          <span class="muted small">{count(frames)}</span>
          <span class="unseen">{frames === 1 ? " frame" : " frames"}</span>
        </div>
      ))}
    </div>
  );
  return { field, popup, ask, close, takesKey };
}
