/**
 * The upload queue: files wait, are recognised or not by their MD5, are sent, and say how it went. It lives outside
 * the page, so that looking elsewhere in the app does not stop it.
 */
import { batch, computed, type Signal, signal } from "@preact/signals";
import { getJson } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import { askToSignIn, forgetSeen } from "../api/resource.ts";
import { announce } from "../design/announce.tsx";
import { counted } from "../design/format.ts";
import { md5Of } from "./digest.ts";
import { sendFile } from "./send.ts";
import { LARGE, sendInParts } from "./send-parts.ts";

export type State =
  | { step: "waiting" }
  | { step: "checking" } // its checksum, and whether the archive has it
  | { step: "sending"; sent: number }
  | { step: "done"; basename: string }
  | { step: "known"; basename: string } // the archive has these very bytes
  | { step: "failed"; message: string; offline: boolean }
  | { step: "cancelled" };

export interface Item {
  id: number;
  file: File;
  /** With its folders, where it came with some. */
  path: string;
  state: Signal<State>;
  abort: AbortController;
}

const AT_ONCE = 3;

export const items = signal<readonly Item[]>([]);
export const paused = signal(false);
let running = 0;
let last = 0;

export interface Totals {
  files: number;
  bytes: number;
  sent: number;
  waiting: number;
  active: number;
  done: number;
  known: number;
  failed: number;
  cancelled: number;
}

export const totals = computed<Totals>(() => {
  const sum: Totals = {
    files: items.value.length,
    bytes: 0,
    sent: 0,
    waiting: 0,
    active: 0,
    done: 0,
    known: 0,
    failed: 0,
    cancelled: 0,
  };
  for (const { file, state } of items.value) {
    const { step } = state.value;
    if (step === "cancelled") {
      sum.cancelled++;
      continue;
    }
    sum.bytes += file.size;
    if (step === "sending") sum.sent += Math.min((state.value as { sent: number }).sent, file.size);
    if (step === "done" || step === "known" || step === "failed") sum.sent += file.size;
    if (step === "checking" || step === "sending") sum.active++;
    else sum[step]++;
  }
  return sum;
});

/** FITS by its name: the extensions that the archive takes. */
export function looksLikeFits(name: string): boolean {
  return /\.(fits|fit|fts)(\.(fz|gz))?$/i.test(name) || /\.fz$/i.test(name);
}

/** Puts files at the end of the queue; one that is waiting or on its way already is not taken twice. */
export function add(files: readonly { file: File; path: string }[]): void {
  const open = new Set(
    items.value
      .filter(({ state }) => ["waiting", "checking", "sending"].includes(state.value.step))
      .map(({ path, file }) => `${path} ${file.size} ${file.lastModified}`),
  );
  const fresh: Item[] = [];
  for (const { file, path } of files) {
    if (open.has(`${path} ${file.size} ${file.lastModified}`)) continue;
    fresh.push({ id: ++last, file, path, state: signal<State>({ step: "waiting" }), abort: new AbortController() });
  }
  if (fresh.length === 0) return;
  items.value = [...items.value, ...fresh];
  announce(`${counted(fresh.length, "file")} added to the queue.`);
  pump();
}

export function pause(on: boolean): void {
  paused.value = on;
  pump();
}

export function cancel(item: Item): void {
  item.abort.abort();
  item.state.value = { step: "cancelled" };
  pump();
}

export function cancelAll(): void {
  batch(() => {
    for (const item of items.value) {
      if (["waiting", "checking", "sending"].includes(item.state.value.step)) cancel(item);
    }
  });
}

export function retry(some: readonly Item[]): void {
  batch(() => {
    for (const item of some) {
      item.abort = new AbortController();
      item.state.value = { step: "waiting" };
    }
  });
  pump();
}

/** Takes away what is finished well or was cancelled; failures stay until they are retried or cancelled. */
export function clearFinished(): void {
  items.value = items.value.filter(({ state }) => !["done", "known", "cancelled"].includes(state.value.step));
}

/** Starts as many waiting files as may run at once. */
function pump(): void {
  while (!paused.value && running < AT_ONCE) {
    const next = items.value.find(({ state }) => state.value.step === "waiting");
    if (next === undefined) break;
    running++;
    next.state.value = { step: "checking" };
    void upload(next, next.abort.signal).finally(() => {
      running--;
      pump();
      if (running === 0) tellEnd();
    });
  }
}

/** Resolves as soon as the queue is not paused. */
function going(signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new DOMException("cancelled", "AbortError"));
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });
    const unsubscribe = paused.subscribe((on) => {
      if (on) return;
      resolve();
      // Not before the subscription is made, which tells the present value.
      queueMicrotask(() => unsubscribe());
    });
  });
}

function tellEnd(): void {
  const { waiting, done, known, failed } = totals.value;
  if (waiting > 0) return;
  announce(`Uploads ended: ${done} stored, ${known} there before, ${failed} failed.`);
}

/** Takes one file through; its state says how it went. Never rejects. */
async function upload(item: Item, signal: AbortSignal): Promise<void> {
  const { file, state } = item;
  try {
    const md5 = await md5Of(file);
    const known = await getJson<{ results: { basename: string }[] }>(`/versions/?md5=${md5}&limit=1`, signal);
    const match = known.results[0];
    if (match !== undefined) {
      if (!signal.aborted) state.value = { step: "known", basename: match.basename };
      return;
    }
    if (signal.aborted) return;
    state.value = { step: "sending", sent: 0 };
    const onSent = (sent: number) => (state.value = { step: "sending", sent });
    const answer = await (file.size > LARGE
      ? sendInParts(file, { md5, onSent, going, signal })
      : sendFile(file, onSent, signal));
    const error = answer.errors?.[0];
    const basename = answer.filenames[0];
    if (error !== undefined) {
      // The archive puts the file's name first, which stands above already.
      const message = error.startsWith(`${file.name}: `) ? error.slice(file.name.length + 2) : error;
      state.value = { step: "failed", message, offline: false };
    } else if (basename === undefined) {
      state.value = { step: "failed", message: "The archive took nothing and did not say why.", offline: false };
    } else {
      state.value = { step: answer.duplicates?.includes(basename) ? "known" : "done", basename };
      forgetSeen();
    }
  } catch (cause) {
    if (signal.aborted) return;
    if (!(cause instanceof ApiError)) {
      const message = "This file cannot be read any more. Was it moved, or its disk taken away?";
      state.value = { step: "failed", message, offline: false };
      return;
    }
    if (cause.kind === "signed-out") {
      pause(true);
      askToSignIn();
    }
    const offline = cause.kind === "offline";
    const message = offline ? noAnswer(cause).message : cause.message;
    state.value = { step: "failed", message, offline };
  }
}

// What failed for want of a network goes on by itself when it is back.
window.addEventListener("online", () => {
  retry(
    items.value.filter(({ state }) => state.value.step === "failed" && (state.value as { offline: boolean }).offline),
  );
});

// A closed tab would end what is on its way.
window.addEventListener("beforeunload", (event) => {
  if (totals.value.active + totals.value.waiting > 0) event.preventDefault();
});
