import { readFile } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

const fixtures = resolve(import.meta.dirname, "test/fixtures");

/** Gives tests, which run inside workerd, the files under test/fixtures: `env.FIXTURES.fetch("http://fixtures/NAME")`. */
async function serveFixture(request: { url: string }): Promise<Response> {
  const path = resolve(fixtures, `.${decodeURIComponent(new URL(request.url).pathname)}`);
  if (!path.startsWith(fixtures + sep)) return new Response("outside the fixtures", { status: 403 });
  try {
    return new Response(new Uint8Array(await readFile(path)));
  } catch {
    return new Response(`no fixture ${path}`, { status: 404 });
  }
}

// workerd reports each stream that a test has left unread when the next file begins (test/migrate.ts), and each client that
// goes away, which is what some tests are about.
const EXPECTED = /Application called deleteAllDurableObjects|disconnected: (pump|reader) canceled/;
for (const output of [process.stdout, process.stderr]) {
  const write = output.write.bind(output) as (...words: unknown[]) => boolean;
  output.write = (text: unknown, ...words: unknown[]) => EXPECTED.test(String(text)) || write(text, ...words);
}

// `SHARDS=2024-02-01 npm test`: the same tests with frames from that date on in a second database.
const { SHARDS: epoch } = process.env;

export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      main: "./src/worker.ts",
      wrangler: { configPath: "./wrangler.toml" },
      miniflare: {
        cf: false,
        bindings: {
          TEST_MIGRATIONS: await readD1Migrations("migrations"),
          SECRET_KEY: "a secret for tests only, 32 bytes long",
          // Given here, so that the .dev.vars of whoever runs the tests changes nothing.
          ADMIN_USERNAME: "admin",
          ADMIN_PASSWORD: "admin-password-1",
          ...(epoch ? { SHARDS: JSON.stringify({ DB_1: epoch }) } : {}),
        },
        ...(epoch ? { d1Databases: { DB_1: "platevault-1" } } : {}),
        // biome-ignore lint/suspicious/noExplicitAny: miniflare's Request and Response are not the DOM's
        serviceBindings: { FIXTURES: serveFixture as any },
      },
    })),
  ],
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**", "test/interop/**"],
    // Two workerds run all files: the start of one costs more than most files do. test/migrate.ts keeps them apart.
    isolate: false,
    maxWorkers: 2,
    setupFiles: ["./test/migrate.ts"],
    silent: "passed-only",
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
