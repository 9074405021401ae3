/** Random changes and questions; `npm run bench:catalogue -- --check 5000` asks more of them. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { checkCounters } from "../../src/store/upkeep.ts";
import { Random } from "./random.ts";
import { RandomRun } from "./random-run.ts";

it("counts and finds what a plain map has, through adds, versions, swaps and removals", async () => {
  const run = new RandomRun(openCatalogue(env.DB), new Random(17), 250);
  for (let i = 0; i < 500; i++) await run.change(i < 250 ? 0.05 : 0.25);
  expect(await checkCounters(env.DB)).toEqual([]);
  expect(await run.compare()).toBeNull();
  for (let i = 0; i < 400; i++) expect(await run.ask()).toBeNull();
  // Embargoes that the questions settled, both ways, are counted as well.
  expect(await checkCounters(env.DB)).toEqual([]);
}, 200_000);
