/** Searching for frames: what may be asked beyond the store's own query, and how it becomes one. */
import type { FrameQuery, Sight } from "../store/frame.ts";

export interface Search {
  query: FrameQuery;
  /** As OCS's `public=false`: leave out what everybody may see. */
  ownOnly: boolean;
  /** Whether the answer lists related frames. */
  withRelated: boolean;
}

const CALIBRATIONS = ["bias", "dark", "flat", "skyflat", "domeflat", "lampflat", "lamp_flat", "arc", "bpm"];

/** Image types that are no exposures of an object, as pyobs (lower case) and OCS (upper case) write them. */
export const CALIBRATION_TYPES: readonly string[] = [
  ...CALIBRATIONS,
  ...CALIBRATIONS.map((type) => type.toUpperCase()),
];

/**
 * The store's query for a search of somebody with this sight. `ownOnly` is, as in OCS, for members of proposals the
 * frames of these, and for everybody else (staff, who belong to all) the frames that are not public yet.
 */
export function queryOf({ query, ownOnly }: Search, sight: Sight, now: number): FrameQuery {
  if (!ownOnly) return query;
  if (sight.kind === "all") return { ...query, public: { is: false, now } };
  if (sight.proposals.length === 0) return { ...query, public: { is: false, now: sight.now } };
  const asked = query.equals?.propid;
  const own = asked === undefined ? sight.proposals : asked.filter((one) => sight.proposals.includes(String(one)));
  return { ...query, equals: { ...query.equals, propid: own } };
}
