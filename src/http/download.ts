/** One frame's file: resumable, verifiable, by token, session or signed link. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { probeStored, storedPiece } from "../archive/delivery.ts";
import { ArchiveError } from "../archive/errors.ts";
import { originalPiece } from "../archive/original.ts";
import { isSeekable } from "../archive/plain-file.ts";
import { failureOf, isUnknown, learnOriginal } from "../archive/unpacking.ts";
import type { Frame, StoredFile } from "../store/frame.ts";
import { attachment, contentTypeOf, DOWNLOAD_COOKIE } from "./attachment.ts";
import { cachingHeaders, isPublic, isSettled } from "./caching.ts";
import { FRAME_PATH, FrameParameters, type HttpContext, requireFile, resource, VersionParameter } from "./context.ts";
import { grant, recall } from "./grants.ts";
import { answerBytes, type Representation } from "./representation.ts";

export const download = resource();

const FORMATS = ["fits", "stored"] as const;

/** `fits`: plain; `stored`: as it is kept; null: what pyobs's clients can open, plain or packed, but no gzip. */
function formatOf(c: HttpContext): (typeof FORMATS)[number] | null {
  const text = c.req.query("format") ?? "";
  const format = FORMATS.find((one) => one === text);
  if (format !== undefined || text === "") return format ?? null;
  throw new ArchiveError("BAD_PARAMETER", "It accepts fits (plain, unpacked) or stored (as it is kept).", {
    field: "format",
  });
}

function base64(hex: string): string {
  return btoa(String.fromCharCode(...hex.match(/../g)!.map((byte) => Number.parseInt(byte, 16))));
}

/** Checksums of the whole file in RFC 9530's words and in RFC 3230's, which older clients know. */
function digests({ sha256, md5 }: Pick<StoredFile, "sha256" | "md5">): Record<string, string> {
  const [sha, five] = [base64(sha256), base64(md5)];
  return { "Repr-Digest": `sha-256=:${sha}:, md5=:${five}:`, Digest: `SHA-256=${sha},MD5=${five}` };
}

/**
 * When the file became what it is. A packing takes the place of an upload without a date of its own: a second more keeps
 * the two apart for clients that compare dates.
 */
function lastModified(frame: Frame): number {
  return frame.created + (frame.file.packing === "none" ? 0 : 1000);
}

/**
 * Whether the plain file inside is to be given, and the frame with that file known. UNREADABLE where it was asked for
 * and cannot be had.
 */
async function chosen(c: HttpContext, frame: Frame): Promise<{ frame: Frame; plain: boolean }> {
  const format = formatOf(c);
  if (format === "stored" || (format === null && isSeekable(frame.file.filename))) return { frame, plain: false };
  const known = isUnknown(frame.file) ? await learnOriginal(c.var, frame) : frame;
  const failure = failureOf(known.file);
  if (failure !== null && format === "fits") {
    throw new ArchiveError("UNREADABLE", `The file of this frame ${failure}`);
  }
  return { frame: known, plain: failure === null };
}

/** The frame whose file is asked for, to whom that is given. */
async function given(c: HttpContext): Promise<Frame> {
  const frame = await requireFile(c, "download");
  grant(c, frame);
  return frame;
}

/** The file as it is kept, or, where that is chosen, the plain file inside. */
function fileOf(c: HttpContext, { frame, plain }: { frame: Frame; plain: boolean }): Representation {
  const { file } = frame;
  const { files, config } = c.var;
  const now = Date.now();
  const original = plain ? file.original : null;
  const given = original ?? file;
  const forEver = c.req.query("version") !== undefined && isSettled(frame, now);
  return {
    size: given.size,
    contentType: contentTypeOf(given.filename),
    validators: { etag: `"${given.sha256}"`, lastModified: lastModified(frame) },
    headers: {
      ...cachingHeaders(isPublic(frame, config, now), forEver),
      ...digests(given),
      "Content-Disposition": attachment(given.filename),
      "Set-Cookie": DOWNLOAD_COOKIE,
    },
    dear: original !== null && !isSeekable(file.filename),
    pieces: ({ start, end }) => [(original === null ? storedPiece : originalPiece)(files, file, start, end)],
    probe: () => probeStored(files, file),
  };
}

const bytes = { "image/fits": { schema: z.string().openapi({ format: "binary" }) } };
const refusal = { "application/json": { schema: z.object({ detail: z.string() }) } };

download.openapi(
  createRoute({
    method: "get",
    path: `${FRAME_PATH}/download/`,
    tags: ["Files"],
    summary: "The frame's file; any range of it, with checksums",
    request: {
      params: FrameParameters,
      query: VersionParameter.extend({
        format: z
          .string()
          .optional()
          .openapi({
            param: {
              description:
                "`fits`: plain, unpacked where it is kept packed or was uploaded as .fz or .gz. `stored`: as it is kept. " +
                "Without it as it is kept, but uploads that came as .gz inflated.",
            },
          }),
        s: z
          .string()
          .optional()
          .openapi({ param: { description: "Signature of a link, instead of credentials." } }),
      }),
    },
    responses: {
      200: { description: "The whole file", content: bytes },
      206: { description: "The ranges asked for", content: bytes },
      304: { description: "The client has it already" },
      403: { description: "The link is altered, expired or of another frame", content: refusal },
      404: { description: "No such frame, or not for these eyes", content: refusal },
      422: { description: "The file cannot be unpacked, and why", content: refusal },
      416: { description: "The range lies outside the file", content: refusal },
    },
  }),
  async (c) => {
    const first = await chosen(c, recall(c) ?? (await given(c)));
    try {
      return await answerBytes(c, fileOf(c, first));
    } catch (error) {
      if (!(error instanceof ArchiveError && error.code === "NOT_FOUND")) throw error;
      // A packing may have taken the file's place since the catalogue was asked.
      const again = await chosen(c, await given(c));
      if (again.frame.file.key === first.frame.file.key) throw error;
      return answerBytes(c, fileOf(c, again));
    }
  },
);
