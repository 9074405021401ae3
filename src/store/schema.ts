/**
 * Every table. drizzle generates the migrations from this file (`npm run db:generate`); triggers and virtual tables,
 * which it cannot express, are written by hand in the migrations beside them.
 */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

const now = sql`(unixepoch('subsec') * 1000)`;

/** People and programs that may sign in. */
export const user = sqliteTable(
  "user",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    username: text("username").notNull(),
    /** `algorithm$iterations$salt$hash`; see archive/password.ts. Empty: cannot sign in with a password. */
    password: text("password").notNull().default(""),
    email: text("email").notNull().default(""),
    isStaff: integer("is_staff", { mode: "boolean" }).notNull().default(false),
    isActive: integer("is_active", { mode: "boolean" }).notNull().default(true),
    /** Counted up to end all sessions and the API token of `/api-token-auth/` at once. */
    epoch: integer("epoch").notNull().default(1),
    created: integer("created").notNull().default(now),
  },
  (t) => [uniqueIndex("user_username").on(sql`${t.username} COLLATE NOCASE`)],
);

/** API tokens, kept as SHA-256 only. */
export const token = sqliteTable(
  "token",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    /** SHA-256 of the token, hex. */
    hash: text("hash").notNull(),
    /** First characters, so that its owner can tell it from others. */
    hint: text("hint").notNull(),
    label: text("label").notNull().default(""),
    created: integer("created").notNull().default(now),
    expires: integer("expires"),
    revoked: integer("revoked"),
  },
  (t) => [uniqueIndex("token_hash").on(t.hash), index("token_user").on(t.userId)],
);

/** Proposals whose embargoed frames a user may see. */
export const membership = sqliteTable(
  "membership",
  {
    userId: integer("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    proposal: text("proposal").notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.proposal] })],
);
