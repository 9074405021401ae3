import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { app } from "../../src/app.ts";
import type { ApiDocument } from "../../src/http/openapi.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import type { FrameFacts } from "../../src/store/frame.ts";
import { fixture, fixtureJson } from "../fixture.ts";
import { addRecordedUsers, addUser, browser, request, TOKENS } from "./archive.ts";
import { factsOf, fileOf, type RecordedFrame } from "./recorded-frames.ts";

const MEMBER = "e".repeat(40);
const DAY = 86_400_000;

/** Every method and path that the app answers, as often as once. */
const ROUTES = [
  ...new Set(app.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => `${method} ${path}`)),
].map((route) => {
  const [method = "", path = ""] = route.split(" ");
  return { method, path };
});

/** What anybody may ask; everything else is refused to people who are not signed in. */
const OPEN = [
  "GET /",
  "GET /health/",
  "GET /openapi.json",
  "GET /api/",
  "GET /accounts/session/",
  "GET /accounts/login/",
  "POST /api-token-auth/",
  "POST /accounts/login/",
  "POST /accounts/logout/",
];

let open: number;
let secret: number;
let parent: number;
let published: number;

/** A path with the frame's id, or somebody's name, in it. */
function pathTo(path: string, id: number): string {
  return path
    .replace(":id{[0-9]+}", String(id))
    .replace(":name", "user")
    .replace(/:\w+(\{[^}]*\})?/g, "1");
}

beforeAll(async () => {
  await addRecordedUsers();
  await addUser("member", { token: MEMBER, proposals: ["SECRETPROP"] });
  const [recorded] = await fixtureJson<RecordedFrame[]>("golden/frames.json");
  const catalogue = openCatalogue(env.DB);
  const add = async (basename: string, changes: Partial<FrameFacts>) => {
    const id = Number.parseInt(basename.replace(/\D/g, ""), 10);
    const file = { ...fileOf({ id, basename }), filename: `${basename}.fits` };
    const bytes = await fixture("tables/pyobs.fits");
    await env.FILES.put(file.key, bytes);
    const facts = { ...factsOf(recorded!, []), basename, ...changes };
    return (await catalogue.add(facts, { ...file, size: bytes.length }, Date.now())).frame.id;
  };
  open = await add("open-1", {});
  secret = await add("SECRET-2", {
    siteid: "SECRETSITE",
    telid: "SECRETTEL",
    instrume: "SECRETCAM",
    imagetyp: "SECRETTYPE",
    filter: "SECRETFILTER",
    object: "SECRETOBJECT",
    xbinning: 7,
    ybinning: 7,
    rlevel: 77,
    propid: "SECRETPROP",
    publicDate: Date.now() + DAY,
  });
  parent = await add("parent-3", { related: ["SECRET-2", "open-1"] });
  published = await add("published-4", { propid: "P0", publicDate: Date.now() - DAY });
});

describe("what is under embargo", () => {
  it("is not there, on any route, for those who may not see it (Fix 1)", async () => {
    const seen: string[] = [];
    for (const { method, path } of ROUTES.filter(({ path }) => path.startsWith("/frames/:id"))) {
      const body = method === "GET" ? {} : { body: "{}", headers: { "Content-Type": "application/json" } };
      const ask = async (token?: string) =>
        (await request(pathTo(path, secret), { method, ...body, ...(token === undefined ? {} : { token }) })).status;
      expect([method, path, await ask()]).toEqual([method, path, 401]);
      if (method !== "GET") continue;
      expect([path, await ask(TOKENS.user)]).toEqual([path, 404]);
      // The same question about a frame that may be seen is answered.
      expect([path, await ask(MEMBER)]).toEqual([path, 200]);
      expect([path, await ask(TOKENS.admin)]).toEqual([path, 200]);
      seen.push(path);
    }
    expect(seen.length).toBeGreaterThanOrEqual(5);
  });

  it("is not named, counted or offered anywhere else", async () => {
    const md5 = fileOf({ id: 2, basename: "SECRET-2" }).md5;
    const queries = ["", "?counts=true", `?md5=${md5}`, "?basename=SECRET", "?OBJECT=SECRETOBJECT", "?RLEVEL=77"];
    const asked: string[] = [];
    for (const { method, path } of ROUTES) {
      if (path.startsWith("/frames/:id") || path.includes("/admin/") || path.includes("/profile/")) continue;
      for (const query of method === "GET" ? queries : [""]) {
        const ids = { frame_ids: [secret, open] };
        const init =
          method === "GET" ? {} : { body: JSON.stringify(ids), headers: { "Content-Type": "application/json" } };
        const response = await request(pathTo(path, secret) + query, { method, token: TOKENS.user, ...init });
        expect([
          path,
          query,
          new TextDecoder()
            .decode(await response.arrayBuffer())
            .replaceAll(query.slice(1), "")
            .match(/SECRET\w*/),
        ]).toEqual([path, query, null]);
        asked.push(path);
      }
    }
    expect(asked).toContain("/frames/");
    const count = async (token: string, query: string) =>
      ((await (await request(`/frames/?limit=0&${query}`, { token })).json()) as { count: number }).count;
    for (const query of ["RLEVEL=77", "binning=7x7", "SITE=SECRETSITE", "basename_exact=SECRET-2", "public=false"]) {
      expect([query, await count(TOKENS.user, `${query}&PROPID=SECRETPROP`)]).toEqual([query, 0]);
      expect([query, await count(MEMBER, `${query}&PROPID=SECRETPROP`)]).toEqual([query, 1]);
    }
    expect([await count(TOKENS.user, ""), await count(MEMBER, ""), await count(TOKENS.admin, "")]).toEqual([3, 4, 4]);
  });

  it("is no related frame to those who may not see it", async () => {
    const related = async (token: string) => {
      const frame = (await (await request(`/frames/${parent}/`, { token })).json()) as { related_frames: number[] };
      const list = (await (await request(`/frames/${parent}/related/`, { token })).json()) as { id: number }[];
      expect(list.map(({ id }) => id)).toEqual(frame.related_frames);
      return frame.related_frames;
    };
    expect(await related(TOKENS.user)).toEqual([open]);
    expect(await related(MEMBER)).toEqual([open, secret].sort());
  });

  it("opens by a link of somebody who may see it, as long as they may", async () => {
    const frame = (await (await request(`/frames/${secret}/`, { token: MEMBER })).json()) as { url: string };
    const link = frame.url.replace("http://archive", "");
    const headers = link.replaceAll("download", "headers");
    expect((await request(headers)).status).toBe(200);
    // pyobs's clients send their token with it.
    expect((await request(headers, { token: TOKENS.user })).status).toBe(200);
    expect((await request(headers, { token: "wrong" })).status).toBe(200);
    expect((await request(headers.replace(`/${secret}/`, `/${open}/`))).status).toBe(403);
    expect((await request(headers.replace(`/${secret}/`, `/${open}/`), { token: TOKENS.user })).status).toBe(200);
    await env.DB.prepare("UPDATE user SET is_active = 0 WHERE username = 'member'").run();
    expect((await request(headers)).status).toBe(403);
    await env.DB.prepare("UPDATE user SET is_active = 1 WHERE username = 'member'").run();
  });
});

describe("people who are not signed in", () => {
  it("are refused everywhere but at the door", async () => {
    for (const { method, path } of ROUTES) {
      const route = `${method} ${path}`;
      // A form for frames may carry a token instead of the header: it has to be read, and has none.
      const form =
        path === "/frames/zip/" && method === "POST" ? { body: new URLSearchParams({ frame_ids: "1" }) } : {};
      const response = await request(pathTo(path, published), { method, ...form });
      if (OPEN.includes(route)) expect([route, response.status]).not.toEqual([route, 401]);
      else {
        expect([route, response.status]).toEqual([route, 401]);
        expect(response.headers.get("WWW-Authenticate")).toBe("Token");
        expect(await response.json()).toEqual({ detail: "Authentication credentials were not provided." });
      }
    }
  });

  it("see what is public where ANONYMOUS says so, and nothing that has no date", async () => {
    const settings = { ...env, ANONYMOUS: "public" };
    const ask = async (path: string) => {
      const context = createExecutionContext();
      const response = await app.fetch(new Request(`http://archive${path}`), settings, context);
      await waitOnExecutionContext(context);
      return response;
    };
    const list = (await (await ask("/frames/")).json()) as { count: number; results: { id: number; url: string }[] };
    expect([list.count, list.results.map(({ id }) => id)]).toEqual([1, [published]]);
    for (const id of [open, secret, parent]) expect((await ask(`/frames/${id}/headers/`)).status).toBe(404);
    const link = list.results[0]!.url.replace("http://archive", "").replaceAll("download", "headers");
    expect((await ask(link)).status).toBe(200);
    expect((await ask(`/frames/${published}/headers/`)).status).toBe(200);
    expect((await ask("/profile/")).status).toBe(401);
    // The link lends the rights of people who are not signed in, and these ended with the setting.
    expect((await request(link)).status).toBe(401);
  });
});

describe("pages of other sites", () => {
  it("may ask with a token where CORS_ALLOWED_ORIGINS names them", async () => {
    const portal = "https://portal.example";
    const ask = async (
      init: RequestInit,
      settings: object = { CORS_ALLOWED_ORIGINS: `${portal}, http://localhost:3000` },
    ) =>
      app.fetch(new Request("http://archive/frames/?limit=1", init), { ...env, ...settings }, createExecutionContext());
    const allowed = (response: Response) => response.headers.get("Access-Control-Allow-Origin");
    const token = { Authorization: `Token ${TOKENS.user}` };
    const preflight = { "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization" };
    const asked = await ask({ method: "OPTIONS", headers: { Origin: portal, ...preflight } });
    expect([asked.status, allowed(asked), asked.headers.get("Access-Control-Allow-Headers")]).toEqual([
      204,
      portal,
      expect.stringContaining("Authorization"),
    ]);
    const answer = await ask({ headers: { Origin: portal, ...token } });
    expect([answer.status, allowed(answer), answer.headers.get("Access-Control-Allow-Credentials")]).toEqual([
      200,
      portal,
      null,
    ]);
    expect(answer.headers.get("Vary")).toBe("Authorization, Cookie, Origin");
    expect(allowed(await ask({ headers: { Origin: portal } }))).toBe(portal); // a 401 is for the page to read, too
    for (const Origin of ["https://other.example", "http://portal.example", `${portal}.evil.example`, "null"]) {
      expect(allowed(await ask({ headers: { Origin, ...token } }))).toBeNull();
      expect(allowed(await ask({ method: "OPTIONS", headers: { Origin, ...preflight } }))).toBeNull();
    }
    expect(allowed(await ask({ headers: { Origin: portal, ...token } }, {}))).toBeNull();
    const wrong = await ask({ headers: token }, { CORS_ALLOWED_ORIGINS: "portal.example" });
    expect([wrong.status, await wrong.text()]).toEqual([500, expect.stringContaining("CORS_ALLOWED_ORIGINS")]);
  });
});

describe("every route", () => {
  it("takes no unsafe request of a session without a CSRF token", async () => {
    const { session } = await browser("admin");
    for (const { method, path } of ROUTES) {
      if (method === "GET" || ["/api-token-auth/", "/accounts/login/"].includes(path)) continue;
      const response = await request(pathTo(path, open), { method, headers: session });
      expect([method, path, response.status]).toEqual([method, path, 403]);
      expect(await response.json()).toEqual({ detail: expect.stringMatching(/^CSRF Failed/) });
    }
    expect((await request(`/frames/${open}/`, { token: TOKENS.admin })).status).toBe(200);
  });

  it("that reads also takes HEAD, and its address without the slash", async () => {
    for (const { method, path } of ROUTES) {
      if (method !== "GET") continue;
      const address = pathTo(path, open);
      const head = await request(address, { method: "HEAD", token: TOKENS.admin });
      expect([path, head.status < 500, (await head.text()).length]).toEqual([path, true, 0]);
      if (!path.endsWith("/") || path === "/") continue;
      const redirect = await request(`${address.slice(0, -1)}?a=1&b=%2B&b=c`, { token: TOKENS.admin });
      if (redirect.status === 200 || redirect.status === 400) continue; // taken without it as well
      expect([path, redirect.status, redirect.headers.get("Location")]).toEqual([
        path,
        301,
        `${address}?a=1&b=%2B&b=c`,
      ]);
    }
    const post = await request("/frames/create", { method: "POST", token: TOKENS.admin });
    expect([post.status, post.headers.get("Location")]).toEqual([308, "/frames/create/"]);
  });

  it("says which methods it takes", async () => {
    const wrong = await request(`/frames/${open}/`, { method: "PUT", token: TOKENS.user });
    expect([wrong.status, wrong.headers.get("Allow")]).toEqual([405, "OPTIONS, GET"]);
    expect(await wrong.json()).toEqual({ detail: 'Method "PUT" not allowed.' });
    // As in Django REST framework, who may not ask at all hears of that.
    expect((await request("/frames/", { method: "POST" })).status).toBe(401);
    expect((await request("/api-token-auth/")).status).toBe(405);
    // Who is not of the staff is told that first, as by pyobs-archive.
    for (const path of ["/frames/create/", "/frames/1/delete/"]) {
      const as = (token: string) => request(path, { token }).then(({ status }) => status);
      expect([await as(TOKENS.user), await as(TOKENS.admin)]).toEqual([403, 405]);
    }
    const options = await request("/api-token-auth/", { method: "OPTIONS" });
    expect([options.status, options.headers.get("Allow")]).toEqual([200, "OPTIONS, POST"]);
    expect((await request("/frames/zip/", { method: "PUT" })).headers.get("Content-Type")).toContain("json");
  });

  it("forbids a browser to make anything of its answer but what it is", async () => {
    for (const path of ["/frames/", "/health/", "/nothing/", "/api/", "/openapi.json", "/"]) {
      const { headers } = await request(path, { token: TOKENS.user });
      expect([path, headers.get("X-Content-Type-Options")]).toEqual([path, "nosniff"]);
      expect([path, headers.get("Referrer-Policy")]).toEqual([path, "same-origin"]);
      expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("Content-Security-Policy")).toMatch(/default-src '(none|self)'/);
      expect(headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it("is described, and answers as described", async () => {
    const document = (await (await request("/openapi.json")).json()) as ApiDocument;
    const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const plain = (path: string) => path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}");
    expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${plain(path)}`).sort());
    const page = await (await request("/api/")).text();
    expect(page).not.toMatch(/<script|https?:\/\/(?!archive)/);
    for (const [path, item] of Object.entries(document.paths ?? {})) {
      expect(page).toContain(path);
      for (const [method, operation] of Object.entries(item as Record<string, { responses: object }>)) {
        // Once as the staff with nothing to say, which is right or an error that the description names.
        const address = path
          .replace("{id}", String(published))
          .replace("{name}", "pyobs")
          .replace(/\{\w+\}/g, "1");
        const deletes = method === "delete" ? address.replace(/\d+/, "999999") : address;
        const response = await request(deletes, { method: method.toUpperCase(), token: TOKENS.admin });
        await response.arrayBuffer();
        expect([method, path, Object.keys(operation.responses), response.status]).toEqual([
          method,
          path,
          expect.arrayContaining([String(response.status)]),
          response.status,
        ]);
        expect(response.status).toBeLessThan(500);
      }
    }
  });
});

it("works behind a proxy under a path of its own", async () => {
  const settings = { ...env, HTTP_ROOT: "https://observatory.example/archive/" };
  for (const path of ["/archive/frames/?limit=1", "/frames/?limit=1"]) {
    const response = await app.fetch(
      new Request(`http://internal${path}`, { headers: { Authorization: `Token ${TOKENS.admin}` } }),
      settings,
      createExecutionContext(),
    );
    expect(response.status).toBe(200);
    const body = (await response.json()) as { next: string; results: { url: string }[] };
    expect(body.next).toBe("https://observatory.example/archive/frames/?limit=1&offset=1");
    expect(body.results[0]!.url).toMatch(/^https:\/\/observatory\.example\/archive\/frames\/\d+\/download\/\?s=/);
  }
  const home = await app.fetch(new Request("http://internal/archive/"), settings, createExecutionContext());
  expect(home.status).toBe(200);
  const cookies = home.headers.getSetCookie();
  expect(cookies.length).toBe(2);
  for (const cookie of cookies) expect(cookie).toMatch(/csrftoken=[0-9a-f]{64};.* Path=\/archive\/; Secure/);
  const redirect = await app.fetch(
    new Request("http://internal/archive/frames?a=1"),
    settings,
    createExecutionContext(),
  );
  expect([redirect.status, redirect.headers.get("Location")]).toEqual([301, "/archive/frames/?a=1"]);
});

describe("the pages' files", () => {
  const settings = { ...env, HTTP_ROOT: "https://observatory.example/archive/" };
  const get = (path: string, headers: HeadersInit = {}, under: object = settings) =>
    app.fetch(new Request(`http://internal${path}`, { headers }), under as Env, createExecutionContext());

  it("come from below a path, whether a proxy has cut it off or not", async () => {
    for (const before of ["/archive", ""]) {
      for (const path of ["/", "/frame/12", "/night/2026-03-14/", "/sign-in?next=x", "/index.html"]) {
        const page = await get(before + path, { "X-Forwarded-Prefix": "/evil", "If-None-Match": "*" });
        expect([before + path, page.status]).toEqual([before + path, 200]);
        expect(page.headers.get("Content-Security-Policy")).toContain("base-uri 'self'");
        const text = await page.text();
        expect(text).toContain('<base href="/archive/"');
        const script = /src="\.(\/assets\/[^"]+)"/.exec(text)![1]!;
        const file = await get(before + script);
        expect(file.headers.get("Content-Type")).toContain("javascript");
        expect(file.headers.get("Cache-Control")).toContain("immutable");
        await file.body!.cancel();
      }
    }
    const bare = await get("/archive");
    expect([bare.status, bare.headers.get("Location")]).toEqual([301, "/archive/"]);
    expect(await (await get("/frame/12", {}, env)).text()).toContain('<base href="/"');
  });

  it("are told apart from what is not there: a page for people, JSON for scripts, programs and below the API", async () => {
    for (const path of ["/nonsense", "/archive/nonsense"]) {
      const page = await get(path, { Accept: "text/html,*/*" });
      expect([page.status, page.headers.get("Content-Type")]).toEqual([404, "text/html; charset=utf-8"]);
      await page.body!.cancel();
    }
    // A script of the version before the last: were it answered with the page, browsers would keep that for a year.
    for (const path of ["/archive/assets/page-AAAAAAAA.js", "/assets/page-AAAAAAAA.js", "/nonsense", "//nonsense/x"]) {
      const none = await get(path);
      expect([none.status, none.headers.get("Cache-Control")]).toEqual([404, "private, no-cache"]);
      expect(await none.json()).toEqual({ detail: "Not found." });
    }
    const below = await get("/archive/frames/nonsense/", { Accept: "text/html" });
    expect([below.status, await below.json()]).toEqual([404, { detail: "Not found." }]);
    const posted = new Request("http://internal/archive/frame/12", { method: "POST" });
    expect((await app.fetch(posted, settings, createExecutionContext())).status).toBe(404);
  });
});
