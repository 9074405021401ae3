/** The Worker that `npm run bench:fits` measures: the FITS core alone, on a file that was sent to it before. */
import { fitsRuntime, packRuntime } from "../src/archive/fits-runtime.ts";
import { drawPreview } from "../src/archive/preview.ts";
import { parsePreview } from "../src/archive/preview-options.ts";
import { openFits } from "../src/fits/file.ts";
import { readImage } from "../src/fits/image.ts";
import { MemorySource } from "../src/fits/memory-source.ts";
import { packFits } from "../src/fits/pack.ts";
import { openUnpacked, unpackedPieces } from "../src/fits/unpack.ts";
import { fileStore } from "../src/store/files.ts";
import type { StoredFile } from "../src/store/frame.ts";

const KEY = "bench/frame.fits.fz";
let source = new MemorySource(new Uint8Array(0));

/** Each answers the number of bytes it made, so that nothing can be left out. */
const WORK: Record<string, (env: Env) => Promise<number>> = {
  /** The whole image as a typed array. */
  async decode() {
    const file = await openFits(source, fitsRuntime);
    const { data } = await readImage(await file.science());
    return data.byteLength;
  },
  /** The original file's bytes, a piece at a time. */
  async unpack() {
    let size = 0;
    for await (const piece of unpackedPieces(await openUnpacked(source, fitsRuntime))) size += piece.length;
    return size;
  },
  /** The packed file's bytes, a piece at a time. */
  async pack() {
    const sink = { write: async () => undefined };
    const result = await packFits(source, sink, { runtime: packRuntime, floats: true });
    if (result.outcome === "kept") throw new Error(result.reason);
    return result.size;
  },
  /** A PNG of 200 pixels, drawn from the file in R2. */
  async preview(env) {
    const parts = { config: { maxInflatedBytes: 2 ** 30 } as never, files: fileStore(env.FILES) };
    return (await drawPreview(parts, { key: KEY } as StoredFile, parsePreview({}))).length;
  },
};

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/load") {
      const bytes = await request.bytes();
      source = new MemorySource(bytes);
      await env.FILES.put(KEY, bytes);
      return new Response(`${source.size}`);
    }
    const work = WORK[pathname.slice(1)];
    if (work === undefined) return new Response("no such work", { status: 404 });
    let made = 0;
    for (let round = Number(searchParams.get("rounds")); round > 0; round--) made = await work(env);
    return new Response(`${made}`);
  },
} satisfies ExportedHandler<Env>;
