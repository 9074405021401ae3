/**
 * `npm run bench:http [-- --frames N] [--json]`: requests a second of everyday searches over a seeded catalogue
 * (1,000,000 frames), on loopback, eight at a time, beside what pyobs-archive does on the same kind of machine. Beside
 * the very request that pyobs-archive was measured with stand such that differ from one another in place, filters and
 * order, so that nothing remembered flatters them. `cpu` is what workerd used a request: the Worker, D1 and R2.
 */
import { parseArgs } from "node:util";
import { seededDatabase, startSeeded } from "./seeded-archive.mjs";

const { values } = parseArgs({
  options: { frames: { type: "string", default: "1000000" }, json: { type: "boolean", default: false } },
});
const total = Number(values.frames);

const archive = await startSeeded(seededDatabase(total));
// Neither pyobs-archive nor the Worker compresses its answers; before Workers the edge does, and here miniflare would.
const headers = { authorization: `Token ${await archive.token()}`, "accept-encoding": "identity" };
const get = async (path) => {
  const answer = await fetch(new URL(path, archive.url), { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};

/** Numbers from 0 to 1, the same in every run. */
let state = 1;
function chance() {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
}
const below = (limit) => Math.floor(chance() * limit);
const oneOf = (list) => list[below(list.length)];

const { sites, telescopes, filters, imagetypes, binnings } = await get("frames/aggregate/");
const pointed = [];
for (let i = 0; i < 20; i++) {
  const { results } = await get(`frames/?limit=25&offset=${below(total - 25)}&exclude_calibrations=true`);
  pointed.push(...results.filter(({ RA }) => RA !== null));
}

function someFilters() {
  const query = new URLSearchParams();
  if (chance() < 0.5) query.set("SITE", oneOf(sites));
  if (chance() < 0.3) query.set("TELESCOPE", oneOf(telescopes));
  if (chance() < 0.5) query.append("FILTER", oneOf(filters));
  if (chance() < 0.3) query.set("IMAGETYPE", oneOf(imagetypes));
  if (chance() < 0.2) query.set("binning", oneOf(binnings));
  if (chance() < 0.3) query.set("order", "desc");
  return query;
}

function somewhere() {
  const { RA, DEC } = oneOf(pointed);
  return `RA=${(RA + 360 + (chance() - 0.5) / 4) % 360}&DEC=${Math.max(-90, Math.min(90, DEC + (chance() - 0.5) / 4))}`;
}

/** Requests: the path of one, how often, and pyobs-archive's figure at 1M frames, requests a second or milliseconds. */
const REQUESTS = [
  { name: "list, limit=25", path: () => "frames/?limit=25", count: 2000, pyobs: 49 },
  { name: "  anywhere in the list", path: () => `frames/?limit=25&offset=${below(total)}`, count: 1000, pyobs: 49 },
  { name: "  any filters and order", path: () => `frames/?limit=25&${someFilters()}`, count: 1000, pyobs: 49 },
  { name: "list, limit=1000", path: () => "frames/?limit=1000", count: 60, pyobsMs: 451 },
  { name: "  anywhere in the list", path: () => `frames/?limit=1000&offset=${below(total)}`, count: 60, pyobsMs: 451 },
  { name: "aggregate", path: () => "frames/aggregate/", count: 2000, pyobsMs: 830 },
  { name: "  any filters", path: () => `frames/aggregate/?${someFilters()}`, count: 1000, pyobsMs: 830 },
  { name: "cone of 10′", path: () => "frames/?limit=25&RA=150.1&DEC=2.2", count: 1000, pyobsMs: 949 },
  { name: "  where frames are", path: () => `frames/?limit=25&${somewhere()}`, count: 500, pyobsMs: 949 },
];

const rows = [];
try {
  for (const { name, path, count, pyobs, pyobsMs } of REQUESTS) {
    for (let warm = 0; warm < 20; warm++) await get(path());
    const one = [];
    for (let round = 0; round < 15; round++) {
      const start = performance.now();
      await get(path());
      one.push(performance.now() - start);
    }
    let left = count;
    const cpu = archive.preciseCpu();
    const start = performance.now();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        while (left-- > 0) await get(path());
      }),
    );
    const rate = (1000 * count) / (performance.now() - start);
    const cpuMs = (1000 * (archive.preciseCpu() - cpu)) / count;
    const milliseconds = one.sort((a, b) => a - b)[one.length >> 1];
    const times = pyobs ? rate / pyobs : pyobsMs / milliseconds;
    rows.push({ name, rate, milliseconds, cpuMs, pyobs: pyobs ? `${pyobs}/s` : `${pyobsMs} ms`, times });
  }
} finally {
  await archive.stop();
}

if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  console.log(`${values.frames} frames`.padEnd(26), "requests/s", "      ms", "  cpu ms", "  pyobs-archive", " ahead");
  for (const { name, rate, milliseconds, cpuMs, pyobs, times } of rows) {
    const [a, b, c] = [rate.toFixed(0).padStart(10), milliseconds.toFixed(1), cpuMs.toFixed(1)];
    console.log(name.padEnd(26), a, b.padStart(8), c.padStart(8), pyobs.padStart(15), `${times.toFixed(1)} ×`);
  }
}
