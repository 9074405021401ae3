/** What is worked out once and remembered (Snapshot.derive) is forgotten with the first change. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import type { FrameFacts, Page, Sight } from "../../src/store/frame.ts";
import { Random, randomFacts, randomFile } from "./random.ts";

const all: Sight = { kind: "all" };
const page: Page = { sort: "dateObs", descending: false, limit: 5, offset: 80 };
const random = new Random(21);
const catalogue = openCatalogue(env.DB);

async function add(name: string, about: Partial<FrameFacts>): Promise<number> {
  const facts = { ...randomFacts(random, name), siteid: "goe", related: [], propid: null, publicDate: null, ...about };
  return (await catalogue.add(facts, randomFile(random, name), Date.now())).frame.id;
}

it("pages, counts and related frames follow every change", async () => {
  // Some a day, so that pages are counted off by days.
  const first = Date.UTC(2024, 0, 10);
  const ids: number[] = [];
  for (let i = 0; i < 100; i++) {
    ids.push(await add(`frame-${i}`, { dateObs: first + i * 3_600_000, related: ["dark", "flat"] }));
  }
  const asked = async (query = {}) => {
    const { count, frames } = await catalogue.list(query, page, all);
    const { count: counted } = await catalogue.aggregate(query, all, { facets: true });
    return { count, counted, ids: frames.map(({ id }) => id), related: frames[0]!.relatedIds };
  };
  const site = { equals: { siteid: ["goe"] } };
  const before = { count: 100, counted: 100, ids: ids.slice(80, 85), related: [] };
  for (let i = 0; i < 2; i++) expect([await asked(), await asked(site)]).toEqual([before, before]);

  const dark = await add("dark", { dateObs: first - 1000 });
  const after = { count: 101, counted: 101, ids: ids.slice(79, 84), related: [dark] };
  for (let i = 0; i < 2; i++) expect([await asked(), await asked(site)]).toEqual([after, after]);

  const elsewhere = await add("flat", { dateObs: first - 2000, siteid: "mon" });
  const both = [dark, elsewhere].sort((a, b) => a - b);
  expect(await asked()).toEqual({ count: 102, counted: 102, ids: ids.slice(78, 83), related: both });
  expect(await asked(site)).toEqual({ ...after, related: both });

  await catalogue.remove(dark);
  const without = { count: 100, counted: 100, ids: ids.slice(80, 85), related: [elsewhere] };
  expect([await asked(site), (await asked()).count]).toEqual([without, 101]);
});
