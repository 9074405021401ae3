/** Names in OBJECT that a search can go on with. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { queryOf } from "../archive/search.ts";
import { requireSight, resource } from "./context.ts";
import { FilterParameters, parseFilters } from "./filters.ts";
import { countOf } from "./paging.ts";

export const objects = resource();

const MOST_OBJECTS = 100;
const MOST_CHARACTERS = 200;

const ObjectsSchema = z.object({
  results: z.array(
    z.object({ name: z.string(), frames: z.int().openapi({ description: "How many of the frames found show it" }) }),
  ),
});

/** The part of a name that is asked for; throws BAD_PARAMETER for one that no name is as long as. */
function partOf(params: URLSearchParams): string {
  const part = params.getAll("contains").at(-1) ?? "";
  if (part.length <= MOST_CHARACTERS) return part;
  const accepts = `It accepts at most ${MOST_CHARACTERS} characters.`;
  throw new ArchiveError("BAD_PARAMETER", accepts, { field: "contains" });
}

objects.openapi(
  createRoute({
    method: "get",
    path: "/objects/",
    tags: ["Frames"],
    summary: "Objects of the frames that match every filter given, those with the most frames first",
    request: {
      query: FilterParameters.extend({
        contains: z
          .union([z.string(), z.array(z.string())])
          .optional()
          .openapi({
            type: "string",
            param: {
              description: "Words that the name holds, in any case and order; beside OBJECT, which narrows as well.",
              example: "ngc 73",
            },
          }),
        limit: z
          .union([z.string(), z.array(z.string())])
          .optional()
          .openapi({
            type: "integer",
            param: { description: `How many objects, at most ${MOST_OBJECTS}; without it 10.`, example: 10 },
          }),
      }),
    },
    responses: {
      200: { description: "They", content: { "application/json": { schema: ObjectsSchema } } },
      400: { description: "A parameter that is not understood, by its name, and what it accepts" },
      401: { description: "No or bad credentials" },
    },
  }),
  async (c): Promise<Response> => {
    const sight = requireSight(c);
    const { searchParams } = new URL(c.req.url);
    const limit = countOf(searchParams, "limit", 10, MOST_OBJECTS);
    const query = queryOf(parseFilters(searchParams), sight, Date.now());
    const objectContains = `${query.objectContains ?? ""} ${partOf(searchParams)}`;
    return c.json({ results: await c.var.catalogue.objects({ ...query, objectContains }, limit, sight) });
  },
);
