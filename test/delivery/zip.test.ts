import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { startSession } from "../../src/archive/session.ts";
import { config } from "../../src/config.ts";
import { add, ask, noise, person, tokenOf } from "./archive.ts";

const past = Date.UTC(2020, 0, 1);
const future = Date.now() + 1e9;
const contents: Record<string, Uint8Array> = {};
const ids: Record<string, number> = {};
const keys: Record<string, string> = {};
let minute = 0;

async function put(name: string, length: number, about = {}) {
  contents[name] = noise(length, length);
  // One after the other, so that the list's order is that of adding.
  const dateObs = Date.UTC(2024, 0, 15, 20, minute++);
  const added = await add(name, contents[name], { dateObs, ...about });
  ids[name] = added.id;
  keys[name] = added.key;
}

beforeAll(async () => {
  await person("staff", { isStaff: true });
  await person("member", { proposals: ["P1"] });
  await person("other");
  await put("a.fits.fz", 5760, { publicDate: past, object: 'NGC "7331", west', basename: "a" });
  await put("b.fits", 2880, { publicDate: past, filter: null });
  await put("hidden.fits", 1000, { publicDate: future, propid: "P1" });
  await put("../evil/c.fits", 300, { publicDate: past, siteid: "evil" });
  await put("A.FITS.fz", 64, { publicDate: past, basename: "A2", siteid: "evil" });
});

const today = new Date().toISOString().slice(0, 10).replaceAll("-", "");
const folder = `pyobsdata-${today}`;
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const body = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const opened = async (response: Response) => unzipSync(await body(response));
const form = (fields: [string, string][]) => ({
  method: "POST",
  body: new URLSearchParams(fields).toString(),
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
});
/** Names of the frames' files in the zip. */
const files = (zip: Record<string, Uint8Array>) =>
  Object.keys(zip)
    .map((name) => name.slice(folder.length + 1))
    .filter((name) => !["manifest.csv", "checksums.sha256", "missing.txt"].includes(name));

describe("a zip", () => {
  const two = () =>
    form([
      ["frame_ids[]", String(ids["a.fits.fz"])],
      ["frame_ids[]", String(ids["b.fits"])],
    ]);

  it("holds the files as they are, has the length it says, and describes itself first", async () => {
    const response = await ask("/frames/zip/", { as: "other", ...two() });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/zip",
      "content-disposition": `attachment; filename=${folder}.zip`,
      "set-cookie": "fileDownload=true; Path=/",
      "cache-control": "private, no-store, no-transform",
    });
    const bytes = await body(response);
    expect(response.headers.get("Content-Length")).toBe(String(bytes.length));
    const zip = unzipSync(bytes);
    expect(Object.keys(zip)).toEqual(
      ["manifest.csv", "checksums.sha256", "a.fits.fz", "b.fits"].map((name) => `${folder}/${name}`),
    );
    for (const name of ["a.fits.fz", "b.fits"]) expect(zip[`${folder}/${name}`]).toEqual(contents[name]);
    const digest = (kind: string, name: string) => createHash(kind).update(contents[name]!).digest("hex");
    expect(text(zip[`${folder}/checksums.sha256`])).toBe(
      `${digest("sha256", "a.fits.fz")}  a.fits.fz\n${digest("sha256", "b.fits")}  b.fits\n`,
    );
    const row = (name: string, minutes: number, object: string, filter: string) =>
      [name, ids[name], contents[name]!.length, digest("md5", name), digest("sha256", name)].join() +
      `,2024-01-15T20:0${minutes}:00.000Z,${object},${filter},http://archive/frames/${ids[name]}/download/?version=1${name.endsWith(".fz") ? "" : "&format=fits"}\r\n`;
    expect(text(zip[`${folder}/manifest.csv`])).toBe(
      "name,id,size,md5,sha256,DATE-OBS,OBJECT,FILTER,url\r\n" +
        row("a.fits.fz", 0, '"NGC ""7331"", west"', "V") +
        row("b.fits", 1, "NGC 7331", ""),
    );
  });

  it("has the right CRC-32 of every member in both places", async () => {
    const bytes = await body(await ask("/frames/zip/", { as: "staff", ...two() }));
    const view = new DataView(bytes.buffer);
    const members = Object.entries(unzipSync(bytes));
    let local = 0;
    let central = view.getUint32(bytes.length - 6, true);
    for (const [name, content] of members) {
      expect(view.getUint32(local + 14, true), name).toBe(crc32(content));
      expect(view.getUint32(central + 16, true), name).toBe(crc32(content));
      local +=
        30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true) + view.getUint32(local + 18, true);
      central += 46 + view.getUint16(central + 28, true) + view.getUint16(central + 30, true);
    }
  });

  it("takes the ids in every form that clients send", async () => {
    const [a, b] = [String(ids["a.fits.fz"]), String(ids["b.fits"])];
    const multipart = new FormData();
    multipart.append("frame_ids[]", a);
    multipart.append("frame_ids[]", b);
    const json = (value: unknown) => ({
      method: "POST",
      body: JSON.stringify(value),
      headers: { "Content-Type": "application/json" },
    });
    const requests = [
      form([
        ["frame_ids", a],
        ["frame_ids", b],
      ]),
      form([
        ["frame_ids[0]", a],
        ["frame_ids[1]", b],
      ]),
      form([
        ["frame_ids", `${a},${b}`],
        ["uncompress", "false"],
      ]),
      form([
        ["frame_ids[]", a],
        ["frame_ids[]", b],
        ["frame_ids[]", a],
        ["csrfmiddlewaretoken", "anything"],
      ]),
      json({ frame_ids: [Number(a), Number(b)] }),
      json({ frame_ids: [a, b], uncompress: true }),
      { method: "POST", body: multipart },
    ];
    for (const request of requests) {
      expect(files(await opened(await ask("/frames/zip/", { as: "other", ...request })))).toEqual([
        "a.fits.fz",
        "b.fits",
      ]);
    }
    const get = await ask(`/frames/zip/?frame_ids=${a}&frame_ids=${b}`, { as: "other" });
    expect(files(await opened(get))).toEqual(["a.fits.fz", "b.fits"]);
  });

  it("takes the list's filters, none at all, and a limit", async () => {
    const names = async (query: string) => files(await opened(await ask(`/frames/zip/${query}`, { as: "other" })));
    expect(await names("?SITE=goe")).toEqual(["a.fits.fz", "b.fits"]);
    expect((await names("")).length).toBe(4);
    expect(await names("?limit=1")).toEqual(["a.fits.fz"]);
    expect(await names("?SITE=zzz")).toEqual([]);
    const noSlash = await ask("/frames/zip?SITE=goe", { as: "other" });
    expect([noSlash.status, noSlash.headers.get("Location")]).toEqual([301, "/frames/zip/?SITE=goe"]);
    for (const bad of ["?limit=abc", "?RLEVEL=x", "?format=tar", "?uncompress=maybe", "?frame_ids=1.5"]) {
      expect((await ask(`/frames/zip/${bad}`, { as: "other" })).status, bad).toBe(400);
    }
  });

  it("says what was asked for and is not in it", async () => {
    await put("gone.fits", 500, { publicDate: past, siteid: "gone" });
    await env.FILES.delete(keys["gone.fits"]!);
    const asked = [ids["b.fits"], 999_999, ids["hidden.fits"], ids["gone.fits"]].map((id): [string, string] => [
      "frame_ids",
      String(id),
    ]);
    const zip = await opened(await ask("/frames/zip/", { as: "other", ...form(asked) }));
    expect(files(zip)).toEqual(["b.fits"]);
    const missing = text(zip[`${folder}/missing.txt`]);
    expect(missing.split("\n").map((line) => line.split("\t")[0])).toEqual([
      "Asked for, and not in this zip or not as asked:",
      "999999",
      String(ids["hidden.fits"]),
      String(ids["gone.fits"]),
      "",
    ]);
    expect(missing).toMatch(/gone\.fits: its file is lost/);
    // Nothing tells a hidden frame from one that is not there.
    const lines = missing.split("\n");
    expect(lines[1]!.split("\t")[1]).toBe(lines[2]!.split("\t")[1]);
  });

  it("keeps hostile and equal names harmless and apart", async () => {
    const zip = await opened(await ask("/frames/zip/", { as: "other" }));
    expect(files(zip)).toContain("__evil_c.fits");
    expect(files(zip)).toContain("A-2.FITS.fz");
  });

  it("breaks off visibly where a file is lost after its place was settled", async () => {
    const many: [string, string][] = [];
    for (let i = 0; i < 8; i++) {
      await put(`many-${i}.fits`, 1000 + i, { publicDate: past, siteid: "many" });
      many.push(["frame_ids", String(ids[`many-${i}.fits`])]);
    }
    const response = await ask("/frames/zip/", { as: "other", ...form(many) });
    expect(response.status).toBe(200);
    // Only a few files are opened ahead of the one that is being read.
    await env.FILES.delete(keys["many-7.fits"]!);
    await expect(response.arrayBuffer()).rejects.toThrow();
    await env.FILES.put(keys["many-7.fits"]!, contents["many-7.fits"]!);
  });

  it("answers any range of itself with the bytes of the whole", async () => {
    const address = "/frames/zip/?SITE=many&SITE=goe";
    const response = await ask(address, { as: "member" });
    const etag = response.headers.get("ETag")!;
    const whole = await body(response);
    expect(response.headers.get("Accept-Ranges")).toBe("bytes");
    const ranged = (range: string, more = {}) =>
      ask(address, { as: "member", headers: { Range: `bytes=${range}`, "If-Range": etag, ...more } });
    let state = 7;
    const random = (below: number) => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) % below;
    for (let i = 0; i < 25; i++) {
      const start = random(whole.length);
      const end = Math.min(whole.length, start + 1 + random(4000));
      const part = await ranged(`${start}-${end - 1}`);
      expect([part.status, part.headers.get("Content-Range")]).toEqual([
        206,
        `bytes ${start}-${end - 1}/${whole.length}`,
      ]);
      expect(part.headers.get("Content-Length")).toBe(String(end - start));
      const got = await body(part);
      if (got.length !== end - start || got.some((byte, k) => byte !== whole[start + k]))
        expect.fail(`${start}–${end}`);
    }
    const several = await ranged("0-3,2000-2003");
    const latin = String.fromCharCode(...(await body(several)));
    expect(latin).toContain(String.fromCharCode(...whole.subarray(2000, 2004)));
    expect(several.headers.get("Content-Length")).toBe(String(latin.length));
    expect((await ranged(`${whole.length}-`)).status).toBe(416);
    const head = await ask(address, { as: "member", method: "HEAD" });
    expect([head.status, head.headers.get("Content-Length")]).toEqual([200, String(whole.length)]);
    // What goes in belongs to the tag: others have another zip, and so does the same viewer a frame later.
    expect((await ranged("0-9", { "If-Range": '"zip-other"' })).status).toBe(200);
    const other = await ask(address, { as: "other", headers: { Range: "bytes=0-9", "If-Range": etag } });
    expect(other.status).toBe(200);
    await put("later.fits", 10, { publicDate: past, siteid: "many" });
    expect((await ranged("0-9")).status).toBe(200);
  });

  it("is refused where it would be too large", async () => {
    const asked = async (settings: Record<string, string>) => {
      const response = await ask("/frames/zip/?SITE=many", { as: "other", settings });
      return [response.status, JSON.stringify(await response.json())];
    };
    const [status, words] = await asked({ ZIP_MAX_FRAMES: "5" });
    expect(status).toBe(413);
    expect(words).toMatch(/9 frames; at most 5/);
    expect((await asked({ ZIP_MAX_BYTES: "5000" }))[0]).toBe(413);
    const post = await ask("/frames/zip/", {
      as: "other",
      ...form(Array.from({ length: 6 }, (_, i) => ["frame_ids", String(i)])),
      settings: { ZIP_MAX_FRAMES: "5" },
    });
    expect(post.status).toBe(413);
    const first = await ask("/frames/zip/?SITE=many&limit=5", { as: "other", settings: { ZIP_MAX_FRAMES: "5" } });
    expect(files(await opened(first)).length).toBe(5);
  });

  it("refuses bodies that it cannot read", async () => {
    const post = (body: BodyInit, type: string) =>
      ask("/frames/zip/", { as: "other", method: "POST", body, headers: { "Content-Type": type } });
    expect((await post("frame_ids=abc", "application/x-www-form-urlencoded")).status).toBe(400);
    expect((await post("", "application/x-www-form-urlencoded")).status).toBe(400);
    expect((await post("{", "application/json")).status).toBe(400);
    expect((await post("[1]", "application/json")).status).toBe(400);
    expect((await post("x", "text/plain")).status).toBe(415);
    expect((await post("frame_ids=1&".repeat(800_000), "application/x-www-form-urlencoded")).status).toBe(413);
  });
});

describe("who gets a zip", () => {
  const hidden = () => form([["frame_ids[]", String(ids["hidden.fits"])]]);

  it("is whoever may see its frames", async () => {
    for (const [as, names] of [
      ["staff", ["hidden.fits"]],
      ["member", ["hidden.fits"]],
      ["other", []],
    ] as const) {
      expect(files(await opened(await ask("/frames/zip/", { as, ...hidden() })))).toEqual(names);
    }
    expect((await ask("/frames/zip/", hidden())).status).toBe(401);
    expect((await ask("/frames/zip/?SITE=goe")).status).toBe(401);
    const everybody = { settings: { ANONYMOUS: "public" } };
    expect(files(await opened(await ask("/frames/zip/", { ...hidden(), ...everybody })))).toEqual([]);
    const bad = await ask("/frames/zip/?SITE=goe", { headers: { Authorization: "Token bad" }, ...everybody });
    expect(bad.status).toBe(401);
  });

  it("may send the token in the form, as OCS's page does", async () => {
    const fields = (token: string) =>
      form([
        ["frame_ids[]", String(ids["hidden.fits"])],
        ["auth_token", token],
      ]);
    expect(files(await opened(await ask("/frames/zip/", fields(tokenOf("member")))))).toEqual(["hidden.fits"]);
    expect(files(await opened(await ask("/frames/zip/", fields(tokenOf("other")))))).toEqual([]);
    expect((await ask("/frames/zip/", fields("bad"))).status).toBe(401);
  });

  it("must repeat the CSRF cookie in the form where only a session speaks for it", async () => {
    const id = await person("browser", { proposals: ["P1"] });
    const session = await startSession(config(env), { id, epoch: 1 }, Date.now());
    const csrf = "ab".repeat(32);
    const send = (fields: [string, string][], more: Record<string, string> = {}) => {
      const request = form([["frame_ids[]", String(ids["hidden.fits"])], ...fields]);
      const cookies = { Cookie: `sessionid=${session}; csrftoken=${csrf}` };
      return ask("/frames/zip/", { ...request, headers: { ...request.headers, ...cookies, ...more } });
    };
    expect(files(await opened(await send([["csrfmiddlewaretoken", csrf]])))).toEqual(["hidden.fits"]);
    expect((await send([])).status).toBe(403);
    expect((await send([["csrfmiddlewaretoken", "cd".repeat(32)]])).status).toBe(403);
    expect((await send([["csrfmiddlewaretoken", csrf]], { Origin: "https://evil.example" })).status).toBe(403);
  });
});
