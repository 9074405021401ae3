import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";

// Runs before every test file, in the workerd that the files before have used: each has modules of its own …
vi.resetModules();
// … and its own empty, migrated catalogue, bucket, cache and queue. `reset` empties only what is awake, and workerd puts
// to sleep what rests for ten seconds: all is touched first.
const databases = [env.DB, env.DB_1].filter((database) => database !== undefined);
await Promise.all([
  ...databases.map((database) => database.prepare("SELECT 1").run()),
  env.FILES.head("-"),
  caches.default.match("http://archive/"),
  caches.open("resolver").then((cache) => cache.match("http://archive/")),
]);
await reset();
for (const database of databases) await applyD1Migrations(database, env.TEST_MIGRATIONS);
