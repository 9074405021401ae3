declare namespace Cloudflare {
  interface Env {
    TEST_MIGRATIONS: import("cloudflare:test").D1Migration[];
    FIXTURES: Fetcher;
    /** The second shard, with SHARDS in the environment. */
    DB_1?: D1Database;
  }
}
