/** What rows of frames refer to by number: objects, stems of names, layouts. Rows of these never change. */
import type { Row, Statement } from "./database.ts";
import { layoutOfRow } from "./layout.ts";
import type { Ask } from "./reader.ts";
import type { Snapshot } from "./snapshot.ts";

/** Texts that an isolate remembers of one kind; beyond it forgets all and begins again. */
const MOST = 100_000;

const KINDS = [
  { column: "object", known: "objects", sql: "SELECT id, name FROM object", read: (row: Row) => row.name as string },
  { column: "stem", known: "stems", sql: "SELECT id, text FROM stem", read: (row: Row) => row.text as string },
  { column: "layout", known: "layouts", sql: "SELECT * FROM layout", read: layoutOfRow },
] as const;

/** The newest of each kind, which an isolate reads with its first question: pages would ask for them bit by bit. */
const NEWEST = 5000;
export const NEWEST_OF_ALL: readonly Statement[] = KINDS.map(({ sql }) => ({
  sql: `${sql} ORDER BY id DESC LIMIT ${NEWEST}`,
}));

/** Remembers rows of each kind. */
export function learn(snapshot: Snapshot, answers: Row[][]): void {
  for (const [i, { known, read }] of KINDS.entries()) {
    const held: Map<number, unknown> = snapshot[known];
    for (const row of answers[i]!) held.set(row.id as number, read(row));
  }
}

/** Loads what this isolate has not met yet, in one round trip; a row each. Rows may lack any of the columns. */
export async function meet(ask: Ask, snapshot: Snapshot, rows: Row[]): Promise<void> {
  const open = KINDS.map(({ column, known }) => {
    const held: Map<number, unknown> = snapshot[known];
    const wanted = new Set<number>();
    for (const { [column]: id } of rows) if (id !== null && id !== undefined) wanted.add(id as number);
    if (held.size + wanted.size > MOST) held.clear();
    return [...wanted].filter((id) => !held.has(id));
  });
  if (open.every((ids) => ids.length === 0)) return;
  learn(snapshot, await ask(open.map((ids, i) => ({ sql: `${KINDS[i]!.sql} WHERE id IN (${ids.join(",")})` }))));
}
