/** Compares what the catalogue says with what lies in R2. */
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

/** Keys compared in one pass: 4 bytes each. */
const MOST_KEYS = 4_000_000;

/**
 * Every difference, and in `seen` how much was looked at. Reads everything; changes nothing. The catalogue has its keys
 * in another order than the bucket, so those of a pass are remembered as 32-bit hashes: of 10 million, one orphan in 400
 * goes unseen because it hashes as a key does, and never is a file an orphan that a version refers to.
 */
export async function* differences(stores: Stores, seen: Seen): AsyncGenerator<Difference> {
  const { count } = await stores.catalogue.aggregate({}, { kind: "all" });
  const passes = Math.max(1, Math.ceil(count / MOST_KEYS));
  for (let pass = 0; pass < passes; pass++) yield* inOnePass(stores, seen, (hash) => hash % passes === pass);
  yield* lonelyPreviews(stores, seen);
}

async function* inOnePass(stores: Stores, seen: Seen, mine: (hash: number) => boolean): AsyncGenerator<Difference> {
  const root = directoryOf(stores.config.archiveRoot);
  const uploads = uploadsPrefix(stores.config);
  const keys = new KeySet();
  for await (const { key } of listedKeys(stores)) {
    const hash = hashOf(key);
    if (!mine(hash)) continue;
    seen.rows++;
    keys.add(hash);
  }
  for await (const file of objects(stores, root)) {
    // Where ARCHIVE_ROOT is empty or holds them, previews are met here too. Parts of uploads have their own upkeep.
    if (PREVIEW.test(file.key) || file.key.startsWith(uploads) || !mine(hashOf(file.key))) continue;
    seen.objects++;
    if (!keys.meet(hashOf(file.key))) yield { kind: "orphan", file };
  }
  if (keys.allMet) return;
  for await (const { key, frameId, version } of listedKeys(stores)) {
    // What came since is not known here.
    if (keys.isUnmet(hashOf(key))) yield { kind: "missing", key, frameId, version };
  }
}

/** FNV-1a over UTF-16 code units. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** Hashes of keys, and which of them the bucket had. */
class KeySet {
  #hashes = new Uint32Array(1024);
  #count = 0;
  #met: Uint8Array | null = null;
  #unmet = 0;

  add(hash: number): void {
    if (this.#count === this.#hashes.length) {
      const longer = new Uint32Array(2 * this.#count);
      longer.set(this.#hashes);
      this.#hashes = longer;
    }
    this.#hashes[this.#count++] = hash;
  }

  /** Marks a key as there; false where none has this hash. Nothing is added after the first. */
  meet(hash: number): boolean {
    const at = this.#find(hash);
    if (at < 0) return false;
    if (this.#met![at] === 0) this.#unmet--;
    this.#met![at] = 1;
    return true;
  }

  get allMet(): boolean {
    this.#find(0);
    return this.#unmet === 0;
  }

  isUnmet(hash: number): boolean {
    const at = this.#find(hash);
    return at >= 0 && this.#met![at] === 0;
  }

  /** Place of the first of equal hashes, or -1. */
  #find(hash: number): number {
    if (this.#met === null) {
      const sorted = this.#hashes.subarray(0, this.#count).sort();
      let kept = 0;
      for (const one of sorted) if (kept === 0 || sorted[kept - 1] !== one) sorted[kept++] = one;
      this.#count = this.#unmet = kept;
      this.#met = new Uint8Array(kept);
    }
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#hashes[middle]! < hash) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && this.#hashes[low] === hash ? low : -1;
  }
}

async function* objects({ files }: Stores, prefix: string): AsyncGenerator<FileInfo> {
  let cursor: string | undefined;
  do {
    const page = await files.list(prefix, cursor);
    yield* page.files;
    cursor = page.cursor ?? undefined;
  } while (cursor !== undefined);
}

async function* listedKeys({ catalogue }: Stores) {
  for (let after = 0; ; ) {
    const page = await catalogue.keys(after, PAGE);
    if (page.length === 0) return;
    yield* page;
    after = Math.max(...page.map(({ frameId }) => frameId));
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
