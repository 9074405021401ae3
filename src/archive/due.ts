/** Sends work to the queue, and asks again for what the queue has lost. What is due stands in the catalogue. */
import type { Config } from "../config.ts";
import type { DueWork, Postponed, WorkKind } from "../store/due-work.ts";
import type { Archive, WorkItem } from "./context.ts";
import { isCompressed } from "./plain-file.ts";

const HOUR = 3600 * 1000;
/** Time that the queue has, with all its own tries, before work is asked for again. */
export const PATIENCE = HOUR;
/** After so many times, each after twice as long, nobody asks any more: two and a half days in all. */
const MOST_TRIES = 6;
/** Frames whose work is asked for in one run. */
const MOST_FRAMES = 2000;
/** Messages that a queue takes at once. https://developers.cloudflare.com/queues/platform/limits/ */
const BATCH = 100;

/** The work that a new file of this name brings. */
export function kindsFor(config: Pick<Config, "pack">, filename: string): WorkKind[] {
  // What came compressed stays so, and is unpacked once to know what is inside.
  if (isCompressed(filename)) return ["preview", "unpack"];
  return config.pack === "off" ? ["preview"] : ["preview", "pack"];
}

export async function send({ queue }: Pick<Archive, "queue">, items: WorkItem[]): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH) {
    await queue.sendBatch(items.slice(at, at + BATCH).map((body) => ({ body })));
  }
}

/** Asks again for what should be done by now; answers for how many frames. Safe to repeat. */
export async function resume(archive: Pick<Archive, "catalogue" | "queue">, now: number): Promise<number> {
  const works = await archive.catalogue.overdue(now, MOST_FRAMES);
  const hopeless = works.filter(({ tries }) => tries >= MOST_TRIES);
  const open = works.filter(({ tries }) => tries < MOST_TRIES);
  await send(archive, open.flatMap(itemsOf));
  for (const work of hopeless) {
    console.error(JSON.stringify({ level: "error", message: "work was given up", ...work }));
  }
  await archive.catalogue.postpone([
    ...open.map((work): Postponed => ({ work, at: now + PATIENCE * 2 ** (work.tries + 1) })),
    ...hopeless.map((work): Postponed => ({ work, at: null })),
  ]);
  return open.length;
}

function itemsOf({ frameId: id, version, kinds }: DueWork): WorkItem[] {
  return kinds.map((kind) => ({ kind, id, version }));
}
