import { expect, inject, it } from "vitest";
import { altered } from "./frames.ts";
import { found, observer, rawFrame, upload, url, useBrowser } from "./person.ts";

useBrowser();

const reduced = inject("reduced").replace(".fits", "");

it("shows a frame's image, facts with units, headers, catalogue and versions, each under its address", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByRole("heading", { level: 1, name: reduced }).waitFor();
  const image = page.getByRole("img", { name: /^Preview of/ });
  await expect.poll(() => image.evaluate((one) => (one as { naturalWidth?: number }).naturalWidth)).toBe(512);
  const facts = await page.locator(".facts").textContent();
  expect(facts).toContain("M 51");
  expect(facts).toMatch(/Exposure time\s*120 s/);
  expect(facts).toMatch(/Reduction level\s*1 reduced/);
  expect(facts).toMatch(/Right ascension\s*13:29:\d\d\.\d\d 202\.4\d+°/);
  await expect.poll(() => page.locator(".related-list li").count()).toBeGreaterThan(2);

  await page.getByRole("link", { name: "Headers" }).click();
  await page.getByRole("heading", { name: /^HDU 1/ }).waitFor();
  expect(new URL(page.url()).searchParams.get("tab")).toBe("headers");
  await page.getByLabel("Search the cards").fill("read noise");
  await expect.poll(() => page.locator("table.cards tbody tr").count()).toBe(1);
  expect(await page.locator("table.cards tbody tr").textContent()).toMatch(/RDNOISE\s*7/);
  await page.reload();
  await expect.poll(() => page.locator("table.cards tbody tr").count()).toBe(1);
  await page.getByLabel("Search the cards").fill("no such card");
  await page.getByText("No card holds “no such card”.").waitFor();

  await page.getByRole("link", { name: "Catalogue", exact: true }).click();
  await page.getByText(/^\d+ sources$/).waitFor();
  const column = page.locator("tbody td:first-child");
  await page.locator("thead button").first().click();
  await page.locator("thead button").first().click();
  const values = (await column.allTextContents()).map(Number);
  expect(values).toEqual([...values].sort((a, b) => b - a));

  await page.getByRole("link", { name: "Versions" }).click();
  await expect.poll(() => page.locator("table.frames tbody tr").count()).toBe(1);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: /^Download version 1/ }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(new RegExp(`^${reduced}\\.fits`));
  expect(await file.failure()).toBeNull();
  await page.goBack();
  await page.getByText(/^\d+ sources$/).waitFor();
  expect(person.complaints).toEqual([]);
});

it("shows what a header says as text, whatever it says", async () => {
  const raw = await rawFrame();
  const object = "<img src=x onerror=\"document.title='taken'\">";
  await upload(altered(raw, "goe-script.fits", { OBJECT: object, OBSERVER: "<script>alert(1)</script>" }));
  const person = await observer("/?basename=goe-script");
  const { page } = person;
  await expect.poll(() => found(person).textContent()).toBe("1 frame");
  await page.getByText(object).first().waitFor();
  await page.getByRole("button", { name: "Gallery" }).click();
  await page.locator(".plate-card").waitFor();
  await page.locator(".plate-name").click();
  await page.getByRole("heading", { level: 1, name: "goe-script" }).waitFor();
  await page.getByText(object).first().waitFor();
  await page.getByRole("link", { name: "Headers" }).click();
  await page.getByText("<script>alert(1)</script>").waitFor();
  expect(await page.title()).toBe("goe-script · Platevault");
  expect(await page.locator("main img[src=x], main script").count()).toBe(0);
  expect(person.complaints).toEqual([]);
});

it("keeps the older version, and deletes only after asking", async () => {
  const raw = await rawFrame();
  await upload(altered(raw, "goe-twice.fits", { OBJECT: "first" }));
  await upload(altered(raw, "goe-twice.fits", { OBJECT: "second" }));
  const person = await observer("/?basename_exact=goe-twice");
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByRole("link", { name: "Versions" }).click();
  await expect.poll(() => page.locator("table.frames tbody tr").count()).toBe(2);
  await page.locator("tbody th a", { hasText: /^1$/ }).click();
  await page.getByText("This is version 1 of the frame").waitFor();
  await page.getByText("first", { exact: false }).first().waitFor();

  await page.getByRole("link", { name: "Show the current version" }).click();
  await page.getByRole("button", { name: "Delete …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("button", { name: "Delete …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByRole("heading", { name: "No frame fits all of these filters" }).waitFor();
  await page.goto(`${url}/frame/999999999`);
  await page.getByRole("heading", { name: "This frame is not here" }).waitFor();
});
