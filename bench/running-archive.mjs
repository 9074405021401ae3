/**
 * The archive as `npm start` runs it, for benchmarks. CPU time and memory are read from outside, from /proc, because the
 * clock inside a Worker stands still while it computes.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, startLocally } from "../scripts/local-archive.mjs";

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

/**
 * Starts the archive with empty storage of its own, with its tables if it is to be `migrated`.
 * `vars`: settings over the defaults. `entry`: another Worker than the archive's, for benchmarks of its parts.
 * `workers`, `bindings` and the like of miniflare may be given in `options`; `state` is then somebody else's to remove.
 */
export async function startArchive({ vars = {}, entry, options = {}, migrated = true, state } = {}) {
  const own = state ?? mkdtempSync(join(tmpdir(), "platevault-bench-"));
  const before = new Set(descendants());
  const { miniflare, url } = await startLocally({
    entry,
    state: own,
    bindings: {
      SECRET_KEY: "a secret for benchmarks only, long enough",
      ADMIN_USERNAME: "bench",
      ADMIN_PASSWORD: "bench-password-1",
      ...vars,
    },
    options: {
      queueConsumers: { "platevault-work": { maxBatchSize: 10, maxBatchTimeout: 0.1 } },
      handleStructuredLogs: () => {}, // a line a request would bury the figures
      ...options,
    },
  });
  const pid = descendants()
    .filter((process) => !before.has(process))
    .find((process) => readFileSync(`/proc/${process}/cmdline`, "utf8").includes("workerd"));
  if (migrated) await migrate(miniflare);
  return {
    url,
    miniflare,
    state: own,
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
      if (state === undefined) rmSync(own, { recursive: true, force: true });
    },
  };
}
