/** One sentence at a time for the whole app: results found, selections made, uploads done are said as they happen. */
import { signal } from "@preact/signals";
import type { RefObject } from "preact";

const words = signal("");

/** Says a sentence to people who cannot see the page change. The same sentence twice is said twice. */
export function announce(sentence: string): void {
  words.value = words.value === sentence ? `${sentence}\u00a0` : sentence;
}

/**
 * Where the sentences are read out: once for the page, and once in each modal dialog, behind which nothing is read out,
 * the page's own region included.
 */
export function LiveRegion({ dialog }: { dialog?: RefObject<HTMLDialogElement | null> }) {
  const sentence = words.value;
  return (
    <div class="unseen" role="status" aria-live="polite">
      {dialog === undefined || dialog.current?.open ? sentence : ""}
    </div>
  );
}
