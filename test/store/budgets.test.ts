/** 100,000 frames: rows read, as D1 counts and bills them, and answers against a plain array. */
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { ANONYMOUS, budgets, DAY, findsRelated, STAFF } from "../../bench/catalogue-queries.ts";
import { SEED_END, SEED_START, seedFrame, skyObject } from "../../scripts/seed-frames.ts";
import { type BulkFrame, BulkLoader } from "../../src/store/bulk.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { type Cost, Database } from "../../src/store/database.ts";
import { packFootprint, unpackFootprint } from "../../src/store/footprint-blob.ts";
import type { Frame, FrameQuery, Sight } from "../../src/store/frame.ts";
import { LongSortError, refuseLong } from "../../src/store/sort.ts";
import { find } from "./model.ts";
import { Random } from "./random.ts";

const FRAMES = 100_000;
const costs: Cost[] = [];
const catalogue = openCatalogue(env.DB, { observe: (cost) => costs.push(cost) });
const frames: Frame[] = [];

/** As an older archive has them, with a gap. */
const idOf = (i: number) => i + 1 + (i < FRAMES / 2 ? 0 : 5000);

/** The frame as the catalogue gives it back: footprints are rounded. */
function stored({ id, facts, file, created }: BulkFrame): Frame {
  const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const { ra, dec } = facts;
  const pointing: [number, number] | null = ra === null || dec === null ? null : [ra, dec];
  const footprint =
    facts.footprint === null ? null : unpackFootprint(hex(packFootprint(facts.footprint, pointing)), pointing);
  return { ...facts, footprint, id, version: 1, file, created };
}

beforeAll(async () => {
  const database = new Database(env.DB);
  const loader = new BulkLoader((statements) => database.run(statements), SEED_END);
  const triggers = await loader.begin();
  for (let i = 0; i < FRAMES; i += 2000) {
    const batch = Array.from({ length: 2000 }, (_, k) => ({ id: idOf(i + k), ...seedFrame(i + k, FRAMES) }));
    await loader.add(batch);
    frames.push(...batch.map(stored));
  }
  await loader.finish(triggers);
}, 300_000);

// The promises are those of one database; with several, each is asked.
it.skipIf(env.DB_1 !== undefined)(
  "reads no more rows than promised",
  async () => {
    const over: string[] = [];
    for (const budget of budgets(FRAMES)) {
      for (const [who, sight] of [
        ["staff", STAFF],
        ["anonymous", ANONYMOUS],
      ] as const) {
        await budget.run(catalogue, sight);
        costs.length = 0;
        const found = await budget.run(catalogue, sight);
        // A keyset page is the second of two lists.
        const read = costs.slice(budget.name === "keyset page" ? costs.length / 2 : 0);
        // Related ids are one statement more, with a row a name.
        const rows = read.filter(({ sql }) => !findsRelated(sql)).reduce((sum, { rowsRead }) => sum + rowsRead, 0);
        const most = Math.floor(budget.most(found));
        if (rows > most) over.push(`${budget.name} (${who}): ${rows} rows for ${found} frames, ${most} promised`);
      }
    }
    expect(over).toEqual([]);
  },
  200_000,
);

function someQuery(random: Random): FrameQuery {
  const sample = random.of(frames);
  const query: FrameQuery = {};
  const equals: NonNullable<FrameQuery["equals"]> = {};
  for (const field of ["siteid", "telid", "instrume", "imagetyp", "filter", "rlevel", "propid"] as const) {
    if (random.chance(0.15)) equals[field] = [sample[field], random.of(frames)[field]];
  }
  if (random.chance(0.1)) equals.night = [sample.night];
  if (random.chance(0.05)) equals.obsnum = [sample.obsnum];
  if (Object.keys(equals).length > 0) query.equals = equals;
  if (random.chance(0.15)) query.objectContains = skyObject(random.below(random.of([3, 300, 3000]))).name.slice(0, 8);
  if (random.chance(0.1)) {
    const from = random.below(20);
    query.basenameContains = sample.basename.slice(from, from + 1 + random.below(24));
  }
  if (random.chance(0.15)) query.exptimeMin = random.of([0, 1, 29.55, 60, 100, 900, 1200.5]);
  const moment = () => SEED_START + Math.floor(random.next() * (SEED_END - SEED_START));
  if (random.chance(0.25)) query.start = random.chance(0.3) ? sample.dateObs : moment();
  if (random.chance(0.25)) query.end = (query.start ?? moment()) + random.below(random.of([3, 40, 900])) * DAY;
  if (random.chance(0.15)) {
    const { ra, dec } = skyObject(random.below(random.of([3, 300])));
    query.cone = { ra, dec, radius: random.of([0.005, 1 / 6, 1 / 6, 2]) };
  }
  return query;
}

it("finds what a plain array has, in the same order, at any offset and by cursors", async () => {
  const random = new Random(7);
  for (let i = 0; i < 25; i++) {
    const query = someQuery(random);
    const sight: Sight = random.of([STAFF, ANONYMOUS, { ...ANONYMOUS, undated: true, proposals: ["PROP-003"] }]);
    const page = {
      sort: random.chance(0.7)
        ? ("dateObs" as const)
        : random.of([
            "exptime",
            "exptime",
            "object",
            "object",
            "filter",
            "siteid",
            "propid",
            "basename",
            "id",
            "night",
          ] as const),
      descending: random.chance(0.5),
    };
    const all = find(frames, query, { ...page, limit: FRAMES, offset: 0 }, sight);
    const asked = JSON.stringify({ query, page, sight });
    const offsets = [0, random.below(all.count + 5), random.below(60)];
    for (const offset of offsets) {
      const limit = random.of([1, 25, 100]);
      const answer = await catalogue.list(query, { ...page, limit, offset }, sight);
      const expected = { count: all.count, ids: all.ids.slice(offset, offset + limit) };
      expect({ count: answer.count, ids: answer.frames.map(({ id }) => id) }, `${asked} ${offset}`).toEqual(expected);
      if (answer.next === null) continue;
      const next = await catalogue.list(query, { ...page, limit: 30, offset: 0, cursor: answer.next }, sight);
      expect(
        next.frames.map(({ id }) => id),
        `after ${offset} of ${asked}`,
      ).toEqual(all.ids.slice(offset + limit, offset + limit + 30));
      const back = await catalogue.list(query, { ...page, limit, offset: 0, cursor: next.previous! }, sight);
      expect(
        back.frames.map(({ id }) => id),
        `before ${offset} of ${asked}`,
      ).toEqual(expected.ids);
    }
  }
}, 200_000);

it("counts orders off by objects, exposure times, nights and combinations, at any offset", async () => {
  const random = new Random(9);
  for (let i = 0; i < 14; i++) {
    const sample = random.of(frames);
    const query: FrameQuery = random.of([
      {},
      { equals: { siteid: [sample.siteid] } },
      { equals: { telid: [sample.telid] } },
    ]);
    const page = {
      sort: (["object", "exptime", "night", "object", "exptime", "telid", "propid"] as const)[i % 7]!,
      descending: random.chance(0.5),
    };
    if (page.sort === "exptime" && random.chance(0.5)) query.exptimeMin = 60;
    const sight: Sight = random.of([STAFF, ANONYMOUS]);
    const all = find(frames, query, { ...page, limit: FRAMES, offset: 0 }, sight);
    // Half of the telescopes have nothing public.
    if (all.count < 100) continue;
    for (const offset of [0, 1 + random.below(all.count - 1), all.count - 20]) {
      const asked = JSON.stringify({ query, page, sight, offset });
      const answer = await catalogue.list(query, { ...page, limit: 30, offset }, sight);
      const expected = { count: all.count, ids: all.ids.slice(offset, offset + 30) };
      expect({ count: answer.count, ids: answer.frames.map(({ id }) => id) }, asked).toEqual(expected);
      const cursor = (offset > 0 ? answer.previous : answer.next)!;
      const beside = await catalogue.list(query, { ...page, limit: 30, offset: 0, cursor }, sight);
      const from = offset > 0 ? Math.max(0, offset - 30) : 30;
      const ids = all.ids.slice(from, offset > 0 ? offset : 60);
      expect(
        beside.frames.map(({ id }) => id),
        `beside ${asked}`,
      ).toEqual(ids);
    }
  }
}, 200_000);

it("refuses to sort more frames for a page than it can", () => {
  expect(() => refuseLong("ra", 1_000_000)).not.toThrow();
  expect(() => refuseLong("ra", 1_000_001)).toThrow(LongSortError);
});

it("counts a crowded field between dates by cells and periods, to the frame", async () => {
  const random = new Random(8);
  const { ra, dec } = skyObject(0);
  let counted = 0;
  for (let i = 0; i < 12; i++) {
    const start = SEED_START + Math.floor((random.next() * (SEED_END - SEED_START)) / 3);
    const end = SEED_END - Math.floor((random.next() * (SEED_END - SEED_START)) / 3);
    const query: FrameQuery = {
      ...[{ start }, { end }, { start, end }][i % 3],
      cone: { ra, dec, radius: random.of([0.01, 1 / 6, 1 / 6]) },
      ...random.of([{}, { equals: { filter: ["B", "V"] } }]),
    };
    const sight = random.of([STAFF, ANONYMOUS]);
    const page = { sort: "dateObs", descending: false, limit: 25, offset: 0 } as const;
    costs.length = 0;
    const answer = await catalogue.list(query, page, sight);
    counted += Number(costs.some(({ sql }) => sql.startsWith("SELECT tally.id, counts")));
    const found = { count: answer.count, ids: answer.frames.map(({ id }) => id) };
    expect(found, JSON.stringify({ query, sight })).toEqual(find(frames, query, page, sight));
  }
  expect(counted).toBeGreaterThan(4);
}, 100_000);

it("keeps the ids of an older archive, and goes on after the last", async () => {
  for (const i of [0, FRAMES / 2 - 1, FRAMES / 2, FRAMES - 1]) {
    const { relatedIds: _, ...frame } = (await catalogue.frame(idOf(i), STAFF))!;
    expect(frame).toEqual(frames[i]);
    expect(frame.basename).toBe(seedFrame(i, FRAMES).facts.basename);
  }
  expect(await catalogue.frame(idOf(FRAMES / 2) - 1, STAFF)).toBeNull();
  const { facts, file } = seedFrame(7, FRAMES);
  const added = await catalogue.add({ ...facts, basename: "after the older archive" }, { ...file, key: "another" }, 1);
  expect(added.frame.id).toBe(idOf(FRAMES - 1) + 1);
});
