/**
 * `npm run screenshots`: every page in every theme at three widths, into docs/screenshots. Starts its own archive with
 * the demo's frames on a free port; the images are WebP, small enough to live in the repository.
 */
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { demoFrames } from "../src/cli/demo-frames.ts";
import { startArchive } from "../test/browser/archive.ts";
import { startBrowser, visit } from "../test/browser/chromium.ts";
import { fill, tokenOf } from "../test/browser/frames.ts";

const THEMES = ["light", "dark", "red"];
const WIDTHS = [
  { name: "phone", width: 390, height: 844, scale: 0.8 },
  { name: "desk", width: 1280, height: 860, scale: 0.75 },
  { name: "wall", width: 2560, height: 1440, scale: 0.36 },
];
const folder = resolve(import.meta.dirname, "../docs/screenshots");
/** Names of pages; none: all of them. */
const only = process.argv.slice(2);

const archive = await startArchive();
const frames = [...demoFrames()];
const someFrames = frames.slice(0, 2);
await fill(archive, frames);
const token = await tokenOf(archive);
const list = await fetch(`${archive.url}/frames/?RLEVEL=1&OBJECT=M+51&FILTER=V&limit=1`, {
  headers: { Authorization: `Token ${token}` },
});
const frame = (await list.json()).results[0].id;

const PAGES = [
  { name: "search", path: "/", ready: "tbody tr" },
  { name: "filtered", path: "/?OBJECT=M+51&FILTER=V&RLEVEL=1", ready: "tbody tr", act: unfold },
  {
    name: "gallery",
    path: "/?view=gallery&OBJECT=5",
    ready: ".plate-card .preview.shown",
    act: (page) => previewsIn(page, ".plate-card"),
  },
  { name: "map", path: "/?view=map&RA=202.469575&DEC=47.195258&radius=0.3", ready: "canvas[data-drawn]" },
  { name: "night", path: "/night/2026-03-15/", ready: "main h1" },
  { name: "frame", path: `/frame/${frame}`, ready: ".frame-image .preview.shown" },
  { name: "related", path: `/frame/${frame}`, ready: ".related-list", act: toRelated },
  {
    name: "viewer",
    path: `/frame/${frame}?tab=viewer&cuts=percentile:99.5&stretch=asinh&show=marks,grid,sources`,
    ready: "canvas[data-drawn]",
  },
  { name: "line", path: `/frame/${frame}?tab=viewer&stretch=asinh&tool=line`, ready: "canvas[data-drawn]", act: line },
  { name: "headers", path: `/frame/${frame}?tab=headers`, ready: "table.cards" },
  { name: "catalogue", path: `/frame/${frame}?tab=catalogue&source=2`, ready: "canvas[data-drawn]" },
  { name: "versions", path: `/frame/${frame}?tab=versions`, ready: "table.frames tbody tr" },
  { name: "upload", path: "/upload", ready: ".drop", act: upload },
  { name: "account", path: "/account", ready: "#password-title" },
];

async function unfold(page) {
  const fold = page.locator("tbody .fold button").first();
  if (!(await fold.isVisible())) return;
  await fold.click();
  await page.locator("table.related tbody tr").first().waitFor();
}

async function toRelated(page) {
  await page.locator(".overview-related").evaluate((section) => section.scrollIntoView());
  await page.evaluate("scrollBy(0, -70)");
  await previewsIn(page, ".related-list");
}

/** Previews come where somebody looks, a moment after they do. */
async function previewsIn(page, part) {
  await page.waitForFunction(
    (previews) =>
      [...document.querySelectorAll(previews)].every(
        (one) => one.matches(".shown") || one.getBoundingClientRect().top > innerHeight,
      ),
    `${part} .preview`,
  );
}

/** A profile along a line through the middle of the image. */
async function line(page) {
  await page.locator(".viewer-canvas").scrollIntoViewIfNeeded();
  const box = await page.locator(".viewer-canvas").boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.3, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, y - 20, { steps: 4 });
  await page.mouse.up();
  // The canvas is drawn in the frame after the next.
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

async function upload(page) {
  await page
    .getByLabel("Files", { exact: true })
    .setInputFiles([
      ...someFrames.map(({ name, bytes }) => ({ name, mimeType: "image/fits", buffer: Buffer.from(bytes) })),
      { name: "broken.fits", mimeType: "image/fits", buffer: Buffer.from("no FITS file") },
    ]);
  await page.getByRole("heading", { name: /^Done/ }).waitFor();
}

mkdirSync(folder, { recursive: true });
if (only.length === 0) for (const name of readdirSync(folder)) rmSync(join(folder, name));
const running = await startBrowser();
const painter = (await visit(running.browser)).page;
for (const theme of THEMES) {
  const { context, page } = await visit(running.browser);
  await context.addInitScript(`localStorage.setItem("platevault.theme", "${theme}")`);
  await page.goto(`${archive.url}/sign-in?next=%2F`);
  await page.getByLabel("Username").waitFor();
  for (const { name: place, width, height, scale } of only.length === 0 || only.includes("sign-in") ? WIDTHS : []) {
    await page.setViewportSize({ width, height });
    await shoot(page, "sign-in", theme, place, scale);
  }
  await page.getByLabel("Username").fill(archive.username);
  await page.getByLabel("Password").fill(archive.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("tbody tr").first().waitFor();
  for (const { name, path, ready, act } of PAGES) {
    if (only.length > 0 && !only.includes(name)) continue;
    for (const { name: place, width, height, scale } of WIDTHS) {
      await page.setViewportSize({ width, height });
      await page.goto(archive.url + path);
      await page
        .locator(place === "phone" && ready === "tbody tr" ? ".plate-card" : ready)
        .first()
        .waitFor();
      await act?.(page);
      await page.waitForLoadState("networkidle");
      await shoot(page, name, theme, place, scale);
    }
  }
  await context.close();
}
await running.close();
await archive.close();
const files = readdirSync(folder);
const bytes = files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
console.log(`${files.length} screenshots, ${Math.round(bytes / 1000)} kB, in docs/screenshots`);

/** Playwright writes PNG and JPEG; the browser itself turns PNG into WebP, a third of the size. */
async function shoot(page, name, theme, place, scale) {
  const png = await page.screenshot();
  const data = await painter.evaluate(
    async ([base64, factor]) => {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(Math.round(image.width * factor), Math.round(image.height * factor));
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      const blob = await canvas.convertToBlob({ type: "image/webp", quality: 0.33 });
      const out = new Uint8Array(await blob.arrayBuffer());
      let text = "";
      for (const byte of out) text += String.fromCharCode(byte);
      return btoa(text);
    },
    [png.toString("base64"), scale],
  );
  writeFileSync(join(folder, `${name}-${place}-${theme}.webp`), Buffer.from(data, "base64"));
  if (process.env.PNG) writeFileSync(join(process.env.PNG, `${name}-${place}-${theme}.png`), png);
}
