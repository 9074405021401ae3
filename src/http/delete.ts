/** `DELETE /frames/ID/delete/`: the frame with all its versions, files and previews. */
import { createRoute } from "@hono/zod-openapi";
import { removeFrame } from "../archive/removal.ts";
import { FRAME_PATH, FrameParameters, frameIdOf, requireStaff, resource } from "./context.ts";

export const remove = resource();

remove.openapi(
  createRoute({
    method: "delete",
    path: `${FRAME_PATH}/delete/`,
    tags: ["Frames"],
    summary: "Delete a frame with all its versions",
    description: "Staff only. A frame that is not there (any more) is a 404.",
    request: { params: FrameParameters },
    responses: {
      200: { description: "It is gone" },
      401: { description: "No or bad credentials" },
      403: { description: "Not staff" },
      404: { description: "Not there" },
    },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    await removeFrame(c.var, frameIdOf(c));
    return c.body("", 200, { "Content-Type": "text/html; charset=utf-8" });
  },
);
