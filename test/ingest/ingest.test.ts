import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Buffer } from "node:buffer";
import { crc32, gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { type Archive, archiveOf } from "../../src/archive/context.ts";
import { packRuntime } from "../../src/archive/fits-runtime.ts";
import { ingest } from "../../src/archive/ingest.ts";
import { type Difference, differences } from "../../src/archive/stock.ts";
import { sweep } from "../../src/archive/upkeep.ts";
import { consume } from "../../src/archive/work.ts";
import { FileStoreError, fileStore } from "../../src/store/files.ts";
import { hold, letGo, MOST_HELD, mayHold } from "../../src/store/held-memory.ts";
import worker from "../../src/worker.ts";
import { fixture, fixtureJson } from "../fixture.ts";
import { addRecordedUsers, browser, request, TOKENS } from "../http/archive.ts";
import { type Cards, emptyPrimary, extensionBytes, frameBytes, headerBytes } from "./headers.ts";

interface Answer {
  created: number;
  filenames: string[];
  errors?: string[];
  duplicates?: string[];
}

/** The archive with a queue that remembers. */
const sent: unknown[] = [];
const archive: Archive = {
  ...archiveOf(env),
  queue: {
    async sendBatch(messages) {
      for (const { body } of messages) sent.push(body);
      return { metadata: {} } as QueueSendBatchResponse;
    },
  },
};
const ALL = { kind: "all" } as const;

beforeAll(addRecordedUsers);

async function post(files: Record<string, Uint8Array> | [string, string, Uint8Array][], token = TOKENS.admin) {
  const form = new FormData();
  const entries = Array.isArray(files)
    ? files
    : Object.entries(files).map(([name, bytes]) => ["file", name, bytes] as const);
  for (const [field, name, bytes] of entries) form.append(field, new File([bytes as Uint8Array<ArrayBuffer>], name));
  return request("/frames/create/", { method: "POST", body: form, token });
}

async function upload(name: string, bytes: Uint8Array): Promise<Answer> {
  const response = await post({ [name]: bytes });
  expect(response.status, name).toBe(200);
  return response.json();
}

async function* piecesOf(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Straight into the use case, in pieces. */
function take(name: string, bytes: Uint8Array, into: Archive = archive) {
  return ingest(into, { filename: name, body: piecesOf(bytes) });
}

async function stock(): Promise<Difference[]> {
  const found: Difference[] = [];
  for await (const difference of differences(archive, { objects: 0, rows: 0 })) found.push(difference);
  return found;
}

/** Nothing in R2 without a row, and no row without its object. */
async function expectInOrder(): Promise<void> {
  expect(await stock()).toEqual([]);
}

async function bytesOf(key: string): Promise<Buffer> {
  return Buffer.from(await (await env.FILES.get(key))!.arrayBuffer());
}

async function hex(algorithm: string, bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest(algorithm, bytes)).toString("hex");
}

describe("upload", () => {
  it("answers as pyobs-archive did, and stores what came", async () => {
    const bytes = frameBytes({ FNAME: "first.fits" });
    const response = await post({ "other.fits": bytes });
    expect([response.status, await response.json()]).toEqual([200, { created: 1, filenames: ["first"] }]);
    const frame = (await archive.catalogue.owner("first"))!;
    expect(frame.file).toEqual({
      key: expect.stringMatching(/^frames\/goe\/2024-01-15\/first-[0-9a-f]{16}\.fits$/),
      filename: "first.fits",
      size: bytes.length,
      crc32: crc32(bytes),
      md5: await hex("MD5", bytes),
      sha256: await hex("SHA-256", bytes),
      packing: "none",
      original: null,
      warnings: [],
    });
    expect((await bytesOf(frame.file.key)).equals(bytes)).toBe(true);
    await expectInOrder();
  });

  it("is for the staff", async () => {
    const files = { "x.fits": frameBytes({ FNAME: "not-staff" }) };
    const forbidden = await post(files, TOKENS.user);
    const words = { detail: "You do not have permission to perform this action." };
    expect([forbidden.status, await forbidden.json()]).toEqual([403, words]);
    const form = new FormData();
    expect((await request("/frames/create/", { method: "POST", body: form })).status).toBe(401);
    expect(await archive.catalogue.owner("not-staff")).toBeNull();
  });

  it("takes several files under any field names, also repeated ones, each for itself", async () => {
    const response = await post([
      ["file", "a.fits", frameBytes({ FNAME: "many-a" })],
      ["file", "b.fits", frameBytes({ FNAME: "many-b" })],
      ["b.fits", "broken.fits", Buffer.from("nothing of the kind")],
      ["file7", "c.fits", frameBytes({ FNAME: "many-c" })],
      ["file", "also broken.fits", Buffer.from("neither")],
    ]);
    expect(await response.json()).toEqual({
      created: 3,
      filenames: ["many-a", "many-b", "many-c"],
      errors: [
        "broken.fits: not a FITS file: it does not begin with SIMPLE",
        "also broken.fits: not a FITS file: it does not begin with SIMPLE",
      ],
    });
    await expectInOrder();
  });

  it("without files is no error", async () => {
    const nothing = { created: 0, filenames: [] };
    for (const body of [new URLSearchParams({ x: "1" }), new FormData()]) {
      const response = await request("/frames/create/", { method: "POST", body, token: TOKENS.admin });
      // An empty form has no boundary in its body, so it is none.
      if (body instanceof FormData) expect([200, 400]).toContain(response.status);
      else expect([response.status, await response.json()]).toEqual([200, nothing]);
    }
    const form = new FormData();
    form.append("x", "1");
    form.append("file", new File([], ""));
    const response = await request("/frames/create/", { method: "POST", body: form, token: TOKENS.admin });
    expect(await response.json()).toEqual(nothing);
  });

  it("of no form, or a malformed one, is refused in JSON", async () => {
    const send = (type: string, body: BodyInit, more: Record<string, string> = {}) =>
      request("/frames/create/", {
        method: "POST",
        body,
        token: TOKENS.admin,
        headers: { "Content-Type": type, ...more },
      });
    const raw = await send("application/fits", "SIMPLE");
    expect([raw.status, await raw.json()]).toEqual([415, { detail: expect.stringContaining("application/fits") }]);
    const noBoundary = await send("multipart/form-data", "x");
    expect([noBoundary.status, await noBoundary.json()]).toEqual([
      400,
      { detail: expect.stringContaining("boundary") },
    ]);
    const part = '--B\r\nContent-Disposition: form-data; name="f"; filename="f.fits"\r\n\r\n';
    const good = Buffer.concat([
      Buffer.from(part),
      frameBytes({ FNAME: "before-the-end" }),
      Buffer.from(`\r\n${part}`),
    ]);
    const cutOff = await send("multipart/form-data; boundary=B", Buffer.concat([good, frameBytes({ FNAME: "half" })]));
    expect(cutOff.status).toBe(400);
    expect(await cutOff.json()).toEqual({ detail: expect.stringMatching(/cut off.*were taken: before-the-end\./) });
    expect(await archive.catalogue.owner("half")).toBeNull();
    await expectInOrder();
  });

  it("of more than the archive takes at once is refused, announced or not", async () => {
    const small = { ...env, MAX_UPLOAD_BYTES: "20000" } as Env;
    const send = async (body: BodyInit, headers: Record<string, string> = {}) => {
      const context = createExecutionContext();
      const init = {
        method: "POST",
        body,
        headers: {
          Authorization: `Token ${TOKENS.admin}`,
          "Content-Type": "multipart/form-data; boundary=B",
          ...headers,
        },
      };
      const response = await worker.fetch(new Request("http://archive/frames/create/", init) as never, small, context);
      await waitOnExecutionContext(context);
      return response;
    };
    const part = '--B\r\nContent-Disposition: form-data; name="f"; filename="f.fits"\r\n\r\n';
    const body = Buffer.concat([Buffer.from(part), frameBytes({ FNAME: "too-large" }, 3000), Buffer.from("\r\n--B--")]);
    const words = { detail: "The request is larger than the 0.0 MB that this archive takes at once." };
    const announced = await send(body, { "Content-Length": String(body.length) });
    expect(announced.status).toBe(413);
    const streamed = await send(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array(body));
          controller.close();
        },
      }),
    );
    expect(streamed.status).toBe(413);
    expect(Object.keys(await streamed.json<object>())).toEqual(Object.keys(words));
    await expectInOrder();
  });

  it("by a browser needs the CSRF token, in the header or as the first field", async () => {
    const { csrf, session, unsafe } = await browser("admin");
    const form = (token: string | null, name: string) => {
      const body = new FormData();
      if (token !== null) body.append("csrfmiddlewaretoken", token);
      body.append("file", new File([frameBytes({ FNAME: name }) as Uint8Array<ArrayBuffer>], "x.fits"));
      return body;
    };
    const send = (headers: Record<string, string>, body: FormData) =>
      request("/frames/create/", { method: "POST", headers, body });
    expect((await send(session, form(null, "csrf-none"))).status).toBe(403);
    expect((await send(session, form("wrong", "csrf-wrong"))).status).toBe(403);
    expect(await (await send(session, form(csrf, "csrf-field"))).json()).toMatchObject({ created: 1 });
    expect(await (await send(unsafe, form(null, "csrf-header"))).json()).toMatchObject({ created: 1 });
    expect(await archive.catalogue.owner("csrf-none")).toBeNull();
    expect(await archive.catalogue.owner("csrf-wrong")).toBeNull();
  });
});

describe("names and keys", () => {
  it.each<[string, Cards, string, string]>([
    ["FNAME without known extensions", { FNAME: "a.b.fits" }, "x.fits", "a.b"],
    ["FNAME without directories", { FNAME: "../../evil.fits" }, "x.fits", "evil"],
    ["a name with all kinds of signs", { FNAME: 'my frame "q";x' }, "x.fits", 'my frame "q";x'],
    ["FNAME as a number", { FNAME: 42 }, "x.fits", "42"],
    ["the file's name, where there is no FNAME", {}, "Göttingen 1.fits.gz", "Göttingen 1"],
    ["the file's name, where FNAME is empty", { FNAME: "" }, "empty-fname.fits", "empty-fname"],
  ])("come from %s", async (_, cards, filename, basename) => {
    expect((await upload(filename, frameBytes(cards))).filenames).toEqual([basename]);
  });

  it("cannot be moved out of the archive by any header value", async () => {
    for (const [index, SITEID] of [
      "..",
      "../..",
      "/etc",
      "a/../..",
      ".incoming",
      "\\",
      "x".repeat(60),
      ".",
    ].entries()) {
      const { frame } = await take("x.fits", frameBytes({ SITEID, FNAME: `key-${index}` }));
      expect(frame.file.key).toMatch(/^frames\/[^/.][^/]*\/2024-01-15\/key-\d-[0-9a-f]{16}\.fits$/);
    }
    const { frame } = await take("x.fits", frameBytes({ FNAME: "key-nothing" }).fill(0x20, 80 * 7, 80 * 8));
    expect(frame.file.key).toMatch(/^frames\/unknown\/2024-01-15\/key-nothing-/);
    await expectInOrder();
  });

  it("follow the settings", async () => {
    const config = {
      ...archive.config,
      archiveRoot: "data/raw",
      pathFormatter: "{TELID}/{DATE-OBS|date:}/",
      filenameFormatter: "{SITEID}-{INSTRUME|lower}-{DAY-OBS|date:}-{FRAMENUM|string:04d}{FILTER|filter}.fits",
    };
    const { frame } = await take("x.fits", frameBytes({ FRAMENUM: 7, FILTER: "V", FNAME: "no" }), {
      ...archive,
      config,
    });
    expect(frame.basename).toBe("goe-sb63-20240115-0007_V");
    expect(frame.file.key).toMatch(/^data\/raw\/0m50\/20240115\/goe-sb63-20240115-0007_V-[0-9a-f]{16}\.fits$/);
    await archive.catalogue.remove(frame.id);
    await archive.files.delete([frame.file.key]);
    const slash = { ...archive, config: { ...config, filenameFormatter: "{OBJECT}" } };
    await expect(take("x.fits", frameBytes({ OBJECT: "a/b" }), slash)).rejects.toThrow(/"a\/b", which is no name/);
    const missing = { ...archive, config: { ...config, filenameFormatter: "{NOWHERE}" } };
    await expect(take("x.fits", frameBytes(), missing)).rejects.toThrow(/Keyword 'NOWHERE' not found/);
  });

  it("are the wrapping's own", async () => {
    const plain = frameBytes({ FNAME: "wrapped-1" });
    const zipped = await take("x.fits", gzipSync(plain));
    expect(zipped.frame.file.filename).toBe("wrapped-1.fits.gz");
    expect(zipped.frame.file.key).toMatch(/\.fits\.gz$/);
    expect(zipped.frame).toMatchObject({ width: 4, height: 2 });
    const members = Buffer.concat([gzipSync(plain.subarray(0, 1000)), gzipSync(plain.subarray(1000))]);
    expect((await take("x.fits.gz", members)).outcome).toBe("version");
    await expectInOrder();
  });
});

describe("the same name again", () => {
  const one = frameBytes({ FNAME: "again" });
  const two = frameBytes({ FNAME: "again", OBJECT: "M 31" });

  it("with the same bytes changes nothing", async () => {
    expect(await upload("x.fits", one)).toEqual({ created: 1, filenames: ["again"] });
    const before = await archive.catalogue.owner("again");
    expect(await upload("y.fits", one)).toEqual({ created: 1, filenames: ["again"], duplicates: ["again"] });
    expect(await archive.catalogue.owner("again")).toEqual(before);
    await expectInOrder();
  });

  it("with other bytes is a new version, and the old one stays", async () => {
    const before = (await archive.catalogue.owner("again"))!;
    expect(await upload("x.fits", two)).toEqual({ created: 1, filenames: ["again"] });
    const after = (await archive.catalogue.owner("again"))!;
    expect(after).toMatchObject({ id: before.id, version: 2, object: "M 31" });
    const { versions } = await archive.catalogue.versions({ frameId: before.id }, { limit: 10, offset: 0 }, ALL);
    expect(versions.map(({ version, current }) => [version, current])).toEqual([
      [2, true],
      [1, false],
    ]);
    expect((await bytesOf(before.file.key)).equals(one)).toBe(true);
    expect(await upload("x.fits", one)).toMatchObject({ duplicates: ["again"] });
    await expectInOrder();
  });

  it("at the same moment loses neither", async () => {
    const files = [0, 1, 2, 3].map((n) => frameBytes({ FNAME: "race", OBJECT: `object ${n}` }));
    const answers = await Promise.all([...files, files[0]!].map((bytes) => take("x.fits", bytes)));
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual([
      "created",
      "duplicate",
      "version",
      "version",
      "version",
    ]);
    const { count, versions } = await archive.catalogue.versions({ basename: "race" }, { limit: 10, offset: 0 }, ALL);
    expect(count).toBe(4);
    for (const { file } of versions) expect((await bytesOf(file.key)).length).toBe(file.size);
    await expectInOrder();
  });
});

describe("large files", () => {
  /** 22 MB: three parts of R2. */
  const ROWS = 2_700_000;

  it("go to their own key in parts", async () => {
    const bytes = frameBytes({ FNAME: "large" }, ROWS);
    const { frame } = await take("large.fits", bytes);
    expect(frame.file.key).toMatch(/^frames\/goe\/2024-01-15\/large-/);
    expect((await bytesOf(frame.file.key)).equals(bytes)).toBe(true);
    expect(frame.file).toMatchObject({ size: bytes.length, sha256: await hex("SHA-256", bytes) });
    expect((await take("large.fits", bytes)).outcome).toBe("duplicate");
    await expectInOrder();
  });

  it("are moved when their science header comes late", async () => {
    const table = extensionBytes({ EXTNAME: "MASK", SITEID: "wrong" }, ROWS);
    const sci = extensionBytes({ EXTNAME: "SCI", FNAME: "late", SITEID: "goe" });
    for (const [name, primary] of [
      ["first image is another", emptyPrimary()],
      ["no image before it", Buffer.concat([headerBytes({ SIMPLE: true, BITPIX: 8, NAXIS: 0 }), bigTable()])],
    ] as const) {
      const bytes = Buffer.concat([primary, table, sci]);
      const { frame } = await take("late.fits", bytes);
      expect(frame.file.key, name).toMatch(/^frames\/goe\/2024-01-15\/late-/);
      expect((await bytesOf(frame.file.key)).equals(bytes), name).toBe(true);
    }
    await expectInOrder();
  });

  function bigTable(): Buffer {
    const header = headerBytes({
      XTENSION: "BINTABLE",
      BITPIX: 8,
      NAXIS: 2,
      NAXIS1: 1000,
      NAXIS2: 6000,
      PCOUNT: 0,
      GCOUNT: 1,
      TFIELDS: 1,
      TFORM1: "1000B",
    });
    return Buffer.concat([header, Buffer.alloc(Math.ceil(6_000_000 / 2880) * 2880)]);
  }

  it("leave nothing behind when they turn out to be broken", async () => {
    const bytes = frameBytes({ FNAME: "large-broken" }, ROWS).subarray(0, 21_200_000);
    await expect(take("x.fits", bytes)).rejects.toMatchObject({ code: "UNREADABLE", message: /ends at byte 21200000/ });
    await expectInOrder();
  });

  it("that are bombs are cut off", async () => {
    const config = { ...archive.config, maxInflatedBytes: 1_000_000 };
    const bomb = await fixture("ingest/frames/gz-bomb-200MB.fits.gz");
    await expect(take("bomb.fits.gz", bomb, { ...archive, config })).rejects.toMatchObject({ code: "TOO_LARGE" });
    await expectInOrder();
  });
});

describe("failures", () => {
  /** The bucket with some of its methods replaced; those of a multipart upload too. */
  function bucketWith(broken: Partial<R2Bucket> & { uploadPart?: () => Promise<never> }): R2Bucket {
    return new Proxy(env.FILES, {
      get(bucket, name) {
        if (name in broken && name !== "uploadPart") return broken[name as keyof R2Bucket];
        if (name === "createMultipartUpload" && broken.uploadPart !== undefined) {
          return async (key: string) => {
            const upload = await bucket.createMultipartUpload(key);
            return {
              abort: () => upload.abort(),
              complete: upload.complete.bind(upload),
              uploadPart: broken.uploadPart,
            };
          };
        }
        const value = bucket[name as keyof R2Bucket] as unknown;
        return typeof value === "function" ? value.bind(bucket) : value;
      },
    });
  }
  const fail = async (): Promise<never> => {
    throw new Error("put: We encountered an internal error. Please try again. (10001)");
  };
  const withBucket = (broken: Parameters<typeof bucketWith>[0]): Archive => ({
    ...archive,
    files: fileStore(bucketWith(broken)),
  });
  const withCatalogue = (broken: Partial<Archive["catalogue"]>): Archive => {
    const catalogue = new Proxy(archive.catalogue, {
      get(real, name) {
        if (name in broken) return broken[name as keyof Archive["catalogue"]];
        const value = real[name as keyof Archive["catalogue"]] as unknown;
        return typeof value === "function" ? value.bind(real) : value;
      },
    });
    return { ...archive, catalogue };
  };

  it("of R2 leave nothing, and what was there before", async () => {
    const before = (await take("x.fits", frameBytes({ FNAME: "r2" }))).frame;
    const better = frameBytes({ FNAME: "r2", OBJECT: "new" });
    const refusal = { code: "UNAVAILABLE", message: /could not be stored, and nothing of it was kept/ };
    await expect(take("x.fits", better, withBucket({ put: fail }))).rejects.toMatchObject(refusal);
    const large = frameBytes({ FNAME: "r2", OBJECT: "large" }, 2_700_000);
    await expect(take("x.fits", large, withBucket({ uploadPart: fail }))).rejects.toMatchObject(refusal);
    await expect(take("x.fits", large, withBucket({ createMultipartUpload: fail }))).rejects.toMatchObject(refusal);
    expect(await archive.catalogue.owner("r2")).toEqual(before);
    expect((await bytesOf(before.file.key)).length).toBe(before.file.size);
    await expectInOrder();
  });

  it("of R2 that pass are survived", async () => {
    let calls = 0;
    const put = ((...args: Parameters<R2Bucket["put"]>) =>
      calls++ === 0 ? fail() : env.FILES.put(...args)) as R2Bucket["put"];
    expect((await take("x.fits", frameBytes({ FNAME: "r2-passing" }), withBucket({ put }))).outcome).toBe("created");
    expect(calls).toBe(2);
  });

  it("of D1 take the file away again", async () => {
    const add = async () => {
      throw new Error("D1_ERROR: Network connection lost.");
    };
    const refusal = { code: "UNAVAILABLE", message: /could not be added to the catalogue, and nothing of it was kept/ };
    const bytes = frameBytes({ FNAME: "d1" });
    await expect(take("x.fits", bytes, withCatalogue({ add }))).rejects.toMatchObject(refusal);
    expect(await archive.catalogue.owner("d1")).toBeNull();
    await expectInOrder();
  });

  it("of D1 after the deed keep frame and file", async () => {
    const add: Archive["catalogue"]["add"] = async (...args) => {
      await archive.catalogue.add(...args);
      throw new Error("D1_ERROR: Network connection lost.");
    };
    const { outcome, frame } = await take("x.fits", frameBytes({ FNAME: "d1-late" }), withCatalogue({ add }));
    expect(outcome).toBe("created");
    expect(await env.FILES.head(frame.file.key)).not.toBeNull();
    await expectInOrder();
  });

  it("of D1 altogether leave the file to the sweep", async () => {
    const fails = async () => {
      throw new Error("D1_ERROR: Network connection lost.");
    };
    const broken = withCatalogue({ add: fails, owner: fails });
    await expect(take("x.fits", frameBytes({ FNAME: "d1-gone" }), broken)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    const found = await stock();
    expect(found).toEqual([
      { kind: "orphan", file: expect.objectContaining({ key: expect.stringContaining("d1-gone") }) },
    ]);
    expect(await sweep(archive, Date.now())).toMatchObject({ orphans: 1, removed: 0 });
    expect(await sweep(archive, Date.now() + 25 * 3600_000)).toMatchObject({ orphans: 1, removed: 1, missing: 0 });
    expect(await sweep(archive, Date.now() + 25 * 3600_000)).toMatchObject({ orphans: 0, removed: 0, missing: 0 });
    await expectInOrder();
  });

  it("of the client leave nothing", async () => {
    for (const rows of [2, 1_500_000]) {
      const bytes = frameBytes({ FNAME: "gone" }, rows);
      const body = async function* () {
        yield* piecesOf(bytes.subarray(0, bytes.length - 100));
        throw new Error("Network connection lost.");
      };
      await expect(ingest(archive, { filename: "x.fits", body: body() })).rejects.toThrow("Network connection lost.");
    }
    expect(await archive.catalogue.owner("gone")).toBeNull();
    await expectInOrder();
  });

  it("of the queue do not matter", async () => {
    const queue = { sendBatch: fail };
    expect((await take("x.fits", frameBytes({ FNAME: "queueless" }), { ...archive, queue })).outcome).toBe("created");
  });
});

describe("odd and broken frames", () => {
  interface Expected {
    reads: boolean;
    shapes: (number[] | null)[] | null;
    warnings: string[];
  }

  /** Where the archive is stricter or kinder than astropy, and why. */
  const OTHERWISE: Record<string, { taken: boolean; message?: RegExp; warning?: RegExp }> = {
    "missing-date-obs.fits": { taken: false, message: /Could not find DATE-OBS in FITS header/ },
    "exptime-string.fits": { taken: false, message: /Field 'EXPTIME' expected a number but got 'abc'/ },
    "random-groups.fits": { taken: false, message: /no image/ },
    "gz-bomb-200MB.fits.gz": { taken: false, message: /no image|truncated|ends/i },
    "image.fits.bz2": { taken: false, message: /bzip2, which is not taken; send it as .fits, .fits.gz or .fits.fz/ },
  };

  it("are taken where astropy reads them, with its warnings, and refused by name where not", async () => {
    const expectations = await fixtureJson<Record<string, Expected>>("ingest/frames.json");
    const names = Object.keys(expectations);
    expect(names.length).toBeGreaterThan(55);
    for (const name of names) {
      const { reads, warnings } = expectations[name]!;
      const { taken, message } = OTHERWISE[name] ?? { taken: reads };
      const answer = await upload(name, await fixture(`ingest/frames/${name}`));
      expect(answer.created, `${name}: ${answer.errors}`).toBe(taken ? 1 : 0);
      if (!taken) {
        expect(answer.errors, name).toHaveLength(1);
        expect(answer.errors![0], name).toMatch(new RegExp(`^${name.replaceAll(".", "\\.")}: .{10,}`));
        if (message !== undefined) expect(answer.errors![0]).toMatch(message);
        expect(answer.errors![0]).not.toMatch(/its log says why/);
        continue;
      }
      const frame = (await archive.catalogue.owner(answer.filenames[0]!))!;
      // card-noequals is legal by FITS 4.0 §4.1.2.2, but no one means it.
      const odd = warnings.length > 0 || (name.startsWith("card-") && name !== "card-nan.fits");
      if (odd) expect(frame.file.warnings, name).not.toEqual([]);
    }
    await expectInOrder();
  });

  it("with a DATASUM are compared with it, wherever their headers end", async () => {
    for (const length of [0, 60, 150, 200, 230, 260, 280, 320, 500, 600, 900, 3000]) {
      const filler = Object.fromEntries(Array.from({ length }, (_, n) => [`K${n}`, n]));
      const cards = { EXTNAME: "SCI", FNAME: `sum-${length}`, ...filler };
      // 2880 bytes of 9: 720 words of 0x09090909, carries added.
      const sum = Number(((n: bigint) => (n & 0xffff_ffffn) + (n >> 32n))(720n * 0x0909_0909n));
      const good = Buffer.concat([
        emptyPrimary(),
        extensionBytes({ ...cards, DATASUM: String(sum) }),
        extensionBytes(),
      ]);
      expect((await take("x.fits", good)).frame.file.warnings, `${length} cards`).toEqual([]);
      const bad = Buffer.concat([emptyPrimary(), extensionBytes({ ...cards, DATASUM: "1" }), extensionBytes()]);
      expect((await take("x.fits", bad)).frame.file.warnings, `${length} cards`).toEqual([
        "DATASUM of HDU 1 does not agree with its bytes",
      ]);
    }
    await expectInOrder();
  });

  it("say where a data unit is cut off", async () => {
    const { errors } = await upload("cut.fits", frameBytes({ FNAME: "cut" }, 1000).subarray(0, 5000));
    expect(errors![0]).toMatch(/^cut\.fits: .*ends at byte 5000, inside the data of HDU 0/);
  });

  it("never fail the archive, whatever is broken in them", async () => {
    const base = Buffer.concat([
      emptyPrimary(),
      extensionBytes({ EXTNAME: "SCI", FNAME: "mutant", OBJECT: "M 31", EXPTIME: "`30.0`", L1BIAS: "b" }, 100),
    ]);
    let random = 12345;
    const next = (below: number) => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) % below;
    const mutant = (n: number): Buffer => {
      const bytes = Buffer.from(base);
      const kind = n % 5;
      if (kind === 0) return bytes.subarray(0, next(bytes.length));
      if (kind === 4) return gzipSync(bytes).subarray(0, next(700));
      if (kind === 1) for (let k = 0; k < 5; k++) bytes[next(bytes.length)] = next(256);
      else if (kind === 2) bytes.write("=-9'T/&\0\xff"[next(9)]!.repeat(10), next(5760), "latin1");
      else bytes.copyWithin(80 * next(70), 80 * next(70), 80 * (70 + next(2)));
      return bytes;
    };
    let taken = 0;
    for (let batch = 0; batch < 12; batch++) {
      const files = Array.from({ length: 10 }, (_, n) => [`f${n}`, `mutant-${batch}-${n}.fits`, mutant(n)] as const);
      const answer = await (await post(files.map(([...file]) => file))).json<Answer>();
      expect(answer.created + (answer.errors?.length ?? 0), `batch ${batch}`).toBe(10);
      expect(String(answer.errors), `batch ${batch}`).not.toMatch(/its log says why/);
      taken += answer.created;
    }
    expect(taken).toBeGreaterThan(10);
    expect(taken).toBeLessThan(110);
    await expectInOrder();
  });
});

describe("deletion", () => {
  const remove = (id: number, token = TOKENS.admin) => request(`/frames/${id}/delete/`, { method: "DELETE", token });

  it("removes a frame with every version, file and preview", async () => {
    await take("x.fits", frameBytes({ FNAME: "to-delete" }, 600));
    const { frame } = await take("x.fits", frameBytes({ FNAME: "to-delete", OBJECT: "2" }, 600));
    await env.FILES.put(`previews/${frame.id}/1/x.png`, "picture");
    expect((await remove(frame.id, TOKENS.user)).status).toBe(403);
    const response = await remove(frame.id);
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(await archive.catalogue.owner("to-delete")).toBeNull();
    expect((await env.FILES.list({ prefix: `previews/${frame.id}/` })).objects).toEqual([]);
    const again = await remove(frame.id);
    expect([again.status, await again.json()]).toEqual([404, { detail: "Not found." }]);
    await expectInOrder();
  });

  it("works when the file is gone", async () => {
    const { frame } = await take("x.fits", frameBytes({ FNAME: "file-gone" }));
    await env.FILES.delete(frame.file.key);
    expect((await remove(frame.id)).status).toBe(200);
    await expectInOrder();
  });

  it("answers other methods as the original did", async () => {
    const response = await request("/frames/43/delete/", { token: TOKENS.admin });
    expect([response.status, await response.json()]).toEqual([405, { detail: 'Method "GET" not allowed.' }]);
  });
});

describe("packing at arrival", () => {
  const others = {};
  /** Rows of 360 pixels that all have the same value; four of them are a block of FITS. */
  const frame = (name: string, rows = 80) => frameBytes({ FNAME: name, NAXIS1: 360, NAXIS2: rows }, 90 * rows);
  // The second begins in one part of the writer's and ends in the next, the third's packing has several pieces.
  it.each([
    [80, 0],
    [12_000, 0],
    [12_004, 0x3ff],
  ])("stores a frame of %i rows packed, and gives it back bit for bit", async (rows, noise) => {
    sent.length = 0;
    const bytes = frame(`packed-${rows}`, rows);
    for (let pixel = 0, state = 1; pixel < 360 * rows; pixel++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      bytes.writeInt16BE((state >>> 16) & noise, 2880 + 2 * pixel);
    }
    const body = piecesOf(bytes);
    const { frame: taken } = await ingest(archive, { filename: "x.fits", body, most: bytes.length + 500 });
    const { id, version, file } = taken;
    const stored = await bytesOf(file.key);
    expect(file).toEqual({
      key: expect.stringMatching(/^frames\/goe\/2024-01-15\/packed-\d+-[0-9a-f]{16}\.fits\.fz$/),
      filename: `packed-${rows}.fits.fz`,
      size: stored.length,
      crc32: crc32(stored),
      md5: await hex("MD5", stored),
      sha256: await hex("SHA-256", stored),
      packing: "rice",
      original: {
        filename: `packed-${rows}.fits`,
        size: bytes.length,
        crc32: crc32(bytes),
        md5: await hex("MD5", bytes),
        sha256: await hex("SHA-256", bytes),
      },
      warnings: [],
    });
    expect(stored.length).toBeLessThan(0.9 * bytes.length);
    expect(sent).toEqual([{ kind: "preview", id, version }]);
    const plain = await request(`/frames/${id}/download/?format=fits`, { token: TOKENS.admin });
    expect(bytes.equals(Buffer.from(await plain.arrayBuffer()))).toBe(true);
    expect((await take("x.fits", bytes)).outcome).toBe("duplicate");
    await expectInOrder();
    expect(mayHold(others, MOST_HELD)).toBe(true);
    letGo(others);
  });

  it("leaves to the queue what there is no memory for", async () => {
    sent.length = 0;
    hold(others, MOST_HELD);
    const bytes = frame("crowded");
    const { id, version, file } = (await take("x.fits", bytes)).frame;
    letGo(others);
    expect([file.packing, bytes.equals(await bytesOf(file.key))]).toEqual(["none", true]);
    expect(sent).toContainEqual({ kind: "pack", id, version });
    await expectInOrder();
  });

  it("leaves as it came what does not get smaller, for good", async () => {
    sent.length = 0;
    const bytes = frame("noise");
    crypto.getRandomValues(bytes.subarray(2880, 2880 + 57_600));
    const { id, version, file } = (await take("x.fits", bytes)).frame;
    expect([file.packing, bytes.equals(await bytesOf(file.key))]).toEqual(["none", true]);
    expect(sent).toEqual([{ kind: "preview", id, version }]);
  });

  it("leaves as it came what would not come back", async () => {
    const { kernels } = packRuntime;
    const encode = kernels!.encodeRice!;
    const lying = vi.spyOn(kernels!, "encodeRice").mockImplementation((tile, bytePix, out) => {
      return encode(
        Uint8Array.from(tile, (byte, at) => (at === 5 ? byte ^ 1 : byte)),
        bytePix,
        out,
      );
    });
    const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
    try {
      const bytes = frame("altered");
      const { file } = (await take("x.fits", bytes)).frame;
      expect([file.packing, bytes.equals(await bytesOf(file.key))]).toEqual(["none", true]);
      expect(said).toHaveBeenCalledWith(expect.stringContaining("a packing was refused"));
    } finally {
      lying.mockRestore();
      said.mockRestore();
    }
    await expectInOrder();
  });

  it("leaves nothing when R2 fails", async () => {
    const files = { ...archive.files, put: () => Promise.reject(new FileStoreError("UNAVAILABLE", "no", "x")) };
    await expect(take("x.fits", frame("not-put"), { ...archive, files })).rejects.toThrow("could not be stored");
    expect(await archive.catalogue.owner("not-put")).toBeNull();
    await expectInOrder();
  });
});

describe("work after the answer", () => {
  it("is put in the queue once for each new file", async () => {
    sent.length = 0;
    const floats = frameBytes({ FNAME: "work", BITPIX: -32, NAXIS1: 2 });
    const { frame } = await take("x.fits", floats);
    await take("x.fits", floats);
    const { id, version } = frame;
    expect(sent).toEqual([
      { kind: "preview", id, version },
      { kind: "pack", id, version },
    ]);
  });

  it("may be done twice, and about frames that are gone", async () => {
    const { frame } = await take("x.fits", frameBytes({ FNAME: "work-twice" }, 2000));
    const { id, version } = frame;
    const acts: string[] = [];
    const message = (body: unknown) =>
      ({
        body,
        attempts: 1,
        ack: () => acts.push("ack"),
        retry: () => acts.push("retry"),
      }) as unknown as Message<never>;
    const bodies = [
      { kind: "pack", id, version },
      { kind: "preview", id, version },
      { kind: "pack", id, version },
      { kind: "preview", id: 999_999, version: 1 },
      { kind: "pack", id: 999_999, version: 1 },
    ];
    await consume(archive, { messages: bodies.map(message) } as unknown as MessageBatch<never>);
    expect(acts).toEqual(["ack", "ack", "ack", "ack", "ack"]);
    expect((await env.FILES.list({ prefix: `previews/${id}/` })).objects.length).toBeGreaterThan(0);
    await expectInOrder();
  });

  it("is tried again when it fails", async () => {
    const acts: unknown[] = [];
    const message = {
      body: { kind: "preview", id: 1, version: 1 },
      attempts: 2,
      ack: () => acts.push("ack"),
      retry: (options: unknown) => acts.push(options),
    };
    const catalogue = {
      ...archive.catalogue,
      frame: async () => {
        throw new Error("D1_ERROR");
      },
    } as unknown as Archive["catalogue"];
    await consume({ ...archive, catalogue }, { messages: [message] } as unknown as MessageBatch<never>);
    expect(acts).toEqual([{ delaySeconds: 30 }]);
  });
});

describe("upkeep", () => {
  const LATER = Date.now() + 30 * 3600_000;

  it("shows both lists to the staff", async () => {
    const { frame } = await take("x.fits", frameBytes({ FNAME: "lost" }));
    await env.FILES.delete(frame.file.key);
    await env.FILES.put("frames/goe/stray.fits", "stray");
    await env.FILES.put("previews/987654/1/stray.png", "stray");
    expect((await request("/admin/api/check/files/", { token: TOKENS.user })).status).toBe(403);
    const response = await request("/admin/api/check/files/", { token: TOKENS.admin });
    expect(await response.json()).toMatchObject({
      orphans: [{ key: "frames/goe/stray.fits", size: 5 }, { key: "previews/987654/1/stray.png" }],
      missing: [{ key: frame.file.key, frame: frame.id, version: 1 }],
      truncated: false,
    });
  });

  it("compares the counters with the frames, and writes them anew", async () => {
    const path = "/admin/api/check/counters/";
    expect((await request(path, { method: "POST", token: TOKENS.user })).status).toBe(403);
    expect(await (await request(path, { token: TOKENS.admin })).json()).toEqual({ differences: [] });
    await env.DB.exec("UPDATE combination SET frames = frames + 1 WHERE id = (SELECT min(id) FROM combination)");
    const repaired = await request(path, { method: "POST", token: TOKENS.admin });
    expect(await repaired.json()).toMatchObject({
      differences: [{ counter: expect.stringMatching(/^combination \d+ frames$/) }],
    });
    expect(await (await request(path, { token: TOKENS.admin })).json()).toEqual({ differences: [] });
  });

  it("removes old orphans and only those, and never a row", async () => {
    expect(await sweep(archive, Date.now())).toMatchObject({ orphans: 2, removed: 0, missing: 1 });
    expect(await sweep(archive, LATER)).toMatchObject({ orphans: 2, removed: 2, missing: 1, refused: null });
    expect(await sweep(archive, LATER)).toMatchObject({ orphans: 0, removed: 0, missing: 1 });
    const lost = (await archive.catalogue.owner("lost"))!;
    expect(lost).not.toBeNull();
    await archive.catalogue.remove(lost.id);
    await expectInOrder();
  });

  it("does not touch rows when the bucket seems empty", async () => {
    const before = (await archive.catalogue.keys(0, 1000)).length;
    const files = { ...archive.files, list: async () => ({ files: [], cursor: null }) };
    expect(await sweep({ ...archive, files }, LATER)).toMatchObject({ missing: before, removed: 0 });
    expect((await archive.catalogue.keys(0, 1000)).length).toBe(before);
  });

  it("does not believe in a catalogue that knows nothing", async () => {
    const catalogue = Object.assign(Object.create(archive.catalogue), { keys: async () => [], frames: async () => [] });
    const result = await sweep({ ...archive, catalogue }, LATER);
    expect(result.removed).toBe(0);
    expect(result.refused).toMatch(/have no row/);
    await expectInOrder();
  });
});
