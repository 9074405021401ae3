/**
 * `npm run bench:delivery`: a zip of 200 MB by the archive against the same files through fflate's streaming zip in the
 * same Worker: CPU of the workerd process, MB/s on loopback, memory. Then single files, a client that stalls, and how
 * long it takes to lay out a zip of 70,000 frames. `--json` for programs.
 */
import http from "node:http";
import { startArchive } from "./running-archive.mjs";
import { seededDatabase, startSeeded } from "./seeded-archive.mjs";

/**
 * Files by size, written as an ingest writes them: up to 20 MiB in one go, larger ones in parts. Miniflare joins parts
 * by a stream in JavaScript when it reads them, which costs workerd ten times as much and is no part of R2 itself.
 */
const KINDS = {
  small: { count: 200, size: 1e6 },
  whole: { count: 20, size: 10e6 },
  large: { count: 13, size: 16e6 },
  parts: { count: 5, size: 40e6 },
};
const ROUNDS = 3;
/** MB/s that pyobs-archive's gunicorn delivers in three processes, and a process of it in a second of CPU. */
const PYOBS = { rate: "478–571", perCpuSecond: 571 };
/** Frames of the catalogue, and of the zip that is laid out. */
const [SEEDED, LAID_OUT] = [80_000, 70_000];

/** Reads and forgets, with node:http, because fetch would cost more than what is measured. */
function read(archive, headers, path, { method = "GET", stallAfter = Number.POSITIVE_INFINITY, stalled } = {}) {
  return new Promise((done, fail) => {
    const agent = new http.Agent();
    http
      .request(new URL(path, archive.url), { headers, agent, method }, (answer) => {
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
      .on("error", fail)
      .end();
  });
}

/** Time, CPU and memory of one request. */
async function measured(archive, headers, path, options) {
  await archive.resetPeak();
  const [memory, cpu, start] = [archive.memory().now, archive.preciseCpu(), performance.now()];
  const answer = await read(archive, headers, path, options);
  const [ms, used] = [performance.now() - start, archive.preciseCpu() - cpu];
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return { ...answer, ms, cpu: used, grown: archive.memory().peak - memory };
}

const json = process.argv.includes("--json");
const mb = (bytes) => (bytes / 1e6).toFixed(0);
const say = (line) => json || console.log(line);
function show({ name, bytes, ms, cpu, grown }) {
  say(
    `${name.padEnd(24)} ${mb(bytes).padStart(4)} MB ${mb((1000 * bytes) / ms).padStart(5)} MB/s ` +
      `${cpu.toFixed(2).padStart(6)} s CPU ${mb(bytes / cpu).padStart(5)} MB per CPU second, memory +${mb(grown)} MB`,
  );
}

async function bodies() {
  const archive = await startArchive({ entry: "bench/delivery-worker.ts" });
  const headers = { authorization: `Token ${await archive.token()}` };
  const best = async (name, path, count = ROUNDS) => {
    const rounds = [];
    for (let round = 0; round < count; round++) rounds.push(await measured(archive, headers, path));
    const least = (of) => Math.min(...rounds.map(of));
    const [{ bytes, length }] = rounds;
    return { name, bytes, length, ms: least((r) => r.ms), cpu: least((r) => r.cpu), grown: rounds.at(-1).grown };
  };
  for (const [site, about] of Object.entries(KINDS)) {
    const answer = await fetch(new URL(`bench/fill/?${new URLSearchParams({ site, ...about })}`, archive.url));
    if (!answer.ok) throw new Error(await answer.text());
  }
  await read(archive, headers, "frames/zip/?SITE=small"); // warms up
  const kinds = [];
  for (const [site, { size }] of Object.entries(KINDS)) {
    const zip = await best(`zip of ${mb(size)} MB files`, `frames/zip/?SITE=${site}`);
    show(zip);
    const fflate = await best("  through fflate", `bench/fflate/?site=${site}`, 1);
    show(fflate);
    const ratio = fflate.cpu / zip.cpu;
    say(`  1/${ratio.toFixed(1)} of fflate's CPU (asked: 1/15); length announced: ${zip.length === zip.bytes}`);
    kinds.push({ site, zip, fflate, ratio });
  }
  const { results } = await (await fetch(new URL("frames/?SITE=whole&limit=1", archive.url), { headers })).json();
  const file = await best("one file of 10 MB", `frames/${results[0].id}/download/`);
  show(file);
  const { zip } = kinds.find(({ site }) => site === "whole");
  say(
    `pyobs-archive: ${PYOBS.rate} MB/s in three processes, some ${PYOBS.perCpuSecond} MB per CPU second at best; ` +
      `here ${mb(zip.bytes / zip.cpu)} MB per CPU second, ${(zip.bytes / 1e6 / zip.cpu / PYOBS.perCpuSecond).toFixed(1)} times that.`,
  );
  let stalledMemory = 0;
  const stall = await measured(archive, headers, "frames/zip/?SITE=whole", {
    stallAfter: 1e6,
    stalled: async () => {
      const before = archive.memory().now;
      await new Promise((done) => setTimeout(done, 3000));
      stalledMemory = archive.memory().now - before;
    },
  });
  await archive.stop();
  const sign = stalledMemory >= 0 ? "+" : "";
  say(`A client that stalls for 3 s: memory ${sign}${mb(stalledMemory)} MB; all ${mb(stall.bytes)} MB came.`);
  return { kinds, file, stalledMemory };
}

/** What it costs to know every byte's place in a zip, before the first leaves. */
async function layout() {
  const archive = await startSeeded(seededDatabase(SEEDED));
  const headers = { authorization: `Token ${await archive.token()}` };
  await read(archive, headers, "frames/zip/?limit=1000", { method: "HEAD" }); // warms up
  const { length, cpu, ms, grown } = await measured(archive, headers, `frames/zip/?limit=${LAID_OUT}`, {
    method: "HEAD",
  });
  await archive.stop();
  say(
    `Layout of ${LAID_OUT} frames (${(length / 1e9).toFixed(0)} GB), D1 included: ${cpu.toFixed(2)} s CPU, ` +
      `${ms.toFixed(0)} ms, memory +${mb(grown)} MB`,
  );
  return { cpu, ms, grown };
}

const result = { ...(await bodies()), layout: await layout() };
if (json) console.log(JSON.stringify(result, null, 2));
