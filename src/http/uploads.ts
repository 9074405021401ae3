/** Uploads in parts: announced, sent in any order and again where a line breaks, completed into frames. Staff only. */
import { Buffer } from "node:buffer";
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { archiveOf } from "../archive/context.ts";
import { ArchiveError } from "../archive/errors.ts";
import {
  contentOf,
  dropUpload,
  findUpload,
  keepPart,
  type OpenUpload,
  openUpload,
  PART_SIZE,
  partLength,
} from "../archive/uploads.ts";
import { readBody, requiredText } from "./body.ts";
import { BodyReader } from "./body-reader.ts";
import { type HttpContext, requireStaff, resource } from "./context.ts";
import { CreatedSchema, Receipt } from "./created.ts";
import { isoOf } from "./frame-object.ts";

export const uploads = resource();

const UPLOAD = "/uploads/{id{[0-9a-f]+}}";
const UploadParameters = z.object({ id: z.string() });
const PartParameters = UploadParameters.extend({ number: z.string().openapi({ type: "integer" }) });

const AnnouncementSchema = z.object({
  filename: requiredText(),
  size: z
    .int({ error: ({ input }) => (input === undefined ? "This field is required." : "Not a whole number of bytes.") })
    .min(1),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, { error: "It accepts 64 hexadecimal digits." })
    .optional(),
});

const UploadSchema = z.object({
  id: z.string(),
  filename: z.string(),
  size: z.int(),
  part_size: z.int().openapi({ description: "Bytes of every part but the last" }),
  parts: z.int().openapi({ description: "How many there must be, counted from 1" }),
  received: z.array(z.int()).openapi({ description: "Numbers of those that are there" }),
  expires: z.string().openapi({ description: "When the upload is dropped unless a part comes" }),
});

function uploadObject({ id, filename, size, parts, received, expires }: OpenUpload): z.infer<typeof UploadSchema> {
  return { id, filename, size, part_size: PART_SIZE, parts, received, expires: isoOf(expires) };
}

const refusals = {
  401: { description: "No or bad credentials" },
  403: { description: "Not staff" },
  404: { description: "No such upload" },
};
const answer = { description: "The upload", content: { "application/json": { schema: UploadSchema } } };

uploads.openapi(
  createRoute({
    method: "post",
    path: "/uploads/",
    tags: ["Uploads"],
    summary: "Announce a file that comes in parts",
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: {
            type: "object",
            required: ["filename", "size"],
            properties: {
              filename: { type: "string" },
              size: { type: "integer", description: "Bytes of the whole file" },
              sha256: { type: "string", description: "Of the whole file; compared at the end" },
            },
          },
        },
      },
    },
    responses: {
      201: answer,
      400: { description: "A field that is missing, or not understood" },
      401: refusals[401],
      403: refusals[403],
      413: { description: "Larger than 4 GB" },
      415: { description: "Not JSON" },
    },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    const announced = await readBody(c, AnnouncementSchema);
    return c.json(uploadObject(await openUpload(c.var, announced, Date.now())), 201);
  },
);

uploads.openapi(
  createRoute({
    method: "get",
    path: `${UPLOAD}/`,
    tags: ["Uploads"],
    summary: "Which parts have come",
    request: { params: UploadParameters },
    responses: { 200: answer, ...refusals },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    return c.json(uploadObject(await findUpload(c.var, c.req.param("id"))));
  },
);

uploads.openapi(
  createRoute({
    method: "put",
    path: `${UPLOAD}/parts/{number{[0-9]+}}/`,
    tags: ["Uploads"],
    summary: "Send one part",
    description:
      "In any order, also in parallel, also again. Its checksum is required: `Content-Digest: sha-256=:BASE64:` " +
      "(RFC 9530) or `Content-MD5: BASE64`.",
    request: { params: PartParameters },
    requestBody: {
      required: true,
      content: { "application/octet-stream": { schema: { type: "string", format: "binary" } } },
    },
    responses: {
      200: { description: "It is kept", content: { "application/json": { schema: z.object({ part: z.int() }) } } },
      400: { description: "No checksum, another one, or another length" },
      ...refusals,
    },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    const upload = await findUpload(c.var, c.req.param("id"));
    const number = Number(c.req.param("number"));
    const digest = digestOf(c);
    const bytes = await readPart(c, partLength(upload, number));
    await keepPart(c.var, upload, number, bytes, digest);
    return c.json({ part: number });
  },
);

uploads.openapi(
  createRoute({
    method: "post",
    path: `${UPLOAD}/complete/`,
    tags: ["Uploads"],
    summary: "Make a frame of the parts",
    request: { params: UploadParameters },
    responses: {
      200: {
        description: "As for `POST /frames/create/`",
        content: { "application/json": { schema: CreatedSchema } },
      },
      409: { description: "Parts are missing" },
      ...refusals,
    },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    const upload = await findUpload(c.var, c.req.param("id"));
    const completing = complete(c, upload);
    // A client that goes away loses its answer, not its file.
    c.executionCtx.waitUntil(completing.catch(() => undefined));
    return c.json(await completing);
  },
);

uploads.openapi(
  createRoute({
    method: "delete",
    path: `${UPLOAD}/`,
    tags: ["Uploads"],
    summary: "Drop an upload with its parts",
    request: { params: UploadParameters },
    responses: { 204: { description: "It is gone" }, ...refusals },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    const { id } = await findUpload(c.var, c.req.param("id"));
    await dropUpload(c.var, id);
    return c.body(null, 204);
  },
);

async function complete(c: HttpContext, upload: OpenUpload) {
  const receipt = new Receipt(archiveOf(c.env));
  const { filename, size, sha256 } = upload;
  await receipt.take({ filename, body: contentOf(c.var, upload), sha256, most: size });
  // What failed for a reason that passes can be completed again.
  if (receipt.final) await dropUpload(c.var, upload.id);
  return receipt.answer;
}

function digestOf(c: HttpContext): { algorithm: "md5" | "sha256"; hex: string } {
  const sha256 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]+):/.exec(c.req.header("Content-Digest") ?? "")?.[1];
  const md5 = c.req.header("Content-MD5");
  const [algorithm, base64, length] =
    sha256 === undefined ? (["md5", md5, 16] as const) : (["sha256", sha256, 32] as const);
  const digest = Buffer.from(base64 ?? "", "base64");
  if (digest.length !== length) {
    const message = "A part needs its checksum: Content-Digest: sha-256=:BASE64: or Content-MD5: BASE64.";
    throw new ArchiveError("BAD_PARAMETER", message);
  }
  return { algorithm, hex: digest.toString("hex") };
}

/** The body, which is `expected` bytes long; reads no more than one read buffer beyond. */
async function readPart(c: HttpContext, expected: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(expected);
  const { body } = c.req.raw;
  if (body === null) return new Uint8Array(0);
  const reader = new BodyReader(body, PART_SIZE);
  let size = 0;
  try {
    while (await reader.more()) {
      const { view } = reader;
      if (size + view.length > expected) {
        throw new ArchiveError("BAD_PARAMETER", `This part has more than its ${expected} bytes.`);
      }
      bytes.set(view, size);
      size += view.length;
      reader.take(view.length);
    }
  } finally {
    await reader.release();
  }
  return bytes.subarray(0, size);
}
