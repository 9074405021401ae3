/**
 * What every route gets: the environment's type, the factory for a resource's sub-app, and the questions a route asks
 * about who is there. A resource file exports one sub-app with full paths; `app.ts` mounts it.
 */
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { ArchiveError } from "../archive/errors.ts";
import { type Person, sightOf, type Viewer } from "../archive/visibility.ts";
import type { Config } from "../config.ts";
import type { Catalogue } from "../store/catalogue.ts";
import type { Sight } from "../store/frame.ts";

export interface HttpEnv {
  Bindings: Env;
  Variables: {
    config: Config;
    /** Also in the answer's X-Request-Id and in every log line. */
    requestId: string;
    /** Who is there, or the reason why the credentials given are none. Ask `viewerOf`, `requireSight` or the like. */
    identity: Viewer | ArchiveError;
    catalogue: Catalogue;
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
      if (result.success) return;
      const issue = result.error.issues[0];
      const field = issue?.path[0];
      throw new ArchiveError("BAD_PARAMETER", issue?.message ?? "Malformed request.", {
        field: field === undefined ? undefined : String(field),
      });
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
