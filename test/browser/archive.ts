/** The whole archive on a free port, as `npm start` runs it, with empty storage of its own, for tests and screenshots. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, startLocally } from "../../scripts/local-archive.mjs";

export interface Archive {
  /** Of the Worker itself, as `npm start` has it. Without a slash at the end. */
  url: string;
  /** With what decides before it, as in production, which requests the Worker gets (wrangler.toml). */
  routed: string;
  username: string;
  password: string;
  close(): Promise<void>;
}

/** `settings`: those of the README's table, and secrets. */
export async function startArchive(settings: Record<string, string> = {}): Promise<Archive> {
  const state = mkdtempSync(join(tmpdir(), "platevault-browser-"));
  const username = "observer";
  const password = randomBytes(12).toString("base64url");
  const { miniflare, url } = await startLocally({
    state,
    bindings: {
      SECRET_KEY: randomBytes(32).toString("base64url"),
      ADMIN_USERNAME: username,
      ADMIN_PASSWORD: password,
      ...settings,
    },
    options: { handleStructuredLogs: () => {} },
  });
  await migrate(miniflare);
  return {
    url: url.origin,
    routed: (await miniflare.ready).origin,
    username,
    password,
    async close() {
      await miniflare.dispose();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
