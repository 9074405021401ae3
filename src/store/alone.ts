/**
 * One frame by itself, as whoever wants its file needs it: one statement, with all that the row refers to, so that it
 * takes one round trip whatever this isolate remembers and whatever has changed since.
 */
import { seesFrame } from "./choice.ts";
import type { Database } from "./database.ts";
import type { Frame, Sight } from "./frame.ts";
import { FRAME_COLUMNS, frameOf } from "./frame-row.ts";
import { LAYOUT_FIELDS, type Layout } from "./layout.ts";
import { type Combination, Snapshot } from "./snapshot.ts";

const COMBINATION = "siteid telid instrume imagetyp filter rlevel xbinning ybinning propid".split(" ");

/** The row that the column of a table's own name refers to, as JSON. */
function referred(table: string, fields: readonly string[]): string {
  const pairs = fields.map((field) => `'${field}', ${field}`).join(", ");
  return `(SELECT json_object(${pairs}) FROM ${table} WHERE id = frame.${table}) AS of_${table}`;
}

// SEARCH frame USING INTEGER PRIMARY KEY, and the same for each of the four: five rows at most.
const QUERY = `SELECT ${[
  FRAME_COLUMNS,
  referred("combination", COMBINATION),
  referred("object", ["name"]),
  referred("stem", ["text"]),
  referred("layout", LAYOUT_FIELDS),
].join(", ")} FROM frame WHERE frame.id = ?`;

/** The frame in its current version; null where there is none, or not for these eyes. */
export async function alone(database: Database, id: number, sight: Sight): Promise<Frame | null> {
  const [row] = await database.rows(QUERY, id);
  if (row === undefined) return null;
  const read = <T>(column: string) => JSON.parse(row[`of_${column}`] as string) as T;
  const own = new Snapshot();
  own.combinations.set(row.combination as number, read<Combination>("combination"));
  own.stems.set(row.stem as number, read<{ text: string }>("stem").text);
  own.layouts.set(row.layout as number, read<Layout>("layout"));
  if (row.object !== null) own.objects.set(row.object as number, read<{ name: string }>("object").name);
  const frame = frameOf(row, own);
  return seesFrame(sight, frame) ? frame : null;
}
