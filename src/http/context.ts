/**
 * What every route gets: the environment's type, the factory for a resource's sub-app, and the questions a route asks
 * about who is there. A resource file exports one sub-app with full paths; `app.ts` mounts it.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { viewerOfId } from "../archive/accounts.ts";
import { ArchiveError } from "../archive/errors.ts";
import { LINK_PARAMETER, type LinkUse, verifyLink } from "../archive/links.ts";
import { type Person, sightOf, type Viewer } from "../archive/visibility.ts";
import type { Config } from "../config.ts";
import type { AccountStore } from "../store/accounts.ts";
import type { Catalogue } from "../store/catalogue.ts";
import type { FileStore } from "../store/files.ts";
import type { Sight } from "../store/frame.ts";
import { complaint } from "./body.ts";

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
    /** Public address of the archive, with its path prefix and a trailing slash. */
    root: string;
  };
}

export type HttpContext = Context<HttpEnv>;

/** Path of one frame; only digits reach the handler, so `/frames/zip/` and the like never clash with it. */
export const FRAME_PATH = "/frames/{id{[0-9]+}}";

/** A sub-app for one resource. Values that its schemas refuse become BAD_PARAMETER errors that name the field. */
export function resource(): OpenAPIHono<HttpEnv> {
  return new OpenAPIHono<HttpEnv>({
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
): Promise<{ sight: Sight; version?: number }> {
  const signature = c.req.query(LINK_PARAMETER);
  if (signature === undefined) return { sight: requireSight(c) };
  const now = Date.now();
  try {
    const link = verifyLink(c.var.config, signature, id, use, now);
    const viewer: Viewer = link.user === null ? { kind: "anonymous" } : await viewerOfId(c.var.accounts, link.user);
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
