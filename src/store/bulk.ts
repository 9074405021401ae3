/**
 * Many new frames at once: for seeding and for bringing an older archive over. Frames go in through `json_each`, a few
 * hundred a statement; counters and virtual tables follow at the end instead of frame by frame.
 */
import type { Row, Statement } from "./database.ts";
import { unpackFootprint } from "./footprint-blob.ts";
import type { FrameFacts, StoredFile } from "./frame.ts";
import { factColumns, fileColumns } from "./frame-row.ts";
import { gramsOf, searchForm } from "./object-name.ts";
import { outlineOf, recount } from "./upkeep.ts";

export interface BulkFrame {
  /** Small ids of an older archive keep their value. */
  id: number;
  facts: FrameFacts;
  file: StoredFile;
  created: number;
}

/** Runs statements in one transaction; D1 and node:sqlite both can. */
export type Run = (statements: Statement[]) => Promise<Row[][]> | Row[][];

const KEY = ["siteid", "telid", "instrume", "imagetyp", "filter", "rlevel", "xbinning", "ybinning", "propid"] as const;
const BLOBS: ReadonlySet<string> = new Set(["footprint", "md5", "sha256", "original_md5", "original_sha256"]);

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

export class BulkLoader {
  private readonly combinations = new Map<string, number>();
  private readonly objects = new Map<string, number>();
  private readonly run: Run;
  private readonly settled: number;

  /** `settled`: the moment at which embargoes are taken to stand. The database must have no frames yet. */
  constructor(run: Run, settled: number) {
    this.run = run;
    this.settled = settled;
  }

  /** Takes the triggers away, which would count every frame by itself. Answers the statements that bring them back. */
  async begin(): Promise<Statement[]> {
    const [triggers] = await this.run([
      { sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'frame_%'" },
    ]);
    await this.run([
      ...triggers!.map(({ name }) => ({ sql: `DROP TRIGGER ${name as string}` })),
      { sql: "UPDATE state SET settled = ?", params: [this.settled] },
    ]);
    return triggers!.map(({ sql }) => ({ sql: sql as string }));
  }

  async add(frames: BulkFrame[]): Promise<void> {
    if (frames.length === 0) return;
    const statements: Statement[] = [];
    const rows: unknown[][] = [];
    const outlines: number[][] = [];
    let names: string[] = [];
    for (const { id, facts, file, created } of frames) {
      const columns: Row = { ...factColumns(facts), ...fileColumns(file, facts.basename), version: 1, created };
      if (facts.footprint !== null) {
        outlines.push([id, ...outlineOf(unpackFootprint(hexOf(columns.footprint as Uint8Array)))]);
      }
      names = Object.keys(columns);
      rows.push([
        id,
        this.combinationOf(facts, statements),
        this.objectOf(facts, statements),
        ...names.map((name) => (columns[name] instanceof Uint8Array ? hexOf(columns[name]) : columns[name])),
      ]);
    }
    const all = ["id", "combination", "object", ...names];
    statements.push({
      sql: `INSERT INTO frame (${all.join(", ")}) SELECT ${all
        .map((name, i) => (BLOBS.has(name) ? `unhex(value ->> ${i})` : `value ->> ${i}`))
        .join(", ")} FROM json_each(?)`,
      params: [JSON.stringify(rows)],
    });
    if (outlines.length > 0) {
      statements.push({
        sql: `INSERT INTO outline (id, x0, x1, y0, y1, z0, z1) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3,
          value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)`,
        params: [JSON.stringify(outlines)],
      });
    }
    await this.run(statements);
  }

  /** Counters and triggers, after the last frame. */
  async finish(triggers: Statement[]): Promise<void> {
    await this.run([
      { sql: "UPDATE state SET last_id = max(last_id, (SELECT coalesce(max(id), 0) FROM frame))" },
      ...recount(),
      ...triggers,
    ]);
  }

  private combinationOf(facts: FrameFacts, statements: Statement[]): number {
    const embargo = facts.publicDate === null ? 0 : facts.publicDate <= this.settled ? 1 : 2;
    const values = [...KEY.map((field) => facts[field]), embargo];
    const key = JSON.stringify(values);
    let id = this.combinations.get(key);
    if (id === undefined) {
      id = this.combinations.size + 1;
      this.combinations.set(key, id);
      statements.push({
        sql: `INSERT INTO combination (id, ${KEY.join(", ")}, embargo) VALUES (${id}${", ?".repeat(values.length)})`,
        params: values,
      });
    }
    return id;
  }

  private objectOf({ object }: FrameFacts, statements: Statement[]): number | null {
    if (object === null) return null;
    let id = this.objects.get(object);
    if (id === undefined) {
      id = this.objects.size + 1;
      this.objects.set(object, id);
      const search = searchForm(object);
      statements.push(
        { sql: "INSERT INTO object (id, name, search) VALUES (?, ?, ?)", params: [id, object, search] },
        { sql: "INSERT INTO object_text (rowid, grams) VALUES (?, ?)", params: [id, gramsOf(search)] },
      );
    }
    return id;
  }
}
