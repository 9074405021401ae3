import { createHash } from "node:crypto";
import { createReadStream, openAsBlob } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ArchiveClient, ArchiveRefusal } from "./archive-client.ts";
import { type Command, UsageError, wholeNumber } from "./command.ts";
import { LARGE, uploadInParts } from "./large-upload.ts";
import { Progress } from "./progress.ts";

/** Names that look like FITS files, as the archive takes them. A folder's other files are passed over. */
const FITS_NAME = /\.(fits|fit|fts)(\.fz)?(\.gz)?$|\.fz$/i;

/** One file to upload. `blob` is made anew for each try. */
export interface Offer {
  name: string;
  md5: string;
  blob: () => Promise<Blob>;
}

export type Outcome = { state: "uploaded" | "present" } | { state: "failed"; why: string };

/** The files under the given paths. A path that is named must exist; folders need `recursive`, or give their own files. */
async function findFiles(paths: string[], recursive: boolean): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const facts = await stat(path).catch(() => {
      throw new UsageError(`There is no file or folder "${path}".`);
    });
    if (!facts.isDirectory()) {
      found.push(path);
      continue;
    }
    const entries = await readdir(path, { withFileTypes: true, recursive });
    for (const entry of entries) {
      if (entry.isFile() && FITS_NAME.test(entry.name)) found.push(join(entry.parentPath, entry.name));
    }
  }
  return [...new Set(found)].sort();
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash("md5");
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return hash.digest("hex");
}

/** Uploads one file unless the archive has its very bytes. Never throws: what went wrong is the outcome. */
export async function upload(archive: ArchiveClient, offer: Offer, dryRun = false): Promise<Outcome> {
  try {
    const { count } = await archive.json<{ count: number }>(`versions/?md5=${offer.md5}`);
    if (count > 0) return { state: "present" };
    if (dryRun) return { state: "uploaded" };
    const blob = await offer.blob();
    const answer =
      blob.size > LARGE
        ? await uploadInParts(archive, offer.name, blob, offer.md5)
        : await archive.json<{ created: number; errors?: string[] }>("frames/create/", {
            method: "POST",
            body: () => {
              const form = new FormData();
              form.append("file", blob, offer.name);
              return form;
            },
          });
    if (answer.created > 0) return { state: "uploaded" };
    return { state: "failed", why: answer.errors?.join("; ") ?? "the archive took nothing and gave no reason" };
  } catch (error) {
    return { state: "failed", why: error instanceof ArchiveRefusal ? error.message : String(error) };
  }
}

/** Runs `work` over the items, at most `jobs` at a time; an item is taken when its turn comes. */
export async function inParallel<T>(items: Iterable<T>, jobs: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: jobs }, worker));
}

export const ingest: Command = {
  usage: "ingest PATH… [--recursive] [--jobs N] [--dry-run]",
  summary: "Uploads FITS files that the archive does not have yet.",
  options: {
    recursive: { type: "boolean", value: "", help: "go into the folders of folders" },
    jobs: { type: "string", value: "N", help: "uploads at a time (default 4)" },
    "dry-run": { type: "boolean", value: "", help: "only say what would be uploaded" },
  },
  async run(paths, options) {
    if (paths.length === 0) throw new UsageError("Name at least one file or folder to ingest.");
    const jobs = wholeNumber(options, "jobs", 4);
    const dryRun = options["dry-run"] === true;
    const files = await findFiles(paths, options.recursive === true);
    const archive = await ArchiveClient.connect(options);
    const progress = new Progress(files.length, dryRun ? "Looking" : "Ingesting");
    let uploaded = 0;
    let present = 0;
    const failures: string[] = [];
    await inParallel(files, jobs, async (path) => {
      const offer = { name: basename(path), md5: await md5Of(path), blob: () => openAsBlob(path) };
      const outcome = await upload(archive, offer, dryRun);
      if (outcome.state === "uploaded") uploaded++;
      if (outcome.state === "uploaded" && dryRun) progress.say(path);
      if (outcome.state === "present") present++;
      if (outcome.state === "failed") failures.push(`${path}: ${outcome.why}`);
      progress.step(basename(path));
    });
    progress.end();
    console.log(
      `${uploaded} ${dryRun ? "would be uploaded" : "uploaded"}, ${present} already there, ${failures.length} failed`,
    );
    for (const failure of failures.sort()) console.error(`  ${failure}`);
    return failures.length > 0 ? 1 : 0;
  },
};
