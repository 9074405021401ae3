/** A frame's source catalogue: its table named CAT as comma-separated text. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { byteStream } from "../archive/byte-stream.ts";
import { catalogueCsv } from "../archive/catalogue-csv.ts";
import { openFrameFile } from "../archive/frame-file.ts";
import { FitsError } from "../fits/errors.ts";
import type { FitsFile } from "../fits/file.ts";
import { Table } from "../fits/table.ts";
import { FRAME_PATH, FrameParameters, flagOf, requireFrame, resource, VersionParameter } from "./context.ts";

export const catalog = resource();

const CONTENT_TYPE = "text/comma-separated-values";
const EXTNAME = "CAT";

/** The table, or null where the file has none under that name. */
async function catalogueOf(fits: FitsFile): Promise<Table | null> {
  try {
    return new Table(await fits.hdu(EXTNAME));
  } catch (error) {
    if (error instanceof FitsError && error.code === "NO_SUCH_HDU") return null;
    throw error;
  }
}

/** Heading and first rows: what is wrong with these can still be said in a status. */
async function beginningOf(text: AsyncGenerator<string>): Promise<string> {
  let begun = "";
  for (let pieces = 0; pieces < 2; pieces++) {
    const { value, done } = await text.next();
    if (done) break;
    begun += value;
  }
  return begun;
}

catalog.openapi(
  createRoute({
    method: "get",
    path: `${FRAME_PATH}/catalog/`,
    tags: ["Frames"],
    summary: "The frame's source catalogue (table CAT) as CSV; empty where it has none",
    request: {
      params: FrameParameters,
      query: VersionParameter.extend({
        units: z
          .string()
          .optional()
          .openapi({ param: { description: "`true` puts the units in a comment line before the heading." } }),
      }),
    },
    responses: {
      200: { description: "It", content: { [CONTENT_TYPE]: { schema: { type: "string" } } } },
      404: { description: "Not there, or not for you" },
    },
  }),
  async (c): Promise<Response> => {
    const units = flagOf(c, "units");
    const frame = await requireFrame(c);
    const { signal } = c.req.raw;
    const file = await openFrameFile(c.var.files, frame.file, c.var.config, signal);
    c.header("Content-Type", CONTENT_TYPE);
    const table = await catalogueOf(file).catch(async (error: unknown) => {
      await file[Symbol.asyncDispose]();
      throw error;
    });
    if (table === null || c.req.method === "HEAD") {
      await file[Symbol.asyncDispose]();
      return c.body("");
    }
    const text = catalogueCsv(table, { units, signal });
    let begun: string;
    try {
      begun = await beginningOf(text);
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
    const encoder = new TextEncoder();
    async function* bytes() {
      await using _ = file;
      yield encoder.encode(begun);
      for await (const piece of text) yield encoder.encode(piece);
    }
    return c.body(byteStream(bytes()));
  },
);
