/**
 * The combinations and their counts, held in memory and kept up by asking for what has changed. With nothing changed
 * that is one row read, and every count that needs only combinations is then a sum in memory.
 */
import type { Row, Statement } from "./database.ts";
import type { Layout } from "./layout.ts";
import { NameParts } from "./name-search.ts";
import { type Count, type Counts, parseCounts } from "./tally.ts";

export interface Combination extends Count {
  id: number;
  siteid: string;
  telid: string;
  instrume: string;
  imagetyp: string;
  filter: string | null;
  rlevel: number;
  binning: string;
  xbinning: number;
  ybinning: number;
  propid: string | null;
  /** 0 no public date was ever stated, 1 public, 2 embargoed. */
  embargo: number;
  /** Bits of the steps of reach that its frames have (sky-cell.ts), or once had. */
  reaches: number;
  /**
   * Between these its frames lie, in milliseconds from the beginning (UTC) of the date that names their night, but for
   * those whose night is neither the day of DATE_OBS nor the one before. Null: there was none.
   */
  nightFrom: number | null;
  nightTo: number | null;
  generation: number;
  /** By period (calendar.ts) and by exposure step. */
  periods: Counts;
  exposures: Counts;
}

/** When the next embargo ends and the last one ended, as far as the database has settled them (settle.ts). */
export interface Dues {
  generation: number;
  next: number;
  last: number;
}

/** A state of the snapshot: the newest change that it knows. */
export interface Pin {
  generation: number;
  newest: number;
}

/** Different questions of a busy minute; each answer has an array of some thousand references at most. */
const MOST_DERIVED = 200;

export class Snapshot {
  readonly combinations = new Map<number, Combination>();
  dues: Dues | null = null;
  /** What rows refer to by number (lookups.ts): names of objects, stems of basenames, layouts. */
  readonly objects = new Map<number, string>();
  readonly stems = new Map<number, string>();
  readonly layouts = new Map<number, Layout>();
  /** For searches within basenames (name-search.ts). */
  names = new NameParts();
  pin: Pin = { generation: 0, newest: 0 };
  /** What was worked out from the combinations as they are now, by whatever asks for it; empty after a change. */
  private readonly derived = new Map<string, unknown>();

  /** Combinations with frames; the same array until something changes. */
  get held(): readonly Combination[] {
    return this.derive("held", () => [...this.combinations.values()].filter(({ frames }) => frames > 0));
  }

  /** What `make` says, made once for each `key` until something changes; what was not asked for the longest goes first. */
  derive<T>(key: string, make: () => T): T {
    const value = (this.derived.get(key) as T | undefined) ?? make();
    this.derived.delete(key);
    if (this.derived.size >= MOST_DERIVED) this.derived.delete(this.derived.keys().next().value!);
    this.derived.set(key, value);
    return value;
  }

  /** Asks for the newest combination that is known, as a sign of life, and all that changed since. */
  static delta(pin: Pin): Statement {
    return { sql: "SELECT * FROM combination WHERE generation >= ?", params: [pin.generation] };
  }

  /**
   * Takes the answer of `delta`; whether the database was just as known at `pin`. Other requests of this isolate may
   * have brought the snapshot further meanwhile, so nothing older than what is held gets in.
   */
  apply(rows: Row[], pin: Pin): boolean {
    const known = rows.find((row) => row.generation === pin.generation);
    // The newest known may have changed once more and so have another generation; something as new there must be.
    if (pin.generation > 0 && (rows.length === 0 || (known !== undefined && known.id !== pin.newest))) {
      // A replica that is behind, or a database that was restored: nothing that is held can be trusted.
      if (this.pin.generation === pin.generation) this.clear();
      return false;
    }
    const fresh = rows.filter((row) => (row.generation as number) > pin.generation);
    for (const row of fresh) {
      const held = this.combinations.get(row.id as number);
      if (held !== undefined && held.generation >= (row.generation as number)) continue;
      const one = combinationOf(row);
      this.combinations.set(one.id, one);
      this.derived.clear();
      if (one.generation > this.pin.generation) this.pin = { generation: one.generation, newest: one.id };
    }
    return fresh.length === 0 && this.pin === pin;
  }

  private clear(): void {
    this.combinations.clear();
    this.derived.clear();
    this.objects.clear();
    this.stems.clear();
    this.layouts.clear();
    this.names = new NameParts();
    this.pin = { generation: 0, newest: 0 };
    this.dues = null;
  }
}

function combinationOf(row: Row): Combination {
  return {
    ...(row as unknown as Combination),
    nightFrom: row.night_from as number | null,
    nightTo: row.night_to as number | null,
    binning: `${row.xbinning}x${row.ybinning}`,
    periods: parseCounts(row.periods as string),
    exposures: parseCounts(row.exposures as string),
  };
}

const held = new WeakMap<D1Database, Snapshot>();

/** What this isolate knows of a database. Values only: no request waits for another's promise. */
export function snapshotOf(d1: D1Database): Snapshot {
  let snapshot = held.get(d1);
  if (snapshot === undefined) held.set(d1, (snapshot = new Snapshot()));
  return snapshot;
}
