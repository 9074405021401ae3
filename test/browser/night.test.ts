/** The night view and the calendar: what a night holds, walked through by mouse and keys. */
import { expect, inject, it } from "vitest";
import { altered } from "./frames.ts";
import { newcomer, observer, rawFrame, signIn, upload, url, useBrowser } from "./person.ts";

useBrowser();

type Person = Awaited<ReturnType<typeof observer>>;

const ALL = inject("names").length;
const NIGHT = "2026-03-14";
const timeline = ({ page }: Person) => page.getByRole("application", { name: /^Timeline of the night/ });

async function ready(person: Person): Promise<void> {
  await person.page.locator("canvas.timeline-canvas[data-drawn]").waitFor();
  await expect.poll(() => person.page.locator(".site-words").textContent()).toMatch(/Moon \d+ % lit.*Moon \d+ % lit/);
}

it("leads to the newest night, with its sites' Sun and Moon, totals and gaps", async () => {
  const person = await observer();
  const { page } = person;
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Nights" }).click();
  await page.getByRole("heading", { level: 1, name: "Night of 14 March 2026" }).waitFor();
  await page.getByText(`${ALL} frames by 2 instruments.`).waitFor();
  await ready(person);
  // Computed from LATITUDE and LONGITUD of the frames; the times are astropy's to the minute (see test/night).
  const words = (await page.locator(".site-words").textContent())!;
  expect(words).toContain("below −12° 18:35–04:22");
  expect(words).toContain("Moon 18 % lit");

  const telescopes = page.getByRole("table").filter({ hasText: "goe 0m50" });
  const row = telescopes.getByRole("row", { name: /^goe 0m50/ });
  // Raw and reduced frames of six exposures, 480 s; a dark of 60 s and three flats of 8 s; biases take no time.
  const raw = inject("names").filter((name) => name.startsWith("goe") && !name.endsWith("o01.fits")).length;
  expect(await row.getByRole("cell").allTextContents()).toEqual([String(ALL / 2), String(raw), "9 min"]);
  await page.getByRole("heading", { name: "Longest gaps" }).waitFor();
  const gaps = page.locator(".gaps li");
  expect(await gaps.count()).toBeGreaterThan(1);
  expect(await gaps.first().textContent()).toMatch(/^\d+ h( \d+ min)?\d\d:\d\d–\d\d:\d\d UTC · (goe 0m50|saao 1m20)/);
  await gaps.first().getByRole("button").click();
  // The part of the night that is shown is in the address.
  const part = () => new URL(page.url()).searchParams.get("part");
  await expect.poll(part).toMatch(/^2026-03-14T\d\d:\d\d:\d\d\/2026-03-1[45]T\d\d:\d\d:\d\d$/);
  const shown = part();
  await page.reload();
  await ready(person);
  expect(part()).toBe(shown);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await expect.poll(part).not.toBe(shown);
  await page.getByRole("button", { name: "Whole night" }).click();
  await expect.poll(part).toBeNull();
  await page.getByRole("link", { name: "Show them in the search" }).click();
  await expect.poll(() => page.locator("#results-title").textContent()).toBe(`${ALL} frames`);
  expect(person.complaints).toEqual([]);
});

it("draws a bar where each exposure was, and the Sun's curve above", async () => {
  const [start, end] = [`${NIGHT}T17:00:00`, `${NIGHT}T20:30:00`].map((text) => Date.parse(`${text}Z`)) as [
    number,
    number,
  ];
  const person = await observer(`/night/${NIGHT}/?SITE=goe&part=${NIGHT}T17:00:00/${NIGHT}T20:30:00`);
  const { page } = person;
  await page.getByText(`${ALL / 2} frames by 1 instrument.`).waitFor();
  await expect.poll(() => page.locator(".site-words").textContent()).toMatch(/Moon \d+ % lit/);
  const list = await page.request.get(`${url}/frames/?night=${NIGHT}&SITE=goe&limit=100`);
  const { results } = (await list.json()) as { results: { DATE_OBS: string; EXPTIME: number }[] };
  /** Columns of pixels with a category's colour, and how many pixels have the Sun's. */
  const drawn = () =>
    page.evaluate<{ width: number; bars: number[]; sun: number }>(`{
      const root = getComputedStyle(document.documentElement);
      const colour = (name) => {
        const [, r, g, b] = /#(..)(..)(..)/.exec(root.getPropertyValue(name)).map((text) => Number.parseInt(text, 16));
        return (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
      };
      const canvas = document.querySelector("canvas.timeline-canvas");
      const { width, height } = canvas;
      const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
      const hues = new Set(Array.from({ length: 8 }, (_, slot) => colour("--cat-" + slot)));
      const bars = new Set();
      pixels.forEach((pixel, i) => { if (hues.has(pixel)) bars.add(i % width); });
      ({ width, bars: [...bars], sun: pixels.filter((pixel) => pixel === colour("--warn")).length });
    }`);
  await expect.poll(async () => (await drawn()).sun).toBeGreaterThan(50);
  const { width, bars } = await drawn();
  const x = (ms: number) => ((ms - start) / (end - start)) * width;
  const spans = results.map(({ DATE_OBS, EXPTIME }) => [
    x(Date.parse(DATE_OBS)),
    x(Date.parse(DATE_OBS) + EXPTIME * 1000),
  ]);
  expect(spans.length).toBe(ALL / 2);
  for (const [from] of spans) expect(bars.some((bar) => Math.abs(bar - from!) <= 2)).toBe(true);
  for (const bar of bars) expect(spans.some(([from, to]) => bar >= from! - 2 && bar <= to! + 3)).toBe(true);
});

it("walks through the frames by keys, reads them out and opens one", async () => {
  const person = await observer(`/night/${NIGHT}/`);
  const { page } = person;
  await ready(person);
  await timeline(person).focus();
  await page.keyboard.press("ArrowRight");
  const said = page.getByRole("status").first();
  await expect
    .poll(() => said.textContent())
    .toMatch(/^goe-0m50-sb63-20260314-0001-b00, bias, 0 s, at \d\d:\d\d:\d\d UTC, sb63/);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => said.textContent()).toMatch(/-0002-b00/);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => said.textContent()).toMatch(/^saao-1m20-fa16-/);
  await page.keyboard.press("End");
  await expect.poll(() => said.textContent()).toMatch(/-o0\d, NGC 5139, object, /);
  for (let i = 0; i < 5; i++) await page.keyboard.press("+");
  await page.locator(".tip").getByText("NGC 5139").waitFor();
  const name = /^\S+(?=,)/.exec((await said.textContent())!)![0];
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name }).waitFor();
  // On through the frames of its instrument, and back to the part of the night that was on show.
  await page.getByRole("link", { name: "Previous frame" }).click();
  await page.getByRole("heading", { level: 1, name: /^saao-1m20-fa16-/ }).waitFor();
  await page.getByRole("link", { name: "Back to the night" }).click();
  await ready(person);
  expect(new URL(page.url()).searchParams.get("part")).toMatch(/^2026-03-1/);
  await page.goBack();
  await page.getByRole("link", { name: NIGHT, exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Night of 14 March 2026" }).waitFor();
  expect(person.complaints).toEqual([]);
});

it("shows what is under the pointer with its preview, zooms, moves and opens by a click", async () => {
  const person = await observer(`/night/${NIGHT}/?SITE=goe`);
  const { page } = person;
  await page.getByText(`${ALL / 2} frames by 1 instrument.`).waitFor();
  await expect.poll(() => page.locator(".site-words").textContent()).toMatch(/Moon \d+ % lit/);
  // Near the last frame, where the keyboard put its box.
  await timeline(person).focus();
  await page.keyboard.press("End");
  for (let i = 0; i < 6; i++) await page.keyboard.press("+");
  const tip = page.locator(".tip");
  await tip.waitFor();
  const box = (await timeline(person).boundingBox())!;
  const found = { x: 0, y: 0 };
  await page.getByRole("heading", { level: 1 }).click();
  await tip.waitFor({ state: "detached" });
  // The lanes lie at the bottom of the only row: raw above reduced.
  for (const up of [28, 36, 20]) {
    for (let x = 20; x < box.width && found.x === 0; x += 12) {
      await page.mouse.move(box.x + x, box.y + box.height - up);
      await page.waitForTimeout(30); // the tip comes with the next picture
      if (await tip.isVisible()) Object.assign(found, { x: box.x + x, y: box.y + box.height - up });
    }
  }
  expect(found.x).toBeGreaterThan(0);
  await tip.getByText("M 51").waitFor();
  await expect
    .poll(() => tip.locator("img").evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth))
    .toBeGreaterThan(0);
  const drawn = () => page.locator("canvas.timeline-canvas").getAttribute("data-drawn").then(Number);
  const before = await drawn();
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, 200);
  await page.keyboard.up("Control");
  await expect.poll(drawn).toBeGreaterThan(before);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await page.mouse.move(found.x + 1, found.y);
  await tip.waitFor();
  await page.mouse.click(found.x + 1, found.y);
  await page.waitForURL(/\/frame\/\d+$/);
  expect(person.complaints).toEqual([]);
});

it("has a calendar with counts that is walked by keys, and narrows by site and telescope", async () => {
  const person = await observer("/night/");
  const { page } = person;
  const day = page.getByRole("link", { name: `14 March 2026, ${ALL} frames` });
  await day.waitFor();
  expect(await day.getAttribute("aria-current")).toBe("date");
  await page.getByRole("grid", { name: `March 2026: ${ALL} frames` }).waitFor();
  expect(await page.locator(".calendar [tabindex='0']").count()).toBe(1);
  await day.focus();
  const focused = () => page.evaluate("document.activeElement.dataset.night");
  for (const [key, night] of [
    ["ArrowRight", "2026-03-15"],
    ["ArrowDown", "2026-03-22"],
    ["Home", "2026-03-16"],
    ["End", "2026-03-22"],
    ["PageDown", "2026-04-22"],
    ["PageUp", "2026-03-22"],
    ["ArrowUp", "2026-03-15"],
    ["ArrowLeft", NIGHT],
  ]) {
    await page.keyboard.press(key!);
    expect(await focused()).toBe(night);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/night/${NIGHT}/`);

  await page.getByLabel("Site").selectOption("goe");
  await page.getByText(`${ALL / 2} frames by 1 instrument.`).waitFor();
  expect(new URL(page.url()).searchParams.get("SITE")).toBe("goe");
  await page.getByRole("link", { name: `14 March 2026, ${ALL / 2} frames` }).waitFor();
  await page.getByRole("combobox", { name: "Telescope" }).selectOption("1m20");
  await page.getByRole("heading", { name: "No frames of this night" }).waitFor();
  await page.getByRole("link", { name: "All sites and telescopes" }).click();
  await page.getByText(`${ALL} frames by 2 instruments.`).waitFor();

  await page.getByRole("navigation", { name: "Years" }).getByRole("link", { name: "2025" }).click();
  await page.getByRole("heading", { name: /^Nights of 2025 · 0 nights/ }).waitFor();
  expect(person.complaints).toEqual([]);
});

it("goes from night to night, and reads thousands of frames page by page", async () => {
  const person = await newcomer();
  const { page } = person;
  const TOTAL = 10_500;
  const start = Date.parse(`${NIGHT}T19:00:00Z`);
  await page.route("**/frames/nights/?**", (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const nights = ["1999-05-05", NIGHT, "2026-03-20"];
    const within = nights.filter((night) => night >= asked.get("start")! && night <= asked.get("end")!);
    return route.fulfill({ json: { results: within.map((night) => ({ night, frames: TOTAL, bytes: 1 })) } });
  });
  // The nearest frame before, however long ago; none after.
  await page.route(/\/frames\/\?.*limit=1(&|$)/, (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const results = (asked.get("end") ?? "") > "1999-05-06" ? [{ night: "1999-05-05" }] : [];
    return route.fulfill({ json: { count: results.length, results } });
  });
  await page.route(/\/frames\/\?.*pagination_style=cursor/, (route) => {
    const asked = new URL(route.request().url()).searchParams;
    if (asked.get("night") !== NIGHT) return route.fulfill({ json: { count: 0, next: null, results: [] } });
    const at = Number(asked.get("cursor") ?? 0);
    const results = Array.from({ length: 500 }, (_, i) => ({
      id: at + i + 1,
      basename: `frame-${at + i}`,
      filename: `frame-${at + i}.fits`,
      night: NIGHT,
      SITEID: "goe",
      TELID: "0m50",
      INSTRUME: "sb63",
      OBSTYPE: "object",
      OBJECT: "M 51",
      FILTER: "V",
      RLEVEL: 0,
      DATE_OBS: new Date(start + (at + i) * 3000).toISOString(),
      EXPTIME: 2,
    }));
    const next =
      at + 500 < TOTAL ? `http://elsewhere/frames/?night=${NIGHT}&pagination_style=cursor&cursor=${at + 500}` : null;
    return route.fulfill({ json: { count: TOTAL, next, previous: null, results } });
  });
  await page.route("**/frames/*/headers/", (route) => route.fulfill({ json: { results: [], data: {} } }));
  await page.goto(`${url}/sign-in?next=${encodeURIComponent(`/night/${NIGHT}/`)}`);
  await signIn(person);
  await page.getByText("The headers do not tell where the site is").waitFor();
  await page.getByText("The first 10,000 of 10,500 frames by 1 instrument.").waitFor();
  await page.getByRole("button", { name: "Read 500 more" }).click();
  await page.getByText(/^10,500 frames by 1 instrument/).waitFor();
  await page.getByRole("progressbar").waitFor({ state: "detached" });
  await page.getByRole("row", { name: /^goe 0m50 10,500 10,500 5 h 50 min$/ }).waitFor();
  await page.getByRole("link", { name: "Next night, 2026-03-20" }).waitFor();
  // A calendar of another year changes nothing about the nights beside this one.
  await page.getByRole("navigation", { name: "Years" }).getByRole("link", { name: "2025" }).click();
  await page.getByRole("heading", { name: /^Nights of 2025/ }).waitFor();
  await page.getByRole("link", { name: "Next night, 2026-03-20" }).waitFor();
  await page.getByRole("link", { name: "Previous night, 1999-05-05" }).click();
  await page.waitForURL("**/night/1999-05-05/");
  await page.getByRole("heading", { name: /^Nights of 1999/ }).waitFor();
  await page.getByRole("button", { name: "Previous night: there is none" }).waitFor();
  await page.getByRole("heading", { name: "No frames of this night" }).waitFor();
  expect(person.complaints).toEqual([]);
});

it("says what an address cannot mean", async () => {
  const { page } = await observer("/night/2026-02-31/");
  await page
    .getByRole("alert")
    .getByText(/2026-02-31/)
    .first()
    .waitFor();
  await page.getByRole("heading", { name: "Night of 2026-02-31" }).waitFor();
  expect(await page.getByText("Reading the frames").count()).toBe(0);
});

it("says once that the archive is away", async () => {
  const { page, context } = await observer(`/night/${NIGHT}/`);
  await page.getByText(`${ALL} frames by 2 instruments.`).waitFor();
  await context.setOffline(true);
  await page.getByLabel("Site").selectOption("goe");
  await page.getByRole("alert").getByText("The archive cannot be reached").waitFor();
  await page.waitForLoadState("networkidle");
  expect(await page.getByRole("alert").count()).toBe(1);
  await context.setOffline(false);
  await page.getByText(`${ALL / 2} frames by 1 instrument.`).waitFor();
});

// Last: the archive has a frame more from here on.
it("offers who watches a night the frames that have come since", async () => {
  const person = await newcomer();
  const { page } = person;
  await page.clock.install();
  await page.goto(`${url}/sign-in?next=${encodeURIComponent(`/night/${NIGHT}/`)}`);
  await signIn(person);
  await page.getByText(`${ALL} frames by 2 instruments.`).waitFor();
  await upload(altered(await rawFrame(), "goe-later-o00.fits", { "DATE-OBS": "2026-03-15T03:00:00.000" }));
  await page.clock.runFor(61_000);
  await page.getByRole("button", { name: "Show 1 new frame" }).click();
  await page.getByText(`${ALL + 1} frames by 2 instruments.`).waitFor();
  expect(await page.getByRole("button", { name: /new frame/ }).count()).toBe(0);
});
