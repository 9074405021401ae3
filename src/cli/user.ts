import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { checkStrength, hashPassword } from "../archive/password.ts";
import { ArchiveClient } from "./archive-client.ts";
import { type Command, UsageError } from "./command.ts";

interface User {
  username: string;
  email: string;
  is_staff: boolean;
  is_active: boolean;
  proposals: string[];
}

/** The new password: the option's, what is typed, or, where nobody is there to type, one made up and shown. */
async function passwordFor(
  username: string,
  options: Record<string, unknown>,
): Promise<{ password: string; made: boolean }> {
  if (typeof options.password === "string") return { password: options.password, made: false };
  if (process.stdin.isTTY) {
    process.stderr.write(`Password for ${username} (empty: one is made up): `);
    const silent = new Writable({ write: (_bytes, _encoding, done) => done() }); // what is typed is not shown
    const prompt = createInterface({ input: process.stdin, output: silent, terminal: true });
    const typed = await prompt.question("");
    prompt.close();
    process.stderr.write("\n");
    if (typed !== "") return { password: typed, made: false };
  }
  return { password: randomBytes(12).toString("base64url"), made: true };
}

/** A text in SQL (the only way into the local database is a statement on wrangler's command line). */
function sqlText(value: string): string {
  if (value.includes("\0")) throw new UsageError("A name cannot hold a NUL character.");
  return `'${value.replaceAll("'", "''")}'`;
}

/** Adds an account to the embedded database of this machine, for when there is nobody yet who could sign in. */
async function addLocally(username: string, password: string, staff: boolean): Promise<void> {
  checkStrength(password, username);
  const state = process.env.PLATEVAULT_STATE;
  const sql =
    `INSERT INTO user (username, password, is_staff) ` +
    `VALUES (${sqlText(username)}, ${sqlText(await hashPassword(password))}, ${staff ? 1 : 0})`;
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const args = ["d1", "execute", "DB", "--local", "--yes", ...(state ? ["--persist-to", state] : []), "--command", sql];
  try {
    execFileSync(process.execPath, [`${root}node_modules/wrangler/bin/wrangler.js`, ...args], {
      cwd: root,
      env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
      stdio: "pipe",
    });
  } catch (cause) {
    const output =
      String((cause as { stderr?: Buffer }).stderr ?? "") + String((cause as { stdout?: Buffer }).stdout ?? "");
    if (/UNIQUE constraint/.test(output)) throw new Error(`There is a user "${username}" already.`, { cause });
    if (/no such table/.test(output))
      throw new Error("There is no local archive yet: run `npm start` once.", { cause });
    throw new Error(`The local database refused:\n${output.trim()}`, { cause });
  }
}

function pathOf(username: string): string {
  return `admin/api/users/${encodeURIComponent(username)}/`;
}

const actions: Record<string, (name: string | undefined, options: Record<string, unknown>) => Promise<void>> = {
  async add(name, options) {
    if (!name) throw new UsageError("Name the user to add.");
    const staff = options.staff === true;
    const hash = options["password-hash"];
    const { password, made } =
      typeof hash === "string" ? { password: null, made: false } : await passwordFor(name, options);
    if (options.local === true) {
      if (password === null) throw new UsageError("--password-hash needs a running archive.");
      await addLocally(name, password, staff);
    } else {
      const archive = await ArchiveClient.connect(options);
      const proposals =
        typeof options.proposals === "string" ? options.proposals.split(",").map((text) => text.trim()) : [];
      await archive.json("admin/api/users/", {
        method: "POST",
        json: { username: name, password, password_hash: hash, is_staff: staff, proposals },
      });
    }
    console.log(`${name} may sign in now${staff ? ", as staff" : ""}${made ? `; password: ${password}` : ""}`);
  },

  async list(_, options) {
    const archive = await ArchiveClient.connect(options);
    const { results } = await archive.json<{ results: User[] }>("admin/api/users/");
    for (const user of results) {
      const marks = [user.is_staff ? "staff" : "", user.is_active ? "" : "disabled", ...user.proposals].filter(Boolean);
      console.log(`${user.username.padEnd(24)} ${marks.join(" ")}`.trimEnd());
    }
  },

  async disable(name, options) {
    if (!name) throw new UsageError("Name the user to disable.");
    const archive = await ArchiveClient.connect(options);
    await archive.json(pathOf(name), { method: "PATCH", json: { is_active: false } });
    console.log(`${name} can no longer sign in; tokens and sessions have ended`);
  },

  async enable(name, options) {
    if (!name) throw new UsageError("Name the user to enable.");
    const archive = await ArchiveClient.connect(options);
    await archive.json(pathOf(name), { method: "PATCH", json: { is_active: true } });
    console.log(`${name} may sign in again`);
  },

  async password(name, options) {
    if (!name) throw new UsageError("Name the user whose password to set.");
    const { password, made } = await passwordFor(name, options);
    const archive = await ArchiveClient.connect(options);
    await archive.json(pathOf(name), { method: "PATCH", json: { password } });
    console.log(`${name} has a new password${made ? `: ${password}` : ""}`);
  },
};

export const user: Command = {
  usage: "user add|list|disable|enable|password [NAME]",
  summary: "Adds, lists and changes accounts.",
  options: {
    staff: { type: "boolean", value: "", help: "add: may upload, delete and manage accounts" },
    password: { type: "string", value: "TEXT", help: "add, password: the password (else it is asked for)" },
    "password-hash": { type: "string", value: "HASH", help: "add: the password's hash in another archive's Django" },
    proposals: { type: "string", value: "A,B", help: "add: proposals whose embargoed frames the user may see" },
    local: { type: "boolean", value: "", help: "add: straight into this machine's database, for the first account" },
  },
  async run([action, name], options) {
    const act = actions[action ?? ""];
    if (act === undefined)
      throw new UsageError(`"${action ?? ""}" is no action; there are ${Object.keys(actions).join(", ")}.`);
    await act(name, options);
    return 0;
  },
};
