/** The filters of the search page, each for itself and together. */
import { expect, inject, it } from "vitest";
import { bytes, counted } from "../../src/ui/design/format.ts";
import { tokenOf } from "./frames.ts";
import { found, newcomer, observer, signIn, url, useBrowser } from "./person.ts";

useBrowser();

const ALL = inject("names").length;
const all = `${ALL} frames`;

it("narrows by choices with counts, shows chips, and comes back by Back", async () => {
  const person = await observer();
  const { page } = person;
  await expect.poll(() => found(person).textContent()).toBe(all);
  const site = page.getByRole("group", { name: "Site" });
  const goe = site.getByRole("checkbox", { name: /^goe/ });
  const count = Number(/\d+/.exec((await site.getByText(/^goe\s*\d+ frames$/).textContent()) ?? "")?.[0]);
  expect(count).toBe(ALL / 2);
  await goe.check();
  await expect.poll(() => found(person).textContent()).toBe(`${count} frames`);
  expect(new URL(page.url()).searchParams.get("SITE")).toBe("goe");

  await page.getByRole("group", { name: "Filter", exact: true }).getByRole("checkbox", { name: /^V/ }).check();
  await page.getByRole("button", { name: "Remove filter Filter V" }).waitFor();
  expect(new URL(page.url()).search).toBe("?FILTER=V&SITE=goe");
  const both = `${ALL / 2 - 14} frames`;
  await expect.poll(() => found(person).textContent()).toBe(both);

  await page.goBack();
  await expect.poll(() => found(person).textContent()).toBe(`${count} frames`);
  await page.goForward();
  await expect.poll(() => found(person).textContent()).toBe(both);

  await page.reload();
  await expect.poll(() => found(person).textContent()).toBe(both);
  await page.getByRole("button", { name: "Remove filter Site goe" }).click();
  await page.getByRole("button", { name: "Remove filter Site goe" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Remove filter Filter V" }).click();
  await expect.poll(() => found(person).textContent()).toBe(all);
  expect(person.complaints).toEqual([]);
});

/** What the archive itself says about the frames that a query finds. */
async function said(query: string): Promise<{ count: number; size: number }> {
  const token = await tokenOf({ url, username: inject("username"), password: inject("password") });
  const answer = await fetch(`${url}/frames/?${query}&limit=1000`, { headers: { Authorization: `Token ${token}` } });
  const { count, results } = (await answer.json()) as { count: number; results: { size: number }[] };
  return { count, size: results.reduce((sum, { size }) => sum + size, 0) };
}

it("finds with every filter what the archive finds with it, and says how much that is", async () => {
  const person = await observer();
  const { page } = person;
  await expect.poll(() => found(person).textContent()).toBe(all);
  for (const section of ["Position", "Request and proposal", "More"]) {
    await page.getByText(section, { exact: true }).click();
  }
  const holds = async (parameter: string) => {
    await expect.poll(() => new URL(page.url()).searchParams.has(parameter)).toBe(true);
    const { search } = new URL(page.url());
    const { count, size } = await said(search.slice(1));
    expect([search, count > 0 && count < ALL]).toEqual([search, true]);
    await expect.poll(() => page.locator(".results-head").textContent()).toContain(`${bytes(size)} in all`);
    expect(await found(person).textContent()).toBe(counted(count, "frame"));
    return count;
  };
  for (const [label, text, parameter] of [
    ["From (UTC)", "2026-03-14 19:57", "start"],
    ["Until (UTC)", "2026-03-14T17:00", "end"],
    ["Name contains", "0012-O", "basename"],
    ["At least (s)", "60.5", "EXPTIME"],
    ["At most (s)", "8", "EXPTIME_max"],
    ["Image covers", "POINT(202.469575 47.195258)", "covers"],
    ["Image meets region", "CIRCLE 201.7 -47.48 0.1", "intersects"],
    ["Request", "000114008", "REQNUM"],
    ["Observation", "20260314-009", "OBSNUM"],
    ["Exact name", inject("raw").replace(".fits", ""), "basename_exact"],
  ] as const) {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press("Enter");
    await holds(parameter);
    await field.fill("");
    await field.press("Enter");
  }
  await expect.poll(() => found(person).textContent()).toBe(all);
  for (const [group, choice, parameter] of [
    ["Image type", /^bias/, "IMAGETYPE"],
    ["Filter", /^none/, "FILTER"],
    ["Site", /^saao/, "SITE"],
    ["Telescope", /^0m50/, "TELESCOPE"],
    ["Instrument", /^fa16/, "INSTRUMENT"],
    ["Reduction level", /^1 reduced/, "RLEVEL"],
  ] as const) {
    const box = page.getByRole("group", { name: group, exact: true }).getByRole("checkbox", { name: choice });
    const told = await box.locator("xpath=..").textContent();
    await box.check();
    expect(told).toContain(String(await holds(parameter)));
    await box.uncheck();
    await expect.poll(() => found(person).textContent()).toBe(all);
  }
  const binning = page.getByRole("group", { name: "Binning" }).getByRole("checkbox", { name: `1 × 1 ${all}` });
  await binning.check();
  await page.getByRole("button", { name: "Remove filter Binning 1 × 1" }).click();
  await expect.poll(() => binning.isChecked()).toBe(false);
  // What is left out is not among the choices, whatever is chosen.
  await page.getByLabel("Leave out calibrations").check();
  await holds("exclude_calibrations");
  const types = page.getByRole("group", { name: "Image type" }).getByRole("checkbox");
  await expect.poll(() => types.count()).toBe(1);
  await page.getByLabel("Leave out calibrations").uncheck();
  await page.getByLabel("Leave out what is public to all").check();
  await page.getByRole("button", { name: "Remove filter Public frames left out" }).waitFor();
  expect(new URL(page.url()).search).toBe("?public=false");
  expect(person.complaints).toEqual([]);
});

it("finds by spans of time, each on the day it is asked", async () => {
  const person = await newcomer();
  const { page } = person;
  await page.clock.setFixedTime("2026-03-15T13:00:00Z");
  await page.goto(`${url}/sign-in?next=%2F`);
  await signIn(person);
  for (const [button, words, name, query] of [
    ["Tonight", "tonight (2026-03-15)", "tonight", "night=2026-03-15"],
    ["7 days", "the last 7 days (since 2026-03-08)", "last-7-days", "start=2026-03-08"],
    ["30 days", "the last 30 days (since 2026-02-13)", "last-30-days", "start=2026-02-13"],
    ["Semester", "this semester (since 2026-02-01)", "this-semester", "start=2026-02-01"],
  ] as const) {
    const preset = page.getByRole("button", { name: button, exact: true });
    await preset.click();
    await page.getByRole("button", { name: `Remove filter When ${words}` }).waitFor();
    expect([new URL(page.url()).search, await preset.getAttribute("aria-pressed")]).toEqual([`?dates=${name}`, "true"]);
    const { count } = await said(query);
    await expect.poll(() => found(person).textContent()).toBe(counted(count, "frame"));
  }
  await page.getByRole("button", { name: "All", exact: true }).click();
  await expect.poll(() => found(person).textContent()).toBe(all);
  expect(new URL(page.url()).search).toBe("");
  expect(person.complaints).toEqual([]);
});

it("finds by what is typed, and says at the field what cannot be understood", async () => {
  const person = await observer();
  const { page } = person;
  await page.getByLabel("Object contains").fill("ngc 51");
  await expect.poll(() => new URL(page.url()).searchParams.get("OBJECT")).toBe("ngc 51");
  const objects = async () => [...new Set(await page.locator("tbody tr td:nth-of-type(4)").allTextContents())];
  await expect.poll(objects).toEqual(["NGC 5139"]);

  await page.getByLabel("From (UTC)").fill("yesterday");
  await page.getByLabel("From (UTC)").press("Enter");
  await page.locator(".filters").getByText("Write a date as 2026-11-21").waitFor();
  await page.getByRole("status").getByText("Write a date as 2026-11-21").waitFor();
  expect(new URL(page.url()).searchParams.has("start")).toBe(false);
  expect(await page.getByLabel("From (UTC)").getAttribute("aria-invalid")).toBe("true");
  await page.getByLabel("From (UTC)").fill("2026-03-15 12:00");
  await page.getByLabel("From (UTC)").press("Enter");
  await page.getByRole("button", { name: "Remove filter From 2026-03-15 12:00" }).waitFor();
  await page.getByRole("button", { name: "Clear all", exact: true }).click();
  await expect.poll(() => found(person).textContent()).toBe(all);
  expect(await page.getByLabel("Object contains").inputValue()).toBe("");

  await page.getByText("Position", { exact: true }).click();
  await page.getByLabel("RA and Dec").fill("13h29m52.7s +47d11m43s");
  await page.getByLabel("RA and Dec").press("Enter");
  await page.getByRole("button", { name: /^Remove filter Within 10′ of 13:29:52\.7 \+47:11:43$/ }).waitFor();
  await expect.poll(() => page.locator("tbody tr").count()).toBeGreaterThan(0);

  // The archive's own complaint, about what only it knows, stands at its field as well.
  await page.goto(`${url}/?covers=nonsense`);
  await page.locator(".filters .fault").waitFor();
  expect(await page.getByLabel("Image covers").getAttribute("aria-invalid")).toBe("true");
  // Over the list it is said what is refused and what would not be; trying again is not offered, going on without it is.
  await page
    .getByRole("alert")
    .getByText('Covers nonsense: "nonsense" is no region; it accepts POINT(ra dec)')
    .waitFor();
  expect(await page.getByRole("button", { name: "Try again" }).count()).toBe(0);
  await page.getByRole("alert").getByRole("button", { name: "Leave out Covers nonsense" }).click();
  await expect.poll(() => found(person).textContent()).toBe(all);
  expect(new URL(page.url()).search).toBe("");
  await page.goto(`${url}/?sort=nothing`);
  await page
    .getByRole("alert")
    .getByText(/^sort: It accepts .*DATE_OBS/)
    .waitFor();
  await page.getByRole("link", { name: "Newest first" }).click();
  await expect.poll(() => found(person).textContent()).toBe(all);
});

it("offers objects while somebody types, walked with the arrow keys, and drops what is outdated", async () => {
  const person = await observer();
  const { page } = person;
  const field = page.getByRole("combobox", { name: "Object contains" });
  const options = page.getByRole("listbox", { name: "Suggestions" }).getByRole("option");
  // The first answer comes after the second.
  let held: (() => void) | null = null;
  await page.route("**/objects/?*", async (route) => {
    if (held === null) await new Promise<void>((go) => (held = go));
    await route.continue().catch(() => {});
  });
  await field.fill("m");
  await expect.poll(() => held !== null).toBe(true);
  await field.fill("ngc");
  await expect.poll(() => options.allTextContents()).toEqual([expect.stringMatching(/^NGC 5139\d+ frames$/)]);
  held!();
  expect(await field.getAttribute("aria-expanded")).toBe("true");
  await field.press("ArrowDown");
  expect(await field.getAttribute("aria-activedescendant")).toBe(await options.first().getAttribute("id"));
  await field.press("Enter");
  await expect.poll(() => new URL(page.url()).searchParams.get("OBJECT")).toBe("NGC 5139");
  expect(await options.count()).toBe(0);

  await field.fill("5");
  await expect.poll(() => options.count()).toBe(2);
  await field.press("Escape");
  expect(await options.count()).toBe(0);
  expect(await field.inputValue()).toBe("5");
  await field.fill("m 5");
  await options.filter({ hasText: "M 51" }).click();
  await page.getByRole("button", { name: "Remove filter Object M 51" }).waitFor();
  expect(await field.evaluate((one) => one === document.activeElement)).toBe(true);
  expect(person.complaints).toEqual([]);
});

it("finds a position by name, reads coordinates without asking anybody, and says who knows no such name", async () => {
  const person = await observer();
  const { page } = person;
  const asked: string[] = [];
  await page.route("**/resolve/?*", async (route) => {
    const name = new URL(route.request().url()).searchParams.get("name")!;
    asked.push(name);
    if (name === "Slow Star") {
      await route.fulfill({ status: 503, json: { detail: "The name resolver did not answer within 10 s." } });
      return;
    }
    if (name === "Odd Star") {
      await route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad gateway</h1>" });
      return;
    }
    if (name !== "M51") {
      await route.fulfill({ status: 404, json: { detail: `The name resolver knows no object called "${name}".` } });
      return;
    }
    const found = { name, designation: "M 51", ra: 202.469575, dec: 47.1952583, source: "Simbad" };
    await route.fulfill({ json: found });
  });
  await page.getByText("Position", { exact: true }).click();
  const field = page.getByLabel("RA and Dec, or a name");
  await field.fill("M51");
  await field.press("Enter");
  await page.getByRole("button", { name: "Remove filter Within 10′ of 13:29:52.7 +47:11:43" }).waitFor();
  await page.getByText("M 51: 13:29:52.7 +47:11:43 (Simbad)").waitFor();
  expect(await field.inputValue()).toBe("M51");
  await expect.poll(() => found(person).textContent()).toBe("12 frames");
  await field.fill("No Such Star");
  await field.press("Enter");
  await page.locator(".position .fault").getByText('knows no object called "No Such Star".').waitFor();
  expect(await field.getAttribute("aria-invalid")).toBe("true");
  for (const [name, words] of [
    ["Slow Star", "The name resolver did not answer within 10 s."],
    ["Odd Star", "It answered with status 502."],
  ] as const) {
    await field.fill(name);
    await field.press("Enter");
    const said = `${words} Coordinates can be written instead.`;
    await page.locator(".position .fault").getByText(said).waitFor();
    await expect.poll(() => page.getByRole("status").first().textContent()).toContain(said);
  }
  await field.fill("13 29 52.7 +47 11 43");
  await field.press("Enter");
  await page.locator(".position .fault").waitFor({ state: "detached" });
  expect(asked).toEqual(["M51", "No Such Star", "Slow Star", "Odd Star"]);
});

it("keeps searches under names, and forgets them", async () => {
  const person = await observer("/?OBJECT=M+51&FILTER=V");
  const { page } = person;
  await page.getByRole("button", { name: "Saved searches" }).click();
  await page.getByLabel("Save this search as").fill("Whirlpool in V");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("link", { name: "Whirlpool in V" }).waitFor();
  await page.goto(url);
  await page.getByRole("button", { name: "Saved searches" }).click();
  await page.getByRole("link", { name: "Whirlpool in V" }).click();
  await page.getByRole("button", { name: "Remove filter Filter V" }).waitFor();
  expect(new URL(page.url()).search).toBe("?OBJECT=M+51&FILTER=V");
  await page.getByRole("button", { name: "Saved searches" }).click();
  await page.getByRole("button", { name: "Remove Whirlpool in V" }).click();
  await page.getByRole("link", { name: "Whirlpool in V" }).waitFor({ state: "detached" });
  expect(person.complaints).toEqual([]);
});

it("keeps a span of time by its name: saved or shared, it means other nights on other days", async () => {
  const person = await newcomer();
  const { page } = person;
  await page.clock.setFixedTime("2026-03-15T13:00:00Z");
  await page.goto(`${url}/sign-in?next=%2F`);
  await signIn(person);
  await page.getByRole("button", { name: "Last night" }).click();
  await page.getByRole("button", { name: "Remove filter When last night (2026-03-14)" }).waitFor();
  await expect.poll(() => found(person).textContent()).toBe(all);
  expect(new URL(page.url()).search).toBe("?dates=last-night");
  await page.getByRole("button", { name: "Saved searches" }).click();
  await page.getByLabel("Save this search as").fill("What came in");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("link", { name: "What came in" }).waitFor();

  await page.clock.setFixedTime("2026-03-20T13:00:00Z");
  await page.goto(url);
  await page.getByRole("button", { name: "Saved searches" }).click();
  await page.getByRole("link", { name: "What came in" }).click();
  await page.getByRole("button", { name: "Remove filter When last night (2026-03-19)" }).waitFor();
  await page.getByText("No frame fits all of these filters").waitFor();
  expect(await page.getByRole("button", { name: "Last night", exact: true }).getAttribute("aria-pressed")).toBe("true");
  // A date that is typed is that date for ever.
  await page.getByLabel("Night", { exact: true }).fill("2026-03-14");
  await expect.poll(() => found(person).textContent()).toBe(all);
  expect(new URL(page.url()).search).toBe("?night=2026-03-14");
  await page.goBack();
  await page.getByRole("button", { name: "Remove filter When last night (2026-03-19)" }).waitFor();
  await page.getByRole("button", { name: "Saved searches" }).click();
  await page.getByRole("button", { name: "Remove What came in" }).click();
  await page.getByRole("link", { name: "What came in" }).waitFor({ state: "detached" });
  expect(person.complaints).toEqual([]);
});

it("says what to do when nothing fits", async () => {
  const person = await observer("/?OBJECT=no+such+object");
  const { page } = person;
  await page.getByRole("heading", { name: "No frame fits all of these filters" }).waitFor();
  expect(await page.getByRole("link", { name: "Which nights have frames?" }).count()).toBe(0);
  await page.getByRole("button", { name: "Map" }).click();
  await page.getByText("No frame to show: a circle or a polygon drawn here searches all the same.").waitFor();
  await page.getByRole("heading", { name: "No frame fits all of these filters" }).waitFor();
  await page.getByRole("button", { name: "Table" }).click();
  // Last night was cloudy.
  await page.getByRole("button", { name: "Last night" }).click();
  await page.getByRole("link", { name: "Which nights have frames?" }).waitFor();
  await page.getByText("Leaving out one of them is not enough.").waitFor();
  // Each filter that is in the way by itself, both of its values at once, with the frames that there are without it.
  await page.goto(`${url}/?OBJECT=M+51&FILTER=X&FILTER=Y`);
  const ways = page.locator(".ways-out li");
  await expect.poll(() => ways.allTextContents()).toEqual(["12 frames without Filter X or Y"]);
  await ways.getByRole("link").click();
  await expect.poll(() => found(person).textContent()).toBe("12 frames");
  await page.goto(`${url}/?OBJECT=M+51&FILTER=X`);
  await page.getByRole("button", { name: "Clear all filters" }).click();
  await expect.poll(() => found(person).textContent()).toBe(all);
  expect(person.complaints).toEqual([]);
});
