/** Links to one frame with a life of one's choice, to hand to others. */
import * as z from "zod";
import { ArchiveError } from "../archive/errors.ts";
import { ALL_USES, type LinkUse, signLink } from "../archive/links.ts";
import { readBody } from "./body.ts";
import {
  FRAME_PATH,
  FRAME_ROUTE,
  FrameParameters,
  requireFrame,
  requireViewer,
  resource,
  VersionParameter,
} from "./context.ts";

export const share = resource();

const Wanted = z.object({
  seconds: z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error: "A number of seconds is required." })
    .optional()
    .openapi({ type: "integer", example: 86400 }),
  allows: z
    .array(z.enum(["download", "headers", "preview"]))
    .min(1)
    .optional()
    .openapi({ description: "Without it all three" }),
});

const Shared = z.object({
  url: z.string().openapi({ description: "Of the file, or of the first thing that the link allows" }),
  headers: z.string().nullable(),
  preview: z.string().nullable(),
  version: z.int(),
  expires: z.string(),
});

/** Life of a link where none is chosen. */
const DEFAULT_SECONDS = 24 * 3600;

share.openAPIRegistry.registerPath({
  method: "post",
  path: `${FRAME_PATH}/share/`,
  tags: ["Files"],
  summary: "Makes a link that opens this version of the frame to everybody who has it",
  description: "It works as long as you may see the frame yourself, and not longer than it is given.",
  request: {
    params: FrameParameters,
    query: VersionParameter,
    body: { content: { "application/json": { schema: Wanted } } },
  },
  responses: {
    201: { description: "The link", content: { "application/json": { schema: Shared } } },
    400: { description: "A life that is too long, or no life" },
    401: { description: "No or bad credentials" },
    404: { description: "Not there, or not for you" },
  },
});
share.post(`${FRAME_ROUTE}/share/`, async (c) => {
  const { config, root } = c.var;
  const person = requireViewer(c);
  const frame = await requireFrame(c);
  const most = person.isStaff ? config.shareSecondsStaff : config.shareSeconds;
  const { seconds = Math.min(DEFAULT_SECONDS, most), allows } = await readBody(c, Wanted);
  if (!Number.isInteger(seconds) || seconds < 60 || seconds > most) {
    throw new ArchiveError("BAD_PARAMETER", `It accepts a number of seconds from 60 to ${most}.`, { field: "seconds" });
  }
  const uses: readonly LinkUse[] = ALL_USES.filter((use) => allows?.includes(use) ?? true);
  const expires = Math.ceil(Date.now() / 1000 + seconds) * 1000;
  const link = signLink(config, { frame: frame.id, version: frame.version, user: person.id, uses, expires });
  const to = (use: LinkUse) => (uses.includes(use) ? `${root}frames/${frame.id}/${use}/?${link}` : null);
  const first = uses[0]!;
  return c.json(
    {
      url: to(first),
      headers: to("headers"),
      preview: to("preview"),
      version: frame.version,
      expires: new Date(expires).toISOString(),
    },
    201,
    { "Cache-Control": "no-store" },
  );
});
