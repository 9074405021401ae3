import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, expect, it } from "vitest";
import type { Visit } from "./chromium.ts";
import { observer, url, useBrowser } from "./person.ts";
import { FIELD, idOf, KINDS, truth, uploadField, ViewerPage } from "./viewer-person.ts";

useBrowser();

const [V, B] = FIELD;
/** The whole of a fixture's frame, 2.5 CSS pixels for each of its. */
const WHOLE = "&at=80.5,80.5,2.5,0";

let person: Visit;

beforeAll(async () => {
  await uploadField();
  person = await observer("/account", { height: 1000 });
});

it("shows CFITSIO's values and wcslib's positions under the cross-hair", async () => {
  for (const stem of [V, B]) {
    const viewer = await ViewerPage.open(person.page, stem, WHOLE);
    for (const [x, y, value, ra, dec] of truth[stem]!.pixels) {
      await viewer.cross([x, y]);
      expect(await viewer.part("value")).toBe(String(value));
      const degrees = (await viewer.part("degrees")).split(" ").map(Number);
      expect(Math.abs(degrees[0]! - ra)).toBeLessThan(6e-7);
      expect(Math.abs(degrees[1]! - dec)).toBeLessThan(6e-7);
      const [h, m, s, d, dm, ds] = (await viewer.part("sky")).split(/[: ]/).map(Number);
      expect(15 * (h! + m! / 60 + s! / 3600)).toBeCloseTo(ra, 5);
      expect(d! + dm! / 60 + ds! / 3600).toBeCloseTo(dec, 5);
    }
  }
  expect(person.complaints).toEqual([]);
});

it("shows them of every kind of pixels and coordinates, to the last digit", async () => {
  for (const [hdu, pixels] of Object.entries(truth[KINDS]!.units)) {
    const viewer = await ViewerPage.open(person.page, KINDS, `&hdu=${hdu}&at=24.5,24.5,8,0`);
    for (const [x, y, value, ra, dec] of pixels) {
      await viewer.cross([x, y]);
      expect(await viewer.part("value")).toBe(value ?? "undefined");
      const degrees = (await viewer.part("degrees")).split(" ").map(Number);
      expect(Math.abs(degrees[0]! - ra)).toBeLessThan(6e-7);
      expect(Math.abs(degrees[1]! - dec)).toBeLessThan(6e-7);
    }
  }
  expect(person.complaints).toEqual([]);
});

it("opens other HDUs and the planes of a cube, and says where a pixel has no value", async () => {
  const viewer = await ViewerPage.open(person.page, V);
  await viewer.page.getByLabel("HDU").selectOption({ label: "2 CUBE (50 × 40)" });
  await expect.poll(() => viewer.page.getByLabel("Plane of 3").inputValue()).toBe("1");
  await ViewerPage.open(person.page, V, "&hdu=2&at=25.5,20.5,6,0");
  const plane = viewer.page.getByLabel("Plane of 3");
  const said = viewer.page.locator("[role=status][aria-live=polite]:not(dialog *)");
  let before = 0;
  for (const [x, y, index, value] of truth[V]!.cube) {
    await plane.fill(String(index + 1));
    await plane.press("Enter");
    await expect.poll(async () => (await viewer.parameter("plane")) ?? "0").toBe(String(index));
    // Its pixels are here: until then the field would be filled in again with the plane before.
    if (index !== before) await expect.poll(() => said.textContent()).toContain(`Plane ${index + 1} of 3.`);
    before = index;
    await viewer.cross([x, y]);
    const shown = await viewer.part("value");
    if (value === null) expect(shown).toBe("undefined");
    else expect(Number(shown)).toBeCloseTo(value, 5);
  }
  await viewer.page.keyboard.press("PageDown");
  await expect.poll(() => plane.inputValue()).toBe("1");
});

it("changes cuts, stretch and colours, which the address keeps", async () => {
  const viewer = await ViewerPage.open(person.page, V, WHOLE);
  const { page } = viewer;
  const zscaled = await viewer.shown();
  await page.getByLabel("Cuts").selectOption("minmax");
  await expect.poll(async () => (await viewer.shown()).mean).toBeLessThan(zscaled.mean / 2);
  await page.getByLabel("Stretch").selectOption("asinh");
  await page.getByLabel("Invert").check();
  await expect.poll(async () => (await viewer.shown()).mean).toBeGreaterThan(zscaled.mean);
  await page.getByLabel("Colours").selectOption("viridis");
  await expect.poll(async () => (await viewer.shown()).coloured).toBeGreaterThan(0.9);
  await expect.poll(() => viewer.parameter("cmap")).toBe("viridis");
  await page.reload();
  await viewer.drawn();
  expect(await page.getByLabel("Stretch").inputValue()).toBe("asinh");
  expect(await page.getByLabel("Colours").inputValue()).toBe("viridis");
  expect(await page.getByLabel("Invert").isChecked()).toBe(true);

  // Typed; by the histogram's handles; by DS9's right button; by keys.
  const level = async (name: string) => Number(await page.getByLabel(name, { exact: true }).inputValue());
  await page.getByLabel("Low", { exact: true }).fill("380");
  await page.getByLabel("High", { exact: true }).fill("480");
  await page.getByLabel("High", { exact: true }).press("Enter");
  await expect.poll(() => viewer.parameter("cuts")).toBe("380,480");
  await page.getByRole("slider", { name: "High level" }).press("ArrowRight");
  await expect.poll(() => level("High")).toBeGreaterThan(480);
  await page.getByRole("slider", { name: "Low level" }).press("Shift+ArrowLeft");
  await expect.poll(() => level("Low")).toBeLessThan(380);
  const [low, high] = [await level("Low"), await level("High")];
  await viewer.drag([80, 80], [80, 40], "right");
  await expect.poll(async () => (await level("High")) - (await level("Low"))).toBeGreaterThan((high - low) * 1.1);
  const middle = ((await level("Low")) + (await level("High"))) / 2;
  await viewer.canvas.focus();
  await page.keyboard.press("]");
  await expect.poll(async () => ((await level("Low")) + (await level("High"))) / 2).toBeLessThan(middle);
  await page.keyboard.press("z");
  expect(await page.getByLabel("Cuts").inputValue()).toBe("zscale");
});

it("zooms to the cursor, moves, fits and turns, by wheel, drag, keys and fingers", async () => {
  const viewer = await ViewerPage.open(person.page, V, WHOLE);
  const { page } = viewer;
  const camera = async () => ((await viewer.parameter("at")) ?? "").split(",").map(Number) as number[];
  await viewer.point([40, 120]);
  const before = await viewer.part("pixel");
  await page.mouse.wheel(0, -300);
  await expect.poll(async () => (await camera())[2]!).toBeGreaterThan(5);
  expect(await viewer.part("pixel")).toBe(before);
  const [x] = await camera();
  await viewer.drag([40, 120], [44, 120]);
  // The pixel that the pointer has taken along is still below it.
  expect(await viewer.part("pixel")).toBe(before);
  await expect.poll(async () => x! - (await camera())[0]!).toBeCloseTo(4, 0);
  await viewer.canvas.focus();
  await page.keyboard.press("1");
  await expect.poll(() => viewer.part("zoom")).toBe("100 %");
  await page.keyboard.press("n");
  // The first frame's north is turned by 12 degrees.
  await expect.poll(async () => Math.abs((await camera())[3]!)).toBeCloseTo(12, 1);
  await page.keyboard.press("u");
  await expect.poll(() => viewer.parameter("at")).toBeNull();

  const touch = await page.context().newCDPSession(page);
  const box = (await viewer.canvas.boundingBox())!;
  const fingers = (apart: number) =>
    [-apart, apart].map((dx, id) => ({ x: box.x + box.width / 2 + dx, y: box.y + box.height / 2, id }));
  const scale = Number.parseFloat(await viewer.part("zoom"));
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: fingers(40) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(60) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: fingers(80) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await expect.poll(async () => Number.parseFloat(await viewer.part("zoom")) / scale).toBeCloseTo(2, 1);
});

it("moves coarser where the browser is too slow to draw it sharp, and is sharp when it rests", async () => {
  const slow = await observer("/account", { height: 1000 });
  await slow.page.addInitScript(`{
    const ask = window.requestAnimationFrame;
    window.requestAnimationFrame = (draw) => ask.call(window, () => setTimeout(() => draw(performance.now()), 50));
  }`);
  const viewer = await ViewerPage.open(slow.page, V, WHOLE);
  const sharpness = () =>
    slow.page.evaluate(`(({ width, clientWidth }) => width / clientWidth)(document.querySelector(".viewer-canvas"))`);
  expect(await sharpness()).toBeCloseTo(1, 2);
  await viewer.point([60, 60]);
  await slow.page.mouse.down();
  const [x, y] = await viewer.windowOf([60, 60]);
  await expect
    .poll(async () => {
      for (let step = 0; step < 10; step++) await slow.page.mouse.move(x + 10 * (step % 2) + 5, y + step);
      return sharpness();
    })
    .toBeLessThan(0.7);
  await slow.page.mouse.up();
  await expect.poll(sharpness).toBeCloseTo(1, 2);
  expect(slow.complaints).toEqual([]);
});

it("measures a star by click and by key, a line, a box and a circle", async () => {
  const viewer = await ViewerPage.open(person.page, V, WHOLE);
  const { page } = viewer;
  const [, x, y] = truth[V]!.sources[1]!;
  await viewer.button("Star").click();
  await viewer.click([x + 2, y - 2]);
  await expect.poll(() => viewer.part("fwhm")).toMatch(/px/);
  // make.py draws Moffat stars of 4.4 pixels at 0.7 arcseconds a pixel.
  const width = /([\d.]+) px · ([\d.]+)″/.exec(await viewer.part("fwhm"))!;
  expect(Number(width[1])).toBeCloseTo(4.4, 1);
  expect(Number(width[2])).toBeCloseTo(4.4 * 0.7, 1);
  const text = (await page.locator(".viewer-panel").textContent()) ?? "";
  const centre = /Centre([\d.]+), (\d+\.\d\d)/.exec(text)!;
  expect(Math.hypot(Number(centre[1]) - x, Number(centre[2]) - y)).toBeLessThan(0.05);
  await viewer.button("Gauss").click();
  await expect.poll(async () => Number.parseFloat((await viewer.part("fwhm")).slice(5))).toBeGreaterThan(4.5);
  await viewer.button("Moffat").click();
  const [, x2, y2] = truth[V]!.sources[2]!;
  await viewer.cross([Math.round(x2), Math.round(y2)]);
  await page.keyboard.press("Enter");
  await page.getByText("2 stars: median FWHM").waitFor();
  await viewer.cross([8, 150]);
  await page.keyboard.press("Enter");
  await page.getByText("No star rises out of the noise there.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("Click a star, or bring the cross-hair to it").waitFor();

  await viewer.button("Line").click();
  await viewer.drag([x - 20, y], [x + 20, y]);
  await page.getByRole("img", { name: /^Values along the line/ }).waitFor();
  expect(await page.locator(".viewer-panel").textContent()).toMatch(/Length40\.\d px · 28″/);

  await viewer.button("Box").click();
  await viewer.cross([20, 140]);
  await page.keyboard.press("Enter");
  for (const key of ["Shift+ArrowRight", "Shift+ArrowUp"]) await page.keyboard.press(key);
  await page.keyboard.press("Enter");
  await expect.poll(() => viewer.part("statistics")).toMatch(/^Pixels121Mean/);
  const mean = Number(/Mean([\d.]+)/.exec(await viewer.part("statistics"))![1]);
  expect(Math.abs(mean - 400)).toBeLessThan(3);
  await viewer.button("Circle").click();
  await viewer.drag([30, 30], [40, 30]);
  await expect.poll(() => viewer.part("statistics")).toMatch(/^Pixels3\d\dMean/);
  expect(person.complaints).toEqual([]);
});

it("says what its keys do, and keeps the focus", async () => {
  const viewer = await ViewerPage.open(person.page, V, WHOLE);
  const { page } = viewer;
  const said = page.locator("[role=status][aria-live=polite]:not(dialog *)");
  await viewer.cross([86, 52]);
  for (const [key, words] of [
    ["l", "Line: Drag a line"],
    ["Enter", "Begins at 86, 52."],
    ["Shift+ArrowRight", "96, 52: "],
    ["Enter", "Line: "],
    ["g", "Grid shown."],
    ["]", "Levels "],
    ["i", "Colours inverted."],
    [".", "There is no other frame to compare with."],
    ["PageDown", "This image has one plane."],
    ["Escape", "Cleared."],
  ] as const) {
    await page.keyboard.press(key);
    await expect.poll(() => said.textContent()).toContain(words);
  }
  const hasFocus = () => page.evaluate(`document.activeElement === document.querySelector(".viewer-canvas")`);
  expect(await hasFocus()).toBe(true);
  await page.keyboard.press("s");
  for (const [, x, y] of truth[V]!.sources.slice(0, 2)) {
    await viewer.cross([Math.round(x), Math.round(y)]);
    await page.keyboard.press("Enter");
  }
  await viewer.button("Start again").press("Enter");
  expect(await hasFocus()).toBe(true);
});

it("draws grid, compass and the catalogue's sources, and saves all of it as PNG", async () => {
  const viewer = await ViewerPage.open(person.page, V, `${WHOLE}&show=marks`);
  const { page } = viewer;
  const ink = async () =>
    (await page.evaluate(`{
      const { width, height } = document.querySelector(".viewer-overlay");
      const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(document.querySelector(".viewer-overlay"), 0, 0);
      const { data } = copy.getImageData(0, 0, width, height);
      let drawn = 0;
      for (let i = 3; i < data.length; i += 4) if (data[i] > 0) drawn++;
      drawn;
    }`)) as number;
  await expect.poll(ink).toBeGreaterThan(200);
  const marks = await ink();
  await viewer.button("Grid").click();
  await expect.poll(ink).toBeGreaterThan(2 * marks);
  await viewer.button("Sources").click();
  await page.getByText("4 sources; click one on the image").waitFor();
  const [id, x, y] = truth[V]!.sources[3]!;
  // A ring, seven CSS pixels from the source.
  await expect
    .poll(async () => (await viewer.colours([[x + 7 / 2.5, y]], ".viewer-overlay"))[0]![3])
    .toBeGreaterThan(100);
  await viewer.click([x, y]);
  await expect.poll(() => viewer.part("source")).toMatch(new RegExp(`^id${id}x`));
  await expect.poll(() => viewer.parameter("source")).toBe("3");
  expect(await page.getByRole("link", { name: "Show in the table" }).getAttribute("href")).toContain("source=3");

  const [png] = await Promise.all([page.waitForEvent("download"), viewer.button("Save as PNG").click()]);
  expect(png.suggestedFilename()).toBe(`${V}.png`);
  const bytes = readFileSync((await png.path())!);
  const canvas = (await page.evaluate(
    `(({ width, height }) => [width, height])(document.querySelector(".viewer-canvas"))`,
  )) as [number, number];
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual(canvas);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await viewer.cross([80, 81]);
  await page.keyboard.press("p");
  await expect
    .poll(() => page.evaluate("navigator.clipboard.readText()"))
    .toMatch(/^13:29:5\d\.\d{3} \+47:1\d:\d\d\.\d\d$/);
});

it("shows the sources beside the catalogue's table: what is picked in one is picked in the other", async () => {
  const { page } = person;
  await page.goto(`${url}/frame/${await idOf(V)}?tab=catalogue&source=2`);
  const canvas = page.locator(".viewer-canvas");
  await expect.poll(() => canvas.getAttribute("data-drawn")).not.toBeNull();
  const pressed = page.locator(".catalogue tbody button[aria-pressed=true]");
  await expect.poll(() => pressed.getAttribute("aria-label")).toBe("Source 3 on the image");
  await page.getByRole("button", { name: "Source 1 on the image" }).click();
  await expect.poll(() => pressed.getAttribute("aria-label")).toBe("Source 1 on the image");
  // The whole image lies in the middle of the canvas.
  const box = (await canvas.boundingBox())!;
  const scale = Math.min(box.width, box.height) / 160;
  const [, x, y] = truth[V]!.sources[3]!;
  await page.mouse.click(box.x + box.width / 2 + (x - 80.5) * scale, box.y + box.height / 2 - (y - 80.5) * scale);
  await expect.poll(() => pressed.getAttribute("aria-label")).toBe("Source 4 on the image");
  expect(person.complaints).toEqual([]);
});

it("lays other frames of the field on it by their world coordinates: blinks, and shows three in colour", async () => {
  const viewer = await ViewerPage.open(person.page, V, WHOLE);
  const { page } = viewer;
  await viewer.button("Compare").click();
  const beside = page.getByRole("list", { name: "Frames that cover this field" });
  await beside.getByRole("checkbox", { name: /^B .*vw01/ }).check();
  await beside.getByRole("checkbox", { name: /^R .*vw01/ }).check();
  await viewer.button("Next").click();
  await expect.poll(() => viewer.part("shown")).toBe(`B ${B}`);
  // The other frame is turned by 87 degrees; each star is still where it was, and dark sky beside it.
  for (const [, x, y] of truth[V]!.sources.slice(0, 3)) {
    const [star, sky] = await viewer.colours([
      [x, y],
      [x + 12, y + 12],
    ]);
    expect(star![0]).toBe(255);
    expect(sky![0]).toBeLessThan(255);
  }
  const [, , , ra, dec] = truth[V]!.sources[1]!;
  const there = truth[B]!.sources.find((source) => source[3] === ra && source[4] === dec)!;
  const at = truth[V]!.sources[1]!;
  await viewer.point([at[1], at[2]]);
  const peak = Number(await viewer.part("value"));
  expect(peak).toBeGreaterThan(0.7 * there[5]);
  expect(peak).toBeLessThan(1.1 * there[5] + 500);

  // The tools measure the frame in sight, in its own pixels, and say so.
  await viewer.button("Star").click();
  await viewer.click([at[1], at[2]]);
  await page.getByRole("region", { name: "Star" }).getByText(`Of B ${B}`).waitFor();
  const panel = (await page.locator(".viewer-panel").textContent()) ?? "";
  const centre = /Centre([\d.]+), (\d+\.\d\d)/.exec(panel)!;
  expect(Math.hypot(Number(centre[1]) - there[1], Number(centre[2]) - there[2])).toBeLessThan(0.05);
  await viewer.button("Next").click();
  await page.getByText("Click a star, or bring the cross-hair to it").waitFor();
  await page.getByRole("button", { name: "Measure the other frames' stars here" }).click();
  // R has smaller pixels: 0.55 arcseconds.
  await expect.poll(() => viewer.part("fwhm")).toMatch(/^FWHM 4\.4\d px · 2\.4\d″$/);
  await viewer.button("Circle").click();
  await viewer.drag([at[1], at[2]], [at[1] + 7, at[2]]);
  // π 7² pixels of 0.7 arcseconds are 249 of 0.55.
  await expect.poll(async () => Number(/^Pixels(\d+)/.exec(await viewer.part("statistics"))?.[1])).toBeGreaterThan(240);
  expect(Number(/^Pixels(\d+)/.exec(await viewer.part("statistics"))![1])).toBeLessThan(258);

  await viewer.button("Red, green, blue").click();
  await expect.poll(async () => (await viewer.shown()).coloured).toBeGreaterThan(0.2);
  await viewer.point([at[1], at[2]]);
  expect((await viewer.part("value")).split(" / ").length).toBe(3);
  // R is red, V green and B blue, whatever order they came in.
  await expect.poll(() => viewer.parameter("rgb")).toBe("2,0,1");
  await page.reload();
  await viewer.drawn();
  await expect.poll(async () => (await viewer.shown()).coloured).toBeGreaterThan(0.2);
  await viewer.button("Previous").click();
  await expect.poll(async () => (await viewer.shown()).coloured).toBeLessThan(0.01);
  expect(person.complaints).toEqual([]);
});

it("keeps compared frames beside another HDU of the same field, and says which it puts away", async () => {
  const beside = String(await idOf(V));
  const viewer = await ViewerPage.open(person.page, KINDS, `&beside=${beside}`);
  const { page } = viewer;
  const kept = page.locator(".beside input:checked");
  await expect.poll(() => kept.count()).toBe(1);
  await page.getByLabel("HDU").selectOption("2");
  await expect.poll(() => viewer.parameter("hdu")).toBe("2");
  await viewer.button("Next").click();
  await expect.poll(() => viewer.part("shown")).toBe(`V ${V}`);
  expect(await viewer.parameter("beside")).toBe(beside);
  await page.getByLabel("HDU").selectOption("5");
  await page.locator(".viewer-panel").getByText("1 compared frame put away").waitFor();
  await expect.poll(() => viewer.parameter("beside")).toBeNull();
});

it("reads a part of an image that is more than the browser can hold", async () => {
  const small = await observer("/account", { height: 1000 });
  // Of 160² pixels it takes 100².
  await small.page.addInitScript("Object.defineProperty(Navigator.prototype, 'deviceMemory', { value: 0.000299 });");
  const { page } = small;
  const viewer = await ViewerPage.open(page, V);
  await page.getByText("Columns 31 to 130 and rows 31 to 130 of 160 × 160").waitFor();
  await page.getByLabel("X", { exact: true }).fill("20");
  await page.getByLabel("Y", { exact: true }).fill("150");
  await page.getByRole("button", { name: "Read the part around it" }).click();
  await page.getByText("Columns 1 to 100 and rows 61 to 160 of 160 × 160").waitFor();
  const inside = truth[V]!.pixels.find(([x, y]) => x <= 100 && y > 60)!;
  await ViewerPage.open(page, V, `&at=${inside[0]},${inside[1]},6,0`);
  await viewer.cross([inside[0], inside[1]]);
  expect(await viewer.part("value")).toBe(String(inside[2]));
  const degrees = (await viewer.part("degrees")).split(" ").map(Number);
  expect(Math.abs(degrees[0]! - inside[3])).toBeLessThan(6e-7);
  expect(small.complaints).toEqual([]);
});

it("shows images larger than the graphics card takes, in tiles", async () => {
  const small = await observer("/account", { height: 1000 });
  await small.page.addInitScript(`{
    const ask = WebGL2RenderingContext.prototype.getParameter;
    WebGL2RenderingContext.prototype.getParameter = function (name) {
      return name === this.MAX_TEXTURE_SIZE ? 64 : ask.call(this, name);
    };
  }`);
  const pixels = truth[V]!.sources.flatMap(([, x, y]) => [
    [Math.round(x), Math.round(y)] as const,
    [Math.round(x) + 3, Math.round(y) - 2] as const,
  ]);
  const close = "&at=80,70,5,0";
  const whole = await (await ViewerPage.open(person.page, V, close)).colours(pixels);
  const tiled = await ViewerPage.open(small.page, V, close);
  await expect.poll(() => tiled.colours(pixels)).toEqual(whole);
  // From afar, means of its pixels take their place.
  const far = await ViewerPage.open(small.page, V, "&at=80,80,0.4,0");
  expect((await far.shown()).mean).toBeGreaterThan(20);
  expect(small.complaints).toEqual([]);
});

it("draws again what the graphics card has dropped, and keeps awaited frames in the address", async () => {
  const beside = await idOf(B);
  const viewer = await ViewerPage.open(person.page, V, `${WHOLE}&beside=${beside}`);
  const { page } = viewer;
  await viewer.canvas.focus();
  await page.keyboard.press("i");
  await expect.poll(() => viewer.parameter("invert")).toBe("1");
  expect(await viewer.parameter("beside")).toBe(String(beside));
  await expect.poll(() => page.locator(".beside input:checked").count()).toBe(1);
  await page.evaluate(
    `document.querySelector(".viewer-canvas").getContext("webgl2").getExtension("WEBGL_lose_context").loseContext()`,
  );
  await page.getByText("The graphics card has dropped the image").waitFor();
  await page.getByRole("button", { name: "Draw it again" }).click();
  await viewer.drawn();
  expect((await viewer.shown()).mean).toBeGreaterThan(20);
  expect(await page.getByLabel("Invert").isChecked()).toBe(true);
  expect(await page.evaluate(`document.activeElement === document.querySelector(".viewer-canvas")`)).toBe(true);
});

it("falls back to the archive's preview without WebGL2, and where a file cannot be read", async () => {
  const { page } = await observer("/account");
  const plain = await ViewerPage.open(page, V);
  await page.addInitScript(`{
    const get = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
      return kind === "webgl2" && !sessionStorage.gl ? null : get.call(this, kind, ...more);
    };
  }`);
  await page.reload();
  await page.getByText("This browser has no WebGL2.").waitFor();
  await expect.poll(() => page.locator(".frame-image .preview.shown").count()).toBe(1);
  await page.evaluate("sessionStorage.gl = 'yes'");
  await page.route(/\/download\//, (route) => route.fulfill({ body: "no FITS" }));
  await page.reload();
  await page.getByText("The pixels cannot be shown").waitFor();
  await expect.poll(() => page.locator(".frame-image .preview.shown").count()).toBe(1);
  expect(plain.id).toBeGreaterThan(0);
});

it("is found free of fault by axe with everything open, and has room at 320 pixels", async () => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const viewer = await ViewerPage.open(person.page, V, `${WHOLE}&tool=star&show=marks,grid,sources&source=1`);
  const { page } = viewer;
  await viewer.click([truth[V]!.sources[1]![1], truth[V]!.sources[1]![2]]);
  await viewer.button("Compare").click();
  await page.getByRole("list", { name: "Frames that cover this field" }).getByRole("checkbox").first().check();
  await viewer.button("Blink").waitFor();
  await viewer.button("Keys").click();
  await page.evaluate(axe);
  for (const theme of ["light", "dark", "red"]) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    const { violations } = (await page.evaluate(`axe.run(document, { resultTypes: ["violations"] })`)) as {
      violations: { id: string; nodes: { target: string[] }[] }[];
    };
    expect(violations.map(({ id, nodes }) => `${theme} ${id} ${nodes.map(({ target }) => target)}`)).toEqual([]);
  }
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 320, height: 800 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(320);
  // Tools and controls are a row each, the image is right below them, and the read-out below it.
  const boxOf = async (which: string) => (await page.locator(which).boundingBox())!;
  const [tools, stage, readout] = [
    await boxOf("[role=toolbar]"),
    await boxOf(".viewer-stage"),
    await boxOf(".readout"),
  ];
  expect(stage.y - tools.y).toBeLessThan(90);
  expect(readout.y).toBeGreaterThan(stage.y + stage.height);
  await viewer.button("Save as PNG").scrollIntoViewIfNeeded();
  const last = await boxOf("button[aria-label='Save as PNG']");
  expect(last.x + last.width).toBeLessThanOrEqual(320);
  expect(Math.min(last.width, last.height)).toBeGreaterThanOrEqual(24);
  await page.setViewportSize({ width: 1280, height: 1000 });
});
