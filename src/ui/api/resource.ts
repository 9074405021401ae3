/** Something a page shows from the archive: loaded when its key changes, kept on show while the next is on its way. */
import { useEffect, useRef, useState } from "preact/hooks";
import { go, pageOf, place, signInAddress } from "../router.ts";
import { useReturn } from "./away.ts";
import { ApiError, noAnswer } from "./error.ts";
import { forgetSession } from "./session.ts";

export interface Resource<T> {
  /** The newest data there is; with `keep`, of the previous key until the new one's is here. */
  data: T | undefined;
  fault: ApiError | undefined;
  busy: boolean;
  reload: () => void;
}

/** Answers of late, so that Back shows what was there at once; the newest are last. */
const seen = new Map<string, unknown>();
const SEEN_LIMIT = 40;

function see(key: string, data: unknown): void {
  seen.delete(key);
  seen.set(key, data);
  for (const oldest of seen.keys()) {
    if (seen.size <= SEEN_LIMIT) break;
    seen.delete(oldest);
  }
}

/** Forgets every answer: after signing in or out, or a change in the archive. */
export function forgetSeen(): void {
  seen.clear();
}

interface Held<T> {
  key: string | null;
  data?: T;
  fault?: ApiError;
  busy: boolean;
}

/**
 * Loads by `key` (null: nothing to load). With `keep`, data of the previous key stay until the next are here. A session
 * that has ended leads to the sign-in page and back. What got no answer is tried again when the archive is back.
 */
export function useResource<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
  options: { keep?: boolean } = {},
): Resource<T> {
  const [held, hold] = useState<Held<T>>(() => begin<T>(key));
  const [attempt, setAttempt] = useState(0);
  const loader = useRef(load);
  loader.current = load;

  useEffect(() => {
    if (key === null) {
      hold({ key, busy: false });
      return;
    }
    const controller = new AbortController();
    hold((before) => {
      const next = begin<T>(key);
      if (next.data === undefined && (options.keep || before.key === key)) next.data = before.data;
      return next;
    });
    loader.current(controller.signal).then(
      (data) => {
        if (controller.signal.aborted) return;
        see(key, data);
        hold({ key, data, busy: false });
      },
      (cause: unknown) => {
        if (controller.signal.aborted) return;
        const fault = cause instanceof ApiError ? cause : noAnswer(cause);
        if (fault.kind === "signed-out") askToSignIn();
        hold((before) => ({ key, data: before.data, fault, busy: false }));
      },
    );
    return () => controller.abort();
  }, [key, attempt, options.keep]);

  useReturn(held.fault?.kind === "offline", () => setAttempt((n) => n + 1));

  // Between a new key and the effect that loads it, the old state must not look like the new one's answer.
  const current = held.key === key ? held : { ...begin<T>(key), ...(options.keep ? { data: held.data } : {}) };
  return { data: current.data, fault: current.fault, busy: current.busy, reload: () => setAttempt((n) => n + 1) };
}

function begin<T>(key: string | null): Held<T> {
  return { key, data: key === null ? undefined : (seen.get(key) as T | undefined), busy: key !== null };
}

/** Leads to the sign-in page, which leads back here. */
export function askToSignIn(): void {
  forgetSession();
  if (pageOf(place.peek().path)?.name === "signIn") return;
  go(signInAddress(), { replace: true });
}
