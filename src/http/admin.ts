/** Accounts and tokens of everybody, for the staff: what the command-line program and the account page work with. */
import { createRoute } from "@hono/zod-openapi";
import * as z from "zod";
import { addAccount, addToken, LOGIN_LABEL, setPassword } from "../archive/accounts.ts";
import { ArchiveError } from "../archive/errors.ts";
import type { Account } from "../store/accounts.ts";
import { readBody, requiredText } from "./body.ts";
import { type HttpContext, requireStaff, resource } from "./context.ts";
import { isoOf } from "./frame-object.ts";
import { NewToken, TokenSchema, tokenObject, tokenRequest } from "./profile.ts";

export const admin = resource();

const USERS = "/admin/api/users/";
const USER = "/admin/api/users/:name/";

const proposals = z.array(z.string().trim().min(1).max(200)).max(1000);

const UserSchema = z.object({
  id: z.int(),
  username: z.string(),
  email: z.string(),
  is_staff: z.boolean(),
  is_active: z.boolean(),
  has_password: z.boolean(),
  proposals,
  created: z.string(),
});

const NewUser = z.object({
  username: requiredText(),
  password: requiredText().nullish(),
  password_hash: z
    .string()
    .nullish()
    .openapi({ description: "Instead of the password: `pbkdf2_sha256$…` as another archive's Django has it" }),
  email: z.string().max(254).default(""),
  is_staff: z.boolean().default(false),
  proposals: proposals.default([]),
});

const GivenToken = NewToken.extend({
  token: z
    .string()
    .regex(/^[0-9a-f]{40}$/, { error: "It accepts 40 hexadecimal digits, as a Django archive's tokens have." })
    .nullish()
    .openapi({ description: "One of another archive that shall go on working here; without it one is made" }),
});

const UserChange = z.strictObject({
  password: requiredText().optional(),
  email: z.string().max(254).optional(),
  is_staff: z.boolean().optional(),
  is_active: z.boolean().optional(),
  proposals: proposals.optional(),
});

function userObject(account: Account) {
  return {
    id: account.id,
    username: account.username,
    email: account.email,
    is_staff: account.isStaff,
    is_active: account.isActive,
    has_password: account.password !== "",
    proposals: account.proposals,
    created: isoOf(account.created),
  };
}

async function namedAccount(c: HttpContext): Promise<Account> {
  const account = await c.var.accounts.byName(c.req.param("name") ?? "");
  if (account === null) throw new ArchiveError("NOT_FOUND", "There is no such user.");
  return account;
}

const refusals = {
  401: { description: "No or bad credentials" },
  403: { description: "Not of the staff" },
};
const unknown = { 404: { description: "There is no such user" } };
const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema } },
});
const named = { params: z.object({ name: z.string().openapi({ param: { description: "The username." } }) }) };

admin.openapi(
  createRoute({
    method: "get",
    path: USERS,
    tags: ["Administration"],
    summary: "All accounts",
    responses: { 200: json("They", z.object({ results: z.array(UserSchema) })), ...refusals },
  }),
  async (c): Promise<Response> => {
    requireStaff(c);
    return c.json({ results: (await c.var.accounts.list()).map(userObject) });
  },
);

admin.openAPIRegistry.registerPath({
  method: "post",
  path: USERS,
  tags: ["Administration"],
  summary: "A new account",
  request: { body: { required: true, content: { "application/json": { schema: NewUser } } } },
  responses: {
    201: json("The account", UserSchema),
    400: { description: "A missing or bad field" },
    409: { description: "The name is taken" },
    ...refusals,
  },
});
admin.post(USERS, async (c) => {
  requireStaff(c);
  const body = await readBody(c, NewUser);
  const account = await addAccount(c.var.accounts, {
    username: body.username,
    password: body.password ?? null,
    passwordHash: body.password_hash ?? null,
    email: body.email,
    isStaff: body.is_staff,
    proposals: body.proposals,
  });
  return c.json(userObject(account), 201);
});

admin.openAPIRegistry.registerPath({
  method: "patch",
  path: "/admin/api/users/{name}/",
  tags: ["Administration"],
  summary: "Changes an account: password, e-mail, staff, active, proposals",
  request: { ...named, body: { required: true, content: { "application/json": { schema: UserChange } } } },
  responses: {
    200: json("The account", UserSchema),
    400: { description: "A bad field" },
    409: { description: "You cannot lock yourself out" },
    ...refusals,
    ...unknown,
  },
});
admin.patch(USER, async (c) => {
  const person = requireStaff(c);
  const account = await namedAccount(c);
  const body = await readBody(c, UserChange);
  if (account.id === person.id && (body.is_active === false || body.is_staff === false)) {
    throw new ArchiveError("CONFLICT", "You cannot take away your own rights; let another member of the staff do it.");
  }
  if (body.password !== undefined) await setPassword(c.var.accounts, account, body.password, Date.now(), "password");
  await c.var.accounts.update(account.id, {
    ...(body.email === undefined ? {} : { email: body.email }),
    ...(body.is_staff === undefined ? {} : { isStaff: body.is_staff }),
    ...(body.is_active === undefined ? {} : { isActive: body.is_active }),
  });
  if (body.proposals !== undefined) await c.var.accounts.setProposals(account.id, body.proposals);
  if (body.is_active === false) await c.var.accounts.renew(account.id, null, LOGIN_LABEL, Date.now());
  return c.json(userObject(await namedAccount(c)));
});

admin.openAPIRegistry.registerPath({
  method: "get",
  path: "/admin/api/users/{name}/tokens/",
  tags: ["Administration"],
  summary: "Somebody's API tokens in use",
  request: named,
  responses: { 200: json("They", z.object({ results: z.array(TokenSchema) })), ...refusals, ...unknown },
});
admin.get(`${USER}tokens/`, async (c) => {
  requireStaff(c);
  const tokens = await c.var.accounts.tokens((await namedAccount(c)).id);
  return c.json({ results: tokens.filter((token) => token.revoked === null).map(tokenObject) });
});

admin.openAPIRegistry.registerPath({
  method: "post",
  path: "/admin/api/users/{name}/tokens/",
  tags: ["Administration"],
  summary: "A new API token for somebody; it is shown this once",
  request: { ...named, body: { required: true, content: { "application/json": { schema: GivenToken } } } },
  responses: {
    201: json("The token", z.object({ id: z.int(), token: z.string() })),
    400: { description: "No label, or a bad end" },
    ...refusals,
    ...unknown,
  },
});
admin.post(`${USER}tokens/`, async (c) => {
  requireStaff(c);
  const account = await namedAccount(c);
  const body = await readBody(c, GivenToken);
  const wanted = { userId: account.id, ...tokenRequest(body), value: body.token ?? undefined };
  return c.json(await addToken(c.var.accounts, wanted, Date.now()), 201);
});

admin.openAPIRegistry.registerPath({
  method: "delete",
  path: "/admin/api/tokens/{id}/",
  tags: ["Administration"],
  summary: "Revokes an API token",
  request: { params: z.object({ id: z.string().openapi({ type: "integer" }) }) },
  responses: { 204: { description: "Revoked" }, ...refusals, 404: { description: "There is no such token in use" } },
});
admin.delete("/admin/api/tokens/:id{[0-9]+}/", async (c) => {
  requireStaff(c);
  const revoked = await c.var.accounts.revokeToken(Number(c.req.param("id")), Date.now());
  if (!revoked) throw new ArchiveError("NOT_FOUND", "There is no such token in use.");
  return c.body(null, 204);
});
