/** Signing in: API tokens for programs, sessions for browsers. */
import { deleteCookie, setCookie } from "hono/cookie";
import * as z from "zod";
import { loginToken, signIn } from "../archive/accounts.ts";
import { ArchiveError } from "../archive/errors.ts";
import { SESSION_COOKIE, startSession } from "../archive/session.ts";
import { readBody, requiredText } from "./body.ts";
import { type HttpContext, resource } from "./context.ts";
import { CSRF_FIELD, checkCsrf, checkOrigin, setCsrfCookies } from "./csrf.ts";
import { cookieScope } from "./public-address.ts";

export const auth = resource();

const Credentials = z.object({ username: requiredText(), password: requiredText() });

/** What forms carry beside their fields. */
const FormToken = z.object({ [CSRF_FIELD]: z.string().optional() });

const described = {
  tags: ["Accounts"],
  request: {
    body: {
      required: true,
      content: {
        "application/json": { schema: Credentials },
        "application/x-www-form-urlencoded": { schema: Credentials },
        "multipart/form-data": { schema: Credentials },
      },
    },
  },
};

/** Where a request comes from, for the brake on guessing. */
export function addressOf(c: HttpContext): string {
  return c.req.header("CF-Connecting-IP") ?? "local";
}

export function setSessionCookie(c: HttpContext, session: string): void {
  setCookie(c, SESSION_COOKIE, session, {
    ...cookieScope(c.var.root),
    httpOnly: true,
    maxAge: Math.floor(c.var.config.sessionSeconds),
  });
}

auth.openAPIRegistry.registerPath({
  ...described,
  method: "post",
  path: "/api-token-auth/",
  summary: "An API token for a username and password, the same one each time",
  responses: {
    200: { description: "The token", content: { "application/json": { schema: z.object({ token: z.string() }) } } },
    400: { description: "A missing field, or credentials that open nothing" },
    429: { description: "Too many failed attempts" },
  },
});
auth.post("/api-token-auth/", async (c) => {
  const credentials = await readBody(c, Credentials);
  const account = await signIn(c.var.accounts, c.var.config, { ...credentials, address: addressOf(c) }, Date.now());
  return c.json({ token: await loginToken(c.var.accounts, c.var.config, account) });
});

auth.openAPIRegistry.registerPath({
  ...described,
  method: "post",
  path: "/accounts/login/",
  summary: "Starts a browser session: sets the cookies sessionid and csrftoken",
  responses: {
    200: { description: "Who is signed in" },
    400: { description: "A missing field, or credentials that open nothing" },
    429: { description: "Too many failed attempts" },
  },
});
auth.openAPIRegistry.registerPath({
  method: "get",
  path: "/accounts/login/",
  tags: ["Accounts"],
  summary: "Leads to the sign-in page; sets the cookies csrftoken and archive_csrftoken",
  responses: { 302: { description: "Where that is" } },
});
// Where pyobs-archive has its form; scripts come for the cookie before they send theirs.
auth.get("/accounts/login/", (c) => {
  setCsrfCookies(c);
  const next = new URL(c.req.url).searchParams.get("next");
  return c.redirect(`${c.var.root}sign-in${next === null ? "" : `?${new URLSearchParams({ next })}`}`);
});
auth.post("/accounts/login/", async (c) => {
  checkOrigin(c);
  const { [CSRF_FIELD]: token, ...credentials } = await readBody(c, Credentials.extend(FormToken.shape));
  checkCsrf(c, token);
  const now = Date.now();
  const account = await signIn(c.var.accounts, c.var.config, { ...credentials, address: addressOf(c) }, now);
  setSessionCookie(c, await startSession(c.var.config, account, now));
  setCsrfCookies(c);
  return c.json({ username: account.username, is_staff: account.isStaff, profile: { proposals: account.proposals } });
});

auth.openAPIRegistry.registerPath({
  method: "post",
  path: "/accounts/logout/",
  tags: ["Accounts"],
  summary: "Ends the browser session",
  responses: { 204: { description: "No session any more, also if there was none" } },
});
auth.post("/accounts/logout/", async (c) => {
  checkCsrf(c, (await readBody(c, FormToken))[CSRF_FIELD]);
  deleteCookie(c, SESSION_COOKIE, cookieScope(c.var.root));
  return c.body(null, 204);
});

auth.openAPIRegistry.registerPath({
  method: "get",
  path: "/accounts/session/",
  tags: ["Accounts"],
  summary: "Who this browser is signed in as, if anybody; never 401, so that a page can ask without an error",
  responses: {
    200: { description: "`user` as in /profile/ or null; `anonymous`: what people without an account see" },
  },
});
auth.get("/accounts/session/", async (c) => {
  const identity = c.var.identity;
  const person = identity instanceof ArchiveError || identity.kind === "anonymous" ? null : identity.person;
  const account = person === null ? null : await c.var.accounts.byId(person.id);
  const user =
    account === null
      ? null
      : { username: account.username, is_staff: account.isStaff, profile: { proposals: account.proposals } };
  return c.json({ user, anonymous: c.var.config.anonymous }, 200, { "Cache-Control": "no-store" });
});
