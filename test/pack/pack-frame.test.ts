import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import type { Archive } from "../../src/archive/context.ts";
import { originalPiece } from "../../src/archive/original.ts";
import { packFrame } from "../../src/archive/pack.ts";
import { PartAssembler } from "../../src/archive/part-assembler.ts";
import type { Config } from "../../src/config.ts";
import { makeCard } from "../../src/fits/card-format.ts";
import { Header } from "../../src/fits/header.ts";
import type { Catalogue } from "../../src/store/catalogue.ts";
import { PartSink } from "../../src/store/file-writer.ts";
import { type FileStore, fileStore } from "../../src/store/files.ts";
import type { ListedFrame, StoredFile } from "../../src/store/frame.ts";
import { letGo, MOST_HELD, mayHold } from "../../src/store/held-memory.ts";
import { fixture } from "../fixture.ts";

const files = fileStore(env.FILES);
const hash = (name: string, bytes: Uint8Array) => createHash(name).update(bytes).digest("hex");
let uploads = 0;

/** An upload in R2 and a catalogue that knows nothing else; parts of either can be made to fail. */
async function archive(bytes: Uint8Array, { pack = "on" as Config["pack"], sha256 = hash("sha256", bytes) } = {}) {
  const key = `frames/upload-${++uploads}.fits`;
  await env.FILES.put(key, bytes);
  let file: StoredFile = {
    key,
    filename: "upload.fits",
    size: bytes.length,
    crc32: crc32(bytes),
    md5: hash("md5", bytes),
    sha256,
    packing: "none",
    original: null,
    warnings: ["odd"],
  };
  const catalogue = {
    frame: vi.fn(async () => ({ id: 1, version: 1, file }) as ListedFrame | null),
    replaceFile: vi.fn(async (_id: number, _version: number, expected: string, next: StoredFile) => {
      if (file.key !== expected) return false;
      file = next;
      return true;
    }),
  };
  const store: FileStore = { ...files };
  const parts = { config: { pack } as Config, catalogue: catalogue as unknown as Catalogue, files: store };
  return {
    parts,
    catalogue,
    key,
    run: () => packFrame(parts as Pick<Archive, "config" | "catalogue" | "files">, 1, 1),
    /** What the catalogue says now. */
    file: () => file,
    /** All objects of this upload: its own and those of packings. */
    keys: async () => (await env.FILES.list({ prefix: key })).objects.map((object) => object.key),
    /** The upload is where it was, bit for bit, and nothing else is left. */
    async expectUntouched() {
      expect(file.key).toBe(key);
      expect(await this.keys()).toEqual([key]);
      expect(hash("sha256", await (await env.FILES.get(key))!.bytes())).toBe(hash("sha256", bytes));
    },
  };
}

/** A frame of one integer image, larger than two parts of a multipart upload once packed. */
function largeFrame(): Uint8Array {
  const [width, height] = [2000, 8000];
  const header = new Header([
    makeCard("SIMPLE", true),
    makeCard("BITPIX", 16),
    makeCard("NAXIS", 2),
    makeCard("NAXIS1", width),
    makeCard("NAXIS2", height),
  ]).toBytes();
  const bytes = new Uint8Array(header.length + Math.ceil((2 * width * height) / 2880) * 2880);
  bytes.set(header);
  const data = new DataView(bytes.buffer, header.length);
  let state = 1;
  for (let pixel = 0; pixel < width * height; pixel++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data.setInt16(2 * pixel, 1000 + ((state >>> 16) & 0x3ff));
  }
  return bytes;
}

/** As if other files took all the memory that they may. */
const others = {};
const fillMemory = () => expect(mayHold(others, MOST_HELD)).toBe(true);

describe("packFrame", () => {
  it("puts a proven packing in the upload's place", async () => {
    const upload = await fixture("pack/u16.fits");
    const frame = await archive(await repeated(upload));
    const outcome = await frame.run();
    expect(outcome).toEqual({ outcome: "packed", file: frame.file() });
    const file = frame.file();
    expect(file).toMatchObject({ filename: "upload.fits.fz", packing: "rice", warnings: ["odd"] });
    expect(await frame.keys()).toEqual([file.key]);
    const stored = await (await env.FILES.get(file.key))!.bytes();
    expect([file.size, file.crc32, file.md5, file.sha256]).toEqual([
      stored.length,
      crc32(stored),
      hash("md5", stored),
      hash("sha256", stored),
    ]);
    const { original } = file;
    expect(original).toMatchObject({ filename: "upload.fits", size: (await repeated(upload)).length });
    const piece = originalPiece(files, file, 0, original!.size);
    const back = await new Response(await piece.open()).bytes();
    expect(hash("sha256", back)).toBe(original!.sha256);
    const part = originalPiece(files, file, 3000, 9000);
    expect(await new Response(await part.open()).bytes()).toEqual(back.subarray(3000, 9000));
  });

  it("writes large frames in one go, and gives the memory back", async () => {
    const frame = await archive(largeFrame());
    frame.parts.files.parts = async () => Promise.reject(new Error("in parts"));
    expect((await frame.run()).outcome).toBe("packed");
    expect(frame.file().size).toBeGreaterThan(2 * PartSink.PART);
    fillMemory();
    letGo(others);
  });

  it("packs them in parts where others hold the memory, the first one last", async () => {
    fillMemory();
    const frame = await archive(largeFrame());
    const sent: number[] = [];
    frame.parts.files.parts = async (key) => {
      const sink = await files.parts(key);
      const send = sink.send.bind(sink);
      sink.send = async (number, bytes) => {
        sent.push(number);
        await send(number, bytes);
      };
      return sink;
    };
    expect((await frame.run()).outcome).toBe("packed");
    expect(frame.file().size).toBeGreaterThan(2 * PartSink.PART);
    expect(sent).toEqual([2, 1, 3]);
    letGo(others);
  });

  it("does nothing a second time", async () => {
    const frame = await archive(await repeated(await fixture("pack/i16.fits")));
    await frame.run();
    const after = frame.file();
    expect(await frame.run()).toEqual({ outcome: "kept", reason: "it is packed already" });
    expect(await frame.keys()).toEqual([after.key]);
  });

  it("survives two runs at once", async () => {
    const frame = await archive(await repeated(await fixture("pack/i16.fits")));
    const outcomes = await Promise.all([frame.run(), frame.run()]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(["gone", "packed"]);
    expect(await frame.keys()).toEqual([frame.file().key]);
  });

  it("keeps what it may not, cannot or need not pack", async () => {
    const image = await repeated(await fixture("pack/i16.fits"));
    const floats = await repeated(await fixture("pack/f32.fits"));
    const cases: [Uint8Array, Config["pack"], RegExp][] = [
      [image, "off", /PACK/],
      [floats, "integers", /no image/],
      [await fixture("pack/i16.fits"), "on", /does not pay/],
      [await fixture("pack/u16.fits.fz"), "on", /no image/],
      [new Uint8Array([0x1f, 0x8b, 8, 0]), "on", /not a FITS file/],
      [image.subarray(0, 9000), "on", /ends at byte 9000/],
    ];
    for (const [bytes, pack, reason] of cases) {
      const frame = await archive(bytes, { pack });
      expect(await frame.run()).toEqual({ outcome: "kept", reason: expect.stringMatching(reason) });
      await frame.expectUntouched();
    }
  });

  it("has nothing to do for a frame that is gone", async () => {
    const frame = await archive(await fixture("pack/i16.fits"));
    frame.catalogue.frame.mockResolvedValue(null);
    expect(await frame.run()).toEqual({ outcome: "gone" });
    await frame.expectUntouched();
  });
});

describe("packFrame under failure keeps the upload", () => {
  const upload = async () => archive(await repeated(await fixture("pack/u16.fits")));

  it("when the upload cannot be read, or is not the one the catalogue means", async () => {
    const frame = await upload();
    frame.parts.files.open = async () => Promise.reject(new Error("R2 is down"));
    await expect(frame.run()).rejects.toThrow("R2 is down");
    await frame.expectUntouched();
    const other = await upload();
    other.file().size += 2880;
    await expect(other.run()).rejects.toMatchObject({ code: "CHANGED" });
  });

  it("when the packing cannot be written", async () => {
    const small = await upload();
    small.parts.files.put = async () => Promise.reject(new Error("put failed"));
    await expect(small.run()).rejects.toThrow("put failed");
    await small.expectUntouched();

    fillMemory();
    const large = await archive(largeFrame());
    large.parts.files.parts = async (key) => {
      const sink = await files.parts(key);
      sink.send = async (number) => {
        if (number === 1) throw new Error("part 1 failed");
      };
      return sink;
    };
    await expect(large.run()).rejects.toThrow("part 1 failed");
    await large.expectUntouched();
    letGo(others);
  });

  it("when one bit of the packing is other than it was written, wherever it is", async () => {
    const bytes = await repeated(await fixture("pack/u16.fits"));
    for (let round = 0; round < 12; round++) {
      const frame = await archive(bytes);
      frame.parts.files.put = async (key, body, options) => {
        const flipped = Buffer.concat(body as Uint8Array[]);
        // In the packed image's header, descriptors and tiles; the checksum cards of the packing restore nothing.
        flipped[2880 + Math.floor((round / 12) * (flipped.length - 2880))]! ^= 1 << (round % 8);
        return files.put(key, flipped, options);
      };
      const outcome = await frame.run();
      if (outcome.outcome === "packed") {
        // The bit was in no byte that the original is made of: then the proof still holds.
        const back = await new Response(await originalPiece(files, outcome.file, 0, bytes.length).open()).bytes();
        expect(hash("sha256", back)).toBe(hash("sha256", bytes));
      } else {
        expect(outcome).toMatchObject({ outcome: "kept", reason: expect.stringMatching(/not the same file/) });
        await frame.expectUntouched();
      }
    }
  });

  it("when the catalogue has another SHA-256 of the upload", async () => {
    const frame = await archive(await repeated(await fixture("pack/u16.fits")), { sha256: "0".repeat(64) });
    expect(await frame.run()).toMatchObject({ outcome: "kept", reason: expect.stringMatching(/SHA-256/) });
    await frame.expectUntouched();
  });

  it("when the packing cannot be read back", async () => {
    const frame = await upload();
    frame.parts.files.get = async () => Promise.reject(new Error("get failed"));
    await expect(frame.run()).rejects.toThrow("get failed");
    await frame.expectUntouched();
  });

  it("when the file was replaced meanwhile", async () => {
    const frame = await upload();
    frame.catalogue.replaceFile.mockResolvedValue(false);
    expect(await frame.run()).toEqual({ outcome: "gone" });
    await frame.expectUntouched();
  });

  it("when D1 fails without having written, and the packing too, as long as that is not known", async () => {
    const frame = await upload();
    frame.catalogue.replaceFile.mockRejectedValue(new Error("D1 is down"));
    await expect(frame.run()).rejects.toThrow("D1 is down");
    expect(frame.file().key).toBe(frame.key);
    expect(await frame.keys()).toContain(frame.key);
  });

  it("but not when D1 has written and only its answer was lost", async () => {
    const frame = await upload();
    const replace = frame.catalogue.replaceFile.getMockImplementation()!;
    frame.catalogue.replaceFile.mockImplementation(async (...args) => {
      await replace(...args);
      throw new Error("answer lost");
    });
    expect((await frame.run()).outcome).toBe("packed");
    expect(await frame.keys()).toEqual([frame.file().key]);
  });

  it("when the old object cannot be deleted, which is the upkeep's to repeat", async () => {
    const frame = await upload();
    frame.parts.files.delete = async () => Promise.reject(new Error("delete failed"));
    expect((await frame.run()).outcome).toBe("packed");
    expect((await frame.keys()).sort()).toEqual([frame.key, frame.file().key].sort());
  });
});

describe("PartAssembler", () => {
  it("refuses to make an object with a hole in it", async () => {
    const assembler = new PartAssembler(files, "frames/hole", 30);
    await assembler.write(0, new Uint8Array(10));
    await assembler.write(20, new Uint8Array(10));
    await expect(assembler.finish(30)).rejects.toThrow(/part 0 .* has 20 of 30 bytes/);
    await assembler.abort();
    expect(await env.FILES.head("frames/hole")).toBeNull();
  });
});

/** The first image of a fixture as a taller one, so that packing it pays. */
async function repeated(file: Uint8Array): Promise<Uint8Array> {
  const text = new TextDecoder("latin1").decode(file);
  const at = text.indexOf("NAXIS2  =                   24");
  const start = Math.ceil(text.indexOf("END    ", at) / 2880) * 2880;
  const width = Math.abs(Number(text.slice(text.lastIndexOf("BITPIX  =", at) + 10).slice(0, 20))) / 8;
  const row = 101 * width;
  const height = 24 * 20;
  const bytes = new Uint8Array(start + Math.ceil((row * height) / 2880) * 2880);
  bytes.set(file.subarray(0, start));
  bytes.set(new TextEncoder().encode(`NAXIS2  = ${String(height).padStart(20)}`), at);
  // The quiet rows only: noise over the full range does not pack.
  for (let y = 0; y < height; y++)
    bytes.set(file.subarray(start + row * (y % 3), start + row * (y % 3) + row), start + y * row);
  return bytes;
}
