/** Positions of objects by their names. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { MOST_NAME, resolveName } from "../archive/resolver.ts";
import { requireSight, resource } from "./context.ts";

export const resolve = resource();

const ResolvedSchema = z.object({
  name: z.string().openapi({ description: "As asked" }),
  ra: z.number().openapi({ description: "Degrees, ICRS" }),
  dec: z.number().openapi({ description: "Degrees, ICRS" }),
  designation: z.string().nullable().openapi({ description: "The name that the catalogue has for it" }),
  source: z.string().openapi({ description: "The catalogue or resolver that knows it" }),
});

resolve.openapi(
  createRoute({
    method: "get",
    path: "/resolve/",
    tags: ["Service"],
    summary: "Where an object is, by the name resolver of the archive's settings",
    request: {
      query: z.looseObject({
        name: z
          .union([z.string(), z.array(z.string())])
          .optional()
          .openapi({
            type: "string",
            param: { required: true, description: `Its name, at most ${MOST_NAME} characters.`, example: "M 51" },
          }),
      }),
    },
    responses: {
      200: { description: "The position", content: { "application/json": { schema: ResolvedSchema } } },
      400: { description: "No name" },
      401: { description: "No or bad credentials" },
      404: { description: "No object of this name is known, or no names are resolved here" },
      503: { description: "The resolver does not answer" },
    },
  }),
  async (c): Promise<Response> => {
    requireSight(c);
    const name = new URL(c.req.url).searchParams.getAll("name").at(-1)?.trim() ?? "";
    const found = await resolveName(c.var.config, name, (work) => c.executionCtx.waitUntil(work));
    const source = found.source ?? new URL(c.var.config.resolverUrl!).hostname;
    return c.json({ name, ra: found.ra, dec: found.dec, designation: found.designation, source });
  },
);
