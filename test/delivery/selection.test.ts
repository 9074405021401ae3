import { env } from "cloudflare:workers";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { add, ask, noise, person } from "./archive.ts";

const past = Date.UTC(2020, 0, 1);
const future = Date.now() + 1e9;
const ids: number[] = [];
let hidden = 0;

beforeAll(async () => {
  await person("staff", { isStaff: true });
  await person("member", { proposals: ["P1"] });
  await person("other");
  for (let i = 0; i < 3; i++) {
    const dateObs = Date.UTC(2024, 0, 15, 20, i);
    ids.push((await add(`s-${i}.fits`, noise(500 + i, i), { publicDate: past, dateObs })).id);
  }
  hidden = (await add("s-hidden.fits", noise(600, 9), { publicDate: future, propid: "P1", siteid: "x" })).id;
});

const post = (path: string, as: string | undefined, body: unknown, settings: Record<string, string> = {}) =>
  ask(path, {
    ...(as === undefined ? {} : { as }),
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json" },
    settings,
  });

interface Selected {
  url: string;
  lists: Record<string, string>;
  count: number;
  bytes: number;
  missing: number[];
  expires: string;
}

async function select(as: string, body: unknown): Promise<Selected> {
  const response = await post("/frames/selection/", as, body);
  expect(response.status).toBe(201);
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  return (await response.json()) as Selected;
}

async function names(response: Response): Promise<string[]> {
  expect(response.status).toBe(200);
  const all = Object.keys(unzipSync(new Uint8Array(await response.arrayBuffer())));
  return all.map((name) => name.replace(/^.*\//, "")).filter((name) => name.endsWith(".fits"));
}

describe("a selection", () => {
  it("is a short address that gives the zip without credentials, and any range of it", async () => {
    const made = await select("other", { frame_ids: [ids[2], ids[0], 999_999, hidden] });
    expect(made).toMatchObject({ count: 2, bytes: 1002, missing: [999_999, hidden] });
    expect(made.url).toMatch(/^http:\/\/archive\/frames\/zip\/\?selection=[\w-]{22}$/);
    expect(await names(await ask(made.url))).toEqual(["s-2.fits", "s-0.fits"]);
    const whole = new Uint8Array(await (await ask(made.url)).arrayBuffer());
    const part = await ask(made.url, { headers: { Range: "bytes=100-299" } });
    expect(part.status).toBe(206);
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.subarray(100, 300));
    expect((await ask(made.url, { method: "HEAD" })).headers.get("Content-Length")).toBe(String(whole.length));
  });

  it("answers a query once, so that the zip stays the same while frames come in", async () => {
    const made = await select("other", { query: "SITE=goe&sort=DATE_OBS&order=desc&limit=2" });
    expect(made.count).toBe(2);
    const before = await ask(made.url);
    const etag = before.headers.get("ETag");
    expect(await names(before)).toEqual(["s-2.fits", "s-1.fits"]);
    await add("s-later.fits", noise(10, 3), { publicDate: past, dateObs: Date.UTC(2024, 5, 1) });
    expect((await ask(made.url)).headers.get("ETag")).toBe(etag);
    expect((await select("other", { SITE: "goe" })).count).toBe(4);
    expect((await post("/frames/selection/", "other", { query: "RLEVEL=x" })).status).toBe(400);
  });

  it("keeps its day, so that a zip begun before midnight can be finished after it", async () => {
    const made = await select("other", { frame_ids: ids });
    await env.DB.prepare("UPDATE selection SET created = ?")
      .bind(Date.UTC(2025, 4, 3, 23, 59))
      .run();
    expect((await ask(made.url)).headers.get("Content-Disposition")).toBe(
      "attachment; filename=pyobsdata-20250503.zip",
    );
  });

  it("lends the rights of whoever made it, for as long as there are any", async () => {
    const made = await select("member", { frame_ids: [hidden] });
    expect(await names(await ask(made.url))).toEqual(["s-hidden.fits"]);
    expect(await names(await ask(made.url, { as: "other" }))).toEqual(["s-hidden.fits"]);
    expect((await select("other", { frame_ids: [hidden] })).count).toBe(0);
    await person("leaving", { proposals: ["P1"] });
    const theirs = await select("leaving", { frame_ids: [hidden, ids[0]] });
    await env.DB.prepare(
      "DELETE FROM membership WHERE user_id = (SELECT id FROM user WHERE username = 'leaving')",
    ).run();
    expect(await names(await ask(theirs.url))).toEqual(["s-0.fits"]);
    await env.DB.prepare("UPDATE user SET is_active = 0 WHERE username = 'leaving'").run();
    expect((await ask(theirs.url)).status).toBe(403);
  });

  it("ends, is kept as a hash only, and is 404 when it never was", async () => {
    const made = await select("other", { frame_ids: ids });
    const token = new URL(made.url).searchParams.get("selection")!;
    const { results } = await env.DB.prepare("SELECT * FROM selection").all();
    expect(JSON.stringify(results)).not.toContain(token);
    await env.DB.prepare("UPDATE selection SET expires = ?")
      .bind(Date.now() - 1)
      .run();
    expect((await ask(made.url)).status).toBe(404);
    expect((await ask("/frames/zip/?selection=nonsense")).status).toBe(404);
    await select("other", { frame_ids: ids });
    expect(await env.DB.prepare("SELECT count(*) AS n FROM selection").first("n")).toBe(1);
  });

  it("wants to know whose it is, and has the zip's limits", async () => {
    expect((await post("/frames/selection/", undefined, { frame_ids: ids })).status).toBe(401);
    const everybody = await post("/frames/selection/", undefined, { frame_ids: ids }, { ANONYMOUS: "public" });
    expect(everybody.status).toBe(201);
    const { url } = (await everybody.json()) as Selected;
    expect((await ask(url)).status).toBe(401);
    expect((await ask(url, { settings: { ANONYMOUS: "public" } })).status).toBe(200);
    const large = await post("/frames/selection/", "other", { frame_ids: ids }, { ZIP_MAX_FRAMES: "2" });
    expect(large.status).toBe(413);
  });

  it("gives lists whose links work for everybody who has them, with the names of the zip", async () => {
    const made = await select("member", { frame_ids: [ids[0], hidden] });
    expect(Object.keys(made.lists)).toEqual(["urls", "csv", "aria2", "wget", "curl", "metalink"]);
    for (const [format, address] of Object.entries(made.lists)) {
      const response = await ask(address);
      expect([response.status, response.headers.get("Cache-Control")]).toEqual([
        200,
        "private, no-store, no-transform",
      ]);
      const text = (await response.text()).replaceAll("&#38;", "&");
      const urls = [...text.matchAll(/http:\/\/archive\/frames\/(\d+)\/download\/\?s=[\w.]+/g)];
      expect(
        urls.map(([, id]) => Number(id)),
        format,
      ).toEqual([ids[0], hidden]);
      for (const [url] of urls) expect((await ask(url)).status).toBe(200);
      if (format !== "urls") expect(text).toContain("s-hidden.fits");
    }
    const filtered = await ask("/frames/zip/?SITE=x&format=urls", { as: "member" });
    expect((await filtered.text()).trim().split("\n").length).toBe(1);
    expect(await (await ask("/frames/zip/?SITE=x&format=urls", { as: "other" })).text()).toBe("");
  });
});

describe("a list of links", () => {
  const absent = [999_998, 999_999];
  const comments: Record<string, RegExp> = {
    aria2: /^# Not in the archive, or not for you.*: HIDDEN 999998 999999$/m,
    curl: /^# Not in the archive, or not for you.*: HIDDEN 999998 999999$/m,
    wget: /^echo 'Not in the archive, or not for you.*: HIDDEN 999998 999999' >&2$/m,
    metalink: /^ {2}<!-- Not in the archive, or not for you.*: HIDDEN 999998 999999 -->$/m,
    csv: /^,HIDDEN,,,,,,,\r\n,999998,,,,,,,\r\n,999999,,,,,,,\r\n$/m,
    urls: /^http[^\n]*\n$/,
  };

  it("says what was asked for and is not in it, in a header and where its format has a place", async () => {
    const asked = [ids[0], hidden, ...absent];
    const made = await select("other", { frame_ids: asked });
    expect(made.missing).toEqual([hidden, ...absent]);
    for (const [format, comment] of Object.entries(comments)) {
      const said = new RegExp(comment.source.replace("HIDDEN", String(hidden)), comment.flags);
      const byGet = await ask(`/frames/zip/?frame_ids=${asked}&format=${format}`, { as: "other" });
      const byPost = await post(`/frames/selection/?format=${format}`, "other", { frame_ids: asked });
      for (const answer of [await ask(made.lists[format]!), byGet, byPost]) {
        expect(answer.status).toBe(200);
        expect(answer.headers.get("X-Platevault-Missing")).toBe(`3;ids="${hidden} 999998 999999"`);
        expect(await answer.text(), format).toMatch(said);
      }
      expect((await ask(byPost.headers.get("Content-Location")!)).status).toBe(200);
    }
    const whole = await ask(`/frames/zip/?frame_ids=${ids[0]}&format=aria2`, { as: "other" });
    expect(whole.headers.get("X-Platevault-Missing")).toBeNull();
    expect(await whole.text()).not.toContain("Not in the archive");
    expect((await post("/frames/selection/?format=pdf", "other", { frame_ids: asked })).status).toBe(400);
  });

  it("says so too where there are more frames than are kept in memory", async () => {
    const many = Array.from({ length: 2500 }, (_, i) => 500_000 + i);
    const list = await post("/frames/selection/?format=csv", "other", { frame_ids: [...many, ids[0]] });
    expect(list.headers.get("X-Platevault-Missing")).toMatch(/^2500;ids="500000 500001 /);
    const lines = (await list.text()).trim().split("\r\n");
    expect(lines.length).toBe(1 + 1 + 2500);
  });
});

describe("a shared link", () => {
  const shared = async (as: string | undefined, id: number, body: unknown) => post(`/frames/${id}/share/`, as, body);

  it("opens this version for as long as was chosen", async () => {
    const response = await shared("member", hidden, { seconds: 3600 });
    expect(response.status).toBe(201);
    const link = (await response.json()) as { url: string; headers: string; preview: string; expires: string };
    expect(Date.parse(link.expires) - Date.now()).toBeGreaterThan(3590_000);
    expect(Date.parse(link.expires) - Date.now()).toBeLessThan(3602_000);
    expect((await ask(link.url)).status).toBe(200);
    expect((await ask(link.url, { as: "other" })).status).toBe(200);
    expect(link.headers).toBe(link.url.replace("download", "headers"));
    const narrow = (await (await shared("member", hidden, { allows: ["preview"] })).json()) as Record<string, string>;
    expect([narrow.headers, narrow.url]).toEqual([null, narrow.preview]);
    expect((await ask(narrow.url!.replace("preview", "download"))).status).toBe(403);
  });

  it("may live longer when staff make it", async () => {
    const year = { seconds: 365 * 24 * 3600 };
    expect((await shared("staff", ids[0]!, year)).status).toBe(201);
    const refused = await shared("member", ids[0]!, year);
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { seconds: ["It accepts a number of seconds from 60 to 604800."] },
    ]);
    for (const seconds of [0, -1, 59, 1.5, "soon"]) {
      expect((await shared("staff", ids[0]!, { seconds })).status, String(seconds)).toBe(400);
    }
    expect((await shared("staff", ids[0]!, { allows: ["delete"] })).status).toBe(400);
  });

  it("is made only by those who may see the frame, and have an account", async () => {
    expect((await shared(undefined, ids[0]!, {})).status).toBe(401);
    expect((await shared("other", hidden, {})).status).toBe(404);
    expect((await shared("staff", 999_999, {})).status).toBe(404);
  });
});
