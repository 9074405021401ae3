/** The whole archive on a free port, as `npm start` runs it, with empty storage of its own, for tests and screenshots. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, startLocally } from "../../scripts/local-archive.mjs";

export interface Archive {
  /** Without a slash at the end. */
  url: string;
  username: string;
  password: string;
  close(): Promise<void>;
}

export async function startArchive(): Promise<Archive> {
  const state = mkdtempSync(join(tmpdir(), "platevault-browser-"));
  const username = "observer";
  const password = randomBytes(12).toString("base64url");
  const { miniflare, url } = await startLocally({
    state,
    bindings: {
      SECRET_KEY: randomBytes(32).toString("base64url"),
      ADMIN_USERNAME: username,
      ADMIN_PASSWORD: password,
    },
    options: { handleStructuredLogs: () => {} },
  });
  await migrate(miniflare);
  return {
    url: url.origin,
    username,
    password,
    async close() {
      await miniflare.dispose();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
