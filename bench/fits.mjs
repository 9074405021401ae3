/**
 * `npm run bench:fits`: the FITS core in workerd against CFITSIO's `fpack` and `funpack`, in one run on one machine.
 * User CPU, the minimum of several rounds: of a child process from the shell's `time`, of workerd from /proc, because
 * the clock inside a Worker stands still while it computes. Frames are made here, the same in every run. fpack and
 * funpack are whole processes, start and file system included; workerd's figure is the work alone on a file in memory.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../src/cli/demo-sky.ts";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { startArchive } from "./running-archive.mjs";

const SIZE = 4096;
const ROUNDS = 7;
const asJson = process.argv.includes("--json");

/** Sky with Gaussian noise of 12 counts, and 4000 stars. */
function sky() {
  const random = new Random(20240115);
  const pixels = new Float32Array(SIZE * SIZE);
  for (let i = 0; i < pixels.length; i++) {
    // The sum of twelve uniform numbers: variance 1.
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += random.uniform();
    pixels[i] = 1000 + 12 * sum;
  }
  for (let star = 0; star < 4000; star++) {
    const [x, y] = [random.uniform(), random.uniform()].map((u) => 16 + Math.floor(u * (SIZE - 32)));
    const peak = 10 ** (0.5 + 4 * random.uniform());
    for (let dy = -12; dy <= 12; dy++) {
      for (let dx = -12; dx <= 12; dx++) {
        pixels[(y + dy) * SIZE + x + dx] += peak * Math.exp(-(dx * dx + dy * dy) / 9.7);
      }
    }
  }
  return pixels;
}

/** User CPU and wall time of a command in milliseconds, the minimum of the rounds. Its output goes to /dev/null. */
function timeCommand(command) {
  let [user, wall] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    const script = `TIMEFORMAT='%3U %3R'; time ${command} > /dev/null`;
    const { status, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    if (status !== 0) throw new Error(`${command}: ${stderr}`);
    const [u, w] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
    [user, wall] = [Math.min(user, 1000 * u), Math.min(wall, 1000 * w)];
  }
  return { user, wall };
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
const pixels = sky();
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
];

const worker = await startArchive({ entry: "bench/fits-worker.ts", migrate: false });
const call = async (what, init) => {
  const answer = await fetch(new URL(what, worker.url), init);
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
  return answer.text();
};
/** User CPU and wall time of one round in workerd. A tick of /proc is 10 ms, so a measurement is of many rounds. */
async function timeWork(what) {
  const rounds = what === "pack" ? 5 : 10;
  await call(`${what}?rounds=4`); // compiled by the optimising compilers before it counts
  let [user, wall] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    const [cpu, start] = [worker.cpu().user, performance.now()];
    await call(`${what}?rounds=${rounds}`);
    user = Math.min(user, (1000 * (worker.cpu().user - cpu)) / rounds);
    wall = Math.min(wall, (performance.now() - start) / rounds);
  }
  return { user, wall };
}

const rows = [];
const ms = (value) => (value === null ? "–" : value.toFixed(0)).padStart(8);
const mb = (value) => (value === null ? "–" : (value / 2 ** 20).toFixed(0)).padStart(8);
if (!asJson) {
  console.log(`${SIZE}², minimum of ${ROUNDS} rounds; CFITSIO: funpack -S or fpack -S`);
  console.log(`${"".padEnd(32)}    user CPU, ms      wall time, ms    peak memory, MB   user CPU`);
  console.log(`${"".padEnd(32)} workerd CFITSIO  workerd CFITSIO  workerd CFITSIO     ratio  allowed`);
}
for (const [name, file, work, program, args, allowed] of CASES) {
  if (!withCfitsio && file.endsWith(".fz")) continue;
  await call("load", { method: "POST", body: readFileSync(path(file)) });
  const ours = await timeWork(work);
  await worker.resetPeak();
  await call(`${work}?rounds=1`);
  const peak = worker.memory().peak;
  const theirs = withCfitsio
    ? timeCommand(`${program} ${args.join(" ")} -S ${path(file)}`)
    : { user: null, wall: null };
  const theirPeak = withCfitsio ? await peakOf(program, [...args, "-S", path(file)]) : null;
  const ratio = withCfitsio ? ours.user / theirs.user : null;
  rows.push({ name, ours: { ...ours, peak }, cfitsio: { ...theirs, peak: theirPeak }, ratio, allowed });
  if (asJson) continue;
  const verdict = allowed === null || ratio === null ? "" : `${allowed.toFixed(1)} ${ratio <= allowed ? "" : "MISSED"}`;
  console.log(
    `${name.padEnd(32)}${ms(ours.user)}${ms(theirs.user)} ${ms(ours.wall)}${ms(theirs.wall)} ${mb(peak)}${mb(theirPeak)}` +
      `  ${ratio === null ? "       –" : ratio.toFixed(2).padStart(8)}     ${verdict}`,
  );
}
if (asJson) console.log(JSON.stringify(rows, null, 2));
await worker.stop();
rmSync(folder, { recursive: true, force: true });
