/** Searches that somebody keeps under a name. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { type SavedSearch, savedSearchStore } from "../store/saved-searches.ts";
import { readBody, requiredText } from "./body.ts";
import { requireViewer, resource } from "./context.ts";
import { isoOf } from "./frame-object.ts";

export const searches = resource();

const MOST_SEARCHES = 100;
const PATH = "/profile/searches/";

const SearchSchema = z.object({
  id: z.int(),
  name: z.string(),
  query: z.string().openapi({ description: "`?` and parameters, as in the search page's address; or empty" }),
  created: z.string(),
});

const NewSearch = z.object({
  name: requiredText()
    .trim()
    .min(1, { error: "This field may not be blank." })
    .max(100, { error: "Ensure this field has no more than 100 characters." }),
  query: z
    .string({ error: "This field is required." })
    .max(4000, { error: "Ensure this field has no more than 4000 characters." })
    .regex(/^(\?[^\s#]*)?$/, { error: "It accepts the query of the search page's address, such as ?FILTER=V." }),
});

function searchObject({ id, name, query, created }: SavedSearch): z.infer<typeof SearchSchema> {
  return { id, name, query, created: isoOf(created) };
}

searches.openapi(
  createRoute({
    method: "get",
    path: PATH,
    tags: ["Accounts"],
    summary: "The searches that you keep, newest first",
    responses: {
      200: {
        description: "They",
        content: { "application/json": { schema: z.object({ results: z.array(SearchSchema) }) } },
      },
      401: { description: "No or bad credentials" },
    },
  }),
  async (c): Promise<Response> => {
    const kept = await savedSearchStore(c.env.DB).list(requireViewer(c).id);
    return c.json({ results: kept.map(searchObject) });
  },
);

searches.openAPIRegistry.registerPath({
  method: "post",
  path: PATH,
  tags: ["Accounts"],
  summary: `Keeps a search; an account keeps at most ${MOST_SEARCHES}`,
  request: { body: { required: true, content: { "application/json": { schema: NewSearch } } } },
  responses: {
    201: { description: "The search", content: { "application/json": { schema: SearchSchema } } },
    400: { description: "No name, or a query that is none" },
    401: { description: "No or bad credentials" },
    409: { description: "You keep as many as may be kept" },
  },
});
searches.post(PATH, async (c) => {
  const userId = requireViewer(c).id;
  const body = await readBody(c, NewSearch);
  const kept = await savedSearchStore(c.env.DB).add({ userId, ...body, created: Date.now() }, MOST_SEARCHES);
  if (kept !== null) return c.json(searchObject(kept), 201);
  throw new ArchiveError("CONFLICT", `An account keeps at most ${MOST_SEARCHES} searches; remove one first.`);
});

searches.openAPIRegistry.registerPath({
  method: "delete",
  path: `${PATH}{id}/`,
  tags: ["Accounts"],
  summary: "Forgets one of your searches",
  request: { params: z.object({ id: z.string().openapi({ type: "integer" }) }) },
  responses: {
    204: { description: "Forgotten" },
    401: { description: "No or bad credentials" },
    404: { description: "You keep no such search" },
  },
});
searches.delete(`${PATH}:id{[0-9]+}/`, async (c) => {
  const userId = requireViewer(c).id;
  const removed = await savedSearchStore(c.env.DB).remove(Number(c.req.param("id")), userId);
  if (!removed) throw new ArchiveError("NOT_FOUND", "Not found.");
  return c.body(null, 204);
});
