/**
 * `npm run bench [-- --json]`: the everyday requests of an archive, over HTTP on loopback, medians of several rounds.
 * Beside them stand pyobs-archive's figures: those that were given for its 2.0.0.dev8 under gunicorn with three processes
 * on two quiet cores, and, with PYOBS_ARCHIVE=<a checkout> and PYTHON=<one with Django>, what it does here and now.
 */

import { execFile } from "node:child_process";
import { Agent, get as httpGet } from "node:http";
import { promisify } from "node:util";
import { Random } from "../src/cli/demo-sky.ts";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { startOriginal, whyNot } from "../test/interop/original-server.mjs";
import { formOf, post } from "./form.mjs";
import { startArchive } from "./running-archive.mjs";

/** What pyobs-archive was said to need: milliseconds, or requests a second where `rate`. */
const GIVEN = {
  "ingest 1024² 16-bit": 71,
  "ingest 2048² 16-bit": 173,
  "ingest 4096² 16-bit": 661,
  "preview 2048², not made before": 3000,
  "preview 4096², not made before": 12700,
  "headers of a frame": 10,
  "download of a 2048² frame": 181,
  "list, limit=25": 109,
  "list, limit=1000": 300,
};
const isRate = (name) => name.startsWith("download") || name === "list, limit=25";

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

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

/**
 * Everything of GIVEN, as [name, value] when it is known. `quiet` waits for what uploads left to be done, which would run
 * into other figures.
 */
async function* figures({ url, token, quiet }) {
  const headers = { authorization: `Token ${token}` };
  const agent = new Agent({ keepAlive: true });
  /** A plain request whose body is thrown away: costs this process, which shares two cores with the archive, the least. */
  const drain = (path) =>
    new Promise((done, fail) => {
      httpGet(new URL(path, url), { headers, agent }, (answer) => {
        if (answer.statusCode !== 200) fail(new Error(`${path}: ${answer.statusCode}`));
        answer.on("end", done).on("error", fail).resume();
      }).on("error", fail);
    });
  const send = async (form) => {
    const { created, errors } = JSON.parse(await post(new URL("frames/create/", url), form, headers));
    if (!(created > 0) || errors) throw new Error(`${created} created, ${errors}`);
  };
  const idOf = async (name) => {
    const answer = await fetch(new URL(`frames/?basename=${name}`, url), { headers });
    return (await answer.json()).results[0].id;
  };
  /**
   * Requests a second, eight at a time: by wrk where it is installed, as receiving megabytes costs this process more
   * than sending them costs the archive.
   */
  const rate = async (path, count) => {
    const address = new URL(path, url).href;
    const args = ["-t1", "-c8", "-d4s", "-H", `authorization: ${headers.authorization}`, address];
    const wrk = await promisify(execFile)("wrk", args).catch((error) => {
      if (error.code === "ENOENT") return null;
      throw error;
    });
    if (wrk !== null) {
      if (/Non-2xx/.test(wrk.stdout)) throw new Error(`${path}: ${wrk.stdout}`);
      return Number(/Requests\/sec:\s+([\d.]+)/.exec(wrk.stdout)[1]);
    }
    let left = count;
    const time = await timed(() =>
      Promise.all(
        Array.from({ length: 8 }, async () => {
          while (left-- > 0) await drain(path);
        }),
      ),
    );
    return (1000 * count) / time;
  };

  await send(formOf([frame(64)])); // warms it up
  const kept = {};
  for (const [size, rounds] of [
    [1024, 7],
    [2048, 7],
    [4096, 5],
  ]) {
    const times = [];
    for (let round = 0; round < rounds; round++) {
      const one = frame(size);
      const form = formOf([one]);
      times.push(await timed(() => send(form)));
      await quiet();
      kept[size] = one.name;
    }
    yield [`ingest ${size}² 16-bit`, median(times)];
  }
  for (const size of [2048, 4096]) {
    const id = await idOf(kept[size]);
    const times = [];
    // Of another width each, as this archive keeps what it has made.
    for (let width = 201; width < (size === 2048 ? 206 : 204); width++)
      times.push(await timed(() => drain(`frames/${id}/preview/?width=${width}`)));
    yield [`preview ${size}², not made before`, median(times)];
  }
  const id = await idOf(kept[2048]);
  const headerTimes = [];
  for (let round = 0; round < 15; round++) headerTimes.push(await timed(() => drain(`frames/${id}/headers/`)));
  yield ["headers of a frame", median(headerTimes)];
  yield ["download of a 2048² frame", await rate(`frames/${id}/download/`, 300)];

  for (let batch = 0; batch < 20; batch++) await send(formOf(Array.from({ length: 50 }, () => frame(16))));
  await quiet();
  yield ["list, limit=25", await rate("frames/?limit=25&sort=DATE_OBS&order=desc", 1000)];
  const listTimes = [];
  for (let round = 0; round < 9; round++) listTimes.push(await timed(() => drain("frames/?limit=1000")));
  yield ["list, limit=1000", median(listTimes)];
}

async function ofPyobsArchive() {
  const { PYOBS_ARCHIVE: checkout, PYTHON: python = "python3" } = process.env;
  if (!checkout) return new Map();
  const reason = whyNot(python);
  if (reason !== null) throw new Error(`pyobs-archive cannot be run: ${reason}`);
  const accounts = [["bench", "bench-password-1", true, true]];
  const { url, tokens, stop } = await startOriginal({ checkout, python, accounts, workers: 3 });
  const found = new Map();
  try {
    for await (const [name, value] of figures({ url, token: tokens.bench, quiet: async () => {} }))
      found.set(name, value);
  } finally {
    await stop();
  }
  return found;
}

const theirs = await ofPyobsArchive();
const archive = await startArchive();
const quiet = async () => {
  for (let calm = 0, before = archive.cpu().user; calm < 4; ) {
    await new Promise((done) => setTimeout(done, 250));
    const now = archive.cpu().user;
    calm = now - before < 0.02 ? calm + 1 : 0;
    before = now;
  }
};
const json = process.argv.includes("--json");
const rows = [];
const columns = ["Platevault", ...(theirs.size > 0 ? ["pyobs here"] : []), "pyobs given", "faster"];
if (!json) console.log("".padEnd(34) + columns.map((word) => word.padStart(13)).join(""));
for await (const [name, value] of figures({ url: archive.url, token: await archive.token(), quiet })) {
  const here = theirs.get(name);
  const beside = here ?? GIVEN[name];
  const times = isRate(name) ? value / beside : beside / value;
  rows.push({ name, value, unit: isRate(name) ? "1/s" : "ms", here, given: GIVEN[name], times });
  if (json) continue;
  const shown = (number) => (isRate(name) ? `${number.toFixed(0)}/s` : `${number.toFixed(number < 20 ? 1 : 0)} ms`);
  const cells = [
    shown(value),
    ...(here === undefined ? [] : [shown(here)]),
    shown(GIVEN[name]),
    `${times.toFixed(1)} ×`,
  ];
  console.log(name.padEnd(34) + cells.map((cell) => cell.padStart(13)).join(""));
}
if (json) console.log(JSON.stringify(rows, null, 2));
await archive.stop();
