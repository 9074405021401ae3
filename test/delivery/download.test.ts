import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ALL_USES, signLink } from "../../src/archive/links.ts";
import { SESSION_COOKIE, startSession } from "../../src/archive/session.ts";
import { config } from "../../src/config.ts";
import { attachment } from "../../src/http/attachment.ts";
import { add, ask, noise, person, tokenOf } from "./archive.ts";

const NAME = "goe-0m50-sb63-20240115-0004-o00.fits.fz";
const bytes = noise(20_000, 1);
const sha256 = createHash("sha256").update(bytes).digest();
const etag = `"${sha256.toString("hex")}"`;
const past = Date.UTC(2020, 0, 1);
const future = Date.now() + 1e9;
let open = 0;
let hidden = 0;
let members = 0;
let memberId = 0;

beforeAll(async () => {
  await person("staff", { isStaff: true });
  memberId = await person("member", { proposals: ["P1"] });
  await person("other");
  open = (await add(NAME, bytes, { publicDate: past })).id;
  hidden = (await add("hidden.fits", noise(3000, 2), { publicDate: future })).id;
  members = (await add("members.fits.gz", noise(3000, 3), { publicDate: future, propid: "P1" })).id;
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What was given before is asked for anew (src/http/grants.ts). */
function aSecondLater(): void {
  const real = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => real() + 1001);
}

const body = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const path = (id: number, query = "") => `/frames/${id}/download/${query}`;
const file = (headers: Record<string, string> = {}, method = "GET") =>
  ask(path(open), { as: "other", headers, method });

describe("a file", () => {
  it("comes whole, with its length, its checksums and its name", async () => {
    const response = await file();
    expect(response.status).toBe(200);
    expect(await body(response)).toEqual(bytes);
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      "content-length": "20000",
      "content-type": "image/fits",
      "content-disposition": `attachment; filename=${NAME}`,
      "set-cookie": "fileDownload=true; Path=/",
      etag,
      "accept-ranges": "bytes",
      "last-modified": "Tue, 16 Jan 2024 00:00:00 GMT",
    });
    const md5 = createHash("md5").update(bytes).digest("base64");
    expect(headers["repr-digest"]).toBe(`sha-256=:${sha256.toString("base64")}:, md5=:${md5}:`);
    expect(headers.digest).toBe(`SHA-256=${sha256.toString("base64")},MD5=${md5}`);
    expect(headers["content-encoding"]).toBeUndefined();
    expect(headers["cache-control"]).toContain("no-transform");
  });

  it("answers HEAD with the same headers and no body, whatever its Range", async () => {
    const [get, head] = [await file(), await file({ Range: "bytes=0-9" }, "HEAD")];
    expect(head.status).toBe(200);
    expect(await body(head)).toEqual(new Uint8Array(0));
    const without = (response: Response) => [...response.headers].filter(([name]) => name !== "x-request-id");
    expect(without(head)).toEqual(without(get));
  });

  it("gives single ranges exactly", async () => {
    for (const [range, from, to] of [
      ["0-0", 0, 1],
      ["100-199", 100, 200],
      ["19999-", 19_999, 20_000],
      ["-77", 19_923, 20_000],
      ["19000-99999", 19_000, 20_000],
      ["0-", 0, 20_000],
    ] as const) {
      const response = await file({ Range: `bytes=${range}` });
      expect(response.status, range).toBe(206);
      expect(response.headers.get("Content-Range")).toBe(`bytes ${from}-${to - 1}/20000`);
      expect(response.headers.get("Content-Length")).toBe(String(to - from));
      expect(await body(response), range).toEqual(bytes.subarray(from, to));
    }
  });

  it("gives several ranges as multipart/byteranges of the length it says", async () => {
    const response = await file({ Range: "bytes=0-9,5000-5009,-10" });
    expect(response.status).toBe(206);
    const boundary = /^multipart\/byteranges; boundary=(.+)$/.exec(response.headers.get("Content-Type")!)![1];
    const got = await body(response);
    expect(response.headers.get("Content-Length")).toBe(String(got.length));
    expect(response.headers.get("Content-Range")).toBeNull();
    const latin = (part: Uint8Array) => String.fromCharCode(...part);
    const part = (from: number, to: number) =>
      `--${boundary}\r\nContent-Type: image/fits\r\nContent-Range: bytes ${from}-${to - 1}/20000\r\n\r\n` +
      `${latin(bytes.subarray(from, to))}\r\n`;
    expect(latin(got)).toBe(`${part(0, 10)}${part(5000, 5010)}${part(19_990, 20_000)}--${boundary}--\r\n`);
  });

  it("refuses ranges past the end with the length, and ignores what is no range", async () => {
    const past = await file({ Range: "bytes=20000-" });
    expect(past.status).toBe(416);
    expect(past.headers.get("Content-Range")).toBe("bytes */20000");
    expect(Object.keys((await past.json()) as object)).toEqual(["detail"]);
    for (const range of ["bytes=a-b", "lines=1-2", "bytes=9-5"]) {
      const response = await file({ Range: range });
      expect(response.status).toBe(200);
      expect((await body(response)).length).toBe(20_000);
    }
  });

  it("goes on only with the file that If-Range names", async () => {
    const ranged = async (value: string) => (await file({ Range: "bytes=5-9", "If-Range": value })).status;
    expect(await ranged(etag)).toBe(206);
    expect(await ranged('"other"')).toBe(200);
    expect(await ranged(`W/${etag}`)).toBe(200);
    expect(await ranged("Tue, 16 Jan 2024 00:00:00 GMT")).toBe(206);
    expect(await ranged("Tue, 16 Jan 2024 00:00:01 GMT")).toBe(200);
  });

  it("is not sent to those who have it, nor to those who expect another", async () => {
    const had = await file({ "If-None-Match": etag });
    expect([had.status, (await body(had)).length, had.headers.get("ETag")]).toEqual([304, 0, etag]);
    expect((await file({ "If-Modified-Since": "Tue, 16 Jan 2024 00:00:00 GMT" })).status).toBe(304);
    expect((await file({ "If-Match": '"other"' })).status).toBe(412);
    expect((await file({ "If-Match": etag })).status).toBe(200);
    expect((await file({ "If-None-Match": etag }, "HEAD")).status).toBe(304);
  });

  it("says that it is lost where R2 has it no more, or another", async () => {
    const { id, key } = await add("lost.fits", noise(100, 9), { publicDate: past });
    await env.FILES.put(key, noise(99, 9));
    const wrong = await ask(path(id), { as: "staff" });
    expect(wrong.status).toBeGreaterThanOrEqual(500);
    await env.FILES.delete(key);
    for (const method of ["GET", "HEAD"]) expect((await ask(path(id), { as: "staff", method })).status).toBe(404);
  });

  it("is named for what it is", async () => {
    const gz = await ask(path(members), { as: "member" });
    expect(gz.headers.get("Content-Type")).toBe("application/gzip");
    expect(attachment('my frame "q";x.fits')).toBe(
      'attachment; filename="my frame \\"q\\";x.fits"; filename*=UTF-8\'\'my%20frame%20%22q%22%3Bx.fits',
    );
    expect(attachment("M 31.fits")).toBe('attachment; filename="M 31.fits"');
    expect(attachment("höhe\r\nX: y.fits")).toBe(
      "attachment; filename=\"h_he__X: y.fits\"; filename*=UTF-8''h%C3%B6he%0D%0AX%3A%20y.fits",
    );
    for (const name of ["ü", '"', "\n", "%41", "a'b", "\ud800"]) new Headers({ x: attachment(name) });
  });

  it("refuses parameters that it does not understand, and unknown frames", async () => {
    expect((await ask(path(open, "?version=x"), { as: "staff" })).status).toBe(400);
    expect((await ask(path(open, "?format=png"), { as: "staff" })).status).toBe(400);
    expect((await ask(path(open, "?version=2"), { as: "staff" })).status).toBe(404);
    expect((await ask(path(999_999), { as: "staff" })).status).toBe(404);
    expect((await ask("/frames/abc/download/", { as: "staff" })).status).toBe(404);
  });
});

describe("who gets a file", () => {
  const statuses = async (id: number, settings = {}) => {
    const all: Record<string, number> = {};
    for (const as of ["staff", "member", "other", undefined]) {
      all[as ?? "nobody"] = (await ask(path(id), { ...(as === undefined ? {} : { as }), settings })).status;
    }
    return all;
  };

  it("is those who may see the frame", async () => {
    expect(await statuses(open)).toEqual({ staff: 200, member: 200, other: 200, nobody: 401 });
    expect(await statuses(hidden)).toEqual({ staff: 200, member: 404, other: 404, nobody: 401 });
    expect(await statuses(members)).toEqual({ staff: 200, member: 200, other: 404, nobody: 401 });
    const everybody = { ANONYMOUS: "public" };
    expect(await statuses(open, everybody)).toEqual({ staff: 200, member: 200, other: 200, nobody: 200 });
    expect(await statuses(members, everybody)).toEqual({ staff: 200, member: 200, other: 404, nobody: 404 });
  });

  it("is told to caches: public files may be kept, others by nobody", async () => {
    const control = async (id: number, query: string, settings: Record<string, string>) =>
      (await ask(path(id, query), { as: "member", settings })).headers.get("Cache-Control");
    const everybody = { ANONYMOUS: "public" };
    expect(await control(open, "", everybody)).toBe("public, max-age=300, no-transform");
    expect(await control(open, "?version=1", everybody)).toBe("public, max-age=31536000, immutable, no-transform");
    for (const [id, settings] of [
      [open, {}],
      [members, everybody],
      [members, {}],
    ] as const) {
      for (const query of ["", "?version=1"]) {
        expect(await control(id, query, settings)).toBe("private, no-store, no-transform");
        const response = await ask(path(id, query), { as: "member", settings });
        expect(response.headers.get("Vary")).toBe("Authorization, Cookie");
        const had = await ask(path(id), { as: "member", settings, headers: { "If-None-Match": "*" } });
        expect([had.status, had.headers.get("Cache-Control")]).toEqual([304, "private, no-store, no-transform"]);
      }
    }
  });
});

describe("a signed link", () => {
  const link = (frame: number, user: number | null, about = {}) =>
    `?${signLink(config(env), { frame, version: 1, user, uses: ALL_USES, expires: Date.now() + 60_000, ...about })}`;

  it("opens the file to whoever has it, and is kept by no cache where the frame is not public", async () => {
    const response = await ask(path(members, link(members, memberId)));
    expect(response.status).toBe(200);
    expect(await body(response)).toEqual(noise(3000, 3));
    expect(response.headers.get("Cache-Control")).toBe("private, no-store, no-transform");
    const ranged = await ask(path(members, link(members, memberId)), { headers: { Range: "bytes=1-2" } });
    expect(ranged.status).toBe(206);
  });

  it("is 403 with a word when altered, over, of another frame, version or use", async () => {
    const good = link(members, memberId);
    const bad = [
      path(members, `${good.slice(0, -1)}${good.endsWith("0") ? "1" : "0"}`),
      path(members, "?s="),
      path(open, good),
      path(members, `${good}&version=2`),
      path(members, link(members, memberId, { expires: Date.now() - 1000 })),
      path(members, link(members, memberId, { uses: ["headers"] })),
    ];
    for (const address of bad) {
      const response = await ask(address);
      expect(response.status, address).toBe(403);
      expect(((await response.json()) as { detail: string }).detail).toMatch(/^This link /);
    }
  });

  it("matters not to those who may see the frame anyway", async () => {
    expect((await ask(path(members, "?s=old"), { as: "member" })).status).toBe(200);
    expect((await ask(path(members, "?s=old"), { as: "other" })).status).toBe(404);
  });

  it("lends no more than its user's rights, and those only as long as there are any", async () => {
    const never = await ask(path(hidden, link(hidden, memberId)));
    expect([never.status, await never.json()]).toEqual([
      403,
      { detail: "This link is void: whoever it was made for may not see the frame any more." },
    ]);
    expect((await ask(path(hidden, link(hidden, memberId)), { as: "staff" })).status).toBe(200);
    expect((await ask(path(hidden, link(hidden, memberId)), { as: "other" })).status).toBe(403);
    expect((await ask(path(999_999, link(999_999, memberId)))).status).toBe(404);
    expect((await ask(path(open, link(open, null)))).status).toBe(401);
    expect((await ask(path(open, link(open, null)), { settings: { ANONYMOUS: "public" } })).status).toBe(200);
    const leaving = await person("leaving", { proposals: ["P1"] });
    const address = path(members, link(members, leaving));
    expect((await ask(address)).status).toBe(200);
    await env.DB.prepare("DELETE FROM membership WHERE user_id = ?").bind(leaving).run();
    aSecondLater();
    expect((await ask(address)).status).toBe(403);
    await env.DB.prepare("UPDATE user SET is_active = 0 WHERE id = ?").bind(leaving).run();
    expect((await ask(address)).status).toBe(403);
    expect((await ask(path(open, link(open, leaving)), { settings: { ANONYMOUS: "public" } })).status).toBe(403);
  });

  it("falls with the key that signed it, one change after the next", async () => {
    const address = path(members, link(members, memberId));
    const old = "a secret for tests only, 32 bytes long";
    const next = { SECRET_KEY: "the next secret, which is as long as it must be" };
    expect((await ask(address, { settings: { ...next, SECRET_KEY_PREVIOUS: old } })).status).toBe(200);
    aSecondLater();
    expect((await ask(address, { settings: next })).status).toBe(403);
  });
});

/** `env.DB` that counts what it is asked: `trips` one by one, `statements` of all of them. */
function counted() {
  const seen = { trips: 0, statements: 0 };
  const counting = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(_, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        return (...given: unknown[]) => {
          if (name === "batch") {
            seen.trips++;
            seen.statements += (given[0] as unknown[]).length;
          }
          const answer = value.apply(target, given) as unknown;
          if (name === "withSession") return counting(answer as object);
          // Statements of a session are sent by its batch, all others by themselves.
          if (name === "prepare" && target === (env.DB as object)) {
            seen.trips++;
            seen.statements++;
          }
          return answer;
        };
      },
    });
  return { database: counting(env.DB), seen };
}

it("costs one round trip to the database, by token, session and link, also where the frame was never seen", async () => {
  const { database, seen } = counted();
  const settings = { DB: database } as unknown as Record<string, string>;
  const version = { version: 1, uses: ALL_USES, expires: Math.ceil(Date.now() / 1000) * 1000 + 60_000 };
  const session = await startSession(config(env), { id: memberId, epoch: 1 }, Date.now());
  const ways: Record<string, (id: number) => Promise<Response>> = {
    token: (id) => ask(path(id), { settings, headers: { Authorization: `Token ${tokenOf("member")}` } }),
    session: (id) => ask(path(id), { settings, headers: { Cookie: `${SESSION_COOKIE}=${session}` } }),
    link: (id) => ask(path(id, `?${signLink(config(env), { frame: id, user: memberId, ...version })}`), { settings }),
  };
  for (const [name, get] of Object.entries(ways)) {
    await (await get(members)).body?.cancel(); // from now on the member is remembered
    const { id } = await add(`never-seen-${name}.fits`, noise(100, 5), { publicDate: future, propid: "P1" });
    Object.assign(seen, { trips: 0, statements: 0 });
    const response = await get(id);
    expect([name, response.status, (await body(response)).length]).toEqual([name, 200, 100]);
    // The account and the frame, in one batch.
    expect([name, seen]).toEqual([name, { trips: 1, statements: 2 }]);
  }
});

describe("a second of one download", () => {
  const { database, seen } = counted();
  const settings = { DB: database } as unknown as Record<string, string>;
  const part = async (id: number, from: number, init: { as?: string; headers?: Record<string, string> }) => {
    const headers = { Range: `bytes=${from}-${from + 9}`, ...init.headers };
    const response = await ask(path(id), { settings, ...init, headers });
    await response.body?.cancel();
    return response.status;
  };

  it("asks the database once for all its ranges", async () => {
    const { id } = await add("ranges.fits", noise(400, 6), { publicDate: future, propid: "P1" });
    await part(open, 0, { as: "member" });
    Object.assign(seen, { trips: 0, statements: 0 });
    for (let from = 0; from < 160; from += 10) expect(await part(id, from, { as: "member" })).toBe(206);
    expect(seen).toEqual({ trips: 1, statements: 2 });
  });

  it("is one person's and one frame's, and over when anything is written, or after a second", async () => {
    const { id } = await add("given.fits", noise(400, 7), { publicDate: future, propid: "P1" });
    const member = () => part(id, 0, { as: "member" });
    expect(await member()).toBe(206);
    expect(await part(id, 0, { as: "other" })).toBe(404);
    expect(await part(id, 0, {})).toBe(401);
    expect(await part(id, 0, { headers: { Authorization: "Token nobody" } })).toBe(401);
    expect(await part(hidden, 0, { as: "member" })).toBe(404);
    await env.DB.prepare("DELETE FROM membership WHERE user_id = ?").bind(memberId).run();
    expect(await member()).toBe(206);
    await ask("/accounts/logout/", { settings, method: "POST" });
    expect(await member()).toBe(404);
    await env.DB.prepare("INSERT INTO membership (user_id, proposal) VALUES (?, 'P1')").bind(memberId).run();
    expect(await member()).toBe(206);
    await env.DB.prepare("UPDATE token SET revoked = 1 WHERE user_id = ?").bind(memberId).run();
    aSecondLater();
    expect(await member()).toBe(401);
    await env.DB.prepare("UPDATE token SET revoked = NULL WHERE user_id = ?").bind(memberId).run();
  });
});
