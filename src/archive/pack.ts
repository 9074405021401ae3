/**
 * Packs a stored upload, from the queue: what was too large for packing at its arrival (pack-held.ts), or of floats. The
 * order is what makes it safe: the packing is written under a key of its
 * own, read back from R2, unpacked, and compared by SHA-256 with the upload; only then the catalogue is pointed at it,
 * and only then the upload is deleted. At every moment some object is there whose bytes are known to be right, and
 * whatever fails leaves the upload in its place.
 */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { FitsError } from "../fits/errors.ts";
import { packFits } from "../fits/pack.ts";
import { openUnpacked, unpackedPieces } from "../fits/unpack.ts";
import { type FileSource, type FileStore, FileStoreError } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import type { Archive } from "./context.ts";
import { fitsRuntime, packRuntime } from "./fits-runtime.ts";
import { mostPacked } from "./packing.ts";
import { PartAssembler } from "./part-assembler.ts";

const READ_AHEAD = 1024 * 1024;

export type PackOutcome =
  | { outcome: "packed"; file: StoredFile }
  /** The upload stays as it came. */
  | { outcome: "kept"; reason: string }
  /** The frame or this version of it is not there any more, or its file was replaced by somebody else meanwhile. */
  | { outcome: "gone" };

type Parts = Pick<Archive, "config" | "catalogue" | "files">;

/**
 * Packs one version of a frame. May be called twice, also at once, without harm. Throws what R2 and D1 throw when they
 * fail (the upload is still there; try again later); a file that cannot be packed is an outcome, not an error.
 */
export async function packFrame(archive: Parts, id: number, version: number): Promise<PackOutcome> {
  const { catalogue, config, files } = archive;
  if (config.pack === "off") return kept("packing is off (PACK)");
  const file = (await catalogue.frame(id, { kind: "all" }, version))?.file;
  if (file === undefined) return { outcome: "gone" };
  if (file.packing !== "none") return kept("it is packed already");

  // A new key for every attempt: two attempts at once must not write, and later delete, each other's object.
  const key = packedKey(file.key);
  let settled = false;
  try {
    const packed = await writePacking(archive, file, key);
    if (packed.outcome === "kept") return packed;
    const proof = await prove(files, file, key, packed.size);
    if (proof.outcome === "kept") return proof;
    const stored: StoredFile = {
      ...proof.facts,
      key,
      filename: `${file.filename}.fz`,
      packing: packed.packing,
      original: {
        filename: file.filename,
        size: file.size,
        crc32: file.crc32,
        md5: file.md5,
        sha256: file.sha256,
      },
      warnings: file.warnings,
    };
    // From here on nobody may delete the packing unless the catalogue is known not to mean it.
    settled = true;
    if (!(await replace(archive, id, version, file.key, stored))) {
      settled = false;
      return { outcome: "gone" };
    }
    // What this leaves behind is an orphan that the upkeep removes.
    await files.delete([file.key]).catch(() => undefined);
    return { outcome: "packed", file: stored };
  } finally {
    if (!settled) await files.delete([key]).catch(() => undefined);
  }
}

/** Beside the upload, with an identifier of its own in the place of the upload's (ingest.ts), or at the end. */
function packedKey(key: string): string {
  const id = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const renamed = key.replace(/-[0-9a-f]{16}(?=\.[^/]*$)/, `-${id}`);
  return `${renamed === key ? `${key}.${id}` : renamed}.fz`;
}

function kept(reason: string): { outcome: "kept"; reason: string } {
  return { outcome: "kept", reason };
}

type Written = { outcome: "written"; size: number; packing: "rice" | "gzip2" } | { outcome: "kept"; reason: string };

async function writePacking({ config, files }: Parts, file: StoredFile, key: string): Promise<Written> {
  const source = await files.open(file.key, { readAhead: READ_AHEAD });
  if (source.size !== file.size) {
    throw new FileStoreError("CHANGED", `The file ${file.key} has another size than the catalogue says.`, file.key);
  }
  const assembler = new PartAssembler(files, key, mostPacked(file.size));
  try {
    const result = await packFits(source, assembler, { runtime: packRuntime, floats: config.pack === "on" });
    const reason = result.outcome === "kept" ? result.reason : unworthy(result.size, file.size);
    if (result.outcome === "packed" && reason === null) {
      await assembler.finish(result.size);
      return { ...result, outcome: "written" };
    }
    await assembler.abort();
    return kept(reason!);
  } catch (error) {
    await assembler.abort();
    if (error instanceof FitsError) return kept(error.message);
    throw error;
  }
}

function unworthy(packed: number, original: number): string | null {
  if (packed <= mostPacked(original)) return null;
  return `packed it would have ${packed} of ${original} bytes, which does not pay`;
}

type Facts = Pick<StoredFile, "size" | "crc32" | "md5" | "sha256">;
type Proof = { outcome: "proven"; facts: Facts } | { outcome: "kept"; reason: string };

/** Reads the packing back from R2 twice: as the original, which must be the upload, and as it is, for its own facts. */
async function prove(files: FileStore, upload: StoredFile, key: string, size: number): Promise<Proof> {
  const source = await files.open(key, { readAhead: READ_AHEAD });
  const differs = await differenceFrom(upload, source);
  if (differs !== null) {
    console.error(JSON.stringify({ level: "error", message: "a packing was refused", key: upload.key, differs }));
    return kept(`its packing is not the same file: ${differs}`);
  }
  const stored = await files.get(key, { etag: source.etag });
  if (stored === null) throw new FileStoreError("MISSING", `There is no file ${key} in the store.`, key);
  const facts = await factsOf(stored.body);
  if (facts.size !== size) return kept(`of its packing ${facts.size} of ${size} bytes are there`);
  return { outcome: "proven", facts };
}

/** What makes the packing's original another file than the upload; null where nothing does. */
async function differenceFrom(upload: StoredFile, source: FileSource): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    const unpacked = await openUnpacked(source, fitsRuntime);
    if (unpacked.size !== upload.size) return `${unpacked.size} bytes instead of ${upload.size}`;
    for await (const piece of unpackedPieces(unpacked)) hash.update(piece);
  } catch (error) {
    if (error instanceof FitsError) return error.message;
    throw error;
  }
  const sha256 = hash.digest("hex");
  return sha256 === upload.sha256 ? null : `SHA-256 ${sha256} instead of ${upload.sha256}`;
}

async function factsOf(body: ReadableStream<Uint8Array>): Promise<Facts> {
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  let [size, crc] = [0, 0];
  for await (const bytes of body) {
    md5.update(bytes);
    sha256.update(bytes);
    crc = crc32(bytes, crc);
    size += bytes.length;
  }
  return { size, crc32: crc, md5: md5.digest("hex"), sha256: sha256.digest("hex") };
}

/**
 * Points the catalogue at the packing. Where D1 does not say whether it did, the catalogue is asked: an answer that was
 * lost on its way must not cost a file.
 */
async function replace(
  { catalogue }: Parts,
  id: number,
  version: number,
  expectedKey: string,
  file: StoredFile,
): Promise<boolean> {
  try {
    return await catalogue.replaceFile(id, version, expectedKey, file);
  } catch (error) {
    const now = await catalogue.frame(id, { kind: "all" }, version);
    if (now?.file.key === file.key) return true;
    // The write may still be under way: leave both objects, the upkeep removes the one that nothing refers to.
    throw error;
  }
}
