/**
 * `GET /`: the browser app's page, and for pyobs's upload clients the place where the CSRF cookie comes from. It has to
 * end in 200 with the cookies on this very answer, whoever asks.
 */

import { resource } from "./context.ts";
import { setCsrfCookies } from "./csrf.ts";

export const home = resource();

/** The app's own files and nothing else; WebAssembly for its decoders, blobs and data for images it makes itself. */
const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  // SAMP's Web Profile: programs on the reader's own computer (IVOA SAMP 1.3 §5.2.1).
  "connect-src 'self' http://localhost:21012",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/** The pages ask for /frames/ and the like of their host: under a path they would ask somebody else. */
const API_ONLY = `<!doctype html><html lang="en"><title>Platevault</title>
<h1>This archive is for programs</h1>
<p>Its address has a path (the setting HTTP_ROOT), and the pages for people work only where an archive has a host of its
own, such as https://archive.example/. <a href="api/">What programs may ask here</a> works as it stands.</p></html>`;

home.openAPIRegistry.registerPath({
  method: "get",
  path: "/",
  tags: ["Service"],
  summary: "The browser app; sets the cookies csrftoken and archive_csrftoken",
  responses: { 200: { description: "The page", content: { "text/html": { schema: { type: "string" } } } } },
});
home.get("/", async (c) => {
  setCsrfCookies(c);
  c.header("Content-Type", "text/html; charset=utf-8");
  if (new URL(c.var.root).pathname !== "/") return c.body(API_ONLY, 200);
  const page = await c.env.ASSETS.fetch(new URL("/", c.req.url).href);
  c.header("Content-Security-Policy", PAGE_POLICY);
  c.header("Cache-Control", "no-cache");
  if (!page.ok || page.body === null)
    return c.body("<!doctype html><title>Platevault</title><p>The browser app was not built.", 200);
  return c.body(page.body, 200);
});
