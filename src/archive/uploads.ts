/**
 * Uploads in parts, for files beyond one request and for bad lines. Parts lie in R2 as objects of their own below
 * `ARCHIVE_ROOT/.uploads/ID/`, so any of them may come at any time, again, or in parallel, and what has come is known by
 * a listing. Completing reads them in order through the one `ingest`: same rules, same proofs.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Config } from "../config.ts";
import type { FileInfo, FileStore } from "../store/files.ts";
import type { Archive } from "./context.ts";
import { ArchiveError } from "./errors.ts";
import { directoryOf, withoutDirectories } from "./names.ts";

/** Bytes of every part but the last: one is held in memory while it is checked, a few of them at once. */
export const PART_SIZE = 8 * 1024 * 1024;
/** One completion reads and writes every part in one invocation, which has 1000 calls to R2 and D1. */
const MOST_BYTES = 4e9;
/** Multipart uploads to R2 dropped in one run. */
const MOST_DROPPED = 100;
const META = "upload.json";
/** Bytes of one step through a part. */
const STEP = 128 * 1024;

type Stores = Pick<Archive, "config" | "files">;

export interface Announcement {
  /** Without directories. */
  filename: string;
  size: number;
  /** Of the whole file, hex. */
  sha256?: string | undefined;
}

export interface OpenUpload extends Announcement {
  id: string;
  parts: number;
  /** Numbers of the parts that are there, from 1, ascending. */
  received: number[];
  /** UTC milliseconds; each part that comes puts it off. */
  expires: number;
}

/** Where all of this lies: `stock.ts` leaves it out, as it has its own upkeep below. */
export function uploadsPrefix(config: Pick<Config, "archiveRoot">): string {
  return `${directoryOf(config.archiveRoot)}.uploads/`;
}

/** Throws TOO_LARGE and BAD_PARAMETER. */
export async function openUpload({ config, files }: Stores, announced: Announcement, now: number): Promise<OpenUpload> {
  if (announced.size > MOST_BYTES) {
    throw new ArchiveError("TOO_LARGE", `It accepts at most ${MOST_BYTES} bytes.`, { field: "size" });
  }
  const id = crypto.randomUUID().replaceAll("-", "");
  const { size, sha256 } = announced;
  const meta: Announcement = { filename: withoutDirectories(announced.filename), size, sha256: sha256?.toLowerCase() };
  const body = Buffer.from(JSON.stringify(meta));
  await files.put(`${uploadsPrefix(config)}${id}/${META}`, body, { contentType: "application/json" });
  return { ...meta, id, parts: partsOf(meta), received: [], expires: now + lifeOf(config) };
}

/** Throws NOT_FOUND. */
export async function findUpload({ config, files }: Stores, id: string): Promise<OpenUpload> {
  const prefix = `${uploadsPrefix(config)}${id}/`;
  const meta = /^[0-9a-f]{32}$/.test(id) ? await files.get(prefix + META) : null;
  if (meta === null) {
    throw new ArchiveError("NOT_FOUND", "There is no such upload; it may have been completed, dropped or abandoned.");
  }
  const announced = await new Response(meta.body).json<Announcement>();
  const received: number[] = [];
  let latest = meta.uploaded;
  for await (const { key, uploaded } of listed(files, prefix)) {
    if (key.endsWith(META)) continue;
    received.push(Number(key.slice(prefix.length)));
    latest = Math.max(latest, uploaded);
  }
  received.sort((a, b) => a - b);
  return { ...announced, id, parts: partsOf(announced), received, expires: latest + lifeOf(config) };
}

/** Bytes that part `number` must have. NOT_FOUND where there is no such part. */
export function partLength({ size, parts }: OpenUpload, number: number): number {
  if (!Number.isInteger(number) || number < 1 || number > parts) {
    throw new ArchiveError("NOT_FOUND", `There is no part ${number}; there are 1 to ${parts}.`);
  }
  return number < parts ? PART_SIZE : size - (parts - 1) * PART_SIZE;
}

/** Keeps a part whose bytes are what the client said they are. Hex of either digest; BAD_PARAMETER where they differ. */
export async function keepPart(
  { config, files }: Stores,
  upload: OpenUpload,
  number: number,
  bytes: Uint8Array,
  digest: { algorithm: "md5" | "sha256"; hex: string },
): Promise<void> {
  const length = partLength(upload, number);
  if (bytes.length !== length) {
    throw new ArchiveError("BAD_PARAMETER", `Part ${number} has ${bytes.length} bytes; it must have ${length}.`);
  }
  const hex = createHash(digest.algorithm).update(bytes).digest("hex");
  if (hex !== digest.hex) {
    const message = `Part ${number} was damaged on its way: its ${digest.algorithm} is ${hex}, not ${digest.hex}.`;
    throw new ArchiveError("BAD_PARAMETER", message);
  }
  await files.put(`${uploadsPrefix(config)}${upload.id}/${String(number).padStart(5, "0")}`, bytes);
}

/** The whole file, part by part. Throws CONFLICT where parts are missing, before anything is read. */
export function contentOf({ config, files }: Stores, upload: OpenUpload): AsyncIterable<Uint8Array> {
  const there = new Set(upload.received);
  const missing = Array.from({ length: upload.parts }, (_, index) => index + 1).filter((number) => !there.has(number));
  if (missing.length > 0) {
    const some = missing.slice(0, 20).join(", ") + (missing.length > 20 ? ", …" : "");
    throw new ArchiveError("CONFLICT", `${missing.length} of ${upload.parts} parts have not come yet: ${some}.`);
  }
  return read(files, `${uploadsPrefix(config)}${upload.id}/`, upload.parts);
}

async function* read(files: FileStore, prefix: string, parts: number): AsyncGenerator<Uint8Array> {
  for (let number = 1; number <= parts; number++) {
    const part = await files.get(`${prefix}${String(number).padStart(5, "0")}`);
    if (part === null) throw new ArchiveError("CONFLICT", `Part ${number} is not there any more.`);
    yield* chunksOf(part.body);
  }
}

/** A stream in large steps through one buffer; iterating over it would take 4 KiB at a time. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader({ mode: "byob" });
  let buffer = new ArrayBuffer(STEP);
  for (;;) {
    const { done, value } = await reader.readAtLeast(STEP, new Uint8Array(buffer)).catch((cause: unknown) => {
      const message = "A part could not be read back; complete the upload again later.";
      throw new ArchiveError("UNAVAILABLE", message, {}, { cause });
    });
    if (done || value === undefined || value.length === 0) return;
    yield value;
    buffer = value.buffer as ArrayBuffer;
  }
}

/** Removes an upload with its parts; what is not there does not matter. */
export async function dropUpload({ config, files }: Stores, id: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of listed(files, `${uploadsPrefix(config)}${id}/`)) keys.push(key);
  await files.delete(keys);
}

function lifeOf({ uploadSeconds }: Pick<Config, "uploadSeconds">): number {
  return uploadSeconds * 1000;
}

/**
 * Drops uploads to which nothing was added for UPLOAD_SECONDS, and what a Worker that was killed left open in R2 for as
 * long; answers how many. Safe to repeat.
 */
export async function dropAbandoned({ config, files }: Stores, now: number): Promise<number> {
  const prefix = uploadsPrefix(config);
  const latest = new Map<string, number>();
  for await (const { key, uploaded } of listed(files, prefix)) {
    const id = key.slice(prefix.length).split("/")[0]!;
    latest.set(id, Math.max(latest.get(id) ?? 0, uploaded));
  }
  const abandoned = [...latest].filter(([, uploaded]) => now - uploaded > lifeOf(config));
  for (const [id] of abandoned) await dropUpload({ config, files }, id);
  const open = await files.openUploads(now - lifeOf(config), MOST_DROPPED);
  // R2 itself drops them after a week, so one that cannot be dropped is not there any more.
  const dropped = await Promise.allSettled(
    open.map((upload) => files.dropUpload(upload, now - upload.opened > 2 * lifeOf(config))),
  );
  const failed = dropped.find((outcome) => outcome.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return abandoned.length + open.length;
}

function partsOf({ size }: Announcement): number {
  return Math.ceil(size / PART_SIZE);
}

async function* listed(files: FileStore, prefix: string): AsyncGenerator<FileInfo> {
  let cursor: string | undefined;
  do {
    const page = await files.list(prefix, cursor);
    yield* page.files;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
}
