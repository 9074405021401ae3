import { defineConfig } from "vitest/config";

/** Tests of the pages in real Chromium against the whole archive: in Node, one after the other, one archive for all. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: ["test/browser/setup.ts"],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
