/** A small archive for the tests of delivery: files in R2, their frames, and people who may see some of them. */
import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { app } from "../../src/app.ts";
import { hashToken } from "../../src/archive/accounts.ts";
import { accountStore } from "../../src/store/accounts.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import type { FrameFacts, StoredFile } from "../../src/store/frame.ts";

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
  return app.request(new URL(path, "http://archive/"), { ...init, headers }, { ...env, ...settings } as Env);
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

/** Facts of a frame that is like many others. */
export function factsOf(basename: string, about: Partial<FrameFacts> = {}): FrameFacts {
  return {
    basename,
    siteid: "goe",
    telid: "0m50",
    instrume: "sb63",
    imagetyp: "object",
    filter: "V",
    object: "NGC 7331",
    rlevel: 0,
    dateObs: Date.UTC(2024, 0, 15, 20, 33, 21, 123),
    night: "2024-01-15",
    exptime: 60,
    xbinning: 1,
    ybinning: 1,
    width: 10,
    height: 10,
    ra: null,
    dec: null,
    footprint: null,
    reqnum: null,
    obsnum: null,
    propid: null,
    publicDate: null,
    related: [],
    ...about,
  };
}

let stored = 0;

/** Puts bytes into R2; what a frame says about them. */
export async function store(filename: string, bytes: Uint8Array): Promise<StoredFile> {
  const key = `frames/${++stored}/${filename}`;
  await env.FILES.put(key, bytes);
  const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest("hex");
  const [md5, sha256] = [digest("md5"), digest("sha256")];
  const { length: size } = bytes;
  return { key, filename, size, crc32: crc32(bytes), md5, sha256, packing: "none", original: null, warnings: [] };
}

/** When all frames of these tests came in. */
export const CREATED = Date.UTC(2024, 0, 16);

/** Stores a file and its frame. */
export async function add(
  filename: string,
  bytes: Uint8Array,
  about: Partial<FrameFacts> = {},
): Promise<{ id: number; key: string }> {
  const file = await store(filename, bytes);
  const facts = factsOf(filename.replace(/(\.(fits|fz|gz))+$/, ""), about);
  const { frame } = await openCatalogue(env.DB).add(facts, file, CREATED);
  return { id: frame.id, key: file.key };
}
