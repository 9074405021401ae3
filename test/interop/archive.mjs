/** An archive of its own for a check with foreign programs: started as `npm start` does, on a free port, thrown away. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const USERNAME = "interop";
const PASSWORD = "interop-password-1";

export function freePort() {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

/** Starts an archive; answers its address, a staff token, and how to end it. */
export async function startArchive(settings = {}) {
  const state = mkdtempSync(join(tmpdir(), "platevault-interop-"));
  const port = await freePort();
  const server = spawn(process.execPath, ["scripts/start.mjs"], {
    env: {
      ...process.env,
      ...settings,
      PORT: String(port),
      PLATEVAULT_STATE: state,
      ADMIN_USERNAME: USERNAME,
      ADMIN_PASSWORD: PASSWORD,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  await new Promise((ready, fail) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (bytes) => {
        output += bytes;
        if (output.includes("Platevault is running at")) ready();
      });
    }
    server.once("exit", () => fail(new Error(`the archive did not start:\n${output}`)));
  });
  const url = `http://127.0.0.1:${port}/`;
  const answer = await fetch(`${url}api-token-auth/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username: USERNAME, password: PASSWORD }),
  });
  if (!answer.ok) throw new Error(`no token: ${answer.status} ${await answer.text()}`);
  const { token } = await answer.json();
  const stop = () =>
    new Promise((done) => {
      server.removeAllListeners("exit");
      server.once("exit", () => {
        rmSync(state, { recursive: true, force: true });
        done();
      });
      server.kill("SIGTERM");
    });
  return { url, token, state, stop };
}
