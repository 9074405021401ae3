/**
 * Takes a file into the archive: one pass over its bytes computes its checksums, reads its structure and sends it to
 * R2, packed where it is small enough to be held until its end; then one D1 batch makes it a frame. File first, row
 * last: until the row is there nobody sees anything, and whatever fails before takes the file away again.
 *
 * The key of a file is `ARCHIVE_ROOT/PATH_FORMATTER/NAME-ID.EXTENSION`; the random ID makes it this upload's own, so no
 * key is ever written twice and no header value can reach another frame's. It is chosen when the first part has to
 * leave memory. If the science header lies behind that, or a later HDU turns out to be the science image, the file
 * waits under a key of what is known by then and is copied inside R2, as a stream, to its final one.
 */
import type { Config } from "../config.ts";
import { FitsError } from "../fits/errors.ts";
import type { Added } from "../store/catalogue.ts";
import type { WorkKind } from "../store/due-work.ts";
import type { FileWriter } from "../store/file-writer.ts";
import { FileStoreError } from "../store/files.ts";
import type { Frame, FrameFacts, StoredFile } from "../store/frame.ts";
import { letGo } from "../store/held-memory.ts";
import { Checksums } from "./checksums.ts";
import type { Archive } from "./context.ts";
import { kindsFor, PATIENCE, send } from "./due.ts";
import { ArchiveError } from "./errors.ts";
import { factsOf, lookupOf } from "./facts.ts";
import { formatTemplate } from "./formatter.ts";
import type { HeaderLookup } from "./header-lookup.ts";
import { IngestScan, type ScannedSoFar } from "./ingest-scan.ts";
import { basenameOf, checkName, directoryOf, segmentOf, stripExtensions } from "./names.ts";
import { type HeldPacking, packHeld } from "./pack-held.ts";
import { plainName } from "./plain-file.ts";

/** Directory below ARCHIVE_ROOT for files whose science header has not come yet. */
const WAITING = ".incoming";
/** Bytes of the directories of a key. R2's keys have at most 1024 in all. */
const MOST_DIRECTORY_BYTES = 600;
/** Warnings that a frame keeps. */
const MOST_WARNINGS = 50;

export interface Upload {
  /** What the client calls the file, without directories. */
  filename: string;
  /** Its bytes in order; a chunk need be valid only until the next is asked for. */
  body: AsyncIterable<Uint8Array>;
  /** What its bytes must have, where the client said so beforehand. Hex. */
  sha256?: string | undefined;
  /** How many they are at most, where that is known. */
  most?: number | undefined;
}

export interface Ingested {
  outcome: Added["outcome"];
  frame: Frame;
}

/**
 * Throws ArchiveError (BAD_PARAMETER, UNREADABLE, UNSUPPORTED, TOO_LARGE, UNAVAILABLE) with the cause in plain words,
 * and whatever `upload.body` throws; then nothing of the file is left behind. The same bytes again are a "duplicate":
 * nothing changes.
 */
export async function ingest(archive: Archive, upload: Upload, now = Date.now()): Promise<Ingested> {
  try {
    return await take(archive, upload, now);
  } catch (error) {
    throw inPlainWords(error);
  }
}

function inPlainWords(error: unknown): unknown {
  if (error instanceof FitsError) {
    const code = error.code === "TOO_LARGE" ? "TOO_LARGE" : error.code === "UNSUPPORTED" ? "UNSUPPORTED" : "UNREADABLE";
    return new ArchiveError(code, error.message, {}, { cause: error });
  }
  if (error instanceof FileStoreError) {
    const message = "the file could not be stored, and nothing of it was kept; try again later";
    return new ArchiveError("UNAVAILABLE", message, { key: error.key }, { cause: error });
  }
  return error;
}

async function take(archive: Archive, upload: Upload, now: number): Promise<Ingested> {
  const { config, files } = archive;
  const id = crypto.randomUUID().replaceAll("-", "").slice(0, 16);
  const scan = new IngestScan(config.maxInflatedBytes);
  const checksums = new Checksums();
  let key: string | null = null;
  const writer = files.writer(() => (key ??= provisionalKey(config, scan, upload, id)), {
    contentType: "image/fits",
    most: upload.most,
  });
  try {
    for await (const bytes of upload.body) {
      checksums.update(bytes);
      await scan.push(bytes);
      await writer.write(bytes);
    }
    const scanned = await scan.end();
    const sums = checksums.sums();
    if (upload.sha256 !== undefined && upload.sha256 !== sums.sha256) {
      const message = `its SHA-256 is ${sums.sha256} and not the announced ${upload.sha256}`;
      throw new ArchiveError("BAD_PARAMETER", message);
    }
    const { facts, lookup, key: final } = frameOf(config, scanned, upload, id);
    const known = await archive.catalogue.holds(facts.basename, sums.sha256);
    const owner = known ? await archive.catalogue.owner(facts.basename) : null;
    if (owner !== null) {
      await writer.abort();
      return { outcome: "duplicate", frame: owner };
    }
    if (!writer.begun) key = final;
    const warnings = [...scanned.warnings, ...lookup.warnings].slice(0, MOST_WARNINGS);
    const filename = facts.basename + extensionOf(scanned);
    const original = scanned.plain === null ? null : { filename: plainName(filename), ...scanned.plain };
    const file: StoredFile = { key: final, filename, ...sums, packing: "none", original, warnings };
    const stored = await store(archive, file, writer);
    if (stored.file.packing === "none" && key !== final) await move(archive, key!, final);
    const ingested = await addRow(archive, facts, stored, now);
    if (ingested.outcome !== "duplicate") await enqueue(archive, ingested.frame, stored.due);
    return ingested;
  } catch (error) {
    await writer.abort();
    throw error;
  } finally {
    await scan.close();
  }
}

interface Stored {
  file: StoredFile;
  /** What is left to be done for it. */
  due: WorkKind[];
}

/** Writes what the writer has taken: packed where that can be done at once and pays, else as it came. */
async function store(archive: Archive, file: StoredFile, writer: FileWriter): Promise<Stored> {
  const due = kindsFor(archive.config, file.filename);
  const held = due.includes("pack") ? writer.held : null;
  if (held === null) return storeAsItCame(file, writer, due);
  try {
    const packing = await packHeld(held);
    const rest = due.filter((kind) => kind !== "pack");
    if (packing.outcome === "packed") {
      // From here on only the packing is needed, and R2 answers for the bytes that it has received.
      held.length = 0;
      await writer.abort();
      return { file: await storePacked(archive, file, packing), due: rest };
    }
    return await storeAsItCame(file, writer, packing.outcome === "later" ? due : rest);
  } finally {
    letGo(held);
  }
}

async function storeAsItCame(file: StoredFile, writer: FileWriter, due: WorkKind[]): Promise<Stored> {
  await writer.finish({ md5: file.md5 });
  return { file, due };
}

async function storePacked(
  { files }: Archive,
  file: StoredFile,
  { pieces, packing }: HeldPacking & { outcome: "packed" },
): Promise<StoredFile> {
  const sums = new Checksums();
  for (const piece of pieces) sums.update(piece);
  const { filename, size, crc32, md5, sha256, warnings } = file;
  const original = { filename, size, crc32, md5, sha256 };
  const names = { key: `${file.key}.fz`, filename: `${filename}.fz` };
  const packed = { ...names, ...sums.sums(), packing, original, warnings };
  await files.put(packed.key, pieces, { contentType: "image/fits", md5: packed.md5 });
  return packed;
}

interface Read {
  facts: FrameFacts;
  lookup: HeaderLookup;
  /** Where the file belongs. */
  key: string;
}

function frameOf(config: Config, scanned: ScannedSoFar, upload: Upload, id: string): Read {
  const lookup = lookupOf(scanned.science, scanned.primary);
  const headerFacts = factsOf(lookup, scanned.science, config);
  const basename = nameOf(config, lookup, headerFacts.night, upload.filename);
  // A frame is not made from itself, whatever its header says.
  const related = headerFacts.related.filter((name) => name !== basename);
  const facts = { basename, ...headerFacts, related };
  const directory = directoryFor(config, lookup, facts.night);
  return { facts, lookup, key: `${directory}${segmentOf(basename)}-${id}${extensionOf(scanned)}` };
}

/** The key for a file whose end has not come: the final one if its science header seems to have, else one to wait under. */
function provisionalKey(config: Config, scan: IngestScan, upload: Upload, id: string): string {
  const waiting = `${directoryOf(config.archiveRoot)}${WAITING}/${id}`;
  if (scan.soFar === null) return waiting;
  try {
    return frameOf(config, scan.soFar, upload, id).key;
  } catch (error) {
    // A later HDU may still be the science image; if none is, the end of the scan says the same again.
    if (error instanceof ArchiveError) return waiting;
    throw error;
  }
}

/** FILENAME_FORMATTER, else FNAME, else what the uploaded file is called; without known extensions. */
function nameOf(config: Config, lookup: HeaderLookup, night: string, uploaded: string): string {
  if (config.filenameFormatter !== null) {
    const keys: Record<string, string> = lookup.card("DAY-OBS") === undefined ? { "DAY-OBS": night } : {};
    return checkName(stripExtensions(formatTemplate(config.filenameFormatter, lookup, { keys }).trim()));
  }
  const stated = lookup.find(["FNAME"]);
  const name = (stated === null ? null : basenameOf(String(stated.value))) ?? basenameOf(uploaded);
  return checkName(name ?? "");
}

/** By content, not by what the upload was called. */
function extensionOf(scanned: ScannedSoFar): string {
  return `.fits${scanned.packed ? ".fz" : ""}${scanned.gzip ? ".gz" : ""}`;
}

/** ARCHIVE_ROOT and PATH_FORMATTER. Where a frame lies tells nobody anything, so a missing keyword is no error here. */
function directoryFor(config: Config, lookup: HeaderLookup, night: string): string {
  const formatted = formatTemplate(config.pathFormatter, lookup, {
    // Without dashes, as LCO writes it, one night would lie in two directories.
    keys: { "DAY-OBS": night },
    clean: (value) => segmentOf(value) || "unknown",
    missing: "unknown",
  });
  const root = directoryOf(config.archiveRoot);
  const directory = directoryOf(formatted);
  const short = new TextEncoder().encode(directory).length <= MOST_DIRECTORY_BYTES;
  return root + (short ? directory : `${directory.split("/")[0]}/`);
}

async function move({ files }: Archive, from: string, to: string): Promise<void> {
  try {
    await files.copy(from, to);
  } finally {
    // Where even this fails, the sweep finds an object that nothing refers to.
    await files.delete([from]).catch(() => undefined);
  }
}

/** The row. If it cannot be added, the file goes again, unless the catalogue has it after all. */
async function addRow(archive: Archive, facts: FrameFacts, { file, due }: Stored, now: number): Promise<Ingested> {
  let added: Added;
  try {
    added = await archive.catalogue.add(facts, file, now, { kinds: due, at: now + PATIENCE });
  } catch (cause) {
    const frame = await removeUnlessListed(archive, facts.basename, file);
    if (frame !== null) return { outcome: frame.version === 1 ? "created" : "version", frame };
    const message = "the frame could not be added to the catalogue, and nothing of it was kept; try again later";
    throw new ArchiveError("UNAVAILABLE", message, {}, { cause });
  }
  // Somebody else brought the same bytes at the same moment and was first.
  if (added.outcome === "duplicate") await archive.files.delete([file.key]).catch(() => undefined);
  return { outcome: added.outcome, frame: added.frame };
}

/**
 * After a failed batch: D1 may have done it and only its answer was lost. So the catalogue is asked, and where it cannot
 * answer the file stays: an object too many is the sweep's to find, a row without its file nobody's.
 */
async function removeUnlessListed(archive: Archive, basename: string, file: StoredFile): Promise<Frame | null> {
  try {
    const owner = await archive.catalogue.owner(basename);
    if (owner?.file.key === file.key) return owner;
    await archive.files.delete([file.key]);
  } catch (error) {
    console.warn(JSON.stringify({ level: "warn", message: "left for the sweep", key: file.key, error: String(error) }));
  }
  return null;
}

/** What the queue does not take is still due, and asked for by the upkeep. */
async function enqueue(archive: Archive, { id, version }: Frame, due: WorkKind[]): Promise<void> {
  try {
    const items = due.map((kind) => ({ kind, id, version }));
    await send(archive, items);
  } catch (error) {
    console.warn(
      JSON.stringify({ level: "warn", message: "the queue took no work", id, version, error: String(error) }),
    );
  }
}
