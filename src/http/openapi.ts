/** The API's description, made from the definitions that the routes themselves are made from. */
import type { OpenAPIHono } from "@hono/zod-openapi";
import * as z from "zod";
import { apiPage } from "./api-page.ts";
import { type HttpEnv, resource } from "./context.ts";

export type ApiDocument = ReturnType<OpenAPIHono<HttpEnv>["getOpenAPI31Document"]>;

/** Path parameters have a pattern in routes (`{id{[0-9]+}}`) and none in OpenAPI. */
const PATTERN = /\{(\w+)\{[^}]*\}\}/g;

/** Describes every route that `app` has by the time somebody asks. `root`: public address, with a trailing slash. */
export function describe(app: OpenAPIHono<HttpEnv>, root: string): ApiDocument {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Platevault",
      version: "1",
      description:
        "An archive of astronomical images. Requests carry `Authorization: Token …` (from /api-token-auth/), " +
        "`Authorization: Bearer …`, or the browser's session. What you may not see does not exist for you (404).",
    },
    servers: [{ url: root.replace(/\/$/, "") }],
    security: [{ token: [] }, { bearer: [] }, { session: [] }],
  });
  document.components ??= {};
  document.components.securitySchemes = {
    token: { type: "apiKey", in: "header", name: "Authorization", description: "`Token` and the token" },
    bearer: { type: "http", scheme: "bearer" },
    session: { type: "apiKey", in: "cookie", name: "sessionid" },
  };
  document.paths = Object.fromEntries(
    Object.entries(document.paths ?? {}).map(([path, item]) => [path.replace(PATTERN, "{$1}"), item]),
  );
  return document;
}

/** `/openapi.json`, and the same for people at `/api/`. Both are open: they tell nothing about the archive's frames. */
export function openapi(app: OpenAPIHono<HttpEnv>) {
  const sub = resource();
  let known: { root: string; document: ApiDocument } | undefined;
  const document = (root: string) => {
    if (known?.root !== root) known = { root, document: describe(app, root) };
    return known.document;
  };
  sub.openAPIRegistry.registerPath({
    method: "get",
    tags: ["Service"],
    path: "/openapi.json",
    summary: "This description as OpenAPI 3.1",
    responses: { 200: { description: "It", content: { "application/json": { schema: z.looseObject({}) } } } },
  });
  sub.get("/openapi.json", (c) => c.json(document(c.var.root)));
  sub.openAPIRegistry.registerPath({
    method: "get",
    tags: ["Service"],
    path: "/api/",
    summary: "This description as a page",
    responses: { 200: { description: "It", content: { "text/html": { schema: { type: "string" } } } } },
  });
  sub.get("/api/", (c) => {
    const nonce = crypto.randomUUID();
    c.header(
      "Content-Security-Policy",
      `default-src 'none'; style-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'`,
    );
    return c.html(apiPage(document(c.var.root), nonce));
  });
  return sub;
}
