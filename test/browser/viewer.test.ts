import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { beforeAll, expect, it } from "vitest";
import { coloursOf } from "../../src/imaging/colormap.ts";
import { VIEWER_COLORMAPS } from "../../src/ui/viewer/look.ts";
import type { Visit } from "./chromium.ts";
import { observer, useBrowser } from "./person.ts";
import { FIELD, KINDS, truth, uploadField, ViewerPage, WHOLE } from "./viewer-person.ts";

useBrowser();

const [V, B] = FIELD;

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

it("cuts where numpy and astropy do, and draws what stretch and colours make of a value", async () => {
  const viewer = await ViewerPage.open(person.page, V, WHOLE);
  const { page } = viewer;
  const levels = () => Promise.all(["Low", "High"].map((name) => page.getByLabel(name, { exact: true }).inputValue()));
  for (const [name, [low, high]] of Object.entries(truth[V]!.cuts)) {
    await page.getByLabel("Cuts").selectOption(name);
    await expect
      .poll(levels, { message: name })
      .toEqual([low, high].map((level) => String(Number(level.toPrecision(7)))));
  }
  // Values all over the range.
  const [pixels, values] = [truth[V]!.pixels.map(([x, y]) => [x, y] as const), truth[V]!.pixels.map(([, , v]) => v)];
  const [low, high] = [Math.min(...values) - 7, Math.max(...values) + 4];
  await page.getByLabel("Low", { exact: true }).fill(String(low));
  await page.getByLabel("High", { exact: true }).fill(String(high));
  await page.getByLabel("High", { exact: true }).press("Enter");
  // astropy's, as src/imaging has them; to a shade of 256.
  const stretches = {
    sqrt: Math.sqrt,
    log: (x: number) => Math.log(1000 * x + 1) / Math.log(1001),
    asinh: (x: number) => Math.asinh(10 * x) / Math.asinh(10),
    linear: (x: number) => x,
  };
  for (const [name, stretch] of Object.entries(stretches)) {
    await page.getByLabel("Stretch").selectOption(name);
    const expected = values.map((value) => 255 * stretch((value - low) / (high - low)));
    const furthest = async () =>
      Math.max(...(await viewer.colours(pixels)).map(([grey], i) => Math.abs(grey! - expected[i]!)));
    await expect.poll(furthest, { message: name }).toBeLessThan(1.01);
  }
  const shades = values.map((value) => Math.floor((255 * (value - low)) / (high - low) + 0.5));
  for (const inverted of [false, true]) {
    await page.getByLabel("Invert").setChecked(inverted);
    for (const name of VIEWER_COLORMAPS) {
      await page.getByLabel("Colours").selectOption(name);
      const from = shades.map((shade) => 3 * (inverted ? 255 - shade : shade));
      const expected = from.map((at) => [...coloursOf(name).subarray(at, at + 3), 255]);
      await expect.poll(() => viewer.colours(pixels), { message: name }).toEqual(expected);
    }
  }
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
  // What is being typed stays, though the address follows what was done before.
  await viewer.canvas.focus();
  await page.keyboard.press("+");
  await page.getByLabel("Low", { exact: true }).fill("38");
  await expect.poll(() => viewer.parameter("at")).toContain(",3.75,");
  expect(await level("Low")).toBe(38);
  await page.getByLabel("Low", { exact: true }).fill("380");
  await viewer.canvas.focus();
  await page.keyboard.press("-");
  await page.getByRole("slider", { name: "High level" }).press("ArrowRight");
  await expect.poll(() => level("High")).toBeGreaterThan(480);
  await page.getByRole("slider", { name: "Low level" }).press("Shift+ArrowLeft");
  await expect.poll(() => level("Low")).toBeLessThan(380);
  const [low, high] = [await level("Low"), await level("High")];
  await viewer.drag([80, 80], [80, 40], "right");
  await expect.poll(async () => (await level("High")) - (await level("Low"))).toBeGreaterThan((high - low) * 1.1);
  const handle = (await page.getByRole("slider", { name: "High level" }).boundingBox())!;
  const before = await level("High");
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
  await page.mouse.down();
  await page.mouse.move(handle.x - 30, handle.y, { steps: 3 });
  await page.mouse.up();
  await expect.poll(() => level("High")).toBeLessThan(before);
  expect((await page.locator(".histogram path").boundingBox())!.height).toBeGreaterThan(40);
  const middle = ((await level("Low")) + (await level("High"))) / 2;
  await viewer.button("Brightness").click();
  await viewer.drag([60, 80], [80, 80]);
  await expect.poll(async () => ((await level("Low")) + (await level("High"))) / 2).toBeLessThan(middle);
  await viewer.canvas.focus();
  const darker = ((await level("Low")) + (await level("High"))) / 2;
  await page.keyboard.press("]");
  await expect.poll(async () => ((await level("Low")) + (await level("High"))) / 2).toBeLessThan(darker);
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
  await viewer.button("Fit").click();
  await expect.poll(() => viewer.parameter("at")).toBeNull();
  await viewer.button("1:1").click();
  await expect.poll(() => viewer.part("zoom")).toBe("100 %");
  // The first frame's north is turned by 12 degrees, and the whole of it is seen then, on any screen.
  await viewer.button("North up").click();
  await expect.poll(() => viewer.parameter("turn")).toBe("12.00");
  const stage = (await viewer.canvas.boundingBox())!;
  const skyAt = async (dx: number, dy: number) => {
    await page.mouse.move(stage.x + stage.width / 2 + dx, stage.y + stage.height / 2 + dy);
    return (await viewer.part("degrees")).split(" ").map(Number) as [number, number];
  };
  const [here, above, left] = [await skyAt(0, 0), await skyAt(0, -100), await skyAt(-100, 0)];
  expect(Math.abs(above[0] - here[0])).toBeLessThan(1e-4);
  expect(above[1] - here[1]).toBeGreaterThan(0.005);
  expect(left[0] - here[0]).toBeGreaterThan(0.005);
  expect(Math.abs(left[1] - here[1])).toBeLessThan(1e-4);
  await viewer.canvas.focus();
  await page.keyboard.press("u");
  await expect.poll(() => viewer.parameter("turn")).toBeNull();

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

it("draws an image turned and mirrored where its coordinates are", async () => {
  for (const turn of ["35", "-110,m"]) {
    const viewer = await ViewerPage.open(person.page, V, `&at=80.5,75,2.5,${turn}&cuts=400,2000`);
    for (const [, x, y] of truth[V]!.sources) {
      const [star, beside] = await viewer.colours([
        [x, y],
        [x + 9, y + 9],
      ]);
      expect(star![0]! - beside![0]!).toBeGreaterThan(200);
      const pixel = [Math.round(x), Math.round(y)] as const;
      await viewer.point(pixel);
      expect(await viewer.part("pixel")).toBe(pixel.join(", "));
    }
  }
  const away = await ViewerPage.open(person.page, V, "&at=-400,80,2.5,35");
  const note = person.page.locator(".viewer-note");
  await expect.poll(() => note.textContent()).toBe("The image is out of sight. Fit (F) brings it back.");
  await away.canvas.press("f");
  await expect.poll(() => note.textContent()).toBe("");
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
  await page.getByRole("img", { name: /fitted profile: half of the height at 2\.2\d pixels/ }).waitFor();
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
  await page.getByText("No star there: nothing that is wider").waitFor();
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
