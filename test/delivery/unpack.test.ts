import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import type { WorkItem } from "../../src/archive/context.ts";
import { fitsRuntime } from "../../src/archive/fits-runtime.ts";
import { withOriginals } from "../../src/archive/unpacking.ts";
import { work } from "../../src/archive/work.ts";
import { config } from "../../src/config.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { openUnpacked, unpackedPieces } from "../../src/fits/unpack.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { fileStore } from "../../src/store/files.ts";
import { fixture, fixtureJson } from "../fixture.ts";
import { add, ask, noise, person } from "./archive.ts";

const past = Date.UTC(2020, 0, 1);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const body = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const gzipped = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
const get = (path: string, headers: Record<string, string> = {}) => ask(path, { as: "staff", headers });
const random = (() => {
  let state = 11;
  return (below: number) => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) % below;
})();

function parts() {
  const sent: WorkItem[] = [];
  const queue = {
    sendBatch: async (messages: Iterable<{ body: WorkItem }>) => {
      sent.push(...[...messages].map((message) => message.body));
      return {} as QueueSendBatchResponse;
    },
  };
  return { config: config(env), catalogue: openCatalogue(env.DB), files: fileStore(env.FILES), queue, sent };
}

const fileOf = async (id: number) => (await openCatalogue(env.DB).frame(id, { kind: "all" }))!.file;

let plain: Uint8Array;
let packed: Uint8Array;

beforeAll(async () => {
  await person("staff", { isStaff: true });
  packed = await fixture("unpack/several.fits.fz");
  const unpacked = await openUnpacked(new MemorySource(packed), fitsRuntime);
  plain = await unpacked.getRange(0, unpacked.size);
});

describe("packed files of all kinds", () => {
  it("are unpacked as funpack does, bit for bit, whole and in ranges", async () => {
    const expected = await fixtureJson<Record<string, { size: number; sha256: string }>>("unpack/funpack.json");
    const wrong: string[] = [];
    for (const [path, { size, sha256: sum }] of Object.entries(expected)) {
      const unpacked = await openUnpacked(new MemorySource(await fixture(path)), fitsRuntime);
      const whole: Uint8Array[] = [];
      for await (const piece of unpackedPieces(unpacked)) whole.push(piece.slice());
      const bytes = await new Blob(whole as Uint8Array<ArrayBuffer>[]).bytes();
      if (bytes.length !== size || sha256(bytes) !== sum) wrong.push(path);
      for (let i = 0; i < 20; i++) {
        const [start, length] = [random(size), 1 + random(4000)];
        const part = await unpacked.getRange(start, length);
        if (sha256(part) !== sha256(bytes.subarray(start, start + length))) wrong.push(`${path} ${start}+${length}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(Object.keys(expected).length).toBeGreaterThan(70);
  });
});

describe("an upload that came compressed", () => {
  const uploads = async (): Promise<Record<string, Uint8Array>> => ({
    "wrapped.fits.gz": gzipped(plain),
    "packed.fits.fz": packed,
    "both.fits.fz.gz": gzipped(packed),
  });

  it("is given plain in any range, by name, length, tag and checksums, and that is found out once", async () => {
    for (const [name, bytes] of Object.entries(await uploads())) {
      const { id } = await add(name, bytes, { publicDate: past });
      expect((await fileOf(id)).original).toBeNull();
      const address = `/frames/${id}/download/?format=fits`;
      const head = await ask(address, { as: "staff", method: "HEAD" });
      const filename = `${name.split(".")[0]}.fits`;
      expect([head.status, head.headers.get("Content-Length"), head.headers.get("ETag")]).toEqual([
        200,
        String(plain.length),
        `"${sha256(plain)}"`,
      ]);
      expect(head.headers.get("Content-Disposition")).toBe(`attachment; filename=${filename}`);
      expect((await fileOf(id)).original).toMatchObject({ filename, size: plain.length, sha256: sha256(plain) });
      expect(await body(await get(address))).toEqual(plain);
      expect(await body(await get(`/frames/${id}/download/?format=stored`))).toEqual(bytes);
      for (let i = 0; i < 15; i++) {
        const start = random(plain.length);
        const end = Math.min(plain.length, start + 1 + random(9000));
        const part = await get(address, { Range: `bytes=${start}-${end - 1}`, "If-Range": head.headers.get("ETag")! });
        expect([part.status, part.headers.get("Content-Range")]).toEqual([
          206,
          `bytes ${start}-${end - 1}/${plain.length}`,
        ]);
        expect(await body(part)).toEqual(plain.subarray(start, end));
      }
      // Each range of a gzip costs what lies before it: many at once are answered by the whole.
      const several = await get(address, { Range: "bytes=0-9,9000-9009,20000-20009" });
      expect(several.status).toBe(name.endsWith(".gz") ? 200 : 206);
    }
  });

  it("is unpacked from the queue, and known to whoever asks by checksum", async () => {
    const { id } = await add("queued.fits.gz", gzipped(plain), { publicDate: past });
    await work(parts(), { kind: "unpack", id, version: 1 });
    const { original } = await fileOf(id);
    expect(original).toMatchObject({ filename: "queued.fits", size: plain.length, sha256: sha256(plain) });
    const versions = (await (await get(`/versions/?md5=${original!.md5}`)).json()) as { results: { frame: number }[] };
    expect(JSON.stringify(versions)).toContain("queued");
    await work(parts(), { kind: "unpack", id, version: 1 });
    await work(parts(), { kind: "unpack", id: 999_999, version: 1 });
  });

  it("is plain in an unpacked zip, of known length, and any range of that is the whole's", async () => {
    const ids: number[] = [];
    for (const [name, bytes] of Object.entries(await uploads())) {
      ids.push((await add(`zip-${name}`, bytes, { publicDate: past })).id);
    }
    const address = `/frames/zip/?uncompress=true&frame_ids=${ids}`;
    const response = await get(address);
    const whole = await body(response);
    expect(whole.length).toBe(Number(response.headers.get("Content-Length")));
    const members = unzipSync(whole);
    const names = Object.keys(members).filter((name) => name.endsWith(".fits"));
    expect(names.map((name) => name.slice(19))).toEqual(["zip-wrapped.fits", "zip-packed.fits", "zip-both.fits"]);
    for (const name of names) expect(members[name]).toEqual(plain);
    for (let i = 0; i < 15; i++) {
      const start = random(whole.length);
      const end = Math.min(whole.length, start + 1 + random(60_000));
      const part = await get(address, { Range: `bytes=${start}-${end - 1}` });
      expect(part.status).toBe(206);
      expect(await body(part)).toEqual(whole.subarray(start, end));
    }
    const list = await (await get(`${address}&format=csv`)).text();
    expect(list.split("\r\n")[1]).toMatch(new RegExp(`^zip-wrapped.fits,${ids[0]},${plain.length},.*&format=fits$`));
  });

  it("that cannot be unpacked is a 422 with the reason, and in a zip as it came, which is said", async () => {
    const broken = gzipped(plain);
    broken[broken.length - 6]! ^= 1;
    const bad = await add("broken.fits.gz", broken, { publicDate: past });
    const noFits = await add("noise.fits.fz", noise(4000, 3), { publicDate: past });
    for (const { id } of [bad, noFits]) {
      for (let time = 0; time < 2; time++) {
        const answer = await get(`/frames/${id}/download/?format=fits`);
        expect(answer.status).toBe(422);
        expect(((await answer.json()) as { detail: string }).detail).toMatch(
          /^The file of this frame cannot be unpacked: ./,
        );
      }
      expect((await fileOf(id)).warnings).toHaveLength(1);
    }
    const address = `/frames/zip/?uncompress=true&frame_ids=${bad.id},${noFits.id}`;
    const response = await get(address);
    expect(response.headers.get("X-Platevault-Packed")).toBe(`2;ids="${bad.id} ${noFits.id}"`);
    const members = unzipSync(await body(response));
    const text = (name: string) =>
      new TextDecoder().decode(members[Object.keys(members).find((one) => one.endsWith(name))!]);
    expect(text("/missing.txt")).toContain(`${bad.id}\tbroken.fits.gz is as it was uploaded: it cannot be unpacked: `);
    expect(text("/missing.txt")).toContain(
      `${noFits.id}\tnoise.fits.fz is as it was uploaded: it cannot be unpacked: `,
    );
    expect(text("/checksums.sha256")).toContain(`${sha256(broken)}  broken.fits.gz\n`);
    for (const format of ["aria2", "wget", "curl", "metalink"]) {
      const list = await get(`${address}&format=${format}`);
      expect(list.headers.get("X-Platevault-Packed")).toBe(`2;ids="${bad.id} ${noFits.id}"`);
      expect(await list.text()).toContain("as it was uploaded: it cannot be unpacked");
    }
    expect((await get(`/frames/${bad.id}/download/`)).status).toBe(200);
  });

  it("that is lost is called lost, not unpackable", async () => {
    const { id, key } = await add("lost.fits.gz", gzipped(plain), { publicDate: past });
    await env.FILES.delete(key);
    expect((await get(`/frames/${id}/download/?format=fits`)).status).toBe(404);
    const zip = await get(`/frames/zip/?uncompress=true&frame_ids=${id}`);
    expect(zip.headers.get("X-Platevault-Missing")).toBe(`1;ids="${id}"`);
    expect((await fileOf(id)).warnings).toEqual([]);
  });

  it("is put on the queue where there are too many to be unpacked at once", async () => {
    const { id } = await add("large.fits.gz", gzipped(plain), { publicDate: past });
    const frame = (await openCatalogue(env.DB).frame(id, { kind: "all" }))!;
    const large = { ...frame, file: { ...frame.file, size: 65 * 1024 * 1024 } };
    const archive = parts();
    const pages = (async function* () {
      yield [large, frame];
    })();
    const all = (async () => {
      for await (const _ of withOriginals(archive, pages));
    })();
    await expect(all).rejects.toMatchObject({ code: "CONFLICT", details: { retryAfter: 60 } });
    expect(archive.sent.map(({ kind }) => kind)).toEqual(["unpack", "unpack"]);
  });
});
