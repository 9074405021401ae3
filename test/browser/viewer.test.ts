import { expect, inject, it } from "vitest";
import { observer, rawFrame, url, useBrowser } from "./person.ts";

useBrowser();

/** The pixel of the demo's raw frames at FITS coordinates: 16-bit integers with BZERO 32768 after two headers. */
function pixelOf(bytes: Uint8Array, x: number, y: number): number {
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 2880 * 6));
  const begin = text.indexOf("XTENSION");
  let end = text.indexOf("END     ", begin);
  while ((end - begin) % 80 !== 0) end = text.indexOf("END     ", end + 1);
  const data = Math.ceil((end + 80) / 2880) * 2880;
  return new DataView(bytes.buffer, bytes.byteOffset).getInt16(data + 2 * ((y - 1) * 512 + x - 1)) + 32768;
}

it("shows the real pixels live: value and position under the cross-hair, cuts, zoom, turn", async () => {
  const raw = await rawFrame();
  const person = await observer(`/?basename_exact=${inject("raw").replace(".fits", "")}`);
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByRole("link", { name: "Live image" }).click();
  const canvas = page.locator("canvas");
  await expect.poll(() => canvas.getAttribute("data-drawn")).not.toBeNull();
  const part = (name: string) => page.locator(`[data-part=${name}]`).textContent();

  // The keyboard's cross-hair begins in the middle of the image.
  await canvas.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => part("pixel")).toBe("258, 257");
  expect(await part("value")).toBe(String(pixelOf(raw.bytes, 258, 257)));
  await page.keyboard.press("Shift+ArrowUp");
  await expect.poll(() => part("pixel")).toBe("258, 267");
  expect(await part("value")).toBe(String(pixelOf(raw.bytes, 258, 267)));
  expect(await part("sky")).toMatch(/^13:29:\d\d\.\d{3} \+47:1\d:\d\d\.\d\d/);

  // What the canvas shows is bright where the image is: minimum black, maximum white.
  const shown = () =>
    page.evaluate(`{
      const canvas = document.querySelector("canvas");
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      let sum = 0, lit = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i + 3] > 0) { sum += data[i]; lit++; }
      ({ mean: sum / lit, lit: lit / (data.length / 4) });
    }`) as Promise<{ mean: number; lit: number }>;
  const zscaled = await shown();
  expect(zscaled.lit).toBeGreaterThan(0.3);
  expect(zscaled.mean).toBeGreaterThan(20);
  await page.getByLabel("Cuts").selectOption("minmax");
  await expect.poll(async () => (await shown()).mean).toBeLessThan(zscaled.mean);
  await page.getByLabel("Colours").selectOption("invert");
  await expect.poll(async () => (await shown()).mean).toBeGreaterThan(zscaled.mean);

  await page.getByRole("button", { name: "North up" }).click();
  await page.getByRole("button", { name: "Closer" }).click();
  const [png] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as PNG" }).click(),
  ]);
  expect(png.suggestedFilename()).toMatch(/\.png$/);
  expect(person.complaints).toEqual([]);
});

it("shows packed frames the same way, and falls back to the preview where a file cannot be read", async () => {
  const person = await observer(`/?basename_exact=${inject("reduced").replace(".fits", "")}`);
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByRole("link", { name: "Live image" }).click();
  await expect.poll(() => page.locator("canvas").getAttribute("data-drawn")).not.toBeNull();
  await page.route("**/download/", (route) => route.fulfill({ body: "no FITS" }));
  await page.reload();
  await page.getByText("The pixels cannot be shown").waitFor();
  await expect.poll(() => page.locator(".frame-image .preview.shown").count()).toBe(1);
  expect(new URL(page.url()).origin).toBe(new URL(url).origin);
});
