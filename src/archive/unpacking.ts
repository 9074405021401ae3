/**
 * Uploads that came compressed (.fits.gz, .fits.fz): name, length and checksums of the plain file inside are found out
 * once, by unpacking it, and kept in the catalogue as the frame's `original`. From then on `?format=fits` and unpacked
 * zips know every byte's place before the first is sent.
 */
import { FitsError } from "../fits/errors.ts";
import { FileStoreError } from "../store/files.ts";
import type { Frame, StoredFile } from "../store/frame.ts";
import { Checksums, type Sums } from "./checksums.ts";
import type { Archive, WorkItem } from "./context.ts";
import { send } from "./due.ts";
import { ArchiveError } from "./errors.ts";
import { isCompressed, openPlain, plainName } from "./plain-file.ts";

type Parts = Pick<Archive, "config" | "catalogue" | "files">;

/** Bytes unpacked at once. */
const PIECE = 1024 * 1024;
/** How the warning begins that a frame keeps whose file cannot be unpacked. */
const FAILED = "cannot be unpacked: ";
/** Bytes of stored files that one request unpacks itself before it sends people away until the queue has done it. */
const MOST_AT_ONCE = 64 * 1024 * 1024;
/** Seconds after which it is worth asking again. */
const RETRY_AFTER = 60;

/** Whether there is a plain file inside of which nothing is known yet. */
export function isUnknown(file: StoredFile): boolean {
  return file.original === null && isCompressed(file.filename) && failureOf(file) === null;
}

/** Why the plain file inside cannot be had; null where it can, may be, or where the file is plain itself. */
export function failureOf({ warnings, original }: StoredFile): string | null {
  return original === null ? (warnings.find((warning) => warning.startsWith(FAILED)) ?? null) : null;
}

/**
 * Finds out what the original of a frame's file is, and keeps it. The frame as it is then. A file that cannot be
 * unpacked keeps a warning that says why (`failureOf`); R2 and D1 failing is thrown.
 */
export async function learnOriginal<F extends Frame>(archive: Parts, frame: F): Promise<F> {
  const { file } = frame;
  const known = { ...file, ...(await originalOf(archive, file)) };
  if (await archive.catalogue.replaceFile(frame.id, frame.version, file.key, known)) return { ...frame, file: known };
  throw new ArchiveError("CONFLICT", "The file of this frame was replaced meanwhile; ask again.");
}

async function originalOf(archive: Parts, file: StoredFile): Promise<Pick<StoredFile, "original" | "warnings">> {
  const warnings = file.warnings.filter((warning) => !warning.startsWith(FAILED));
  try {
    return { original: { filename: plainName(file.filename), ...(await plainSums(archive, file)) }, warnings };
  } catch (error) {
    if (!(error instanceof FitsError)) throw error;
    return { original: null, warnings: [...warnings, FAILED + error.message] };
  }
}

async function plainSums({ files, config }: Parts, file: StoredFile): Promise<Sums> {
  await using plain = await openPlain(files, file, config);
  const checksums = new Checksums();
  for (let at = 0; ; at += PIECE) {
    const bytes = await plain.source.getRange(at, PIECE);
    checksums.update(bytes);
    if (bytes.length < PIECE) return checksums.sums();
  }
}

/** A lost file is for those to name who deliver it. */
async function learnUnlessLost<F extends Frame>(archive: Parts, frame: F): Promise<F> {
  try {
    return await learnOriginal(archive, frame);
  } catch (error) {
    if (error instanceof FileStoreError && error.code === "MISSING") return frame;
    throw error;
  }
}

/** For the queue. A frame that is gone, or known by now, is no matter. */
export async function unpackFrame(archive: Parts, id: number, version: number): Promise<void> {
  const frame = await archive.catalogue.frame(id, { kind: "all" }, version);
  if (frame !== null && isUnknown(frame.file)) await learnOriginal(archive, frame);
}

/**
 * The same frames with their originals known. What little is unknown is found out at once; where that would take long,
 * it is put on the queue, and in the end CONFLICT says to ask again.
 */
export async function* withOriginals<F extends Frame>(
  archive: Archive,
  pages: AsyncIterable<F[]>,
): AsyncGenerator<F[]> {
  let left = MOST_AT_ONCE;
  const waiting: WorkItem[] = [];
  for await (const page of pages) {
    const known: F[] = [];
    for (const frame of page) {
      if (!isUnknown(frame.file)) {
        known.push(frame);
        continue;
      }
      left -= frame.file.size;
      if (left < 0) waiting.push({ kind: "unpack", id: frame.id, version: frame.version });
      else known.push(await learnUnlessLost(archive, frame));
    }
    yield known;
  }
  if (waiting.length === 0) return;
  await send(archive, waiting);
  const message = `${waiting.length} of these frames are still to be unpacked; ask again in some minutes.`;
  throw new ArchiveError("CONFLICT", message, { retryAfter: RETRY_AFTER });
}
