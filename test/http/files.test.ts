import { env } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { openFits } from "../../src/fits/file.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import type { StoredFile } from "../../src/store/frame.ts";
import { fixture, fixtureJson } from "../fixture.ts";
import { addRecordedUsers, recorded, request, TOKENS } from "./archive.ts";
import { factsOf, fileOf, type RecordedFrame } from "./recorded-frames.ts";

type Json = Record<string, unknown>;

interface Unit {
  key: string;
  group: string;
  id: number;
  /** Bytes of each header and of the data behind it. */
  units: [number, number][];
}

/** A file with the headers of the fixture and zeros for data. */
async function fileWith({ key, units }: Unit): Promise<Uint8Array> {
  const headers = await fixture(`headers/${key}.hdr`);
  const file = new Uint8Array(units.reduce((sum, [header, data]) => sum + header + data, 0));
  let [from, to] = [0, 0];
  for (const [header, data] of units) {
    file.set(headers.subarray(from, from + header), to);
    from += header;
    to += header + data;
  }
  return file;
}

const frames = await fixtureJson<RecordedFrame[]>("golden/frames.json");
const base = frames.find(({ id }) => id === 51)!;
let count = 0;

/** Puts a file into R2 and its frame into the catalogue; answers the frame's id. */
async function store(bytes: Uint8Array | null, changes: Partial<StoredFile> = {}): Promise<number> {
  const id = ++count;
  const basename = `file-${id}`;
  const file = { ...fileOf({ id, basename }), ...changes };
  if (bytes !== null) await env.FILES.put(file.key, bytes);
  const added = await openCatalogue(env.DB).add(factsOf({ ...base, basename }, []), file, Date.now());
  return added.frame.id;
}

async function get(path: string): Promise<Response> {
  return request(path, { token: TOKENS.user });
}

/** Where the rows of the table CAT and its heap begin. */
async function arraysOf(bytes: Uint8Array): Promise<{ dataOffset: number; heapOffset: number }> {
  const { dataOffset, header } = await (await openFits(new MemorySource(bytes))).hdu("CAT");
  const rows = header.requireInteger("NAXIS1") * header.requireInteger("NAXIS2");
  return { dataOffset, heapOffset: dataOffset + (header.integer("THEAP") ?? rows) };
}

beforeAll(addRecordedUsers);

describe("GET /frames/ID/headers/", () => {
  it("answers as recorded, from files of the same headers", async () => {
    /**
     * The original wrote into the file (FNAME without extension), had fpack add sums and quantise; here a file stays as
     * it came. ORIGIN was edited in the corpus after the recording.
     */
    const rewritten = ["FNAME", "CHECKSUM", "DATASUM", "ZDITHER0", "ZBLANK", "ORIGIN"];
    const index = await fixtureJson<Unit[]>("headers/index.json");
    const answers = { headers: await recorded("headers"), edge_headers: await recorded("edge_headers") };
    expect(index.length).toBeGreaterThan(20);
    for (const unit of index) {
      const id = await store(await fileWith(unit));
      const response = await get(`/frames/${id}/headers/`);
      expect([unit.key, response.status]).toEqual([unit.key, 200]);
      const body = (await response.json()) as { results: { key: string; value: unknown }[]; data: Json };
      const record = answers[unit.group as keyof typeof answers][unit.key]!.json as {
        results: { key: string; value: unknown }[];
      };
      const comparable = (cards: { key: string; value: unknown }[]) =>
        cards.filter(({ key }) => !rewritten.includes(key)).map(({ key, value }) => [key, value]);
      expect([unit.key, ...comparable(body.results)]).toEqual([unit.key, ...comparable(record.results)]);
      expect(body.data).toEqual(Object.fromEntries(body.results.map(({ key, value }) => [key, value])));
    }
  });

  it("keeps real numbers real and long integers exact", async () => {
    const cards = [
      "SIMPLE  =                    T",
      "BITPIX  =                    8",
      "NAXIS   =                    1",
    ];
    cards.push("NAXIS1  =                    0", "REAL    =                  2.0", "BIG     = 12345678901234567890");
    cards.push("NONE    =", "PAIR    = (1.0, -2.5)", "EXTEND  =                    T", "END");
    const header = cards
      .map((card) => card.padEnd(80))
      .join("")
      .padEnd(2880);
    const image = ["XTENSION= 'IMAGE   '", "BITPIX  =                    8", "NAXIS   =                    1"];
    image.push("NAXIS1  =                    1", "PCOUNT  =                    0", "GCOUNT  =                    1");
    image.push(...cards.slice(4, 8), "HISTORY made by hand", "DUP     =                    1");
    image.push("DUP     =                    2", "END");
    const sci = image
      .map((card) => card.padEnd(80))
      .join("")
      .padEnd(2880);
    const id = await store(new TextEncoder().encode(header + sci + "\0".repeat(2880)));
    const text = await (await get(`/frames/${id}/headers/?all=true`)).text();
    expect(text).toContain('{"key":"REAL","value":2.0,"comment":""');
    expect(text).toContain('{"key":"BIG","value":12345678901234567890,"comment":""');
    const body = JSON.parse(text) as { results: Json[]; data: Json; hdus: { name: string; cards: Json[] }[] };
    expect(body.data).toMatchObject({ NONE: null, PAIR: "(1, -2.5)", DUP: 1 });
    expect(body.results.filter(({ key }) => key === "DUP").map(({ value }) => value)).toEqual([1, 1]);
    expect(body.results.some(({ key }) => key === "HISTORY")).toBe(false);
    expect(body.hdus.map(({ name, cards: all }) => [name, all.length])).toEqual([
      ["PRIMARY", 9],
      [null, 13],
    ]);
    const inFile = (image: string) => ({ images: [image.padEnd(80)] });
    const history = { key: "HISTORY", value: "made by hand", comment: "", ...inFile("HISTORY made by hand") };
    expect(body.hdus[1]!.cards.at(-3)).toEqual(history);
    const last = { key: "DUP", value: 2, comment: "", ...inFile("DUP     =                    2") };
    expect(body.hdus[1]!.cards.at(-1)).toEqual(last);
  });

  it("reads no more of a large file than its headers need", async () => {
    const [unit] = await fixtureJson<Unit[]>("headers/index.json");
    const id = await store(gzipSync(await fileWith(unit!)), { filename: "a.fits.gz" });
    const zipped = (await (await get(`/frames/${id}/headers/?all=1`)).json()) as {
      results: unknown[];
      hdus: unknown[];
    };
    const plain = await store(await fileWith(unit!));
    const body = (await (await get(`/frames/${plain}/headers/?all=1`)).json()) as typeof zipped;
    expect(zipped).toEqual(body);
    expect(body.hdus.length).toBe(unit!.units.length);
  });
});

describe("GET /frames/ID/catalog/", () => {
  const csv = async (name: string) => new TextDecoder().decode(await fixture(`tables/${name}.csv`));

  it("answers the table as the original did, and nothing where there is none", async () => {
    const record = (await recorded("catalog")).reduced!;
    const id = await store(await fixture("tables/pyobs.fits"));
    const response = await get(`/frames/${id}/catalog/`);
    expect(response.headers.get("Content-Type")).toBe(record.headers["Content-Type"]);
    const text = await response.text();
    expect(text.length).toBe(Number(record.headers["Content-Length"]));
    expect(text).toBe(await csv("pyobs"));
    const zipped = await store(gzipSync(await fixture("tables/pyobs.fits")));
    expect(await (await get(`/frames/${zipped}/catalog/`)).text()).toBe(text);
    expect(await (await get(`/frames/${id}/catalog/?units=true`)).text()).toBe(
      `# units: pix,pix,deg,deg,ADU,,,,,,\n${text}`,
    );
    const head = await request(`/frames/${id}/catalog/`, { token: TOKENS.user, method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);

    const [bias] = await fixtureJson<Unit[]>("headers/index.json");
    const none = await get(`/frames/${await store(await fileWith(bias!))}/catalog/`);
    expect([none.status, none.headers.get("Content-Type"), await none.text()]).toEqual([
      200,
      "text/comma-separated-values",
      "",
    ]);
  });

  it("answers tables that were a 500 there: arrays, arrays of any length, undefined values", async () => {
    const id = await store(await fixture("tables/arrays.fits"));
    expect(await (await get(`/frames/${id}/catalog/`)).text()).toBe(await csv("arrays"));
  });
});

describe("files that are gone or broken (Fix 12)", () => {
  it("is 404 where the file is gone, and 422 where it cannot be read; never a 500", async () => {
    const gone = await store(null);
    const broken = await store(new TextEncoder().encode("no FITS at all".repeat(500)));
    const table = (await fixture("tables/pyobs.fits")).slice();
    const cut = await store(table.subarray(0, table.length - 2880 * 3));
    const gzip = gzipSync(table);
    const cutGzip = await store(gzip.subarray(0, gzip.length / 2));
    for (const route of ["headers", "catalog"]) {
      const missing = await get(`/frames/${gone}/${route}/`);
      expect([missing.status, await missing.json()]).toEqual([404, { detail: expect.stringContaining("missing") }]);
      const unreadable = await get(`/frames/${broken}/${route}/`);
      expect([unreadable.status, await unreadable.json()]).toEqual([422, { detail: expect.stringMatching(/FITS/) }]);
    }
    for (const id of [cut, cutGzip]) {
      const response = await get(`/frames/${id}/catalog/`);
      expect([response.status, await response.json()]).toEqual([422, { detail: expect.any(String) }]);
    }
    expect((await get(`/frames/${gone}/`)).status).toBe(200);
  });

  it("says so, too, where only the first rows of a catalogue show it", async () => {
    const table = (await fixture("tables/arrays.fits")).slice();
    const { dataOffset, heapOffset } = await arraysOf(table);
    // Descriptors of arrays that lie far behind the heap.
    table.fill(0x7f, dataOffset, heapOffset);
    const response = await get(`/frames/${await store(table)}/catalog/`);
    expect([response.status, await response.json()]).toEqual([
      422,
      { detail: expect.stringMatching(/outside the heap|take more than/) },
    ]);
  });

  it("reads a gzip padded with zeros, as ingest takes it", async () => {
    const gzip = gzipSync(await fixture("tables/pyobs.fits"));
    const padded = new Uint8Array(gzip.length + 512);
    padded.set(gzip);
    const response = await get(`/frames/${await store(padded)}/headers/?all=true`);
    expect([response.status, ((await response.json()) as { hdus: Json[] }).hdus.length]).toEqual([200, 3]);
  });
});
