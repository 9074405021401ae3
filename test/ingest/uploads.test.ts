import { env } from "cloudflare:workers";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { archiveOf } from "../../src/archive/context.ts";
import { type Difference, differences } from "../../src/archive/stock.ts";
import { dropAbandoned, PART_SIZE } from "../../src/archive/uploads.ts";
import { addRecordedUsers, request, TOKENS } from "../http/archive.ts";
import { frameBytes } from "./headers.ts";

const archive = archiveOf(env);

beforeAll(addRecordedUsers);

interface Upload {
  id: string;
  part_size: number;
  parts: number;
  received: number[];
}

const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest();

function call(method: string, path: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
  return request(`/uploads/${path}`, { method, token: TOKENS.admin, ...init });
}

function announce(body: object): Promise<Response> {
  return call("POST", "", { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

async function open(filename: string, bytes: Uint8Array): Promise<Upload> {
  const response = await announce({ filename, size: bytes.length, sha256: digest("sha256", bytes).toString("hex") });
  expect(response.status).toBe(201);
  return response.json();
}

const partOf = (bytes: Uint8Array, number: number) =>
  bytes.subarray((number - 1) * PART_SIZE, number * PART_SIZE) as Uint8Array<ArrayBuffer>;

function send({ id }: Upload, number: number, bytes: Uint8Array<ArrayBuffer>, headers?: Record<string, string>) {
  const sum = { "Content-Digest": `sha-256=:${digest("sha256", bytes).toString("base64")}:` };
  return call("PUT", `${id}/parts/${number}/`, { body: bytes, headers: headers ?? sum });
}

async function stored(): Promise<string[]> {
  const { objects } = await env.FILES.list({ prefix: "frames/.uploads/" });
  return objects.map(({ key }) => key);
}

async function expectInOrder(): Promise<void> {
  const found: Difference[] = [];
  for await (const difference of differences(archive, { objects: 0, rows: 0 })) found.push(difference);
  expect(found).toEqual([]);
}

describe("an upload in parts", () => {
  /** 17.6 MB: three parts. */
  const bytes = frameBytes({ FNAME: "in-parts" }, 2_200_000);

  it("takes them in any order and again, and makes the frame that a form would have made", async () => {
    const upload = await open("/some/where/x.fits", bytes);
    expect(upload).toMatchObject({ filename: "x.fits", part_size: PART_SIZE, parts: 3, received: [] });
    const md5 = { "Content-MD5": digest("md5", partOf(bytes, 3)).toString("base64") };
    const answers = [
      await send(upload, 3, partOf(bytes, 3), md5),
      await send(upload, 1, partOf(bytes, 1)),
      await send(upload, 1, partOf(bytes, 1)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await (await call("GET", `${upload.id}/`)).json()).toMatchObject({ received: [1, 3] });
    const early = await call("POST", `${upload.id}/complete/`);
    expect([early.status, await early.json()]).toEqual([409, { detail: "1 of 3 parts have not come yet: 2." }]);
    await send(upload, 2, partOf(bytes, 2));
    const response = await call("POST", `${upload.id}/complete/`);
    expect([response.status, await response.json()]).toEqual([200, { created: 1, filenames: ["in-parts"] }]);
    const frame = (await archive.catalogue.owner("in-parts"))!;
    expect(frame.file).toMatchObject({ size: bytes.length, sha256: digest("sha256", bytes).toString("hex") });
    const object = await (await env.FILES.get(frame.file.key))!.arrayBuffer();
    expect(Buffer.from(object).equals(bytes)).toBe(true);
    expect(await stored()).toEqual([]);
    expect((await call("POST", `${upload.id}/complete/`)).status).toBe(404);
    await expectInOrder();
  });

  it("refuses parts that are not what they should be", async () => {
    const upload = await open("x.fits", bytes);
    const [good, other] = [partOf(bytes, 1), Uint8Array.from(partOf(bytes, 1))];
    other[1000]! ^= 1;
    const sum = { "Content-Digest": `sha-256=:${digest("sha256", good).toString("base64")}:` };
    const cases: [Promise<Response>, number, RegExp][] = [
      [send(upload, 1, other, sum), 400, /was damaged on its way/],
      [send(upload, 1, good, {}), 400, /needs its checksum/],
      [send(upload, 1, good.subarray(1)), 400, /has 8388607 bytes; it must have 8388608/],
      [send(upload, 3, good), 400, /more than its \d+ bytes/],
      [send(upload, 4, new Uint8Array(0)), 404, /no part 4; there are 1 to 3/],
      [send(upload, 4, good), 404, /no part 4; there are 1 to 3/],
    ];
    for (const [response, status, words] of cases) {
      expect([(await response).status, await (await response).text()]).toEqual([status, expect.stringMatching(words)]);
    }
    expect(await (await call("GET", `${upload.id}/`)).json()).toMatchObject({ received: [] });
    expect((await call("DELETE", `${upload.id}/`)).status).toBe(204);
    expect(await stored()).toEqual([]);
  });

  it("of a broken file is refused as in a form, and leaves nothing", async () => {
    const broken = Buffer.from("no FITS at all");
    const upload = await open("broken.fits", broken);
    await send(upload, 1, Uint8Array.from(broken));
    expect(await (await call("POST", `${upload.id}/complete/`)).json()).toEqual({
      created: 0,
      filenames: [],
      errors: ["broken.fits: not a FITS file: it does not begin with SIMPLE"],
    });
    expect(await stored()).toEqual([]);
  });

  it("is compared with the announced checksum as a whole", async () => {
    const small = frameBytes({ FNAME: "other-sum" });
    const upload = await (await announce({ filename: "x", size: small.length, sha256: "0".repeat(64) })).json<Upload>();
    await send(upload, 1, Uint8Array.from(small));
    const answer = await (await call("POST", `${upload.id}/complete/`)).json<{ errors: string[] }>();
    expect(answer.errors[0]).toMatch(/^x: its SHA-256 is [0-9a-f]{64} and not the announced 0{64}$/);
    expect(await archive.catalogue.owner("other-sum")).toBeNull();
    await expectInOrder();
  });

  it("is for the staff, and says what it accepts", async () => {
    expect((await call("POST", "", { token: TOKENS.user })).status).toBe(403);
    expect((await call("GET", `${"0".repeat(32)}/`)).status).toBe(404);
    const huge = await announce({ filename: "x", size: 5e9 });
    expect([huge.status, await huge.json()]).toEqual([413, { size: ["It accepts at most 4000000000 bytes."] }]);
    for (const body of [{}, { filename: "x" }, { filename: "x", size: 0 }, { filename: "x", size: 1, sha256: "x" }]) {
      expect((await announce(body)).status).toBe(400);
    }
  });

  it("is dropped when nothing comes for a week, and not before", async () => {
    const upload = await open("x.fits", frameBytes());
    await send(upload, 1, Uint8Array.from(frameBytes()));
    const day = 24 * 3600_000;
    expect(await dropAbandoned(archive, Date.now() + 6 * day)).toBe(0);
    expect((await stored()).length).toBe(2);
    await expectInOrder();
    expect(await dropAbandoned(archive, Date.now() + 8 * day)).toBe(1);
    expect(await stored()).toEqual([]);
  });
});
