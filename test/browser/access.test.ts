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
  { path: "/?limit=10", ready: "#results-title:has-text('frames')", open: "tbody button[aria-expanded]" },
  { path: "/?SITE=goe&OBJECT=m&covers=nonsense", ready: ".filters .fault" },
  { path: "/?view=gallery&SITE=goe&limit=4", ready: ".plate-card" },
  { path: "/?OBJECT=nothing+here", ready: ".empty h2" },
  { path: "/frame/FRAME", ready: ".related-list li", open: "button[aria-label='More downloads']" },
  { path: "/frame/FRAME?tab=viewer", ready: "canvas[data-drawn]" },
  { path: "/frame/FRAME?tab=headers", ready: "table.cards" },
  { path: "/frame/FRAME?tab=catalogue", ready: ".catalogue table" },
  { path: "/frame/FRAME?tab=versions", ready: "table.frames tbody tr" },
  { path: "/frame/999999999", ready: ".empty h1" },
  { path: "/?view=map", ready: ".map-list li", open: ".map-bar .menu button" },
  { path: "/night/", ready: ".gaps li" },
  { path: "/upload", ready: ".drop" },
  { path: "/account", ready: "#password-title" },
  { path: "/no/such/page", ready: ".empty h1" },
];

type Visited = Awaited<ReturnType<typeof observer>>["page"];

/** What axe-core says against the page as it stands, in each theme. */
async function findings(page: Visited, themes: readonly string[] = THEMES): Promise<string[]> {
  await page.evaluate(axe);
  const found: string[] = [];
  for (const theme of themes) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    // What holds in one theme holds in the others, but for colours.
    const rules = {
      resultTypes: ["violations"],
      // WCAG 2.2's 2.5.8, which axe-core leaves out unless asked.
      rules: { "target-size": { enabled: true } },
      ...(theme === "light" ? {} : { runOnly: { type: "rule", values: ["color-contrast"] } }),
    };
    const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(rules)})`)) as {
      violations: Finding[];
    };
    for (const { id, nodes } of violations) {
      for (const { target, failureSummary } of nodes)
        found.push(`${theme}: ${id} ${target.join(" ")} ${failureSummary}`);
    }
  }
  return found;
}

it.for(PAGES)("finds nothing on $path", async ({ path, ready, open }) => {
  const frame = await frameId();
  const { page } = await someone();
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(url + path.replace("FRAME", frame));
    if (width === 390 && path.includes("nonsense")) await page.getByRole("button", { name: /^Filters/ }).click();
    await page.locator(ready).first().waitFor();
    if (open && width === 1280) await page.locator(open).first().click();
    expect(await findings(page, width === 390 ? ["light"] : THEMES)).toEqual([]);
  }
});

let visited: Awaited<ReturnType<typeof observer>> | null = null;
let shown: string | null = null;

/** One person for all pages: signing in is another test's business. */
async function someone() {
  visited ??= await observer("/?RLEVEL=1&limit=1");
  return visited;
}

/** A reduced frame, with related ones and a catalogue. */
async function frameId(): Promise<string> {
  const { page } = await someone();
  shown ??= /\d+/.exec((await page.locator("tbody th a").getAttribute("href")) ?? "")![0];
  return shown;
}

it("finds nothing on the sign-in page", async () => {
  const { page } = await newcomer();
  await page.goto(`${url}/sign-in?next=%2Fupload`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await findings(page)).toEqual([]);
});

it("finds nothing in what opens over the pages", async () => {
  const { page } = await someone();
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${url}/frame/${await frameId()}?tab=headers&raw=1`);
  await page.locator("pre.raw-cards").first().waitFor();
  for (const [button, there] of [
    ["Share", "Share this frame"],
    ["Cite", "Cite this frame"],
    ["Delete …", "Delete this frame?"],
  ] as const) {
    await page.getByRole("button", { name: button, exact: true }).click();
    await page.getByRole("dialog", { name: there }).waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
  }
  for (const menu of ["Send to", "Appearance", /^Account of/]) {
    await page.getByRole("button", { name: menu }).click();
    await page.locator(".menu-panel :is(button, a)").first().waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
  }
  await page.goto(url);
  for (const menu of ["Columns", "For other programs"]) {
    await page.getByRole("button", { name: menu }).click();
    await page.locator(".menu-panel").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
  }
  await page.getByRole("button", { name: "Saved searches" }).click();
  await page.getByLabel("Save this search as").waitFor();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Object contains" }).fill("m");
  await page.getByRole("listbox", { name: "Suggestions" }).getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  // Results that are on their way out are shown fainter, until the next are here.
  await page.getByRole("button", { name: "Remove filter Object m" }).waitFor();
  await page.locator(".results[aria-busy=false]").waitFor();
  await page.getByRole("option", { selected: true, name: /^M 51\s*\d+ frames$/ }).waitFor();
  expect(await findings(page)).toEqual([]);
});

it("finds nothing while files go up, wait and fail, and while the archive is away", async () => {
  const { page } = await someone();
  const frame = await frameId();
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${url}/upload`);
  await page.route("**/frames/create/", (route) =>
    route.request().postData()?.includes("a-wrong.fits")
      ? route.fulfill({ json: { created: 0, filenames: [], errors: ["a-wrong.fits: not a FITS file"] } })
      : undefined,
  );
  const names = ["a-wrong.fits", "a.fits", "b.fits", "c.fits", "d.fits", "notes.txt"];
  const files = names.map((name) => ({ name, mimeType: "image/fits", buffer: Buffer.from(name) }));
  await page.getByLabel("Files", { exact: true }).setInputFiles(files);
  await page.locator(".item-row.failed").waitFor();
  await page.locator(".item-row.sending").nth(2).waitFor();
  await page.getByRole("button", { name: "Cancel a.fits" }).click();
  await page.locator(".item-row.cancelled").waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  expect(await findings(page)).toEqual([]);
  await page.getByRole("button", { name: "Cancel all" }).click();
  await page.unroute("**/frames/create/");

  await page.goto(`${url}/account`);
  await page.getByLabel("Present password").fill("not the password");
  await page.getByLabel("New password").fill("another password");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.locator(".fault").waitFor();
  await page
    .getByRole("button", { name: /^Revoke/ })
    .first()
    .click();
  expect(await findings(page)).toEqual([]);

  await page.route(/\/(accounts|profile)\//, (route) => route.abort());
  await page.goto(`${url}/account`);
  await page.getByRole("alert").waitFor();
  expect(await findings(page)).toEqual([]);
  await page.unroute(/\/(accounts|profile)\//);
  await page.route(/\/frames\//, (route) => route.fulfill({ status: 500, json: { detail: "Internal error." } }));
  for (const path of [`/frame/${frame}`, "/", "/night/"]) {
    await page.goto(url + path);
    await page.getByRole("alert").first().waitFor();
    expect(await findings(page), path).toEqual([]);
  }
  await page.unroute(/\/frames\//);
  // While nothing has come yet: it is said after a moment.
  await page.route(/\/frames\//, () => {});
  await page.goto(`${url}/frame/${frame}`);
  await page.getByText("Loading the frame …").waitFor();
  expect(await findings(page)).toEqual([]);
  await page.goto(`${url}/?view=map`);
  await page.getByText("Reading the frames …").waitFor();
  expect(await findings(page)).toEqual([]);
  await page.unroute(/\/frames\//);
});

it("finds nothing while the image is measured and compared, and the map is drawn on", async () => {
  const { page } = await someone();
  await page.setViewportSize({ width: 1280, height: 1000 });
  await page.goto(`${url}/frame/${await frameId()}?tab=viewer`);
  await page.locator("canvas[data-drawn]").waitFor();
  await page.getByRole("button", { name: "Compare", exact: true }).click();
  await page.getByRole("button", { name: "Star", exact: true }).click();
  await page.locator(".viewer-canvas").press("Enter");
  await page.getByRole("button", { name: "Keys", exact: true }).click();
  await page.getByRole("region", { name: "Keys" }).waitFor();
  expect(await findings(page)).toEqual([]);
  await page.keyboard.press("Escape");
  for (const tool of ["Line", "Circle"]) {
    await page.getByRole("button", { name: tool, exact: true }).click();
    await page.locator(".viewer-canvas").press("Enter");
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: tool }).locator("dl").first().waitFor();
    expect(await findings(page)).toEqual([]);
  }
  await page.goto(`${url}/?view=map`);
  await page.getByRole("button", { name: "Draw a polygon" }).click();
  await page.getByRole("button", { name: "Stop drawing" }).waitFor();
  expect(await findings(page)).toEqual([]);
});

it("has room for everything at 320 pixels, and never scrolls sideways as a whole", async () => {
  const { page } = await someone();
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of [
    "/",
    "/?view=table",
    "/?view=map",
    "/night/",
    "/upload",
    "/account",
    `/frame/${await frameId()}`,
    `/frame/${await frameId()}?tab=headers&raw=1`,
    `/frame/${await frameId()}?tab=catalogue`,
    `/frame/${await frameId()}?tab=versions`,
  ]) {
    await page.goto(url + path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate("document.documentElement.scrollWidth"), path).toBeLessThanOrEqual(320);
    await page.evaluate(SPACED);
    expect(await page.evaluate("document.documentElement.scrollWidth"), `${path} spaced`).toBeLessThanOrEqual(320);
  }
});

/** Letters, words and lines as far apart as WCAG 2.2 (1.4.12) lets a person have them. */
const SPACED = `{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }");
  document.adoptedStyleSheets = [sheet];
}`;

it("keeps the texts of a list apart when their letters are spaced", async () => {
  const { page } = await someone();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(`${url}/?view=table&limit=5`);
  await page.locator("tbody th a").first().waitFor();
  await page.evaluate(SPACED);
  // The text of each cell, measured as it is drawn, ends before the next cell begins.
  const over = await page.evaluate(`[...document.querySelectorAll("tbody td, tbody th")].filter((cell) => {
    const text = document.createRange();
    text.selectNodeContents(cell);
    return text.getBoundingClientRect().right > cell.getBoundingClientRect().right + 1;
  }).map((cell) => cell.textContent)`);
  expect(over).toEqual([]);
});

it("draws, measures and comes closer without a drag, and a tip can be gone to and sent away", async () => {
  const { page } = await someone();
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto(`${url}/frame/${await frameId()}?tab=viewer&tool=line`);
  const image = page.locator(".viewer-canvas");
  await page.locator("canvas[data-drawn]").waitFor();
  await image.click({ position: { x: 300, y: 200 } });
  await image.click({ position: { x: 420, y: 260 } });
  const part = (title: string) => page.getByRole("region", { name: title });
  await part("Line")
    .getByText(/pixels|px/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Circle", exact: true }).click();
  await image.click({ position: { x: 360, y: 230 } });
  await image.click({ position: { x: 400, y: 230 } });
  await part("Circle").getByText("Mean", { exact: true }).waitFor();

  await page.goto(`${url}/?view=map&at=202.47,47.2,10`);
  const map = page.getByRole("application", { name: "Sky map" });
  await page.locator("canvas[data-drawn]").waitFor();
  await page.locator(".map-list li").first().waitFor();
  const { x, y, width, height } = (await map.boundingBox())!;
  const before = await page.locator(".map-readout").textContent();
  await page.mouse.dblclick(x + 20, y + 20);
  await page.mouse.move(x - 5, y + 20);
  await expect.poll(() => page.locator(".map-readout").textContent()).not.toBe(before);
  await page.goto(`${url}/?view=map&RA=202.469575&DEC=47.195258&radius=0.3`);
  await page.locator(".map-list li").first().waitFor();
  const tip = page.locator(".tip");
  await page.mouse.move(x + width / 2, y + height / 2);
  await tip.waitFor();
  const box = (await tip.boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 20, { steps: 8 });
  // Longer than it lingers.
  await page.waitForTimeout(500);
  expect(await tip.isVisible()).toBe(true);
  await page.keyboard.press("Escape");
  await tip.waitFor({ state: "detached" });
});
