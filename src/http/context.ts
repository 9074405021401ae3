/**
 * What every route gets: the environment's type, the factory for a resource's sub-app, and the questions a route asks
 * about who is there. A resource file exports one sub-app with full paths; `app.ts` mounts it.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import * as z from "zod";
import { viewerOfId } from "../archive/accounts.ts";
import { ArchiveError } from "../archive/errors.ts";
import { LINK_PARAMETER, type LinkUse, verifyLink } from "../archive/links.ts";
import { type Person, sightOf, type Viewer } from "../archive/visibility.ts";
import type { Config } from "../config.ts";
import type { AccountStore } from "../store/accounts.ts";
import type { Catalogue } from "../store/catalogue.ts";
import type { FileStore } from "../store/files.ts";
import type { Frame, ListedFrame, Sight } from "../store/frame.ts";
import type { HolderStore } from "../store/holders.ts";
import { complaint } from "./body.ts";
import type { FrameView } from "./frame-object.ts";
import { Refused, truth } from "./parameter.ts";
import type { pathBelowRoot } from "./public-address.ts";

export interface HttpEnv {
  Bindings: Env;
  Variables: {
    config: Config;
    /** Also in the answer's X-Request-Id and in every log line. */
    requestId: string;
    /** Who is there, or the reason why the credentials given are none. Ask `viewerOf`, `requireSight` or the like. */
    identity: Viewer | ArchiveError;
    catalogue: Catalogue;
    files: FileStore;
    accounts: AccountStore;
    /** Whom tokens, sessions and links speak for. */
    holders: HolderStore;
    /** Public address of the archive, with its path prefix and a trailing slash. */
    root: string;
  };
}

export type HttpContext = Context<HttpEnv>;

/** Path of one frame; only digits reach the handler, so `/frames/zip/` and the like never clash with it. */
export const FRAME_PATH = "/frames/{id{[0-9]+}}";

/** The same for routes that are made without `openapi()`. */
export const FRAME_ROUTE = "/frames/:id{[0-9]+}";

export const FrameParameters = z.object({
  id: z.string().openapi({ type: "integer", param: { description: "Id of the frame." }, example: "1" }),
});

export const VersionParameter = z.looseObject({
  version: z
    .string()
    .optional()
    .openapi({ type: "integer", param: { description: "Number of an earlier version; without it the current one." } }),
});

/** A sub-app for one resource. Values that its schemas refuse become BAD_PARAMETER errors that name the field. */
export function resource(options: { getPath?: typeof pathBelowRoot } = {}): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({
    ...options,
    defaultHook: (result) => {
      if (!result.success) throw complaint(result.error);
    },
  });
}

/** The frame id of a path; ids that no frame can have are NOT_FOUND. */
export function frameIdOf(c: HttpContext): number {
  const id = Number(c.req.param("id"));
  if (!Number.isSafeInteger(id)) throw new ArchiveError("NOT_FOUND", "Not found.");
  return id;
}

/** The version that `?version=` asks for, if any. Throws BAD_PARAMETER. */
export function versionOf(c: HttpContext): number | undefined {
  const text = c.req.query("version") ?? "";
  if (text === "") return undefined;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new ArchiveError("BAD_PARAMETER", "It accepts the number of a version, 1 or more.", { field: "version" });
}

/** A query parameter that is true or false; without it false. Throws BAD_PARAMETER. */
export function flagOf(c: HttpContext, name: string): boolean {
  const text = c.req.query(name) ?? "";
  if (text === "") return false;
  try {
    return truth(text);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new ArchiveError("BAD_PARAMETER", cause.message, { field: name }, { cause });
  }
}

/** Who is there; throws UNAUTHENTICATED where credentials were given and are bad. */
export function viewerOf(c: HttpContext): Viewer {
  const identity = c.var.identity;
  if (identity instanceof ArchiveError) throw identity;
  return identity;
}

/** Which frames may be seen; throws UNAUTHENTICATED where none may without an account. */
export function requireSight(c: HttpContext): Sight {
  return sightOf(viewerOf(c), c.var.config, Date.now());
}

/**
 * As `requireSight`, for one frame's file, headers or preview, which a signed link opens too: then with the rights of
 * the account that the link was made for, and for the version it names. A link that is no good (any more) matters only
 * to those who have nothing else to show.
 */
export async function requireFrameSight(
  c: HttpContext,
  id: number,
  use: LinkUse,
): Promise<{ sight: Sight; version?: number | undefined }> {
  const signature = c.req.query(LINK_PARAMETER);
  if (signature === undefined) return { sight: requireSight(c) };
  const now = Date.now();
  try {
    const link = verifyLink(c.var.config, signature, id, use, now);
    const viewer: Viewer = link.user === null ? { kind: "anonymous" } : await viewerOfId(c.var.holders, link.user);
    if (link.user !== null && viewer.kind === "anonymous") {
      throw new ArchiveError("FORBIDDEN", "The account that this link was made for is closed.");
    }
    const asked = versionOf(c);
    if (asked !== undefined && asked !== link.version) {
      throw new ArchiveError("FORBIDDEN", `This link is for version ${link.version} of the frame.`);
    }
    return { sight: sightOf(viewer, c.var.config, now), version: link.version };
  } catch (error) {
    const identity = c.var.identity;
    if (identity instanceof ArchiveError || identity.kind === "anonymous") throw error;
    return { sight: sightOf(identity, c.var.config, now) };
  }
}

/** Somebody with an account, or UNAUTHENTICATED. */
export function requireViewer(c: HttpContext): Person {
  const viewer = viewerOf(c);
  if (viewer.kind === "person") return viewer.person;
  throw new ArchiveError("UNAUTHENTICATED", "Authentication credentials were not provided.");
}

/** Somebody of the staff, or UNAUTHENTICATED, or FORBIDDEN. */
export function requireStaff(c: HttpContext): Person {
  const person = requireViewer(c);
  if (person.isStaff) return person;
  throw new ArchiveError("FORBIDDEN", "You do not have permission to perform this action.");
}

/** The frame of the path, in the version asked for, or NOT_FOUND, also where it is there but not for these eyes. */
export async function requireFrame(c: HttpContext): Promise<ListedFrame> {
  return here(await c.var.catalogue.frame(frameIdOf(c), requireSight(c), versionOf(c)));
}

/** The same for those who want its file: a signed link for that `use` opens it, too. */
export async function requireFile(c: HttpContext, use: LinkUse): Promise<Frame> {
  const id = frameIdOf(c);
  const { sight, version } = await requireFrameSight(c, id, use);
  const { catalogue, config, identity } = c.var;
  const frame = await catalogue.alone(id, sight, version ?? versionOf(c));
  if (frame !== null || version === undefined) return here(frame);
  // Signed, and its user sees the frame no more: who asks may see it themselves. That there is one, a link gives away.
  if (!(identity instanceof ArchiveError) && identity.kind === "person") {
    const own = await catalogue.alone(id, sightOf(identity, config, Date.now()), version);
    if (own !== null) return own;
  }
  here(await catalogue.alone(id, { kind: "all" }, version));
  throw new ArchiveError("FORBIDDEN", "This link is void: whoever it was made for may not see the frame any more.");
}

function here<T>(frame: T | null): T {
  if (frame === null) throw new ArchiveError("NOT_FOUND", "Not found.");
  return frame;
}

/** What the frame objects of this answer share. */
export function frameViewOf(c: HttpContext, withRelated = true): FrameView {
  const viewer = viewerOf(c);
  const user = viewer.kind === "person" ? viewer.person.id : null;
  return { config: c.var.config, root: c.var.root, user, now: Date.now(), withRelated };
}
