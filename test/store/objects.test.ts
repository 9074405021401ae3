/** Objects and their counts against a plain count of the same frames. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import type { Frame, ObjectCount } from "../../src/store/frame.ts";
import { matches, visible } from "./model.ts";
import { Random, randomFacts, randomFile, randomQuery, randomSight } from "./random.ts";

const catalogue = openCatalogue(env.DB);
const frames: Frame[] = [];

beforeAll(async () => {
  const random = new Random(11);
  for (let i = 0; i < 200; i++) {
    const name = `Frame-${i}`;
    frames.push((await catalogue.add(randomFacts(random, name), randomFile(random, name), 1000 + i)).frame);
  }
}, 100_000);

it("are counted as a plain evaluation counts them", async () => {
  const random = new Random(12);
  const names = frames.map(({ basename }) => basename);
  let several = 0;
  for (let i = 0; i < 150; i++) {
    const query = random.chance(0.4) ? {} : randomQuery(random, names);
    const contains = random.of(["", "m", "3", "7331 ngc", "NGC", "nothing like it", "%", "_", query.objectContains]);
    if (contains !== undefined) query.objectContains = contains;
    const sight = randomSight(random, i);
    const counts = new Map<string, number>();
    for (const frame of frames) {
      if (frame.object === null || !visible(frame, sight) || !matches(frame, query)) continue;
      counts.set(frame.object, (counts.get(frame.object) ?? 0) + 1);
    }
    const limit = random.of([1, 3, 100]);
    const expected: ObjectCount[] = Array.from(counts, ([name, number]) => ({ name, frames: number }))
      .sort((a, b) => b.frames - a.frames || (a.name < b.name ? -1 : 1))
      .slice(0, limit);
    expect(await catalogue.objects(query, limit, sight), JSON.stringify({ query, sight })).toEqual(expected);
    if (expected.length > 1) several++;
  }
  expect(several).toBeGreaterThan(20);
});

it("are found by as many words as a name holds", async () => {
  const words = Array.from({ length: 150 }, (_, i) => `w${i}`).join(" ");
  expect(await catalogue.objects({ objectContains: words }, 10, { kind: "all" })).toEqual([]);
});
