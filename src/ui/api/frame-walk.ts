/** Many frames, page by page: for views that draw a whole result instead of one page of it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useReturn } from "./away.ts";
import { getJson } from "./client.ts";
import { ApiError, noAnswer } from "./error.ts";
import type { Frame, FrameList } from "./frame.ts";
import { askToSignIn } from "./resource.ts";

/** Frames a page: soon on screen, and few requests for thousands. */
const PAGE = 500;

export interface WalkOptions {
  sort?: string;
  order: string;
  limit?: number;
  /** Whether frames come with the ids of those that they are related to. */
  related?: boolean;
}

/**
 * Pages of the frames that `filters` find, each with the number of all. By cursor: a page costs the same wherever it
 * lies, and none is missed or twice while frames come in.
 */
export async function* framePages(
  filters: string | URLSearchParams,
  { sort = "DATE_OBS", order, limit = PAGE, related = false }: WalkOptions,
  signal: AbortSignal,
): AsyncGenerator<FrameList> {
  const query = new URLSearchParams(filters);
  query.set("sort", sort);
  query.set("order", order);
  query.set("limit", String(limit));
  query.set("pagination_style", "cursor");
  if (!related) query.set("include_related_frames", "false");
  let at: string | null = `?${query}`;
  while (at !== null) {
    const page: FrameList & { next: string | null } = await getJson(`frames/${at}`, signal);
    yield page;
    at = page.next === null ? null : new URL(page.next, location.href).search;
  }
}

export interface Walk {
  frames: readonly Frame[];
  /** How many there are in all; undefined until the first page is here. */
  total: number | undefined;
  state: "reading" | "done" | "full" | "stopped" | "failed";
  fault: ApiError | undefined;
}

export interface RunningWalk extends Walk {
  stop: () => void;
  /** Begins again, after a stop or a fault. */
  again: () => void;
}

const NOTHING: Walk = { frames: [], total: undefined, state: "reading", fault: undefined };

/**
 * Reads the frames that `filters` find until all are here or `most` of them ("full"). Null filters: nothing to read yet.
 * A larger `most` reads from the beginning and keeps what is on show until it has more.
 */
export function useFrameWalk(filters: string | null, order: "asc" | "desc", most: number): RunningWalk {
  const [held, hold] = useState<{ key: string | null; walk: Walk }>({ key: null, walk: NOTHING });
  const [attempt, setAttempt] = useState(0);
  const controller = useRef<AbortController | null>(null);
  const key = filters === null ? null : `${order} ${filters}`;

  useEffect(() => {
    if (filters === null) return;
    const running = new AbortController();
    controller.current = running;
    const settle = (change: (walk: Walk) => Walk) =>
      hold((before) => ({ key, walk: change(before.key === key ? before.walk : NOTHING) }));
    settle((walk) => ({ ...walk, state: "reading", fault: undefined }));
    const read = async () => {
      const frames: Frame[] = [];
      let total = 0;
      for await (const page of framePages(filters, { order }, running.signal)) {
        if (running.signal.aborted) return;
        frames.push(...page.results);
        total = page.count;
        const full = frames.length >= most && frames.length < total;
        if (full) frames.length = most;
        const read = frames.slice();
        settle((walk) => ({
          frames: read.length >= walk.frames.length ? read : walk.frames,
          total,
          state: full ? "full" : "reading",
          fault: undefined,
        }));
        if (full) return;
      }
      settle(() => ({ frames, total, state: "done", fault: undefined }));
    };
    read().catch((cause: unknown) => {
      if (running.signal.aborted) return;
      const fault = cause instanceof ApiError ? cause : noAnswer(cause);
      if (fault.kind === "signed-out") askToSignIn();
      settle((walk) => ({ ...walk, state: "failed", fault }));
    });
    return () => running.abort();
  }, [key, most, attempt]);

  const again = () => setAttempt((n) => n + 1);
  useReturn(held.walk.fault?.kind === "offline", again);

  const walk = held.key === key ? held.walk : NOTHING;
  const stop = () => {
    controller.current?.abort();
    hold((before) => ({ ...before, walk: { ...before.walk, state: "stopped" } }));
  };
  return { ...walk, stop, again };
}
