/** Lists of frames, and one frame. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { queryOf } from "../archive/search.ts";
import type { FrameList, Page } from "../store/frame.ts";
import {
  FRAME_PATH,
  FrameParameters,
  frameViewOf,
  type HttpContext,
  requireFrame,
  requireSight,
  resource,
  VersionParameter,
} from "./context.ts";
import { FilterParameters, parseFilters } from "./filters.ts";
import { FrameSchema, frameObjects } from "./frame-object.ts";
import { PageParameters, parsePage } from "./paging.ts";
import { versionObjects } from "./versions.ts";

export const frames = resource();

const FrameListSchema = z.object({
  count: z.int().openapi({ description: "How many frames there are in all; exact" }),
  next: z.string().nullable(),
  previous: z.string().nullable(),
  count_estimated: z.literal(false),
  results: z.array(FrameSchema),
});

/** More than a frame can have had in its life; a bound all the same. */
const MOST_VERSIONS = 1000;

/** The address of this very list with other paging parameters; null takes one away. */
function elsewhere(c: HttpContext, changes: Record<string, string | number | null>): string {
  const params = new URL(c.req.url).searchParams;
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) params.delete(name);
    else params.set(name, String(value));
  }
  const query = params.toString();
  return `${c.var.root}frames/${query === "" ? "" : `?${query}`}`;
}

function linksOf(c: HttpContext, page: Page & { byCursor: boolean }, list: FrameList) {
  const { limit, offset } = page;
  if (limit === 0) return { next: null, previous: null };
  if (page.byCursor) {
    const at = (cursor: string | null) => (cursor === null ? null : elsewhere(c, { cursor, offset: null }));
    return { next: at(list.next), previous: at(list.previous) };
  }
  return {
    next: offset + limit < list.count ? elsewhere(c, { limit, offset: offset + limit }) : null,
    previous: offset > 0 ? elsewhere(c, { limit, offset: offset > limit ? offset - limit : null }) : null,
  };
}

frames.openapi(
  createRoute({
    method: "get",
    path: "/frames/",
    tags: ["Frames"],
    summary: "Frames that match every filter given",
    request: { query: FilterParameters.extend(PageParameters) },
    responses: {
      200: { description: "A page of them", content: { "application/json": { schema: FrameListSchema } } },
      400: { description: "A parameter that is not understood, by its name, and what it accepts" },
      401: { description: "No or bad credentials" },
    },
  }),
  async (c): Promise<Response> => {
    const sight = requireSight(c);
    const { searchParams } = new URL(c.req.url);
    const page = parsePage(searchParams);
    const search = parseFilters(searchParams);
    const list = await c.var.catalogue.list(queryOf(search, sight, Date.now()), page, sight);
    return c.json({
      count: list.count,
      ...linksOf(c, page, list),
      count_estimated: false,
      results: frameObjects(frameViewOf(c, search.withRelated), list.frames),
    });
  },
);

frames.openapi(
  createRoute({
    method: "get",
    path: `${FRAME_PATH}/`,
    tags: ["Frames"],
    summary: "One frame, with all its versions, newest first (lists show the current one only)",
    request: { params: FrameParameters, query: VersionParameter },
    responses: {
      200: { description: "The frame", content: { "application/json": { schema: FrameSchema } } },
      404: { description: "Not there, or not for you" },
    },
  }),
  async (c): Promise<Response> => {
    const frame = await requireFrame(c);
    const all = { limit: MOST_VERSIONS, offset: 0 };
    const { versions } = await c.var.catalogue.versions({ frameId: frame.id }, all, requireSight(c));
    const view = frameViewOf(c);
    return c.json({ ...frameObjects(view, [frame])[0], version_set: versionObjects(view, versions) });
  },
);
