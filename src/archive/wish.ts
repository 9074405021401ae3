/** What somebody wants many of: frames by id, or those that a query finds; and how they are read page by page. */
import type { Catalogue } from "../store/catalogue.ts";
import type { FrameQuery, ListedFrame, Sight, SortField } from "../store/frame.ts";
import { ArchiveError } from "./errors.ts";

/** A query's frames come in its order. `limit` null: all of them. */
export type Wish =
  | { kind: "ids"; ids: readonly number[] }
  | { kind: "query"; query: FrameQuery; sort: SortField; descending: boolean; limit: number | null; offset: number };

/** Frames asked of the catalogue at once: bounds what is in memory. */
const PAGE = 1000;

/**
 * The frames of a wish, page by page, each once, without footprint and related frames. `absent` is told of the ids that are not there, or not for this sight.
 * Throws TOO_LARGE where there are more than `most`.
 */
export async function* framesOf(
  catalogue: Pick<Catalogue, "frames" | "list">,
  wish: Wish,
  sight: Sight,
  most: number,
  absent: (id: number) => void,
): AsyncGenerator<ListedFrame[]> {
  if (wish.kind === "ids") {
    const ids = [...new Set(wish.ids)];
    if (ids.length > most) throw tooMany(ids.length, most);
    for (let at = 0; at < ids.length; at += PAGE) {
      const asked = ids.slice(at, at + PAGE);
      const frames = await catalogue.frames(asked, sight, { bare: true });
      const found = new Set(frames.map((frame) => frame.id));
      for (const id of asked) if (!found.has(id)) absent(id);
      yield frames;
    }
    return;
  }
  const { query, sort, descending, offset } = wish;
  let left = wish.limit ?? Number.POSITIVE_INFINITY;
  let cursor: string | undefined;
  while (left > 0) {
    const page = {
      sort,
      descending,
      offset,
      limit: Math.min(PAGE, left),
      bare: true,
      ...(cursor === undefined ? {} : { cursor }),
    };
    const list = await catalogue.list(query, page, sight);
    if (cursor === undefined) {
      const wanted = Math.min(left, Math.max(0, list.count - offset));
      if (wanted > most) throw tooMany(wanted, most);
    }
    yield list.frames;
    left -= list.frames.length;
    if (list.next === null || list.frames.length === 0) return;
    cursor = list.next;
  }
}

function tooMany(count: number, most: number): ArchiveError {
  return new ArchiveError(
    "TOO_LARGE",
    `These are ${count} frames; at most ${most} can be taken at once. Narrow the search or take them in parts.`,
    { count, most },
  );
}
