/** The Worker that `npm run bench:preview` measures: drawing previews of one file in R2, nothing around it. */
import { drawPreview } from "../src/archive/preview.ts";
import { parsePreview } from "../src/archive/preview-options.ts";
import { fileStore } from "../src/store/files.ts";
import type { StoredFile } from "../src/store/frame.ts";

const KEY = "bench/frame.fits.fz";

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    const files = fileStore(env.FILES);
    if (pathname === "/load") {
      await files.put(KEY, await request.bytes());
      return new Response("loaded");
    }
    const options = parsePreview(Object.fromEntries(searchParams));
    let bytes = new Uint8Array(0);
    for (let round = Number(searchParams.get("rounds")); round > 0; round--) {
      const file = { key: KEY } as StoredFile;
      bytes = new Uint8Array(
        await drawPreview({ config: { maxInflatedBytes: 2 ** 30 } as never, files }, file, options),
      );
    }
    return new Response(bytes);
  },
} satisfies ExportedHandler<Env>;
