/** The whole archive on a free port, with the built UI and its own empty storage, for tests and screenshots. */
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { createTestHarness } from "wrangler";

export interface Archive {
  /** Without a slash at the end. */
  url: string;
  username: string;
  password: string;
  close(): Promise<void>;
}

export async function startArchive(): Promise<Archive> {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = "false";
  process.env.WRANGLER_SEND_METRICS = "false";
  const username = "observer";
  const password = randomBytes(12).toString("base64url");
  const server = createTestHarness({
    root: resolve(import.meta.dirname, "../.."),
    workers: [
      {
        configPath: "wrangler.toml",
        secrets: {
          SECRET_KEY: randomBytes(32).toString("base64url"),
          ADMIN_USERNAME: username,
          ADMIN_PASSWORD: password,
        },
      },
    ],
  });
  const { url } = await server.listen();
  await server.getWorker().applyD1Migrations("DB");
  return { url: url.origin, username, password, close: () => server.close() };
}
