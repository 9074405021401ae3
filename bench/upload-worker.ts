/**
 * The archive with its files outside of the process, as R2 is in production: miniflare's R2 passes every 4 KiB through
 * JavaScript of its own inside the same workerd, whose garbage would hide what the archive needs.
 */
import worker from "../src/worker.ts";

const info = (key: string, size: number) => ({ key, size, etag: key, uploaded: new Date(), httpMetadata: {} });

function bucketOutside(store: Fetcher) {
  const send = async (key: string, body: Uint8Array | ReadableStream) => {
    const answer = await store.fetch(`http://store/${encodeURIComponent(key)}`, {
      method: "PUT",
      body: body as BodyInit,
    });
    return info(key, Number(await answer.text()));
  };
  return {
    put: send,
    head: async () => null,
    delete: async () => undefined,
    async createMultipartUpload(key: string) {
      let size = 0;
      return {
        uploadId: key,
        async uploadPart(partNumber: number, body: Uint8Array) {
          size += (await send(`${key}/${partNumber}`, body)).size;
          return { partNumber, etag: String(partNumber) };
        },
        complete: async () => info(key, size),
        abort: async () => undefined,
      };
    },
  };
}

export default {
  fetch(request, env, context) {
    const { STORE } = env as unknown as { STORE: Fetcher };
    return worker.fetch(request, { ...env, FILES: bucketOutside(STORE) as unknown as R2Bucket }, context);
  },
} satisfies ExportedHandler<Env>;
