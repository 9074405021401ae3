/**
 * The only place that talks to D1. Statements of one call run in one transaction, in one round trip. Reads may come from
 * a replica (sessions API), but never from before what this object has itself read or written.
 */

import type { Witness } from "./holders.ts";

export interface Statement {
  sql: string;
  params?: unknown[];
}

export type Row = Record<string, unknown>;

/** What D1 says that a statement cost; for tests, benchmarks and logs. */
export interface Cost {
  sql: string;
  rowsRead: number;
  rowsWritten: number;
  milliseconds: number;
}

export interface DatabaseOptions {
  /** Told what each statement cost. */
  observe?: (cost: Cost) => void;
  /**
   * Reads start from there at the earliest (D1 sessions): a bookmark of an earlier request (one a shard, joined by
   * commas; what is none of D1's is passed over) or "first-primary", for requests that decide by what they read what they
   * write. Without, the first read may come from any replica.
   */
  bookmark?: string | undefined;
  /** What the first batch carries along (holders.ts). */
  witnesses?: Witness[] | undefined;
}

/** https://developers.cloudflare.com/d1/best-practices/read-replication/: four numbers in hexadecimal. */
const BOOKMARK = /^first-primary$|^[0-9a-f]+(?:-[0-9a-f]+){3}$/;

export class Database {
  private readonly session: D1DatabaseSession;

  private readonly observe: ((cost: Cost) => void) | undefined;

  private readonly witnesses: Witness[];

  constructor(d1: D1Database, { observe, bookmark, witnesses = [] }: DatabaseOptions = {}) {
    this.observe = observe;
    this.witnesses = witnesses;
    const known = bookmark !== undefined && bookmark.length < 200 && BOOKMARK.test(bookmark);
    this.session = d1.withSession(known ? bookmark : "first-unconstrained");
  }

  /** Runs statements in order as one transaction; the rows of each. */
  async run(asked: Statement[]): Promise<Row[][]> {
    if (asked.length === 0) return [];
    const carried = this.witnesses.splice(0);
    const statements = [...carried.map(({ statement }) => statement), ...asked];
    const results = await this.session.batch<Row>(
      statements.map(({ sql, params = [] }) => this.session.prepare(sql).bind(...params)),
    );
    for (const { hear } of carried) hear(results.shift()!.results);
    if (this.observe !== undefined) {
      results.forEach(({ meta }, i) => {
        this.observe!({
          sql: asked[i]!.sql,
          rowsRead: meta.rows_read,
          rowsWritten: meta.rows_written,
          milliseconds: meta.duration,
        });
      });
    }
    return results.map(({ results: rows }) => rows);
  }

  async rows(sql: string, ...params: unknown[]): Promise<Row[]> {
    return (await this.run([{ sql, params }]))[0]!;
  }

  /** Where this session has come to; the next request's reads may start from there. */
  get bookmark(): string | null {
    return this.session.getBookmark();
  }
}
