/** How many frames each night has: what a calendar shows. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { queryOf } from "../archive/search.ts";
import { requireSight, resource } from "./context.ts";
import { FilterParameters, parseFilters } from "./filters.ts";
import { night, Refused } from "./parameter.ts";

export const nights = resource();

const NightsSchema = z.object({
  results: z.array(
    z.object({
      night: z.string().openapi({ description: "The date at its start (DAY-OBS)" }),
      frames: z.int(),
      bytes: z.int(),
    }),
  ),
});

/** A bound of the nights asked for, `YYYY-MM-DD`; throws BAD_PARAMETER. */
function boundOf(params: URLSearchParams, name: string, fallback: string): string {
  const text = params.getAll(name).at(-1)?.trim() ?? "";
  if (text === "") return fallback;
  try {
    return night(text);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new ArchiveError("BAD_PARAMETER", cause.message, { field: name }, { cause });
  }
}

const bound = (description: string, example: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .openapi({ type: "string", param: { description, example } });

nights.openapi(
  createRoute({
    method: "get",
    path: "/frames/nights/",
    tags: ["Frames"],
    summary: "Nights that have frames which match every filter given, in order, with how many",
    request: {
      query: FilterParameters.extend({
        start: bound("The first night: a date, where lists take a moment.", "2024-01-01"),
        end: bound("The last night: a date, where lists take a moment.", "2024-12-31"),
      }),
    },
    responses: {
      200: { description: "They", content: { "application/json": { schema: NightsSchema } } },
      400: { description: "A parameter that is not understood, by its name, and what it accepts" },
      401: { description: "No or bad credentials" },
    },
  }),
  async (c): Promise<Response> => {
    const sight = requireSight(c);
    const { searchParams } = new URL(c.req.url);
    const first = boundOf(searchParams, "start", "0001-01-01");
    const last = boundOf(searchParams, "end", "9999-12-31");
    for (const name of ["start", "end"]) searchParams.delete(name);
    const query = queryOf(parseFilters(searchParams), sight, Date.now());
    return c.json({ results: await c.var.catalogue.nights(query, first, last, sight) });
  },
);
