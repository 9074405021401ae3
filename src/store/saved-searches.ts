/** Searches that people keep, in D1. */
import { and, desc, eq, getTableColumns, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { savedSearch } from "./schema.ts";

export type SavedSearch = typeof savedSearch.$inferSelect;

export type SavedSearchStore = ReturnType<typeof savedSearchStore>;

export function savedSearchStore(database: D1Database) {
  const db = drizzle(database);
  return {
    /** Newest first. */
    list(userId: number): Promise<SavedSearch[]> {
      return db.select().from(savedSearch).where(eq(savedSearch.userId, userId)).orderBy(desc(savedSearch.id)).all();
    },

    /** Null where the account has `most` already; counted and added in one statement, so that two tabs cannot pass it. */
    async add(search: Omit<SavedSearch, "id">, most: number): Promise<SavedSearch | null> {
      const { userId, name, query, created } = search;
      const count = db.$count(savedSearch, eq(savedSearch.userId, userId));
      const values = sql`SELECT NULL, ${userId}, ${name}, ${query}, ${created} WHERE ${count} < ${most}`;
      const row = await db.insert(savedSearch).select(values).returning(getTableColumns(savedSearch)).get();
      return row ?? null;
    },

    /** False where this account has no such search. */
    async remove(id: number, userId: number): Promise<boolean> {
      const one = and(eq(savedSearch.id, id), eq(savedSearch.userId, userId));
      return (await db.delete(savedSearch).where(one).returning({ id: savedSearch.id })).length > 0;
    },
  };
}
