/**
 * Other sites whose pages may ask this archive from the browser (CORS_ALLOWED_ORIGINS, as in pyobs-archive), with a
 * token in the Authorization header: cookies are not sent along, so that a session is good for this archive's own pages
 * alone. https://fetch.spec.whatwg.org/#http-cors-protocol
 */
import { createMiddleware } from "hono/factory";
import { config } from "../config.ts";
import type { HttpEnv } from "./context.ts";

const METHODS = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";
const HEADERS = "Accept, Authorization, Content-Type, Range, X-CSRFToken, X-Requested-With";
/** Seconds for which a browser need not ask again whether it may ask. */
const LIFE = 86_400;

export const cors = createMiddleware<HttpEnv>(async (c, next) => {
  const allowed = config(c.env).corsOrigins;
  if (allowed.length === 0) return next();
  const origin = c.req.header("Origin");
  const known = origin !== undefined && allowed.includes(origin);
  if (known && c.req.method === "OPTIONS" && c.req.header("Access-Control-Request-Method") !== undefined) {
    return c.body(null, 204, {
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Methods": METHODS,
      "Access-Control-Allow-Headers": HEADERS,
      "Access-Control-Max-Age": String(LIFE),
      Vary: "Origin",
    });
  }
  await next();
  c.header("Vary", "Origin", { append: true });
  if (!known) return;
  c.header("Access-Control-Allow-Origin", origin);
  c.header("Access-Control-Expose-Headers", "Content-Disposition, Content-Range, ETag, X-Request-Id");
});
