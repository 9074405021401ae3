/** Pieces of the app's own code that come when they are first needed, and may be gone by then. */
import { useEffect, useState } from "preact/hooks";
import { isThere, useReturn } from "./away.ts";
import { answer } from "./client.ts";
import { ApiError, noAnswer } from "./error.ts";

function incomplete(cause: unknown): ApiError {
  const words = "The network failed, or the archive has a newer version by now. Reload the page to go on.";
  return new ApiError("incomplete", 0, words, {}, cause);
}

/** What has failed in a Web Worker: the error itself, unless the archive has a newer version than this page's by now. */
export async function orIncomplete<E extends Error>(error: E): Promise<E | ApiError> {
  const script = document.querySelector("script[type=module]")!.getAttribute("src")!;
  const page = await answer("./", {}).then(
    (response) => response.text(),
    () => null,
  );
  return page === null || page.includes(script) ? error : incomplete(error);
}

const here = new WeakMap<object, unknown>();

/**
 * Loads a piece, by the same function each time: what it gave is kept for all who ask. Null: nothing to load. A piece
 * that has not come is not asked for again, because Chromium keeps the failure as long as the page (whatwg/html#6768).
 */
export function usePiece<Part>(load: (() => Promise<Part>) | null): { part: Part | undefined; fault: ApiError | null } {
  const [, setArrived] = useState(0);
  const [fault, setFault] = useState<ApiError | null>(null);
  useEffect(() => {
    if (load === null || here.has(load)) return;
    let left = false;
    load().then(
      (part) => {
        here.set(load, part);
        if (!left) setArrived((n) => n + 1);
      },
      async (cause) => {
        const why = (await isThere()) ? incomplete(cause) : noAnswer(cause);
        if (!left) setFault(why);
      },
    );
    return () => {
      left = true;
    };
  }, [load]);
  useReturn(fault?.kind === "offline", () => setFault(incomplete(fault)));
  return { part: load === null ? undefined : (here.get(load) as Part | undefined), fault };
}
