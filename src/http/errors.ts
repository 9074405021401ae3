/** The one place where errors become HTTP answers. Their JSON has the shapes of Django REST framework. */
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { ArchiveError, type ArchiveErrorCode } from "../archive/errors.ts";
import { ConfigError } from "../config.ts";
import { FitsError } from "../fits/errors.ts";
import { FileStoreError, type FileStoreErrorCode } from "../store/files.ts";
import type { HttpEnv } from "./context.ts";

const STATUS: Record<ArchiveErrorCode, ContentfulStatusCode> = {
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

/** A frame whose object is gone is a matter for the archive's staff, but to whoever asks it is just not there. */
const FILE_STORE: Record<FileStoreErrorCode, { status: ContentfulStatusCode; body: { detail: string } }> = {
  MISSING: { status: 404, body: { detail: "The file of this frame is missing from the file store." } },
  CHANGED: { status: 503, body: { detail: "The file of this frame was replaced meanwhile; ask again." } },
  UNAVAILABLE: { status: 503, body: { detail: "The file store does not answer; ask again later." } },
};

/**
 * D1's errors are plain ones with this prefix; those about the statement itself are this archive's fault and stay 500.
 * https://developers.cloudflare.com/d1/observability/debug-d1/
 */
const PASSING_D1_ERROR = /^D1(_\w*)?_ERROR(?!.*SQLITE_(ERROR|CONSTRAINT|MISMATCH|RANGE|TOOBIG))/;

/** What a client is told: status, body, headers. */
export interface Refusal {
  status: ContentfulStatusCode;
  body: Record<string, string | string[]>;
  headers: Record<string, string>;
}

/** drizzle wraps what D1 says in a text with every parameter of the statement, which has no place in a log. */
function unwrapped(error: unknown): unknown {
  return error instanceof Error && error.message.startsWith("Failed query:") && error.cause !== undefined
    ? error.cause
    : error;
}

/** `{"detail": "…"}`, or `{"field": ["…"]}` where one parameter is at fault. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof ArchiveError) {
    const { field, fields, retryAfter } = error.details;
    const headers: Record<string, string> = {};
    if (error.code === "UNAUTHENTICATED") headers["WWW-Authenticate"] = "Token";
    if (typeof retryAfter === "number") headers["Retry-After"] = String(retryAfter);
    const body =
      fields !== undefined
        ? (fields as Record<string, string[]>)
        : field !== undefined
          ? { [field]: [error.message] }
          : { detail: error.message };
    return { status: STATUS[error.code], body, headers };
  }
  // A cursor is a parameter like any other; the store, which cannot import ArchiveError, has its own class for it.
  if (error instanceof Error && error.name === "BadCursorError") {
    return { status: 400, body: { cursor: [error.message] }, headers: {} };
  }
  if (error instanceof Error && error.name === "LongSortError") {
    return { status: 400, body: { sort: [error.message] }, headers: {} };
  }
  if (error instanceof FileStoreError) return { ...FILE_STORE[error.code], headers: {} };
  if (error instanceof FitsError) {
    return { status: error.code === "UNSUPPORTED" ? 415 : 422, body: { detail: error.message }, headers: {} };
  }
  if (error instanceof ConfigError) {
    return { status: 500, body: { detail: `The archive is not set up: ${error.message}` }, headers: {} };
  }
  if (error instanceof HTTPException) {
    return { status: error.status, body: { detail: error.message || "Malformed request." }, headers: {} };
  }
  if (error instanceof Error && PASSING_D1_ERROR.test(error.message)) {
    return { status: 503, body: { detail: "The catalogue does not answer; ask again later." }, headers: {} };
  }
  return { status: 500, body: { detail: "The archive failed on this request; its log says why." }, headers: {} };
}

/** Hono's error handler: answers, and logs what is the archive's own fault with its cause. */
export function answerError(thrown: unknown, c: Context<HttpEnv>): Response {
  const error = unwrapped(thrown);
  const refusal = refusalOf(error);
  if (refusal.status >= 500) {
    console.error(
      JSON.stringify({
        level: "error",
        id: c.var.requestId,
        path: c.req.path,
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
        cause: error instanceof Error && error.cause !== undefined ? String(error.cause) : undefined,
        stack: error instanceof Error ? error.stack : undefined,
      }),
    );
  }
  return c.json(refusal.body, refusal.status, refusal.headers);
}
