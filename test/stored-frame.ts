/** Frames in the catalogue and their files in R2, as an ingest would have left them. */
import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { openCatalogue } from "../src/store/d1-catalogue.ts";
import type { FrameFacts, StoredFile } from "../src/store/frame.ts";

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
