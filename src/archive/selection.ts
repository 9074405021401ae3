/**
 * Selections: a list of frames of any length under a short address that expires. A query is answered when the selection
 * is made and never again, so that the zip behind the address stays the same while a download of days goes on.
 */
import type { Sight } from "../store/frame.ts";
import type { SelectionStore, StoredSelection } from "../store/selections.ts";
import { hashToken } from "./accounts.ts";
import type { Archive } from "./context.ts";
import { ArchiveError } from "./errors.ts";
import { isCompressed } from "./plain-file.ts";
import { withOriginals } from "./unpacking.ts";
import { framesOf, type Wish } from "./wish.ts";

/** Bytes that D1 takes in one value, less a little. https://developers.cloudflare.com/d1/platform/limits/ */
const MOST_BYTES = 1_900_000;

/** What was put aside. `token` is all that is needed to use it until `expires`. */
export interface Selection {
  token: string;
  /** What is kept under it: everything asked for by id, or what the query found. */
  ids: number[];
  /** Those of them that were not packed yet: they stay as they are for whoever comes back to a broken download. */
  plain: number[];
  /** Frames that will be given, and the bytes of their files. */
  count: number;
  bytes: number;
  /** Ids that were asked for and are not there, or not for this sight; the zip names them as well. */
  missing: number[];
  expires: number;
}

/** Stores the frames of a wish. Throws TOO_LARGE. `user` null: nobody who is signed in. */
export async function makeSelection(
  { selections, ...archive }: Archive & { selections: SelectionStore },
  wish: Wish,
  { sight, user, uncompress, now }: { sight: Sight; user: number | null; uncompress: boolean; now: number },
): Promise<Selection> {
  const { config, catalogue } = archive;
  const found: number[] = [];
  const missing: number[] = [];
  const plain: number[] = [];
  let bytes = 0;
  const pages = framesOf(catalogue, wish, sight, config.zipMaxFrames, (id) => missing.push(id));
  for await (const page of uncompress ? withOriginals(archive, pages) : pages) {
    for (const { id, file } of page) {
      found.push(id);
      if (file.packing === "none" && !isCompressed(file.filename)) plain.push(id);
      bytes += uncompress ? (file.original ?? file).size : file.size;
    }
  }
  // What is missing today is kept too: the zip says so, and gives it should it have come by then.
  const ids = wish.kind === "ids" ? [...new Set(wish.ids)] : found;
  if (ids.join(",").length + plain.length > MOST_BYTES) {
    throw new ArchiveError("TOO_LARGE", "These are too many frames for one selection. Take them in parts.");
  }
  const token = newToken();
  const expires = now + config.shareSeconds * 1000;
  await selections.add({ hash: await hashToken(token), userId: user, ids, plain, uncompress, created: now, expires });
  return { token, ids, plain, count: found.length, bytes, missing, expires };
}

/** 128 random bits in characters that need no encoding. */
function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (one) => ({ "+": "-", "/": "_" })[one] ?? "");
}

/** The selection behind a token. Throws NOT_FOUND. */
export async function findSelection(selections: SelectionStore, token: string, now: number): Promise<StoredSelection> {
  const found = /^[\w-]{22}$/.test(token) ? await selections.find(await hashToken(token), now) : null;
  if (found === null) throw new ArchiveError("NOT_FOUND", "There is no such selection, or it has expired.");
  return found;
}
