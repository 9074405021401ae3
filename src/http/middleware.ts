/** What happens around every request: its id, settings and services, who is there, security headers, one log line. */
import { getCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { viewerOfHeader, viewerOfSession } from "../archive/accounts.ts";
import { ArchiveError } from "../archive/errors.ts";
import { LINK_PARAMETER } from "../archive/links.ts";
import { SESSION_COOKIE } from "../archive/session.ts";
import type { Viewer } from "../archive/visibility.ts";
import { config } from "../config.ts";
import { accountStore } from "../store/accounts.ts";
import { openCatalogue } from "../store/d1-catalogue.ts";
import { fileStore } from "../store/files.ts";
import { HolderChanged, holderStore } from "../store/holders.ts";
import { openUploads } from "../store/open-uploads.ts";
import { bookmarkOf, handBookmark } from "./bookmark.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { endGrants } from "./grants.ts";
import { rootOf } from "./public-address.ts";

/** Requests that change nothing, and so may begin anew (store/holders.ts). */
const READING = ["GET", "HEAD"];

/** Query parameters that must not be read in a log. */
const SECRET_PARAMETERS = [LINK_PARAMETER, "selection", "token", "auth_token", "password"];

/**
 * Of answers that do not say otherwise. Pages say for themselves what they may load, all others may load nothing; and
 * what one viewer may see is kept from shared caches.
 */
const DEFAULT_HEADERS = Object.entries({
  "Cache-Control": "private, no-cache",
  Vary: "Authorization, Cookie",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "X-Frame-Options": "DENY",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
});

async function identify(c: HttpContext): Promise<Viewer | ArchiveError> {
  const header = c.req.header("Authorization");
  const now = Date.now();
  if (header !== undefined) {
    try {
      const viewer = await viewerOfHeader(c.var.holders, header, now);
      if (viewer.kind === "person") return viewer;
    } catch (error) {
      // Not thrown here: `GET /` and signed links work whatever the header says. `viewerOf` throws it.
      if (error instanceof ArchiveError) return error;
      throw error;
    }
  }
  const cookie = getCookie(c, SESSION_COOKIE);
  return cookie === undefined ? { kind: "anonymous" } : viewerOfSession(c.var.holders, c.var.config, cookie, now);
}

/** Path and query as they may be logged. */
function loggedPath(url: string): string {
  const { pathname, searchParams } = new URL(url);
  for (const name of SECRET_PARAMETERS) if (searchParams.has(name)) searchParams.set(name, "…");
  const query = searchParams.toString();
  return query === "" ? pathname : `${pathname}?${readable(query)}`;
}

/** What a client puts behind a percent sign need not be UTF-8. */
function readable(query: string): string {
  try {
    return decodeURIComponent(query);
  } catch {
    return query;
  }
}

function logLine(c: HttpContext, began: number): string {
  const identity = c.var.identity;
  const person = identity instanceof ArchiveError || identity.kind === "anonymous" ? null : identity.person;
  return JSON.stringify({
    level: "info",
    id: c.var.requestId,
    method: c.req.method,
    path: loggedPath(c.req.url),
    status: c.res.status,
    ms: Date.now() - began,
    user: person?.username ?? null,
  });
}

/** Fills the context for every route behind it. */
export const prepare = createMiddleware<HttpEnv>(async (c, next) => {
  const began = Date.now();
  c.set("requestId", crypto.randomUUID());
  c.set("identity", { kind: "anonymous" });
  c.set("config", config(c.env));
  c.set("root", rootOf(c.env, c.req.url));
  const reading = READING.includes(c.req.method);
  const holders = holderStore(c.env.DB, reading);
  c.set("holders", holders);
  c.set("accounts", accountStore(c.env.DB));
  c.set("catalogue", openCatalogue(c.env.DB, { witnesses: holders.witnesses, bookmark: bookmarkOf(c, reading) }));
  c.set("files", fileStore(c.env.FILES, openUploads(c.env.DB)));
  c.set("identity", await identify(c));
  await next();
  if (!reading) endGrants(c.env.DB);
  if (c.error instanceof HolderChanged) return; // somebody else has answered, from the beginning
  await holders.confirm();
  if (!reading) handBookmark(c);
  // The first makes an answer that may be changed; hono would make another with each header.
  c.header("X-Request-Id", c.var.requestId);
  const { headers } = c.res;
  for (const [name, value] of DEFAULT_HEADERS) if (!headers.has(name)) headers.set(name, value);
  console.log(logLine(c, began));
});
