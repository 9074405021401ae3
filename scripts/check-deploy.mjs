/**
 * `npm run check:deploy`: everything of a deployment that needs no account. Builds the Worker as `wrangler deploy` does
 * and prints what it loads at start, by part, and what each FITS codec adds to it.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";

const folder = "build/worker";
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const metafile = join(folder, "meta.json");
execFileSync(
  process.execPath,
  ["node_modules/wrangler/bin/wrangler.js", "deploy", "--dry-run", "--outdir", folder, "--metafile", metafile],
  { env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" }, stdio: ["ignore", "pipe", "inherit"] },
);

/** The part that a source belongs to: a package, a folder of src, or one codec. */
function partOf(path) {
  const at = path.lastIndexOf("node_modules/");
  if (at >= 0) {
    const [scope, name] = path.slice(at + "node_modules/".length).split("/");
    return scope.startsWith("@") ? `${scope}/${name}` : scope;
  }
  const codec = /src\/fits\/compression\/(?:.*\/)?([\w-]+)\.ts$/.exec(path)?.[1];
  if (codec) return `src/fits/compression/${codec}`;
  return /(src\/[\w-]+)/.exec(path)?.[1] ?? path;
}

const { outputs } = JSON.parse(readFileSync(metafile, "utf8"));
const parts = new Map();
for (const { inputs } of Object.values(outputs)) {
  for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
    if (bytesInOutput > 0) parts.set(partOf(input), (parts.get(partOf(input)) ?? 0) + bytesInOutput);
  }
}
const modules = readdirSync(folder).filter((name) => /\.(js|wasm)$/.test(name));
for (const name of modules.filter((name) => name.endsWith(".wasm"))) {
  parts.set(name.replace(/^[0-9a-f]{40}-/, ""), statSync(join(folder, name)).size);
}
const line = (name, bytes) => console.log(`  ${name.padEnd(44)} ${(bytes / 1024).toFixed(1).padStart(8)} KiB`);
const isCodec = (name) => name.startsWith("src/fits/compression/");
const bySize = [...parts].sort((a, b) => b[1] - a[1]);
console.log("What the Worker loads at start:");
for (const [name, bytes] of bySize.filter(([name]) => !isCodec(name))) if (bytes >= 1024) line(name, bytes);
console.log("of which tile compression, in src/fits/compression:");
for (const [name, bytes] of bySize.filter(([name]) => isCodec(name))) line(basename(name), bytes);

const all = modules.map((name) => join(folder, name));
const raw = all.reduce((sum, path) => sum + statSync(path).size, 0);
const packed = all.reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
line("in all", raw);
line("in all, gzip", packed);
// https://developers.cloudflare.com/workers/platform/limits/#worker-size: 3 MB on the free plan, 10 MB on the paid one
if (packed > 3 * 1000 * 1000) {
  console.error("The bundle is larger than Cloudflare's free plan takes (3 MB, gzip).");
  process.exitCode = 1;
}
