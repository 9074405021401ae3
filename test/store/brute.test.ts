/** Every answer of the catalogue against a plain array of the same frames. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import type { Frame, FrameQuery, Sight } from "../../src/store/frame.ts";
import { find, matches, visible } from "./model.ts";
import { Random, randomFacts, randomFile, randomNight, randomPage, randomQuery, randomSight } from "./random.ts";

const FRAMES = 500;
const catalogue = openCatalogue(env.DB);
const frames: Frame[] = [];
const names: string[] = [];

beforeAll(async () => {
  const random = new Random(1);
  for (let i = 0; i < FRAMES; i++) {
    const name = `Frame-${String(i).padStart(4, "0")}-${random.of(["e00", "_e90", "o%"])}`;
    const added = await catalogue.add(randomFacts(random, name), randomFile(random, name), 1000 + i);
    expect(added.outcome).toBe("created");
    frames.push(added.frame);
    names.push(name);
  }
}, 200_000);

async function check(query: FrameQuery, sight: Sight, random: Random): Promise<void> {
  const page = randomPage(random);
  const expected = find(frames, query, page, sight);
  const answer = await catalogue.list(query, page, sight);
  const asked = JSON.stringify({ query, page, sight });
  expect({ count: answer.count, ids: answer.frames.map(({ id }) => id) }, asked).toEqual(expected);
}

it("lists what a plain evaluation lists", async () => {
  const random = new Random(2);
  for (let i = 0; i < 400; i++) await check(randomQuery(random, names), randomSight(random, i), random);
}, 200_000);

it("aggregates and counts facets as a plain evaluation does", async () => {
  const random = new Random(3);
  const fields = ["imagetyp", "siteid", "telid", "instrume", "filter", "rlevel", "propid"] as const;
  for (let i = 0; i < 100; i++) {
    const [query, sight] = [randomQuery(random, names), randomSight(random, i)];
    const facets = random.chance(0.5);
    const answer = await catalogue.aggregate(query, sight, { facets });
    const seen = frames.filter((frame) => visible(frame, sight));
    const found = seen.filter((frame) => matches(frame, query));
    const asked = JSON.stringify({ query, sight, facets });
    expect(answer.count, asked).toBe(found.length);
    expect(answer.bytes, asked).toBe(found.reduce((sum, { file }) => sum + file.size, 0));
    for (const field of fields) {
      const open = { ...query, equals: { ...query.equals } };
      delete open.equals[field];
      const counts = new Map<unknown, number>();
      for (const frame of facets ? seen.filter((one) => matches(one, open)) : found) {
        counts.set(frame[field], (counts.get(frame[field]) ?? 0) + 1);
      }
      expect(new Map<unknown, number>(answer[field]), `${field} of ${asked}`).toEqual(counts);
    }
  }
});

it("counts by night as a plain evaluation does", async () => {
  const random = new Random(5);
  for (let i = 0; i < 60; i++) {
    const [query, sight] = [randomQuery(random, names), randomSight(random, i)];
    const [from, to] = [randomNight(random), randomNight(random)].sort() as [string, string];
    const expected = new Map<string, { night: string; frames: number; bytes: number }>();
    for (const frame of frames.filter((one) => visible(one, sight) && matches(one, query))) {
      const { night, file } = frame;
      if (night < from || night > to) continue;
      const { frames: before, bytes } = expected.get(night) ?? { frames: 0, bytes: 0 };
      expected.set(night, { night, frames: before + 1, bytes: bytes + file.size });
    }
    const sorted = [...expected.values()].sort((a, b) => (a.night < b.night ? -1 : 1));
    expect(await catalogue.nights(query, from, to, sight), JSON.stringify({ query, from, to, sight })).toEqual(sorted);
  }
});

it("follows cursors through whole lists, forwards and back", async () => {
  const random = new Random(4);
  for (let i = 0; i < 25; i++) {
    const [query, sight] = [randomQuery(random, names), randomSight(random, i)];
    const page = { ...randomPage(random, random.of([37, 200])), offset: 0 };
    const expected = find(frames, query, { ...page, limit: FRAMES }, sight);
    const pages: number[][] = [];
    let answer = await catalogue.list(query, page, sight);
    expect(answer.previous).toBeNull();
    for (;;) {
      expect(answer.count).toBe(expected.count);
      pages.push(answer.frames.map(({ id }) => id));
      if (answer.next === null) break;
      answer = await catalogue.list(query, { ...page, cursor: answer.next }, sight);
    }
    expect(pages.flat(), JSON.stringify({ query, page, sight })).toEqual(expected.ids);
    for (const ids of pages.toReversed().slice(1)) {
      answer = await catalogue.list(query, { ...page, cursor: answer.previous! }, sight);
      expect(answer.frames.map(({ id }) => id)).toEqual(ids);
    }
    expect(answer.previous).toBeNull();
  }
});
