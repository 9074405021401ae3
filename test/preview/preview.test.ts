import { env } from "cloudflare:workers";
import { gzipSync } from "node:zlib";
import { PhotonImage } from "@cf-wasm/photon";
import { beforeAll, describe, expect, it } from "vitest";
import { packRuntime } from "../../src/archive/fits-runtime.ts";
import { drawPreview, makePreviews, removePreviews } from "../../src/archive/preview.ts";
import { DEFAULT_PREVIEW } from "../../src/archive/preview-options.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { packFits } from "../../src/fits/pack.ts";
import { fileStore } from "../../src/store/files.ts";
import { fixture } from "../fixture.ts";
import { addUser, request } from "../http/archive.ts";
import { type SmallImage, smallFits, tableFits } from "./small-fits.ts";
import { archive, files, get, lastKey, png, STAFF, store, USER } from "./stored-frames.ts";

/** Rises by 1 along x and by 10 along y. */
const RAMP: SmallImage = { bitpix: 16, axes: [40, 30], value: (i) => (i % 40) + 10 * Math.floor(i / 40) };

beforeAll(async () => {
  await addUser("preview-staff", { token: STAFF, isStaff: true });
  await addUser("preview-user", { token: USER });
});

describe("GET /frames/ID/preview/", () => {
  it("is a grey PNG of 200 columns, upright", async () => {
    const large: SmallImage = { bitpix: 16, axes: [400, 300], value: (i) => (i % 400) + 10 * Math.floor(i / 400) };
    const picture = await png(await get(await store(smallFits(large)), "?cuts=minmax"));
    expect([picture.width, picture.height, picture.colourType, picture.transparency]).toEqual([200, 150, 0, null]);
    const at = (x: number, y: number): number => picture.samples[y * 200 + x]!;
    expect(at(0, 149)).toBeLessThan(2); // the image's first pixel, lower left
    expect(at(199, 0)).toBeGreaterThan(253); // its last
    expect(at(0, 0)).toBeGreaterThan(at(199, 149)); // rows weigh more than columns here
  });

  it("has the width asked for, up to the image's own, and enlarges only where none was", async () => {
    const id = await store(smallFits(RAMP));
    for (const [query, width, height] of [
      ["", 200, 150],
      ["?width=20", 20, 15],
      ["?width=1", 1, 1],
      ["?width=40", 40, 30],
      ["?width=4000", 40, 30],
    ] as const) {
      const picture = await png(await get(id, query));
      expect([query, picture.width, picture.height]).toEqual([query, width, height]);
    }
  });

  it("keeps pixels square in thin images, vectors and single pixels", async () => {
    for (const [axes, query, width, height] of [
      // As pyobs-archive: 200 columns, and as many rows as keep pixels square.
      [[37, 301], "", 200, 1627],
      [[1, 100], "", 200, 20_000],
      // Up to four million pixels.
      [[1, 40_000], "", 10, 409_600],
      [[1, 100], "?width=50", 1, 100],
      [[4000, 1], "", 200, 1],
      [[4000], "", 200, 1],
      [[4000, 30], "?width=400", 400, 3],
      [[1, 1], "", 200, 200],
    ] as const) {
      const image: SmallImage = { bitpix: -32, axes: [...axes], value: (i) => i };
      const picture = await png(await get(await store(smallFits(image)), query));
      expect([axes, picture.width, picture.height]).toEqual([axes, width, height]);
    }
  });

  it("shows one plane of a cube", async () => {
    // Every plane is constant but for a corner; the fourth axis counts on.
    const cube: SmallImage = {
      bitpix: 16,
      axes: [5, 4, 3, 2],
      value: (i) => (i % 20 === 0 ? 1000 : 10 * Math.floor(i / 20)),
    };
    const id = await store(smallFits(cube));
    for (const [plane, level] of [
      [0, 0],
      [1, 26],
      [5, 128],
    ]) {
      const picture = await png(await get(id, `?cuts=0,100&width=5&plane=${plane}`));
      expect([plane, picture.samples[1]]).toEqual([plane, level]);
      expect(picture.samples[15]).toBe(255); // the corner is the lower left
    }
    const beyond = await get(id, "?plane=6");
    expect([beyond.status, await beyond.json()]).toEqual([
      400,
      { plane: ["The image has no plane 6; it accepts 0 to 5."] },
    ]);
  });

  it("shows the HDU asked for", async () => {
    const named = (name: string, value: number): SmallImage => ({
      bitpix: 8,
      axes: [4, 4],
      value: () => value,
      cards: { EXTNAME: name },
    });
    const id = await store(smallFits(null, named("MASK", 1), named("SCI", 100)));
    for (const [query, level] of [
      ["", 100],
      ["&hdu=1", 1],
      ["&hdu=mask", 1],
      ["&hdu=SCI", 100],
    ]) {
      expect([query, (await png(await get(id, `?width=4&cuts=0,255${query}`))).samples[0]]).toEqual([query, level]);
    }
    const missing = await get(id, "?hdu=CAT");
    expect([missing.status, await missing.json()]).toEqual([
      400,
      { hdu: ["The file has no HDU CAT; it accepts 0 (PRIMARY), 1 (MASK), 2 (SCI)."] },
    ]);
    const empty = await get(id, "?hdu=0");
    expect(empty.status).toBe(422);
  });

  it("respects a good TRIMSEC, also a reversed one, and no bad one", async () => {
    for (const [section, width, height, first] of [
      ["[11:30,1:15]", 20, 15, 10],
      ["[30:11,15:1]", 20, 15, 10],
      ["[ 11: 30,  1: 15]", 20, 15, 10],
      ["[11:300,1:150]", 30, 30, 10],
      ["[0:30,-4:15]", 30, 15, 0],
      ["[100:200,1:10]", 40, 30, 0],
      ["garbage", 40, 30, 0],
      ["", 40, 30, 0],
    ] as const) {
      const bytes = smallFits({ ...RAMP, cards: { TRIMSEC: section } });
      const picture = await png(await get(await store(bytes), "?width=40&cuts=0,255"));
      expect([section, picture.width, picture.height]).toEqual([section, width, height]);
      expect([section, picture.samples[(height - 1) * width]]).toEqual([section, first]);
    }
  });

  it("leaves undefined pixels transparent, in palettes too, and black in JPEG", async () => {
    const holed: SmallImage = { bitpix: -32, axes: [20, 10], value: (i) => (i % 20 < 10 ? Number.NaN : i) };
    const id = await store(smallFits(holed));
    const grey = await png(await get(id, "?width=20"));
    expect(grey.transparency).toEqual(Uint8Array.of(0, 0));
    expect([grey.samples[0], grey.samples[10]! > 0]).toEqual([0, true]);
    const coloured = await png(await get(id, "?width=20&cmap=viridis"));
    expect([coloured.colourType, coloured.transparency]).toEqual([3, Uint8Array.of(0)]);
    const inverted = await png(await get(id, "?width=20&cmap=invert"));
    expect(inverted.samples[10]).toBe(256 - grey.samples[10]!);
    expect(inverted.samples[0]).toBe(0);
    const blank: SmallImage = { bitpix: 16, axes: [4, 1], value: (i) => (i === 2 ? -1 : i), cards: { BLANK: -1 } };
    const integers = await png(await get(await store(smallFits(blank)), "?width=4&cuts=minmax"));
    expect([...integers.samples]).toEqual([1, 85, 0, 255]);
  });

  it("draws constant images and images of nothing", async () => {
    for (const value of [5, Number.NaN]) {
      const id = await store(smallFits({ bitpix: -32, axes: [8, 8], value: () => value }));
      for (const query of ["", "?cuts=minmax&stretch=histeq", "?cuts=percentile:90&stretch=log", "?format=jpeg"]) {
        expect([value, query, (await get(id, query)).status]).toEqual([value, query, 200]);
      }
    }
  });

  it("means cut levels in the image's units, whatever is stored", async () => {
    const unsigned: SmallImage = {
      ...RAMP,
      value: (i) => RAMP.value(i) - 32768,
      cards: { BZERO: 32768, BSCALE: 1 },
    };
    const scaled: SmallImage = { ...RAMP, value: (i) => RAMP.value(i) * 2 - 6, cards: { BZERO: 3, BSCALE: 0.5 } };
    const negative: SmallImage = { ...RAMP, value: (i) => -RAMP.value(i), cards: { BSCALE: -1 } };
    for (const query of ["?width=40&cuts=20,200", "?width=17", "?width=17&cuts=percentile:80&stretch=asinh"]) {
      const expected = await png(await get(await store(smallFits(RAMP)), query));
      for (const image of [unsigned, scaled, negative]) {
        const found = await png(await get(await store(smallFits(image)), query));
        const apart = found.samples.map((level, i) => Math.abs(level - expected.samples[i]!));
        expect(Math.max(...apart), query).toBeLessThanOrEqual(1);
      }
    }
  });

  it("says how wide a format can be, and does not draw something narrower instead", async () => {
    const id = await store(smallFits({ bitpix: 8, axes: [20_000, 3], value: (i) => i % 251 }));
    const refused = await get(id, "?format=webp&width=90000");
    expect([refused.status, await refused.json()]).toEqual([
      400,
      {
        width: [
          '"90000" is not accepted; it accepts up to 16384 for an image of 20000 × 3 pixels: a webp has at most 16777216 pixels, 16384 a side.',
        ],
      },
    ]);
    expect((await get(id, "?format=webp&width=16384")).status).toBe(200);
    expect((await png(await get(id, "?width=90000"))).width).toBe(20_000);
    const high = await store(smallFits({ bitpix: 8, axes: [1, 20_000], value: (i) => i % 251 }));
    const impossible = await get(high, "?format=webp");
    expect([impossible.status, Object.keys((await impossible.json()) as object)]).toEqual([400, ["format"]]);
    expect((await get(high, "?format=jpeg")).status).toBe(200);
    // Enlarged to 200 columns it would have 6,000 rows, but 300 × 9,000 enlarged by half 13,500.
    const narrow = await store(smallFits({ bitpix: 8, axes: [10, 9000], value: (i) => i % 251 }));
    expect((await get(narrow, "?format=webp")).status).toBe(200);
  });

  it("is as large in every format, by encoders that need no more memory than the picture", async () => {
    const side: SmallImage = { bitpix: -32, axes: [1500, 1000], value: (i) => (i % 97 === 0 ? Number.NaN : i % 251) };
    const id = await store(smallFits(side));
    const query = "?width=1500&cuts=0,250&cmap=magma";
    const reference = await png(await get(id, query));
    const [jpeg, webp] = [await get(id, `${query}&format=jpeg`), await get(id, `${query}&format=webp`)];
    expect([jpeg.headers.get("Content-Type"), webp.headers.get("Content-Type")]).toEqual(["image/jpeg", "image/webp"]);
    for (const [response, most] of [
      [webp, 0],
      [jpeg, 80],
    ] as const) {
      const again = await get(id, `${query}&format=${most === 0 ? "webp" : "jpeg"}`, {
        "If-None-Match": response.headers.get("ETag")!,
      });
      expect(again.status).toBe(304);
      const image = PhotonImage.new_from_byteslice(await response.bytes());
      const [rgba, width, height] = [image.get_raw_pixels(), image.get_width(), image.get_height()];
      image.free();
      expect([width, height]).toEqual([1500, 1000]);
      let worst = 0;
      for (let i = 0; i < reference.samples.length; i++) {
        const level = reference.samples[i]!;
        if (level === 0) continue;
        for (let k = 0; k < 3; k++) {
          worst = Math.max(worst, Math.abs(reference.palette![3 * level + k]! - rgba[4 * i + k]!));
        }
      }
      expect(worst).toBeLessThanOrEqual(most);
      if (most === 0) expect(rgba.filter((_, i) => i % 4 === 3 && rgba[i] === 0).length).toBe(Math.ceil(1.5e6 / 97));
    }
  });

  it("comes as JPEG and WebP too", async () => {
    const id = await store(smallFits(RAMP));
    const jpeg = await get(id, "?format=jpeg&cmap=inferno");
    expect([jpeg.status, jpeg.headers.get("Content-Type")]).toEqual([200, "image/jpeg"]);
    expect([...(await jpeg.bytes()).subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
    const webp = await get(id, "?format=webp");
    expect([webp.status, webp.headers.get("Content-Type")]).toEqual([200, "image/webp"]);
    const bytes = await webp.bytes();
    expect(new TextDecoder().decode(bytes.subarray(8, 12))).toBe("WEBP");
    expect((await get(id, "?format=JPG")).headers.get("Content-Type")).toBe("image/jpeg");
  });

  it("is the same from plain, gzipped and RICE-compressed files", async () => {
    const noise: SmallImage = { bitpix: 16, axes: [300, 250], value: (i) => ((i * 7919) % 500) - 200 };
    const holes: SmallImage = { bitpix: -32, axes: [60, 50], value: (i) => (i % 7 === 0 ? Number.NaN : i % 100) };
    for (const image of [noise, holes]) {
      // An extension behind the image: to know that none is SCI, the reader must go past it.
      const bytes = smallFits(image, { bitpix: 8, axes: [2, 2], value: () => 0, cards: { EXTNAME: "OTHER" } });
      const packed = new Uint8Array(2 * bytes.length);
      const sink = { write: async (offset: number, part: Uint8Array) => packed.set(part, offset) };
      const result = await packFits(new MemorySource(bytes), sink, { runtime: packRuntime, floats: true });
      if (result.outcome !== "packed") throw new Error(result.reason);
      const expected = await png(await get(await store(bytes), "?width=50"));
      for (const other of [gzipSync(bytes), packed.subarray(0, result.size)]) {
        expect((await png(await get(await store(other), "?width=50"))).samples).toEqual(expected.samples);
      }
    }
  });

  it.each([
    ["width", "0"],
    ["width", "-1"],
    ["width", "abc"],
    ["width", "1e3"],
    ["width", "10.5"],
    ["width", "99999999"],
    ["format", "gif"],
    ["cuts", "z"],
    ["cuts", "percentile:0"],
    ["cuts", "5,1"],
    ["stretch", "cubic"],
    ["cmap", "jet"],
    ["hdu", "-1"],
    ["plane", "-1"],
    ["plane", "x"],
  ])("refuses %s=%s by name, and says what it accepts", async (field, value) => {
    const id = await store(smallFits(RAMP));
    const response = await get(id, `?${field}=${encodeURIComponent(value)}`);
    expect(response.status).toBe(400);
    const body = (await response.json()) as Record<string, string[]>;
    expect(Object.keys(body)).toEqual([field]);
    expect(body[field]![0]).toMatch(/accepts/);
  });
});

describe("drawing", () => {
  it("reads a compressed frame from R2 about once, in few reads", async () => {
    let state = 1;
    const noise = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 20) - 2048;
    };
    const bytes = smallFits({ bitpix: 16, axes: [2048, 2048], value: noise });
    const packed = new Uint8Array(2 * bytes.length);
    const sink = { write: async (offset: number, part: Uint8Array) => packed.set(part, offset) };
    const result = await packFits(new MemorySource(bytes), sink, { runtime: packRuntime, floats: true });
    if (result.outcome !== "packed") throw new Error(result.reason);
    const id = await store(packed.subarray(0, result.size));
    const frame = await archive.catalogue.frame(id, { kind: "all" });
    const reads: number[] = [];
    const bucket = {
      head: (key: string) => env.FILES.head(key),
      get(key: string, options: R2GetOptions) {
        reads.push((options.range as { length: number }).length);
        return env.FILES.get(key, options);
      },
    };
    const counted = { config: archive.config, files: fileStore(bucket as unknown as R2Bucket) };
    await drawPreview(counted, frame!.file, DEFAULT_PREVIEW);
    const total = reads.reduce((sum, length) => sum + length, 0);
    expect(result.size).toBeGreaterThan(5e6);
    expect(total).toBeLessThan(result.size + 4 * 1024 * 1024 + 500_000); // the first window may hold what is read again
    expect(Math.max(...reads)).toBeLessThanOrEqual(8 * 1024 * 1024);
    expect(reads.length).toBeLessThan(10);
  });
});

describe("who may see a preview", () => {
  it("is asked before any cache is", async () => {
    const id = await store(smallFits(RAMP), { propid: "SECRET", publicDate: Date.now() + 1e9 });
    const path = `/frames/${id}/preview/?width=30`;
    const staff = await request(path, { token: STAFF });
    expect([staff.status, staff.headers.get("Cache-Control")]).toEqual([200, "private, no-store, no-transform"]);
    const again = await request(path, { token: STAFF });
    expect(again.headers.get("ETag")).toBe(staff.headers.get("ETag"));
    expect(await again.bytes()).toEqual(await staff.bytes());
    const tag = staff.headers.get("ETag")!;
    for (const response of [
      await get(id, "?width=30"),
      await get(id, "?width=30", { "If-None-Match": tag }),
      await get(id),
    ]) {
      expect([response.status, await response.json()]).toEqual([404, { detail: "Not found." }]);
    }
    expect((await request(path)).status).toBe(401);
  });

  it("can be learnt from no address of the cache", async () => {
    const response = await request("/.edge/previews/1/x", { token: USER });
    expect(response.headers.get("Content-Type")).not.toMatch(/^image\/png/);
  });
});

describe("caching", () => {
  it("answers 304 to who has it, and the cache's copy without reading the file again", async () => {
    const id = await store(smallFits(RAMP));
    const first = await get(id, "?width=33");
    const etag = first.headers.get("ETag")!;
    const bytes = await first.bytes();
    const unchanged = await get(id, "?width=33", { "If-None-Match": etag });
    expect([unchanged.status, unchanged.headers.get("ETag"), await unchanged.text()]).toEqual([304, etag, ""]);
    expect((await get(id, "?width=34", { "If-None-Match": etag })).status).toBe(200);
    await env.FILES.delete(lastKey());
    const cached = await get(id, "?width=33");
    expect([cached.status, cached.headers.get("Content-Type")]).toEqual([200, "image/png"]);
    expect(await cached.bytes()).toEqual(bytes);
    const gone = await get(id, "?width=35");
    expect(gone.status).toBe(404);
  });

  it("shows a new version's pixels, and the old one's to who asks for it", async () => {
    const basename = "two-versions";
    const id = await store(smallFits(RAMP), { basename });
    const first = await png(await get(id, "?width=40&cuts=0,400"));
    await store(smallFits({ ...RAMP, value: (i) => 400 - RAMP.value(i) }), { basename });
    const second = await png(await get(id, "?width=40&cuts=0,400"));
    expect(second.samples[0]).not.toBe(first.samples[0]);
    const old = await png(await get(id, "?width=40&cuts=0,400&version=1"));
    expect(old.samples).toEqual(first.samples);
  });
});

describe("kept previews", () => {
  it("are made by the queue in two sizes, served without the file, and go with the frame", async () => {
    const id = await store(smallFits({ bitpix: 16, axes: [1200, 600], value: (i) => i % 1200 }));
    await makePreviews(archive, id, 1);
    const prefix = `previews/${id}/`;
    const kept = (await files.list(prefix)).files.map(({ key }) => key);
    expect(kept).toHaveLength(2);
    await env.FILES.delete(lastKey());
    const small = await png(await get(id));
    const large = await png(await get(id, "?width=1024"));
    expect([small.width, small.height, large.width, large.height]).toEqual([200, 100, 1024, 512]);
    await makePreviews(archive, id, 1); // finds both there, and needs no file
    await removePreviews(files, id);
    expect((await files.list(prefix)).files).toEqual([]);
  });

  it("are the same as those drawn when asked for, which are kept too", async () => {
    const bytes = smallFits({ bitpix: -32, axes: [1100, 50], value: (i) => (i % 13 === 0 ? Number.NaN : i % 1000) });
    const [made, asked] = [await store(bytes), await store(bytes)];
    await makePreviews(archive, made, 1);
    for (const query of ["", "?width=1024", "?width=1024&format=png&cuts=zscale&stretch=linear&cmap=grey"]) {
      expect(await (await get(asked, query)).bytes()).toEqual(await (await get(made, query)).bytes());
    }
    expect((await files.list(`previews/${asked}/`)).files).toHaveLength(2);
  });

  it("are none of a frame without a picture, and that is no error", async () => {
    const id = await store(tableFits());
    await makePreviews(archive, id, 1);
    await makePreviews(archive, 987_654, 1);
    expect((await files.list(`previews/${id}/`)).files).toEqual([]);
  });
});

describe("a preview that cannot be made", () => {
  it("is 422 in JSON, and a drawn notice in a page", async () => {
    const half = smallFits({ bitpix: 16, axes: [100, 100], value: (i) => i }).slice(0, 8640);
    const tiles = await fixture("fits/rice-i2.fits.fz");
    const broken = tiles.slice().fill(0xa5, 5760 + 200);
    for (const bytes of [tableFits(), half, new Uint8Array(5), broken]) {
      const id = await store(bytes);
      const json = await get(id);
      expect(json.status).toBe(422);
      expect(((await json.json()) as { detail: string }).detail).toMatch(/^No preview can be made: /);
      for (const headers of [
        { "Sec-Fetch-Dest": "image" },
        { Accept: "image/avif,image/webp,image/*,*/*;q=0.8" },
      ] as Record<string, string>[]) {
        const drawn = await get(id, "", headers);
        expect([drawn.status, drawn.headers.get("Content-Type")]).toEqual([422, "image/svg+xml; charset=utf-8"]);
        expect(drawn.headers.get("Cache-Control")).toMatch(/no-store/);
        expect(await drawn.text()).toMatch(/^<svg [^>]*>\n<title>No preview: /);
      }
    }
  });

  it("does not let a header's text into the notice's markup", async () => {
    const evil: SmallImage = { bitpix: 8, axes: [2, 2], value: () => 0, cards: { BSCALE: "<script>&" } };
    const drawn = await get(await store(smallFits(evil)), "", { "Sec-Fetch-Dest": "image" });
    expect(drawn.status).toBe(422);
    expect(await drawn.text()).not.toMatch(/<script>/);
  });
});
