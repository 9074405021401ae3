/** The catalogue in one D1 database. */
import { alone } from "./alone.ts";
import { joinNames, splitName } from "./basename.ts";
import type { Added, Catalogue, StoredKey, Version } from "./catalogue.ts";
import { framesBySum } from "./checksum.ts";
import { sees } from "./choice.ts";
import { Database, type DatabaseOptions, type Row } from "./database.ts";
import { type Due, NO_WORK, overdue, postpone, strike, type WorkKind } from "./due-work.ts";
import type { Frame, FrameFacts, ListedFrame, Sight, StoredFile } from "./frame.ts";
import { BARE_COLUMNS, basenameOf, bytesOf, FRAME_COLUMNS, fileOf, frameOf } from "./frame-row.ts";
import { rowsOf } from "./listing.ts";
import { meet } from "./lookups.ts";
import { nights } from "./nights.ts";
import { objects } from "./objects.ts";
import { type Ask, Reader } from "./reader.ts";
import { idsOf, relatedIds } from "./relations.ts";
import { aggregate, complete, list } from "./search.ts";
import { ShardedCatalogue } from "./sharded-catalogue.ts";
import { IDS, shardsOf } from "./shards.ts";
import { snapshotOf } from "./snapshot.ts";
import { erase, insert, supersede, swapFile } from "./write.ts";

/** Uploads of one name that may overtake each other before the archive gives up. */
const ATTEMPTS = 8;

/** Opens the catalogue for one request or run; what it remembers of the database is shared in the isolate. */
export function openCatalogue(d1: D1Database, options: DatabaseOptions = {}): Catalogue {
  const shards = shardsOf(d1);
  const marks = options.bookmark?.split(",") ?? [];
  const parts = shards.map(({ d1: own, number }) => {
    const mark = options.bookmark === "first-primary" ? "first-primary" : marks[number];
    const { witnesses } = number === 0 ? options : {}; // accounts are in the first shard
    return new D1Catalogue(own, { ...options, witnesses, bookmark: mark }, number);
  });
  return parts.length === 1 ? parts[0]! : new ShardedCatalogue(shards, parts);
}

/** One database; with several, one shard. */
export class D1Catalogue implements Catalogue {
  private readonly database: Database;
  private readonly reader: Reader;
  private readonly shard: number;

  constructor(d1: D1Database, options: DatabaseOptions, shard: number) {
    this.shard = shard;
    this.database = new Database(d1, options);
    this.reader = new Reader(this.database, snapshotOf(d1));
  }

  get bookmark(): string | null {
    return this.database.bookmark;
  }

  list: Catalogue["list"] = (query, page, sight) => list(this.reader, query, page, sight);

  aggregate: Catalogue["aggregate"] = (query, sight, options) =>
    aggregate(this.reader, query, sight, options?.facets ?? false);

  objects: Catalogue["objects"] = (query, limit, sight) => objects(this.reader, query, limit, sight);

  nights: Catalogue["nights"] = (query, from, to, sight) => nights(this.reader, query, from, to, sight);

  async frame(id: number, sight: Sight, version?: number): Promise<ListedFrame | null> {
    return this.reader.steady(momentOf(sight), async (ask) => {
      const rows = await this.visible(ask, [id], sight);
      const [current] = await complete(ask, this.reader, rows, sight);
      return current === undefined ? null : this.inVersion(ask, current, version);
    });
  }

  async alone(id: number, sight: Sight, version?: number): Promise<Frame | null> {
    const current = await alone(this.database, id, sight);
    return current === null ? null : this.inVersion((asked) => this.database.run(asked), current, version);
  }

  async frames(ids: number[], sight: Sight, options?: { bare?: boolean }): Promise<ListedFrame[]> {
    const columns = options?.bare ? BARE_COLUMNS : FRAME_COLUMNS;
    return this.reader.steady(momentOf(sight), async (ask) =>
      complete(ask, this.reader, await this.visible(ask, ids, sight, columns), sight),
    );
  }

  async owner(basename: string): Promise<Frame | null> {
    return (await this.owned(basename))?.frame ?? null;
  }

  private owned(basename: string): Promise<{ frame: Frame; row: Row } | null> {
    return this.reader.steady(null, async (ask) => {
      const { stem, tail } = splitName(basename);
      const [rows] = await ask([
        { sql: `SELECT ${FRAME_COLUMNS} FROM (SELECT 1) k ${joinNames("?", "?")}`, params: [stem, tail] },
      ]);
      const [row] = rows!;
      return row === undefined ? null : { frame: await this.plain(ask, row), row };
    });
  }

  async related(id: number, sight: Sight): Promise<ListedFrame[]> {
    return this.reader.steady(momentOf(sight), async (ask) => {
      const rows = await this.visible(ask, [id], sight);
      await meet(ask, this.reader.snapshot, rows);
      const related = await relatedIds(ask, this.reader.snapshot, rows, sight);
      return complete(ask, this.reader, await rowsOf(ask, related.get(id) ?? []), sight);
    });
  }

  async versions(
    find: { md5?: string; sha256?: string; basename?: string; frameId?: number },
    page: { limit: number; offset: number },
    sight: Sight,
  ): Promise<{ count: number; versions: Version[] }> {
    return this.reader.steady(momentOf(sight), async (ask) => {
      const conditions: string[] = [];
      const params: unknown[] = [];
      if (find.frameId !== undefined) {
        conditions.push("id = ?");
        params.push(find.frameId);
      }
      if (find.basename !== undefined) {
        const { stem, tail } = splitName(find.basename);
        conditions.push("stem = (SELECT id FROM stem WHERE text = ?) AND tail = ?");
        params.push(stem, tail);
      }
      if (conditions.length === 0 && find.md5 === undefined && find.sha256 === undefined) {
        throw new RangeError("Versions are found by checksum, name or frame.");
      }
      // Frames first (whose name and sight count for all their versions), then their former files.
      const sums = (["md5", "sha256"] as const).flatMap((sum) => {
        const hex = find[sum]?.toLowerCase();
        return hex === undefined ? [] : [{ sum, hex }];
      });
      const candidates = new Set<number>();
      if (conditions.length > 0) {
        const [rows] = await ask([{ sql: `SELECT id FROM frame WHERE ${conditions.join(" AND ")}`, params }]);
        for (const { id } of rows!) candidates.add(id as number);
      } else {
        for (const id of await framesBySum(ask, this.shard * IDS, sums[0]!.hex)) candidates.add(id);
      }
      const found = await this.versionsOf(ask, await this.visible(ask, [...candidates], sight));
      const kept = found
        .filter(({ file }) =>
          sums.every(({ sum, hex }) => file[sum] === hex || (file.original !== null && file.original[sum] === hex)),
        )
        .sort((a, b) => b.created - a.created || b.frameId - a.frameId || b.version - a.version);
      return { count: kept.length, versions: kept.slice(page.offset, page.offset + page.limit) };
    });
  }

  async holds(basename: string, sha256: string): Promise<boolean> {
    const { stem, tail } = splitName(basename);
    const [row] = await this.database.rows(
      `SELECT ?1 IN (sha256, original_sha256) OR EXISTS
        (SELECT 1 FROM former WHERE frame = frame.id AND ?1 IN (sha256, original_sha256)) AS found
        FROM (SELECT 1) k ${joinNames("?2", "?3")}`,
      bytesOf(sha256),
      stem,
      tail,
    );
    return row?.found === 1;
  }

  async add(facts: FrameFacts, file: StoredFile, now: number, due: Due = NO_WORK): Promise<Added> {
    for (let left = ATTEMPTS; left > 0; left--) {
      // Nearly every name is new, and whether it is costs no round trip of its own.
      const id = await insert(this.database, this.shard, facts, file, now, due);
      if (id !== null) return { outcome: "created", frame: { ...facts, id, version: 1, file, created: now } };
      const owned = await this.owned(facts.basename);
      if (owned === null) continue;
      const { frame: old, row } = owned;
      // Of an upload its own bytes count, also where it is the same FITS file in another gzip.
      const upload = file.packing === "none" ? file : (file.original ?? file);
      if (await this.holds(facts.basename, upload.sha256)) {
        return { outcome: "duplicate", frame: old };
      }
      if (!(await supersede(this.database, old, row, facts, file, now, due))) continue;
      const frame = { ...facts, id: old.id, version: old.version + 1, file, created: now };
      return { outcome: "version", frame, previous: old.version };
    }
    throw new Error(`Other uploads of ${facts.basename} kept getting in between.`);
  }

  async strike(id: number, version: number, kind: WorkKind): Promise<void> {
    await strike(this.database, id, version, kind);
  }

  overdue: Catalogue["overdue"] = (now, limit) => overdue(this.database, now, limit);

  postpone: Catalogue["postpone"] = (works) => postpone(this.database, works);

  async replaceFile(id: number, version: number, expectedKey: string, file: StoredFile): Promise<boolean> {
    return this.reader.steady(null, async (ask) => {
      const [row] = await rowsOf(ask, [id]);
      if (row === undefined) return false;
      const frame = await this.plain(ask, row);
      const current = frame.version === version && frame.file.key === expectedKey ? row : null;
      return swapFile(this.database, { frame, version, expectedKey, current }, file);
    });
  }

  async remove(id: number): Promise<string[] | null> {
    const gone = await erase(this.database, id);
    if (gone === null) return null;
    return this.reader.steady(null, async (ask) => {
      await meet(ask, this.reader.snapshot, [gone.row]);
      return [fileOf(gone.row, this.reader.snapshot).key, ...gone.formerKeys];
    });
  }

  async keys(after: number, limit: number): Promise<StoredKey[]> {
    return this.reader.steady(null, async (ask) => {
      const [rows] = await ask([
        {
          sql: `SELECT ${FRAME_COLUMNS} FROM frame WHERE id > ? ORDER BY id LIMIT ?`,
          params: [after, limit],
        },
      ]);
      const versions = await this.versionsOf(ask, rows!);
      return versions.map(({ frameId, version, file }) => ({ key: file.key, size: file.size, frameId, version }));
    });
  }

  /** Ids of the frames of these names that are here and may be seen. */
  async named(names: string[], sight: Sight): Promise<Map<string, number>> {
    return this.reader.steady(momentOf(sight), (ask) => idsOf(ask, this.reader.snapshot, names, sight));
  }

  /** The shard that a name belongs to: the one it was first claimed for, `shard` if that is now. */
  async claim(name: string, shard: number): Promise<number> {
    const [, rows] = await this.database.run([
      { sql: "INSERT INTO claim (name, shard) VALUES (?, ?) ON CONFLICT DO NOTHING", params: [name, shard] },
      { sql: "SELECT shard FROM claim WHERE name = ?", params: [name] },
    ]);
    return rows![0]!.shard as number;
  }

  /** Rows of the frames that exist and may be seen, in the order given. */
  private async visible(ask: Ask, ids: number[], sight: Sight, columns?: string): Promise<Row[]> {
    const rows = await rowsOf(ask, ids.filter(Number.isSafeInteger), columns);
    return rows.filter((row) => sees(sight, this.reader.snapshot.combinations.get(row.combination as number)!));
  }

  /** The frame as it is, or as it was in another version; null where it never had that one. */
  private async inVersion<T extends Frame>(ask: Ask, current: T, version: number | undefined): Promise<T | null> {
    if (version === undefined || version === current.version) return current;
    const [formers] = await ask([
      { sql: "SELECT * FROM former WHERE frame = ? AND version = ?", params: [current.id, version] },
    ]);
    return formers!.length === 0 ? null : { ...current, ...formerOf(formers![0]!) };
  }

  private async plain(ask: Ask, row: Row): Promise<Frame> {
    await meet(ask, this.reader.snapshot, [row]);
    return frameOf(row, this.reader.snapshot);
  }

  /** Every version of the frames of some rows. */
  private async versionsOf(ask: Ask, rows: Row[]): Promise<Version[]> {
    if (rows.length === 0) return [];
    await meet(ask, this.reader.snapshot, rows);
    const [formers] = await ask([
      { sql: `SELECT * FROM former WHERE frame IN (${rows.map(({ id }) => id as number).join(",")})` },
    ]);
    const current = rows.map((row) => ({
      frameId: row.id as number,
      basename: basenameOf(row, this.reader.snapshot),
      version: row.version as number,
      current: true,
      created: row.created as number,
      file: fileOf(row, this.reader.snapshot),
    }));
    const names = new Map(current.map(({ frameId, basename }) => [frameId, basename]));
    return [
      ...current,
      ...formers!.map((row) => ({
        frameId: row.frame as number,
        basename: names.get(row.frame as number)!,
        version: row.version as number,
        current: false,
        created: row.created as number,
        file: JSON.parse(row.file as string) as StoredFile,
      })),
    ];
  }
}

function momentOf(sight: Sight): number | null {
  return sight.kind === "some" ? sight.now : null;
}

function formerOf(row: Row): Frame {
  return {
    ...(JSON.parse(row.facts as string) as FrameFacts),
    id: row.frame as number,
    version: row.version as number,
    file: JSON.parse(row.file as string) as StoredFile,
    created: row.created as number,
  };
}
