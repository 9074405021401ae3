/** Selections that people have put aside, in D1: which frames, for whom, until when. Tokens come in as hashes only. */
import { eq, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { selection } from "./schema.ts";

export interface StoredSelection {
  /** SHA-256 of the token, hex. */
  hash: string;
  /** Account whose rights it lends; null: those of people who are not signed in. */
  userId: number | null;
  /** In the order in which they are given. */
  ids: number[];
  /** Those of them whose files are given plain, packed meanwhile or not. */
  plain: number[];
  uncompress: boolean;
  /** UTC milliseconds. */
  created: number;
  expires: number;
}

export type SelectionStore = ReturnType<typeof selectionStore>;

export function selectionStore(database: D1Database) {
  const db = drizzle(database);
  return {
    /** Adds one, and takes those away that are over. */
    async add({ ids, plain, ...values }: StoredSelection): Promise<void> {
      const marked = new Set(plain);
      const text = ids.map((id) => (marked.has(id) ? -id : id)).join(",");
      await db.batch([
        db.delete(selection).where(lt(selection.expires, values.created)),
        db.insert(selection).values({ ...values, ids: text }),
      ]);
    },

    /** Null where there is none, or it is over. */
    async find(hash: string, now: number): Promise<StoredSelection | null> {
      const row = await db.select().from(selection).where(eq(selection.hash, hash)).get();
      if (row === undefined || row.expires <= now) return null;
      const ids = row.ids === "" ? [] : row.ids.split(",").map(Number);
      return { ...row, ids: ids.map(Math.abs), plain: ids.filter((id) => id < 0).map(Math.abs) };
    },
  };
}
