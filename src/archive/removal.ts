/** Deletes frames: the row first, so that nobody is shown a frame without its file, then the objects. */
import type { Archive } from "./context.ts";
import { ArchiveError } from "./errors.ts";
import { removePreviews } from "./preview.ts";

/** Throws NOT_FOUND where there is no such frame. Objects that are not there, or cannot be deleted, do not matter. */
export async function removeFrame(
  { catalogue, files }: Pick<Archive, "catalogue" | "files">,
  id: number,
): Promise<void> {
  const keys = await catalogue.remove(id);
  if (keys === null) throw new ArchiveError("NOT_FOUND", "Not found.");
  try {
    await files.delete(keys);
    await removePreviews(files, id);
  } catch (error) {
    // The frame is gone; what is left of it in R2 is the sweep's.
    console.warn(
      JSON.stringify({ level: "warn", message: "left for the sweep", frame: id, keys, error: String(error) }),
    );
  }
}
