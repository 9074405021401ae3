/**
 * Requests to the archive with the browser's session, their paths relative to its address. Everything that fails is an
 * ApiError, or an abort.
 */
import { errorOf, noAnswer } from "./error.ts";

/** The value of a cookie that scripts may read, or null. */
function cookie(name: string): string | null {
  for (const part of document.cookie.split(/;\s*/)) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at) === name) return decodeURIComponent(part.slice(at + 1));
  }
  return null;
}

/** The token that a changing request must repeat beside its cookie. `GET /` sets the cookie where it is missing. */
export async function csrfToken(): Promise<string> {
  const known = cookie("csrftoken");
  if (known !== null) return known;
  await answer("./", {});
  return cookie("csrftoken") ?? "";
}

/** Sends a request; an answer outside 2xx and no answer at all are ApiErrors, an abort stays an AbortError. */
export async function answer(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw noAnswer(cause);
  }
  if (!response.ok) throw errorOf(response.status, await response.text());
  return response;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await answer(path, { headers: { Accept: "application/json" }, signal: signal ?? null });
  return (await response.json()) as T;
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await answer(path, { signal: signal ?? null })).text();
}

/** A changing request with a JSON body. Answers the parsed body, or null where there is none. */
export async function send<T>(method: "POST" | "DELETE" | "PATCH" | "PUT", path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "X-CSRFToken": await csrfToken() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await answer(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  const text = await response.text();
  return (text === "" ? null : JSON.parse(text)) as T;
}
