/**
 * Embargoes that end. Whether a frame is embargoed is part of its combination, so counts for somebody who may not see
 * embargoed frames need no frame; in return frames must change their combination when their public date has passed.
 * Whoever asks at a moment beyond the next public date moves them first, so that every answer is exact at every moment;
 * the scheduled run does the same before anybody asks. Moments before `state.settled` (other clocks) move them back.
 */
import type { Database, Statement } from "./database.ts";
import { CELLS } from "./sky-cell.ts";

/** Frames moved in one transaction. */
const STEP = 1000;

const KEY = "siteid, telid, instrume, imagetyp, filter, rlevel, xbinning, ybinning, propid";

/** Brings every frame to the embargo state that it has at `moment`. */
export async function settle(database: Database, moment: number): Promise<void> {
  for (;;) {
    const [row] = await database.rows(
      `SELECT settled,
        (SELECT public_date FROM frame WHERE public_date > settled AND public_date <= ?1
          ORDER BY public_date LIMIT 1 OFFSET ${STEP}) AS ahead,
        (SELECT public_date FROM frame WHERE public_date <= settled AND public_date > ?1
          ORDER BY public_date DESC LIMIT 1 OFFSET ${STEP}) AS behind
        FROM state`,
      moment,
    );
    const { settled, ahead, behind } = row as { settled: number; ahead: number | null; behind: number | null };
    if (settled === moment) return;
    // Frames of one public date move together, hence a little more or less than STEP.
    const target = settled < moment ? (ahead ?? moment) : Math.max(moment, (behind ?? moment + 1) - 1);
    await database.run(settled < moment ? advance(settled, target) : goBack(settled, target));
    if (target === moment) return;
  }
}

function advance(from: number, to: number): Statement[] {
  return [...move(`public_date > ${from} AND public_date <= ${to}`, 2, 1, from), stand(from, to)];
}

function goBack(from: number, to: number): Statement[] {
  return [...move(`public_date > ${to} AND public_date <= ${from}`, 1, 2, from), stand(from, to)];
}

/** Nothing happens where another Worker has settled since `from` was read. */
function stand(from: number, to: number): Statement {
  return { sql: "UPDATE state SET settled = ? WHERE settled = ?", params: [to, from] };
}

function move(due: string, before: number, after: number, from: number): Statement[] {
  const still = `(SELECT settled FROM state) = ${from}`;
  return [
    {
      sql: `INSERT INTO combination (${KEY}, embargo)
        SELECT DISTINCT ${KEY}, ${after} FROM combination WHERE embargo = ${before} AND id IN
          (SELECT combination FROM frame WHERE ${due}) AND ${still}
        ON CONFLICT DO NOTHING`,
    },
    {
      sql: `UPDATE frame SET combination = (SELECT b.id FROM combination a JOIN combination b ON b.siteid = a.siteid
          AND b.telid = a.telid AND b.instrume = a.instrume AND b.imagetyp = a.imagetyp
          AND quote(b.filter) = quote(a.filter) AND b.rlevel = a.rlevel AND b.xbinning = a.xbinning
          AND b.ybinning = a.ybinning AND quote(b.propid) = quote(a.propid) AND b.embargo = ${after}
          WHERE a.id = frame.combination), open = ${Number(after === 1)},
          cell = cell ${after === 1 ? "+" : "-"} ${CELLS}
        WHERE ${due} AND ${still}
          AND (SELECT embargo FROM combination WHERE id = frame.combination) = ${before}`,
    },
  ];
}
