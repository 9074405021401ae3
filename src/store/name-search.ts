/**
 * Basename "contains", by the two parts in which names are kept (basename.ts). All beginnings are held in memory: those
 * that hold the text, or end in its first characters, lead to the frames found by the index of names. Whether the text
 * can be in the rest of a name as well, the shapes of all rests tell; only then every frame has to be tested.
 */
import { lowerAscii, STEM } from "./basename.ts";
import { list, type Sql } from "./conditions.ts";
import type { Statement } from "./database.ts";
import type { Path } from "./paths.ts";
import type { Ask } from "./reader.ts";
import type { Snapshot } from "./snapshot.ts";

/** Beginnings and shapes that have been read; rows of these never change. */
export class NameParts {
  /** In lower case, by number. */
  readonly stems = new Map<number, string>();
  readonly shapes = new Set<string>();
  lastStem = 0;
  lastShape = 0;
}

export interface NameSearch {
  where: Sql;
  /** Null: the text may be in the rest of any name. */
  path: Omit<Path, "rows"> | null;
  /** Beginnings that the path leads through, of all. */
  share: number;
}

/** Beginnings that an isolate holds at most; with more, every name is tested as it is. */
const MOST_STEMS = 50_000;
/** Shapes that are told apart; all further ones are `ANYTHING`. */
const MOST_SHAPES = 5000;
const ANYTHING = "*";
/** A statement holds 100 KB. */
const MOST_LISTED = 4000;

export function shapeOf(tail: string): string {
  return lowerAscii(tail).replace(/[0-9]/g, "0");
}

/** Notes what the rest of a new name looks like. */
export function noteShape(tail: string): Statement {
  return {
    sql: `INSERT INTO shape (text) SELECT CASE WHEN (SELECT max(id) FROM shape) >= ${MOST_SHAPES} THEN '${ANYTHING}'
      ELSE ?1 END WHERE NOT EXISTS (SELECT 1 FROM shape WHERE text = ?1) ON CONFLICT DO NOTHING`,
    params: [shapeOf(tail)],
  };
}

/**
 * Where names hold a text, or null where nothing is asked or the parts of names are of no help. Reads a row for each
 * beginning and shape that this isolate has not met.
 */
export async function findNames(
  ask: Ask,
  snapshot: Snapshot,
  question: string | undefined,
): Promise<NameSearch | null> {
  const text = lowerAscii(question ?? "");
  if (text === "" || !(await learn(ask, snapshot.names))) return null;
  const { stems, shapes } = snapshot.names;
  const whole: number[] = [];
  // Beginnings by what the rest has to begin with.
  const across = new Map<string, number[]>();
  for (const [id, stem] of stems) {
    if (stem.includes(text)) whole.push(id);
    else if ([...stem].length === STEM) {
      for (let k = 1; k < text.length; k++) {
        if (!stem.endsWith(text.slice(0, k))) continue;
        const rest = text.slice(k);
        across.set(rest, [...(across.get(rest) ?? []), id]);
      }
    }
  }
  const shape = shapeOf(text);
  const within = [...shapes].some((one) => one === ANYTHING || one.includes(shape));
  const prefixes = new Map<number, Set<string>>(whole.map((id) => [id, new Set([""])]));
  for (const [rest, ids] of across) {
    for (const id of ids) prefixes.set(id, new Set([...(prefixes.get(id) ?? []), ...prefixesOf(rest)]));
  }
  // No run may lead to a frame of another.
  const runs = [...prefixes].flatMap(([id, own]) =>
    [...own]
      .filter((prefix) => ![...own].some((other) => other !== prefix && prefix.startsWith(other)))
      .map((prefix) => ({ id, prefix })),
  );
  if (runs.length > MOST_LISTED) return null;
  const tests: Sql[] = [{ text: `frame.stem IN ${list(whole)}`, params: [] }];
  for (const [rest, ids] of across) {
    tests.push({ text: `(frame.stem IN ${list(ids)} AND instr(lower(frame.tail), ?) = 1)`, params: [rest] });
  }
  if (within) tests.push({ text: "instr(lower(frame.tail), ?) > 0", params: [text] });
  return {
    where: { text: `(${tests.map((one) => one.text).join(" OR ")})`, params: tests.flatMap(({ params }) => params) },
    path: within ? null : alongNames(runs),
    share: Math.min(1, runs.length / Math.max(1, stems.size)),
  };
}

/** The parts of names as they are now. False: there are too many beginnings. */
async function learn(ask: Ask, names: NameParts): Promise<boolean> {
  const few = `(SELECT max(id) FROM stem) <= ${MOST_STEMS}`;
  const [stems, shapes, last] = await ask([
    { sql: `SELECT id, text FROM stem WHERE id > ? AND ${few}`, params: [names.lastStem] },
    { sql: "SELECT id, text FROM shape WHERE id > ?", params: [names.lastShape] },
    { sql: "SELECT max(id) AS id FROM stem" },
  ]);
  for (const { id, text } of stems!) {
    names.stems.set(id as number, lowerAscii(text as string));
    names.lastStem = Math.max(names.lastStem, id as number);
  }
  for (const { id, text } of shapes!) {
    names.shapes.add(text as string);
    names.lastShape = Math.max(names.lastShape, id as number);
  }
  return ((last![0]?.id ?? 0) as number) <= MOST_STEMS;
}

/** What names that go on with a text in some case begin with there: its part without letters, or its first letter. */
function prefixesOf(rest: string): string[] {
  const caseless = /^[^a-z]*/.exec(rest)![0];
  if (caseless !== "") return [caseless];
  return [rest[0]!, rest[0]!.toUpperCase()];
}

function alongNames(runs: { id: number; prefix: string }[]): NameSearch["path"] {
  // Byte FF comes after whatever a text goes on with.
  const rows = runs.map(({ id, prefix }) => `(${id},${quote(prefix)},${quote(prefix, "ff")})`);
  return {
    from: `(VALUES ${rows.length === 0 ? "(0,'','')" : rows.join(",")}) k CROSS JOIN frame INDEXED BY frame_name
      ON frame.stem = k.column1 AND frame.tail >= k.column2 AND frame.tail < k.column3`,
    where: "true",
    runs: null,
  };
}

/** A text in SQL, whatever it holds, and bytes behind it. */
function quote(text: string, more = ""): string {
  const bytes = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0"));
  return `CAST(x'${bytes.join("")}${more}' AS TEXT)`;
}
