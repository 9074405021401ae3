import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { signIn } from "../../src/archive/accounts.ts";
import { hashPassword, verifyPassword } from "../../src/archive/password.ts";
import { startSession } from "../../src/archive/session.ts";
import { config } from "../../src/config.ts";
import {
  accounts,
  addRecordedUsers,
  addUser,
  browser,
  cookiesOf,
  recorded,
  replay,
  request,
  TOKENS,
} from "./archive.ts";

const credentials = (username: string, password = `${username}-password-1`) => ({ username, password });

function asForm(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

async function tokenFor(username: string): Promise<string> {
  const response = await request("/api-token-auth/", {
    method: "POST",
    body: new URLSearchParams(credentials(username)),
  });
  return ((await response.json()) as { token: string }).token;
}

it("makes the first account at the first sign-in, once, and never again", async () => {
  const first = { firstAccount: { username: "chief", password: "chief-password-1" } };
  const both = await Promise.all([
    signIn(accounts, first, { ...credentials("chief"), address: "a" }, Date.now()),
    signIn(accounts, first, { ...credentials("chief"), address: "b" }, Date.now()),
  ]);
  expect(both.map((account) => [account.username, account.isStaff])).toEqual([
    ["chief", true],
    ["chief", true],
  ]);
  expect((await accounts.list()).length).toBe(1);
  // A changed variable neither adds an account nor changes the password.
  const changed = { firstAccount: { username: "chief", password: "another-password-2" } };
  const attempt = signIn(
    accounts,
    changed,
    { username: "chief", password: "another-password-2", address: "a" },
    Date.now(),
  );
  await expect(attempt).rejects.toMatchObject({ code: "BAD_PARAMETER" });
  expect((await accounts.list()).length).toBe(1);
});

describe("with accounts", () => {
  beforeAll(addRecordedUsers);

  it("is healthy", async () => {
    const response = await request("/health/");
    expect([response.status, await response.json()]).toEqual([200, { status: "ok", database: "ok", files: "ok" }]);
  });

  it("gives the same token each time, for a form, multipart and JSON", async () => {
    const bodies: RequestInit[] = [
      { body: new URLSearchParams(credentials("user")) },
      { body: asForm(credentials("user")) },
      { body: JSON.stringify(credentials("USER", "user-password-1")), headers: { "Content-Type": "application/json" } },
    ];
    const tokens = [];
    for (const body of bodies) {
      const response = await request("/api-token-auth/", { method: "POST", ...body });
      expect(response.status).toBe(200);
      tokens.push(((await response.json()) as { token: string }).token);
    }
    expect(tokens[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(new Set(tokens).size).toBe(1);
    for (const scheme of ["Token", "token", "Bearer"]) {
      const response = await request("/profile/", { headers: { Authorization: `${scheme} ${tokens[0]}` } });
      expect(await response.json()).toMatchObject({ username: "user", is_staff: false, profile: { proposals: [] } });
    }
  });

  it("gives another token after the first was revoked", async () => {
    const id = await addUser("revoked");
    const first = await tokenFor("revoked");
    const [row] = await accounts.tokens(id);
    await accounts.revokeToken(row!.id, Date.now());
    expect((await request("/profile/", { token: first })).status).toBe(401);
    const second = await tokenFor("revoked");
    expect(second).not.toBe(first);
    expect((await request("/profile/", { token: second })).status).toBe(200);
  });

  it("answers recorded requests in the words of pyobs-archive", async () => {
    const answers = await recorded("auth");
    // Answered otherwise on purpose: Bearer and HEAD are taken here, and the login page is the browser app's.
    const otherwise = ["frames_bearer", "frames_head", "login_page", "frames_lowercase_token"];
    for (const [name, answer] of Object.entries(answers)) {
      if (otherwise.includes(name)) continue;
      const response = await replay(answer);
      expect([name, response.status]).toEqual([name, answer.status]);
      if (name === "token_good_json") expect(await response.json()).toEqual({ token: expect.any(String) });
      else if (answer.json !== undefined && name !== "frames_options") {
        expect([name, await response.json()]).toEqual([name, answer.json]);
      }
      for (const header of ["WWW-Authenticate", "Location"]) {
        if (answer.headers[header] === undefined) continue;
        expect([name, response.headers.get(header)?.replace("http://archive", "")]).toEqual([
          name,
          answer.headers[header],
        ]);
      }
      if (response.status === 405) {
        const methods = response.headers.get("Allow")!.split(", ").sort();
        expect([name, methods]).toEqual([name, answer.headers.Allow!.split(", ").sort()]);
      }
    }
  });

  it("leads from pyobs-archive's sign-in page to its own, with the cookie that scripts come for", async () => {
    const page = await request("/accounts/login/?next=/frames/?limit%3D1");
    expect([page.status, page.headers.get("Location")]).toEqual([
      302,
      "http://archive/sign-in?next=%2Fframes%2F%3Flimit%3D1",
    ]);
    expect(cookiesOf(page).get("csrftoken")).toMatch(/^[0-9a-f]{64}$/);
  });

  it("refuses wrong passwords, unknown and inactive users in the same words", async () => {
    for (const fields of [credentials("user", "wrong"), credentials("nobody"), credentials("inactive")]) {
      const response = await request("/api-token-auth/", { method: "POST", body: new URLSearchParams(fields) });
      expect(response.status).toBe(400);
      expect(await response.json()).toEqual({
        non_field_errors: ["Unable to log in with provided credentials."],
      });
    }
    const empty = await request("/api-token-auth/", { method: "POST", body: new URLSearchParams({ username: "" }) });
    expect(await empty.json()).toEqual({
      username: ["This field may not be blank."],
      password: ["This field is required."],
    });
    const broken = await request("/api-token-auth/", {
      method: "POST",
      body: "{",
      headers: { "Content-Type": "application/json" },
    });
    expect([broken.status, await broken.json()]).toEqual([400, { detail: expect.stringContaining("parsed") }]);
    const xml = await request("/api-token-auth/", {
      method: "POST",
      body: "<x/>",
      headers: { "Content-Type": "text/xml" },
    });
    expect(xml.status).toBe(415);
  });

  it("stops the guessing of a password, and only from there", async () => {
    await addUser("guessed");
    const attempt = (address: string, password: string) =>
      request("/api-token-auth/", {
        method: "POST",
        body: new URLSearchParams(credentials("guessed", password)),
        headers: { "CF-Connecting-IP": address },
      });
    for (let i = 0; i < 10; i++) expect((await attempt("192.0.2.1", `wrong-${i}`)).status).toBe(400);
    const refused = await attempt("192.0.2.1", "guessed-password-1");
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(200);
    expect((await attempt("192.0.2.2", "guessed-password-1")).status).toBe(200);
  });

  it("hashes passwords as Django does, and never beyond what the platform computes", async () => {
    const stored = await hashPassword("correct horse");
    expect(stored).toMatch(/^pbkdf2_sha256\$100000\$[A-Za-z0-9]{16,}\$[A-Za-z0-9+/]{43}=$/);
    expect(await verifyPassword("correct horse", stored)).toBe(true);
    expect(await verifyPassword("correct horsf", stored)).toBe(false);
    // The format is Django's (django.contrib.auth.hashers); the hash was made by Python's hashlib.pbkdf2_hmac.
    const django = "pbkdf2_sha256$1000$saltsaltsalt$dz0tPg3f3Cub3HE25nYFvJIVNaJvVlNDg4NpAtEcK0w=";
    expect(await verifyPassword("platevault", django)).toBe(true);
    for (const foreign of ["argon2$argon2id$v=19$m=102400", stored.replace("100000", "9000000"), "md5$a$b"]) {
      await expect(verifyPassword("x", foreign)).rejects.toMatchObject({ code: "BAD_PARAMETER" });
    }
    for (const none of ["", "!unusable"]) expect(await verifyPassword("", none)).toBe(false);
  });

  it("takes accounts over with hashes that the platform refuses to compute, and makes them anew", async () => {
    // Production refuses more than 100,000 iterations, the local runtime does not. Fewer are enough to try it.
    const derive = crypto.subtle.deriveBits.bind(crypto.subtle);
    vi.spyOn(crypto.subtle, "deriveBits").mockImplementation(async (algorithm, key, length) => {
      const { iterations } = algorithm as unknown as { iterations: number };
      if (iterations !== 2000) return derive(algorithm, key, length);
      throw new DOMException("Pbkdf2 failed: iteration counts above 100000 are not supported.", "NotSupportedError");
    });
    // By Python's hashlib.pbkdf2_hmac, in the form of django.contrib.auth.hashers.
    const hash = "pbkdf2_sha256$2000$saltOfDjango22$hUq0/Jo1i4HOIdkDGsix0+TzxQPWurnihShYpE3wGgw=";
    const add = (fields: object) =>
      request("/admin/api/users/", {
        method: "POST",
        token: TOKENS.admin,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ username: "imported", ...fields }),
      });
    for (const bad of [{ password_hash: "argon2$x" }, { password_hash: hash, password: "a good password" }]) {
      expect(Object.keys((await (await add(bad)).json()) as object)).toEqual(["password_hash"]);
    }
    expect((await add({ password_hash: hash })).status).toBe(201);
    const signedIn = async (password: string) =>
      (
        await request("/api-token-auth/", {
          method: "POST",
          body: new URLSearchParams({ username: "imported", password }),
        })
      ).status;
    const stored = async () => (await accounts.byName("imported"))!.password;
    expect(await signedIn("another password")).toBe(400);
    expect(await stored()).toBe(hash);
    expect(await signedIn("an imported password")).toBe(200);
    expect(await stored()).toMatch(/^pbkdf2_sha256\$100000\$/);
    expect(await signedIn("an imported password")).toBe(200);
    // So many a minute, of anybody: they stop everything else.
    await accounts.renew((await accounts.byName("imported"))!.id, hash, "", Date.now());
    const answers = [];
    for (let i = 0; i < 4; i++) answers.push(await signedIn("another password"));
    expect(answers).toEqual([400, 400, 400, 429]);
    vi.restoreAllMocks();
  });

  it("keeps nothing from which a token or a password could be had", async () => {
    const token = await tokenFor("user");
    const tables = await Promise.all(["user", "token"].map((name) => env.DB.prepare(`SELECT * FROM ${name}`).all()));
    const everything = JSON.stringify(tables);
    expect(everything).not.toContain(token);
    expect(everything).not.toContain("user-password-1");
  });

  describe("in a browser", () => {
    it("sets both CSRF cookies on GET / whoever asks, and keeps a token that is there", async () => {
      for (const init of [{}, { token: TOKENS.user }, { token: "wrong" }]) {
        const response = await request("/", init);
        expect(response.status).toBe(200);
        expect(response.headers.get("Content-Type")).toContain("text/html");
        const cookies = cookiesOf(response);
        expect(cookies.get("csrftoken")).toMatch(/^[0-9a-f]{64}$/);
        expect(cookies.get("archive_csrftoken")).toBe(cookies.get("csrftoken"));
        const again = await request("/", { headers: { Cookie: `csrftoken=${cookies.get("csrftoken")}` } });
        expect(cookiesOf(again).get("csrftoken")).toBe(cookies.get("csrftoken"));
      }
    });

    it("signs in and out with a session that scripts cannot read", async () => {
      const login = await request("/accounts/login/", {
        method: "POST",
        body: JSON.stringify(credentials("user")),
        headers: { "Content-Type": "application/json" },
      });
      const cookie = login.headers.getSetCookie().find((one) => one.startsWith("sessionid="))!;
      expect(cookie).toMatch(/HttpOnly/i);
      expect(cookie).toMatch(/SameSite=Lax/i);
      const { session, unsafe } = await browser("user");
      expect((await request("/profile/", { headers: session })).status).toBe(200);
      const logout = await request("/accounts/logout/", { method: "POST", headers: unsafe });
      expect(logout.status).toBe(204);
      expect(logout.headers.getSetCookie().join()).toMatch(/sessionid=;.*Max-Age=0/);
    });

    it("signs in anew and out as forms do, with the CSRF token in a field", async () => {
      const { session, csrf } = await browser("user");
      const send = (path: string, fields: Record<string, string>) =>
        request(path, { method: "POST", body: new URLSearchParams(fields), headers: session });
      const csrfmiddlewaretoken = csrf;
      expect((await send("/accounts/login/", { ...credentials("admin"), csrfmiddlewaretoken })).status).toBe(200);
      expect((await send("/accounts/login/", credentials("admin"))).status).toBe(403);
      expect((await send("/accounts/logout/", { csrfmiddlewaretoken: "x" })).status).toBe(403);
      expect((await send("/accounts/logout/", { csrfmiddlewaretoken })).status).toBe(204);
    });

    it("takes no unsafe request of a session without its CSRF token, or from another site", async () => {
      const { session, unsafe, csrf } = await browser("admin");
      const post = (headers: Record<string, string>) =>
        request("/profile/tokens/", {
          method: "POST",
          headers: { ...headers, "Content-Type": "application/json" },
          body: JSON.stringify({ label: "csrf" }),
        });
      for (const headers of [
        session,
        { ...session, "X-CSRFToken": "0".repeat(64) },
        { ...unsafe, Origin: "https://evil.example" },
        { Cookie: session.Cookie.replace(/csrftoken=\w+/, "x=y"), "X-CSRFToken": csrf },
      ]) {
        const response = await post(headers);
        expect(response.status).toBe(403);
        expect(await response.json()).toEqual({ detail: expect.stringMatching(/^CSRF Failed: /) });
      }
      expect((await post(unsafe)).status).toBe(201);
      expect((await post({ ...unsafe, Origin: "http://archive" })).status).toBe(201);
      const foreign = await request("/accounts/login/", {
        method: "POST",
        body: new URLSearchParams(credentials("user")),
        headers: { Origin: "https://evil.example" },
      });
      expect(foreign.status).toBe(403);
      // A token is never sent by a browser on its own.
      const byToken = { Authorization: `Token ${TOKENS.admin}`, Origin: "https://evil.example" };
      expect((await post(byToken)).status).toBe(201);
    });

    it("ends sessions that are altered, over, or older than the password", async () => {
      const id = await addUser("changing");
      const { session } = await browser("changing");
      const altered = { Cookie: session.Cookie.replace(/(sessionid=[^;]{60})./, "$1~") };
      expect((await request("/profile/", { headers: altered })).status).toBe(401);
      const past = Date.now() - 1000 * (config(env).sessionSeconds + 60);
      const over = await startSession(config(env), { id, epoch: 1 }, past);
      expect((await request("/profile/", { headers: { Cookie: `sessionid=${over}` } })).status).toBe(401);

      const { unsafe } = await browser("changing");
      const token = await tokenFor("changing");
      const change = (old_password: string, new_password: string) =>
        request("/profile/password/", {
          method: "POST",
          headers: { ...unsafe, "Content-Type": "application/json" },
          body: JSON.stringify({ old_password, new_password }),
        });
      expect(await (await change("wrong", "a new password")).json()).toEqual({ old_password: [expect.any(String)] });
      expect(await (await change("changing-password-1", "short")).json()).toEqual({
        new_password: [expect.stringContaining("at least")],
      });
      const changed = await change("changing-password-1", "a new password");
      expect(changed.status).toBe(204);
      expect((await request("/profile/", { headers: session })).status).toBe(401);
      expect((await request("/profile/", { token })).status).toBe(401);
      const renewed = cookiesOf(changed).get("sessionid");
      expect((await request("/profile/", { headers: { Cookie: `sessionid=${renewed}` } })).status).toBe(200);
    });
  });

  describe("tokens and accounts by the API", () => {
    const send = (method: string, path: string, body: unknown, token = TOKENS.admin) =>
      request(path, {
        method,
        token,
        headers: { "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });

    it("lets people make, see and revoke their own tokens only", async () => {
      const made = await send("POST", "/profile/tokens/", { label: "robot" }, TOKENS.user);
      expect(made.status).toBe(201);
      const { id, token } = (await made.json()) as { id: number; token: string };
      expect((await request("/profile/", { token })).status).toBe(200);
      const listed = (await (await request("/profile/tokens/", { token })).json()) as { results: unknown[] };
      expect(listed.results).toContainEqual({
        id,
        hint: token.slice(0, 6),
        label: "robot",
        created: expect.stringMatching(/Z$/),
        expires: null,
      });
      expect((await send("DELETE", `/profile/tokens/${id}/`, undefined, TOKENS.pyobs)).status).toBe(404);
      expect((await send("DELETE", `/profile/tokens/${id}/`, undefined, TOKENS.user)).status).toBe(204);
      expect((await request("/profile/", { token })).status).toBe(401);
      expect((await send("POST", "/profile/tokens/", { label: "api-token-auth" }, TOKENS.user)).status).toBe(400);
      expect((await send("POST", "/profile/tokens/", {}, TOKENS.user)).status).toBe(400);
    });

    it("does not take a token beyond its end", async () => {
      const soon = new Date(Date.now() + 300).toISOString();
      const made = await send("POST", "/profile/tokens/", { label: "short", expires: soon }, TOKENS.user);
      const { token } = (await made.json()) as { token: string };
      expect((await request("/profile/", { token })).status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 400));
      expect((await request("/profile/", { token })).status).toBe(401);
      expect((await send("POST", "/profile/tokens/", { label: "past", expires: soon }, TOKENS.user)).status).toBe(400);
    });

    it("lets the staff add, change, disable and enable accounts", async () => {
      const added = await send("POST", "/admin/api/users/", {
        username: "new.person",
        password: "new-person-password",
        proposals: ["P2", "P1"],
      });
      expect([added.status, await added.json()]).toEqual([
        201,
        expect.objectContaining({ username: "new.person", is_staff: false, is_active: true, proposals: ["P1", "P2"] }),
      ]);
      expect((await send("POST", "/admin/api/users/", { username: "NEW.person" })).status).toBe(409);
      expect((await send("POST", "/admin/api/users/", { username: "bad name" })).status).toBe(400);
      const signedIn = () =>
        request("/api-token-auth/", {
          method: "POST",
          body: new URLSearchParams(credentials("new.person", "new-person-password")),
        });
      const { token } = (await (await signedIn()).json()) as { token: string };
      const user = "/admin/api/users/new.person/";
      expect((await send("PATCH", user, { is_active: false })).status).toBe(200);
      expect((await request("/profile/", { token })).status).toBe(401);
      expect((await signedIn()).status).toBe(400);
      expect((await send("PATCH", user, { is_active: true, is_staff: true, proposals: ["P3"] })).status).toBe(200);
      expect(await accounts.byName("new.person")).toMatchObject({ isStaff: true, isActive: true, proposals: ["P3"] });
      expect((await signedIn()).status).toBe(200);
      expect((await send("PATCH", user, { password: "short" })).status).toBe(400);
      expect((await send("PATCH", user, { is_admin: true })).status).toBe(400);
      expect((await send("PATCH", "/admin/api/users/nobody/", { is_active: false })).status).toBe(404);
      expect((await send("PATCH", "/admin/api/users/admin/", { is_active: false })).status).toBe(409);

      const made = await send("POST", `${user}tokens/`, { label: "from above" });
      const { id, token: theirs } = (await made.json()) as { id: number; token: string };
      expect((await request("/profile/", { token: theirs })).status).toBe(200);
      // One that an archive before this one has given out goes on working.
      const old = "0123456789abcdef0123456789abcdef01234567";
      const moved = { label: "moved", token: old };
      expect((await send("POST", `${user}tokens/`, moved)).status).toBe(201);
      expect((await request("/profile/", { token: old })).status).toBe(200);
      expect((await send("POST", `${user}tokens/`, moved)).status).toBe(409);
      expect((await send("POST", `${user}tokens/`, { label: "weak", token: "0123" })).status).toBe(400);
      const listed = (await (await request(`${user}tokens/`, { token: TOKENS.admin })).json()) as {
        results: { id: number }[];
      };
      expect(listed.results.map((one) => one.id)).toContain(id);
      expect((await send("DELETE", `/admin/api/tokens/${id}/`, undefined)).status).toBe(204);
      expect((await send("DELETE", `/admin/api/tokens/${id}/`, undefined)).status).toBe(404);
    });

    it("keeps administration to the staff", async () => {
      for (const [method, path] of [
        ["GET", "/admin/api/users/"],
        ["POST", "/admin/api/users/"],
        ["PATCH", "/admin/api/users/admin/"],
        ["GET", "/admin/api/users/admin/tokens/"],
        ["POST", "/admin/api/users/admin/tokens/"],
        ["DELETE", "/admin/api/tokens/1/"],
      ] as const) {
        const body = method === "GET" ? undefined : {};
        expect([path, (await send(method, path, body, TOKENS.user)).status]).toEqual([path, 403]);
        expect([path, (await request(path, { method })).status]).toEqual([path, 401]);
      }
    });
  });
});
