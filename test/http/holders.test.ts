/** What an isolate remembers of people is confirmed by the very batch that answers them: nothing outlives a change. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import { hashToken } from "../../src/archive/accounts.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { fixtureJson } from "../fixture.ts";
import { accounts, addUser, browser, cookiesOf, request } from "./archive.ts";
import { factsOf, fileOf, type RecordedFrame } from "./recorded-frames.ts";

const DAY = 86_400_000;
const token = (letter: string) => letter.repeat(40);

let secret: number;

beforeAll(async () => {
  const [recorded] = await fixtureJson<RecordedFrame[]>("golden/frames.json");
  const facts = { ...factsOf(recorded!, []), basename: "secret", propid: "P1", publicDate: Date.now() + DAY };
  secret = (await openCatalogue(env.DB).add(facts, fileOf({ id: 1, basename: "secret" }), Date.now())).frame.id;
});

async function count(init: RequestInit & { token?: string }): Promise<number | string> {
  const response = await request("/frames/?limit=1", init);
  const body = (await response.json()) as { count: number; detail: string };
  return response.status === 200 ? body.count : `${response.status} ${body.detail}`;
}

const run = (sql: string, ...params: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...params)
    .run();

describe("somebody who was remembered", () => {
  it("is refused as soon as the token is revoked, or over", async () => {
    for (const [name, change] of [
      ["revoked", "revoked = 1"],
      ["over", "expires = 1"],
    ] as const) {
      await addUser(name, { token: token(name[0]!) });
      for (let i = 0; i < 2; i++) expect([name, await count({ token: token(name[0]!) })]).toEqual([name, 0]);
      await run(`UPDATE token SET ${change} WHERE hash = ?`, await hashToken(token(name[0]!)));
      expect([name, await count({ token: token(name[0]!) })]).toEqual([name, "401 Invalid token."]);
      // Also where nothing else is asked of the database.
      expect((await request("/resolve/?name=..", { token: token(name[0]!) })).status).toBe(401);
    }
  });

  it("is refused as soon as the account is closed, and lets nobody in by a link", async () => {
    const id = await addUser("closed", { token: token("1"), proposals: ["P1"] });
    const seen = await request(`/frames/${secret}/`, { token: token("1") });
    const link = ((await seen.json()) as { url: string }).url.replace("http://archive", "");
    const headers = link.replaceAll("download", "headers");
    for (let i = 0; i < 2; i++) expect((await request(headers)).status).toBe(404); // the frame may be seen, it has no file
    expect((await request("/resolve/?name=..", { token: token("1") })).status).toBe(400);
    await accounts.update(id, { isActive: false });
    expect((await request("/resolve/?name=..", { token: token("1") })).status).toBe(401);
    expect(await count({ token: token("1") })).toBe("401 User inactive or deleted.");
    expect((await request(headers)).status).toBe(403);
  });

  it("sees at once what a proposal opens, and no longer what it opened", async () => {
    const id = await addUser("member", { token: token("2") });
    for (const [proposals, expected] of [
      [[], 0],
      [["P1"], 1],
      [["P1"], 1],
      [["P2"], 0],
    ] as [string[], number][]) {
      await accounts.setProposals(id, proposals);
      expect([proposals, await count({ token: token("2") })]).toEqual([proposals, expected]);
    }
    await accounts.update(id, { isStaff: true });
    expect(await count({ token: token("2") })).toBe(1);
    expect((await request("/admin/api/users/", { token: token("2") })).status).toBe(200);
    await accounts.update(id, { isStaff: false });
    expect((await request("/admin/api/users/", { token: token("2") })).status).toBe(403);
  });

  it("is signed out with all sessions at once", async () => {
    const id = await addUser("browsing");
    const { session } = await browser("browsing");
    for (let i = 0; i < 2; i++) expect(await count({ headers: session })).toBe(0);
    await accounts.renew(id, null, "", Date.now());
    expect(await count({ headers: session })).toMatch(/^401/);
  });
});

it("reads what it has written: writers ask the primary, and their bookmark goes with what follows", async () => {
  await addUser("writer", { token: token("4"), isStaff: true });
  const asked: string[] = [];
  const database = new Proxy(env.DB, {
    get(target, name) {
      if (name === "withSession") {
        return (bookmark: string) => {
          asked.push(bookmark);
          return target.withSession(bookmark);
        };
      }
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const send = async (method: string, headers: Record<string, string> = {}) => {
    asked.length = 0;
    const init = { method, headers: { Authorization: `Token ${token("4")}`, ...headers } };
    const wrote = new Request(`http://archive/frames/${method === "GET" ? "" : "999/delete/"}`, init);
    return app.fetch(wrote, { ...env, DB: database }, createExecutionContext());
  };
  const gone = await send("DELETE");
  expect(gone.status).toBe(404);
  expect(asked).toContain("first-primary");
  const bookmark = gone.headers.get("X-D1-Bookmark")!;
  expect(bookmark).toMatch(/^[0-9a-f]+(-[0-9a-f]+){3}/);
  const cookie = `bookmark=${cookiesOf(gone).get("bookmark")}`;
  for (const headers of [{ "X-D1-Bookmark": bookmark }, { Cookie: cookie }] as Record<string, string>[]) {
    const list = await send("GET", headers);
    expect([list.status, asked.includes(bookmark), list.headers.get("X-D1-Bookmark")]).toEqual([200, true, null]);
  }
  await send("GET", { "X-D1-Bookmark": "'; DROP TABLE frame" });
  expect(new Set(asked)).toEqual(new Set(["first-unconstrained"]));
});

it("costs nobody a round trip to the database: lists, choices and cones are what they ask for, once", async () => {
  await addUser("counting", { token: token("3"), isStaff: true });
  const [recorded] = await fixtureJson<RecordedFrame[]>("golden/frames.json");
  const about = { ra: 10.5, dec: 20, publicDate: Date.now() - DAY };
  for (let i = 0; i < 60; i++) {
    const basename = `counted-${String(i).padStart(2, "0")}`;
    const dateObs = Date.UTC(2023, 0, 1) + i * DAY; // of the first shard
    const facts = { ...factsOf(recorded!, [`counted-${i % 3}0`]), ...about, basename, dateObs };
    await openCatalogue(env.DB).add(facts, fileOf({ id: 100 + i, basename }), Date.now());
  }
  const trips: number[] = [];
  // Its own statements are what a session takes, so only these two ways in are watched.
  const database = new Proxy(env.DB, {
    get(target, name) {
      if (name === "withSession") {
        return (bookmark: string) => {
          const open = target.withSession(bookmark);
          return {
            prepare: (sql: string) => open.prepare(sql),
            batch: (statements: D1PreparedStatement[]) => {
              trips.push(statements.length);
              return open.batch(statements);
            },
          };
        };
      }
      if (name === "prepare") trips.push(1);
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const staff = { Authorization: `Token ${token("3")}` };
  const statements = async (path: string, headers: Record<string, string>) => {
    for (let warm = 0; warm < 3; warm++) {
      trips.length = 0;
      const asked = new Request(`http://archive${path}`, { headers });
      const settings = { ...env, DB: database, ANONYMOUS: "public" };
      const response = await app.fetch(asked, settings, createExecutionContext());
      expect([path, response.status]).toEqual([path, 200]);
    }
    return [...trips];
  };
  const list = "/frames/?limit=25";
  // Whether something changed, and the page; and beside them whether the token is still good.
  expect(await statements(list, {})).toEqual([2]);
  expect(await statements(list, staff)).toEqual([3]);
  expect(await statements(`${list}&offset=20`, staff)).toEqual([3]);
  expect(await statements(`${list}&SITE=${recorded!.SITEID}&order=desc`, staff)).toEqual([3]);
  expect(await statements("/frames/aggregate/", {})).toEqual([1]);
  expect(await statements("/frames/aggregate/?counts=true", staff)).toEqual([2]);
  // What cells hold, and then the frames of those that a cone touches.
  expect(await statements(`${list}&RA=10.5&DEC=20`, {})).toEqual([2, 2]);
  expect(await statements(`${list}&RA=100&DEC=-20`, staff)).toEqual([3]);
});
