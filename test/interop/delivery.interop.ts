/**
 * Downloads by the programs that people use, killed at random points and resumed: curl, wget, aria2 on single files and
 * on zips; the lists made for them; sections of a remote file by astropy. Compared by bytes and by pixels.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
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
    // curl counts its first megabytes for nothing: a rate so low that it is still on its way when it is killed.
    args: (url, output, rate) => [
      ...["-sf", "-C", "-", ...(rate ? ["--limit-rate", `${Math.ceil(rate / 100)}`, "--no-buffer"] : [])],
      ...["-o", output, url],
    ],
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
  const rate = Math.ceil(size / 10);
  while (killed < 4) {
    const status = await run(name, args(url, output, rate), 800 + Math.random() * 1200);
    if (status === 0) return killed;
    if (status === null) killed++;
  }
  for (let tries = 0; tries < 5; tries++) if ((await run(name, args(url, output, null), 60_000)) === 0) return killed;
  return killed;
}

const archive = await startArchive({ PACK: "on" });
const headers = { authorization: `Token ${archive.token}` };
const get = async (path: string) => await fetch(new URL(path, archive.url), { headers });
const post = async (path: string, body: unknown) =>
  await fetch(new URL(path, archive.url), {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

interface Listed {
  id: number;
  url: string;
  size: number;
  sha256: string;
  filename: string;
}

async function upload(name: string, bytes: Uint8Array): Promise<void> {
  const form = new FormData();
  form.append("file", new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
  const answer = await fetch(new URL("frames/create/", archive.url), { method: "POST", headers, body: form });
  const { created, errors } = (await answer.json()) as { created: number; errors?: string[] };
  if (created !== 1) throw new Error(`${name}: ${errors?.join()}`);
}

const SIDE = 1100;
/** What was uploaded, by name: frames that pack well, and one of noise that stays plain. */
const uploads = new Map<string, Uint8Array>();
for (let made = 0; made < 4; made++) {
  const pixels = new Uint16Array(SIDE * SIDE);
  const mask = made === 3 ? 0xffff : 0x1ff;
  for (let i = 0; i < pixels.length; i++) pixels[i] = (Math.imul(i, 2654435761) >>> (9 + made)) & mask;
  const cards: [string, string | number][] = [
    ["FNAME", `interop-${made}.fits`],
    ["DATE-OBS", `2026-01-01T20:0${made}:00`],
    ["DAY-OBS", "2026-01-01"],
    ["IMAGETYP", "object"],
    ["EXPTIME", 60],
  ];
  const bytes = fitsFile([imageHdu("SCI", SIDE, pixels, cards)]);
  uploads.set(`interop-${made}.fits`, bytes);
  await upload(`interop-${made}.fits`, bytes);
}
const list = async () => ((await (await get("frames/?limit=4")).json()) as { results: Listed[] }).results;
let results = await list();
for (let waited = 0; results.filter(({ filename }) => filename.endsWith(".fz")).length < 3; waited++) {
  if (waited === 120) throw new Error(`the frames were not packed: ${results.map(({ filename }) => filename)}`);
  await new Promise((done) => setTimeout(done, 500));
  results = await list();
}

interface Selection {
  url: string;
  lists: Record<string, string>;
}
const frameIds = results.map(({ id }) => id);
const selection = (await (await post("frames/selection/", { frame_ids: frameIds })).json()) as Selection;
const unpacked = (await (
  await post("frames/selection/", { frame_ids: frameIds, uncompress: true })
).json()) as Selection;
const bytesAt = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());
const zip = await bytesAt(selection.url);
const plainZip = await bytesAt(unpacked.url);

const packed = results.find(({ filename }) => filename === "interop-0.fits.fz")!;
const plain = results.find(({ filename }) => filename === "interop-3.fits")!;
const original = uploads.get("interop-0.fits")!;
for (const program of PROGRAMS) {
  if (!has(program.name)) {
    console.log(`skip: ${program.name} is not installed`);
    continue;
  }
  for (const [what, url, size, sum] of [
    ["a plain file", plain.url, plain.size, sha256(uploads.get(plain.filename)!)],
    ["a packed file", packed.url, packed.size, packed.sha256],
    ["a packed file as FITS", `${packed.url}&format=fits`, original.length, sha256(original)],
    ["a zip", selection.url, zip.length, sha256(zip)],
    ["an unpacked zip", unpacked.url, plainZip.length, sha256(plainZip)],
  ] as const) {
    const output = `${program.name}-${what.replaceAll(" ", "-")}`;
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
url, path = sys.argv[1:]
whole = fits.getdata(path, "SCI")
with fits.open(url, use_fsspec=True) as f:
    assert f["SCI"].shape == whole.shape
    for y, x in [(0, 0), (17, 501), (1000, 1000), (1090, 3)]:
        part = f["SCI"].section[y:y + 7, x:x + 90]
        assert np.array_equal(part, whole[y:y + 7, x:x + 90]), (y, x)
print("equal")
`;
for (const [what, url, name] of [
  ["a plain file", plain.url, "interop-3.fits"],
  ["a packed file as FITS", `${packed.url}&format=fits`, "interop-0.fits"],
] as const) {
  const path = join(folder, name);
  writeFileSync(path, uploads.get(name)!);
  const section = spawnSync(python, ["-c", SECTION, url, path], { encoding: "utf8" });
  if (/ModuleNotFoundError|No such file/.test(section.stderr ?? "missing")) {
    console.log(`skip: ${python} lacks astropy with fsspec`);
  } else {
    const ok = section.stdout.trim() === "equal";
    say(
      ok,
      `astropy reads the same pixels in sections of ${what} by fsspec${ok ? "" : `: ${section.stderr.slice(-300)}`}`,
    );
  }
}

// Uploads that came compressed, unpacked by the archive and by CFITSIO and gzip.
const fixtures = join(import.meta.dirname, "../fixtures/unpack");
if (!has("funpack")) console.log("skip: funpack is not installed");
else {
  for (const name of ["several", "quantised", "primary-cards", "second-primary", "nameless"]) {
    const stored = readFileSync(join(fixtures, `${name}.fits.fz`));
    await upload(`${name}.fits.fz`, stored);
    const theirs = join(folder, `${name}.fits`);
    spawnSync("funpack", ["-C", "-O", theirs, join(fixtures, `${name}.fits.fz`)]);
    const wanted = readFileSync(theirs);
    await upload(`gz-${name}.fits.gz`, gzipSync(wanted));
    for (const basename of [name, `gz-${name}`]) {
      const found = (await (await get(`frames/?basename_exact=${basename}`)).json()) as { results: Listed[] };
      const { url } = found.results[0]!;
      const whole = await bytesAt(`${url}&format=fits`);
      say(
        sha256(whole) === sha256(wanted),
        `${basename} as FITS is what ${basename === name ? "funpack" : "gunzip"} gives`,
      );
      const part = await fetch(`${url}&format=fits`, { headers: { range: "bytes=3000-8999" } });
      const same = sha256(new Uint8Array(await part.arrayBuffer())) === sha256(wanted.subarray(3000, 9000));
      say(part.status === 206 && same, `${basename} as FITS in a range`);
    }
  }
}

await archive.stop();
rmSync(folder, { recursive: true, force: true });
