/**
 * Downloads by the programs that people use, killed at random points and resumed: curl, wget, aria2 on single files and
 * on zips; the lists made for them; sections of a remote file by astropy. Compared by bytes and by pixels.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fitsFile, imageHdu } from "../../src/cli/fits-file.ts";
import { startArchive } from "./archive.mjs";

const python = process.env.PYTHON ?? "/usr/bin/python3";
const folder = mkdtempSync(join(tmpdir(), "platevault-delivery-"));
const say = (ok: boolean, what: string) => {
  console.log(`${ok ? "ok  " : "FAIL"} ${what}`);
  if (!ok) process.exitCode = 1;
};
const has = (program: string) => spawnSync(program, ["--version"]).error === undefined;
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Runs a program, killed after `ms` if it has not ended; its exit status, or null where it was killed. */
function run(program: string, args: string[], ms: number | null, cwd = folder): Promise<number | null> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio: "ignore", cwd });
    const timer = ms === null ? undefined : setTimeout(() => child.kill("SIGKILL"), ms);
    child.on("exit", (status) => {
      clearTimeout(timer);
      done(status);
    });
  });
}

interface Program {
  name: string;
  /** `rate`: bytes a second, null for no limit. */
  args(url: string, output: string, rate: number | null): string[];
}

const PROGRAMS: Program[] = [
  {
    name: "curl",
    args: (url, output, rate) => ["-sf", "-C", "-", ...(rate ? ["--limit-rate", `${rate}`] : []), "-o", output, url],
  },
  {
    name: "wget",
    args: (url, output, rate) => ["-q", "-c", ...(rate ? [`--limit-rate=${rate}`] : []), "-O", output, url],
  },
  {
    name: "aria2c",
    args: (url, output, rate) => [
      ...["-q", "-c", "-x8", "-s8", "-k1M", "--file-allocation=none", "--auto-save-interval=1"],
      ...(rate ? [`--max-overall-download-limit=${rate}`] : []),
      ...["-o", output, url],
    ],
  },
];

/** Fetches `url`, killing the program some times on the way; how often it was. */
async function fetchBroken({ name, args }: Program, url: string, output: string, size: number): Promise<number> {
  let killed = 0;
  const rate = Math.ceil(size / 4);
  while (killed < 4) {
    const status = await run(name, args(url, output, rate), 1000 + Math.random() * 1200);
    if (status === 0) return killed;
    if (status === null) killed++;
  }
  for (let tries = 0; tries < 5; tries++) if ((await run(name, args(url, output, null), 60_000)) === 0) return killed;
  return killed;
}

const archive = await startArchive({ PACK: "off" });
const headers = { authorization: `Token ${archive.token}` };
const get = async (path: string) => await fetch(new URL(path, archive.url), { headers });

const SIDE = 1100;
for (let made = 0; made < 4; made++) {
  const pixels = new Uint16Array(SIDE * SIDE);
  for (let i = 0; i < pixels.length; i++) pixels[i] = ((i * 2654435761 + made) >>> 16) & 0x7fff;
  const cards: [string, string | number][] = [
    ["FNAME", `interop-${made}.fits`],
    ["DATE-OBS", `2026-01-01T20:0${made}:00`],
    ["DAY-OBS", "2026-01-01"],
    ["IMAGETYP", "object"],
    ["EXPTIME", 60],
  ];
  const form = new FormData();
  form.append("file", new Blob([fitsFile([imageHdu("SCI", SIDE, pixels, cards)])]), `interop-${made}.fits`);
  const answer = await fetch(new URL("frames/create/", archive.url), { method: "POST", headers, body: form });
  const { created, errors } = (await answer.json()) as { created: number; errors?: string[] };
  if (created !== 1) throw new Error(errors?.join());
}
const { results } = (await (await get("frames/?limit=4")).json()) as {
  results: { id: number; url: string; size: number; sha256: string; filename: string }[];
};
const selected = await fetch(new URL("frames/selection/", archive.url), {
  method: "POST",
  headers: { ...headers, "content-type": "application/json" },
  body: JSON.stringify({ frame_ids: results.map(({ id }) => id) }),
});
const selection = (await selected.json()) as { url: string; lists: Record<string, string> };
const zip = new Uint8Array(await (await fetch(selection.url)).arrayBuffer());

const one = results[0]!;
for (const program of PROGRAMS) {
  if (!has(program.name)) {
    console.log(`skip: ${program.name} is not installed`);
    continue;
  }
  for (const [what, url, size, sum] of [
    ["a file", one.url, one.size, one.sha256],
    ["a zip", selection.url, zip.length, sha256(zip)],
  ] as const) {
    const output = `${program.name}-${size}`;
    const killed = await fetchBroken(program, url, output, size);
    const path = join(folder, output);
    const got = existsSync(path) ? readFileSync(path) : new Uint8Array(0);
    say(sha256(got) === sum, `${program.name} resumes ${what}, killed ${killed} times: ${got.length} of ${size} bytes`);
  }
}

writeFileSync(join(folder, "z.zip"), zip);
if (has("unzip")) {
  say(spawnSync("unzip", ["-tqq", "z.zip"], { cwd: folder }).status === 0, "unzip finds the zip whole");
  spawnSync("unzip", ["-q", "z.zip"], { cwd: folder });
  const inside = spawnSync("sh", ["-c", "cd pyobsdata-* && sha256sum --quiet -c checksums.sha256"], { cwd: folder });
  say(inside.status === 0, "sha256sum -c is content with what was unpacked");
}

const LISTS: [program: string, format: string, args: (list: string) => string[]][] = [
  ["wget", "wget", (list) => [list]],
  ["curl", "curl", (list) => ["-s", "--config", list]],
  ["aria2c", "aria2", (list) => ["-q", "--input-file", list]],
  ["aria2c", "metalink", (list) => ["-q", "--follow-metalink=true", "--metalink-file", list]],
];
for (const [program, format, args] of LISTS) {
  if (!has(program)) continue;
  const here = join(folder, `list-${format}`);
  mkdirSync(here);
  const list = join(folder, `list.${format}`);
  writeFileSync(list, await (await fetch(selection.lists[format]!)).text());
  const start = () => run(format === "wget" ? "sh" : program, args(list), 120_000, here);
  const status = await start();
  const whole = () => results.every(({ filename, sha256: sum }) => sha256(readFileSync(join(here, filename))) === sum);
  say(status === 0 && whole(), `${program} takes everything of the ${format} list`);
  // Run again, as after a break: what is whole stays as it is.
  const again = await start();
  say(whole(), `${program} run again leaves the files whole (status ${again})`);
}

const SECTION = `
import sys, numpy as np, io, urllib.request
from astropy.io import fits
url = sys.argv[1]
whole = fits.open(io.BytesIO(urllib.request.urlopen(url).read()))["SCI"].data
with fits.open(url, use_fsspec=True) as f:
    for y, x in [(0, 0), (17, 501), (1000, 1000), (1090, 3)]:
        part = f["SCI"].section[y:y + 7, x:x + 90]
        assert np.array_equal(part, whole[y:y + 7, x:x + 90]), (y, x)
print("equal")
`;
const section = spawnSync(python, ["-c", SECTION, one.url], { encoding: "utf8" });
if (/ModuleNotFoundError|No such file/.test(section.stderr ?? "missing")) {
  console.log(`skip: ${python} lacks astropy with fsspec`);
} else {
  say(section.stdout.trim() === "equal", `astropy reads sections of the remote file: ${section.stderr.slice(-300)}`);
}

await archive.stop();
rmSync(folder, { recursive: true, force: true });
