/**
 * `npm run bench:delivery`: a zip of 200 MB by the archive against the same files through fflate's streaming zip in the
 * same Worker: CPU of the workerd process, MB/s on loopback, memory. Then single files, and a client that stalls.
 */
import http from "node:http";
import { startArchive } from "./running-archive.mjs";

/**
 * Files by how they lie in R2: in one piece, or as a multipart upload leaves them. Miniflare reads the latter back
 * through a JavaScript stream, which costs workerd ten times as much and is no part of R2 itself.
 */
const KINDS = {
  whole: { count: 20, size: 10e6, parts: false },
  small: { count: 200, size: 1e6, parts: false },
  multipart: { count: 20, size: 10e6, parts: true },
};
const ROUNDS = 3;

const archive = await startArchive({
  entry: "bench/delivery-worker.ts",
  options: { handleStructuredLogs: () => {} },
});
const headers = { authorization: `Token ${await archive.token()}` };

/** Reads and forgets, with node:http, because fetch would cost more than what is measured. */
function read(path, { stallAfter = Number.POSITIVE_INFINITY, stalled = async () => {} } = {}) {
  return new Promise((done, fail) => {
    const agent = new http.Agent();
    http
      .get(new URL(path, archive.url), { headers, agent }, (answer) => {
        let bytes = 0;
        answer.on("data", (part) => {
          bytes += part.length;
          if (bytes < stallAfter) return;
          stallAfter = Number.POSITIVE_INFINITY;
          answer.pause();
          stalled().then(() => answer.resume());
        });
        answer.on("end", () => {
          agent.destroy();
          done({ bytes, status: answer.statusCode, length: Number(answer.headers["content-length"]) });
        });
        answer.on("error", fail);
      })
      .on("error", fail);
  });
}

for (const [site, about] of Object.entries(KINDS)) {
  const answer = await fetch(new URL(`bench/fill/?${new URLSearchParams({ site, ...about })}`, archive.url));
  if (!answer.ok) throw new Error(await answer.text());
}

async function measured(path, options) {
  await archive.resetPeak();
  const [memory, cpu, start] = [archive.memory().now, archive.cpu(), performance.now()];
  const answer = await read(path, options);
  const ms = performance.now() - start;
  const end = archive.cpu();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  const used = end.user - cpu.user + end.system - cpu.system;
  return { ...answer, ms, cpu: used, grown: archive.memory().peak - memory };
}

async function best(name, path, count = ROUNDS) {
  const rounds = [];
  for (let round = 0; round < count; round++) rounds.push(await measured(path));
  const least = (of) => Math.min(...rounds.map(of));
  const [{ bytes, length }] = rounds;
  return { name, bytes, length, ms: least((r) => r.ms), cpu: least((r) => r.cpu), grown: rounds.at(-1).grown };
}

const json = process.argv.includes("--json");
const mb = (bytes) => (bytes / 1e6).toFixed(0);
const say = (line) => json || console.log(line);
function show({ name, bytes, ms, cpu, grown }) {
  say(
    `${name.padEnd(22)} ${mb(bytes).padStart(4)} MB ${mb((1000 * bytes) / ms).padStart(5)} MB/s ` +
      `${cpu.toFixed(2).padStart(6)} s CPU ${mb(bytes / cpu).padStart(5)} MB per CPU second, memory +${mb(grown)} MB`,
  );
}

await read("frames/zip/?SITE=small"); // warms up
const kinds = [];
for (const site of Object.keys(KINDS)) {
  const zip = await best(`zip, ${site} files`, `frames/zip/?SITE=${site}`);
  show(zip);
  const fflate = await best("  through fflate", `bench/fflate/?site=${site}`, 1);
  show(fflate);
  const ratio = fflate.cpu / zip.cpu;
  say(`  1/${ratio.toFixed(1)} of fflate's CPU (asked: 1/15); length announced: ${zip.length === zip.bytes}`);
  kinds.push({ zip, fflate, ratio });
}
const { results } = await (await fetch(new URL("frames/?SITE=whole&limit=1", archive.url), { headers })).json();
const file = await best("one file of 10 MB", `frames/${results[0].id}/download/`);
let stalledMemory = 0;
const stall = await measured("frames/zip/?SITE=whole", {
  stallAfter: 1e6,
  stalled: async () => {
    const before = archive.memory().now;
    await new Promise((done) => setTimeout(done, 3000));
    stalledMemory = archive.memory().now - before;
  },
});
await archive.stop();
show(file);
const sign = stalledMemory >= 0 ? "+" : "";
say(`A client that stalls for 3 s: memory ${sign}${mb(stalledMemory)} MB; all ${mb(stall.bytes)} MB came.`);
if (json) console.log(JSON.stringify({ kinds, file, stalledMemory }, null, 2));
