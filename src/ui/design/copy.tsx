import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "./announce.tsx";
import { Icon } from "./icon.tsx";

interface CopyProps {
  text: string;
  /** What is copied, for the button's name: "SHA-256". */
  what: string;
  /** Shows the words beside the icon. */
  words?: string;
}

/** Puts a text on the clipboard and says so. */
export function Copy({ text, what, words }: CopyProps) {
  const [state, setState] = useState<"idle" | "done" | "failed">("idle");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setState("done");
      announce(`${what} copied.`);
    } catch {
      setState("failed");
      announce(`${what} could not be copied; the browser does not allow it here.`);
    }
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setState("idle"), 2000);
  };

  const label = state === "failed" ? "Not allowed by the browser" : `Copy ${what}`;
  return (
    <button
      type="button"
      class={words ? "button" : "button plain square tight"}
      aria-label={words ? undefined : label}
      title={words ? undefined : label}
      onClick={copy}
    >
      <Icon name={state === "done" ? "check" : state === "failed" ? "warn" : "copy"} size={14} />
      {words && (state === "done" ? "Copied" : words)}
    </button>
  );
}
