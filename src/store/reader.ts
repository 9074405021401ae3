/**
 * Reading with the snapshot: whatever is computed from memory and whatever comes from D1 belong to one state of the
 * database. Every round trip asks for changes as well; if there were any, the whole question is put again.
 */
import type { Database, Row, Statement } from "./database.ts";
import { learn, NEWEST_OF_ALL } from "./lookups.ts";
import { settle } from "./settle.ts";
import { Snapshot } from "./snapshot.ts";

/** One round trip, all statements in one transaction. */
export type Ask = (statements: Statement[]) => Promise<Row[][]>;

/** A database under constant change may be one change ahead of the answer after so many attempts. */
const ATTEMPTS = 12;

const DUES: Statement = {
  // Three rows: the two searches read one entry of frame_public each.
  sql: `SELECT (SELECT min(public_date) FROM frame WHERE public_date > settled) AS next,
    (SELECT max(public_date) FROM frame WHERE public_date <= settled) AS last FROM state`,
};

class Stale extends Error {}

export class Reader {
  constructor(
    readonly database: Database,
    readonly snapshot: Snapshot,
  ) {}

  /** `moment`: embargoes in the counts must stand as they are then; null: they do not matter. */
  async steady<T>(moment: number | null, attempt: (ask: Ask) => Promise<T>): Promise<T> {
    for (let left = ATTEMPTS; ; left--) {
      const { pin } = this.snapshot;
      let asked = false;
      const ask: Ask = async (statements) => {
        asked = true;
        const wantsDues = moment !== null && this.snapshot.dues?.generation !== pin.generation;
        const first = pin.generation === 0 ? NEWEST_OF_ALL : [];
        const all = [Snapshot.delta(pin), ...first, ...(wantsDues ? [DUES] : []), ...statements];
        const [changes, ...answers] = await this.database.run(all);
        if (first.length > 0) learn(this.snapshot, answers.splice(0, first.length));
        const same = this.snapshot.apply(changes!, pin);
        if (wantsDues) {
          const { next, last } = answers.shift()![0] as { next: number | null; last: number | null };
          if (same) {
            const { generation } = pin;
            this.snapshot.dues = { generation, next: next ?? Number.POSITIVE_INFINITY, last: last ?? -Infinity };
          }
        }
        if (!same && left > 1) throw new Stale();
        const { dues } = this.snapshot;
        if (moment !== null && same && dues !== null && (dues.next <= moment || dues.last > moment) && left > 1) {
          await settle(this.database, moment);
          throw new Stale();
        }
        return answers;
      };
      try {
        const answer = await attempt(ask);
        if (!asked) await ask([]);
        return answer;
      } catch (error) {
        if (!(error instanceof Stale)) throw error;
      }
    }
  }
}
