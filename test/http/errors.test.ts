import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { HTTPException } from "hono/http-exception";
import { afterEach, describe, expect, it, vi } from "vitest";
import { app } from "../../src/app.ts";
import { hashToken } from "../../src/archive/accounts.ts";
import { ArchiveError, type ArchiveErrorCode } from "../../src/archive/errors.ts";
import { ConfigError } from "../../src/config.ts";
import { FitsError } from "../../src/fits/errors.ts";
import { refusalOf } from "../../src/http/errors.ts";
import { FileStoreError } from "../../src/store/files.ts";
import { addUser, TOKENS } from "./archive.ts";

afterEach(() => vi.restoreAllMocks());

describe("an error's answer", () => {
  it("has one status for each code", () => {
    const statuses: Record<ArchiveErrorCode, number> = {
      BAD_PARAMETER: 400,
      UNAUTHENTICATED: 401,
      FORBIDDEN: 403,
      NOT_FOUND: 404,
      CONFLICT: 409,
      TOO_LARGE: 413,
      UNREADABLE: 422,
      UNSUPPORTED: 415,
      RATE_LIMITED: 429,
      UNAVAILABLE: 503,
    };
    for (const [code, status] of Object.entries(statuses)) {
      const refusal = refusalOf(new ArchiveError(code as ArchiveErrorCode, "why"));
      expect(refusal).toMatchObject({ status, body: { detail: "why" } });
    }
    const cursor = Object.assign(new Error("no such page"), { name: "BadCursorError" });
    for (const [error, status, body] of [
      [new ArchiveError("BAD_PARAMETER", "why", { field: "RLEVEL" }), 400, { RLEVEL: ["why"] }],
      [cursor, 400, { cursor: ["no such page"] }],
      [new FitsError("CORRUPT", "broken tile"), 422, { detail: "broken tile" }],
      [new FitsError("UNSUPPORTED", "groups"), 415, { detail: "groups" }],
      [new FileStoreError("MISSING", "frames/a is gone", "frames/a"), 404, { detail: expect.any(String) }],
      [new FileStoreError("UNAVAILABLE", "R2", "frames/a"), 503, { detail: expect.any(String) }],
      [new HTTPException(415, { message: "Unsupported Media Type" }), 415, { detail: "Unsupported Media Type" }],
      [new ConfigError("SECRET_KEY must be there."), 500, { detail: expect.stringContaining("SECRET_KEY") }],
      [new Error("D1_ERROR: Network connection lost."), 503, { detail: expect.any(String) }],
      [new Error("D1_ERROR: no such column: x: SQLITE_ERROR"), 500, { detail: expect.any(String) }],
      [new TypeError("x is not a function"), 500, { detail: expect.not.stringContaining("function") }],
    ] as const) {
      expect(refusalOf(error)).toMatchObject({ status, body });
    }
  });

  it("says once that the archive is not set up, on every route, without the secret", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    for (const path of ["/", "/frames/", "/nothing/"]) {
      const settings = { ...env, SECRET_KEY: "too short" };
      const response = await app.fetch(new Request(`http://archive${path}`), settings, createExecutionContext());
      expect(response.status).toBe(500);
      const { detail } = (await response.json()) as { detail: string };
      expect(detail).toMatch(/not set up: SECRET_KEY/);
      expect(detail).not.toContain("too short");
    }
  });
});

describe("the log", () => {
  const logged = async (request: Request): Promise<Record<string, unknown>[]> => {
    const lines: unknown[] = [];
    for (const level of ["log", "error"] as const) {
      vi.spyOn(console, level).mockImplementation((line: unknown) => void lines.push(line));
    }
    const response = await app.fetch(request, env, createExecutionContext());
    await response.arrayBuffer();
    return lines.map((line) => ({ ...JSON.parse(String(line)), answer: response.headers.get("X-Request-Id") }));
  };

  it("has one line a request: who, what, how long; and no secret", async () => {
    await addUser("admin", { token: TOKENS.admin, isStaff: true });
    const signature = "abcd.dhp.1.1.sxyz.0123456789abcdef0123456789abcdef";
    const [line, ...more] = await logged(
      new Request(`http://archive/frames/7/?s=${signature}&auth_token=hidden&version=1`, {
        headers: { Authorization: `Token ${TOKENS.admin}` },
      }),
    );
    expect(more).toEqual([]);
    expect(line).toMatchObject({ level: "info", method: "GET", status: 404, user: "admin", ms: expect.any(Number) });
    expect(line!.id).toBe(line!.answer);
    expect(line!.path).toBe("/frames/7/?s=…&auth_token=…&version=1");
    const text = JSON.stringify(line);
    for (const secret of [signature, "hidden", TOKENS.admin]) expect(text).not.toContain(secret);
    const [odd] = await logged(new Request("http://archive/frames/?OBJECT=%ff&%fe=%"));
    expect(odd).toMatchObject({ level: "info", status: 401, path: expect.stringContaining("OBJECT") });
    const wrong = await logged(
      new Request("http://archive/api-token-auth/", {
        method: "POST",
        body: new URLSearchParams({ username: "admin", password: "a wrong password" }),
      }),
    );
    expect(JSON.stringify(wrong)).not.toContain("wrong password");
  });

  it("tells the cause of what is the archive's own fault", async () => {
    const database: Record<string, unknown> = {
      withSession: () => database,
      // Drizzle asks for a statement first, and tells every parameter when that fails.
      prepare: () => ({ bind: () => ({ raw: fail, all: fail, first: fail, run: fail }) }),
    };
    async function fail(): Promise<never> {
      throw new Error("D1_ERROR: Network connection lost.");
    }
    const broken = { ...env, DB: database as unknown as D1Database };
    const lines: string[] = [];
    vi.spyOn(console, "error").mockImplementation((line: unknown) => void lines.push(String(line)));
    vi.spyOn(console, "log").mockImplementation(() => {});
    const request = new Request("http://archive/profile/", { headers: { Authorization: `Token ${TOKENS.admin}` } });
    const response = await app.fetch(request, broken, createExecutionContext());
    expect(response.status).toBe(503);
    expect(lines.join()).toContain("Network connection lost");
    expect(lines.join()).not.toContain(await hashToken(TOKENS.admin));
    const health = await app.fetch(new Request("http://archive/health/"), broken, createExecutionContext());
    expect([health.status, await health.json()]).toEqual([
      503,
      { status: "failing", database: "failing", files: "ok" },
    ]);
  });
});
