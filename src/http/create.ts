/** Upload: `POST /frames/create/`, as pyobs's clients send it. Files are read as they come, never held. */
import { createRoute } from "@hono/zod-openapi";
import { archiveOf } from "../archive/context.ts";
import { ArchiveError } from "../archive/errors.ts";
import { tooLarge } from "./body-reader.ts";
import { type HttpContext, requireStaff, resource } from "./context.ts";
import { type Created, CreatedSchema, Receipt } from "./created.ts";
import { CSRF_FIELD, checkCsrf } from "./csrf.ts";
import { boundaryOf, type Part, partsOf } from "./multipart.ts";

export const create = resource();

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
    if ((lengthOf(c) ?? 0) > maxUploadBytes) throw tooLarge(maxUploadBytes);
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

/** Bytes of the whole body, where the client says so. */
function lengthOf(c: HttpContext): number | undefined {
  const length = c.req.header("Content-Length");
  return length === undefined ? undefined : Number(length);
}

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
  const receipt = new Receipt(archive);
  let checked = false;
  try {
    for await (const part of parts) {
      if (part.filename === null) {
        if (part.name === CSRF_FIELD && !checked) {
          checkCsrf(c, (await part.text()).trim());
          checked = true;
        } else if (/^file\d*$/i.test(part.name) || (await looksLikeFile(part))) {
          throw nameless(part.name);
        }
        continue;
      }
      if (!checked) checkCsrf(c);
      checked = true;
      await receipt.take({ filename: part.filename, body: part.body, most: lengthOf(c) });
    }
    if (!checked) checkCsrf(c);
  } catch (error) {
    throw mentioning(error, receipt.filenames);
  }
  return receipt.answer;
}

/** Whether a field, which other clients may send along as they like, begins as FITS or gzip do. */
async function looksLikeFile({ body }: Part): Promise<boolean> {
  let head = "";
  for await (const bytes of body) {
    head += String.fromCharCode(...bytes.subarray(0, 9));
    if (head.length >= 9) break;
  }
  return /^(?:SIMPLE {2}=|\x1f\x8b)/.test(head);
}

/** Passing over it would lose a file without a word. */
function nameless(field: string): ArchiveError {
  const message =
    'It has no filename, without which it is not a file: Content-Disposition: form-data; name="file"; filename="a.fits".';
  return new ArchiveError("BAD_PARAMETER", message, { field: field || "file" });
}

/** A request that breaks off after some files has still brought those. */
function mentioning(error: unknown, taken: string[]): unknown {
  if (!(error instanceof ArchiveError) || taken.length === 0) return error;
  const message = `${error.message} Before that, these were taken: ${taken.join(", ")}.`;
  return new ArchiveError(error.code, message, error.details, { cause: error });
}
