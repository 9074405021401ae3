/**
 * The deployable bundle in a bare workerd, for benchmarks: built by `wrangler deploy --dry-run`, run by the miniflare
 * API. (`wrangler dev` would put a proxy in front that costs more than most requests.) CPU time and memory are read
 * from outside, from /proc, because the clock inside a Worker stands still while it computes.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { LOCAL_RUNTIME } from "../scripts/local-runtime.mjs";

const TICKS_A_SECOND = 100; // USER_HZ, the unit of /proc/PID/stat on Linux

/** Every process below this one, by the parent column of /proc/PID/stat. */
function descendants(root = process.pid) {
  const parents = new Map();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // ended meanwhile
    }
  }
  const found = [];
  for (const [pid] of parents) {
    for (let at = pid; at !== undefined && at > 1; at = parents.get(at)) {
      if (at === root && pid !== root) {
        found.push(pid);
        break;
      }
    }
  }
  return found;
}

/** The bundle's modules, built anew. */
function buildBundle(entry) {
  const folder = mkdtempSync(join(tmpdir(), "platevault-bundle-"));
  execFileSync(
    process.execPath,
    ["node_modules/wrangler/bin/wrangler.js", "deploy", ...(entry ? [entry] : []), "--dry-run", "--outdir", folder],
    {
      env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
      stdio: "pipe",
    },
  );
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
}

/**
 * Starts the archive with empty, migrated storage of its own.
 * `vars`: settings over the defaults. `entry`: another Worker than the archive's, for benchmarks of its parts.
 * `workers`, `bindings` and the like of miniflare may be given in `options`.
 */
export async function startArchive({ vars = {}, entry, options = {}, migrate = true } = {}) {
  const { folder, modules } = buildBundle(entry);
  const state = mkdtempSync(join(tmpdir(), "platevault-bench-"));
  const before = new Set(descendants());
  Object.assign(process.env, LOCAL_RUNTIME); // miniflare reads it when it starts workerd
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modules,
      modulesRoot: folder,
      compatibilityDate: "2026-08-01",
      compatibilityFlags: ["nodejs_compat"],
      bindings: {
        SECRET_KEY: "a secret for benchmarks only, long enough",
        ADMIN_USERNAME: "bench",
        ADMIN_PASSWORD: "bench-password-1",
        ...vars,
      },
      d1Databases: { DB: "platevault" },
      r2Buckets: { FILES: "platevault" },
      queueProducers: { WORK: { queueName: "work" } },
      queueConsumers: { work: { maxBatchSize: 10, maxBatchTimeout: 0.1 } },
      resourcePersistencePath: state,
      cf: false,
      handleStructuredLogs: () => {}, // a line a request would bury the figures
      ...options,
    }),
  );
  const url = await miniflare.ready;
  const pid = descendants()
    .filter((process) => !before.has(process))
    .find((process) => readFileSync(`/proc/${process}/cmdline`, "utf8").includes("workerd"));
  if (migrate) {
    const db = await miniflare.getD1Database("DB");
    for (const name of readdirSync("migrations")
      .filter((name) => name.endsWith(".sql"))
      .sort()) {
      const { unstable_splitSqlQuery: split } = await import("wrangler");
      for (const statement of split(readFileSync(join("migrations", name), "utf8"))) await db.prepare(statement).run();
    }
  }
  return {
    url,
    miniflare,
    state,
    /** A staff user's token. */
    async token() {
      const answer = await fetch(new URL("api-token-auth/", url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: "bench", password: "bench-password-1" }),
      });
      if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
      return (await answer.json()).token;
    },
    /** CPU seconds that workerd has used, in user and in system mode. */
    cpu() {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return { user: Number(fields[11]) / TICKS_A_SECOND, system: Number(fields[12]) / TICKS_A_SECOND };
    },
    /** CPU seconds in both modes together, to the nanosecond: the kernel's own count, where `cpu` is sampled by ticks. */
    preciseCpu() {
      let nanoseconds = 0;
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
      }
      return nanoseconds / 1e9;
    },
    /** Memory of workerd in bytes: now, and the most it ever had since `resetPeak`. */
    memory() {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const of = (name) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]) * 1024;
      return { now: of("VmRSS"), peak: of("VmHWM") };
    },
    /** Starts the measurement of the peak anew (proc(5), clear_refs). */
    async resetPeak() {
      const { writeFileSync } = await import("node:fs");
      writeFileSync(`/proc/${pid}/clear_refs`, "5");
    },
    async stop() {
      await miniflare.dispose();
      rmSync(state, { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
