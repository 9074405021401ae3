/**
 * pyobs's own clients, unmodified: PYOBS_CORE (and PYOBS_ARCHIVE, for its ingest script) name checkouts of
 * pyobs/pyobs-core and pyobs/pyobs-archive; PYTHON a Python that has astropy, aiohttp, requests and numpy.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoFrames } from "../../src/cli/demo-frames.ts";
import { startArchive } from "./archive.mjs";

const python = process.env.PYTHON ?? "python3";
const core = process.env.PYOBS_CORE;
const peer = process.env.PYOBS_ARCHIVE;

if (!core) {
  console.log("skip: set PYOBS_CORE to a checkout of pyobs/pyobs-core to run its clients");
} else if (spawnSync(python, ["-c", "import astropy, aiohttp, requests, numpy"]).status !== 0) {
  console.log(`skip: ${python} lacks astropy, aiohttp, requests or numpy (set PYTHON to one that has them)`);
} else {
  const folder = mkdtempSync(join(tmpdir(), "platevault-frames-"));
  const frames = [...demoFrames()].slice(0, 12).map((frame) => {
    const path = join(folder, frame.name);
    writeFileSync(path, frame.bytes);
    return path;
  });
  for (const pack of ["on", "off"]) {
    console.log(`   PACK=${pack}`);
    const archive = await startArchive({ PACK: pack });
    const script = join(import.meta.dirname, "pyobs_clients.py");
    const args = [script, "--core", core, ...(peer ? ["--archive", peer] : []), archive.url, archive.token, ...frames];
    // Not spawnSync: it would stop this process from reading the server's output, whose pipe could fill up.
    const status = await new Promise((done) =>
      spawn(python, args, { stdio: ["ignore", "inherit", "inherit"] }).on("exit", done),
    );
    if (status !== 0) process.exitCode = 1;
    await archive.stop();
  }
  rmSync(folder, { recursive: true, force: true });
}
