/** Whether D1 and R2 answer. Open to everybody, and says nothing else. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { resource } from "./context.ts";

export const health = resource();

const Health = z.object({
  status: z.enum(["ok", "failing"]),
  database: z.enum(["ok", "failing"]),
  files: z.enum(["ok", "failing"]),
});

/** Any key will do: an object that is not there is an answer too. */
const PROBE = "health";

async function probe(c: { var: { requestId: string } }, what: string, ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    console.error(JSON.stringify({ level: "error", id: c.var.requestId, probe: what, error: String(error) }));
    return false;
  }
}

const word = (ok: boolean) => (ok ? ("ok" as const) : ("failing" as const));

health.openapi(
  createRoute({
    method: "get",
    path: "/health/",
    tags: ["Service"],
    summary: "Whether the database and the file store answer",
    responses: {
      200: { description: "Both answer", content: { "application/json": { schema: Health } } },
      503: { description: "One of them does not", content: { "application/json": { schema: Health } } },
    },
  }),
  async (c) => {
    const [database, files] = await Promise.all([
      probe(c, "D1", () => c.var.accounts.isEmpty()),
      probe(c, "R2", () => c.var.files.head(PROBE)),
    ]);
    const ok = database && files;
    return c.json({ status: word(ok), database: word(database), files: word(files) }, ok ? 200 : 503);
  },
);
