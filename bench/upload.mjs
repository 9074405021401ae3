/**
 * `npm run bench:upload`: what an upload of nearly 100 MB, the most that a request may bring, adds to the memory of the
 * workerd process over a small one (budget: 50 MB), and how long frames of usual sizes take.
 *
 * The budget is held by the archive itself, with the files outside of the process as in production. With miniflare's R2
 * inside the process about 100 MB more are seen, whatever the Worker does: `FILES.put(key, request.body)` alone, without
 * a line of the archive, adds 98 to 130 MB, as V8 collects the simulator's buffers only when it must.
 */
import { Response } from "miniflare";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { startArchive } from "./running-archive.mjs";

const BUDGET = 50e6;
/** pyobs-archive's medians on the same kind of machine, milliseconds. */
const PYOBS = { 1024: 71, 2048: 173, 4096: 661 };

let made = 0;
/** A frame of random pixels, so that no compression helps anybody. */
function frame(width, height) {
  const name = `upload-${String(++made).padStart(3, "0")}`;
  const pixels = new Uint16Array(width * height);
  for (let at = 0, random = made; at < pixels.length; at++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    pixels[at] = random >>> 16;
  }
  const cards = [
    ["FNAME", `${name}.fits`],
    ["DATE-OBS", "2026-01-01T20:00:00"],
    ["SITEID", "bench"],
    ["TELID", "1m0"],
    ["INSTRUME", "cam1"],
    ["IMAGETYP", "object"],
  ];
  const bytes = fitsFile([imageHdu("SCI", width, pixels, cards)]);
  const form = new FormData();
  form.append("file", new Blob([bytes]), `${name}.fits`);
  return form;
}

/** Peaks of memory and milliseconds for one upload of a small and two of the largest frames. */
async function measure(options) {
  const archive = await startArchive({ vars: { PACK: "off" }, ...options });
  try {
    const headers = { authorization: `Token ${await archive.token()}` };
    const send = async (body) => {
      const began = performance.now();
      const answer = await fetch(new URL("frames/create/", archive.url), { method: "POST", headers, body });
      const result = await answer.json();
      if (result.created !== 1) throw new Error(JSON.stringify(result));
      return performance.now() - began;
    };
    const peakOf = async (body) => {
      await archive.resetPeak();
      const before = archive.cpu();
      await send(body);
      const after = archive.cpu();
      return { peak: archive.memory().peak, cpu: after.user + after.system - before.user - before.system };
    };
    for (let n = 0; n < 5; n++) await send(frame(256, 256));
    const small = await peakOf(frame(256, 256));
    const large = [await peakOf(frame(7000, 7050)), await peakOf(frame(7000, 7050))];
    const times = [];
    for (const size of [1024, 2048, 4096]) {
      const some = [];
      for (let n = 0; n < 5; n++) some.push(await send(frame(size, size)));
      times.push([size, some.sort((a, b) => a - b)[2]]);
    }
    return { added: Math.max(...large.map(({ peak }) => peak)) - small.peak, cpu: large[1].cpu, times };
  } finally {
    await archive.stop();
  }
}

async function discard(request) {
  for await (const _ of request.body ?? []);
  return new Response("ok");
}

const mb = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
const quiet = { queueConsumers: {} };
const alone = await measure({
  entry: "bench/upload-worker.ts",
  options: { ...quiet, serviceBindings: { STORE: discard } },
});
console.log(`98.7 MB, files outside: ${mb(alone.added)} more (budget ${mb(BUDGET)}), ${alone.cpu.toFixed(2)} s of CPU`);
const whole = await measure({ options: quiet });
console.log(`98.7 MB, miniflare's R2 inside: ${mb(whole.added)} more, ${whole.cpu.toFixed(2)} s of CPU`);
for (const [size, ms] of whole.times) {
  console.log(`${size}² of 16 bits: ${ms.toFixed(0)} ms (pyobs-archive ${PYOBS[size]} ms)`);
}
if (alone.added > BUDGET) {
  console.error("over budget");
  process.exitCode = 1;
}
