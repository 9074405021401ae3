/**
 * The only place that talks to D1. Statements of one call run in one transaction, in one round trip. Reads may come from
 * a replica (sessions API), but never from before what this object has itself read or written.
 */

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

export class Database {
  private readonly session: D1DatabaseSession;

  private readonly observe: ((cost: Cost) => void) | undefined;

  constructor(d1: D1Database, observe?: (cost: Cost) => void, bookmark?: string) {
    this.observe = observe;
    this.session = d1.withSession(bookmark ?? "first-unconstrained");
  }

  /** Runs statements in order as one transaction; the rows of each. */
  async run(statements: Statement[]): Promise<Row[][]> {
    if (statements.length === 0) return [];
    const results = await this.session.batch<Row>(
      statements.map(({ sql, params = [] }) => this.session.prepare(sql).bind(...params)),
    );
    if (this.observe !== undefined) {
      results.forEach(({ meta }, i) => {
        this.observe!({
          sql: statements[i]!.sql,
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
