/** The archive as the HTTP tests use it: requests, accounts with known tokens, recorded answers. */
import { env, exports } from "cloudflare:workers";
import { hashToken } from "../../src/archive/accounts.ts";
import { hashPassword } from "../../src/archive/password.ts";
import { accountStore } from "../../src/store/accounts.ts";
import { fixtureJson } from "../fixture.ts";

export const accounts = accountStore(env.DB);

/** Tokens of the recording's accounts. */
export const TOKENS = {
  admin: "a".repeat(40),
  pyobs: "b".repeat(40),
  user: "c".repeat(40),
  inactive: "d".repeat(40),
};

/** As `fetch` without following redirects; `token` becomes the Authorization header. */
export function request(path: string, init: RequestInit & { token?: string } = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (init.token !== undefined) headers.set("Authorization", `Token ${init.token}`);
  return exports.default.fetch(`http://archive${path}`, { redirect: "manual", ...init, headers });
}

export async function addUser(
  username: string,
  options: { token?: string; isStaff?: boolean; isActive?: boolean; proposals?: string[] } = {},
): Promise<number> {
  const account = await accounts.add({
    username,
    password: await hashPassword(`${username}-password-1`),
    email: "",
    isStaff: options.isStaff ?? false,
    proposals: options.proposals ?? [],
  });
  const userId = account!.id;
  if (options.isActive === false) await accounts.update(userId, { isActive: false });
  if (options.token !== undefined) {
    const hash = await hashToken(options.token);
    await accounts.addToken({ userId, hash, hint: options.token.slice(0, 6), label: "test", expires: null });
  }
  return userId;
}

/** The accounts that the recording was made with. */
export async function addRecordedUsers(): Promise<void> {
  await addUser("admin", { token: TOKENS.admin, isStaff: true });
  await addUser("pyobs", { token: TOKENS.pyobs, isStaff: true });
  await addUser("user", { token: TOKENS.user });
  await addUser("inactive", { token: TOKENS.inactive, isActive: false });
}

/** One recorded request and its answer. */
export interface Recorded {
  request: { method: string; path: string; auth?: string; data?: Record<string, string>; json?: unknown };
  status: number;
  headers: Record<string, string>;
  json?: unknown;
  text?: string;
  /** Of previews. */
  png?: { width: number; height: number };
}

export function recorded(name: string): Promise<Record<string, Recorded>> {
  return fixtureJson(`golden/${name}.json`);
}

/** Asks the recorded question. */
export function replay({ request: { method, path, auth, data, json } }: Recorded): Promise<Response> {
  const headers = new Headers(auth === undefined ? {} : { Authorization: auth });
  let body: BodyInit | undefined;
  if (data !== undefined) body = new URLSearchParams(data);
  if (json !== undefined) {
    body = JSON.stringify(json);
    headers.set("Content-Type", "application/json");
  }
  return request(path, { method, headers, ...(body === undefined ? {} : { body }) });
}

/** Cookies that an answer sets, by name. */
export function cookiesOf(response: Response): Map<string, string> {
  return new Map(
    response.headers.getSetCookie().map((cookie) => {
      const [pair = ""] = cookie.split(";");
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** Signs in as a browser does: headers for requests with the session, with and without the CSRF token. */
export async function browser(username: string) {
  const response = await request("/accounts/login/", {
    method: "POST",
    body: new URLSearchParams({ username, password: `${username}-password-1` }),
  });
  if (response.status !== 200) throw new Error(`login: ${response.status} ${await response.text()}`);
  const cookies = cookiesOf(response);
  const csrf = cookies.get("csrftoken")!;
  const Cookie = `sessionid=${cookies.get("sessionid")}; csrftoken=${csrf}`;
  return { csrf, session: { Cookie }, unsafe: { Cookie, "X-CSRFToken": csrf } };
}
