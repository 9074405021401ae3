/** A small archive for the tests of delivery: files in R2, their frames, and people who may see some of them. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { app } from "../../src/app.ts";
import { hashToken } from "../../src/archive/accounts.ts";
import { accountStore } from "../../src/store/accounts.ts";

export { add, CREATED, factsOf, store } from "../stored-frame.ts";

export interface Asked {
  /** Name of somebody added by `person`. */
  as?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: BodyInit;
  /** Over those of the tests. */
  settings?: Record<string, string>;
}

export async function ask(path: string, { as, settings, ...init }: Asked = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (as !== undefined) headers.set("Authorization", `Token ${tokenOf(as)}`);
  const context = createExecutionContext();
  return app.request(new URL(path, "http://archive/"), { ...init, headers }, { ...env, ...settings } as Env, context);
}

export const tokenOf = (name: string) => `${name}-token`.padEnd(40, "0");

/** Adds an account with a token. */
export async function person(name: string, about: { isStaff?: boolean; proposals?: string[] } = {}): Promise<number> {
  const store = accountStore(env.DB);
  const { isStaff = false, proposals = [] } = about;
  const account = await store.add({ username: name, password: "", email: "", isStaff, proposals });
  const hash = await hashToken(tokenOf(name));
  await store.addToken({ userId: account!.id, hash, hint: "", label: "test", expires: null });
  return account!.id;
}

/** Bytes that look like nothing in particular, the same for the same seed. */
export function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed + 1;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
