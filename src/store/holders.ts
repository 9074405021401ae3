/**
 * Whom a token or a session speaks for. That is asked with every request, so an isolate remembers the answers; what is
 * remembered holds only until the request's first batch of statements, which asks again beside its own questions. Where
 * the answer has changed (a token revoked, an account closed, another proposal), that batch fails with `HolderChanged`
 * and the request has to begin anew; nothing that was worked out from the old answer gets out. With read replication the
 * batch may ask a replica: a change counts as soon as it has arrived there, as everything else that is read does.
 */
import type { Row, Statement } from "./database.ts";

export interface Holder {
  id: number;
  username: string;
  isStaff: boolean;
  isActive: boolean;
  epoch: number;
  /** In alphabetical order. */
  proposals: string[];
}

/** A request leant on something remembered that is no longer so. It has been forgotten; ask again. */
export class HolderChanged extends Error {
  override readonly name = "HolderChanged";
}

/** A question whose answer is remembered; whoever asks the database next has to carry it along. */
export interface Witness {
  statement: Statement;
  /** Takes the answer. Throws HolderChanged. */
  hear(rows: Row[]): void;
}

const HOLDER = `SELECT user.id, username, is_staff, is_active, epoch, (SELECT json_group_array(proposal) FROM
  (SELECT proposal FROM membership WHERE user_id = user.id ORDER BY proposal)) AS proposals FROM`;

/** Answers by question, as JSON. Of each database, some hundred bytes an entry. */
const remembered = new WeakMap<D1Database, Map<string, string>>();
const MOST_REMEMBERED = 1000;

export type HolderStore = ReturnType<typeof holderStore>;

/** For one request. `trusting`: whether it may begin with what is remembered, because it can begin anew. */
export function holderStore(d1: D1Database, trusting: boolean) {
  let known = remembered.get(d1);
  if (known === undefined) remembered.set(d1, (known = new Map()));
  const memory = known;
  const witnesses: Witness[] = [];

  async function find(key: string, statement: Statement): Promise<Holder | null> {
    const text = memory.get(key);
    if (trusting && text !== undefined) {
      witnesses.push({
        statement,
        hear(rows) {
          if (JSON.stringify(rows) === text) return;
          memory.delete(key);
          throw new HolderChanged();
        },
      });
      return holderOf(JSON.parse(text) as Row[]);
    }
    const { results } = await d1
      .prepare(statement.sql)
      .bind(...(statement.params ?? []))
      .all<Row>();
    memory.delete(key);
    if (results.length > 0) {
      if (memory.size >= MOST_REMEMBERED) memory.delete(memory.keys().next().value!);
      memory.set(key, JSON.stringify(results));
    }
    return holderOf(results);
  }

  return {
    /** What no batch has carried along yet; whoever takes it out of here has to ask it. */
    witnesses,

    byId: (id: number) => find(`id ${id}`, { sql: `${HOLDER} user WHERE user.id = ?`, params: [id] }),

    /** The owner of a token that is neither revoked nor past its end, active or not. `hash`: SHA-256, hex. */
    byToken: (hash: string, now: number) =>
      find(`token ${hash}`, {
        sql: `${HOLDER} token JOIN user ON user.id = token.user_id
          WHERE token.hash = ? AND revoked IS NULL AND ifnull(expires > ?, true)`,
        params: [hash, now],
      }),

    /** Asks what is left to be asked. Throws HolderChanged. */
    async confirm(): Promise<void> {
      for (const { statement, hear } of witnesses.splice(0)) {
        hear(
          (
            await d1
              .prepare(statement.sql)
              .bind(...(statement.params ?? []))
              .all<Row>()
          ).results,
        );
      }
    },
  };
}

function holderOf([row]: Row[]): Holder | null {
  if (row === undefined) return null;
  return {
    id: row.id as number,
    username: row.username as string,
    isStaff: row.is_staff === 1,
    isActive: row.is_active === 1,
    epoch: row.epoch as number,
    proposals: JSON.parse(row.proposals as string) as string[],
  };
}
