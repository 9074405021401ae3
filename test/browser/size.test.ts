/** What a first visit loads: sizes are the same on every machine. */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";

const dist = resolve(import.meta.dirname, "../../dist");

/** Scripts that a file imports at once, with those that they import. */
function loadedWith(name: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(name)) return loaded;
  loaded.add(name);
  const text = readFileSync(resolve(dist, "assets", name), "utf8");
  for (const [, other] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) loadedWith(other!, loaded);
  return loaded;
}

function gzipped(names: Iterable<string>): number {
  let sum = 0;
  for (const name of names) sum += gzipSync(readFileSync(resolve(dist, "assets", name))).length;
  return sum;
}

it("loads at most 60 KB of script for the search page, and no viewer, map or SAMP with it", () => {
  const html = readFileSync(resolve(dist, "index.html"), "utf8");
  const entries = [...html.matchAll(/\/assets\/([\w.-]+\.js)/g)].map(([, name]) => name!);
  const first = new Set(entries.flatMap((name) => [...loadedWith(name)]));
  expect(first.size).toBeGreaterThan(1);
  expect(gzipped(first)).toBeLessThanOrEqual(60_000);
  const later = readdirSync(resolve(dist, "assets")).filter((name) => name.endsWith(".js") && !first.has(name));
  for (const part of ["viewer", "samp", "map"]) {
    expect(later.some((name) => name.startsWith(part))).toBe(true);
  }
});
