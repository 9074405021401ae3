/** A picture of a frame. Who may see it is decided first; only then a cache is asked. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { preview as previewOf } from "../archive/preview.ts";
import { CONTENT_TYPE, limitsOf } from "../archive/preview-encode.ts";
import { FORMATS, parsePreview, previewTag } from "../archive/preview-options.ts";
import { FitsError } from "../fits/errors.ts";
import { COLORMAPS } from "../imaging/colormap.ts";
import { ImagingError } from "../imaging/errors.ts";
import { MAX_PICTURE } from "../imaging/picture.ts";
import { STRETCHES } from "../imaging/stretch.ts";
import { FileStoreError } from "../store/files.ts";
import { cachingHeaders, isPublic } from "./caching.ts";
import { judge } from "./conditional.ts";
import { FRAME_PATH, FrameParameters, type HttpContext, requireFile, resource, VersionParameter } from "./context.ts";
import { notice } from "./notice.ts";

export const preview = resource();

/** Seconds that the edge keeps a preview. Its address there names the pixels, so it never goes stale. */
const EDGE_LIFE = 30 * 24 * 3600;

function parameter(description: string, example: string) {
  return z.string().optional().openapi({ param: { description }, example });
}

preview.openapi(
  createRoute({
    method: "get",
    path: `${FRAME_PATH}/preview/`,
    tags: ["Frames"],
    summary: "A picture of the frame",
    request: {
      params: FrameParameters,
      query: VersionParameter.extend({
        width: parameter(
          `Columns, up to the image's own; without it 200. At most ${MAX_PICTURE} pixels in all, and ${limitsOf("jpeg").side} a side as jpeg, ${limitsOf("webp").side} as webp; more is a 400.`,
          "1024",
        ),
        format: parameter(`${FORMATS.join(", ")}; without it png.`, "png"),
        cuts: parameter("zscale (default), percentile:P, minmax, or LOW,HIGH.", "percentile:99.5"),
        stretch: parameter(`${STRETCHES.join(", ")}; without it linear.`, "asinh"),
        cmap: parameter(`${COLORMAPS.join(", ")}; without it grey.`, "grey"),
        hdu: parameter("Index from 0 or EXTNAME; without it the science image.", "SCI"),
        plane: parameter("Plane of a cube, from 0.", "0"),
        s: parameter("Signature of a link, instead of credentials.", ""),
      }),
    },
    responses: {
      200: {
        description: "It",
        content: Object.fromEntries(Object.values(CONTENT_TYPE).map((type) => [type, { schema: z.any() }])),
      },
      304: { description: "The one you have" },
      400: { description: "A parameter that is not accepted" },
      404: { description: "Not there, or not for you" },
      422: { description: "The frame has no such image, or its data are broken" },
    },
  }),
  async (c): Promise<Response> => {
    const options = parsePreview(c.req.query());
    const frame = await requireFile(c, "preview");
    const etag = previewTag(frame.file, options);
    const headers = {
      ...cachingHeaders(isPublic(frame, c.var.config, Date.now()), c.req.query("version") !== undefined),
      ETag: etag,
    };
    const validators = { etag, lastModified: null };
    if (judge(c.req.raw.headers, validators) === 304) return new Response(null, { status: 304, headers });

    const key = edgeKey(c, frame.id, etag);
    const cached = await caches.default.match(key);
    if (cached !== undefined) {
      return new Response(cached.body, { headers: { ...headers, ...describing(cached.headers) } });
    }
    try {
      const { bytes, contentType } = await previewOf(c.var, frame, options, c.req.raw.signal);
      const described = { "Content-Type": contentType, "Content-Length": `${bytes.length}` };
      const edge = { ...described, "Cache-Control": `public, max-age=${EDGE_LIFE}, immutable` };
      c.executionCtx.waitUntil(caches.default.put(key, new Response(bytes, { headers: edge })));
      return new Response(bytes, { headers: { ...headers, ...described } });
    } catch (error) {
      return refuse(c, error);
    }
  },
);

/**
 * Where the edge keeps a preview. No route answers this address, so what lies there is given only by the handler above,
 * after it has asked whether the frame may be seen.
 */
function edgeKey(c: HttpContext, id: number, etag: string): string {
  return new URL(`.edge/previews/${id}/${encodeURIComponent(etag.slice(1, -1))}`, c.var.root).href;
}

function describing(headers: Headers): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ["Content-Type", "Content-Length"]) {
    const value = headers.get(name);
    if (value !== null) found[name] = value;
  }
  return found;
}

/** Where the request's own parameters are at fault or the store is, others answer; the rest is the frame's fault. */
function refuse(c: HttpContext, error: unknown): Response {
  if (error instanceof ArchiveError || error instanceof FileStoreError) throw error;
  const isOfFile = error instanceof FitsError || error instanceof ImagingError;
  if (!isOfFile) {
    // A fault of ours, met by this file: whoever looks at a list of frames should see all the others.
    console.error(JSON.stringify({ level: "error", id: c.var.requestId, path: c.req.path, error: String(error) }));
  }
  const reason = isOfFile ? error.message.replace(/\.$/, "") : "the archive failed on this file; its log says why";
  if (!wantsImage(c)) {
    throw new ArchiveError("UNREADABLE", `No preview can be made: ${reason}.`, {}, { cause: error });
  }
  return new Response(notice("No preview", reason), {
    status: 422,
    headers: {
      "Content-Type": "image/svg+xml; charset=utf-8",
      "Cache-Control": "private, no-store",
      // Text from a file's header stands in it; it must not be able to do anything, even when opened by itself.
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      Vary: "Accept, Sec-Fetch-Dest",
    },
  });
}

/** Whether the answer goes into an `<img>`: browsers say so, older ones by what they accept. */
function wantsImage(c: HttpContext): boolean {
  const destination = c.req.header("Sec-Fetch-Dest");
  if (destination !== undefined) return destination === "image";
  return /^\s*image\//i.test(c.req.header("Accept") ?? "");
}
