/** One live region for the whole app: results found, selections made, uploads done are said here as they happen. */
import { signal } from "@preact/signals";

const words = signal("");

/** Says a sentence to people who cannot see the page change. The same sentence twice is said twice. */
export function announce(sentence: string): void {
  words.value = words.value === sentence ? `${sentence}\u00a0` : sentence;
}

export function LiveRegion() {
  return (
    <div class="unseen" role="status" aria-live="polite">
      {words}
    </div>
  );
}
