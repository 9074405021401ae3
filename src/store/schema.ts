/**
 * Every table. drizzle generates the migrations from this file (`npm run db:generate`); triggers and virtual tables,
 * which it cannot express, are written by hand in the migrations beside them.
 */
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

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

/** Searches that people keep. */
export const savedSearch = sqliteTable(
  "saved_search",
  {
    id: integer("id").primaryKey({ autoIncrement: true }),
    userId: integer("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** As in the search page's address: empty, or `?` and parameters. */
    query: text("query").notNull(),
    created: integer("created").notNull().default(now),
  },
  (t) => [index("saved_search_user").on(t.userId)],
);

/*
 * The catalogue. What drizzle cannot say stands only in the migration: WITHOUT ROWID (former), the virtual table `object_text` (FTS5), and the triggers that keep every count.
 */

/** One row: what this database is and how far it has come. */
export const state = sqliteTable("state", {
  id: integer("id").primaryKey(),
  /** Number of this shard; the upper part of its frames' ids (see shard.ts). */
  shard: integer("shard").notNull(),
  /** Largest id of a frame that was removed (or more): ids are never used again. */
  lastId: integer("last_id").notNull(),
  /** UTC milliseconds: frames with a public date up to here count as public, later ones as embargoed (settle.ts). */
  settled: integer("settled").notNull(),
});

/**
 * A distinct combination of everything of low cardinality, the embargo included, with its counts. There are some
 * thousands of them however many frames there are; the Worker keeps them all in memory.
 */
export const combination = sqliteTable(
  "combination",
  {
    id: integer("id").primaryKey(),
    siteid: text("siteid").notNull(),
    telid: text("telid").notNull(),
    instrume: text("instrume").notNull(),
    imagetyp: text("imagetyp").notNull(),
    filter: text("filter"),
    rlevel: integer("rlevel").notNull(),
    xbinning: integer("xbinning").notNull(),
    ybinning: integer("ybinning").notNull(),
    propid: text("propid"),
    /** 0 no public date was ever stated, 1 public, 2 embargoed, as of `state.settled`. */
    embargo: integer("embargo").notNull(),
    frames: integer("frames").notNull().default(0),
    bytes: integer("bytes").notNull().default(0),
    /** JSON `{"period": [frames, bytes]}`; a period is 32 days (calendar.ts). */
    periods: text("periods").notNull().default("{}"),
    /** JSON `{"exposure step": [frames, bytes]}` (exposure-step.ts). */
    exposures: text("exposures").notNull().default("{}"),
    /** Bits of the steps of reach, and the hours of the nights that its frames have or once had (snapshot.ts). */
    reaches: integer("reaches").notNull().default(0),
    nightFrom: integer("night_from"),
    nightTo: integer("night_to"),
    /** Counts up through the whole table at each change, so that a Worker asks only for what it does not know. */
    generation: integer("generation").notNull().default(0),
  },
  (t) => [
    // quote() tells NULL from "", which UNIQUE alone does not.
    uniqueIndex("combination_key").on(
      t.siteid,
      t.telid,
      t.instrume,
      t.imagetyp,
      sql`quote(${t.filter})`,
      t.rlevel,
      t.xbinning,
      t.ybinning,
      sql`quote(${t.propid})`,
      t.embargo,
    ),
    index("combination_generation").on(t.generation),
  ],
);

/** Names in OBJECT, each once. `object_text` (FTS5) indexes `search`. */
export const object = sqliteTable(
  "object",
  {
    id: integer("id").primaryKey(),
    name: text("name").notNull(),
    /** The name in lower case without white space, as object-name.ts makes it. */
    search: text("search").notNull(),
  },
  (t) => [uniqueIndex("object_name").on(t.name)],
);

/** Frames of one day, object, sky cell … by combination. The kind is the upper part of the id (tally.ts). */
export const tally = sqliteTable("tally", {
  id: integer("id").primaryKey(),
  /** JSON `{"combination": [frames, bytes]}`. */
  counts: text("counts").notNull(),
});

/** Beginnings of basenames (basename.ts). */
export const stem = sqliteTable("stem", { id: integer("id").primaryKey(), text: text("text").notNull() }, (t) => [
  uniqueIndex("stem_text").on(t.text),
]);

/** What the rests of basenames look like (name-search.ts). */
export const shape = sqliteTable("shape", { id: integer("id").primaryKey(), text: text("text").notNull() }, (t) => [
  uniqueIndex("shape_text").on(t.text),
]);

/** What many frames have in common about their files (layout.ts). */
export const layout = sqliteTable(
  "layout",
  {
    id: integer("id").primaryKey(),
    width: integer("width").notNull(),
    height: integer("height").notNull(),
    packing: text("packing").notNull(),
    key: text("key").notNull(),
    filename: text("filename").notNull(),
    original: text("original").notNull(),
  },
  (t) => [uniqueIndex("layout_all").on(t.key, t.filename, t.original, t.packing, t.width, t.height)],
);

/** A frame with its current file. The order of the columns keeps what queries test in front. */
export const frame = sqliteTable(
  "frame",
  {
    id: integer("id").primaryKey(),
    combination: integer("combination").notNull(),
    object: integer("object"),
    /** UTC milliseconds since 1970. */
    dateObs: integer("date_obs").notNull(),
    /** Days from the night to the UTC day of DATE-OBS: mostly 0 or 1, which takes no byte. */
    earlier: integer("earlier").notNull(),
    /** Days since 1970-01-01. */
    night: integer("night").generatedAlwaysAs(sql`(date_obs + 62135596800000) / 86400000 - 719162 - earlier`, {
      mode: "virtual",
    }),
    /** Whether the frame is public as of `state.settled`: `embargo` of its combination is 1. */
    open: integer("open").notNull(),
    exptime: real("exptime"),
    /** exposure-step.ts */
    step: integer("step"),
    ra: real("ra"),
    dec: real("dec"),
    /** Reach of the footprint, whether public, and HEALPix cell of the pointing (sky-cell.ts). */
    cell: integer("cell"),
    publicDate: integer("public_date"),
    version: integer("version").notNull(),
    /** The basename (basename.ts). */
    stem: integer("stem").notNull(),
    tail: text("tail").notNull(),
    /** Integers for digits, else texts (digits.ts). */
    reqnum: blob("reqnum"),
    obsnum: blob("obsnum"),
    layout: integer("layout").notNull(),
    /** Corners, as footprint-blob.ts packs them. */
    footprint: blob("footprint"),
    /** Names that it gives as related, here or not, as related-names.ts writes them; null: none. */
    related: text("related"),
    /** From DATE-OBS to `created`, milliseconds. */
    delay: integer("delay").notNull(),
    created: integer("created").generatedAlwaysAs(sql`date_obs + delay`, { mode: "virtual" }),
    size: integer("size").notNull(),
    /** CRC-32, MD5, SHA-256 of the stored file, the same of its original, and what the layout leaves open of the key. */
    sums: blob("sums").notNull(),
    /** JSON array, null: none. */
    warnings: text("warnings"),
    /** Of the file that the stored one can be made into again; null: the layout has no `original`. */
    originalSize: integer("original_size"),
    md5: blob("md5").generatedAlwaysAs(sql`substr(sums, 5, 16)`, { mode: "virtual" }),
    sha256: blob("sha256").generatedAlwaysAs(sql`substr(sums, 21, 32)`, { mode: "virtual" }),
    originalMd5: blob("original_md5").generatedAlwaysAs(
      sql`CASE WHEN original_size IS NOT NULL THEN substr(sums, 57, 16) END`,
      { mode: "virtual" },
    ),
    originalSha256: blob("original_sha256").generatedAlwaysAs(
      sql`CASE WHEN original_size IS NOT NULL THEN substr(sums, 73, 32) END`,
      { mode: "virtual" },
    ),
  },
  (t) => [
    uniqueIndex("frame_name").on(t.stem, t.tail),
    index("frame_date").on(t.dateObs),
    index("frame_open").on(t.dateObs).where(sql`${t.open} = 1`),
    index("frame_combination").on(t.combination, t.dateObs),
    index("frame_object").on(sql`${t.object} * 2 + ${t.open}`, t.dateObs).where(sql`${t.object} IS NOT NULL`),
    index("frame_step").on(t.step, t.dateObs).where(sql`${t.step} IS NOT NULL`),
    index("frame_cell").on(t.cell, t.dateObs).where(sql`${t.cell} IS NOT NULL`),
    index("frame_public").on(t.publicDate).where(sql`${t.publicDate} IS NOT NULL`),
    index("frame_reqnum").on(t.reqnum).where(sql`${t.reqnum} IS NOT NULL`),
    index("frame_obsnum").on(t.obsnum).where(sql`${t.obsnum} IS NOT NULL`),
  ],
);

/** Which frames may have a checksum (checksum.ts). */
export const checksum = sqliteTable("checksum", { id: integer("id").primaryKey(), frames: blob("frames").notNull() });

/** Earlier versions of frames, whole. */
export const former = sqliteTable(
  "former",
  {
    frame: integer("frame").notNull(),
    version: integer("version").notNull(),
    created: integer("created").notNull(),
    key: text("key").notNull(),
    md5: blob("md5").notNull(),
    sha256: blob("sha256").notNull(),
    originalMd5: blob("original_md5"),
    originalSha256: blob("original_sha256"),
    /** JSON: FrameFacts, StoredFile. */
    facts: text("facts").notNull(),
    file: text("file").notNull(),
  },
  (t) => [primaryKey({ columns: [t.frame, t.version] })],
);

/** With several shards, in the first: which of them a basename belongs to. Frames of a single shard need no row. */
export const claim = sqliteTable("claim", { name: text("name").primaryKey(), shard: integer("shard").notNull() });

/** Lists of frames that people have put aside for a while (selections.ts). */
export const selection = sqliteTable(
  "selection",
  {
    /** SHA-256 of the token, hex. */
    hash: text("hash").primaryKey(),
    /** Whose rights it lends; null: those of people who are not signed in. */
    userId: integer("user_id").references(() => user.id, { onDelete: "cascade" }),
    /** Frame ids, joined by commas, in order; negative: given plain (selections.ts). */
    ids: text("ids").notNull(),
    uncompress: integer("uncompress", { mode: "boolean" }).notNull(),
    created: integer("created").notNull(),
    expires: integer("expires").notNull(),
  },
  (t) => [index("selection_expires").on(t.expires)],
);

/** Work that a file has still to see, by kinds in bits (due-work.ts). WITHOUT ROWID. */
export const due = sqliteTable(
  "due",
  {
    frame: integer("frame").notNull(),
    version: integer("version").notNull(),
    kinds: integer("kinds").notNull(),
    /** When the upkeep may ask for it. */
    at: integer("at").notNull(),
    tries: integer("tries").notNull(),
  },
  (t) => [primaryKey({ columns: [t.frame, t.version] })],
);

/** Multipart uploads to R2 that were begun and not ended yet: R2 itself lists none. WITHOUT ROWID. */
export const openUpload = sqliteTable("open_upload", {
  key: text("key").primaryKey(),
  /** R2's id of it. */
  upload: text("upload").notNull(),
  opened: integer("opened").notNull(),
});
