/** From a stored file to the pieces of an answer. */
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import type { Bundle } from "./bundle.ts";
import { ArchiveError } from "./errors.ts";
import { originalPiece } from "./original.ts";
import type { StreamPiece } from "./piece-stream.ts";

function lost(file: Pick<StoredFile, "key">): ArchiveError {
  return new ArchiveError("NOT_FOUND", "The file of this frame is lost; please tell the archive's staff.", {
    key: file.key,
  });
}

/** `[start, end)` of a file as it is stored. Opening throws NOT_FOUND where R2 does not have these very bytes. */
export function storedPiece(
  files: FileStore,
  file: Pick<StoredFile, "key" | "size">,
  start: number,
  end: number,
): StreamPiece {
  const length = end - start;
  return {
    length,
    native: true,
    open: async () => {
      // Without a range where the whole is wanted: the object's own length then goes with the stream.
      const range = length === file.size ? {} : { range: { offset: start, length } };
      const found = await files.get(file.key, range);
      if (found === null) throw lost(file);
      if (found.size !== file.size) {
        await found.body.cancel();
        throw new FileStoreError("CHANGED", `The file ${file.key} has another size than the catalogue says.`, file.key);
      }
      return found.body;
    },
  };
}

/** Throws NOT_FOUND where the file is not in R2. */
export async function probeStored(files: FileStore, file: Pick<StoredFile, "key" | "size">): Promise<void> {
  const found = await files.head(file.key);
  if (found === null || found.size !== file.size) throw lost(file);
}

/** `[start, end)` of a bundle. */
export function* bundlePieces(files: FileStore, bundle: Bundle, start: number, end: number): Generator<StreamPiece> {
  for (const piece of bundle.layout.pieces(start, end)) {
    if ("bytes" in piece) {
      yield piece;
      continue;
    }
    const content = bundle.contents[piece.entry]!;
    const [from, to] = [piece.offset, piece.offset + piece.length];
    if (content.kind === "text") yield { bytes: content.bytes.subarray(from, to) };
    else if (content.kind === "stored") yield storedPiece(files, content.file, from, to);
    else yield originalPiece(files, content.file, from, to);
  }
}
