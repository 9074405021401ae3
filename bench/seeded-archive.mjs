/** A running archive over a seeded catalogue; seeded databases are kept for the next run, because they take a while. */
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startArchive } from "./running-archive.mjs";

export const KEPT = join(tmpdir(), "platevault-catalogues");

/** A database file with `total` made-up frames. `prepare` may add to a new one before it is kept under `suffix`. */
export function seededDatabase(total, { keep = KEPT, suffix = "", prepare = () => {} } = {}) {
  mkdirSync(keep, { recursive: true });
  const file = join(keep, `${total}${suffix}.sqlite`);
  if (existsSync(file)) return file;
  const making = `${file}.making`;
  rmSync(making, { force: true });
  execFileSync(process.execPath, ["--import", "tsx", "scripts/seed.ts", "--frames", String(total), "--file", making], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  prepare(making);
  execFileSync("mv", [making, file]);
  return file;
}

/** Starts the archive, or another Worker, on a copy of a database file. */
export async function startSeeded(file, options = {}) {
  const persist = mkdtempSync(join(tmpdir(), "platevault-seeded-"));
  const start = () => startArchive({ ...options, migrated: false, state: persist });
  // miniflare names the file; it is made at the first query.
  const empty = await start();
  await (await empty.miniflare.getD1Database("DB")).prepare("SELECT 1").all();
  await empty.stop();
  const [target] = globSync(join(persist, "**/*.sqlite")).filter((name) => !name.endsWith("metadata.sqlite"));
  for (const rest of globSync(`${target}-*`)) rmSync(rest);
  copyFileSync(file, target);
  const archive = await start();
  return {
    ...archive,
    async stop() {
      await archive.stop();
      rmSync(persist, { recursive: true, force: true });
    },
  };
}
