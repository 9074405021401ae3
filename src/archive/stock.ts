/** Compares what the catalogue says with what lies in R2, in one walk over both in the order of their keys. */
import { Buffer } from "node:buffer";
import type { FileInfo } from "../store/files.ts";
import type { Archive } from "./context.ts";
import { directoryOf } from "./names.ts";
import { uploadsPrefix } from "./uploads.ts";

/** Rows asked for at once. */
const PAGE = 1000;
/** Previews (`preview-options.ts`) belong to a frame, not to a row of their own. */
const PREVIEWS = "previews/";
const PREVIEW = /^previews\/(\d+)\/\d+\/[^/]+$/;

export type Difference =
  /** An object that no version refers to: left over from something that failed half way, or on its way in just now. */
  | { kind: "orphan"; file: FileInfo }
  /** A version whose object is not there. */
  | { kind: "missing"; key: string; frameId: number; version: number };

/** How much was looked at. */
export interface Seen {
  objects: number;
  rows: number;
}

type Stores = Pick<Archive, "config" | "catalogue" | "files">;

/** Every difference, and in `seen` how much was looked at. Reads everything; changes nothing. */
export async function* differences(stores: Stores, seen: Seen): AsyncGenerator<Difference> {
  const root = directoryOf(stores.config.archiveRoot);
  const uploads = uploadsPrefix(stores.config);
  const rows = listedKeys(stores, seen);
  let row = await rows.next();
  for await (const file of objects(stores, root)) {
    // Where ARCHIVE_ROOT is empty or holds them, previews are met here too. Parts of uploads have their own upkeep.
    if (PREVIEW.test(file.key) || file.key.startsWith(uploads)) continue;
    seen.objects++;
    while (!row.done && before(row.value.key, file.key)) {
      yield { kind: "missing", ...row.value };
      row = await rows.next();
    }
    let listed = false;
    while (!row.done && row.value.key === file.key) {
      listed = true;
      row = await rows.next();
    }
    if (!listed) yield { kind: "orphan", file };
  }
  for (; !row.done; row = await rows.next()) yield { kind: "missing", ...row.value };
  yield* lonelyPreviews(stores, seen);
}

/** Both sides sort by bytes of UTF-8, JavaScript's `<` does not. */
function before(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

async function* objects({ files }: Stores, prefix: string): AsyncGenerator<FileInfo> {
  let cursor: string | undefined;
  do {
    const page = await files.list(prefix, cursor);
    yield* page.files;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
}

async function* listedKeys({ catalogue }: Stores, seen: Seen) {
  let after = "";
  for (;;) {
    const page = await catalogue.keys(after, PAGE);
    seen.rows += page.length;
    for (const { key, frameId, version } of page) yield { key, frameId, version };
    if (page.length < PAGE) return;
    after = page.at(-1)!.key;
  }
}

/** Previews of frames that are not there any more. */
async function* lonelyPreviews(stores: Stores, seen: Seen): AsyncGenerator<Difference> {
  let some: FileInfo[] = [];
  for await (const file of objects(stores, PREVIEWS)) {
    if (!PREVIEW.test(file.key)) continue;
    seen.objects++;
    some.push(file);
    if (some.length < PAGE) continue;
    yield* withoutFrame(stores, some);
    some = [];
  }
  yield* withoutFrame(stores, some);
}

async function* withoutFrame({ catalogue }: Stores, previews: FileInfo[]): AsyncGenerator<Difference> {
  const idOf = ({ key }: FileInfo) => Number(PREVIEW.exec(key)![1]);
  const frames = await catalogue.frames([...new Set(previews.map(idOf))], { kind: "all" });
  const there = new Set(frames.map(({ id }) => id));
  for (const file of previews) if (!there.has(idOf(file))) yield { kind: "orphan", file };
}
