/** Upload: `POST /frames/create/`, as pyobs's clients send it. Files are read as they come, never held. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import type { Archive } from "../archive/context.ts";
import { archiveOf } from "../archive/context.ts";
import { ArchiveError } from "../archive/errors.ts";
import { ingest } from "../archive/ingest.ts";
import { tooLarge } from "./body-reader.ts";
import { type HttpContext, requireStaff, resource } from "./context.ts";
import { CSRF_FIELD, checkCsrf } from "./csrf.ts";
import { boundaryOf, type Part, partsOf } from "./multipart.ts";

export const create = resource();

const CreatedSchema = z.object({
  created: z.int().openapi({ description: "Files that the archive has now, also those it had before" }),
  filenames: z.array(z.string()).openapi({ description: "Basenames of these, in the order of the files" }),
  errors: z.array(z.string()).optional().openapi({ description: "For each file refused its name and why" }),
  duplicates: z
    .array(z.string())
    .optional()
    .openapi({ description: "Basenames whose very bytes were here before; nothing was changed for them" }),
});
type Created = z.infer<typeof CreatedSchema>;

create.openapi(
  createRoute({
    method: "post",
    path: "/frames/create/",
    tags: ["Frames"],
    summary: "Upload files",
    description:
      "Staff only. Any number of files, each under any field name: .fits, .fits.gz, .fits.fz. The same bytes again " +
      "change nothing; other bytes under a name that exists become its new version.",
    // Not under `request`, where a validator would read the whole body into memory.
    requestBody: {
      required: true,
      content: {
        "multipart/form-data": {
          schema: {
            type: "object",
            properties: {
              file: { type: "array", items: { type: "string", format: "binary" } },
              [CSRF_FIELD]: { type: "string", description: "For browser sessions; before the files" },
            },
          },
        },
      },
    },
    responses: {
      200: {
        description: "What became of each file",
        content: { "application/json": { schema: CreatedSchema } },
      },
      400: { description: "Not a well-formed form" },
      401: { description: "No or bad credentials" },
      403: { description: "Not staff" },
      413: { description: "Larger than MAX_UPLOAD_BYTES; see /uploads/" },
      415: { description: "Not a form at all" },
    },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    const { maxUploadBytes } = c.var.config;
    if (Number(c.req.header("Content-Length") ?? 0) > maxUploadBytes) throw tooLarge(maxUploadBytes);
    const boundary = formBoundary(c);
    const body = c.req.raw.body;
    if (boundary === null || body === null) {
      checkCsrf(c);
      return c.json({ created: 0, filenames: [] } satisfies Created);
    }
    const receiving = receive(c, partsOf(body, boundary, maxUploadBytes));
    // A client that goes away ends the request, but what it began must still be put in order.
    c.executionCtx.waitUntil(receiving.catch(() => undefined));
    return c.json(await receiving);
  },
);

/** Null for forms without files. Throws UNSUPPORTED for what is no form. */
function formBoundary(c: HttpContext): string | null {
  const type = c.req.header("Content-Type") ?? "";
  const boundary = boundaryOf(type);
  if (boundary !== null || type === "" || /^\s*application\/(x-www-form-urlencoded|json)\b/i.test(type))
    return boundary;
  throw new ArchiveError("UNSUPPORTED", `Unsupported media type "${type}" in request; send multipart/form-data.`);
}

async function receive(c: HttpContext, parts: AsyncIterable<Part>): Promise<Created> {
  const archive = archiveOf(c.env);
  const result = { filenames: [] as string[], duplicates: [] as string[], errors: new Set<string>() };
  let checked = false;
  try {
    for await (const part of parts) {
      if (part.filename === null) {
        if (part.name === CSRF_FIELD && !checked) {
          checkCsrf(c, (await part.text()).trim());
          checked = true;
        }
        continue;
      }
      if (!checked) checkCsrf(c);
      checked = true;
      await takeFile(archive, part, result);
    }
    if (!checked) checkCsrf(c);
  } catch (error) {
    throw mentioning(error, result.filenames);
  }
  const { filenames, duplicates, errors } = result;
  return {
    created: filenames.length,
    filenames,
    ...(errors.size > 0 ? { errors: [...errors] } : {}),
    ...(duplicates.length > 0 ? { duplicates } : {}),
  };
}

/** One file: what is wrong with it becomes an error of the answer, what is wrong with the request is thrown. */
async function takeFile(
  archive: Archive,
  part: Part,
  result: { filenames: string[]; duplicates: string[]; errors: Set<string> },
): Promise<void> {
  const content = new Passage(part.body);
  const filename = part.filename ?? "";
  try {
    const { outcome, frame } = await ingest(archive, { filename, body: content });
    result.filenames.push(frame.basename);
    if (outcome === "duplicate") result.duplicates.push(frame.basename);
  } catch (error) {
    if (content.failure !== null) throw content.failure.error;
    // The empty file input of a browser's form.
    if (filename === "" && content.size === 0) return;
    result.errors.add(`${filename === "" ? "(file without a name)" : filename}: ${causeOf(error, filename)}`);
  }
}

function causeOf(error: unknown, filename: string): string {
  const known = error instanceof ArchiveError;
  if (!known || error.code === "UNAVAILABLE") {
    const cause = known && error.cause !== undefined ? error.cause : error;
    const text = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    console.error(JSON.stringify({ level: "error", message: "ingest failed", filename, error: text }));
  }
  return known ? error.message : "the archive failed on this file; its log says why";
}

/** A request that breaks off after some files has still brought those. */
function mentioning(error: unknown, taken: string[]): unknown {
  if (!(error instanceof ArchiveError) || taken.length === 0) return error;
  const message = `${error.message} Before that, these were taken: ${taken.join(", ")}.`;
  return new ArchiveError(error.code, message, error.details, { cause: error });
}

/** The bytes of a part on their way to the ingest; remembers whether it was the request that failed. */
class Passage implements AsyncIterable<Uint8Array> {
  size = 0;
  failure: { error: unknown } | null = null;

  constructor(private readonly body: AsyncIterable<Uint8Array>) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = this.body[Symbol.asyncIterator]();
    for (;;) {
      const next = await chunks.next().catch((error: unknown) => {
        this.failure = { error };
        throw error;
      });
      if (next.done === true) return;
      this.size += next.value.length;
      yield next.value;
    }
  }
}
