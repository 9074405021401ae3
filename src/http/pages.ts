/**
 * The browser app's files, as far as the platform has not given them before the Worker was asked (wrangler.toml): it
 * knows nothing of the path that HTTP_ROOT may have.
 */
import type { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import type { HttpContext, HttpEnv } from "./context.ts";
import { rootOf } from "./public-address.ts";

/** The app's page, told in its `<base>` what all its addresses are relative to. 404 where the app was not built. */
export async function appPage(c: HttpContext): Promise<Response> {
  const root = new URL(rootOf(c.env, c.req.url)).pathname;
  const page = await c.env.ASSETS.fetch(new URL("/", c.req.url));
  if (!page.ok || root === "/") return page;
  const told = new HTMLRewriter().on("base", { element: (base) => void base.setAttribute("href", root) });
  const headers = new Headers(page.headers);
  headers.delete("ETag"); // of the page before it was told
  return told.transform(new Response(page.body, { headers }));
}

/** Answers with the app's files and pages whatever lies beside the routes of `app`. */
export function files(app: Hono<HttpEnv>) {
  let firstOfRoutes: Set<string | undefined> | undefined;
  return createMiddleware<HttpEnv>(async (c, next) => {
    firstOfRoutes ??= new Set(app.routes.map(({ path }) => path.split("/")[1]));
    const { method, path } = c.req;
    if ((method !== "GET" && method !== "HEAD") || firstOfRoutes.has(path.split("/")[1])) return next();
    const root = new URL(rootOf(c.env, c.req.url)).pathname;
    if (`${path}/` === root) return c.redirect(root, 301);
    const url = new URL(c.req.url);
    url.pathname = path;
    const file = await c.env.ASSETS.fetch(new Request(url, { method, headers: c.req.raw.headers }));
    const isPage = file.headers.get("Content-Type")?.startsWith("text/html") ?? false;
    if (file.status < 400 && !isPage) return file;
    // The page says that there is none at this address; programs, and scripts of a former version, are told by JSON.
    if (!isPage && !c.req.header("Accept")?.includes("text/html")) return next();
    const page = await appPage(c);
    return new Response(page.body, { status: isPage ? page.status : 404, headers: page.headers });
  });
}
