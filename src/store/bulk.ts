/**
 * Many new frames at once: for seeding and for bringing an older archive over. Frames go in through `json_each`, a few
 * hundred a statement; counters and virtual tables follow at the end instead of frame by frame.
 */
import { splitName } from "./basename.ts";
import type { Row, Statement } from "./database.ts";
import type { FrameFacts, StoredFile } from "./frame.ts";
import { DIGITS, factColumns, fileColumns } from "./frame-row.ts";
import { addLayout, type Layout, layoutParams } from "./layout.ts";
import { noteShape, shapeOf } from "./name-search.ts";
import { gramsOf, searchForm } from "./object-name.ts";
import { recount } from "./recount.ts";
import { CELLS, keyOf } from "./sky-cell.ts";

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
const BLOBS: ReadonlySet<string> = new Set(["footprint", "sums"]);

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

export class BulkLoader {
  private readonly combinations = new Map<string, number>();
  private readonly objects = new Map<string, number>();
  private readonly stems = new Map<string, number>();
  private readonly shapes = new Set<string>();
  private readonly layouts = new Map<string, number>();
  private readonly run: Run;
  private readonly settled: number;
  private readonly singly: boolean;

  /**
   * `settled`: the moment at which embargoes are taken to stand. The database must have no frames yet. `singly`: a
   * statement a frame, which is faster where statements cost nothing (a file of one's own) and no way to ask D1.
   */
  constructor(run: Run, settled: number, singly = false) {
    this.run = run;
    this.settled = settled;
    this.singly = singly;
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
    let names: string[] = [];
    for (const { id, facts, file, created } of frames) {
      const { layout, columns: fileOnly } = fileColumns(file, facts);
      const open = Number(this.embargoOf(facts) === 1);
      const key = keyOf(facts);
      const columns: Row = {
        id,
        combination: this.combinationOf(facts, statements),
        object: this.objectOf(facts, statements),
        stem: this.stemOf(facts, statements),
        open,
        cell: key === null ? null : key + CELLS * open,
        layout: this.layoutOf(layout, statements),
        ...factColumns(facts),
        ...fileOnly,
        version: 1,
        delay: created - facts.dateObs,
      };
      names = Object.keys(columns);
      rows.push(Object.values(columns));
    }
    await this.run([...statements, ...(this.singly ? oneByOne(names, rows) : [together(names, rows)])]);
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
    const values = [...KEY.map((field) => facts[field]), this.embargoOf(facts)];
    return numberOf(this.combinations, JSON.stringify(values), (id) => {
      statements.push({
        sql: `INSERT INTO combination (id, ${KEY.join(", ")}, embargo) VALUES (${id}${", ?".repeat(values.length)})`,
        params: values,
      });
    });
  }

  private embargoOf({ publicDate }: FrameFacts): number {
    return publicDate === null ? 0 : publicDate <= this.settled ? 1 : 2;
  }

  private stemOf({ basename }: FrameFacts, statements: Statement[]): number {
    const { stem, tail } = splitName(basename);
    const shape = shapeOf(tail);
    if (!this.shapes.has(shape)) {
      this.shapes.add(shape);
      statements.push(noteShape(tail));
    }
    return numberOf(this.stems, stem, (id) => {
      statements.push({ sql: "INSERT INTO stem (id, text) VALUES (?, ?)", params: [id, stem] });
    });
  }

  private layoutOf(layout: Layout, statements: Statement[]): number {
    // Numbered by SQLite, one after the other, as here.
    return numberOf(this.layouts, JSON.stringify(layoutParams(layout)), () => statements.push(addLayout(layout)));
  }

  private objectOf({ object }: FrameFacts, statements: Statement[]): number | null {
    if (object === null) return null;
    return numberOf(this.objects, object, (id) => {
      const search = searchForm(object);
      statements.push(
        { sql: "INSERT INTO object (id, name, search) VALUES (?, ?, ?)", params: [id, object, search] },
        { sql: "INSERT INTO object_text (rowid, grams) VALUES (?, ?)", params: [id, gramsOf(search)] },
      );
    });
  }
}

function together(names: string[], rows: unknown[][]): Statement {
  const values = names.map((name, i) => (BLOBS.has(name) ? `unhex(value ->> ${i})` : `value ->> ${i}`));
  const plain = rows.map((row) => row.map((value) => (value instanceof Uint8Array ? hexOf(value) : value)));
  return {
    sql: `INSERT INTO frame (${names.join(", ")}) SELECT ${values.join(", ")} FROM json_each(?)`,
    params: [JSON.stringify(plain)],
  };
}

function oneByOne(names: string[], rows: unknown[][]): Statement[] {
  const sql = `INSERT INTO frame (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  // Numbers are bound as REAL, and a column without affinity would keep that.
  const whole = (value: unknown, i: number) =>
    typeof value === "number" && DIGITS.has(names[i]!) ? BigInt(value) : value;
  return rows.map((row) => ({ sql, params: row.map(whole) }));
}

/** The number of a key: counted from 1, in the order in which keys come; `add` is told of new ones. */
function numberOf(known: Map<string, number>, key: string, add: (id: number) => void): number {
  let id = known.get(key);
  if (id === undefined) {
    id = known.size + 1;
    known.set(key, id);
    add(id);
  }
  return id;
}
