/**
 * Bundles: many frames as one zip whose every byte is known before the first is sent. The layout comes from the
 * catalogue alone (name, size, CRC-32), so its length and any range of it can be answered at once, today and when a
 * broken download comes back for the rest.
 */
import { createHash } from "node:crypto";
import type { Catalogue } from "../store/catalogue.ts";
import type { FileStore } from "../store/files.ts";
import type { ListedFrame, Sight } from "../store/frame.ts";
import { UniqueNames } from "./bundle-names.ts";
import { BundleTexts, CHECKSUMS, type Described, MANIFEST, MISSING } from "./bundle-text.ts";
import type { Archive } from "./context.ts";
import { ArchiveError } from "./errors.ts";
import type { OriginalOf } from "./original.ts";
import { exactFormat, isSeekable } from "./plain-file.ts";
import { failureOf, withOriginals } from "./unpacking.ts";
import { framesOf, type Wish } from "./wish.ts";
import { ZipLayout } from "./zip-layout.ts";
import type { ZipEntry } from "./zip-records.ts";

/**
 * What an entry's bytes are: a text at hand, a file as it is stored, or the upload that a packed file restores. Of a
 * file only what finds it again is kept: 70,000 of them lie in memory at once.
 */
export type BundleContent = { kind: "text"; bytes: Uint8Array } | { kind: "stored" | "original"; file: OriginalOf };

export interface Bundle {
  layout: ZipLayout;
  /** By index of the layout's entries. */
  contents: BundleContent[];
  /** Strong entity tag: equal if and only if every byte of the zip is. */
  etag: string;
  /** `pyobsdata-YYYYMMDD.zip` */
  filename: string;
  frames: number;
  /** Ids of what was asked for and is not in it. */
  missing: number[];
  /** Ids of members that were to be unpacked, and cannot be. */
  packed: number[];
  /** Whether a range of it may cost what lies before it in a member. */
  dear: boolean;
}

export interface BundleOptions {
  /** Members as plain FITS, where they are kept packed or were uploaded as .fz or .gz. */
  uncompress: boolean;
  /** Ids of frames that are given plain though they have been packed since they were chosen. */
  plain: ReadonlySet<number>;
  /** The day in the name of the zip and of its folder, UTC milliseconds. */
  date: number;
  /** Public address of the archive, for the manifest. */
  root: string;
}

/**
 * Bundles of up to this many frames have their files looked up in R2 first, so that a lost one is named in missing.txt.
 * In larger ones, where that would delay the first byte by seconds, a lost file ends the answer in an error.
 */
const MOST_CHECKED = 64;

/** Characters hashed at once: each call has a price of its own. */
const HASHED = 64 * 1024;

/** Ids of the frames whose file is not in R2 as the catalogue says. Six look-ups at a time. */
async function lostOf(files: FileStore, frames: readonly ListedFrame[]): Promise<Set<number>> {
  const lost = new Set<number>();
  for (let at = 0; at < frames.length; at += 6) {
    await Promise.all(
      frames.slice(at, at + 6).map(async ({ id, file }) => {
        const info = await files.head(file.key);
        if (info === null || info.size !== file.size) lost.add(id);
      }),
    );
  }
  return lost;
}

/** The frames with their files looked up, and the ids of those that have none. */
async function checked(
  { catalogue, files }: { catalogue: Pick<Catalogue, "frames">; files: FileStore },
  frames: ListedFrame[],
  sight: Sight,
): Promise<{ page: ListedFrame[]; lost: Set<number> }> {
  const lost = await lostOf(files, frames);
  if (lost.size === 0) return { page: frames, lost };
  // A packing may have taken a file's place since the catalogue was asked.
  const again = new Map((await catalogue.frames([...lost], sight)).map((frame) => [frame.id, frame]));
  const page = frames.map((frame) => again.get(frame.id) ?? frame);
  return {
    page,
    lost: await lostOf(
      files,
      page.filter(({ id }) => lost.has(id)),
    ),
  };
}

/** Chooses the members and lays them out. Throws TOO_LARGE past ZIP_MAX_FRAMES or ZIP_MAX_BYTES. */
export async function makeBundle(archive: Archive, wish: Wish, sight: Sight, options: BundleOptions): Promise<Bundle> {
  const { config, catalogue, files } = archive;
  const day = new Date(options.date).toISOString().slice(0, 10).replaceAll("-", "");
  const folder = `pyobsdata-${day}`;
  const texts = new BundleTexts();
  const names = new UniqueNames([MANIFEST, CHECKSUMS, MISSING]);
  const entries: ZipEntry[] = [];
  const contents: BundleContent[] = [];
  const sums = createHash("sha256").update("platevault zip 1\n"); // the number counts changes of the layout itself
  let bytes = 0;
  let frames = 0;
  const missing: number[] = [];
  const packed: number[] = [];
  let dear = false;
  const absent = (id: number, reason: string) => {
    missing.push(id);
    texts.absent(id, reason);
  };
  const unknown = (id: number) => absent(id, "is not in the archive, or not for you to see");
  const pages = framesOf(catalogue, wish, sight, config.zipMaxFrames, unknown);
  for await (const asked of options.uncompress ? withOriginals(archive, pages) : pages) {
    const few = frames === 0 && asked.length <= MOST_CHECKED;
    const { page, lost } = few
      ? await checked({ catalogue, files }, asked, sight)
      : { page: asked, lost: new Set<number>() };
    let hashes = "";
    for (const frame of page) {
      if (lost.has(frame.id)) {
        absent(frame.id, `${frame.file.filename}: its file is lost; please tell the archive's staff`);
        continue;
      }
      const { file } = frame;
      const isPlain = options.uncompress || (file.packing !== "none" && options.plain.has(frame.id));
      const kind = isPlain && file.original !== null ? "original" : "stored";
      const facts = kind === "original" ? file.original! : file;
      const name = names.take(facts.filename);
      texts.member(frame, describe(frame, name, facts, options.root));
      entries.push({
        name: `${folder}/${name}`,
        method: 0,
        size: facts.size,
        packedSize: facts.size,
        crc32: facts.crc32,
        modified: frame.created,
      });
      const original = file.original === null ? null : { size: file.original.size };
      contents.push({ kind, file: { key: file.key, filename: file.filename, size: file.size, original } });
      if (kind === "original" && !isSeekable(file.filename)) dear = true;
      const failure = options.uncompress ? failureOf(file) : null;
      if (failure !== null) {
        packed.push(frame.id);
        texts.absent(frame.id, `${name} is as it was uploaded: it ${failure}`);
      }
      // The whole SHA-256: among 70,000 files some pair shares a CRC-32 and a size sooner or later.
      hashes += facts.sha256;
      bytes += facts.size;
      frames++;
    }
    sums.update(hashes);
    if (bytes > config.zipMaxBytes) {
      throw new ArchiveError(
        "TOO_LARGE",
        `These frames have more than ${config.zipMaxBytes} bytes, the most that one zip holds. ` +
          "Narrow the search or take them in parts.",
        { most: config.zipMaxBytes },
      );
    }
  }
  const head = texts.end();
  entries.unshift(
    ...head.map((text) => ({
      name: `${folder}/${text.name}`,
      method: 8 as const,
      size: text.size,
      packedSize: text.deflated.length,
      crc32: text.crc32,
      modified: Math.floor(options.date / 86_400_000) * 86_400_000,
    })),
  );
  contents.unshift(...head.map((text) => ({ kind: "text" as const, bytes: text.deflated })));
  const layout = new ZipLayout(entries);
  // Everything else that the bytes depend on, the texts by their CRC-32.
  let text = "";
  for (const { name, size, packedSize, crc32, modified } of entries) {
    text += `${name}\0${size} ${packedSize} ${crc32} ${modified}\n`;
    if (text.length < HASHED) continue;
    sums.update(text);
    text = "";
  }
  sums.update(text);
  const etag = `"zip-${sums.digest("hex").slice(0, 32)}"`;
  return { layout, contents, etag, filename: `${folder}.zip`, frames, missing, packed, dear };
}

function describe(
  frame: ListedFrame,
  name: string,
  facts: { filename: string; size: number; md5: string; sha256: string },
  root: string,
): Described {
  const { size, md5, sha256 } = facts;
  const query = `version=${frame.version}${exactFormat(facts.filename)}`;
  return { name, size, md5, sha256, url: `${root}frames/${frame.id}/download/?${query}` };
}
