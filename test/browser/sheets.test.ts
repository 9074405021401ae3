/** Style sheets of pages come when the page is shown, and stay when another is. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, it } from "vitest";

it("styles a class in one page's sheets only", () => {
  const pages = new Map<string, Set<string>>();
  const sheets = readdirSync("src/ui", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".css"));
  for (const path of sheets) {
    const sheet = readFileSync(join("src/ui", path), "utf8").replaceAll(/\/\*.*?\*\//gs, "");
    for (const [, name] of sheet.matchAll(/(?<=^|,)\s*\.([\w-]+)(?:[:[][^\s>{,]*)?(?=\s*[{,])/gm)) {
      pages.set(name!, (pages.get(name!) ?? new Set()).add(basename(dirname(path))));
    }
  }
  expect(pages.size).toBeGreaterThan(100);
  expect([...pages].filter(([, of]) => of.size > 1)).toEqual([]);
});
