/** Frames that a frame was made from. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { FRAME_PATH, FrameParameters, frameViewOf, requireFrame, requireSight, resource } from "./context.ts";
import { FrameSchema, frameObjects } from "./frame-object.ts";

export const related = resource();

related.openapi(
  createRoute({
    method: "get",
    path: `${FRAME_PATH}/related/`,
    tags: ["Frames"],
    summary: "Frames that this one was made from, as far as they are here",
    request: { params: FrameParameters },
    responses: {
      200: { description: "Them", content: { "application/json": { schema: z.array(FrameSchema) } } },
      404: { description: "Not there, or not for you" },
    },
  }),
  async (c): Promise<Response> => {
    const frame = await requireFrame(c);
    const found = await c.var.catalogue.related(frame.id, requireSight(c));
    return c.json(frameObjects(frameViewOf(c), found));
  },
);
