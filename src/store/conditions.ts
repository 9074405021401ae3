/** A query as SQL over the table `frame`: every condition, exact, whatever path leads to the rows. */
import { lowerAscii } from "./basename.ts";
import { nightNumber } from "./calendar.ts";
import { choose, momentOf } from "./choice.ts";
import { packDigits } from "./digits.ts";
import type { FrameQuery, Sight, SkyRegion } from "./frame.ts";
import type { NameSearch } from "./name-search.ts";
import type { Combination, Snapshot } from "./snapshot.ts";

export interface Sql {
  text: string;
  params: unknown[];
}

/** What a frame's footprint must have to do with a region. */
export interface RegionTest {
  how: "covers" | "intersects";
  region: SkyRegion;
}

/** A query made ready: its combinations, its objects, its dimensions, its conditions. */
export interface Prepared {
  query: FrameQuery;
  combinations: readonly Combination[];
  /** Whether these are all that have frames, so that no condition is needed. */
  everything: boolean;
  /** Frames of the combinations, before any other condition. */
  frames: number;
  start: number | null;
  end: number | null;
  /** Days since 1970, each once. */
  nights: number[] | null;
  objects: number[] | null;
  /** Frames of the names that are asked for. */
  named: number[] | null;
  /** Names that hold the text that is asked for. */
  names: NameSearch | null;
  /** Footprint conditions, decided in memory on the candidates. */
  regions: RegionTest[];
  /** Conditions that no count is kept for (request, observation, name …). */
  others: number;
  /** All conditions on rows but the regions. */
  where: Sql;
}

/** Ids as an SQL list; they come from the database. */
export function list(ids: Iterable<number>): string {
  return `(${[...ids].join(",")})`;
}

/** `FROM`-able rows of one number `k`: a co-routine, which reads no rows. */
export function values(ids: number[]): string {
  return `(VALUES ${ids.map((id) => `(${id})`).join(",")})`;
}

/** The basename of a row of `frame`: one row more. */
export const BASENAME = "((SELECT text FROM stem WHERE stem.id = frame.stem) || frame.tail)";

/** What some of all combinations mean for every query of them. */
interface Part {
  frames: number;
  everything: boolean;
  /** In SQL, "" for none. */
  condition: string;
}

const parts = new WeakMap<readonly Combination[], Part>();

/** `some` as `choose` answers it: thousands, so this is worked out once for each answer. */
function partOf(all: readonly Combination[], some: readonly Combination[]): Part {
  let part = parts.get(some);
  if (part === undefined) {
    const everything = some.length === all.length;
    const frames = some.reduce((sum, one) => sum + one.frames, 0);
    parts.set(some, (part = { frames, everything, condition: everything ? "" : among(all, some) }));
  }
  return part;
}

/** The shorter of the two lists, inline: a join makes SQLite build a Bloom filter over the whole table. */
function among(all: readonly Combination[], some: readonly Combination[]): string {
  const chosen = new Set(some);
  const rest = all.filter((one) => !chosen.has(one));
  const [word, ids] = rest.length < some.length ? ["NOT IN", rest] : ["IN", some];
  return `frame.combination ${word} ${list(ids.map(({ id }) => id))}`;
}

/**
 * `objects`, `named`: ids of what the query says of OBJECT and of basenames, where it does; null: not looked up. `names`:
 * where "contains" leads.
 */
export function prepare(
  snapshot: Snapshot,
  query: FrameQuery,
  sight: Sight,
  objects: number[] | null,
  named: number[] | null,
  names: NameSearch | null = null,
): Prepared {
  const combinations = choose(snapshot, query, sight);
  const { frames, everything, condition } = partOf(snapshot.held, combinations);
  const nights = query.equals?.night?.map((night) => nightNumber(String(night))) ?? null;
  const conditions: Sql[] = [];
  const add = (text: string, ...params: unknown[]) => conditions.push({ text, params });
  if (condition !== "") add(condition);
  if (query.start !== undefined) add(`frame.date_obs >= ${number(query.start)}`);
  if (query.end !== undefined) add(`frame.date_obs <= ${number(query.end)}`);
  if (nights !== null) add(`frame.night IN ${list(nights)}`);
  if (objects !== null) add(`frame.object IN ${list(objects)}`);
  if (query.exptimeMin !== undefined) add(`frame.exptime >= ${number(query.exptimeMin)}`);
  if (query.exptimeMax !== undefined) add(`frame.exptime <= ${number(query.exptimeMax)}`);
  if (query.cone !== undefined) add(within(query.cone));
  let others = 0;
  for (const field of ["reqnum", "obsnum"] as const) {
    const wanted = query.equals?.[field];
    if (wanted === undefined) continue;
    const texts = wanted.filter((value) => value !== null).map(String);
    const orNull = texts.length < wanted.length ? ` OR frame.${field} IS NULL` : "";
    add(`(frame.${field} IN (SELECT value FROM json_each(?))${orNull})`, JSON.stringify(texts.map(packDigits)));
    others++;
  }
  if (query.equals?.basename !== undefined) {
    if (named !== null) add("frame.id IN (SELECT value FROM json_each(?))", JSON.stringify(named));
    others++;
  }
  if (query.basenameContains !== undefined && query.basenameContains !== "") {
    if (names === null) add(`instr(lower(${BASENAME}), ?) > 0`, lowerAscii(query.basenameContains));
    else conditions.push(names.where);
    others++;
  }
  if (query.public !== undefined && query.public.now !== momentOf(query, sight)) {
    const past = `ifnull(frame.public_date <= ${number(query.public.now)}, 0)`;
    add(query.public.is ? past : `NOT ${past}`);
    others++;
  }
  const regions: RegionTest[] = [];
  if (query.covers !== undefined) regions.push({ how: "covers", region: query.covers });
  if (query.intersects !== undefined) regions.push({ how: "intersects", region: query.intersects });
  return {
    query,
    combinations,
    everything,
    frames,
    start: query.start ?? null,
    end: query.end ?? null,
    nights: nights === null ? null : [...new Set(nights)],
    objects,
    named,
    names,
    regions,
    others,
    where: {
      text: conditions.length === 0 ? "true" : conditions.map(({ text }) => text).join(" AND "),
      params: conditions.flatMap(({ params }) => params),
    },
  };
}

/** Conditions that combinations do not decide: dates, nights, objects, a cone, exposure times, and all the others. */
export function dimensionsOf({ query, start, end, nights, objects, others, regions }: Prepared): number {
  const dated = start !== null || end !== null;
  const timed = query.exptimeMin !== undefined || query.exptimeMax !== undefined;
  const present = [dated, nights !== null, objects !== null, query.cone !== undefined, timed].filter(Boolean).length;
  return present + others + regions.length;
}

/** Whether days and periods count what the query finds: nothing but combinations and dates is asked. */
export function isDated(p: Prepared): boolean {
  return dimensionsOf(p) === (p.start !== null || p.end !== null ? 1 : 0);
}

/** A number in SQL. JavaScript writes the shortest digits that give the same double again. */
export function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} is no number for a query.`);
  return String(value);
}

/** Haversine: exact for small and large radii alike. */
function within({ ra, dec, radius }: { ra: number; dec: number; radius: number }): string {
  if (radius >= 180) return "frame.ra IS NOT NULL AND frame.dec IS NOT NULL";
  const half = (degrees: string) => `sin(radians(${degrees}) / 2)`;
  const north = half(`frame.dec - ${number(dec)}`);
  const east = half(`frame.ra - ${number(ra)}`);
  const limit = Math.sin((radius * Math.PI) / 360) ** 2;
  const across = `cos(radians(frame.dec)) * ${number(Math.cos((dec * Math.PI) / 180))} * ${east} * ${east}`;
  return `${north} * ${north} + ${across} <= ${number(limit)}`;
}
