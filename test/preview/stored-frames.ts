/** Frames in the catalogue and R2 as ingest would have left them, and requests for their previews. */
import { env } from "cloudflare:workers";
import type { Archive } from "../../src/archive/context.ts";
import { config } from "../../src/config.ts";
import { openCatalogue } from "../../src/store/d1-catalogue.ts";
import { fileStore } from "../../src/store/files.ts";
import type { FrameFacts } from "../../src/store/frame.ts";
import { request } from "../http/archive.ts";
import { type DecodedPng, decodePng } from "../imaging/decode-png.ts";

export const STAFF = "e".repeat(40);
export const USER = "f".repeat(40);
export const files = fileStore(env.FILES);
export const archive = { config: config(env), catalogue: openCatalogue(env.DB), files } as Pick<
  Archive,
  "config" | "catalogue" | "files"
> as Archive;
let count = 0;

/** Where the file stored last lies in R2. */
export function lastKey(): string {
  return `frames/preview/${count}`;
}

/** Puts a file into R2 and its frame into the catalogue, as ingest would; answers the frame's id. */
export async function store(bytes: Uint8Array, changes: Partial<FrameFacts> = {}): Promise<number> {
  count++;
  const basename = changes.basename ?? `frame-${count}`;
  const key = lastKey();
  await env.FILES.put(key, bytes);
  const facts: FrameFacts = {
    basename,
    siteid: "goe",
    telid: "0m50",
    instrume: "sb63",
    imagetyp: "object",
    filter: null,
    object: null,
    rlevel: 0,
    dateObs: Date.parse("2024-01-15T22:00:00Z"),
    night: "2024-01-15",
    exptime: 1,
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
    ...changes,
  };
  const digest = count.toString(16).padStart(4, "0");
  const added = await archive.catalogue.add(
    facts,
    {
      key,
      filename: `${basename}.fits`,
      size: bytes.length,
      crc32: count,
      md5: digest.repeat(8),
      sha256: digest.repeat(16),
      packing: "none",
      original: null,
      warnings: [],
    },
    Date.now(),
  );
  return added.frame.id;
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
