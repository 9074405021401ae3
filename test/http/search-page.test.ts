/** What the search page asks for beside the list itself. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import type { FrameFacts } from "../../src/store/frame.ts";
import { fixtureJson } from "../fixture.ts";
import { addRecordedUsers, addUser, browser, request, TOKENS } from "./archive.ts";
import { factsOf, fileOf, type RecordedFrame } from "./recorded-frames.ts";

const MEMBER = "e".repeat(40);
const DAY = 86_400_000;

beforeAll(async () => {
  await addRecordedUsers();
  await addUser("member", { token: MEMBER, proposals: ["P1"] });
  const [recorded] = await fixtureJson<RecordedFrame[]>("golden/frames.json");
  const catalogue = openCatalogue(env.DB);
  let id = 0;
  const add = async (count: number, changes: Partial<FrameFacts>) => {
    for (let i = 0; i < count; i++) {
      const basename = `frame-${++id}`;
      await catalogue.add({ ...factsOf(recorded!, []), basename, ...changes }, fileOf({ id, basename }), Date.now());
    }
  };
  const at = { night: "2026-03-14", dateObs: Date.UTC(2026, 2, 14, 22) };
  await add(3, { ...at, object: "NGC 7331", filter: "V" });
  await add(1, { ...at, object: "NGC 7331", filter: "B", night: "2026-03-15", dateObs: Date.UTC(2026, 2, 15, 22) });
  await add(2, { ...at, object: "ngc 7332", filter: "V" });
  await add(5, { ...at, object: "M 31", filter: "V" });
  await add(1, { ...at, object: "NGC 7399 secret", propid: "P1", publicDate: Date.now() + DAY });
});

async function ask(path: string, token = TOKENS.user): Promise<{ status: number; body: unknown }> {
  const response = await request(path, { token });
  return { status: response.status, body: await response.json() };
}

describe("objects", () => {
  it("are offered with their frames, most first", async () => {
    const found = await ask("/objects/?contains=ngc 73&limit=10");
    expect(found).toEqual({
      status: 200,
      body: {
        results: [
          { name: "NGC 7331", frames: 4 },
          { name: "ngc 7332", frames: 2 },
        ],
      },
    });
    expect((await ask("/objects/")).body).toMatchObject({ results: [{ name: "M 31" }, {}, {}] });
    expect((await ask("/objects/?limit=1&contains=3")).body).toEqual({ results: [{ name: "M 31", frames: 5 }] });
    expect((await ask("/objects/?contains=31&OBJECT=ngc")).body).toEqual({
      results: [{ name: "NGC 7331", frames: 4 }],
    });
    expect((await ask("/objects/?contains=7331&FILTER=B")).body).toEqual({
      results: [{ name: "NGC 7331", frames: 1 }],
    });
    expect((await ask("/objects/?contains=7331&night=2026-03-14")).body).toEqual({
      results: [{ name: "NGC 7331", frames: 3 }],
    });
  });

  it("count what the viewer may see, and name nothing else", async () => {
    const names = async (token: string) => {
      const { body } = await ask("/objects/?contains=7399", token);
      return (body as { results: { name: string }[] }).results.map(({ name }) => name);
    };
    expect(await names(TOKENS.user)).toEqual([]);
    expect(await names(MEMBER)).toEqual(["NGC 7399 secret"]);
    expect(await names(TOKENS.admin)).toEqual(["NGC 7399 secret"]);
  });

  it("refuse what cannot be meant", async () => {
    expect(await ask(`/objects/?contains=${"x".repeat(201)}`)).toEqual({
      status: 400,
      body: { contains: ["It accepts at most 200 characters."] },
    });
    expect((await ask("/objects/?limit=many")).status).toBe(400);
    expect((await ask("/objects/?RA=1")).status).toBe(400);
    expect((await ask(`/objects/?contains=${encodeURIComponent("%_'\"\\*()")}`)).body).toEqual({ results: [] });
  });
});

describe("nights", () => {
  it("are counted within a range of nights", async () => {
    const of = (path: string, token?: string) => ask(`/frames/nights/${path}`, token);
    const size = 538_560;
    const both = [
      { night: "2026-03-14", frames: 10, bytes: 10 * size },
      { night: "2026-03-15", frames: 1, bytes: size },
    ];
    expect(await of("?start=2026-01-01&end=2026-12-31")).toEqual({ status: 200, body: { results: both } });
    expect((await of("?start=20260315&end=2026-03-15T08:00")).body).toEqual({ results: [both[1]] });
    expect((await of("?start=2026-03-14&FILTER=V&OBJECT=ngc")).body).toEqual({
      results: [{ night: "2026-03-14", frames: 5, bytes: 5 * size }],
    });
    const all = async (token: string) => ((await of("", token)).body as { results: { frames: number }[] }).results;
    const sum = (found: { frames: number }[]) => found.reduce((total, { frames }) => total + frames, 0);
    expect([sum(await all(TOKENS.user)), sum(await all(MEMBER))]).toEqual([11, 12]);
    expect((await of("?start=2027-01-01&end=2026-01-01")).body).toEqual({ results: [] });
  });

  it("refuse dates that are none", async () => {
    for (const value of ["2026-02-30", "yesterday", "2026"]) {
      const answer = await ask(`/frames/nights/?start=${value}`);
      expect([value, answer.status, Object.keys(answer.body as object)]).toEqual([value, 400, ["start"]]);
    }
  });
});

describe("searches that people keep", () => {
  const SEARCHES = "/profile/searches/";
  const keep = (body: unknown, token: string) =>
    request(SEARCHES, {
      method: "POST",
      token,
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });

  it("are kept, listed newest first and forgotten, each by its owner alone", async () => {
    const first = await keep({ name: " V of M 51 ", query: "?OBJECT=M+51&FILTER=V" }, TOKENS.user);
    expect(first.status).toBe(201);
    const search = (await first.json()) as { id: number };
    expect(search).toEqual({
      id: expect.any(Number),
      name: "V of M 51",
      query: "?OBJECT=M+51&FILTER=V",
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect((await keep({ name: "All", query: "" }, TOKENS.user)).status).toBe(201);
    expect((await ask(SEARCHES)).body).toEqual({ results: [expect.objectContaining({ name: "All" }), search] });
    expect((await ask(SEARCHES, MEMBER)).body).toEqual({ results: [] });
    const forget = (token: string) => request(`${SEARCHES}${search.id}/`, { method: "DELETE", token });
    expect((await forget(MEMBER)).status).toBe(404);
    expect((await forget(TOKENS.user)).status).toBe(204);
    expect((await forget(TOKENS.user)).status).toBe(404);
    expect((await ask(SEARCHES)).body).toEqual({ results: [expect.objectContaining({ name: "All" })] });
  });

  it("need a name and the query of an address", async () => {
    const complaints = async (body: unknown) => {
      const response = await keep(body, TOKENS.user);
      return { status: response.status, fields: Object.keys((await response.json()) as object).sort() };
    };
    expect(await complaints({})).toEqual({ status: 400, fields: ["name", "query"] });
    expect(await complaints({ name: "  ", query: "" })).toEqual({ status: 400, fields: ["name"] });
    expect(await complaints({ name: "x".repeat(101), query: "?a" })).toEqual({ status: 400, fields: ["name"] });
    for (const query of ["https://elsewhere/", "//elsewhere", "?a b", "?a#b", `?${"x".repeat(4000)}`, 1, null]) {
      expect([query, await complaints({ name: "a", query })]).toEqual([query, { status: 400, fields: ["query"] }]);
    }
  });

  it("are at most a hundred an account", async () => {
    const all = await Promise.all(
      Array.from({ length: 105 }, async (_, i) => (await keep({ name: `${i}`, query: "" }, TOKENS.pyobs)).status),
    );
    expect(all.filter((status) => status === 201).length).toBe(100);
    expect(all.filter((status) => status === 409).length).toBe(5);
  });

  it("are safe from other sites' pages", async () => {
    const { session, unsafe } = await browser("user");
    const body = JSON.stringify({ name: "a", query: "" });
    const post = async (headers: Record<string, string>) =>
      (await request(SEARCHES, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body }))
        .status;
    expect([await post(session), await post(unsafe)]).toEqual([403, 201]);
  });
});
