/**
 * Cross-site request forgery: browsers send a session's cookie on their own, so an unsafe request that leans on one
 * must repeat the CSRF cookie in the header X-CSRFToken or, in forms, in the field csrfmiddlewaretoken. Tokens in an
 * Authorization header are never sent by a browser on its own; for them csrfmiddlewaretoken is ignored, as pyobs's
 * clients send one that they took from `GET /` without keeping the cookie.
 */
import { timingSafeEqual } from "node:crypto";
import { getCookie, setCookie } from "hono/cookie";
import { createMiddleware } from "hono/factory";
import { ArchiveError } from "../archive/errors.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { cookieScope } from "./public-address.ts";

/** Both names are set: older pyobs clients read the first, newer ones any that ends in `csrftoken`. */
export const CSRF_COOKIES = ["csrftoken", "archive_csrftoken"] as const;

/** Form field with which a body repeats the cookie. */
export const CSRF_FIELD = "csrfmiddlewaretoken";

const CSRF_HEADER = "X-CSRFToken";
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** Routes whose body carries the token: their handlers call `checkCsrf` with it, the middleware cannot. */
const TOKEN_IN_BODY = ["/frames/create/", "/frames/zip/", "/accounts/login/", "/accounts/logout/"];

function equal(a: string, b: string): boolean {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Gives the browser both cookies, with the token it has already or a new one; answers the token. */
export function setCsrfCookies(c: HttpContext): string {
  const known = getCookie(c, CSRF_COOKIES[0]);
  const token = known !== undefined && /^[0-9a-f]{64}$/.test(known) ? known : randomToken();
  const scope = cookieScope(c.var.root);
  for (const name of CSRF_COOKIES) setCookie(c, name, token, { ...scope, maxAge: 364 * 24 * 3600 });
  return token;
}

function randomToken(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Throws FORBIDDEN for a session's request whose token (from the header, or `fromBody`) is not its cookie's, or that
 * another site's page sent. Does nothing for requests with a token or without credentials.
 */
export function checkCsrf(c: HttpContext, fromBody?: string): void {
  const identity = c.var.identity;
  if (identity instanceof ArchiveError || identity.kind === "anonymous" || identity.by !== "session") return;
  checkOrigin(c);
  const given = c.req.header(CSRF_HEADER) ?? fromBody;
  if (given === undefined) throw new ArchiveError("FORBIDDEN", "CSRF Failed: CSRF token missing.");
  const cookies = CSRF_COOKIES.map((name) => getCookie(c, name)).filter((value) => value !== undefined);
  if (cookies.length === 0) throw new ArchiveError("FORBIDDEN", "CSRF Failed: CSRF cookie not set.");
  if (!cookies.some((cookie) => equal(cookie, given))) {
    throw new ArchiveError("FORBIDDEN", "CSRF Failed: CSRF token incorrect.");
  }
}

/** Throws FORBIDDEN where the browser says that another site's page made this request. */
export function checkOrigin(c: HttpContext): void {
  const origin = c.req.header("Origin");
  if (origin === undefined) return;
  if (origin !== new URL(c.var.root).origin && origin !== new URL(c.req.url).origin) {
    throw new ArchiveError("FORBIDDEN", `CSRF Failed: Origin checking failed - ${origin} is not this archive.`);
  }
}

/** Enforces it for every unsafe request, so that no route can forget to. */
export const csrf = createMiddleware<HttpEnv>(async (c, next) => {
  // Without its slash a path is only redirected: the body, with the token in it, comes with the next request.
  const path = c.req.path.replace(/\/?$/, "/");
  if (!SAFE_METHODS.includes(c.req.method) && !TOKEN_IN_BODY.includes(path)) checkCsrf(c);
  await next();
});
