/** Every route of pyobs-archive with usual, odd and wrong requests. */
import type { Ask } from "./original-answers.ts";
import { OF_ITS_PAGE, ORDERS, PAGES, QUERIES, SORTS } from "./original-queries.ts";

const FRAMES = [
  "goe-o1-reduced",
  "goe-b3",
  "goe-float",
  "saao-trim",
  "goe name with blanks",
  "goe+plus&more",
  "goe-0m50-sb63-20260314-0008-o01",
];
const ROUTES_OF_FRAME = ["", "headers/", "related/", "catalog/", "preview/", "download/"];
const METHODS = ["HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

const get = (path: string, as: string | null = "user", headers?: Record<string, string>): Ask => ({
  method: "GET",
  path,
  as,
  ...(headers ? { headers } : {}),
});

export const READS: Ask[] = [
  ...QUERIES.map((query) => get(`frames/?${query}`)),
  ...QUERIES.map((query) => get(`frames/aggregate/?${query}`)),
  // Its zip without a filter fails on more than a few frames; the filter is what is compared, not the paging.
  ...QUERIES.filter((query) => query !== "").map((query) => get(`frames/zip/?${query}`)),
  ...[...PAGES, ...ORDERS, ...OF_ITS_PAGE].map((query) => get(`frames/?${query}`)),
  ...SORTS.flatMap((sort) => [get(`frames/?sort=${sort}`), get(`frames/?sort=${sort}&order=desc`)]),
  get("frames/aggregate/?limit=1&sort=nothing&order=up"),
  ...FRAMES.flatMap((name) => ROUTES_OF_FRAME.map((route) => get(`frames/{${name}}/${route}`))),
  ...["0", "999999", "99999999999999999999", "-1", "abc", "1.5", "٣", "%20", "1%2F2"].flatMap((id) =>
    ROUTES_OF_FRAME.map((route) => get(`frames/${id}/${route}`)),
  ),
  // Without the last slash.
  ...[
    "frames",
    "frames/aggregate",
    "frames/zip",
    "frames/{goe-o1}",
    "accounts/login",
    "accounts/logout",
    "admin",
  ].flatMap((path) => [get(`${path}`), get(`${path}?SITE=goe&limit=2`)]),
  ...ROUTES_OF_FRAME.slice(1).map((route) => get(`frames/{goe-o1}/${route.slice(0, -1)}`)),
  get("frames/{goe-o1}/nothing/"),
  get("frames//"),
  get("frames/1//"),
  get("nothing/"),
  get("nothing"),
  get("favicon.ico"),
  get("robots.txt"),
  get("admin/"),
  get("api-token-auth/"),
  get(""),
  get("", null),
  get("?next=/frames/", null),
  get("accounts/login/", null),
  get("accounts/login/?next=/frames/", null),
  get("accounts/logout/", null),
  get("accounts/password_change/", null),
  get("accounts/password_change/done/", null),
  get("accounts/password_reset/", null),
  // Every method that a route does not take, with and without a token.
  ...[
    "frames/",
    "frames/aggregate/",
    "frames/zip/",
    "frames/create/",
    "frames/{goe-o1}/delete/",
    ...ROUTES_OF_FRAME.map((route) => `frames/{goe-o1}/${route}`),
  ].flatMap((path) =>
    METHODS.filter(
      (method) =>
        !(method === "DELETE" && path.endsWith("delete/")) && !(method === "POST" && /(create|zip)\/$/.test(path)),
    ).flatMap((method) => [
      { method, path, as: "user" },
      { method, path, as: null },
    ]),
  ),
  get("frames/create/"),
  get("frames/{goe-o1}/delete/"),
  // Who asks, and how.
  ...[
    "frames/?limit=1",
    "frames/aggregate/",
    "frames/create/",
    ...ROUTES_OF_FRAME.map((route) => `frames/{goe-o1}/${route}`),
  ].flatMap((path) => [
    get(path, null),
    get(path, "inactive"),
    ...[
      "Token wrong",
      "Token",
      "Token ",
      "Token a b",
      "token {staff}",
      "TOKEN {staff}",
      "Bearer {staff}",
      "Bearer wrong",
      "{staff}",
      "Basic c3RhZmY6c3RhZmYtcGFzc3dvcmQtMQ==",
      "Token ü",
      "",
    ].map((authorization) => get(path, null, { authorization })),
  ]),
  get("frames/?limit=1", "user", { accept: "text/html" }),
  get("frames/?limit=1", "user", { accept: "application/xml" }),
  get("frames/?limit=1", "user", { "accept-encoding": "gzip" }),
  get("frames/{goe-o1}/", "user", { accept: "image/png" }),
  get("frames/?limit=1", "user", { origin: "https://elsewhere.example" }),
  get("frames/{goe-o1}/download/", "user", { range: "bytes=0-29" }),
];
