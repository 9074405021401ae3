/**
 * From the name of an object to its position, by a name resolver that the settings name. Nothing but that host is ever
 * asked, whatever is in the name and wherever the host redirects to.
 */
import type { Config } from "../config.ts";
import { ArchiveError } from "./errors.ts";
import { type Resolved, readAnswer } from "./resolver-answer.ts";

/** Longer than any designation; the resolvers' own limits are not documented. */
export const MOST_NAME = 100;

/** A resolver's answer has a few kilobytes. */
const MOST_BYTES = 256 * 1024;
const MOST_REDIRECTS = 3;

/** Positions do not change, but what catalogues know does; seconds. */
const KEPT = { known: 30 * 24 * 3600, unknown: 3600 };

type Settings = Pick<Config, "resolverUrl" | "resolverSeconds">;

function unavailable(message: string, cause?: unknown): ArchiveError {
  return new ArchiveError("UNAVAILABLE", message, {}, cause === undefined ? undefined : { cause });
}

/**
 * Throws BAD_PARAMETER for what is no name, NOT_FOUND where the resolver knows none such or there is no resolver, and
 * UNAVAILABLE where it does not answer (in time, or as a resolver does). `later` keeps the isolate for what follows.
 */
export async function resolveName(
  settings: Settings,
  name: string,
  later: (work: Promise<unknown>) => void,
): Promise<Resolved> {
  if (settings.resolverUrl === null) {
    throw new ArchiveError("NOT_FOUND", "This archive resolves no names (its setting RESOLVER_URL is off).");
  }
  const plain = name.replace(/\s+/g, " ").trim();
  if (plain === "" || plain.length > MOST_NAME || !/[\p{L}\p{N}]/u.test(plain) || /\p{C}/u.test(plain)) {
    const accepts = `It accepts the name of an object, such as M 51, of at most ${MOST_NAME} characters.`;
    throw new ArchiveError("BAD_PARAMETER", accepts, { field: "name" });
  }
  const url = new URL(settings.resolverUrl.replaceAll("{name}", encodeURIComponent(plain)));
  const cache = await caches.open("resolver");
  const key = `https://resolver.invalid/?${encodeURIComponent(url.href)}`;
  const kept = await cache.match(key);
  if (kept !== undefined) return known(plain, (await kept.json()) as Resolved | null);
  const answer = readAnswer(await textOf(url, settings.resolverSeconds));
  if (answer === "strange") throw unavailable("The name resolver gave no answer that can be read.");
  if (answer === "failed") throw unavailable("The name resolver could not ask all of its catalogues; try again later.");
  const found = answer === "unknown" ? null : answer;
  const seconds = found === null ? KEPT.unknown : KEPT.known;
  later(cache.put(key, Response.json(found, { headers: { "Cache-Control": `public, max-age=${seconds}` } })));
  return known(plain, found);
}

function known(name: string, found: Resolved | null): Resolved {
  if (found !== null) return found;
  throw new ArchiveError("NOT_FOUND", `The name resolver knows no object called "${name}".`);
}

/** What the resolver says; a 404 says that it knows nothing. */
async function textOf(url: URL, seconds: number): Promise<string> {
  const signal = AbortSignal.timeout(seconds * 1000);
  try {
    let at = url;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const answer = await fetch(at, { redirect: "manual", signal, headers: { "User-Agent": "Platevault" } });
      const location = answer.headers.get("Location");
      if (answer.status >= 300 && answer.status < 400 && location !== null) {
        await answer.body?.cancel();
        const next = new URL(location, at);
        // As safe as the setting: the same host, and never from https to http.
        if (next.host !== url.host || (next.protocol !== url.protocol && next.protocol !== "https:")) {
          throw unavailable("The name resolver sent the archive to another host, which it does not ask.");
        }
        at = next;
        continue;
      }
      if (!answer.ok && answer.status !== 404) {
        await answer.body?.cancel();
        throw unavailable(`The name resolver answered with an error (${answer.status}); try again later.`);
      }
      const text = await bounded(answer);
      return answer.status === 404 ? '{"error": "not found"}' : text;
    }
    throw unavailable("The name resolver redirects on and on.");
  } catch (error) {
    if (error instanceof ArchiveError) throw error;
    if (signal.aborted) throw unavailable(`The name resolver did not answer within ${seconds} s.`, error);
    throw unavailable("The name resolver cannot be reached.", error);
  }
}

async function bounded(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw unavailable("The name resolver gave no answer that can be read.");
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}
