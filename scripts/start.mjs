/**
 * `npm start`: the whole archive on this machine. Prepares what a first start needs, builds the UI, applies the
 * migrations to the embedded D1 and runs the Worker in workerd. Plain JavaScript, so that even a Node that is too old
 * can read it far enough to say so.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import util from "node:util"; // whole: an old Node lacks parseEnv, and is to hear of that in words

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

/** Says one plain sentence and ends. */
function giveUp(sentence) {
  console.error(`\n${sentence}\n`);
  process.exit(1);
}

// npm 10 to 12 tell which Node they run on; the one that runs this may be the newer one that came with the packages, while
// others of these were left out because the user's is too old for them.
const npms = /\bnode\/v((\d+)\.(\d+))/.exec(process.env.npm_config_user_agent ?? "");
if (npms && (npms[2] < 20 || (npms[2] === "20" && npms[3] < 19))) {
  giveUp(
    `Platevault needs Node 20.19 or newer, and npm runs on ${npms[1]} here: install a newer one from nodejs.org, then ` +
      `"npm install" once more.`,
  );
}
const [major] = process.versions.node.split(".").map(Number);
if (major < 22) {
  giveUp(
    `The archive's local runtime needs Node 22 or newer, and this is ${process.version}: on Linux "npm install" brings ` +
      `one along (unless optional dependencies are switched off), elsewhere install one from nodejs.org.`,
  );
}

const port = Number(process.env.PORT || 8787);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  giveUp(`PORT is "${process.env.PORT}"; it accepts a whole number from 1 to 65535.`);
}

function isFree(number) {
  return new Promise((done) => {
    const probe = createServer();
    probe.once("error", () => done(false));
    probe.listen({ host: "127.0.0.1", port: number, exclusive: true }, () => probe.close(() => done(true)));
  });
}
if (!(await isFree(port))) {
  giveUp(`Port ${port} is in use by another program: stop it, or choose another port with PORT=${port + 1} npm start`);
}

const environment = {
  ...process.env,
  CI: "true", // no questions
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false", // no look-up of where this machine is
  WRANGLER_LOG_PATH: join(".wrangler", "logs"),
};

/** Runs a script of Node's to its end; its output is shown only when it fails. */
function run(args, complaint) {
  const result = spawnSync(process.execPath, args, { env: environment, encoding: "utf8" });
  if (result.status !== 0) {
    console.error(result.stdout + result.stderr);
    giveUp(`${complaint} (see above).`);
  }
}

// ── Secrets and the first account. What is in .dev.vars already is never changed.
function readVars(path) {
  return existsSync(path) ? { ...util.parseEnv(readFileSync(path, "utf8")) } : {};
}

/** As dotenv reads it back: single quotes keep every character as it is. */
const quoted = (value) => (value.includes("'") ? `"${value}"` : `'${value}'`);
const varsPath = ".dev.vars";
let vars = readVars(varsPath);
const missing = {
  SECRET_KEY: randomBytes(32).toString("base64url"),
  ADMIN_USERNAME: process.env.ADMIN_USERNAME || "admin",
  ADMIN_PASSWORD: process.env.ADMIN_PASSWORD || randomBytes(12).toString("base64url"),
};
const additions = Object.entries(missing).filter(([name]) => vars[name] === undefined);
if (additions.length > 0) {
  const before = existsSync(varsPath)
    ? readFileSync(varsPath, "utf8").replace(/\n*$/, "\n")
    : "# Secrets and settings of this machine's archive. Git ignores this file; every setting of the README may stand here.\n";
  writeFileSync(varsPath, before + additions.map(([name, value]) => `${name}=${quoted(value)}\n`).join(""), {
    mode: 0o600,
  });
  vars = readVars(varsPath);
}
chmodSync(varsPath, 0o600);

// The environment wins over .dev.vars for this run. Which settings there are is asked of the one table, so that none is
// forgotten here.
const SETTINGS = new Set(readFileSync("src/config.ts", "utf8").match(/(?<=\(vars, ")[A-Z_]+/g));
for (const name of SETTINGS) if (process.env[name]) vars[name] = process.env[name];

// ── The UI, built when a source is newer than the last build.
function newest(path) {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
const sources = ["src", "public", "vite.config.ts", "package-lock.json"];
if (newest("dist/index.html") < Math.max(...sources.map(newest))) {
  console.log("Building the pages …");
  run(["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"], "The pages could not be built");
}

// ── The catalogue's tables.
console.log("Preparing the catalogue …");
const wrangler = "node_modules/wrangler/bin/wrangler.js";
const state = process.env.PLATEVAULT_STATE ?? join(".wrangler", "state");
const migrations = [wrangler, "d1", "migrations", "apply", "DB", "--local", "--persist-to", state];
run(migrations, "The catalogue could not be prepared");

// ── The Worker.
const LEVELS = ["debug", "log", "info", "warn", "error", "none"];
const least = Math.max(0, LEVELS.indexOf(process.env.LOG_LEVEL || "error"));
const { startLocally } = await import("./local-archive.mjs");
const { miniflare } = await startLocally({
  bindings: vars,
  state,
  port,
  options: {
    handleStructuredLogs({ level, message }) {
      if (LEVELS.indexOf(level) >= least) console.error(message);
    },
  },
}).catch((error) => giveUp(`The archive could not be started: ${error.message}`));
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await miniflare.dispose().catch(() => undefined);
    process.exit(0);
  });
}

const address = `http://127.0.0.1:${port}/`;
const { ADMIN_USERNAME: username, ADMIN_PASSWORD: password } = vars;
const signedIn = await fetch(`${address}api-token-auth/`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ username, password }),
});
const account = signedIn.ok
  ? `${username} / ${password}   (${process.env.ADMIN_PASSWORD ? "from the environment" : "kept in .dev.vars"})`
  : "with your account (its password is not the one in .dev.vars)";
const known = signedIn.ok ? `username=${username}&password=${password}` : "username=…&password=…";
const flag = port === 8787 ? "" : ` --url ${address}`;
console.log(`
  Platevault is running at ${address}

  Sign in     ${account}
  A token     curl -d '${known}' ${address}api-token-auth/
  Demo        npm run demo${flag && ` --${flag}`}   (in another terminal: two nights of two telescopes)
  Your own    npm run archive -- ingest --recursive ~/frames${flag}
  The API     ${address}api/

  Ctrl-C stops it; the frames stay in ${state}.
`);

// ── The clock, which stands still in the local runtime: the upkeep of wrangler.toml's `crons`, and once at the start for
// the work that a killed server has left. Its queue is gone with it, so what had an hour to be done is due now.
const HOUR = 3600 * 1000;
async function keepUp(now) {
  try {
    const { outcome } = await (await miniflare.getWorker()).scheduled({ scheduledTime: new Date(now) });
    if (outcome !== "ok") throw new Error(outcome);
  } catch (error) {
    if (!stopping) console.error(`The upkeep failed, and is tried again in an hour: ${error.message}`);
  }
}
await keepUp(Date.now() + HOUR);
setInterval(() => keepUp(Date.now()), HOUR);
