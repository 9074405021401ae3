/**
 * The upload queue: files wait, are recognised or not by their MD5, are sent, and say how it went. It lives outside
 * the page, so that looking elsewhere in the app does not stop it, and waits while nobody is signed in.
 */
import { batch, computed, effect, type Signal, signal, untracked } from "@preact/signals";
import { aWhile, isThere } from "../api/away.ts";
import { getJson } from "../api/client.ts";
import { ApiError, noAnswer } from "../api/error.ts";
import { askToSignIn, forgetSeen } from "../api/resource.ts";
import { type Session, session } from "../api/session.ts";
import { announce } from "../design/announce.tsx";
import { count, counted } from "../design/format.ts";
import { md5Of } from "./digest.ts";
import { keepUnsent, uploading } from "./progress.ts";
import { sendFile } from "./send.ts";
import { LARGE, sendInParts } from "./send-parts.ts";

export type State =
  | { step: "waiting" }
  | { step: "checking" } // its checksum, and whether the archive has it
  | { step: "sending"; sent: number }
  | { step: "done"; basename: string }
  | { step: "known"; basename: string } // the archive has these very bytes
  | { step: "failed"; message: string; offline: boolean }
  | { step: "cancelled"; from: State["step"] };

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
/** Whether the archive does not answer; the queue goes on when it does. */
export const unreachable = signal(false);
let asking = false;
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

/** Whether a file has not come to an end. */
export function isOpen({ state }: Item): boolean {
  return ["waiting", "checking", "sending"].includes(state.value.step);
}

/** FITS by its name: the extensions that the archive takes. */
export function looksLikeFits(name: string): boolean {
  return /\.(fits|fit|fts)(\.(fz|gz))?$/i.test(name) || /\.fz$/i.test(name);
}

/** Puts files at the end of the queue; one that is waiting or on its way already is not taken twice. */
export function add(files: readonly { file: File; path: string }[]): void {
  const open = new Set(items.value.filter(isOpen).map(({ path, file }) => `${path} ${file.size} ${file.lastModified}`));
  const fresh: Item[] = [];
  for (const { file, path } of files) {
    if (open.has(`${path} ${file.size} ${file.lastModified}`)) continue;
    fresh.push({ id: ++last, file, path, state: signal<State>({ step: "waiting" }), abort: new AbortController() });
  }
  if (fresh.length === 0) return;
  items.value = [...items.value, ...fresh];
  tell(`${counted(fresh.length, "file")} added to the queue.`);
  pump();
}

export function pause(on: boolean): void {
  paused.value = on;
  const { waiting } = totals.value;
  tell(on ? `Paused: ${counted(waiting, "file")} waiting. What is on its way still arrives.` : "Going on.");
  pump();
}

export function cancel(item: Item): void {
  item.abort.abort();
  item.state.value = { step: "cancelled", from: item.state.value.step };
  pump();
}

export function cancelAll(): void {
  batch(() => {
    for (const item of items.value) {
      if (isOpen(item)) cancel(item);
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
  while (!paused.value && !asking && running < AT_ONCE) {
    const next = items.value.find(({ state }) => state.value.step === "waiting");
    if (next === undefined) break;
    running++;
    next.state.value = { step: "checking" };
    void upload(next, next.abort.signal).finally(() => {
      running--;
      tellOf(next);
      pump();
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

/** When something was last said; said too often, nobody can listen to anything else. */
let told = 0;
const QUIET_SECONDS = 20;

function tell(sentence: string): void {
  told = Date.now();
  announce(sentence);
}

/** How a file went: only when nothing was said for a while, unless it failed; the end tells all of it. */
function tellOf({ path, state }: Item): void {
  const { files, done, known, failed, cancelled } = totals.value;
  const quiet = (Date.now() - told) / 1000;
  if (state.value.step === "failed" && (quiet > 2 || failed === 1)) tell(`${path} failed: ${state.value.message}`);
  else if (quiet > QUIET_SECONDS)
    tell(`${count(done + known + failed)} of ${counted(files - cancelled, "file")} done.`);
}

/** Files that have not come to an end; says so when none is left, and keeps for the next visit what would be lost. */
let openBefore = 0;
effect(() => {
  const { files, waiting, active, done, known, failed, cancelled } = totals.value;
  const open = waiting + active;
  uploading.value = open === 0 ? null : { ended: files - cancelled - open, files: files - cancelled };
  if (open > 0) keepUnsent(items.value.filter(isOpen).map(({ path }) => path));
  else if (openBefore > 0) {
    keepUnsent([]);
    const words = [`${count(done)} stored`, `${count(known)} there before`, `${count(failed)} failed`];
    if (cancelled > 0) words.push(`${count(cancelled)} cancelled`);
    untracked(() => tell(`Uploads ended: ${words.join(", ")}.`));
  }
  openBefore = open;
});

/** Whose uploads these are. */
let owner: string | null = null;
/** Whether the queue was paused because nobody is signed in. */
let waitsForOwner = false;
function follow(now: Session): void {
  if (now.state === "out" && owner !== null && !paused.value) {
    waitsForOwner = true;
    paused.value = true;
  }
  if (now.state !== "in") return;
  const { username } = now.profile;
  if (owner !== null && owner !== username) {
    cancelAll();
    items.value = [];
  }
  owner = username;
  if (waitsForOwner) {
    waitsForOwner = false;
    paused.value = false;
    pump();
  }
}
effect(() => {
  const now = session.value;
  untracked(() => follow(now));
});

/** Takes one file through; its state says how it went. Never rejects. */
async function upload(item: Item, signal: AbortSignal): Promise<void> {
  const { file, state } = item;
  try {
    const md5 = await md5Of(file);
    const known = await getJson<{ results: { basename: string }[] }>(`versions/?md5=${md5}&limit=1`, signal);
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
      askToSignIn();
      state.value = { step: "waiting" };
      return;
    }
    const offline = cause.kind === "offline";
    const message = offline ? noAnswer(cause).message : cause.message;
    state.value = { step: "failed", message, offline };
    if (offline) void askForArchive();
  }
}

/**
 * After a file that got no answer: asks whether the archive is there at all. If not, no other file is tried until it is,
 * and those that failed for want of it are tried again.
 */
async function askForArchive(): Promise<void> {
  if (asking) return;
  asking = true;
  while (!(await isThere())) {
    unreachable.value = true;
    await aWhile();
  }
  asking = false;
  if (unreachable.value) {
    unreachable.value = false;
    retry(items.value.filter(({ state }) => state.value.step === "failed" && state.value.offline));
  } else pump();
}

// A closed tab would end what is on its way.
window.addEventListener("beforeunload", (event) => {
  if (totals.value.active + totals.value.waiting > 0) event.preventDefault();
});
