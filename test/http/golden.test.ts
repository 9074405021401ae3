import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { fixtureJson } from "../fixture.ts";
import { addRecordedUsers, type Recorded, recorded, replay, request, TOKENS } from "./archive.ts";
import { factsOf, fileOf, type RecordedFrame } from "./recorded-frames.ts";

type Json = Record<string, unknown>;

let frames: RecordedFrame[];

beforeAll(async () => {
  await addRecordedUsers();
  frames = await fixtureJson<RecordedFrame[]>("golden/frames.json");
  const catalogue = openCatalogue(env.DB);
  const names = new Map(frames.map((frame) => [frame.id, frame.basename]));
  for (const frame of frames) {
    const related = frame.related_frames.map((id) => names.get(id)!);
    const added = await catalogue.add(factsOf(frame, related), fileOf(frame), Date.UTC(2026, 0, 1));
    // The ids of the recording count up from 1 in the order of the uploads.
    expect(added.frame.id).toBe(frame.id);
  }
});

afterEach(() => vi.restoreAllMocks());

/**
 * The recorded keys with the answer's values: what this archive adds is left out, the address compared by its path, and
 * milliseconds, which the original drops where they are 0, are always there.
 */
function kept(answer: Json, record: Json): Json {
  const same = Object.fromEntries(Object.keys(record).map((key) => [key, answer[key]]));
  if (typeof record.DATE_OBS === "string" && !record.DATE_OBS.includes(".")) {
    expect(same.DATE_OBS).toMatch(/\.000Z$/);
    same.DATE_OBS = String(same.DATE_OBS).replace(".000Z", "Z");
  }
  if (typeof record.url === "string") {
    expect(answer.url).toMatch(/^http:\/\/archive\/frames\/\d+\/download\/\?s=[\w.]+$/);
    same.url = String(answer.url).replace(/^http:\/\/archive\/|\?.*$/g, "");
  }
  return same;
}

async function compareFrames(name: string, record: Recorded): Promise<void> {
  const response = await replay(record);
  expect([name, response.status]).toEqual([name, record.status]);
  const answer = (await response.json()) as Json;
  const expected = record.json as Json;
  if (Array.isArray(expected)) {
    expect((answer as unknown as Json[]).length).toBe(expected.length);
    for (const [i, one] of expected.entries()) expect(kept((answer as unknown as Json[])[i]!, one)).toEqual(one);
  } else if (Array.isArray(expected.results)) {
    expect([name, answer.count]).toEqual([name, expected.count]);
    const results = answer.results as Json[];
    expect([name, results.map(({ id }) => id).slice(0, expected.results.length)]).toEqual([
      name,
      (expected.results as Json[]).map(({ id }) => id),
    ]);
    for (const [i, one] of (expected.results as Json[]).entries()) expect(kept(results[i]!, one)).toEqual(one);
  } else {
    expect([name, kept(answer, expected)]).toEqual([name, expected]);
  }
}

describe("recorded answers of pyobs-archive", () => {
  it("GET /frames/", async () => {
    /** Answered otherwise on purpose; each has a test of its own. */
    const fixed = {
      "OBSTYPE=bias": "an alias here, unknown to the original",
      "SITEID=goe": "an alias here, unknown to the original",
      "binning=2x": "Fix 3",
      "RLEVEL=x": "Fix 3",
      "night=20240115": "LCO's way to write a night, a 500 there",
      "RA=202.4696__DEC=47.1952": "Fix 2",
      "RA=202.4696__DEC=50": "Fix 2",
      "RA=13:29:52__DEC=47:11": "sexagesimal, a 500 there",
      "RA=nan__DEC=0": "Fix 3",
      "start=2024-01-20": "frames within one millisecond are in the order of their ids; see below",
    };
    for (const [name, record] of Object.entries(await recorded("list"))) {
      if (name in fixed) continue;
      const response = await replay(record);
      if (record.status === 400) {
        expect([name, response.status]).toEqual([name, 400]);
        expect(await response.json()).toMatchObject(record.json as Json);
        continue;
      }
      await compareFrames(name, record);
    }
  });

  it("GET /frames/ID/ and /frames/ID/related/", async () => {
    const answers = Object.entries({
      ...(await recorded("frame")),
      ...(await recorded("edge_frame")),
    });
    const relatedAnswers = Object.entries(await recorded("related"));
    expect(answers.length + relatedAnswers.length).toBeGreaterThan(50);
    for (const [name, record] of [...answers, ...relatedAnswers]) {
      if (record.request.method === "HEAD") continue; // taken here
      if (record.status === 301) {
        const response = await replay(record);
        expect([response.status, response.headers.get("Location")]).toEqual([301, record.headers.Location]);
      } else if (record.json === undefined) {
        // A page of HTML there; the same status in JSON here.
        const response = await replay(record);
        expect([name, response.status, await response.json()]).toEqual([name, record.status, expect.anything()]);
      } else {
        await compareFrames(name, record);
      }
    }
  });

  it("GET /frames/aggregate/", async () => {
    for (const [name, record] of Object.entries(await recorded("aggregate"))) {
      if (name === "bad") continue; // Fix 3
      const response = await replay(record);
      expect(response.status).toBe(200);
      const answer = (await response.json()) as Json;
      expect([name, kept(answer, record.json as Json)]).toEqual([name, record.json]);
      expect(answer.obstypes).toEqual(answer.imagetypes);
      expect(answer).toMatchObject({ proposals: [], generated_at: expect.stringMatching(/Z$/) });
    }
  });
});

const get = async (path: string, token = TOKENS.user) => {
  const response = await request(path, { token });
  return { status: response.status, body: (await response.json()) as Json & { results: Json[]; count: number } };
};
const ids = (body: { results: Json[] }) => body.results.map(({ id }) => id);

describe("what this archive answers otherwise", () => {
  it("finds within 10 arc minutes, not 9.56 degrees (Fix 2)", async () => {
    const near = await get("/frames/?RA=202.4696&DEC=47.1952");
    expect(near.body.count).toBeGreaterThan(0);
    expect((await get("/frames/?RA=202.4696&DEC=50")).body.count).toBe(0);
    expect((await get("/frames/?RA=202.4696&DEC=47.37")).body.count).toBe(0);
    expect(ids((await get("/frames/?RA=202.4696&DEC=47.35")).body)).toEqual(ids(near.body));
    expect(ids((await get("/frames/?RA=13:29:52.7&DEC=%2B47:11:43")).body)).toEqual(ids(near.body));
    expect((await get("/frames/?RA=202.4696&DEC=50&radius=5")).body.count).toBeGreaterThanOrEqual(near.body.count);
  });

  it("answers nonsense with 400 and JSON that names the parameter, on every route that filters (Fix 3)", async () => {
    for (const route of ["/frames/", "/frames/aggregate/"]) {
      for (const bad of ["RLEVEL=x", "binning=2x", "RA=nan&DEC=0", "night=yesterday", "EXPTIME=long", "start=now"]) {
        const { status, body } = await get(`${route}?${bad}`);
        expect([route, bad, status]).toEqual([route, bad, 400]);
        expect(body).toEqual({ [bad.split("=")[0]!]: [expect.stringContaining("accepts")] });
      }
    }
    const sort = await get("/frames/?sort=bogus");
    expect(sort.body).toEqual({ detail: "Invalid value for sort.", sort: [expect.stringContaining("DATE_OBS")] });
  });

  it("orders frames within one millisecond by id", async () => {
    const record = (await recorded("list"))["start=2024-01-20"]!.json as { count: number };
    const { body } = await get("/frames/?start=2024-01-20");
    expect(body.count).toBe(record.count);
    const order = body.results.map(({ DATE_OBS, id }) => `${DATE_OBS} ${String(id).padStart(4, "0")}`);
    expect(order).toEqual([...order].sort());
  });

  it("never answers HTML, also to paths that there are not", async () => {
    for (const path of ["/frames/abc/", "/frames/99999999999999999999/", "/frames/4/nothing/", "/nothing/"]) {
      const { status, body } = await get(path);
      expect([path, status, body]).toEqual([path, 404, { detail: "Not found." }]);
    }
  });

  it("takes aliases, several values, and nights as LCO writes them", async () => {
    expect((await get("/frames/?OBSTYPE=bias")).body.count).toBe(3);
    expect((await get("/frames/?configuration_type=bias&configuration_type=dark")).body.count).toBe(6);
    expect((await get("/frames/?SITE=goe&SITEID=mon")).body.count).toBe(93);
    expect((await get("/frames/?night=20240115")).body.count).toBe(33);
    expect((await get("/frames/?basename_exact=evil")).body.count).toBe(1);
    expect((await get("/frames/?exclude_calibrations=true&night=2024-01-15")).body.count).toBe(24);
    expect((await get("/frames/?EXPTIME=60&EXPTIME_max=60")).body.count).toBeGreaterThan(0);
  });

  it("says where the next page is, until there is none", async () => {
    const seen: unknown[] = [];
    let path: string | null = "/frames/?SITE=goe&limit=30";
    while (path !== null) {
      const { body } = await get(path);
      seen.push(...ids(body));
      path = body.next === null ? null : String(body.next).replace("http://archive", "");
      if (path !== null) expect(path).toContain("SITE=goe");
    }
    expect(seen.length).toBe(82);
    expect(new Set(seen).size).toBe(82);
    expect(seen).toEqual(ids((await get("/frames/?SITE=goe")).body));
    const { body } = await get("/frames/?limit=10&offset=15");
    expect([body.next, body.previous]).toEqual([
      "http://archive/frames/?limit=10&offset=25",
      "http://archive/frames/?limit=10&offset=5",
    ]);
    expect((await get("/frames/?limit=0")).body).toMatchObject({ count: 105, next: null, previous: null, results: [] });
    expect((await get("/frames/?limit=5&offset=1000")).body).toMatchObject({ count: 105, next: null, results: [] });
  });

  it("goes by cursor, forwards and back, in any order", async () => {
    for (const order of ["", "&ordering=-target_name", "&sort=EXPTIME&order=desc"]) {
      const seen: unknown[] = [];
      let path: string | null = `/frames/?limit=25&pagination_style=cursor${order}`;
      let previous: unknown = null;
      while (path !== null) {
        const { status, body } = await get(path);
        expect(status).toBe(200);
        expect(body.count).toBe(105);
        seen.push(...ids(body));
        previous = body.previous;
        path = body.next === null ? null : String(body.next).replace("http://archive", "");
      }
      expect(seen).toEqual(ids((await get(`/frames/?limit=1000${order}`)).body));
      const back = await get(String(previous).replace("http://archive", ""));
      expect(ids(back.body)).toEqual(seen.slice(75, 100));
    }
    const bad = await get("/frames/?cursor=nonsense");
    expect([bad.status, Object.keys(bad.body)]).toEqual([400, ["cursor"]]);
  });

  it("shows every name of the contract in a frame", async () => {
    const { body } = await get("/frames/4/");
    expect(body).toMatchObject({
      filename: "goe-0m50-sb63-20240115-0004-o00.fits",
      night: "2024-01-15",
      size: expect.any(Number),
      md5: expect.stringMatching(/^[0-9a-f]{32}$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      width: 512,
      height: 512,
      RA: expect.any(Number),
      DEC: expect.any(Number),
      public_date: null,
      proposal_id: null,
      observation_date: "2024-01-15T22:04:00.123Z",
      observation_day: "2024-01-15",
      target_name: "HD 189733",
      reduction_level: 0,
      site_id: "goe",
      telescope_id: "0m50",
      instrument_id: "sb63",
      exposure_time: 30,
      primary_optical_element: "B",
      configuration_type: "object",
      request_id: "000100004",
      DAY_OBS: "2024-01-15",
      PROPID: null,
      L1PUBDAT: null,
      // Of a version these very bytes, also when they are packed one day.
      version_set: [{ md5: body.md5, extension: ".fits", url: `${body.url}&format=fits` }],
    });
    expect(body).not.toHaveProperty("area");
    const url = String(body.url);
    // pyobs's clients replace every "download", and astropy cannot read a "+00:00".
    expect(url.replace("/download/", "")).not.toMatch(/download|\+00:00/);
    expect((await get("/frames/?include_related_frames=false&limit=1")).body.results[0]).not.toHaveProperty(
      "related_frames",
    );
    expect((await get("/frames/4/?version=2")).status).toBe(404);
    expect((await get("/frames/4/?version=x")).body).toEqual({ version: [expect.any(String)] });
  });

  it("counts what each choice would leave, its own filter set aside, those without a value by a name as well", async () => {
    for (const query of ["SITE=goe&RLEVEL=1", "exclude_calibrations=true", "IMAGETYPE=bias&SITE=mon"]) {
      const { body } = await get(`/frames/aggregate/?counts=true&${query}`);
      const counts = body.counts as Record<string, Record<string, number>>;
      for (const [field, parameter] of [
        ["sites", "SITE"],
        ["telescopes", "TELESCOPE"],
        ["instruments", "INSTRUMENT"],
        ["imagetypes", "IMAGETYPE"],
        ["filters", "FILTER"],
        ["binnings", "binning"],
        ["rlevels", "RLEVEL"],
      ] as const) {
        expect(Object.keys(counts[field]!).sort()).toEqual((body[field] as unknown[]).map(String).sort());
        const others = new URLSearchParams(query);
        others.delete(parameter);
        for (const [choice, count] of Object.entries(counts[field]!)) {
          const list = await get(`/frames/?${others}&${parameter}=${encodeURIComponent(choice)}&limit=0`);
          expect([query, field, choice, count]).toEqual([query, field, choice, list.body.count]);
        }
      }
      expect(body.count).toBe((await get(`/frames/?${query}&limit=0`)).body.count);
    }
    const { body } = await get("/frames/aggregate/?counts=true");
    expect((body.counts as Record<string, Record<string, number>>).imagetypes!.None).toBe(1);
  });

  it("keeps an earlier version of a frame, and says so (Fix 9)", async () => {
    const frame = frames.find(({ basename }) => basename === "tiny-8x8")!;
    const file = { ...fileOf({ id: 999, basename: frame.basename }), key: "frames/test/tiny-8x8/2" };
    const facts = { ...factsOf(frame, []), object: "M 33" };
    const added = await openCatalogue(env.DB).add(facts, file, Date.UTC(2026, 0, 2));
    expect(added.outcome).toBe("version");
    const { body } = await get(`/frames/${frame.id}/`);
    const set = body.version_set as { id: number; md5: string; current: boolean }[];
    expect(set.map(({ id, current }) => [id, current])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect([body.version, body.OBJECT, body.md5]).toEqual([2, "M 33", set[0]!.md5]);
    const former = (await get(`/frames/${frame.id}/?version=1`)).body;
    expect([former.version, former.OBJECT, former.md5]).toEqual([1, frame.OBJECT, set[1]!.md5]);
    const found = await get(`/versions/?md5=${set[1]!.md5}`);
    expect(found.body).toMatchObject({ count: 1, results: [{ frame: frame.id, version: 1, current: false }] });
  });

  it("asks the catalogue as often for a page of frames with related ones as for a single one (Fix 13)", async () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    let statements = 0;
    const counting = <T extends object>(database: T): T =>
      new Proxy(database, {
        get(target, name) {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== "function") return member;
          return (...words: unknown[]) => {
            if (name === "prepare") statements++;
            const given = Reflect.apply(member, target, words) as object;
            return name === "withSession" ? counting(given) : given;
          };
        },
      });
    const counted = { ...env, DB: counting(env.DB) };
    const asked = async (path: string): Promise<[number, number]> => {
      statements = 0;
      const headers = { Authorization: `Token ${TOKENS.user}` };
      const context = createExecutionContext();
      const response = await app.fetch(new Request(`http://archive${path}`, { headers }), counted, context);
      const { results } = (await response.json()) as { results: { related_frames: number[] }[] };
      await waitOnExecutionContext(context);
      return [statements, results.filter(({ related_frames }) => related_frames.length > 0).length];
    };
    await asked("/frames/?limit=2"); // what an isolate reads once
    const [few, one] = await asked("/frames/?basename=2024&RLEVEL=1&limit=1");
    const [many, several] = await asked("/frames/?basename=2024&RLEVEL=1&limit=100");
    expect([one, several, few]).toEqual([1, 6, expect.any(Number)]);
    expect(many - few).toBeLessThan(several - one);
  });

  it("takes the names of real instruments, telescopes and files, however long (Fix 14)", async () => {
    const long = {
      basename: `${"keck1-lris-blue-".repeat(10)}20240115-0001`,
      siteid: "Observatorio del Roque de los Muchachos",
      telid: "Telescopio Nazionale Galileo, 3.58 m",
      instrume: "HARPS-N echelle spectrograph, second detector",
      imagetyp: "flat field, dusk, first sequence",
    };
    const [frame] = frames;
    const facts = { ...factsOf(frame!, []), ...long };
    const { id } = (await openCatalogue(env.DB).add(facts, fileOf({ id: 998, basename: long.basename }), 0)).frame;
    const { body } = await get(
      `/frames/?basename_exact=${long.basename}&INSTRUMENT=${encodeURIComponent(long.instrume)}`,
    );
    expect(body).toMatchObject({
      count: 1,
      results: [{ id, basename: long.basename, SITEID: long.siteid, TELID: long.telid, INSTRUME: long.instrume }],
    });
    await openCatalogue(env.DB).remove(id);
  });

  it("finds versions by checksum", async () => {
    const frame = (await get("/frames/4/")).body;
    const { body } = await get(`/versions/?md5=${String(frame.md5).toUpperCase()}`);
    expect(body).toMatchObject({ count: 1, results: [{ frame: 4, current: true, md5: frame.md5 }] });
    expect((await get(`/versions/?md5=${"0".repeat(32)}`)).body).toMatchObject({ count: 0, results: [] });
    expect((await get("/versions/?frame=4")).body.count).toBe(1);
    for (const bad of ["", "?md5=", "?md5=xyz", "?sha256=1", "?frame=x"]) {
      expect([bad, (await get(`/versions/${bad}`)).status]).toEqual([bad, 400]);
    }
  });
});
