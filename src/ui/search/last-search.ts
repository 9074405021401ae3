/** The list that was looked at last in this tab: for the way back from a frame, and on to the frames beside it. */
import type { Frame } from "../api/frame.ts";

interface LastSearch {
  /** The search page's address. */
  address: string;
  /** Of the page where frames were last gone through: that one or a night's. */
  back: string;
  /** Ids of the frames that it shows, in order. */
  ids: readonly number[];
}

const STORED = "platevault.list";

function restore(): LastSearch {
  try {
    const { address, back, ids } = JSON.parse(sessionStorage.getItem(STORED) ?? "{}") as Partial<LastSearch>;
    if (address?.startsWith("./") && back !== undefined && /^(\.|night)\//.test(back) && Array.isArray(ids)) {
      return { address, back, ids };
    }
  } catch {
    // Forbidden, or not what this app has written.
  }
  return { address: "./", back: "./", ids: [] };
}

export let lastSearch: LastSearch = restore();

export function keepSearch(address: string, frames: readonly Pick<Frame, "id">[]): void {
  keep({ address, back: address, ids: frames.map(({ id }) => id) });
}

/** `back`: a night's address, from which one of these frames is opened. */
export function keepNight(back: string, frames: readonly Pick<Frame, "id">[]): void {
  keep({ address: lastSearch.address, back, ids: frames.map(({ id }) => id) });
}

function keep(list: LastSearch): void {
  lastSearch = list;
  try {
    sessionStorage.setItem(STORED, JSON.stringify(lastSearch));
  } catch {
    // Forbidden or full: it is kept until the page is closed.
  }
}

/** The frames before and after one in that list; null at its ends, and for a frame that is not in it. */
export function besideInList(id: number): { before: number | null; after: number | null } {
  const { ids } = lastSearch;
  const at = ids.indexOf(id);
  return { before: (at < 0 ? null : ids[at - 1]) ?? null, after: (at < 0 ? null : ids[at + 1]) ?? null };
}
