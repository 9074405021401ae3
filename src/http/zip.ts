/** Many frames at once: as one zip of known length, any range of it, or as a list of links for a download program. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { viewerOfId, viewerOfToken } from "../archive/accounts.ts";
import { makeBundle } from "../archive/bundle.ts";
import { archiveOf } from "../archive/context.ts";
import { bundlePieces } from "../archive/delivery.ts";
import { ArchiveError } from "../archive/errors.ts";
import { LIST_FORMATS } from "../archive/link-list.ts";
import { findSelection } from "../archive/selection.ts";
import { sightOf, type Viewer } from "../archive/visibility.ts";
import type { Wish } from "../archive/wish.ts";
import type { Sight } from "../store/frame.ts";
import { selectionStore } from "../store/selections.ts";
import { attachment, DOWNLOAD_COOKIE } from "./attachment.ts";
import { cachingHeaders } from "./caching.ts";
import { type HttpContext, resource, viewerOf } from "./context.ts";
import { CSRF_FIELD, checkCsrf } from "./csrf.ts";
import { FilterParameters } from "./filters.ts";
import { answerList, listFormatOf } from "./link-list.ts";
import { MissingHeaders, missingHeaders } from "./missing.ts";
import { PageParameters } from "./paging.ts";
import { answerBytes } from "./representation.ts";
import { type Fields, FrameIdsBody, fieldOf, flagOf, idsOf, readFieldList, wishOf } from "./wish.ts";

export const zip = resource();

/** Name of the query parameter that carries a selection's token. */
const SELECTION = "selection";

interface Order {
  wish: Wish;
  sight: Sight;
  /** Account whose rights links in an answer lend; null: those of people who are not signed in. */
  user: number | null;
  uncompress: boolean;
  plain: ReadonlySet<number>;
  /** UTC milliseconds; the day in the zip's name. */
  date: number;
  /** Until when links have to work at least, UTC milliseconds. */
  until: number;
}

/** An order by whoever asks. */
function ownOrder(c: HttpContext, viewer: Viewer, fields: Fields): Order {
  const now = Date.now();
  const sight = sightOf(viewer, c.var.config, now);
  const user = viewer.kind === "person" ? viewer.person.id : null;
  const uncompress = flagOf(fields, "uncompress");
  return { wish: wishOf(fields, sight), sight, user, uncompress, plain: new Set(), date: now, until: now };
}

/** The order behind a selection's token, with the rights that its maker has now. */
async function selectedOrder(c: HttpContext, token: string): Promise<Order> {
  const now = Date.now();
  const { ids, plain, userId, uncompress, created, expires } = await findSelection(
    selectionStore(c.env.DB),
    token,
    now,
  );
  const viewer: Viewer = userId === null ? { kind: "anonymous" } : await viewerOfId(c.var.holders, userId);
  if (userId !== null && viewer.kind === "anonymous") {
    throw new ArchiveError("FORBIDDEN", "The account that this selection was made for is closed.");
  }
  const sight = sightOf(viewer, c.var.config, now);
  return {
    wish: { kind: "ids", ids },
    sight,
    user: userId,
    uncompress,
    plain: new Set(plain),
    date: created,
    until: expires,
  };
}

async function answerZip(c: HttpContext, order: Order, ranges: boolean): Promise<Response> {
  const { files, root } = c.var;
  const bundle = await makeBundle(archiveOf(c.env), order.wish, order.sight, { ...order, root });
  return answerBytes(
    c,
    {
      size: bundle.layout.size,
      contentType: "application/zip",
      validators: { etag: bundle.etag, lastModified: null },
      headers: {
        ...cachingHeaders(false, false),
        "Content-Disposition": attachment(bundle.filename),
        ...missingHeaders(bundle),
        "Set-Cookie": DOWNLOAD_COOKIE,
      },
      dear: bundle.dear,
      pieces: ({ start, end }) => bundlePieces(files, bundle, start, end),
    },
    ranges,
  );
}

const content = { "application/zip": { schema: z.string().openapi({ format: "binary" }) } };
const responses = {
  200: { description: "The zip, or the list", headers: MissingHeaders, content },
  206: { description: "The ranges asked for", headers: MissingHeaders, content },
  400: { description: "A parameter that is not understood, by its name, and what it accepts" },
  401: { description: "No or bad credentials" },
  409: {
    description: "Some of the frames are still to be unpacked (`uncompress`); Retry-After says when to ask again",
  },
  413: { description: "More frames or bytes than one zip holds" },
};

zip.openapi(
  createRoute({
    method: "get",
    path: "/frames/zip/",
    tags: ["Files"],
    summary: "The frames that match every filter, as one zip; any range of it",
    description:
      "Takes the filters of the list, or `selection`. `limit` has no upper end here, and without it all are given. " +
      "The zip begins with manifest.csv and checksums.sha256; what was asked for and is not there is in missing.txt.",
    request: {
      query: FilterParameters.extend(PageParameters).extend({
        frame_ids: z
          .union([z.string(), z.array(z.string())])
          .optional()
          .openapi({ type: "array", items: { type: "integer" }, param: { description: "Frames by id" } }),
        selection: z
          .string()
          .optional()
          .openapi({ param: { description: "From POST /frames/selection/, instead of filters and credentials" } }),
        uncompress: z
          .string()
          .optional()
          .openapi({ type: "boolean", param: { description: "Members as plain FITS, unpacked" } }),
        format: z
          .string()
          .optional()
          .openapi({ param: { description: `A list of signed links instead: ${LIST_FORMATS.join(", ")}` } }),
      }),
    },
    responses,
  }),
  async (c): Promise<Response> => {
    const format = listFormatOf(c);
    const token = c.req.query(SELECTION) ?? "";
    const order =
      token !== "" ? await selectedOrder(c, token) : ownOrder(c, viewerOf(c), [...new URL(c.req.url).searchParams]);
    return format === null ? answerZip(c, order, true) : answerList(c, format, order);
  },
);

/** Who sends a form: the token in it, which OCS's pages put there, counts like one in the header. */
async function senderOf(c: HttpContext, fields: Fields): Promise<Viewer> {
  const token = fieldOf(fields, "auth_token") ?? "";
  if (token !== "" && c.req.header("Authorization") === undefined) {
    return viewerOfToken(c.var.holders, token, Date.now());
  }
  checkCsrf(c, fieldOf(fields, CSRF_FIELD));
  return viewerOf(c);
}

// Described and not validated: the body may come in any of four forms, and is read with a limit.
zip.openAPIRegistry.registerPath({
  method: "post",
  path: "/frames/zip/",
  tags: ["Files"],
  summary: "Frames by id as one zip",
  request: { body: FrameIdsBody },
  responses,
});
zip.post("/frames/zip/", async (c) => {
  const fields = await readFieldList(c);
  const viewer = await senderOf(c, fields);
  if (idsOf(fields) === null) {
    throw new ArchiveError("BAD_PARAMETER", "This field is required.", { field: "frame_ids" });
  }
  return answerZip(c, ownOrder(c, viewer, fields), false);
});
