/** Who may see which frame: decided here, once, for lists, counts, files, previews and everything else. */
import type { Config } from "../config.ts";
import type { Sight } from "../store/frame.ts";
import { ArchiveError } from "./errors.ts";

/** Somebody with an account, as far as requests care. */
export interface Person {
  id: number;
  username: string;
  isStaff: boolean;
  /** Proposals whose embargoed frames this person may see. */
  proposals: string[];
  /** Counted up to end all sessions at once; see store/schema.ts. */
  epoch: number;
}

/** Who a request comes from. `by` matters for CSRF alone: only a session is sent by a browser on its own. */
export type Viewer = { kind: "anonymous" } | { kind: "person"; person: Person; by: "token" | "session" };

/**
 * The frames a viewer may see: staff all; people with an account those without an embargo in force and those of their
 * proposals; everybody else, where ANONYMOUS is "public", those whose public date has passed, and otherwise nothing,
 * which is an UNAUTHENTICATED error. `now`: milliseconds since 1970.
 */
export function sightOf(viewer: Viewer, config: Pick<Config, "anonymous">, now: number): Sight {
  if (viewer.kind === "person") {
    if (viewer.person.isStaff) return { kind: "all" };
    return { kind: "some", now, proposals: viewer.person.proposals, undated: true };
  }
  if (config.anonymous === "none") {
    throw new ArchiveError("UNAUTHENTICATED", "Authentication credentials were not provided.");
  }
  return { kind: "some", now, proposals: [], undated: false };
}
