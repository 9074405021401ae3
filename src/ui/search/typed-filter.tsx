import { useEffect, useId, useRef, useState } from "preact/hooks";
import { announce } from "../design/announce.tsx";
import type { Typed } from "./field.ts";
import { type Suggest, useSuggestions } from "./suggestions.tsx";

interface TypedFilterProps {
  field: Typed;
  value: string;
  /** What the archive said against the value that was searched with. */
  refused?: string | undefined;
  /** Offers values while the person types. */
  suggest?: Suggest;
  /** A value that can be searched with; `typing` when the person has not finished. */
  onValue: (value: string, typing: boolean) => void;
}

const PAUSE_MS = 450;

/** A filter to type in. It searches after a pause, on Enter and on leaving, and not while the text cannot be right. */
export function TypedFilter({ field, value, refused, suggest, onValue }: TypedFilterProps) {
  const id = useId();
  const [text, setText] = useState(value);
  const sent = useRef(value);
  const timer = useRef(0);

  // Another address (Back, a chip, a preset) puts its own value in the field.
  useEffect(() => {
    if (value !== sent.current) setText(value);
    sent.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const trimmed = text.trim();
  const wrong = trimmed === "" ? null : (field.fault?.(trimmed) ?? null);
  const fault = wrong ?? (trimmed === value ? (refused ?? null) : null);

  const search = (typed: string, typing: boolean) => {
    clearTimeout(timer.current);
    const next = typed.trim();
    if (next === sent.current || (next !== "" && field.fault?.(next))) return;
    sent.current = next;
    onValue(next, typing);
  };

  const offers = useSuggestions(id, suggest, (chosen) => {
    setText(chosen);
    search(chosen, false);
  });

  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      <input
        id={id}
        class="input"
        type="text"
        inputMode={field.numeric ? "decimal" : "text"}
        autocomplete="off"
        spellcheck={false}
        value={text}
        placeholder={field.placeholder}
        aria-invalid={fault !== null}
        aria-describedby={fault === null ? undefined : `${id}-fault`}
        {...offers.field}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          setText(typed);
          offers.ask(typed);
          clearTimeout(timer.current);
          timer.current = window.setTimeout(() => search(typed, true), PAUSE_MS);
        }}
        onKeyDown={(event) => {
          if (offers.takesKey(event, text) || event.key !== "Enter") return;
          offers.close();
          search(event.currentTarget.value, false);
          if (wrong !== null) announce(wrong);
        }}
        onBlur={(event) => {
          offers.close();
          search(event.currentTarget.value, false);
        }}
      />
      {offers.popup}
      {fault !== null && (
        <p class="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}
