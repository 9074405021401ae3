/** What changes the catalogue: versions, races, embargoes that end, removal, and the counters through all of it. */
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { type Cost, Database } from "../../src/store/database.ts";
import type { FrameFacts, Sight, StoredFile } from "../../src/store/frame.ts";
import { checkCounters, rebuildCounters, rebuildVirtual } from "../../src/store/upkeep.ts";
import { find } from "./model.ts";
import { EPOCH, Random, randomFacts, randomFile, randomPage, randomQuery } from "./random.ts";

const costs: Cost[] = [];
const catalogue = openCatalogue(env.DB, { observe: (cost) => costs.push(cost) });
const STAFF: Sight = { kind: "all" };
const PAGE = { sort: "dateObs", descending: false, limit: 1000, offset: 0 } as const;
const random = new Random(11);

function factsOf(basename: string, more: Partial<FrameFacts> = {}): FrameFacts {
  return { ...randomFacts(random, basename), ...more };
}

it("starts ids at 1, gives back what it was given, and never uses an id again", async () => {
  const facts = factsOf("first", { dateObs: EPOCH, footprint: null, related: ["second", "no such frame"] });
  const file = { ...randomFile(random, "first"), warnings: ["bad DATASUM"] };
  const added = await catalogue.add(facts, file, 5000);
  expect(added).toEqual({ outcome: "created", frame: { ...facts, id: 1, version: 1, file, created: 5000 } });
  expect(await catalogue.owner("first")).toEqual(added.frame);
  expect(await catalogue.remove(1)).toEqual([file.key]);
  expect(await catalogue.remove(1)).toBeNull();
  expect((await catalogue.add(facts, file, 5000)).frame.id).toBe(2);
});

it("links related frames whichever comes first, and shows only those that may be seen", async () => {
  await catalogue.add(
    factsOf("product", { related: ["raw", "flat"], publicDate: 0, propid: null }),
    randomFile(random, "p"),
    1,
  );
  const product = (await catalogue.owner("product"))!;
  expect((await catalogue.frame(product.id, STAFF))!.relatedIds).toEqual([]);
  const raw = await catalogue.add(factsOf("raw", { publicDate: null, propid: "SECRET" }), randomFile(random, "r"), 1);
  const flat = await catalogue.add(factsOf("flat", { publicDate: 0, propid: null }), randomFile(random, "f"), 1);
  expect((await catalogue.frame(product.id, STAFF))!.relatedIds).toEqual(
    [raw.frame.id, flat.frame.id].sort((a, b) => a - b),
  );
  const anyone: Sight = { kind: "some", now: 10, proposals: [], undated: false };
  expect((await catalogue.related(product.id, anyone)).map(({ basename }) => basename)).toEqual(["flat"]);
  expect(await catalogue.frame(raw.frame.id, anyone)).toBeNull();
});

it("keeps every version, finds each by checksum, and swaps only the file that is still there", async () => {
  const files = [1, 2, 3].map(() => ({ ...randomFile(random, "v"), original: null, packing: "none" as const }));
  const facts = factsOf("versioned", { exptime: 10 });
  await catalogue.add(facts, files[0]!, 1);
  const second = await catalogue.add({ ...facts, exptime: 20 }, files[1]!, 2);
  expect(second).toMatchObject({ outcome: "version", previous: 1, frame: { version: 2, exptime: 20 } });
  expect((await catalogue.add(facts, files[0]!, 3)).outcome).toBe("duplicate");
  const { id } = second.frame;
  expect(await catalogue.frame(id, STAFF, 1)).toMatchObject({ version: 1, exptime: 10, file: files[0] });
  expect(await catalogue.frame(id, STAFF, 3)).toBeNull();
  const packed = {
    ...files[2]!,
    packing: "rice" as const,
    original: { filename: "v.fits", size: 5, crc32: 1, md5: files[0]!.md5, sha256: files[0]!.sha256 },
  };
  expect(await catalogue.replaceFile(id, 1, "another key", packed)).toBe(false);
  expect(await catalogue.replaceFile(id, 1, files[0]!.key, packed)).toBe(true);
  for (const [sum, version] of [
    [files[0]!.md5, 1],
    [packed.md5, 1],
    [files[1]!.md5.toUpperCase(), 2],
  ] as const) {
    const found = await catalogue.versions({ md5: sum }, { limit: 10, offset: 0 }, STAFF);
    expect(found).toMatchObject({ count: 1, versions: [{ frameId: id, version }] });
  }
  expect((await catalogue.versions({ sha256: packed.sha256 }, { limit: 10, offset: 0 }, STAFF)).count).toBe(1);
  expect((await catalogue.add(facts, files[0]!, 4)).outcome).toBe("duplicate");
  const keys = (await catalogue.keys(id - 1, 1)).filter(({ frameId }) => frameId === id);
  expect(keys.map(({ key, version }) => [key, version]).sort()).toEqual(
    [
      [files[1]!.key, 2],
      [packed.key, 1],
    ].sort(),
  );
  expect((await catalogue.remove(id))!.sort()).toEqual([packed.key, files[1]!.key].sort());
});

it("lets two uploads of one name at once become two versions, or one frame where the bytes are equal", async () => {
  const facts = factsOf("raced");
  const files = [1, 2, 3, 4].map(() => randomFile(random, "raced"));
  const others = files.map(() => openCatalogue(env.DB));
  const answers = await Promise.all(files.map((file, i) => others[i]!.add(facts, file, i)));
  expect(answers.map(({ outcome }) => outcome).sort()).toEqual(["created", "version", "version", "version"]);
  const { count } = await catalogue.versions({ basename: "raced" }, { limit: 10, offset: 0 }, STAFF);
  expect(count).toBe(4);
  const same = randomFile(random, "same");
  const twice = await Promise.all(
    [1, 2, 3].map((now, i) => others[i]!.add(factsOf("same"), { ...same, key: `k${now}` }, now)),
  );
  expect(twice.map(({ outcome }) => outcome).sort()).toEqual(["created", "duplicate", "duplicate"]);
});

it("ends an embargo at its very millisecond, in lists, counts and aggregates, and back again for an earlier clock", async () => {
  const end = EPOCH + 777;
  const { frame } = await catalogue.add(
    factsOf("embargoed", { publicDate: end, propid: "Q", object: "Unique Star" }),
    randomFile(random, "e"),
    1,
  );
  for (const [now, proposals, seen] of [
    [end - 1, [], 0],
    [end, [], 1],
    [end + 1, [], 1],
    [end - 1, [], 0],
    [end - 1, ["Q"], 1],
  ] as const) {
    const sight: Sight = { kind: "some", now, proposals: [...proposals], undated: true };
    const query = { objectContains: "unique" };
    expect((await catalogue.list(query, PAGE, sight)).count, `at ${now - end}`).toBe(seen);
    expect((await catalogue.aggregate(query, sight)).count).toBe(seen);
    expect((await catalogue.frame(frame.id, sight))?.id).toBe(seen === 1 ? frame.id : undefined);
    expect(await catalogue.alone(frame.id, sight)).toEqual(seen === 1 ? await catalogue.owner("embargoed") : null);
    const open = await catalogue.list({ ...query, public: { is: true, now } }, PAGE, STAFF);
    expect(open.count).toBe(now >= end ? 1 : 0);
  }
});

it("hands its bookmark on, and passes over what is none", async () => {
  const writer = openCatalogue(env.DB, { bookmark: "first-primary" });
  expect(writer.bookmark).toBeNull();
  const { frame } = await writer.add(factsOf("bookmarked"), randomFile(random, "bookmarked"), 1);
  const bookmark = writer.bookmark!;
  expect(bookmark).toMatch(/^[0-9a-f]+(-[0-9a-f]+){3}/);
  for (const mark of [bookmark, `${bookmark},${bookmark}`, "", "nonsense", "first-unconstrained'; DROP", ","]) {
    expect((await openCatalogue(env.DB, { bookmark: mark }).owner("bookmarked"))?.id, mark).toBe(frame.id);
  }
});

it("writes at most 20 rows a frame", async () => {
  const facts = factsOf("costly", { object: "M 31", publicDate: 5, reqnum: "9", obsnum: "9", exptime: 33 });
  const full = {
    ...facts,
    ra: 10,
    dec: 10,
    footprint: [
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
    ] as [number, number][],
  };
  const upload = (basename: string): StoredFile => ({
    ...randomFile(random, basename),
    key: `frames/2023/${basename}-${random.hex(16)}.fits`,
    filename: `${basename}.fits`,
    packing: "none",
    original: null,
  });
  await catalogue.add({ ...full, basename: "a costly frame, 1" }, upload("a costly frame, 1"), 1);
  await catalogue.owner("a costly frame, 1");
  costs.length = 0;
  const two = { ...full, basename: "a costly frame, 2", related: ["a", "b", "c"] };
  await catalogue.add(two, upload(two.basename), 2, { kinds: ["preview", "pack"], at: 3 });
  // With several shards the first keeps two rows a name besides.
  const frame = costs.filter(({ sql }) => !sql.includes("claim"));
  expect(frame.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0)).toBeLessThanOrEqual(20);
  // Whoever knew the catalogue before learns of that one combination only.
  await catalogue.owner("a costly frame, 2");
  const rowsRead = costs.filter(({ sql }) => sql.includes("generation >=")).map((cost) => cost.rowsRead);
  expect(Math.max(...rowsRead)).toBe(1);
});

it("sees a counter that is wrong, and makes counters and virtual tables anew", async () => {
  const database = new Database(env.DB);
  const all = (await catalogue.list({}, PAGE, STAFF)).frames;
  await database.run([
    {
      sql: "UPDATE tally SET counts = json_set(counts, '$.\"99999\"', json('[1,1]')) WHERE id = (SELECT min(id) FROM tally)",
    },
    { sql: "UPDATE combination SET frames = frames + 1 WHERE id = (SELECT min(id) FROM combination WHERE frames > 0)" },
  ]);
  expect((await checkCounters(env.DB)).map(({ table }) => table).sort()).toEqual(["combination", "tally"]);
  await database.run([{ sql: "INSERT INTO object_text (object_text) VALUES ('delete-all')" }]);
  await rebuildCounters(env.DB);
  await rebuildVirtual(env.DB);
  expect(await checkCounters(env.DB)).toEqual([]);
  for (let i = 0; i < 60; i++) {
    const [query, page] = [randomQuery(random, ["first"]), randomPage(random)];
    const answer = await catalogue.list(query, page, STAFF);
    expect({ count: answer.count, ids: answer.frames.map(({ id }) => id) }).toEqual(find(all, query, page, STAFF));
  }
});
