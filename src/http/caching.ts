/**
 * Who may keep an answer: RFC 9111. What everybody may see may be kept by everybody; what needs an account, by nobody.
 * `no-transform`: an intermediary that compressed a file would change its length, its ranges and its checksums.
 */
import type { Config } from "../config.ts";
import type { Frame } from "../store/frame.ts";

/** Seconds for which public answers may be used without asking again, at an address whose answer can change. */
const FRESH = 300;
/** After this long, no packing will take the place of an upload any more: the queue has given up, or done it. */
const SETTLED = 24 * 3600 * 1000;

/** Whether people who are not signed in see the frame: the visibility rule for `undated: false` and no proposals. */
export function isPublic(frame: Pick<Frame, "publicDate">, config: Pick<Config, "anonymous">, now: number): boolean {
  return config.anonymous === "public" && frame.publicDate !== null && frame.publicDate <= now;
}

/** Whether a version's file stays as it is; packing may still replace it (by the same bits in fewer bytes). */
export function isSettled(frame: Pick<Frame, "created" | "file">, now: number): boolean {
  return frame.file.packing !== "none" || now - frame.created > SETTLED;
}

/** Headers that say who may keep the answer. `forEver`: the address names an immutable version. */
export function cachingHeaders(open: boolean, forEver: boolean): Record<string, string> {
  if (!open) return { "Cache-Control": "private, no-store, no-transform", Vary: "Authorization, Cookie" };
  const life = forEver ? "max-age=31536000, immutable" : `max-age=${FRESH}`;
  return { "Cache-Control": `public, ${life}, no-transform` };
}
