/**
 * `npm run bench:upload`: what an upload of nearly 100 MB, the most that a request may bring, adds to the memory of the
 * workerd process over a small one (budget: 50 MB), and how long frames of usual sizes take.
 *
 * Measured twice: with the files outside of the process, as in production, and with miniflare's R2 inside, as `npm start`
 * runs it. What the latter leaves for V8 to collect is more than what the archive needs: scripts/local-archive.mjs. Then
 * what several frames at once take of the one isolate that they share.
 */
import { Response } from "miniflare";
import { Random } from "../src/cli/demo-sky.ts";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { formOf, post } from "./form.mjs";
import { watchHeap } from "./isolate-heap.mjs";
import { startArchive } from "./running-archive.mjs";

/** Nobody makes previews meanwhile, or packs what was too large for packing at its arrival. */
const quiet = { queueConsumers: {} };
const BUDGET = 50e6;
/** Uploads at once, and what an isolate may have: https://developers.cloudflare.com/workers/platform/limits/#memory */
const CROWDS = [1, 2, 4, 6];
const ISOLATE = 128e6;
/** pyobs-archive's medians on the same kind of machine, milliseconds. */
const PYOBS = { 1024: 71, 2048: 173, 4096: 661 };

let made = 0;
/** A frame of a sky's noise, as `npm run bench` sends it: RICE makes 42 % of it. */
function frame(width, height) {
  const name = `upload-${String(++made).padStart(3, "0")}`;
  const random = new Random(made);
  const pixels = new Uint16Array(width * height);
  for (let at = 0; at < pixels.length; at++) {
    pixels[at] = 1000 + 30 * (random.uniform() + random.uniform() + random.uniform());
  }
  const cards = [
    ["FNAME", `${name}.fits`],
    ["DATE-OBS", "2026-01-01T20:00:00"],
    ["SITEID", "bench"],
    ["TELID", "1m0"],
    ["INSTRUME", "cam1"],
    ["IMAGETYP", "object"],
  ];
  return formOf([{ name, bytes: fitsFile([imageHdu("SCI", width, pixels, cards)]) }]);
}

/** CPU seconds that workerd has used, to the nanosecond, and the milliseconds that went by. */
async function timed(archive, work) {
  const [cpu, began] = [archive.preciseCpu(), performance.now()];
  await work();
  return { ms: performance.now() - began, cpu: archive.preciseCpu() - cpu };
}

/** For each usual size the median of five times, and their least CPU time: what others do on the machine adds to it. */
async function usualSizes(archive, send) {
  const figures = new Map();
  for (const size of Object.keys(PYOBS).map(Number)) {
    const some = [];
    for (let n = 0; n < 5; n++) {
      const form = frame(size, size);
      some.push(await timed(archive, () => send(form)));
    }
    figures.set(size, {
      ms: some.map(({ ms }) => ms).sort((a, b) => a - b)[2],
      cpu: 1000 * Math.min(...some.map(({ cpu }) => cpu)),
    });
  }
  return figures;
}

/** What two uploads of the largest frames add to the peak of a small one, and figures of the usual sizes. */
async function measure(options) {
  const archive = await startArchive(options);
  try {
    const headers = { authorization: `Token ${await archive.token()}` };
    const send = async (form) => {
      const result = JSON.parse(await post(new URL("frames/create/", archive.url), form, headers));
      if (result.created !== 1) throw new Error(JSON.stringify(result));
    };
    const peakOf = async (form) => {
      await archive.resetPeak();
      const { cpu } = await timed(archive, () => send(form));
      return { peak: archive.memory().peak, cpu };
    };
    for (let n = 0; n < 5; n++) await send(frame(256, 256));
    const small = await peakOf(frame(256, 256));
    const large = [await peakOf(frame(7000, 7050)), await peakOf(frame(7000, 7050))];
    const times = await usualSizes(archive, send);
    return { added: Math.max(...large.map(({ peak }) => peak)) - small.peak, cpu: large[1].cpu, times };
  } finally {
    await archive.stop();
  }
}

/** Most bytes in the archive's isolate while several frames of 4096² come at once, and while they are packed. */
async function severalAtOnce() {
  const inspectorPort = 20_000 + Math.floor(Math.random() * 20_000);
  const archive = await startArchive({ options: { inspectorPort } });
  const heap = await watchHeap(inspectorPort);
  try {
    const headers = { authorization: `Token ${await archive.token()}` };
    const figures = [];
    for (const uploads of CROWDS) {
      const forms = Array.from({ length: uploads }, () => frame(4096, 4096));
      heap.peak();
      // Connections of their own: workerd closes those that wait for the queue.
      const url = new URL("frames/create/", archive.url);
      await Promise.all(forms.map((form) => post(url, form, { ...headers, connection: "close" })));
      const peak = heap.peak();
      // Until the queue has packed and drawn them.
      await new Promise((done) => setTimeout(done, 4000 * uploads));
      figures.push({ uploads, peak, later: heap.peak() });
    }
    return figures;
  } finally {
    heap.close();
    await archive.stop();
  }
}

/** The same bodies put into miniflare's R2 without a line of the archive: the least that an upload can take here. */
async function putAlone() {
  const archive = await startArchive({ entry: "bench/put-worker.ts", migrated: false, options: quiet });
  try {
    const send = (form) => post(archive.url, form);
    for (let n = 0; n < 5; n++) await send(frame(256, 256));
    return await usualSizes(archive, send);
  } finally {
    await archive.stop();
  }
}

/** Stands for a store outside: answers how many bytes it was sent. */
async function discard(request) {
  let size = 0;
  for await (const bytes of request.body ?? []) size += bytes.length;
  return new Response(String(size));
}

const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
const alone = await measure({
  entry: "bench/upload-worker.ts",
  options: { ...quiet, serviceBindings: { STORE: discard } },
});
console.log(`98.7 MB, files outside: ${mb(alone.added)} more (budget ${mb(BUDGET)}), ${alone.cpu.toFixed(2)} s of CPU`);
const whole = await measure({ options: quiet });
console.log(`98.7 MB, miniflare's R2 inside: ${mb(whole.added)} more, ${whole.cpu.toFixed(2)} s of CPU`);
const bare = await putAlone();
const shown = ({ ms, cpu }) => `${ms.toFixed(0)} ms (${cpu.toFixed(0)} ms of CPU)`;
for (const [size, figure] of whole.times) {
  const least = shown(bare.get(size));
  console.log(`${size}² of 16 bits: ${shown(figure)}; a bare put ${least}; pyobs-archive ${PYOBS[size]} ms`);
}
const crowds = await severalAtOnce();
for (const { uploads, peak, later } of crowds) {
  console.log(`${uploads} of 4096² at once: ${mb(peak)} in the isolate at most, ${mb(later)} while the queue works`);
}
if (crowds.some(({ peak, later }) => Math.max(peak, later) > ISOLATE)) {
  console.error("more than an isolate may have");
  process.exitCode = 1;
}
if (Math.max(alone.added, whole.added) > BUDGET) {
  console.error("over budget");
  process.exitCode = 1;
}
