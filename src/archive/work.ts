/** What the queue consumer does after an ingest: previews, packing, unpacking. Each item may come twice; each is safe to repeat. */
import type { Archive, WorkItem } from "./context.ts";
import { packFrame } from "./pack.ts";
import { makePreviews } from "./preview.ts";
import { unpackFrame } from "./unpacking.ts";

/** Previews are waited for by people, packing by nobody; and a packing replaces the file that a preview reads. */
const ORDER: WorkItem["kind"][] = ["preview", "pack", "unpack"];
/** Seconds until the next try, for each try; after `max_retries` the queue gives up, and the upkeep asks again. */
const DELAYS = [5, 30, 120, 600];

export async function work(archive: Archive, item: WorkItem): Promise<void> {
  switch (item.kind) {
    case "preview":
      return makePreviews(archive, item.id, item.version);
    case "pack":
      await packFrame(archive, item.id, item.version);
      return;
    case "unpack":
      return unpackFrame(archive, item.id, item.version);
  }
}

/** One batch of the queue. What fails is tried again later, by itself. */
export async function consume(archive: Archive, batch: MessageBatch<WorkItem>): Promise<void> {
  const messages = batch.messages.toSorted((a, b) => ORDER.indexOf(a.body.kind) - ORDER.indexOf(b.body.kind));
  for (const message of messages) {
    try {
      const { kind, id, version } = message.body;
      await work(archive, message.body);
      await archive.catalogue.strike(id, version, kind);
      message.ack();
    } catch (error) {
      const { attempts, body } = message;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.error(JSON.stringify({ level: "error", message: "work failed", ...body, attempts, error: text }));
      message.retry({ delaySeconds: DELAYS[attempts - 1] ?? DELAYS.at(-1)! });
    }
  }
}
