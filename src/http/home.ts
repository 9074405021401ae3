/**
 * `GET /`: the browser app's page, and for pyobs's upload clients the place where the CSRF cookie comes from. It has to
 * end in 200 with the cookies on this very answer, whoever asks.
 */

import { resource } from "./context.ts";
import { setCsrfCookies } from "./csrf.ts";
import { appPage } from "./pages.ts";

export const home = resource();

home.openAPIRegistry.registerPath({
  method: "get",
  path: "/",
  tags: ["Service"],
  summary: "The browser app; sets the cookies csrftoken and archive_csrftoken",
  responses: { 200: { description: "The page", content: { "text/html": { schema: { type: "string" } } } } },
});
home.get("/", async (c) => {
  const page = await appPage(c);
  setCsrfCookies(c);
  if (!page.ok) return c.html("<!doctype html><title>Platevault</title><p>The browser app was not built.", 200);
  for (const [name, value] of page.headers) if (name !== "etag") c.header(name, value);
  c.header("Cache-Control", "no-cache");
  return c.body(page.body as ReadableStream, 200);
});
