/** Signing in, API tokens and what may be done to accounts. */
import { createHmac } from "node:crypto";
import type { Config } from "../config.ts";
import type { Account, AccountStore } from "../store/accounts.ts";
import type { Holder, HolderStore } from "../store/holders.ts";
import { checkAttempts, clearAttempts, countFailure } from "./attempts.ts";
import { ArchiveError } from "./errors.ts";
import { checkStrength, hashPassword, isForeign, isPasswordHash, verifyPassword } from "./password.ts";
import { readSession } from "./session.ts";
import type { Person, Viewer } from "./visibility.ts";

/** Label of the token that `/api-token-auth/` answers; people cannot give it to their own. */
export const LOGIN_LABEL = "api-token-auth";

const MOST_TOKENS = 100;

export function personOf(account: Holder): Person {
  const { id, username, isStaff, proposals, epoch } = account;
  return { id, username, isStaff, proposals, epoch };
}

export async function hashToken(token: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token))));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whose token this is. Throws UNAUTHENTICATED, in the words of Django REST framework. */
export async function viewerOfToken(store: Pick<HolderStore, "byToken">, token: string, now: number): Promise<Viewer> {
  const account = await store.byToken(await hashToken(token), now);
  if (account === null) throw new ArchiveError("UNAUTHENTICATED", "Invalid token.");
  if (!account.isActive) throw new ArchiveError("UNAUTHENTICATED", "User inactive or deleted.");
  return { kind: "person", person: personOf(account), by: "token" };
}

/**
 * Who an Authorization header speaks for: `Token X` and `Bearer X` are read, other schemes are not ours and count as
 * none. Throws UNAUTHENTICATED for a malformed header or a bad token.
 */
export async function viewerOfHeader(
  store: Pick<HolderStore, "byToken">,
  header: string,
  now: number,
): Promise<Viewer> {
  const [scheme, token, ...rest] = header.trim().split(/\s+/);
  if (!/^(token|bearer)$/i.test(scheme ?? "")) return { kind: "anonymous" };
  if (token === undefined) {
    throw new ArchiveError("UNAUTHENTICATED", "Invalid token header. No credentials provided.");
  }
  if (rest.length > 0) {
    throw new ArchiveError("UNAUTHENTICATED", "Invalid token header. Token string should not contain spaces.");
  }
  return viewerOfToken(store, token, now);
}

/** Whose session this is; a session that is over is no error, its owner just has to sign in again. */
export async function viewerOfSession(
  store: Pick<HolderStore, "byId">,
  config: Pick<Config, "secretKey">,
  cookie: string,
  now: number,
): Promise<Viewer> {
  const session = await readSession(config, cookie, now);
  const account = session === null ? null : await store.byId(session.id);
  if (account === null || !account.isActive || account.epoch !== session?.epoch) return { kind: "anonymous" };
  return { kind: "person", person: personOf(account), by: "session" };
}

/** The account of an id as a viewer, as for somebody who hands on a signed link; anonymous if it may not sign in. */
export async function viewerOfId(store: Pick<HolderStore, "byId">, id: number): Promise<Viewer> {
  const account = await store.byId(id);
  if (account === null || !account.isActive) return { kind: "anonymous" };
  return { kind: "person", person: personOf(account), by: "token" };
}

/**
 * The account that a name and password open. Throws BAD_PARAMETER (non_field_errors) where they open none, without a
 * word on which of both is wrong, and RATE_LIMITED after too many failures from one address. The first account of all,
 * `config.firstAccount`, is made here when there is none: before that nobody can have a token or a session.
 */
export async function signIn(
  store: AccountStore,
  config: Pick<Config, "firstAccount">,
  { username, password, address }: { username: string; password: string; address: string },
  now: number,
): Promise<Account> {
  checkAttempts(username, address, now);
  if (config.firstAccount !== null && (await store.isEmpty())) {
    await store.addFirst(config.firstAccount.username, await hashPassword(config.firstAccount.password));
  }
  const account = await store.byName(username);
  const right = await verifyPassword(password, account?.password ?? "");
  if (account === null || !right || !account.isActive) {
    countFailure(username, address, now);
    throw new ArchiveError("BAD_PARAMETER", "Unable to log in with provided credentials.", {
      field: "non_field_errors",
    });
  }
  clearAttempts(username, address);
  if (isForeign(account.password)) {
    await store.rehash(account.id, account.password, await hashPassword(password));
  }
  return account;
}

/**
 * The token of `/api-token-auth/`, the same one each time, as clients of Django REST framework expect: it is derived,
 * since only its hash is kept. It changes when it was revoked and when the account's epoch does.
 */
export async function loginToken(
  store: AccountStore,
  config: Pick<Config, "secretKey">,
  account: Pick<Account, "id" | "epoch">,
): Promise<string> {
  const revoked = await store.revokedCount(account.id, LOGIN_LABEL);
  const token = createHmac("sha256", config.secretKey)
    .update(`platevault api token\0${account.id}\0${account.epoch}\0${revoked}`)
    .digest("hex")
    .slice(0, 40);
  await store.addToken({
    userId: account.id,
    hash: await hashToken(token),
    hint: token.slice(0, 6),
    label: LOGIN_LABEL,
    expires: null,
  });
  return token;
}

/** A new random token; it is shown once, and kept as a hash. `expires`: UTC milliseconds or null. */
export async function addToken(
  store: AccountStore,
  {
    userId,
    label,
    expires,
    value,
  }: { userId: number; label: string; expires: number | null; value?: string | undefined },
  now: number,
): Promise<{ token: string; id: number }> {
  if (label === LOGIN_LABEL) {
    throw new ArchiveError("BAD_PARAMETER", `"${LOGIN_LABEL}" is the archive's own label.`, { field: "label" });
  }
  if (expires !== null && expires <= now) {
    throw new ArchiveError("BAD_PARAMETER", "This moment is over already.", { field: "expires" });
  }
  const inUse = (await store.tokens(userId)).filter((token) => token.revoked === null);
  if (inUse.length >= MOST_TOKENS) {
    throw new ArchiveError("CONFLICT", `An account has at most ${MOST_TOKENS} tokens; revoke one first.`);
  }
  const token = value ?? hex(crypto.getRandomValues(new Uint8Array(20)));
  const added = await store.addToken({
    userId,
    hash: await hashToken(token),
    hint: token.slice(0, 6),
    label,
    expires,
  });
  if (added === null) throw new ArchiveError("CONFLICT", "There is such a token already.");
  return { token, id: added.id };
}

/**
 * A new account, with a password, or a hash of one as Django has it, or neither. Throws CONFLICT where the name is
 * taken.
 */
export async function addAccount(
  store: AccountStore,
  account: {
    username: string;
    password: string | null;
    passwordHash: string | null;
    email: string;
    isStaff: boolean;
    proposals: string[];
  },
): Promise<Account> {
  if (!/^[\w.@+-]{1,150}$/.test(account.username)) {
    throw new ArchiveError("BAD_PARAMETER", "A username has 1 to 150 letters, digits and @/./+/-/_ only.", {
      field: "username",
    });
  }
  const { password: plain, passwordHash, ...rest } = account;
  if (plain !== null) checkStrength(plain, account.username);
  if (passwordHash !== null && (plain !== null || !isPasswordHash(passwordHash))) {
    const accepts = "It accepts pbkdf2_sha256$iterations$salt$hash as Django writes it, instead of a password.";
    throw new ArchiveError("BAD_PARAMETER", accepts, { field: "password_hash" });
  }
  const added = await store.add({
    ...rest,
    password: plain === null ? (passwordHash ?? "") : await hashPassword(plain),
  });
  if (added === null) {
    throw new ArchiveError("CONFLICT", "A user with that username already exists.", { field: "username" });
  }
  return added;
}

/** Sets a password, and ends every session and the login token that the old one gave. `field`: where it came from. */
export async function setPassword(
  store: AccountStore,
  account: Account,
  password: string,
  now: number,
  field: string,
): Promise<void> {
  checkStrength(password, account.username, field);
  await store.renew(account.id, await hashPassword(password), LOGIN_LABEL, now);
}

/** As `setPassword`, by the owner, who has to know the old one. */
export async function changePassword(
  store: AccountStore,
  account: Account,
  { old, fresh, address }: { old: string; fresh: string; address: string },
  now: number,
): Promise<void> {
  checkAttempts(account.username, address, now);
  if (!(await verifyPassword(old, account.password))) {
    countFailure(account.username, address, now);
    throw new ArchiveError("BAD_PARAMETER", "This is not your password.", { field: "old_password" });
  }
  await setPassword(store, account, fresh, now, "new_password");
}
