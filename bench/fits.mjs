/**
 * `npm run bench:fits`: the FITS core in workerd against CFITSIO's `fpack` and `funpack`, in one run on one machine.
 * CPU of a child process from the shell's `time`, of workerd from /proc, because the clock inside a Worker stands still
 * while it computes. The kernel counts the sum of user and system time exactly and guesses their shares by sampling, so
 * user CPU is the minimum of the sums over the rounds, times the share that user time had in all rounds. Frames are made
 * here, the same in every run. fpack and funpack are whole processes, start and file system included; workerd's figure
 * is the work alone on a file in memory. Then the bundle: what the Worker loads at start, and each codec's share.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { startArchive } from "./running-archive.mjs";
import { sky } from "./sky.mjs";

const SIZE = 4096;
const ROUNDS = 11;
/** Of a piece of work in one round in workerd. */
const REPEATS = 3;
const asJson = process.argv.includes("--json");
/** `npm run bench:fits -- GZIP_2 preview`: only the cases whose names hold one of these words. */
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));

/** What the rounds say, in milliseconds: see the head of this file. A round: seconds of user, of all CPU, of wall time. */
function summary(rounds) {
  const sum = (of) => rounds.reduce((total, round) => total + round[of], 0);
  const cpu = 1000 * Math.min(...rounds.map((round) => round.cpu));
  const share = sum("cpu") === 0 ? 1 : Math.min(1, sum("user") / sum("cpu"));
  return { user: cpu * share, cpu, wall: 1000 * Math.min(...rounds.map((round) => round.wall)) };
}

/** Times a command. Its output goes to /dev/null. */
function timeCommand(command) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const script = `TIMEFORMAT='%3U %3S %3R'; time ${command} > /dev/null`;
    const { status, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    const [user, system, wall] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
    rounds.push({ user, cpu: user + system, wall });
  }
  return summary(rounds);
}

/** The most memory a command had, in bytes; read from /proc while it runs. */
async function peakOf(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", openSync("/dev/null", "w"), "ignore"] });
  let peak = 0;
  let running = true;
  child.on("exit", () => (running = false));
  while (running) {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // ended meanwhile
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return peak;
}

function isInstalled(program) {
  return spawnSync(program, ["-V"]).error === undefined;
}

const folder = mkdtempSync(join(tmpdir(), "platevault-fits-"));
const path = (name) => join(folder, name);
const pixels = sky(SIZE);
writeFileSync(path("int.fits"), fitsFile([imageHdu("SCI", SIZE, Uint16Array.from(pixels, Math.round), [])]));
writeFileSync(path("float.fits"), fitsFile([imageHdu("SCI", SIZE, pixels, [])]));

const withCfitsio = isInstalled("fpack") && isInstalled("funpack");
if (withCfitsio) {
  for (const [from, to, ...how] of [
    ["int.fits", "int.fits.fz", "-r"],
    ["float.fits", "quantised.fits.fz", "-r"],
    ["float.fits", "lossless.fits.fz", "-g2", "-q", "0"],
  ]) {
    spawnSync("fpack", [...how, "-O", path(to), path(from)], { stdio: "inherit" });
  }
} else {
  console.log("skip: fpack and funpack are not installed; this code is measured alone, and not on quantised floats");
}

/** [name, file, what workerd does, program, its arguments, allowed part of the program's user CPU] */
const CASES = [
  ["RICE decode, 16-bit", "int.fits.fz", "decode", "funpack", [], 0.4],
  ["RICE unpack to the original", "int.fits.fz", "unpack", "funpack", [], null],
  ["RICE encode, 16-bit", "int.fits", "pack", "fpack", ["-r"], 0.5],
  ["RICE decode, dequantise floats", "quantised.fits.fz", "decode", "funpack", [], 0.6],
  ["GZIP_2 decode, floats", "lossless.fits.fz", "decode", "funpack", [], 1.0],
  ["GZIP_2 unpack to the original", "lossless.fits.fz", "unpack", "funpack", [], null],
  ["GZIP_2 encode, floats", "float.fits", "pack", "fpack", ["-g2", "-q", "0"], null],
  ["preview of 200 px, from R2", "int.fits.fz", "preview", "funpack", [], 0.5],
];

let worker;
const call = async (what, init) => {
  const answer = await fetch(new URL(what, worker.url), init);
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  return answer.text();
};
/** Times a piece of work in workerd. */
async function timeWork(what) {
  await call(`${what}?rounds=8`); // compiled by the optimising compilers before it counts
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [user, cpu, start] = [worker.cpu().user, worker.preciseCpu(), performance.now()];
    await call(`${what}?rounds=${REPEATS}`);
    rounds.push({
      user: (worker.cpu().user - user) / REPEATS,
      cpu: (worker.preciseCpu() - cpu) / REPEATS,
      wall: (performance.now() - start) / 1000 / REPEATS,
    });
  }
  return summary(rounds);
}

const rows = [];
const ms = (value) => (value === null ? "–" : value.toFixed(0)).padStart(8);
const mb = (value) => (value === null ? "–" : (value / 2 ** 20).toFixed(0)).padStart(8);
if (!asJson) {
  console.log(`${SIZE}², minimum of ${ROUNDS} rounds; CFITSIO: funpack -S or fpack -S`);
  console.log(
    `${"".padEnd(32)}    user CPU, ms  user + system      wall time, ms    peak memory, MB   user CPU\n` +
      `${"".padEnd(32)} workerd CFITSIO workerd CFITSIO  workerd CFITSIO  workerd CFITSIO     ratio  allowed`,
  );
}
for (const [name, file, work, program, args, allowed] of CASES) {
  if (!withCfitsio && file.endsWith(".fz")) continue;
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  // A process of its own for each, so that memory is that of one piece of work, the file itself included.
  worker = await startArchive({ entry: "bench/fits-worker.ts", migrated: false });
  await call("load", { method: "POST", body: readFileSync(path(file)) });
  await worker.resetPeak();
  await call(`${work}?rounds=1`);
  const peak = worker.memory().peak;
  const ours = await timeWork(work);
  await worker.stop();
  const theirs = withCfitsio
    ? timeCommand(`${program} ${args.join(" ")} -S ${path(file)}`)
    : { user: null, cpu: null, wall: null };
  const theirPeak = withCfitsio ? await peakOf(program, [...args, "-S", path(file)]) : null;
  const ratio = withCfitsio ? ours.user / theirs.user : null;
  rows.push({ name, ours: { ...ours, peak }, cfitsio: { ...theirs, peak: theirPeak }, ratio, allowed });
  if (asJson) continue;
  const verdict = allowed === null || ratio === null ? "" : `${allowed.toFixed(1)} ${ratio <= allowed ? "" : "MISSED"}`;
  console.log(
    `${name.padEnd(32)}${ms(ours.user)}${ms(theirs.user)}${ms(ours.cpu)}${ms(theirs.cpu)} ${ms(ours.wall)}${ms(theirs.wall)} ${mb(peak)}${mb(theirPeak)}` +
      `  ${ratio === null ? "       –" : ratio.toFixed(2).padStart(8)}     ${verdict}`,
  );
}
if (asJson) console.log(JSON.stringify(rows, null, 2));
else if (wanted.length === 0) execFileSync(process.execPath, ["scripts/check-deploy.mjs"], { stdio: "inherit" });
rmSync(folder, { recursive: true, force: true });
