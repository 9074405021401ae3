import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";

// Every test file starts with its own empty, migrated catalogue.
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
if (env.DB_1 !== undefined) await applyD1Migrations(env.DB_1, env.TEST_MIGRATIONS);
