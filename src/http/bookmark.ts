/**
 * Reading one's own writes where D1 has read replicas (https://developers.cloudflare.com/d1/best-practices/read-replication/).
 * A request that writes asks the primary; its answer says how far the database had come, and who repeats that, browsers
 * by a cookie and scripts by the header, is never answered from before it.
 */
import { getCookie, setCookie } from "hono/cookie";
import type { HttpContext } from "./context.ts";
import { cookieScope } from "./public-address.ts";

const HEADER = "X-D1-Bookmark";
const COOKIE = "bookmark";
/** Replicas are behind for moments; seconds. */
const LIFE = 300;

/** Where the request's reads may start from, as `DatabaseOptions.bookmark` takes it: what is none is passed over there. */
export function bookmarkOf(c: HttpContext, reading: boolean): string | undefined {
  return reading ? (c.req.header(HEADER) ?? getCookie(c, COOKIE)) : "first-primary";
}

/** Hands out where a request that wrote has left the database. */
export function handBookmark(c: HttpContext): void {
  const { bookmark } = c.var.catalogue;
  if (bookmark === null) return;
  c.header(HEADER, bookmark);
  setCookie(c, COOKIE, bookmark, { ...cookieScope(c.var.root), httpOnly: true, maxAge: LIFE });
}
