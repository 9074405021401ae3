/** How uploads stand, for pages other than theirs, and what a visit that broke off left unsent, for the next. */
import { signal } from "@preact/signals";
import { recall, remember } from "../design/memory.ts";

/** Files that have come to an end, of how many; null: nothing is being uploaded. */
export const uploading = signal<{ ended: number; files: number } | null>(null);

export interface Unsent {
  files: number;
  /** Paths of the first few. */
  paths: readonly string[];
}

const MEMORY = "unsent";

/** Keeps what is on its way until it has arrived; nothing: there is nothing to keep. */
export function keepUnsent(paths: readonly string[]): void {
  const unsent: Unsent = { files: paths.length, paths: paths.slice(0, 3) };
  remember(MEMORY, paths.length === 0 ? null : JSON.stringify(unsent));
}

/** What the last visit did not send, or null. */
export function unsentBefore(): Unsent | null {
  try {
    const { files, paths } = JSON.parse(recall(MEMORY) ?? "{}") as Partial<Unsent>;
    if (typeof files === "number" && Array.isArray(paths)) return { files, paths: paths.map(String) };
  } catch {
    // Not what this app has written.
  }
  return null;
}
