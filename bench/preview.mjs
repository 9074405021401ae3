/**
 * `npm run bench:preview`: previews of 16-bit RICE frames of 2048² and 4096², drawn in workerd from R2 (the local one),
 * against `funpack -S` on the same files and the medians of pyobs-archive. User CPU of workerd from /proc over several
 * previews, the minimum of the rounds; peak memory since before the first preview of a fresh process.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../src/cli/demo-sky.ts";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { startArchive } from "./running-archive.mjs";

const ROUNDS = 5;
const PREVIEWS_A_ROUND = 5;
const asJson = process.argv.includes("--json");
/** pyobs-archive 2.0.0.dev8 on a quiet machine of 2 cores: seconds for a preview, and the most memory it had. */
const ORIGINAL = { 2048: "3.0 s", 4096: "12.7 s, 1.1–1.25 GB" };

/** Sky with noise of 12 counts, and stars. */
function sky(size) {
  const random = new Random(20240115);
  const pixels = new Uint16Array(size * size);
  for (let i = 0; i < pixels.length; i++) {
    let sum = -6;
    for (let k = 0; k < 12; k++) sum += random.uniform();
    pixels[i] = Math.round(1000 + 12 * sum);
  }
  for (let star = 0; star < size; star++) {
    const [x, y] = [random.uniform(), random.uniform()].map((u) => 8 + Math.floor(u * (size - 16)));
    const peak = 10 ** (0.5 + 4 * random.uniform());
    for (let dy = -6; dy <= 6; dy++) {
      for (let dx = -6; dx <= 6; dx++) {
        pixels[(y + dy) * size + x + dx] += peak * Math.exp(-(dx * dx + dy * dy) / 9.7);
      }
    }
  }
  return pixels;
}

/** User CPU of `funpack -S` in milliseconds, the minimum of the rounds. */
function funpack(file) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const script = `TIMEFORMAT=%3U; time funpack -S ${file} > /dev/null`;
    const { status, stderr } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
    if (status !== 0) throw new Error(`funpack: ${stderr}`);
    least = Math.min(least, 1000 * Number(stderr.trim().split("\n").at(-1)));
  }
  return least;
}

if (spawnSync("fpack", ["-V"]).error !== undefined) {
  console.log("skip: fpack and funpack are not installed");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "platevault-preview-"));
const rows = [];
for (const size of [2048, 4096]) {
  const plain = join(folder, `${size}.fits`);
  writeFileSync(plain, fitsFile([imageHdu("SCI", size, sky(size), [])]));
  spawnSync("fpack", ["-r", plain], { stdio: "inherit" });
  const theirs = funpack(`${plain}.fz`);
  const worker = await startArchive({ entry: "bench/preview-worker.ts", migrated: false });
  await fetch(new URL("load", worker.url), { method: "POST", body: readFileSync(`${plain}.fz`) });
  for (const [name, query] of [
    ["200 px", ""],
    ["200 px, asinh, 99.5 %", "stretch=asinh&cuts=percentile:99.5"],
    ["1024 px", "width=1024"],
    ["1024 px, JPEG", "width=1024&format=jpeg"],
    ["1024 px, WebP", "width=1024&format=webp"],
    ["own size", `width=${size}`],
    ["own size, JPEG", `width=${size}&format=jpeg`],
    ["own size, JPEG, magma", `width=${size}&format=jpeg&cmap=magma`],
    ["own size, WebP", `width=${size}&format=webp`],
  ]) {
    const draw = async (rounds) => {
      const answer = await fetch(new URL(`draw?${query}&rounds=${rounds}`, worker.url));
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.bytes()).length;
    };
    const before = worker.memory().now;
    await worker.resetPeak();
    const bytes = await draw(1);
    const first = worker.memory().peak - before;
    await draw(3);
    let [user, wall] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    const count = name.startsWith("own size") ? 1 : PREVIEWS_A_ROUND;
    for (let round = 0; round < ROUNDS; round++) {
      const [cpu, began] = [worker.cpu().user, performance.now()];
      await draw(count);
      user = Math.min(user, (1000 * (worker.cpu().user - cpu)) / count);
      wall = Math.min(wall, (performance.now() - began) / count);
    }
    rows.push({
      size,
      name,
      user,
      wall,
      funpack: theirs,
      ratio: user / theirs,
      firstPeak: first,
      peak: worker.memory().peak,
      bytes,
    });
  }
  await worker.stop();
}
rmSync(folder, { recursive: true, force: true });

if (asJson) {
  console.log(JSON.stringify(rows, null, 2));
} else {
  console.log("frame   preview                  user ms  wall ms  funpack -S  ratio  first +MB  peak MB  file KB");
  for (const row of rows) {
    console.log(
      `${`${row.size}²`.padEnd(8)}${row.name.padEnd(24)}${row.user.toFixed(0).padStart(8)}${row.wall.toFixed(0).padStart(9)}` +
        `${row.funpack.toFixed(0).padStart(12)}${row.ratio.toFixed(2).padStart(7)}` +
        `${(row.firstPeak / 1e6).toFixed(0).padStart(11)}${(row.peak / 1e6).toFixed(0).padStart(9)}${(row.bytes / 1e3).toFixed(0).padStart(9)}`,
    );
  }
  for (const [size, was] of Object.entries(ORIGINAL)) console.log(`pyobs-archive, 200 px of ${size}²: ${was}`);
}
