/**
 * The archive in a workerd of its own, as wrangler.toml describes it, for `npm start`, the browser's tests and the
 * benchmarks alike: built by `wrangler deploy --dry-run`, run by the miniflare API. `wrangler dev` would put a second
 * workerd with a proxy in front, and miniflare three Workers that decide between pages and Worker; each costs more than
 * most requests do. So requests come to the Worker's own socket here, those for files of the pages too.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, extname, join } from "node:path";

/**
 * Environment of the local runtime; what of it is set already stays.
 *
 * `--initial-old-space-size=4`: V8 collects all of a heap for the first time when it has 4 MB, not 256. The local R2
 * passes every 4 KiB of a file through streams in JavaScript, and what these leave behind outside of the heap goes only
 * in such a collection. `--max-semi-space-size=2`: new objects are looked through every 2 MB, not 16. With both, an
 * upload of 98.7 MB adds 42 to 44 MB to workerd; without, 126 to 128. Their price: frames of 2048² and 4096² took some
 * tenth longer to store (npm run bench:upload, three runs of each).
 */
const RUNTIME = {
  MINIFLARE_WORKERD_V8_FLAGS:
    process.env.MINIFLARE_WORKERD_V8_FLAGS ?? "--initial-old-space-size=4 --max-semi-space-size=2",
  CLOUDFLARE_CF_FETCH_ENABLED: "false", // no look-up of where this machine is
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_LOG: "error",
};

/** The deployable modules of the Worker, or of another `entry` with the same settings, built anew. */
function built(entry) {
  const folder = mkdtempSync(join(tmpdir(), "platevault-bundle-"));
  try {
    const args = ["deploy", ...(entry ? [entry] : []), "--dry-run", "--outdir", folder];
    execFileSync(process.execPath, ["node_modules/wrangler/bin/wrangler.js", ...args], {
      env: { ...process.env, ...RUNTIME, CI: "true" },
      stdio: "pipe",
    });
    const names = readdirSync(folder, { recursive: true })
      .map(String)
      .filter((name) => /\.(js|mjs|wasm)$/.test(name));
    const script = names.find((name) => /^[^/]+\.js$/.test(name));
    const modules = [script, ...names.filter((name) => name !== script)].map((name) => ({
      type: extname(name) === ".wasm" ? "CompiledWasm" : "ESModule",
      path: join(folder, name),
      contents: readFileSync(join(folder, name)),
    }));
    return { folder, modules };
  } finally {
    // miniflare has the contents, and takes the paths for names.
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Starts it and answers miniflare's object, ended by its `dispose()`, and the address where it listens. `bindings`:
 * settings and secrets. `state`: where D1 and R2 keep their files, as `wrangler --persist-to` names it. `port`: 0 for any
 * that is free. `options`: miniflare's, over those of wrangler.toml.
 */
export async function startLocally({ entry = null, bindings, state, port = 0, options = {} }) {
  const { folder, modules } = built(entry);
  Object.assign(process.env, RUNTIME); // read when miniflare is loaded or starts workerd
  const [{ unstable_getMiniflareWorkerOptions }, { convertV4MiniflareOptions, Miniflare }] = await Promise.all([
    import("wrangler"),
    import("miniflare"),
  ]);
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  const { assets, modulesRules: _, ...archive } = workerOptions;
  const name = "platevault";
  const script = basename(modules[0].path);
  // An entry point that has a name has none of those three Workers before it.
  const contents = `export { default, default as local } from "./${script}";`;
  const main = { type: "ESModule", path: join(folder, "local.js"), contents };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...archive,
      ...(entry ? {} : { assets }), // another Worker has no pages
      name,
      modules: [main, ...modules],
      modulesRoot: folder,
      bindings,
      unsafeDirectSockets: [{ host: "127.0.0.1", port, entrypoint: "local" }],
      resourcePersistencePath: join(state, "v3"),
      cf: false,
      ...options,
    }),
  );
  await miniflare.ready;
  return { miniflare, url: await miniflare.unsafeGetDirectURL(name, "local") };
}

/** Gives an empty catalogue its tables. */
export async function migrate(miniflare) {
  const { unstable_splitSqlQuery: split } = await import("wrangler");
  const database = await miniflare.getD1Database("DB");
  const names = readdirSync("migrations").filter((name) => name.endsWith(".sql"));
  for (const name of names.sort()) {
    for (const sql of split(readFileSync(join("migrations", name), "utf8"))) await database.prepare(sql).run();
  }
}
