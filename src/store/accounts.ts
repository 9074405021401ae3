/** Accounts, their API tokens and their proposals in D1. Passwords and tokens come in as hashes only. */
import { and, asc, count, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Holder } from "./holders.ts";
import { token, user } from "./schema.ts";

export interface Account extends Holder {
  email: string;
  /** See archive/password.ts; "" where none was set. */
  password: string;
  /** UTC milliseconds. */
  created: number;
}

export interface AccountToken {
  id: number;
  userId: number;
  /** First characters of the token. */
  hint: string;
  label: string;
  created: number;
  expires: number | null;
  revoked: number | null;
}

export interface NewAccount {
  username: string;
  password: string;
  email: string;
  isStaff: boolean;
  proposals: string[];
}

export interface NewToken {
  userId: number;
  hash: string;
  hint: string;
  label: string;
  expires: number | null;
}

const proposals = sql<string>`(SELECT json_group_array(proposal) FROM
  (SELECT proposal FROM membership WHERE user_id = "user"."id" ORDER BY proposal))`;

const accountColumns = {
  id: user.id,
  username: user.username,
  email: user.email,
  password: user.password,
  isStaff: user.isStaff,
  isActive: user.isActive,
  epoch: user.epoch,
  created: user.created,
  proposals,
};

const tokenColumns = {
  id: token.id,
  userId: token.userId,
  hint: token.hint,
  label: token.label,
  created: token.created,
  expires: token.expires,
  revoked: token.revoked,
};

function accountOf(row: Omit<Account, "proposals"> & { proposals: string }): Account {
  return { ...row, proposals: JSON.parse(row.proposals) as string[] };
}

export type AccountStore = ReturnType<typeof accountStore>;

export function accountStore(d1: D1Database) {
  const db = drizzle(d1);

  async function one(condition: SQL): Promise<Account | null> {
    const row = await db.select(accountColumns).from(user).where(condition).get();
    return row === undefined ? null : accountOf(row);
  }

  return {
    byId: (id: number) => one(eq(user.id, id)),

    /** Names differ by more than their case. */
    byName: (username: string) => one(sql`${user.username} = ${username} COLLATE NOCASE`),

    async list(): Promise<Account[]> {
      return (await db.select(accountColumns).from(user).orderBy(asc(user.id))).map(accountOf);
    },

    async isEmpty(): Promise<boolean> {
      return (await db.select({ id: user.id }).from(user).limit(1).get()) === undefined;
    },

    /** The new account, or null where the name is taken. */
    async add(account: NewAccount): Promise<Account | null> {
      const { proposals: names, ...columns } = account;
      const added = await db.insert(user).values(columns).onConflictDoNothing().returning({ id: user.id }).get();
      if (added === undefined) return null;
      await this.setProposals(added.id, names);
      return this.byId(added.id);
    },

    /** Adds a staff account if there is no account at all, in one statement, so that two requests cannot add two. */
    async addFirst(username: string, password: string): Promise<void> {
      await d1
        .prepare(`INSERT INTO user (username, password, is_staff) SELECT ?, ?, 1 WHERE NOT EXISTS (SELECT 1 FROM user)`)
        .bind(username, password)
        .run();
    },

    /** False where there is no such account. */
    async update(id: number, changes: Partial<Pick<Account, "email" | "isStaff" | "isActive">>): Promise<boolean> {
      if (Object.keys(changes).length === 0) return (await this.byId(id)) !== null;
      const rows = await db.update(user).set(changes).where(eq(user.id, id)).returning({ id: user.id });
      return rows.length > 0;
    },

    /** Ends every session of an account and revokes its tokens with `label`; with a new password, if one is given. */
    async renew(id: number, password: string | null, label: string, now: number): Promise<void> {
      await db.batch([
        db
          .update(user)
          .set({ epoch: sql`${user.epoch} + 1`, ...(password === null ? {} : { password }) })
          .where(eq(user.id, id)),
        db
          .update(token)
          .set({ revoked: now })
          .where(and(eq(token.userId, id), eq(token.label, label), isNull(token.revoked))),
      ]);
    },

    /** Puts another hash of the same password in the place of the one that was read, unless it was changed since. */
    async rehash(id: number, old: string, password: string): Promise<void> {
      await db
        .update(user)
        .set({ password })
        .where(and(eq(user.id, id), eq(user.password, old)));
    },

    async setProposals(id: number, names: string[]): Promise<void> {
      await d1.batch([
        d1.prepare(`DELETE FROM membership WHERE user_id = ?`).bind(id),
        d1
          .prepare(`INSERT OR IGNORE INTO membership (user_id, proposal) SELECT ?, value FROM json_each(?)`)
          .bind(id, JSON.stringify(names)),
      ]);
    },

    /** Newest first, revoked ones too. Of everybody, or of one account. */
    async tokens(userId: number | null): Promise<AccountToken[]> {
      const rows = db.select(tokenColumns).from(token);
      return (userId === null ? rows : rows.where(eq(token.userId, userId))).orderBy(desc(token.id));
    },

    /** Adds a token; nothing happens where this very token is there already. */
    async addToken(values: NewToken): Promise<AccountToken | null> {
      const row = await db.insert(token).values(values).onConflictDoNothing().returning(tokenColumns).get();
      return row ?? null;
    },

    /** How many tokens with a label an account has had revoked. */
    async revokedCount(userId: number, label: string): Promise<number> {
      const row = await db
        .select({ n: count() })
        .from(token)
        .where(and(eq(token.userId, userId), eq(token.label, label), sql`${token.revoked} IS NOT NULL`))
        .get();
      return row?.n ?? 0;
    },

    /** False where there is no such token in use, or, with `userId`, it is somebody else's. */
    async revokeToken(id: number, now: number, userId?: number): Promise<boolean> {
      const rows = await db
        .update(token)
        .set({ revoked: now })
        .where(
          and(eq(token.id, id), isNull(token.revoked), userId === undefined ? undefined : eq(token.userId, userId)),
        )
        .returning({ id: token.id });
      return rows.length > 0;
    },
  };
}
