/** The archive, and beside it the way not taken: the same files through fflate's streaming zip. For bench/delivery.mjs. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { Zip, ZipPassThrough } from "fflate";
import { openCatalogue } from "../src/store/d1-catalogue.ts";
import { fileStore } from "../src/store/files.ts";
import type { FrameFacts } from "../src/store/frame.ts";
import archive from "../src/worker.ts";

const FACTS: Omit<FrameFacts, "basename" | "siteid"> = {
  telid: "0m50",
  instrume: "cam1",
  imagetyp: "object",
  filter: "V",
  object: "M 51",
  rlevel: 0,
  dateObs: Date.UTC(2026, 0, 1),
  night: "2026-01-01",
  exptime: 60,
  xbinning: 1,
  ybinning: 1,
  width: 1000,
  height: 1000,
  ra: null,
  dec: null,
  footprint: null,
  reqnum: null,
  obsnum: null,
  propid: null,
  publicDate: null,
  related: [],
};

/** Frames with files of `size` bytes, written as an ingest writes them. */
async function fill(env: Env, site: string, count: number, size: number): Promise<Response> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 2654435761) >>> 13;
  const [md5, sha256] = ["md5", "sha256"].map((name) => createHash(name).update(bytes).digest("hex"));
  const sums = { size, crc32: crc32(bytes), md5: md5!, sha256: sha256! };
  for (let made = 0; made < count; made++) {
    const basename = `${site}-${made}`;
    const key = `frames/${site}/${basename}.fits`;
    const writer = fileStore(env.FILES).writer(key);
    await writer.write(bytes);
    await writer.finish();
    const file = { key, filename: `${basename}.fits`, ...sums, packing: "none" as const, original: null, warnings: [] };
    await openCatalogue(env.DB).add({ ...FACTS, basename, siteid: site }, file, Date.now());
  }
  return new Response("filled");
}

async function fflateZip(bucket: R2Bucket, prefix: string): Promise<Response> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  let written: Promise<void> = Promise.resolve();
  const zip = new Zip((error, data, final) => {
    if (error) throw error;
    written = writer.write(data);
    if (final) void writer.close();
  });
  const { objects } = await bucket.list({ prefix });
  void (async () => {
    for (const { key } of objects) {
      const member = new ZipPassThrough(key);
      zip.add(member);
      const object = await bucket.get(key);
      for await (const bytes of object!.body) {
        member.push(bytes);
        await written;
      }
      member.push(new Uint8Array(0), true);
    }
    zip.end();
  })();
  return new Response(readable);
}

export default {
  ...archive,
  fetch: (request, env, context) => {
    const { pathname, searchParams } = new URL(request.url);
    const of = (name: string) => searchParams.get(name) ?? "";
    if (pathname === "/bench/fflate/") return fflateZip(env.FILES, `frames/${of("site")}/`);
    if (pathname === "/bench/fill/") {
      return fill(env, of("site"), Number(of("count")), Number(of("size")));
    }
    return archive.fetch(request, env, context);
  },
} satisfies ExportedHandler<Env>;
