/**
 * What both archives give back of the same uploads, compared by astropy; and, of a folder of frames, whether this archive
 * takes all that pyobs-archive takes.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Site } from "./original-answers.ts";

export interface NamedFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

interface Taken {
  /** Id of the frame, or why the file was refused. */
  result: { id: number } | { refused: string };
}

const headersOf = (site: Site) => ({ authorization: `Token ${site.tokens.staff}` });

/** Uploads one file; tells the id of its frame. */
export async function uploadTo(site: Site, { name, bytes }: NamedFile): Promise<Taken["result"]> {
  const form = new FormData();
  form.append("file", new Blob([bytes]), name);
  const headers = headersOf(site);
  const response = await fetch(`${site.url}frames/create/`, { method: "POST", headers, body: form });
  if (!response.ok) return { refused: `${response.status}` };
  const { filenames, errors } = (await response.json()) as { filenames: string[]; errors?: string[] };
  if (filenames.length === 0) return { refused: errors?.join() ?? "without a word" };
  const found = await fetch(`${site.url}frames/?basename=${encodeURIComponent(filenames[0]!)}`, { headers });
  const { results } = (await found.json()) as { results: { id: number; basename: string }[] };
  return { id: results.find(({ basename }) => basename === filenames[0])!.id };
}

async function download(site: Site, id: number): Promise<Uint8Array> {
  const headers = headersOf(site);
  const { url } = (await (await fetch(`${site.url}frames/${id}/`, { headers })).json()) as { url: string };
  const response = await fetch(new URL(url, site.url), { headers });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Files of a folder and of those in it, by their names. */
export function filesOf(folder: string): NamedFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(fits?|fts|fz|gz|bz2|Z)$/.test(entry.name))
    .map(({ parentPath, name }) => ({ name, bytes: new Uint8Array(readFileSync(join(parentPath, name))) }));
}

/** Compares files both of which have taken; prints what differs. */
export class FileComparison {
  private readonly folder = mkdtempSync(join(tmpdir(), "platevault-files-"));
  private count = 0;

  constructor(
    private readonly theirs: Site,
    private readonly ours: Site,
  ) {}

  async add({ name, bytes }: NamedFile, theirId: number, ourId: number): Promise<void> {
    const stem = join(this.folder, `${String(++this.count).padStart(4, "0")} ${name}`);
    writeFileSync(`${stem}.upload`, bytes);
    writeFileSync(`${stem}.theirs`, await download(this.theirs, theirId));
    writeFileSync(`${stem}.ours`, await download(this.ours, ourId));
  }

  /** Whether all are alike. */
  end(python: string): boolean {
    const script = join(import.meta.dirname, "original_files.py");
    const { status, stdout, stderr } = spawnSync(python, [script, this.folder], { encoding: "utf8" });
    process.stdout.write(stdout + stderr);
    rmSync(this.folder, { recursive: true, force: true });
    return status === 0;
  }
}
