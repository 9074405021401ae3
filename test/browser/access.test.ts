/** axe-core finds nothing on any page in any theme, at a desk's width and at a phone's. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { newcomer, observer, url, useBrowser } from "./person.ts";

useBrowser();

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

const THEMES = ["light", "dark", "red"] as const;

/** Pages by the heading that says that they are there, and what is opened on them first. */
const PAGES: { path: string; ready: string; open?: string }[] = [
  { path: "/", ready: "#results-title:has-text('frames')", open: "tbody button[aria-expanded]" },
  { path: "/?view=gallery&SITE=goe&OBJECT=m&covers=nonsense", ready: ".filters .fault" },
  { path: "/?view=gallery&SITE=goe", ready: ".plate-card" },
  { path: "/?OBJECT=nothing+here", ready: ".empty h2" },
  { path: "/frame/FRAME", ready: ".related-list li", open: "button[aria-label='More downloads']" },
  { path: "/frame/FRAME?tab=headers", ready: "table.cards" },
  { path: "/frame/FRAME?tab=catalogue", ready: ".catalogue table" },
  { path: "/frame/FRAME?tab=versions", ready: "table.frames tbody tr" },
  { path: "/frame/999999999", ready: ".empty h1" },
  { path: "/upload", ready: ".drop" },
  { path: "/account", ready: "#password-title" },
  { path: "/no/such/page", ready: ".empty h1" },
];

for (const theme of THEMES) {
  it(`finds nothing in the ${theme} theme`, async () => {
    const person = await observer("/?RLEVEL=1&limit=1");
    const { page, context } = person;
    const href = await page.locator("tbody th a").getAttribute("href");
    const frame = /\d+/.exec(href ?? "")![0];
    await context.addInitScript(`localStorage.setItem("platevault.theme", "${theme}")`);
    const findings: Record<string, string[]> = {};
    const look = async (name: string) => {
      await page.evaluate(axe);
      const options = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
      const found = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as { violations: Finding[] };
      const list = found.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id} ${target.join(" ")}: ${failureSummary}`),
      );
      if (list.length > 0) findings[name] = list;
    };
    for (const { path, ready, open } of PAGES) {
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 900 });
        await page.goto(url + path.replace("FRAME", frame));
        if (width === 390 && path.includes("nonsense")) await page.getByRole("button", { name: /^Filters/ }).click();
        await page.locator(ready).first().waitFor();
        if (open && width === 1280) await page.locator(open).first().click();
        await look(`${path} at ${width}`);
      }
    }
    expect(findings).toEqual({});
  });
}

it("finds nothing on the sign-in page, in any theme", async () => {
  const { page, context } = await newcomer();
  for (const theme of THEMES) {
    await context.addInitScript(`localStorage.setItem("platevault.theme", "${theme}")`);
    await page.goto(`${url}/sign-in?next=%2Fupload`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.evaluate(axe);
    const { violations } = (await page.evaluate("axe.run()")) as { violations: Finding[] };
    expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.target}`)).toEqual([]);
  }
});

it("has room for everything at 320 pixels, and never scrolls sideways as a whole", async () => {
  const { page } = await observer("/", { width: 320, height: 640 });
  for (const path of ["/", "/?view=table", "/upload", "/account"]) {
    await page.goto(url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
  }
});
