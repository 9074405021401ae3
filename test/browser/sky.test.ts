/** The sky map: what is on it, picking from it, drawing on it, with mouse and keys. */
import { expect, inject, it } from "vitest";
import { separation } from "../../src/sky/angle.ts";
import { looking, Projection } from "../../src/ui/sky/projection.ts";
import { found, observer, url, useBrowser } from "./person.ts";

useBrowser();

type Person = Awaited<ReturnType<typeof observer>>;

const ALL = inject("names").length;
const names = (part: string) => inject("names").filter((name) => name.includes(part));
/** The field of the demo's northern telescope, with a region that the map then shows. */
const M51 = { ra: 202.469575, dec: 47.195258 };
const NEAR_M51 = "/?view=map&RA=202.469575&DEC=47.195258&radius=0.3";

/** What the map asks of other hosts, which is nothing. */
function strangersAsked({ page }: Person): string[] {
  const own = new URL(page.url()).host;
  const asked: string[] = [];
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http") && host !== own) asked.push(request.url());
  });
  return asked;
}

/** The middle of the map, once it is drawn. */
async function middle({ page }: Person): Promise<{ x: number; y: number }> {
  await page.locator("canvas.map-canvas[data-drawn]").waitFor();
  const box = (await page.locator("canvas.map-canvas").boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const summary = ({ page }: Person) => page.locator(".map-progress p");

it("shows the result on the sky, and says what it shows, with nothing from elsewhere", async () => {
  const person = await observer();
  const { page } = person;
  const strangers = strangersAsked(person);
  await page.getByRole("button", { name: "Map" }).click();
  expect(new URL(page.url()).searchParams.get("view")).toBe("map");
  const placed = names("-o0").length;
  const without = ALL - placed;
  await expect.poll(() => summary(person).textContent()).toContain(`All ${ALL} frames, in 2 fields`);
  if (without > 0) expect(await summary(person).textContent()).toContain(`${without} frames without a position`);
  await page.getByRole("heading", { name: `${placed} frames in view` }).waitFor();
  await page.getByRole("application", { name: "Sky map" }).waitFor();
  await page.getByRole("list", { name: "Colours by filter" }).getByText(/^V/).waitFor();

  await page.getByLabel("Colour by").selectOption("site");
  await page.getByRole("list", { name: "Colours by site" }).getByText(/^saao/).waitFor();
  await page.reload();
  await page.getByRole("list", { name: "Colours by site" }).getByText(/^goe/).waitFor();
  expect(strangers).toEqual([]);
  expect(person.complaints).toEqual([]);
});

it("draws an image's outline where its corners are", async () => {
  const [ra, dec, field] = [202.5, 47.2, 0.5];
  const basename = inject("reduced").replace(".fits", "");
  const person = await observer("/account");
  const { page } = person;
  await page.evaluate("localStorage.setItem('platevault.map-lines', '')");
  await page.goto(`${url}/?view=map&basename_exact=${basename}&at=${ra},${dec},${field}`);
  await page.getByRole("heading", { name: "1 frame in view" }).waitFor();
  await middle(person);
  const drawn = () =>
    page.evaluate<{ width: number; height: number; box: number[] }>(`{
      const canvas = document.querySelector("canvas.map-canvas");
      const { width, height } = canvas;
      const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
      const box = [width, height, 0, 0];
      pixels.forEach((pixel, i) => {
        if (pixel === pixels[0]) return;
        const [x, y] = [i % width, Math.floor(i / width)];
        box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y);
        box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y);
      });
      ({ width, height, box });
    }`);
  const list = await page.request.get(`${new URL(page.url()).origin}/frames/?basename_exact=${basename}`);
  const { results } = (await list.json()) as { results: { area: { coordinates: [number, number][][] } }[] };
  const { width, height } = await drawn();
  const projection = new Projection(looking(ra, dec, field, width, height));
  const corners = results[0]!.area.coordinates[0]!.map((corner) => projection.pixel(...corner));
  const [xs, ys] = [corners.map(([x]) => x), corners.map(([, y]) => y)];
  const wanted = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  expect(wanted[2]! - wanted[0]!).toBeGreaterThan(100);
  await expect
    .poll(async () => Math.max(...(await drawn()).box.map((at, i) => Math.abs(at - wanted[i]!))))
    .toBeLessThan(2.5);
});

it("names what is under the pointer, picks it by a click and opens it by two", async () => {
  const person = await observer(NEAR_M51);
  const { page } = person;
  const { x, y } = await middle(person);
  await page.getByText(/^All \d+ frames/).waitFor();
  await page.mouse.move(x + 3, y + 2);
  await page.locator(".tip").getByText("M 51").waitFor();
  await page.mouse.click(x + 3, y + 2);
  const here = page.getByRole("heading", { name: /^\d+ frames there$/ });
  await here.waitFor();
  const several = Number(/\d+/.exec((await here.textContent())!)![0]);
  expect(several).toBeGreaterThan(1);
  await page.getByRole("button", { name: `Download selected (${several})` }).waitFor();
  // Only a person who moves the map leaves the place: it stays when the window changes, or the map comes to rest late.
  await page.setViewportSize({ width: 1240, height: 820 });
  await new Promise((rest) => setTimeout(rest, 500));
  expect(await here.textContent()).toBe(`${several} frames there`);
  // The same selection as the table's.
  await page.getByRole("button", { name: "Table" }).click();
  await expect.poll(() => page.locator("tbody tr.picked").count()).toBe(several);
  await page.getByRole("button", { name: "Map" }).click();
  const again = await middle(person);
  await page.getByText(/^All \d+ frames/).waitFor();
  await page.mouse.dblclick(again.x + 3, again.y + 2);
  await page.waitForURL(/\/frame\/\d+/);
  await page.goBack();
  await middle(person);
  expect(person.complaints).toEqual([]);
});

it("searches in a circle that is drawn, and in a polygon", async () => {
  const person = await observer(NEAR_M51);
  const { page } = person;
  const { x, y } = await middle(person);
  await page.getByRole("button", { name: "Draw a circle" }).click();
  const at = await middle(person);
  await page.mouse.move(at.x, at.y);
  await page.mouse.down();
  await page.mouse.move(at.x + 60, at.y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => new URL(page.url()).searchParams.get("radius")).not.toBe("0.3");
  const circle = new URL(page.url()).searchParams;
  expect(Number(circle.get("RA"))).toBeCloseTo(M51.ra, 2);
  expect(Number(circle.get("DEC"))).toBeCloseTo(M51.dec, 2);
  expect(Number(circle.get("radius"))).toBeGreaterThan(0.02);
  await page.getByRole("button", { name: /^Remove filter Within/ }).waitFor();
  const inM51 = names("goe-").filter((name) => /-[of]0\d/.test(name)).length;
  // Exactly the frames that point into it: `separation` is astropy's (test/sky).
  const list = await page.request.get(`${new URL(page.url()).origin}/frames/?limit=1000`);
  const { results } = (await list.json()) as { results: { RA: number | null; DEC: number | null }[] };
  const [ra, dec, radius] = ["RA", "DEC", "radius"].map((name) => Number(circle.get(name))) as [number, number, number];
  const inside = results.filter(({ RA, DEC }) => RA !== null && DEC !== null && separation(ra, dec, RA, DEC) <= radius);
  expect(inside.length).toBeGreaterThan(0);
  expect(inside.length).toBeLessThan(inM51 + 1);
  await expect.poll(() => found(person).textContent()).toBe(`${inside.length} frames`);

  await page.getByRole("button", { name: "Draw a polygon" }).click();
  const corner = await middle(person);
  for (const [dx, dy] of [
    [-40, -40],
    [40, -40],
    [40, 40],
  ] as const) {
    await page.mouse.click(corner.x + dx, corner.y + dy);
  }
  await page.getByText("3 corners.").waitFor();
  await page.getByRole("button", { name: "Search in it" }).click();
  await page.getByRole("button", { name: /^Remove filter Meets a polygon of 3 corners/ }).waitFor();
  expect(new URL(page.url()).searchParams.get("intersects")).toMatch(
    /^POLYGON\(\((\d+(\.\d+)? \d+(\.\d+)?(, )?){4}\)\)$/,
  );
  expect(new URL(page.url()).searchParams.has("RA")).toBe(false);
  await expect.poll(() => found(person).textContent()).toMatch(/^\d+ frames$/);
  await page.goBack();
  await page.getByRole("button", { name: /^Remove filter Within/ }).waitFor();
  expect([x, y].every(Number.isFinite)).toBe(true);
  expect(person.complaints).toEqual([]);
});

it("is moved, drawn on and read by keys alone", async () => {
  const person = await observer(NEAR_M51);
  const { page } = person;
  await middle(person);
  await page.getByText(/^All \d+ frames/).waitFor();
  // Nobody has moved the map: the address is as it was given.
  expect(new URL(page.url()).search).toBe(NEAR_M51.slice(1));
  const map = page.getByRole("application", { name: "Sky map" });
  const heading = page.locator(".map-side h2");
  await map.focus();
  await page.keyboard.press("0");
  await page.getByText("All of the sky", { exact: true }).waitFor();
  await page.keyboard.press("f");
  await expect.poll(() => page.locator(".map-readout").textContent()).toMatch(/^Centre 13:29:\d\d\.\d \+47:1\d:\d\d/);
  await expect.poll(() => heading.textContent()).toMatch(/^\d+ frames in view$/);
  const inView = Number.parseInt((await heading.textContent())!, 10);
  expect(inView).toBeGreaterThan(2);
  for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowLeft");
  await expect.poll(() => heading.textContent()).toBe("0 frames in view");
  await expect.poll(() => page.getByRole("status").first().textContent()).toContain("0 frames in view.");
  await page.keyboard.press("f");
  await expect.poll(() => heading.textContent()).toBe(`${inView} frames in view`);
  // As near as it goes: lines that end millions of pixels away must not keep the browser busy.
  for (let i = 0; i < 32; i++) await page.keyboard.press("+");
  await expect.poll(() => page.locator(".map-readout").textContent()).toMatch(/″ wide$/);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: /^\d+ frames there$/ }).waitFor();
  await page.keyboard.press("f");

  // A list with one stop for Tab, in which the arrow keys go on.
  const links = page.locator(".map-list a");
  await links.first().focus();
  await page.keyboard.press("ArrowDown");
  const second = await links.nth(1).textContent();
  expect(await page.evaluate("document.activeElement.textContent")).toBe(second);
  expect(await page.locator(".map-list :is(a, input)[tabindex='0']").count()).toBe(2);

  await page.getByRole("button", { name: "Draw a circle" }).focus();
  await page.keyboard.press("Enter");
  await map.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect.poll(() => new URL(page.url()).searchParams.get("radius")).not.toBe("0.3");
  expect(Number(new URL(page.url()).searchParams.get("RA"))).toBeCloseTo(M51.ra, 2);

  await page.getByRole("button", { name: "Draw a polygon" }).press("Enter");
  await map.focus();
  await page.keyboard.press("Space");
  await page.getByText("1 corner.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("1 corner.").waitFor({ state: "detached" });

  // The cross ends far from where it began: the map shows all of what was drawn.
  await page.getByRole("button", { name: "Draw a polygon" }).press("Enter");
  await map.focus();
  for (const keys of [
    "Space",
    "ArrowUp ArrowUp ArrowUp ArrowUp Space",
    "ArrowLeft ArrowLeft ArrowLeft ArrowLeft Space",
  ]) {
    for (const one of keys.split(" ")) await page.keyboard.press(one);
  }
  await page.getByText("3 corners.").waitFor();
  await expect.poll(() => new URL(page.url()).searchParams.get("at")).not.toBeNull();
  const wide = await page.locator(".map-readout").textContent();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: /^Remove filter Meets/ }).waitFor();
  await expect.poll(() => page.locator(".map-readout").textContent()).not.toBe(wide);
  const corners = new URL(page.url()).searchParams.get("intersects")!.match(/[\d.]+ [-\d.]+/g)!;
  const middleOf = (at: number) =>
    corners.slice(0, 3).reduce((sum, corner) => sum + Number(corner.split(" ")[at]) / 3, 0);
  const [, shown] = /^Centre \S+ ([+-]\d+:\d+)/.exec((await page.locator(".map-readout").textContent())!)!;
  const [degrees, minutes] = shown!.split(":").map(Number) as [number, number];
  expect(degrees + minutes / 60).toBeCloseTo(middleOf(1), 0);
  await page.getByRole("button", { name: "Search in this view" }).press("Enter");
  await page.getByRole("button", { name: /^Remove filter Within/ }).waitFor();
  expect(person.complaints).toEqual([]);
});

it("has where it looks in its address: for a link, a reload, Back and other filters", async () => {
  const person = await observer(NEAR_M51);
  const { page } = person;
  await middle(person);
  const readout = page.locator(".map-readout");
  const looked = () => new URL(page.url()).searchParams.get("at");
  await page.getByRole("application", { name: "Sky map" }).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowLeft");
  // To the second: an address holds a ten-thousandth of the map's width.
  await expect.poll(() => readout.textContent()).toMatch(/^Centre 13:3\d:\d\d\.\d \+47:1\d:\d\d/);
  const there = /^[^.]+/.exec((await readout.textContent())!)![0];
  await expect.poll(looked).toMatch(/^20\d\.\d+,47\.\d+,1\.\d+$/);
  const at = looked();
  await page.getByRole("button", { name: "Remove filter" }).first().click();
  await page.getByText(`All ${ALL} frames`).waitFor();
  expect(looked()).toBe(at);
  await page.getByRole("link", { name: "Platevault, all frames" }).click();
  await page.goBack();
  await expect.poll(() => readout.textContent()).toContain(there);
  await page.goBack();
  await page.reload();
  await expect.poll(() => readout.textContent()).toContain(there);
  await page.getByText(/^All \d+ frames/).waitFor();
  expect(person.complaints).toEqual([]);
});

it("reads a large result page by page, stops when told, and says what is left out", async () => {
  const person = await observer();
  const { page } = person;
  const answer = await page.request.get(`${new URL(page.url()).origin}/frames/?limit=1&RLEVEL=1`);
  const [frame] = ((await answer.json()) as { results: Record<string, unknown>[] }).results;
  const TOTAL = 1_234_567;
  let held: (() => void) | null = null;
  await page.route(/\/frames\/\?.*pagination_style=cursor/, async (route) => {
    const at = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0);
    if (at === 500) await new Promise<void>((resolve) => (held = resolve));
    const results = Array.from({ length: 500 }, (_, i) => ({ ...frame, id: at + i + 1, basename: `frame-${at + i}` }));
    const next = `http://elsewhere/frames/?pagination_style=cursor&cursor=${at + 500}`;
    await route.fulfill({ json: { count: TOTAL, next, previous: null, results } }).catch(() => {});
  });
  await page.getByRole("button", { name: "Map" }).click();
  await page.getByText("The newest 500 of 1,234,567 frames").waitFor();
  expect(await page.getByRole("progressbar", { name: "Frames read" }).getAttribute("value")).toBe("500");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("progressbar").waitFor({ state: "detached" });
  await expect.poll(() => held !== null).toBe(true);
  held!();
  held = null;
  await page.getByRole("button", { name: "Read on" }).click();
  await expect.poll(() => held !== null).toBe(true);
  held!();
  await page.getByText("The newest 2,000 of 1,234,567 frames").waitFor();
  await page.getByRole("heading", { name: "2,000 frames in view" }).waitFor();
  await page.getByText("The newest 100 of them are listed").waitFor();
  await page.getByRole("button", { name: "Read 2,000 more" }).waitFor();
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  expect(person.complaints).toEqual([]);
});
