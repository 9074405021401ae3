/** Puts frames aside under a short address that a browser's own download manager, wget and aria2 can come back to. */
import * as z from "zod";
import { archiveOf } from "../archive/context.ts";
import { LIST_FORMATS } from "../archive/link-list.ts";
import { makeSelection } from "../archive/selection.ts";
import { sightOf } from "../archive/visibility.ts";
import type { Wish } from "../archive/wish.ts";
import type { Sight } from "../store/frame.ts";
import { selectionStore } from "../store/selections.ts";
import { resource, viewerOf } from "./context.ts";
import { answerList, listFormatOf } from "./link-list.ts";
import { MissingHeaders } from "./missing.ts";
import { type Fields, FrameIdsBody, fieldOf, flagOf, idsOf, queryWish, readFieldList } from "./wish.ts";

export const selection = resource();

const SelectionSchema = z.object({
  url: z.string().openapi({ description: "Of the zip; needs no credentials until it expires" }),
  lists: z.object(Object.fromEntries(LIST_FORMATS.map((format) => [format, z.string()]))).openapi({
    description: "Addresses of lists of signed links, by format",
  }),
  count: z.int(),
  bytes: z.int().openapi({ description: "Of all files together" }),
  missing: z.array(z.int()).openapi({ description: "Ids that are not in the archive, or not for you" }),
  expires: z.string(),
});

/** Frames by id, or those that `query` finds: the list's parameters as they stand in its address, or one by one. */
function wishOf(fields: Fields, sight: Sight): Wish {
  const ids = idsOf(fields);
  if (ids !== null) return { kind: "ids", ids };
  const query = fieldOf(fields, "query");
  return queryWish(new URLSearchParams(query ?? fields), sight);
}

selection.openAPIRegistry.registerPath({
  method: "post",
  path: "/frames/selection/",
  tags: ["Files"],
  summary: "Puts frames aside, by id or by a query, under an address of their own",
  description: "`query` is the query string of a list, as in `SITE=goe&night=2024-01-15`, instead of frame_ids.",
  request: {
    query: z.object({
      format: z
        .string()
        .optional()
        .openapi({ param: { description: `Answers a list of signed links at once: ${LIST_FORMATS.join(", ")}` } }),
    }),
    body: FrameIdsBody,
  },
  responses: {
    200: {
      description: "With `format`: the list, whose own address is in Content-Location",
      headers: MissingHeaders,
      content: { "text/plain": { schema: z.string() } },
    },
    201: { description: "Where they are", content: { "application/json": { schema: SelectionSchema } } },
    400: { description: "A parameter that is not understood, by its name, and what it accepts" },
    401: { description: "No or bad credentials" },
    409: { description: "Some of the frames are still to be unpacked (`uncompress`); ask again in some minutes" },
    413: { description: "More frames than one zip holds" },
  },
});
selection.post("/frames/selection/", async (c) => {
  const { config, root } = c.var;
  const format = listFormatOf(c);
  const viewer = viewerOf(c);
  const now = Date.now();
  const sight = sightOf(viewer, config, now);
  const fields = await readFieldList(c);
  const user = viewer.kind === "person" ? viewer.person.id : null;
  const uncompress = flagOf(fields, "uncompress");
  const { token, expires, ids, plain, ...made } = await makeSelection(
    { ...archiveOf(c.env), selections: selectionStore(c.env.DB) },
    wishOf(fields, sight),
    { sight, user, uncompress, now },
  );
  const url = `${root}frames/zip/?selection=${token}`;
  if (format !== null) {
    const wish: Wish = { kind: "ids", ids };
    const order = { wish, sight, user, uncompress, plain: new Set(plain), date: now, until: expires };
    const list = await answerList(c, format, order);
    list.headers.set("Content-Location", `${url}&format=${format}`);
    return list;
  }
  const lists = Object.fromEntries(LIST_FORMATS.map((one) => [one, `${url}&format=${one}`]));
  return c.json({ url, lists, ...made, expires: new Date(expires).toISOString() }, 201, {
    "Cache-Control": "no-store",
  });
});
