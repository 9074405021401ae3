/** Work outlives the queue: what is not done is asked for again. */
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { type Archive, archiveOf, type WorkItem } from "../../src/archive/context.ts";
import { resume } from "../../src/archive/due.ts";
import { ingest } from "../../src/archive/ingest.ts";
import { upkeep } from "../../src/archive/upkeep.ts";
import { consume } from "../../src/archive/work.ts";
import type { DueWork } from "../../src/store/due-work.ts";
import { addRecordedUsers } from "../http/archive.ts";
import { frameBytes } from "./headers.ts";

const HOUR = 3600_000;
const NOON = Date.parse("2026-03-01T12:00:00Z");

let refusing = false;
const sent: WorkItem[] = [];
const archive: Archive = {
  ...archiveOf(env),
  queue: {
    async sendBatch(messages) {
      if (refusing) throw new Error("Queue sendBatch failed: Internal Server Error");
      for (const { body } of messages) sent.push(body);
      return { metadata: {} } as QueueSendBatchResponse;
    },
  },
};

beforeAll(addRecordedUsers);
beforeEach(async () => {
  refusing = false;
  sent.length = 0;
  await archive.catalogue.postpone((await everything()).map((work) => ({ work, at: null })));
});

async function take(name: string, exptime = 1) {
  async function* body() {
    // Floats, which are packed later; integers would be packed at once.
    yield frameBytes({ FNAME: name, EXPTIME: exptime, BITPIX: -32, NAXIS1: 2 }, 2000);
  }
  return (await ingest(archive, { filename: "x.fits", body: body() }, NOON)).frame;
}

/** What the messages become: "ack" or the seconds until the next try. */
async function deliver(items: WorkItem[], to = archive): Promise<unknown[]> {
  const acts: unknown[] = [];
  const messages = items.map((body) => ({
    body,
    attempts: 1,
    ack: () => acts.push("ack"),
    retry: ({ delaySeconds }: { delaySeconds: number }) => acts.push(delaySeconds),
  }));
  await consume(to, { messages } as unknown as MessageBatch<WorkItem>);
  return acts;
}

function everything(): Promise<DueWork[]> {
  return archive.catalogue.overdue(NOON + 1000 * HOUR, 10_000);
}

async function due(): Promise<number> {
  return (await everything()).length;
}

it("is struck out when it is done", async () => {
  await take("due-done");
  expect(await due()).toBe(1);
  expect(await deliver(sent)).toEqual(["ack", "ack"]);
  expect(await due()).toBe(0);
});

it("is asked for again when the queue took nothing, but not before it had its time", async () => {
  refusing = true;
  const { id, version } = await take("due-refused");
  refusing = false;
  await upkeep(archive, NOON + HOUR - 1);
  expect(sent).toEqual([]);
  await upkeep(archive, NOON + HOUR);
  const asked = [
    { kind: "preview", id, version },
    { kind: "pack", id, version },
  ];
  expect(sent).toEqual(asked);
  // Twice at once or soon after: the queue has its time again.
  await upkeep(archive, NOON + HOUR);
  expect(sent).toEqual(asked);
  await deliver(sent);
  expect(await due()).toBe(0);
});

it("stays due while the queue refuses it again", async () => {
  refusing = true;
  await take("due-twice");
  await expect(upkeep(archive, NOON + HOUR)).rejects.toThrow(/sendBatch failed/);
  refusing = false;
  expect(await resume(archive, NOON + HOUR)).toBe(1);
});

it("is asked for by what is left, also for a new version", async () => {
  await take("due-part");
  const { id } = await take("due-part", 2);
  expect(await due()).toBe(2);
  await deliver(sent.filter(({ kind, version }) => kind === "preview" || version === 1));
  sent.length = 0;
  await resume(archive, NOON + HOUR);
  expect(sent).toEqual([{ kind: "pack", id, version: 2 }]);
});

it("is given up after some days of failures", async () => {
  await take("due-hopeless");
  const broken = { ...archive, files: { ...archive.files, open: () => Promise.reject(new Error("R2 is broken")) } };
  const asked: number[] = [];
  for (let hour = 1; hour < 24 * 6; hour++) {
    sent.length = 0;
    await resume(archive, NOON + hour * HOUR);
    if (sent.length === 0) continue;
    asked.push(hour);
    for (const act of await deliver(sent, broken)) expect(act).toBe(5);
  }
  expect(asked).toEqual([1, 3, 7, 15, 31, 63]);
  expect(await due()).toBe(0);
});

it("is no concern of a frame that is gone", async () => {
  const { id } = await take("due-gone");
  await archive.catalogue.remove(id);
  await resume(archive, NOON + HOUR);
  await deliver(sent.slice(-2));
  expect(await due()).toBe(0);
});

it("is asked for in portions, oldest first", async () => {
  await env.DB.prepare("INSERT INTO due SELECT value, 1, 3, ?, 0 FROM json_each(?)")
    .bind(NOON, JSON.stringify(Array.from({ length: 5000 }, (_, i) => i + 1)))
    .run();
  expect(await resume(archive, NOON)).toBe(2000);
  expect([sent.length, sent[0]!.id, sent.at(-1)!.id]).toEqual([4000, 1, 2000]);
  expect([await resume(archive, NOON), sent.at(-1)!.id]).toEqual([2000, 4000]);
  expect([await resume(archive, NOON), await resume(archive, NOON)]).toEqual([1000, 0]);
});
