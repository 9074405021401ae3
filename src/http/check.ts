/** Whether files, catalogue and counters agree: what the command-line program's `check` shows. Staff only. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { differences } from "../archive/stock.ts";
import { checkCounters, rebuildCounters, rebuildVirtual } from "../store/upkeep.ts";
import { type HttpContext, requireStaff, resource } from "./context.ts";
import { isoOf } from "./frame-object.ts";

export const check = resource();

/** Entries of each list; more than these nobody reads. */
const MOST_LISTED = 1000;

const FilesSchema = z.object({
  objects: z.int().openapi({ description: "Objects looked at" }),
  rows: z.int().openapi({ description: "Versions looked at" }),
  orphans: z
    .array(z.object({ key: z.string(), size: z.int(), uploaded: z.string() }))
    .openapi({ description: "Objects that nothing refers to" }),
  missing: z
    .array(z.object({ key: z.string(), frame: z.int(), version: z.int() }))
    .openapi({ description: "Versions whose object is not there" }),
  open: z.array(z.object({ key: z.string(), opened: z.string() })).openapi({
    description: "Multipart uploads to R2 that are not ended: on their way, or left by a server that died",
  }),
  truncated: z.boolean().openapi({ description: `Whether a list has more than its ${MOST_LISTED} entries` }),
});

check.openapi(
  createRoute({
    method: "get",
    path: "/admin/api/check/files/",
    tags: ["Administration"],
    summary: "Objects without a row, rows without an object, uploads left open",
    responses: {
      200: { description: "The lists", content: { "application/json": { schema: FilesSchema } } },
      401: { description: "No or bad credentials" },
      403: { description: "Not staff" },
    },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    const uploads = await c.var.files.openUploads(Number.MAX_SAFE_INTEGER, MOST_LISTED + 1);
    const report: z.infer<typeof FilesSchema> = {
      objects: 0,
      rows: 0,
      orphans: [],
      missing: [],
      open: uploads.slice(0, MOST_LISTED).map(({ key, opened }) => ({ key, opened: isoOf(opened) })),
      truncated: uploads.length > MOST_LISTED,
    };
    for await (const difference of differences(c.var, report)) {
      const list = difference.kind === "orphan" ? report.orphans : report.missing;
      if (list.length === MOST_LISTED) {
        report.truncated = true;
      } else if (difference.kind === "orphan") {
        const { key, size, uploaded } = difference.file;
        report.orphans.push({ key, size, uploaded: isoOf(uploaded) });
      } else {
        report.missing.push({ key: difference.key, frame: difference.frameId, version: difference.version });
      }
    }
    return c.json(report);
  },
);

const CountersSchema = z.object({
  differences: z
    .array(z.object({ counter: z.string(), kept: z.string().nullable(), counted: z.string().nullable() }))
    .openapi({ description: "Counters that are not what the frames say" }),
});

const counterRoute = {
  path: "/admin/api/check/counters/",
  tags: ["Administration"],
  responses: {
    200: { description: "What differs", content: { "application/json": { schema: CountersSchema } } },
    401: { description: "No or bad credentials" },
    403: { description: "Not staff" },
  },
};

async function counterReport(c: HttpContext): Promise<z.infer<typeof CountersSchema>> {
  const found = await checkCounters(c.env.DB);
  const differences = found.map(({ shard, table, id, column, kept, counted }) => ({
    counter: `${shard === 0 ? "" : `shard ${shard}: `}${table} ${id} ${column}`,
    kept,
    counted,
  }));
  return { differences };
}

check.openapi(
  createRoute({ ...counterRoute, method: "get", summary: "Counters against the frames themselves" }),
  async (c): Promise<Response> => {
    requireStaff(c);
    return c.json(await counterReport(c));
  },
);

check.openapi(
  createRoute({
    ...counterRoute,
    method: "post",
    summary: "Write counters and search tables anew; answers what differed before",
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    const report = await counterReport(c);
    await rebuildCounters(c.env.DB);
    await rebuildVirtual(c.env.DB);
    return c.json(report);
  },
);
