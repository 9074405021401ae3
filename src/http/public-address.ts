/** Where the archive is found from outside: HTTP_ROOT, which may have a path, or the address of the request. */
import { ConfigError, config } from "../config.ts";

/** The public address, with a trailing slash. Throws ConfigError. */
export function rootOf(env: Env, url: string): string {
  return config(env).httpRoot ?? `${new URL(url).origin}/`;
}

/** The path of a request below the archive's own: a proxy in front may cut HTTP_ROOT's path off, or leave it there. */
export function pathBelowRoot(request: Request, options?: { env?: object }): string {
  const { pathname } = new URL(request.url);
  if (options?.env === undefined) return pathname;
  try {
    const prefix = new URL(rootOf(options.env as Env, request.url)).pathname;
    return pathname.startsWith(prefix) ? pathname.slice(prefix.length - 1) : pathname;
  } catch (error) {
    // Routing is no place to fail in; the first middleware meets the same error and it is answered.
    if (error instanceof ConfigError) return pathname;
    throw error;
  }
}

/** What every cookie has: it is this archive's alone, also on a host that it shares. `root` as `rootOf` answers it. */
export function cookieScope(root: string): { path: string; secure: boolean; sameSite: "Lax" } {
  const { pathname, protocol } = new URL(root);
  return { path: pathname, secure: protocol === "https:", sameSite: "Lax" };
}
