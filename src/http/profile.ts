/** The account page's data: who this is, the password, API tokens. Works for programs too. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { addToken, changePassword } from "../archive/accounts.ts";
import { ArchiveError } from "../archive/errors.ts";
import { startSession } from "../archive/session.ts";
import type { Account, AccountToken } from "../store/accounts.ts";
import { addressOf, setSessionCookie } from "./auth.ts";
import { readBody, requiredText } from "./body.ts";
import { type HttpContext, requireViewer, resource } from "./context.ts";
import { isoOf } from "./frame-object.ts";

export const profile = resource();

const ProfileSchema = z.looseObject({
  username: z.string(),
  email: z.string(),
  is_staff: z.boolean(),
  profile: z.object({ proposals: z.array(z.string()) }),
});

export const TokenSchema = z.object({
  id: z.int(),
  hint: z.string().openapi({ description: "How the token begins; the rest is not kept" }),
  label: z.string(),
  created: z.string(),
  expires: z.string().nullable(),
});

export const NewToken = z.object({
  label: requiredText().max(100, { error: "Ensure this field has no more than 100 characters." }),
  expires: z.iso.datetime({ offset: true, error: "It accepts a moment such as 2030-01-01T00:00:00Z." }).nullish(),
});

const PasswordChange = z.object({ old_password: requiredText(), new_password: requiredText() });

export function tokenObject(token: AccountToken) {
  return {
    id: token.id,
    hint: token.hint,
    label: token.label,
    created: isoOf(token.created),
    expires: isoOf(token.expires),
  };
}

/** What `NewToken` says, as `addToken` takes it. */
export function tokenRequest(body: z.infer<typeof NewToken>): { label: string; expires: number | null } {
  return { label: body.label, expires: body.expires ? Date.parse(body.expires) : null };
}

async function ownAccount(c: HttpContext): Promise<Account> {
  const account = await c.var.accounts.byId(requireViewer(c).id);
  if (account === null) throw new ArchiveError("UNAUTHENTICATED", "User inactive or deleted.");
  return account;
}

profile.openapi(
  createRoute({
    method: "get",
    path: "/profile/",
    tags: ["Accounts"],
    summary: "Who you are",
    responses: {
      200: { description: "You", content: { "application/json": { schema: ProfileSchema } } },
      401: { description: "No or bad credentials" },
    },
  }),
  async (c): Promise<Response> => {
    const account = await ownAccount(c);
    return c.json({
      username: account.username,
      email: account.email,
      is_staff: account.isStaff,
      profile: { proposals: account.proposals },
    });
  },
);

profile.openAPIRegistry.registerPath({
  method: "post",
  path: "/profile/password/",
  tags: ["Accounts"],
  summary: "Changes your password; ends your other sessions and your login token",
  request: { body: { required: true, content: { "application/json": { schema: PasswordChange } } } },
  responses: {
    204: { description: "Done" },
    400: { description: "The old password is wrong, or the new one too easy to guess" },
    401: { description: "No or bad credentials" },
  },
});
profile.post("/profile/password/", async (c) => {
  const account = await ownAccount(c);
  const body = await readBody(c, PasswordChange);
  const change = { old: body.old_password, fresh: body.new_password, address: addressOf(c) };
  const now = Date.now();
  await changePassword(c.var.accounts, account, change, now);
  // The session that asked goes on; `by` tells one from a token, which stays as it is.
  const identity = c.var.identity;
  if (!(identity instanceof ArchiveError) && identity.kind === "person" && identity.by === "session") {
    setSessionCookie(c, await startSession(c.var.config, { id: account.id, epoch: account.epoch + 1 }, now));
  }
  return c.body(null, 204);
});

profile.openapi(
  createRoute({
    method: "get",
    path: "/profile/tokens/",
    tags: ["Accounts"],
    summary: "Your API tokens in use, newest first",
    responses: {
      200: {
        description: "They",
        content: { "application/json": { schema: z.object({ results: z.array(TokenSchema) }) } },
      },
      401: { description: "No or bad credentials" },
    },
  }),
  async (c): Promise<Response> => {
    const tokens = await c.var.accounts.tokens(requireViewer(c).id);
    return c.json({ results: tokens.filter((token) => token.revoked === null).map(tokenObject) });
  },
);

profile.openAPIRegistry.registerPath({
  method: "post",
  path: "/profile/tokens/",
  tags: ["Accounts"],
  summary: "A new API token; it is shown this once",
  request: { body: { required: true, content: { "application/json": { schema: NewToken } } } },
  responses: {
    201: {
      description: "The token",
      content: { "application/json": { schema: z.object({ id: z.int(), token: z.string() }) } },
    },
    400: { description: "No label, or a bad end" },
    401: { description: "No or bad credentials" },
  },
});
profile.post("/profile/tokens/", async (c) => {
  const userId = requireViewer(c).id;
  const body = await readBody(c, NewToken);
  return c.json(await addToken(c.var.accounts, { userId, ...tokenRequest(body) }, Date.now()), 201);
});

profile.openAPIRegistry.registerPath({
  method: "delete",
  path: "/profile/tokens/{id}/",
  tags: ["Accounts"],
  summary: "Revokes one of your API tokens",
  request: { params: z.object({ id: z.string().openapi({ type: "integer" }) }) },
  responses: {
    204: { description: "Revoked" },
    401: { description: "No or bad credentials" },
    404: { description: "You have no such token in use" },
  },
});
profile.delete("/profile/tokens/:id{[0-9]+}/", async (c) => {
  const userId = requireViewer(c).id;
  const revoked = await c.var.accounts.revokeToken(Number(c.req.param("id")), Date.now(), userId);
  if (!revoked) throw new ArchiveError("NOT_FOUND", "Not found.");
  return c.body(null, 204);
});
