import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";

it("is healthy", async () => {
  const response = await exports.default.fetch("http://archive/health/");
  expect([response.status, await response.json()]).toEqual([200, { status: "ok", database: "ok", files: "ok" }]);
});
