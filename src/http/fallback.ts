/** Requests that no route takes: the missing slash, the wrong method, the unknown path. Never the UI's HTML. */
import type { Hono } from "hono";
import { ArchiveError } from "../archive/errors.ts";
import type { HttpContext, HttpEnv } from "./context.ts";
import { requireSight, requireStaff, viewerOf } from "./context.ts";

/** Routes that take nothing from anybody but the staff. */
const STAFF_ONLY = /^\/frames\/(create|\d+\/delete)\/$/;

interface KnownPath {
  pattern: RegExp;
  methods: Set<string>;
}

/** The paths that the routes of `app` answer, with their methods. */
function pathsOf(app: Hono<HttpEnv>): KnownPath[] {
  const byPath = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === "ALL") continue; // middleware
    const methods = byPath.get(path) ?? new Set<string>();
    byPath.set(path, methods.add(method));
  }
  return Array.from(byPath, ([path, methods]) => {
    const source = path.replace(/[.]/g, "\\.").replace(/:\w+(?:\{([^}]+)\})?/g, (_, own) => own ?? "[^/]+");
    return { pattern: new RegExp(`^${source}$`), methods };
  });
}

function methodsAt(paths: KnownPath[], path: string): string[] {
  const methods = new Set<string>();
  for (const known of paths) {
    if (known.pattern.test(path)) for (const method of known.methods) methods.add(method);
  }
  return [...methods];
}

/** Hono's not-found handler for an app whose routes are all there. */
export function fallback(app: Hono<HttpEnv>): (c: HttpContext) => Response {
  let paths: KnownPath[] | undefined;
  return (c) => {
    paths ??= pathsOf(app);
    const methods = methodsAt(paths, c.req.path);
    if (methods.length > 0) {
      const allow = ["OPTIONS", ...methods].join(", ");
      if (c.req.method === "OPTIONS") return c.body(null, 200, { Allow: allow });
      // Who may not even ask is told that first, as by Django REST framework.
      if (STAFF_ONLY.test(c.req.path)) requireStaff(c);
      else if (c.req.path.startsWith("/frames/")) requireSight(c);
      viewerOf(c);
      return c.json({ detail: `Method "${c.req.method}" not allowed.` }, 405, { Allow: allow });
    }
    if (!c.req.path.endsWith("/") && methodsAt(paths, `${c.req.path}/`).length > 0) {
      // 308 keeps method and body, where 301 would turn an upload into a GET.
      const status = c.req.method === "GET" || c.req.method === "HEAD" ? 301 : 308;
      return c.redirect(`${new URL(c.var.root).pathname}${c.req.path.slice(1)}/${new URL(c.req.url).search}`, status);
    }
    throw new ArchiveError("NOT_FOUND", "Not found.");
  };
}
