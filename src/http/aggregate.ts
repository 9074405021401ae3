/** The choices that the frames found leave for filters. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { queryOf } from "../archive/search.ts";
import type { Aggregate } from "../store/frame.ts";
import { flagOf, requireSight, resource } from "./context.ts";
import { FilterParameters, parseFilters } from "./filters.ts";
import { isoOf } from "./frame-object.ts";

export const aggregate = resource();

const names = z.array(z.string());
const counts = z.record(z.string(), z.int());

const AggregateSchema = z.object({
  imagetypes: names,
  sites: names,
  telescopes: names,
  instruments: names,
  filters: names.openapi({ description: "`None` stands for frames without one" }),
  binnings: names,
  obstypes: names.openapi({ description: "As imagetypes" }),
  proposals: names,
  rlevels: z.array(z.int()),
  generated_at: z.string(),
  count: z.int().optional().openapi({ description: "With counts=true" }),
  bytes: z.int().optional().openapi({ description: "With counts=true: the size of all files" }),
  counts: z
    .object({
      imagetypes: counts,
      sites: counts,
      telescopes: counts,
      instruments: counts,
      filters: counts,
      binnings: counts,
      proposals: counts,
      rlevels: counts,
    })
    .optional()
    .openapi({
      description:
        "With counts=true: how many frames each choice leaves, its own filter set aside. `None` stands for frames without one, in the lists as well",
    }),
});

/** Keys as the API writes them, sorted as Python sorts them. */
function sorted<T extends string | number | null>(found: Map<T, number>, missing: string | null): [string, number][] {
  const named = new Map<string, number>();
  for (const [key, number] of found) {
    const name = key === null || (key === "" && missing !== null) ? missing : String(key);
    if (name !== null) named.set(name, (named.get(name) ?? 0) + number);
  }
  return [...named].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** `missing`: what stands for frames without a type, site, telescope or instrument; null: an empty text. */
function choicesOf(found: Aggregate, missing: string | null) {
  return {
    imagetypes: sorted(found.imagetyp, missing),
    sites: sorted(found.siteid, missing),
    telescopes: sorted(found.telid, missing),
    instruments: sorted(found.instrume, missing),
    filters: sorted(found.filter, "None"),
    binnings: sorted(found.binning, null),
    proposals: sorted(found.propid, null),
  };
}

aggregate.openapi(
  createRoute({
    method: "get",
    path: "/frames/aggregate/",
    tags: ["Frames"],
    summary: "The choices that the frames found leave for each filter",
    request: {
      query: FilterParameters.extend({
        counts: z
          .string()
          .optional()
          .openapi({ param: { description: "`true` adds the number of frames of every choice.", example: "true" } }),
      }),
    },
    responses: {
      200: { description: "They, sorted", content: { "application/json": { schema: AggregateSchema } } },
      400: { description: "A parameter that is not understood, by its name, and what it accepts" },
      401: { description: "No or bad credentials" },
    },
  }),
  async (c): Promise<Response> => {
    const sight = requireSight(c);
    const { searchParams } = new URL(c.req.url);
    const query = queryOf(parseFilters(searchParams), sight, Date.now());
    const facets = flagOf(c, "counts");
    const found = await c.var.catalogue.aggregate(query, sight, { facets });
    // With counts, every choice is one that its filter takes; without, the lists are pyobs-archive's.
    const choices = choicesOf(found, facets ? "None" : null);
    const lists = Object.fromEntries(
      Object.entries(choices).map(([field, entries]) => [field, entries.map(([name]) => name)]),
    );
    const answer = {
      ...lists,
      obstypes: lists.imagetypes,
      rlevels: [...found.rlevel.keys()].sort((a, b) => a - b),
      generated_at: isoOf(Date.now()),
    };
    if (!facets) return c.json(answer);
    const counted = { ...choices, rlevels: sorted(found.rlevel, null) };
    return c.json({
      ...answer,
      count: found.count,
      bytes: found.bytes,
      counts: Object.fromEntries(
        Object.entries(counted).map(([field, entries]) => [field, Object.fromEntries(entries)]),
      ),
    });
  },
);
