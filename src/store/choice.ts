/** Which combinations a query and a sight leave: everything of low cardinality is decided here, in memory. */
import type { EqualityField, FrameQuery, Sight } from "./frame.ts";
import type { Combination, Snapshot } from "./snapshot.ts";

const FIELDS = ["imagetyp", "siteid", "telid", "instrume", "filter", "rlevel", "binning", "propid"] as const;
export type CombinationField = (typeof FIELDS)[number];

export function isCombinationField(field: EqualityField): field is CombinationField {
  return (FIELDS as readonly string[]).includes(field);
}

/** Whether somebody may see frames of a combination, embargoes being settled at the sight's `now`. */
export function sees(sight: Sight, { embargo, propid }: Combination): boolean {
  if (sight.kind === "all" || embargo === 1) return true;
  return (embargo === 0 && sight.undated) || (propid !== null && sight.proposals.includes(propid));
}

/** The moment at which embargoes must stand for this question, null: they do not matter. */
export function momentOf(query: FrameQuery, sight: Sight): number | null {
  return sight.kind === "some" ? sight.now : (query.public?.now ?? null);
}

/** Combinations with frames that the query and the sight leave; `but` leaves one field's filter out. */
export function choose(snapshot: Snapshot, query: FrameQuery, sight: Sight, but?: CombinationField): Combination[] {
  const tests: ((one: Combination) => boolean)[] = [(one) => one.frames > 0, (one) => sees(sight, one)];
  for (const field of FIELDS) {
    const values = query.equals?.[field];
    if (values === undefined || field === but) continue;
    const wanted = new Set<string | number | null>(values);
    tests.push((one) => wanted.has(one[field]));
  }
  if (query.notImagetyp !== undefined) {
    const unwanted = new Set(query.notImagetyp);
    if (but !== "imagetyp") tests.push((one) => !unwanted.has(one.imagetyp));
  }
  if (query.public !== undefined && query.public.now === momentOf(query, sight)) {
    const { is } = query.public;
    tests.push((one) => (one.embargo === 1) === is);
  }
  return [...snapshot.combinations.values()].filter((one) => tests.every((test) => test(one)));
}
