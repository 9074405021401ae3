/**
 * Files beyond one request go to the archive in parts (`/uploads/`). Where an upload got to is kept in a small file of
 * the user's cache, so that the program, run again after a broken line or a stopped machine, sends only what is missing.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type ArchiveClient, ArchiveRefusal } from "./archive-client.ts";

/** What fits one request on most plans of Cloudflare is 100 MB; the form around a file takes a little. */
export const LARGE = 95e6;

/** Parts on their way at a time. */
const PARALLEL = 3;

interface Upload {
  id: string;
  part_size: number;
  parts: number;
  received: number[];
}

interface Answer {
  created: number;
  errors?: string[];
}

function memoryOf(archive: ArchiveClient, md5: string): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const where = createHash("sha256").update(`${archive.url}${md5}`).digest("hex").slice(0, 32);
  return join(cache, "platevault", "uploads", where);
}

/** The upload that an earlier run began, if the archive still has it; else a new one. */
async function begin(archive: ArchiveClient, name: string, size: number, memory: string): Promise<Upload> {
  const id = await readFile(memory, "utf8").catch(() => null);
  if (id !== null) {
    try {
      return await archive.json<Upload>(`uploads/${encodeURIComponent(id)}/`);
    } catch (error) {
      if (!(error instanceof ArchiveRefusal) || error.status !== 404) throw error;
    }
  }
  const upload = await archive.json<Upload>("uploads/", { method: "POST", json: { filename: name, size } });
  await mkdir(dirname(memory), { recursive: true });
  await writeFile(memory, upload.id);
  return upload;
}

/** Sends a file in parts and makes it a frame; answers what `frames/create/` would. Throws ArchiveRefusal. */
export async function uploadInParts(archive: ArchiveClient, name: string, blob: Blob, md5: string): Promise<Answer> {
  const memory = memoryOf(archive, md5);
  const upload = await begin(archive, name, blob.size, memory);
  const there = new Set(upload.received);
  const missing = Array.from({ length: upload.parts }, (_, index) => index + 1).filter((part) => !there.has(part));
  const queue = missing.values();
  const send = async () => {
    for (const part of queue) {
      const start = (part - 1) * upload.part_size;
      const bytes = new Uint8Array(await blob.slice(start, start + upload.part_size).arrayBuffer());
      const digest = createHash("sha256").update(bytes).digest("base64");
      await archive.request(`uploads/${upload.id}/parts/${part}/`, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream", "content-digest": `sha-256=:${digest}:` },
        body: () => bytes,
      });
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, send));
  const answer = await complete(archive, upload.id, md5);
  await rm(memory, { force: true });
  return answer;
}

/** Completing may have succeeded although its answer was lost: then the upload is gone and the frame is there. */
async function complete(archive: ArchiveClient, id: string, md5: string): Promise<Answer> {
  try {
    return await archive.json<Answer>(`uploads/${id}/complete/`, { method: "POST" });
  } catch (error) {
    if (!(error instanceof ArchiveRefusal) || error.status !== 404) throw error;
    const { count } = await archive.json<{ count: number }>(`versions/?md5=${md5}`);
    if (count === 0) throw error;
    return { created: 1 };
  }
}
