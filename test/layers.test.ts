import { describe, expect, it } from "vitest";

/** Every source file's text, by its path below src/. */
const sources = Object.fromEntries(
  Object.entries(
    import.meta.glob<string>("../src/**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true }),
  ).map(([path, text]) => [path.replace("../src/", ""), text]),
);

/** What each layer may import of the project besides itself. The arrows of the README's "How it is built". */
const ALLOWED: Record<string, string[]> = {
  "worker.ts": ["app.ts", "config.ts", "archive", "store"],
  "app.ts": ["http", "archive", "store", "config.ts"],
  "config.ts": [],
  "csv.ts": [],
  http: ["archive", "store", "fits", "imaging", "sky", "config.ts"],
  archive: ["store", "fits", "imaging", "sky", "kernels", "config.ts", "csv.ts"],
  store: ["fits", "sky"],
  fits: [],
  imaging: ["fits"],
  sky: ["fits"],
  kernels: ["fits", "imaging"],
  ui: ["fits", "imaging", "sky", "kernels", "csv.ts"],
  cli: ["fits", "sky", "archive"],
};
/** Layers that run unchanged in the browser: no runtime's own modules. */
const PURE = ["fits", "imaging", "sky"];

const layerOf = (path: string) => path.split("/")[0]!;

/** Specifiers of a file's imports; type-only ones are told apart, because they vanish. */
function importsOf(text: string): { specifier: string; typeOnly: boolean }[] {
  const found = text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^;"']*?from\s+["']([^"']+)["']/gm);
  const dynamic = text.matchAll(/\bimport\(\s*["']([^"']+)["']\s*\)/g);
  return [
    ...[...found].map((match) => ({ specifier: match[2]!, typeOnly: match[1] !== undefined })),
    ...[...dynamic].map((match) => ({ specifier: match[1]!, typeOnly: false })),
  ];
}

function targetOf(path: string, specifier: string): string {
  return new URL(specifier, `http://src/${path}`).pathname.slice(1);
}

describe("layers", () => {
  it("import only downwards", () => {
    const wrong: string[] = [];
    for (const [path, text] of Object.entries(sources)) {
      const layer = layerOf(path);
      for (const { specifier, typeOnly } of importsOf(text)) {
        if (!specifier.startsWith(".")) continue;
        const target = layerOf(targetOf(path, specifier));
        const allowed = target === layer || ALLOWED[layer]?.includes(target) || (layer === "ui" && typeOnly);
        if (!allowed) wrong.push(`${path} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("keep runtimes out of the pure folders", () => {
    const wrong: string[] = [];
    for (const [path, text] of Object.entries(sources)) {
      if (!PURE.includes(layerOf(path))) continue;
      for (const { specifier } of importsOf(text)) {
        if (/^(node:|cloudflare:|hono|drizzle|@cf-wasm|@hono)/.test(specifier))
          wrong.push(`${path} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("write the app's addresses relative to the archive's own, which may have a path", () => {
    const wrong: string[] = [];
    for (const [path, text] of Object.entries(sources)) {
      if (layerOf(path) !== "ui") continue;
      const code = text.replace(/^\s*(?:\/?\*|\/\/).*$/gm, "");
      for (const [found] of code.matchAll(/["`]\/(?:[a-z?]|\$\{).*|href="\/".*|\blocation\.origin\b/g)) {
        wrong.push(`${path}: ${found}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("see the whole tree", () => {
    // Were the glob empty, the tests above could not fail.
    expect(Object.keys(sources).length).toBeGreaterThan(50);
    expect(importsOf('import { a } from "./a.ts";\nimport type { B } from "../b.ts";')).toEqual([
      { specifier: "./a.ts", typeOnly: false },
      { specifier: "../b.ts", typeOnly: true },
    ]);
  });
});
