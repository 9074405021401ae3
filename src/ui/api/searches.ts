/** The searches that an account keeps under names of its own. */
import { getJson, send } from "./client.ts";

export interface SavedSearch {
  id: number;
  name: string;
  /** Query of the search page's address, with its question mark; empty: all frames. */
  query: string;
  /** ISO. */
  created: string;
}

/** The newest first. */
export async function savedSearches(signal: AbortSignal): Promise<SavedSearch[]> {
  return (await getJson<{ results: SavedSearch[] }>("profile/searches/", signal)).results;
}

export function saveSearch(name: string, query: string): Promise<SavedSearch> {
  return send("POST", "profile/searches/", { name, query });
}

export function dropSearch(id: number): Promise<null> {
  return send("DELETE", `profile/searches/${id}/`);
}
