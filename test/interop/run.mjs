/**
 * `npm run test:interop`: checks against the field's own programs. Each `*.interop.ts` here is a program of its own that
 * prints "ok", "FAIL" or "skip" lines; what is not installed is skipped with a word. `npm test` needs none of them.
 */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dirname;
const wanted = process.argv.slice(2);
const totals = { ok: 0, FAIL: 0, skip: 0 };
for (const name of readdirSync(here).sort()) {
  if (!name.endsWith(".interop.ts") || (wanted.length > 0 && !wanted.some((part) => name.includes(part)))) continue;
  console.log(`── ${name.replace(".interop.ts", "")}`);
  const result = spawnSync(process.execPath, ["--import", "tsx", join(here, name)], {
    encoding: "utf8",
    timeout: 20 * 60_000,
  });
  process.stdout.write(result.stdout);
  process.stderr.write(result.stderr);
  for (const line of result.stdout.split("\n")) {
    const word = /^(ok|FAIL|skip)\b/.exec(line)?.[1];
    if (word) totals[word]++;
  }
  if (result.status !== 0 && !/^FAIL\b/m.test(result.stdout)) totals.FAIL++;
}
console.log(`\n${totals.ok} passed, ${totals.FAIL} failed, ${totals.skip} skipped`);
process.exitCode = totals.FAIL > 0 ? 1 : 0;
