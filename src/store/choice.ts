/** Which combinations a query and a sight leave: everything of low cardinality is decided here, in memory. */
import type { EqualityField, Frame, FrameQuery, Sight } from "./frame.ts";
import type { Combination, Snapshot } from "./snapshot.ts";

const FIELDS = ["imagetyp", "siteid", "telid", "instrume", "filter", "rlevel", "binning", "propid"] as const;
export type CombinationField = (typeof FIELDS)[number];

export function isCombinationField(field: EqualityField): field is CombinationField {
  return (FIELDS as readonly string[]).includes(field);
}

/** Whether somebody may see frames of a combination, embargoes being settled at the sight's `now`. */
export function sees(sight: Sight, { embargo, propid }: Pick<Combination, "embargo" | "propid">): boolean {
  if (sight.kind === "all" || embargo === 1) return true;
  return (embargo === 0 && sight.undated) || (propid !== null && sight.proposals.includes(propid));
}

/** The same for a frame that is at hand, by its own date instead of what its combination says about that. */
export function seesFrame(sight: Sight, { publicDate, propid }: Pick<Frame, "publicDate" | "propid">): boolean {
  if (sight.kind === "all") return true;
  return sees(sight, { propid, embargo: publicDate === null ? 0 : publicDate <= sight.now ? 1 : 2 });
}

/** The moment at which embargoes must stand for this question, null: they do not matter. */
export function momentOf(query: FrameQuery, sight: Sight): number | null {
  return sight.kind === "some" ? sight.now : (query.public?.now ?? null);
}

/**
 * Combinations with frames that the query and the sight leave; `but` leaves one field's chosen values out. The same array
 * for the same question until something changes, so that what is worked out from it can be kept beside it.
 */
export function choose(
  snapshot: Snapshot,
  query: FrameQuery,
  sight: Sight,
  but?: CombinationField,
): readonly Combination[] {
  return snapshot.derive(`choice ${choiceKey(query, sight, but)}`, () => select(snapshot, query, sight, but));
}

const idSets = new WeakMap<readonly Combination[], ReadonlySet<number>>();

/** Ids of what `choose` answered, made once for each answer. */
export function idSet(combinations: readonly Combination[]): ReadonlySet<number> {
  let ids = idSets.get(combinations);
  if (ids === undefined) idSets.set(combinations, (ids = new Set(combinations.map(({ id }) => id))));
  return ids;
}

/** The same for whatever `choose` answers alike. */
export function choiceKey(query: FrameQuery, sight: Sight, but?: CombinationField): string {
  const about = FIELDS.map((field) => (field === but ? null : query.equals?.[field]));
  const isPublic = query.public?.now === momentOf(query, sight) ? query.public?.is : null;
  return JSON.stringify([
    about,
    query.notImagetyp,
    isPublic,
    sight.kind === "all" ? null : [sight.undated, sight.proposals],
  ]);
}

function select(snapshot: Snapshot, query: FrameQuery, sight: Sight, but?: CombinationField): readonly Combination[] {
  const tests: ((one: Combination) => boolean)[] = [(one) => sees(sight, one)];
  for (const field of FIELDS) {
    const values = query.equals?.[field];
    if (values === undefined || field === but) continue;
    const wanted = new Set<string | number | null>(values);
    tests.push((one) => wanted.has(one[field]));
  }
  if (query.notImagetyp !== undefined) {
    const unwanted = new Set(query.notImagetyp);
    tests.push((one) => !unwanted.has(one.imagetyp));
  }
  if (query.public !== undefined && query.public.now === momentOf(query, sight)) {
    const { is } = query.public;
    tests.push((one) => (one.embargo === 1) === is);
  }
  const chosen = snapshot.held.filter((one) => tests.every((test) => test(one)));
  return chosen.length === snapshot.held.length ? snapshot.held : chosen;
}
