import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { beforeAll, describe, expect, it } from "vitest";
import { makeBundle } from "../../src/archive/bundle.ts";
import type { WorkItem } from "../../src/archive/context.ts";
import { packFrame } from "../../src/archive/pack.ts";
import { config } from "../../src/config.ts";
import { makeCard } from "../../src/fits/card-format.ts";
import { Header } from "../../src/fits/header.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { fileStore } from "../../src/store/files.ts";
import { add, ask, CREATED, factsOf, noise, person, store } from "./archive.ts";

const NAME = "night.fits";
const past = Date.UTC(2020, 0, 1);
let upload: Uint8Array;
let id = 0;
let before: Headers;

const body = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const file = (query = "", headers: Record<string, string> = {}) =>
  ask(`/frames/${id}/download/${query}`, { as: "staff", headers });

/** A FITS file of one image of 16-bit integers that packs well. */
function frame(width: number, height: number): Uint8Array {
  const cards = { SIMPLE: true, BITPIX: 16, NAXIS: 2, NAXIS1: width, NAXIS2: height };
  const header = new Header(Object.entries(cards).map(([keyword, value]) => makeCard(keyword, value))).toBytes();
  const bytes = new Uint8Array(header.length + Math.ceil((2 * width * height) / 2880) * 2880);
  bytes.set(header);
  const data = new DataView(bytes.buffer, header.length);
  const grain = noise(width * height, 1);
  for (let pixel = 0; pixel < width * height; pixel++) data.setInt16(2 * pixel, 1000 + (grain[pixel]! & 15));
  return bytes;
}

beforeAll(async () => {
  await person("staff", { isStaff: true });
  upload = frame(301, 200);
  ({ id } = await add(NAME, upload, { publicDate: past }));
  before = (await file()).headers;
  const catalogue = openCatalogue(env.DB);
  const settings = { ...config(env), pack: "on" as const };
  const packed = await packFrame({ config: settings, catalogue, files: fileStore(env.FILES) }, id, 1);
  expect(packed.outcome).toBe("packed");
});

describe("a packed file", () => {
  it("comes as it is kept, or as it was uploaded, each under its own name, length and tag", async () => {
    const stored = await file();
    const original = await file("?format=fits");
    expect(stored.headers.get("Content-Disposition")).toBe(`attachment; filename=${NAME}.fz`);
    expect(original.headers.get("Content-Disposition")).toBe(`attachment; filename=${NAME}`);
    expect(original.headers.get("Content-Length")).toBe(String(upload.length));
    expect(original.headers.get("ETag")).toBe(`"${createHash("sha256").update(upload).digest("hex")}"`);
    expect(original.headers.get("ETag")).not.toBe(stored.headers.get("ETag"));
    expect(await body(original)).toEqual(upload);
    const packed = await body(stored);
    expect(stored.headers.get("Content-Length")).toBe(String(packed.length));
    expect(packed.length).toBeLessThan(upload.length);
  });

  it("is not taken for the upload that it replaced, neither by tag nor by date", async () => {
    const resumed = (value: string) => file("", { Range: "bytes=10-19", "If-Range": value });
    expect((await resumed(before.get("ETag")!)).status).toBe(200);
    expect((await resumed(before.get("Last-Modified")!)).status).toBe(200);
    const now = (await file()).headers;
    expect((await resumed(now.get("Last-Modified")!)).status).toBe(206);
  });

  it("gives any range of the upload", async () => {
    let state = 5;
    const random = (below: number) => (state = (Math.imul(state, 48271) >>> 0) % 2147483647) % below;
    for (let i = 0; i < 25; i++) {
      const start = random(upload.length);
      const end = Math.min(upload.length, start + 1 + random(5000));
      const part = await file("?format=fits", { Range: `bytes=${start}-${end - 1}` });
      expect([part.status, part.headers.get("Content-Range")]).toEqual([
        206,
        `bytes ${start}-${end - 1}/${upload.length}`,
      ]);
      expect(await body(part)).toEqual(upload.subarray(start, end));
    }
    const several = await body(await file("?format=fits", { Range: "bytes=0-9,4000-4009" }));
    expect(String.fromCharCode(...several)).toContain(String.fromCharCode(...upload.subarray(4000, 4010)));
  });

  it("is in a zip as it is kept or, unpacked, as it was uploaded, in any range", async () => {
    const plain = await add("plain.fits", noise(100, 1), { publicDate: past });
    const address = `/frames/zip/?frame_ids=${id},${plain.id}`;
    const names = async (response: Response) => Object.keys(unzipSync(await body(response))).map((n) => n.slice(19));
    expect(await names(await ask(address, { as: "staff" }))).toContain(`${NAME}.fz`);
    const response = await ask(`${address}&uncompress=true`, { as: "staff" });
    const length = Number(response.headers.get("Content-Length"));
    const whole = await body(response);
    expect(whole.length).toBe(length);
    const members = unzipSync(whole);
    const folder = Object.keys(members)[0]!.split("/")[0]!;
    expect(members[`${folder}/${NAME}`]).toEqual(upload);
    const sums = new TextDecoder().decode(members[`${folder}/checksums.sha256`]);
    expect(sums).toContain(`${createHash("sha256").update(upload).digest("hex")}  ${NAME}\n`);
    const manifest = new TextDecoder().decode(members[`${folder}/manifest.csv`]);
    expect(manifest).toContain(`/frames/${id}/download/?version=1&format=fits\r\n`);
    for (const [start, end] of [
      [0, 100],
      [900, 4000],
      [length - 600, length],
    ] as const) {
      const part = await ask(`${address}&uncompress=true`, {
        as: "staff",
        headers: { Range: `bytes=${start}-${end - 1}`, "If-Range": response.headers.get("ETag")! },
      });
      expect(part.status).toBe(206);
      expect(await body(part)).toEqual(whole.subarray(start, end));
    }
  });
});

describe("a selection", () => {
  it("stays the same, and its lists too, when its frames are packed", async () => {
    const bytes = frame(128, 100);
    const { id: one } = await add("chosen.fits", bytes, { publicDate: past });
    const made = await ask("/frames/selection/", {
      as: "staff",
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ frame_ids: [one, id] }),
    });
    const { url, lists } = (await made.json()) as { url: string; lists: Record<string, string> };
    const [before, list] = [await ask(url), await (await ask(lists.csv!)).text()];
    const whole = await body(before);
    const settings = { ...config(env), pack: "on" as const };
    const parts = { config: settings, catalogue: openCatalogue(env.DB), files: fileStore(env.FILES) };
    expect((await packFrame(parts, one, 1)).outcome).toBe("packed");
    const after = await ask(url);
    expect(after.headers.get("ETag")).toBe(before.headers.get("ETag"));
    expect(await body(after)).toEqual(whole);
    expect(
      Object.keys(unzipSync(whole))
        .slice(2)
        .map((name) => name.slice(19)),
    ).toEqual(["chosen.fits", `${NAME}.fz`]);
    const part = await ask(url, { headers: { Range: `bytes=3000-${whole.length - 1}` } });
    expect(await body(part)).toEqual(whole.subarray(3000));
    expect(await (await ask(lists.csv!)).text()).toBe(list);
    expect(await body(await ask(/http\S+/.exec(list)![0]))).toEqual(bytes);
  });
});

describe("a file that is packed while somebody asks for it", () => {
  it("is given as it is then, and is not called lost", async () => {
    const bytes = frame(64, 64);
    const { id: one } = await add("race.fits", bytes, { publicDate: past });
    const catalogue = openCatalogue(env.DB);
    const sight = { kind: "all" } as const;
    const stale = (await catalogue.frame(one, sight))!;
    const fresh = { ...stale, file: await store("race.fits.fz", noise(50, 1)) };
    await env.FILES.delete(stale.file.key);
    let asked = 0;
    const racing = { ...catalogue, frames: async () => [asked++ === 0 ? stale : fresh] };
    const bundle = await makeBundle(
      { config: config(env), catalogue: racing, files: fileStore(env.FILES), queue: env.WORK as Queue<WorkItem> },
      { kind: "ids", ids: [one] },
      sight,
      { uncompress: false, plain: new Set(), date: CREATED, root: "http://archive/" },
    );
    expect(bundle.layout.entries.map(({ name }) => name)).toEqual(
      ["manifest.csv", "checksums.sha256", "race.fits.fz"].map((name) => `pyobsdata-20240116/${name}`),
    );
    const replaced = await catalogue.replaceFile(one, 1, stale.file.key, fresh.file);
    expect([replaced, (await ask(`/frames/${one}/download/`, { as: "staff" })).status]).toEqual([true, 200]);
  });
});

describe("an earlier version", () => {
  it("stays where its address and its links say, and is never mixed with the next", async () => {
    const [first, second] = [noise(300, 1), noise(310, 2)];
    const { id: twice } = await add("twice.fits", first, { publicDate: past });
    const list = (await (await ask(`/frames/${twice}/`, { as: "staff" })).json()) as { url: string };
    const facts = factsOf("twice", { publicDate: past });
    const added = await openCatalogue(env.DB).add(facts, await store("twice.fits", second), CREATED + 5000);
    expect(added.outcome).toBe("version");
    const get = async (query: string) => body(await ask(`/frames/${twice}/download/${query}`, { as: "staff" }));
    expect(await get("")).toEqual(second);
    expect(await get("?version=1")).toEqual(first);
    expect(await get("?version=2")).toEqual(second);
    expect(await body(await ask(list.url))).toEqual(first);
  });
});
