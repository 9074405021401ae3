/** What lies above the image; the viewer with several frames of a field, with images that are more than it can hold, and where it cannot draw. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import type { Visit } from "./chromium.ts";
import { observer, url, useBrowser } from "./person.ts";
import { FIELD, idOf, KINDS, truth, uploadField, ViewerPage, WHOLE } from "./viewer-person.ts";

useBrowser();

const [V, B] = FIELD;

let person: Visit;

beforeAll(async () => {
  await uploadField();
  person = await observer("/account", { height: 1000 });
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
  // 30 arcseconds of 0.7 a pixel, which is 2.5 CSS pixels wide, from 18 on.
  const bar = (30 / 0.7) * 2.5;
  expect(Math.min(...(await viewer.inkAt([1, 0.5, 0.25].map((part) => [-part * bar - 18, 20]))))).toBeGreaterThan(200);
  expect(Math.max(...(await viewer.inkAt([6, 12].map((more) => [-bar - 18 - more, 20]))))).toBe(0);
  // North is 12 degrees from up towards the right, east as far from the left towards up: the compass stands at 58, 58.
  const [sin, cos] = [Math.sin, Math.cos].map((of) => 15 * of((12 * Math.PI) / 180));
  const arms: [number, number][] = [
    [58 - sin!, 58 + cos!],
    [58 + cos!, 58 + sin!],
  ];
  expect(Math.min(...(await viewer.inkAt(arms)))).toBeGreaterThan(100);
  expect(await viewer.inkAt(arms.map(([right, up]) => [116 - right, 116 - up]))).toEqual([0, 0]);
  await viewer.button("Grid").click();
  await expect.poll(ink).toBeGreaterThan(2 * marks);
  // Across the middle of the image: where there is a line, the read-out has a round value.
  const box = (await viewer.canvas.boundingBox())!;
  const across = Array.from({ length: 380 }, (_, i) => Math.round(box.width / 2) - 190 + i);
  const inks = await viewer.inkAt(across.map((x) => [-x, Math.round(box.height / 2)]));
  const lines = across.filter((_, i) => inks[i]! > 120 && inks[i]! > inks[i - 1]! && inks[i]! >= inks[i + 1]!);
  expect(lines.length).toBeGreaterThan(3);
  for (const x of lines) {
    await page.mouse.move(box.x + x + 0.5, box.y + box.height - Math.round(box.height / 2) + 0.5);
    const [ra, dec] = (await viewer.part("degrees")).split(" ").map(Number) as [number, number];
    // A CSS pixel is 0.28 arcseconds; lines are whole seconds of time and tens of arcseconds.
    const apart = [ra * 240, dec * 360].map((value) => Math.abs(value - Math.round(value)));
    expect(Math.min(apart[0]!, apart[1]!), `${x}: ${ra} ${dec}`).toBeLessThan(0.06);
  }
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
  expect(await viewer.differs(bytes)).toBeLessThan(0.001);
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

  // Blinked, they come by themselves.
  await viewer.button("Blink").click();
  const names = new Set<string>();
  await expect.poll(async () => names.add(await viewer.part("shown")).size).toBe(3);
  await viewer.button("Stop").click();

  // Red, green and blue are the greys of the three frames, wherever these show something.
  const places = [...Array(9).keys()].map((i) => [45 + 30 * (i % 3), 50 + 25 * Math.floor(i / 3)] as const);
  const greys: Record<string, number[]> = {};
  for (let step = 0; step < 3; step++) {
    const before = await viewer.part("shown");
    await viewer.button("Next").click();
    await expect.poll(() => viewer.part("shown")).not.toBe(before);
    await viewer.resting();
    greys[(await viewer.part("shown")).charAt(0)] = (await viewer.colours(places)).map(([grey]) => grey!);
  }
  await viewer.button("Red, green, blue").click();
  const mixed = places.map((_, i) => [greys.R![i], greys.V![i], greys.B![i], 255]);
  await expect.poll(() => viewer.colours(places)).toEqual(mixed);
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

it("has an address for all that is drawn and measured, and goes Back to it", async () => {
  const viewer = await ViewerPage.open(person.page, V, `${WHOLE}&tool=star`);
  const { page } = viewer;
  const [, x, y] = truth[V]!.sources[1]!;
  await viewer.click([x + 1, y]);
  await viewer.button("Gauss").click();
  await viewer.button("Compare").click();
  await page
    .getByRole("list", { name: "Frames that cover this field" })
    .getByRole("checkbox", { name: /^B .*vw01/ })
    .check();
  await viewer.button("Next").click();
  await viewer.click([x, y]);
  await expect.poll(() => viewer.part("fwhm")).toMatch(/px/);
  await viewer.button("Line").click();
  await viewer.drag([x - 20, y], [x + 20, y + 5]);
  await viewer.button("Circle").click();
  await viewer.drag([x, y], [x + 7, y]);
  const read = async () => {
    const parts = [await viewer.part("statistics")];
    for (const [tool, title] of [
      ["Line", "Line"],
      ["Star", "Star"],
      ["Circle", "Circle"],
    ] as const) {
      await viewer.button(tool).click();
      parts.push((await page.getByRole("region", { name: title }).textContent()) ?? "");
    }
    return parts;
  };
  const measured = await read();
  expect(measured.join()).toContain(`Of B ${B}`);
  await expect.poll(() => viewer.parameter("star")).toMatch(/^[\d.]+,[\d.]+,0;[\d.]+,[\d.]+,1$/);
  // What was drawn last; the tool was there before it.
  await expect.poll(() => viewer.parameter("circle")).not.toBeNull();
  await expect.poll(() => viewer.parameter("tool")).toBe("circle");
  const address = page.url();
  await page.reload();
  await viewer.drawn();
  await expect.poll(() => viewer.part("shown")).toBe(`B ${B}`);
  // The address keeps thousandths of a pixel.
  const figures = (texts: string[]) => texts.join().replace(/\d+\.\d+/g, (text) => Number(text).toPrecision(3));
  expect(figures(await read())).toBe(figures(measured));
  await expect.poll(() => page.url()).toBe(address);

  // The viewer without a wish; and back to all of them, in the same viewer.
  await page.getByRole("link", { name: "Live image" }).click();
  await expect.poll(() => page.locator(".blink").count()).toBe(0);
  expect(await viewer.button("Move").getAttribute("aria-pressed")).toBe("true");
  expect(new URL(page.url()).search).toBe("?tab=viewer");
  await page.goBack();
  await expect.poll(() => viewer.part("shown")).toBe(`B ${B}`);
  expect(figures([await viewer.part("statistics")])).toBe(figures(measured.slice(0, 1)));
  expect(page.url()).toBe(address);

  // Frames that are blinked are blinked again, but not before people who asked for stillness.
  await viewer.button("Blink").click();
  await expect.poll(() => viewer.parameter("blink")).toBe("1");
  const blinking = page.url();
  await page.reload();
  await expect.poll(() => viewer.button("Blink").count()).toBe(1);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await page.goto(blinking);
  await viewer.button("Stop").click();
  await expect.poll(() => viewer.parameter("blink")).toBeNull();
  await page.emulateMedia({ reducedMotion: "reduce" });
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
