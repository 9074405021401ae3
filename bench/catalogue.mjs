/**
 * `npm run bench:catalogue [-- --frames N] [--json] [--large] [--keep DIR] [--check N]`: rows read, statements and milliseconds of
 * the catalogue's queries at 100,000 and 1,000,000 frames (10,000,000 with --large), beside what one table with an index
 * a column reads for the same question in the same engine; rows written per frame; bytes per frame. Seeded databases
 * are kept in DIR (the system's temporary directory) for the next run.
 * `--check N` instead: N random changes and N random questions against a plain map of the same frames.
 */
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { startArchive } from "./running-archive.mjs";
import { KEPT, seededDatabase, startSeeded } from "./seeded-archive.mjs";

const { values: options } = parseArgs({
  options: {
    frames: { type: "string" },
    json: { type: "boolean", default: false },
    large: { type: "boolean", default: false },
    check: { type: "string" },
    keep: { type: "string", default: KEPT },
  },
});

/** Puts the naive table beside the catalogue of a newly seeded database. */
function addNaive(making) {
  const database = new DatabaseSync(making);
  database.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000;
    CREATE TABLE naive AS SELECT frame.id, stem.text || tail AS basename, siteid, telid, instrume, imagetyp, rlevel,
      date_obs, date(night * 86400, 'unixepoch') AS night, name AS object, ra, dec,
      cos(radians(dec)) * cos(radians(ra)) AS vec_x, cos(radians(dec)) * sin(radians(ra)) AS vec_y,
      sin(radians(dec)) AS vec_z, exptime, filter, xbinning, ybinning, width, height, substr(reqnum, 2) AS reqnum,
      substr(obsnum, 2) AS obsnum
      FROM frame JOIN combination ON combination.id = frame.combination JOIN stem ON stem.id = frame.stem
      JOIN layout ON layout.id = frame.layout LEFT JOIN object ON object.id = frame.object;
    CREATE UNIQUE INDEX naive_id ON naive (id)`);
  // The columns that pyobs-archive's model indexes.
  const indexed = "siteid telid instrume imagetyp rlevel date_obs night object vec_x vec_y vec_z exptime filter";
  for (const column of indexed.split(" ")) database.exec(`CREATE INDEX naive_${column} ON naive (${column})`);
  database.close();
}

/** Bytes a frame of every table and index of the catalogue. */
function bytesOf(file, total) {
  const database = new DatabaseSync(file, { readOnly: true });
  let rows = [];
  try {
    rows = database
      .prepare(
        `SELECT name, sum(pgsize) AS bytes FROM dbstat WHERE name NOT LIKE 'naive%' GROUP BY name ORDER BY 2 DESC`,
      )
      .all();
  } finally {
    database.close();
  }
  return rows.map(({ name, bytes }) => ({ name, bytesPerFrame: Math.round((bytes / total) * 10) / 10 }));
}

async function measure(total) {
  const file = seededDatabase(total, { keep: options.keep, suffix: "-naive", prepare: addNaive });
  const archive = await startSeeded(file, { entry: "bench/catalogue-worker.ts" });
  const ask = async (path) => {
    const answer = await fetch(new URL(`${path}?frames=${total}`, archive.url));
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const ours = await ask("ours");
  const naive = await ask("naive");
  await archive.stop();
  return { frames: total, ours, naive, bytes: bytesOf(file, total) };
}

/** Asks in portions, so that no answer takes longer than fetch waits. */
async function check(questions) {
  const PORTION = 250;
  const archive = await startArchive({ entry: "bench/catalogue-worker.ts" });
  const wrong = [];
  for (let done = 0; done < questions; done += PORTION) {
    const answer = await fetch(new URL(`check?questions=${PORTION}`, archive.url));
    wrong.push(...(answer.ok ? await answer.json() : [await answer.text()]));
    process.stderr.write(`\r${done + PORTION} changes and as many questions, ${wrong.length} wrong`);
  }
  await archive.stop();
  process.stderr.write("\n");
  for (const one of wrong) console.log(one);
  if (wrong.length > 0) process.exitCode = 1;
}

if (options.check !== undefined) {
  await check(Number(options.check));
  process.exit();
}

const sizes = options.frames ? [Number(options.frames)] : [100_000, 1_000_000, ...(options.large ? [10_000_000] : [])];
const results = [];
for (const total of sizes) results.push(await measure(total));
if (options.json) console.log(JSON.stringify(results, null, 2));
else {
  for (const { frames, ours, naive, bytes } of results) {
    console.log(
      `\n${frames} frames${" ".repeat(24)}who            found   rows read  promised  statements      ms   naive rows  naive ms`,
    );
    for (const one of ours) {
      const other = one.who === "staff" ? naive.find(({ name }) => name === one.name) : undefined;
      console.log(
        [
          one.name.padEnd(36),
          one.who.padEnd(9),
          String(one.found).padStart(10),
          String(one.rowsRead).padStart(11),
          String(one.most ?? "").padStart(9),
          String(one.statements).padStart(11),
          one.milliseconds.toFixed(1).padStart(7),
          String(other?.rowsRead ?? "").padStart(12),
          (other?.milliseconds.toFixed(1) ?? "").padStart(9),
          one.most !== null && one.rowsRead > one.most ? " OVER" : "",
        ].join(" "),
      );
    }
    console.log(`\nbytes a frame: ${bytes.reduce((sum, { bytesPerFrame }) => sum + bytesPerFrame, 0).toFixed(1)}`);
    for (const { name, bytesPerFrame } of bytes) {
      if (bytesPerFrame >= 0.5) console.log(`${name.padEnd(36)} ${String(bytesPerFrame).padStart(8)}`);
    }
  }
}
