/** Frames in the catalogue and R2 as ingest would have left them, and requests for their previews. */
import { env } from "cloudflare:workers";
import type { Archive } from "../../src/archive/context.ts";
import { config } from "../../src/config.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { fileStore } from "../../src/store/files.ts";
import type { FrameFacts } from "../../src/store/frame.ts";
import { request } from "../http/archive.ts";
import { type DecodedPng, decodePng } from "../imaging/decode-png.ts";
import { add } from "../stored-frame.ts";

export const STAFF = "e".repeat(40);
export const USER = "f".repeat(40);
export const files = fileStore(env.FILES);
export const archive = { config: config(env), catalogue: openCatalogue(env.DB), files } as Pick<
  Archive,
  "config" | "catalogue" | "files"
> as Archive;
let count = 0;
let key = "";

/** Where the file stored last lies in R2. */
export function lastKey(): string {
  return key;
}

/** Puts a file into R2 and its frame into the catalogue, as ingest would; answers the frame's id. */
export async function store(bytes: Uint8Array, changes: Partial<FrameFacts> = {}): Promise<number> {
  const added = await add(`frame-${++count}.fits`, bytes, changes);
  key = added.key;
  return added.id;
}

export function get(id: number, query = "", headers: Record<string, string> = {}): Promise<Response> {
  return request(`/frames/${id}/preview/${query}`, { token: USER, headers });
}

export async function png(response: Response): Promise<DecodedPng> {
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const type = response.headers.get("Content-Type");
  if (type !== "image/png") throw new Error(`a picture of type ${type}`);
  return decodePng(await response.bytes());
}
