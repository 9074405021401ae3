/**
 * `npm run bench:http [-- --frames N] [--json]`: requests a second of everyday searches over a seeded catalogue
 * (1,000,000 frames), on loopback, eight at a time, beside what pyobs-archive does on the same kind of machine.
 */
import { parseArgs } from "node:util";
import { seededDatabase, startSeeded } from "./seeded-archive.mjs";

const { values } = parseArgs({
  options: { frames: { type: "string", default: "1000000" }, json: { type: "boolean", default: false } },
});

/** Requests: path, how often, and pyobs-archive's figure at 1M frames, requests a second or milliseconds. */
const REQUESTS = [
  { name: "list, limit=25", path: "frames/?limit=25", count: 2000, pyobs: 49 },
  {
    name: "list, limit=25, newest first, filter",
    path: "frames/?limit=25&FILTER=V&sort=DATE_OBS&order=desc",
    count: 2000,
  },
  { name: "list, limit=1000", path: "frames/?limit=1000", count: 60, pyobsMs: 451 },
  { name: "aggregate", path: "frames/aggregate/", count: 2000, pyobsMs: 830 },
  { name: "cone of 10′", path: "frames/?limit=25&RA=150.1&DEC=2.2", count: 1000, pyobsMs: 949 },
];

const archive = await startSeeded(seededDatabase(Number(values.frames)));
const headers = { authorization: `Token ${await archive.token()}` };
const get = async (path) => {
  const answer = await fetch(new URL(path, archive.url), { headers });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.arrayBuffer();
};

const rows = [];
for (const { name, path, count, pyobs, pyobsMs } of REQUESTS) {
  for (let warm = 0; warm < 5; warm++) await get(path);
  const one = [];
  for (let round = 0; round < 15; round++) {
    const start = performance.now();
    await get(path);
    one.push(performance.now() - start);
  }
  let left = count;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (left-- > 0) await get(path);
    }),
  );
  const rate = (1000 * count) / (performance.now() - start);
  const milliseconds = one.sort((a, b) => a - b)[one.length >> 1];
  const times = pyobs ? rate / pyobs : pyobsMs ? pyobsMs / milliseconds : null;
  rows.push({ name, rate, milliseconds, pyobs: pyobs ? `${pyobs}/s` : pyobsMs ? `${pyobsMs} ms` : "", times });
}
await archive.stop();

if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  console.log(`${values.frames} frames`.padEnd(40), "requests/s", "      ms", "  pyobs-archive", " ahead");
  for (const { name, rate, milliseconds, pyobs, times } of rows) {
    console.log(
      name.padEnd(40),
      rate.toFixed(0).padStart(10),
      milliseconds.toFixed(1).padStart(8),
      pyobs.padStart(15),
      times === null ? "" : `${times.toFixed(1)} ×`,
    );
  }
}
