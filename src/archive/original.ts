/** Whole or in ranges: the original of a stored file (`StoredFile.original`), restored while it is sent. */
import { unpackedPieces } from "../fits/unpack.ts";
import { type FileStore, FileStoreError } from "../store/files.ts";
import type { StoredFile } from "../store/frame.ts";
import type { StreamPiece } from "./piece-stream.ts";
import { openPlain } from "./plain-file.ts";

/** What finds a file and its original again. */
export interface OriginalOf extends Pick<StoredFile, "key" | "filename" | "size"> {
  original: { size: number } | null;
}

/**
 * `[start, end)` of the original of a file (`file.original` is set). Opening throws FileStoreError MISSING where R2 has
 * lost it, CHANGED where it is not the file that the catalogue means; the stream ends in an error where a tile is
 * broken. Holds a few MB, whatever the size. Of a gzip everything before `start` is inflated, too.
 */
export function originalPiece(
  files: FileStore,
  file: OriginalOf,
  start: number,
  end: number,
): Extract<StreamPiece, { open: unknown }> {
  return {
    length: end - start,
    async open() {
      const size = file.original?.size ?? Number.NaN;
      const abort = new AbortController();
      // It has been unpacked once, within the limits; nothing behind `end` is inflated.
      const plain = await openPlain(files, file, { maxInflatedBytes: Number.POSITIVE_INFINITY });
      if (Number.isFinite(plain.source.size) && plain.source.size !== size) {
        throw new FileStoreError("CHANGED", `The file ${file.key} is not the one the catalogue means.`, file.key);
      }
      const pieces = unpackedPieces(plain.source, start, end, abort.signal);
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          const next = await pieces.next();
          if (!next.done) return controller.enqueue(next.value);
          await plain[Symbol.asyncDispose]();
          controller.close();
        },
        async cancel(reason) {
          abort.abort(reason);
          await plain[Symbol.asyncDispose]();
        },
      });
    },
  };
}
