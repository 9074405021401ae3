/**
 * `npm run bench`: the everyday requests of the archive against pyobs-archive's medians on the same kind of machine
 * (2 cores, quiet; pyobs-archive 2.0.0.dev8 under gunicorn with three processes). Medians of several rounds; every
 * request goes over HTTP on loopback to the deployable bundle in workerd.
 */

import { execFile } from "node:child_process";
import { Agent, get as httpGet } from "node:http";
import { promisify } from "node:util";
import { Random } from "../src/cli/demo-sky.ts";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { formOf, post } from "./form.mjs";
import { startArchive } from "./running-archive.mjs";

/** What pyobs-archive needs: milliseconds, or requests a second where `rate`. */
const PYOBS = {
  "ingest 1024² 16-bit": 71,
  "ingest 2048² 16-bit": 173,
  "ingest 4096² 16-bit": 661,
  "preview 2048², not made before": 3000,
  "preview 4096², not made before": 12700,
  "headers of a frame": 10,
  "list, limit=1000": 300,
  "list, limit=25": 109,
  "download of a 2048² frame": 181,
};

const archive = await startArchive();
const token = await archive.token();
const headers = { authorization: `Token ${token}` };
const get = async (path) => {
  const answer = await fetch(new URL(path, archive.url), { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer;
};
/** A plain request whose body is thrown away: costs this process, which shares two cores with the archive, the least. */
const agent = new Agent({ keepAlive: true });
const drain = (path) =>
  new Promise((done, fail) => {
    httpGet(new URL(path, archive.url), { headers, agent }, (answer) => {
      if (answer.statusCode !== 200) fail(new Error(`${path}: ${answer.statusCode}`));
      answer.on("end", done).on("error", fail).resume();
    }).on("error", fail);
  });

let made = 0;
function frame(size) {
  made++;
  const random = new Random(made);
  const pixels = new Uint16Array(size * size);
  for (let i = 0; i < pixels.length; i++)
    pixels[i] = 1000 + 30 * (random.uniform() + random.uniform() + random.uniform());
  const name = `bench-${String(made).padStart(5, "0")}`;
  const start = new Date(Date.parse("2026-01-01T20:00:00Z") + made * 61_000).toISOString().slice(0, -1);
  const cards = [
    ["FNAME", `${name}.fits`],
    ["DATE-OBS", start],
    ["DAY-OBS", start.slice(0, 10)],
    ["SITEID", "bench"],
    ["TELID", "1m0"],
    ["INSTRUME", "cam1"],
    ["IMAGETYP", "object"],
    ["EXPTIME", 60],
    ["FILTER", "BVR"[made % 3]],
    ["OBJECT", "M 51"],
    ["RLEVEL", 0],
  ];
  return { name, bytes: fitsFile([imageHdu("SCI", size, pixels, cards)]) };
}

async function send(form) {
  const { created, errors } = JSON.parse(await post(new URL("frames/create/", archive.url), form, headers));
  if (!(created > 0) || errors) throw new Error(`${created} created, ${errors}`);
}
const upload = (frames) => send(formOf(frames));

const idOf = async (name) => (await (await get(`frames/?basename_exact=${name}`)).json()).results[0].id;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
/**
 * Requests a second with `width` of them at a time: by wrk where it is installed, as receiving megabytes costs this
 * process more than sending them costs the archive.
 */
async function rate(path, count, width) {
  const url = new URL(path, archive.url).href;
  const args = ["-t1", `-c${width}`, "-d4s", "-H", `authorization: ${headers.authorization}`, url];
  const wrk = await promisify(execFile)("wrk", args).catch((error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (wrk !== null) {
    if (/Non-2xx/.test(wrk.stdout)) throw new Error(`${path}: ${wrk.stdout}`);
    return Number(/Requests\/sec:\s+([\d.]+)/.exec(wrk.stdout)[1]);
  }
  let left = count;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (left-- > 0) await drain(path);
    }),
  );
  return (1000 * count) / (performance.now() - start);
}

/** Waits for what uploads left to the queue (packing, the standard previews), which would run into other figures. */
async function quiet() {
  for (let calm = 0, before = archive.cpu().user; calm < 4; ) {
    await new Promise((done) => setTimeout(done, 250));
    const now = archive.cpu().user;
    calm = now - before < 0.02 ? calm + 1 : 0;
    before = now;
  }
}

const rows = [];
const report = (name, value, isRate = false) => {
  const theirs = PYOBS[name];
  const times = isRate ? value / theirs : theirs / value;
  rows.push({ name, value, unit: isRate ? "1/s" : "ms", pyobs: theirs, times });
  if (process.argv.includes("--json")) return;
  const shown = (number) =>
    (isRate ? `${number.toFixed(0)}/s` : `${number.toFixed(number < 20 ? 1 : 0)} ms`).padStart(10);
  console.log(`${name.padEnd(34)} ${shown(value)} ${shown(theirs)} ${times.toFixed(1).padStart(8)} ×`);
};
if (!process.argv.includes("--json"))
  console.log(`${"".padEnd(34)} ${"Platevault".padStart(10)} ${"pyobs".padStart(10)} ${"faster".padStart(10)}`);

await upload([frame(64)]); // warms the Worker up
const kept = {};
for (const [size, rounds] of [
  [1024, 7],
  [2048, 5],
  [4096, 3],
]) {
  const frames = Array.from({ length: rounds }, () => frame(size));
  const times = [];
  for (const one of frames) {
    const form = formOf([one]);
    times.push(await timed(() => send(form)));
    await quiet();
  }
  report(`ingest ${size}² 16-bit`, median(times));
  kept[size] = frames[0].name;
}
for (const size of [2048, 4096]) {
  const id = await idOf(kept[size]);
  const times = [];
  for (let width = 201; width < 206; width++)
    times.push(await timed(() => drain(`frames/${id}/preview/?width=${width}`)));
  report(`preview ${size}², not made before`, median(times));
}
const id = await idOf(kept[2048]);
const headerTimes = [];
for (let round = 0; round < 15; round++) headerTimes.push(await timed(() => drain(`frames/${id}/headers/`)));
report("headers of a frame", median(headerTimes));
report("download of a 2048² frame", await rate(`frames/${id}/download/`, 300, 8), true);

for (let batch = 0; batch < 20; batch++) await upload(Array.from({ length: 50 }, () => frame(16)));
await quiet();
report("list, limit=25", await rate("frames/?limit=25&sort=DATE_OBS&order=desc", 1000, 8), true);
const listTimes = [];
for (let round = 0; round < 9; round++) listTimes.push(await timed(() => drain("frames/?limit=1000")));
report("list, limit=1000", median(listTimes));

if (process.argv.includes("--json")) console.log(JSON.stringify(rows, null, 2));
await archive.stop();
