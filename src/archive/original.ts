/** The upload as it came, restored from this archive's packing of it, whole or in ranges. */
import { openUnpacked, unpackedPieces } from "../fits/unpack.ts";
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import { fitsRuntime } from "./fits-runtime.ts";
import type { StreamPiece } from "./piece-stream.ts";

/** Fetched at once from R2: tiles are read in order, a piece of the original needs somewhat less than its own size. */
const READ_AHEAD = 1024 * 1024;

/**
 * `[start, end)` of the original of a packed file (`file.original` is set). Opening throws FileStoreError MISSING
 * where R2 has lost it, CHANGED where it is not the file that the catalogue means; the stream ends in an error where a
 * tile is broken. Holds a few MB, whatever the size.
 */
export function originalPiece(
  files: FileStore,
  file: Pick<StoredFile, "key" | "size"> & { original: { size: number } | null },
  start: number,
  end: number,
): Extract<StreamPiece, { open: unknown }> {
  return {
    length: end - start,
    async open() {
      const abort = new AbortController();
      const source = await files.open(file.key, { readAhead: READ_AHEAD });
      const unpacked = await openUnpacked(source, fitsRuntime);
      if (source.size !== file.size || unpacked.size !== file.original?.size) {
        throw new FileStoreError("CHANGED", `The file ${file.key} is not the one the catalogue means.`, file.key);
      }
      const pieces = unpackedPieces(unpacked, start, end, abort.signal);
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const next = await pieces.next();
          if (next.done) controller.close();
          else controller.enqueue(next.value);
        },
        cancel(reason) {
          abort.abort(reason);
        },
      });
    },
  };
}
