import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, inject, it } from "vitest";
import { readTable } from "../../src/ui/frame/csv.ts";
import { asCurl, asPython } from "../../src/ui/search/program.ts";
import { altered, tokenOf } from "./frames.ts";
import { found, newcomer, observer, rawFrame, signIn, upload, url, useBrowser } from "./person.ts";

useBrowser();

const ALL = inject("names").length;
const all = `${ALL} frames`;

/** Ids of the frames in the gallery whose previews the window shows, as JSON. */
const IN_SIGHT = `JSON.stringify([...document.querySelectorAll(".plate-name")].flatMap((plate) => {
  const { top, bottom } = plate.getBoundingClientRect();
  return bottom > 0 && top < innerHeight ? [Number(plate.href.split("/").at(-1))] : [];
}))`;

it("leads people who are not signed in to the sign-in page and back to what they asked for", async () => {
  const person = await newcomer();
  const { page } = person;
  await page.goto(`${url}/?OBJECT=M+51`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(person.complaints).toEqual([]);

  await page.getByLabel("Username").fill("observer");
  await page.getByLabel("Password").fill("not the password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("Unable to log in with provided credentials.").waitFor();

  await signIn(person);
  await page.getByRole("heading", { name: /^\d+ frames$/ }).waitFor();
  expect(new URL(page.url()).search).toBe("?OBJECT=M+51");
  expect(await page.getByRole("button", { name: "Remove filter Object M 51" }).count()).toBe(1);
});

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

it("saves the whole result as CSV and JSON, and copies its query for curl and Python as it stands", async () => {
  const person = await observer("/?OBJECT=M+51&limit=25&sort=basename&order=asc");
  const { page, context } = person;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const menu = page.getByRole("button", { name: "For other programs" });
  const saved = async (name: string) => {
    await menu.click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return readFileSync((await file.path())!, "utf8");
  };
  await expect.poll(() => found(person).textContent()).toMatch(/ frames$/);
  const total = Number.parseInt((await found(person).textContent())!, 10);
  const frames = JSON.parse(await saved("Table of frames (JSON)")) as { basename: string }[];
  expect(frames.length).toBe(total);
  const table = readTable(await saved("Table of frames (CSV)"))!;
  const names = table.rows.map((row) => row[table.columns.indexOf("basename")]);
  expect(names).toEqual(frames.map(({ basename }) => basename));
  expect(names).toEqual([...names].sort());

  const copied = async (name: string) => {
    await menu.click();
    await page.getByRole("button", { name }).click();
    await page.keyboard.press("Escape");
    return (await page.evaluate("navigator.clipboard.readText()")) as string;
  };
  const token = await tokenOf({ url, username: inject("username"), password: inject("password") });
  const env = { ...process.env, ARCHIVE_TOKEN: token };
  const answer = execFileSync("sh", ["-c", await copied("Copy as curl")], { env, encoding: "utf8", stdio: "pipe" });
  const listed = (JSON.parse(answer) as { results: { basename: string }[] }).results;
  expect(listed.map(({ basename }) => basename)).toEqual(names.slice(0, 25));
  expect(await copied("Copy as Python")).toBe(
    asPython(`${url}/`, "OBJECT=M+51&sort=basename&order=asc&limit=25&offset=0"),
  );
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

it("tells how the first frames come into an archive that has none", async () => {
  const person = await observer("/account");
  const { page } = person;
  await page.route("**/frames/?*", (route) => route.fulfill({ json: { count: 0, results: [] } }));
  for (const view of ["table", "map"]) {
    await page.goto(`${url}/?view=${view}`);
    await page.getByRole("heading", { name: "There are no frames here yet" }).waitFor();
    await page.getByText("npm run demo").waitFor();
    await page.getByRole("link", { name: "Upload frames" }).waitFor();
  }
  expect(person.complaints).toEqual([]);
});

it("sorts and pages on the server", async () => {
  const person = await observer("/?limit=25");
  const { page } = person;
  const times = () => page.locator("tbody tr td:nth-of-type(3)").allTextContents();
  await expect.poll(async () => (await times()).length).toBe(25);
  expect(await times()).toEqual((await times()).sort().reverse());
  await page.getByRole("button", { name: "Time (UTC)" }).click();
  await page.locator('th[aria-sort="ascending"]').waitFor();
  const ascending = async () => {
    const shown = await times();
    return shown.length === 25 && shown.join() === [...shown].sort().join();
  };
  await expect.poll(ascending).toBe(true);
  const first = await times();

  await page.getByRole("link", { name: "Next page" }).click();
  await expect.poll(async () => (await times())[0]! >= first[24]!).toBe(true);
  expect(new URL(page.url()).searchParams.get("offset")).toBe("25");
  await page.getByText(`26–${ALL} of ${ALL}`).waitFor();
  await page.goto(`${url}/?offset=1000`);
  await page.getByRole("heading", { name: "This page is past the last frame" }).waitFor();
  await page.getByText(`0 of ${ALL}`).waitFor();
  expect(person.complaints).toEqual([]);
});

it("selects by click, by shift-click and across pages, and downloads the selection and everything", async () => {
  const person = await observer("/?limit=25");
  const { page } = person;
  const boxes = page.locator("tbody input[type=checkbox]");
  await boxes.nth(24).waitFor();
  await boxes.nth(2).click();
  await boxes.nth(6).click({ modifiers: ["Shift"] });
  const selected = page.getByRole("button", { name: /^Download selected/i });
  await expect.poll(() => selected.textContent()).toContain("(5)");
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByText(/^26–\d+ of/).waitFor();
  await boxes.nth(0).click();
  await expect.poll(() => selected.textContent()).toContain("(6)");

  const [zip] = await Promise.all([page.waitForEvent("download"), selected.click()]);
  expect(zip.suggestedFilename()).toMatch(/^pyobsdata-\d{8}\.zip$/);
  expect(await zip.failure()).toBeNull();
  const [whole] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^Download all/i }).click(),
  ]);
  expect(await whole.failure()).toBeNull();
  await page.getByRole("button", { name: "For other programs" }).click();
  const [unpacked] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Frames selected (6)" }).click(),
  ]);
  const names = execFileSync("unzip", ["-Z1", (await unpacked.path())!], { encoding: "utf8" });
  expect(names.match(/\.fits$/gm)?.length).toBe(6);

  // A session that has ended meanwhile costs a sign-in, and nothing of the selection.
  await page.context().clearCookies();
  await selected.click();
  await page.getByRole("alert").getByRole("link", { name: "Sign in again" }).click();
  await signIn(person);
  await expect.poll(() => selected.textContent()).toContain("(6)");
  expect(new URL(page.url()).searchParams.get("offset")).toBe("25");
  person.complaints.length = 0; // the 401

  await page.reload();
  await expect.poll(() => selected.textContent()).toContain("(6)");
  await page.getByRole("button", { name: "Clear selection" }).click();
  expect(await selected.isDisabled()).toBe(true);
  expect(person.complaints).toEqual([]);
});

it("unfolds the related frames in place, and shows the same frames as a gallery", async () => {
  const person = await observer("/?RLEVEL=1");
  const { page } = person;
  const row = page.locator("tbody tr").first();
  await row.getByRole("button", { name: /^Details of/ }).click();
  const related = page.locator("tr.detail table.related tbody tr");
  await expect.poll(() => related.count()).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Select this frame with all related ones" }).click();
  const several = (await related.count()) + 1;
  await page.getByRole("button", { name: new RegExp(`selected \\(${several}\\)$`, "i") }).waitFor();
  // What is unfolded is there again after a look at one of them.
  await related.first().getByRole("link").click();
  await page.waitForURL(/\/frame\/\d+$/);
  await page.goBack();
  await expect.poll(() => related.count()).toBe(several - 1);

  await page.getByRole("button", { name: "Gallery" }).click();
  await expect.poll(() => page.locator(".plate-card").count()).toBe(12);
  expect(new URL(page.url()).searchParams.get("view")).toBe("gallery");
  await expect
    .poll(() =>
      page
        .locator(".plate-card img")
        .first()
        .evaluate((image) => (image as { naturalWidth?: number }).naturalWidth),
    )
    .toBeGreaterThan(0);
  expect(person.complaints).toEqual([]);
});

it("works with the keyboard alone: filter, select, open, come back", async () => {
  const person = await observer();
  const { page } = person;
  await expect.poll(() => found(person).textContent()).toBe(all);
  await page.reload();
  await expect.poll(() => found(person).textContent()).toBe(all);
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the frames");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.id")).toBe("results-title");
  await page.getByLabel("Name contains").focus();
  await page.keyboard.type("GOE");
  await page.keyboard.press("Enter");
  await expect.poll(() => found(person).textContent()).toBe(`${ALL / 2} frames`);

  await page.locator("tbody input[type=checkbox]").first().focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  await page.getByRole("button", { name: /selected \(3\)$/i }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  const name = await page.evaluate("document.activeElement.textContent");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: String(name) }).waitFor();
  await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("H1");
  await page.goBack();
  await expect.poll(() => found(person).textContent()).toBe(`${ALL / 2} frames`);
  expect(person.complaints).toEqual([]);
});

it("has room for a list of 1,000 at once and all of its rows soon, for screen readers and keys as well", async () => {
  const person = await observer("/account");
  const { page, context } = person;
  await page.route(/\/frames\/\?.*limit=1000/, async (route) => {
    const response = await route.fetch();
    const list = (await response.json()) as { results: object[] };
    const results = Array.from({ length: 1000 }, (_, i) => ({
      ...list.results[i % list.results.length],
      id: 1e6 + i,
      basename: `row-${i}`,
    }));
    await route.fulfill({ response, json: { ...list, count: 1000, results } });
  });
  const image = { contentType: "image/svg+xml", body: "<svg xmlns='http://www.w3.org/2000/svg'/>" };
  await page.route(/\/frames\/1\d{6}\/preview\//, (route) => route.fulfill(image));
  await page.goto(`${url}/?limit=1000`);
  const row = (index: number) => page.locator(`tr[data-index="${index}"]`);
  await row(0).waitFor();
  const height = await page.evaluate("document.documentElement.scrollHeight");
  expect(height).toBeGreaterThan(1000 * 30);
  await expect.poll(() => page.locator("tr[data-index]").count()).toBe(1000);
  expect(await page.evaluate("document.documentElement.scrollHeight")).toBe(height);
  // Grids and blocks by their looks, the table's parts stay what they are: so says the browser itself.
  const devtools = await context.newCDPSession(page);
  const { nodes } = (await devtools.send("Accessibility.getFullAXTree")) as {
    nodes: { role?: { value: string }; name?: { value: string }; ignored: boolean }[];
  };
  const roles = (role: string) => nodes.filter((node) => !node.ignored && node.role?.value === role);
  expect(roles("table").length).toBe(1);
  expect(roles("row").length).toBe(1001);
  expect(roles("rowheader").map(({ name }) => name?.value)).toContain("row-917");
  expect(roles("columnheader").map(({ name }) => name?.value)).toContain("Time (UTC)");
  expect(await page.locator("table.frames").getAttribute("aria-rowcount")).toBe("1001");

  await row(0).getByRole("checkbox").focus();
  for (let i = 0; i < 60; i++) await page.keyboard.press("ArrowDown");
  await expect.poll(() => page.evaluate("document.activeElement.closest('tr').dataset.index")).toBe("60");
  await page.keyboard.press("Space");
  await row(940)
    .getByRole("checkbox")
    .click({ modifiers: ["Shift"] });
  await page.getByRole("button", { name: /selected \(881\)$/i }).waitFor();
  await page.evaluate("window.scrollTo(0, 1e9)");
  expect(await row(999).getAttribute("aria-rowindex")).toBe("1001");
  expect(await page.evaluate("document.documentElement.scrollHeight")).toBe(height);
  await page.getByRole("button", { name: "Gallery" }).click();
  await expect.poll(() => page.locator(".plate-card").count(), { timeout: 30_000 }).toBe(1000);
  expect(person.complaints).toEqual([]);
});

it("asks for the previews of a long gallery where somebody looks, and not for those that fly past", async () => {
  const person = await newcomer();
  const { page } = person;
  const asked = new Set<number>();
  await page.route(/\/frames\/\?.*limit=1000/, async (route) => {
    const response = await route.fetch();
    const list = (await response.json()) as { results: object[] };
    const results = Array.from({ length: 1000 }, (_, i) => ({ ...list.results[i % list.results.length], id: 1e6 + i }));
    await route.fulfill({ response, json: { ...list, count: 1000, results } });
  });
  await page.route(/\/frames\/1\d{6}\/preview\//, (route) => {
    asked.add(Number(route.request().url().split("/").at(-3)));
    return route.fulfill({ contentType: "image/svg+xml", body: "<svg xmlns='http://www.w3.org/2000/svg'/>" });
  });
  await page.clock.install();
  await page.goto(`${url}/sign-in?next=${encodeURIComponent("/?limit=1000&view=gallery")}`);
  await signIn(person);
  const plates = page.getByRole("list", { name: "Previews of frames" }).getByRole("listitem");
  await plates.first().locator(".preview.shown").waitFor();

  await page.clock.pauseAt(Date.now() + 60_000);
  for (const depth of [4000, 8000, 12_000]) {
    await page.evaluate(`window.scrollTo(0, ${depth})`);
    await new Promise((later) => setTimeout(later, 300)); // the browser sees what is near by now; the page's clock stands
    await page.clock.runFor(100);
  }
  const seen = async () => JSON.parse(String(await page.evaluate(IN_SIGHT))) as number[];
  const last = await seen();
  await expect
    .poll(async () => {
      await page.clock.runFor(100);
      return last.every((id) => asked.has(id));
    })
    .toBe(true);
  await page.evaluate("window.scrollTo(0, 8000)");
  const past = await seen();
  expect(past.length).toBeGreaterThan(5);
  expect(past.filter((id) => asked.has(id))).toEqual([]);
  expect(person.complaints).toEqual([]);
});

it("offers frames that have come since, and moves nothing by itself", async () => {
  const person = await newcomer();
  const { page } = person;
  await page.clock.install();
  await page.goto(`${url}/sign-in?next=${encodeURIComponent("/?SITE=goe")}`);
  await signIn(person);
  await expect.poll(() => found(person).textContent()).toBe(`${ALL / 2} frames`);
  let more = 2;
  await page.route(/\/frames\/\?.*limit=0/, async (route) => {
    const response = await route.fetch();
    const list = (await response.json()) as { count: number };
    await route.fulfill({ response, json: { ...list, count: list.count + more } });
  });
  await page.clock.runFor(61_000);
  const offer = page.getByRole("button", { name: "Show 2 new frames" });
  await offer.waitFor();
  expect(await found(person).textContent()).toBe(`${ALL / 2} frames`);
  more = 0;
  const [asked] = await Promise.all([page.waitForRequest(/\/frames\/\?.*limit=50/), offer.click()]);
  expect(new URL(asked.url()).searchParams.get("SITE")).toBe("goe");
  await page.clock.runFor(61_000);
  await offer.waitFor({ state: "detached" });
});

it("says that the archive is away, and goes on by itself when it is back", async () => {
  const person = await observer();
  const { page, context } = person;
  await expect.poll(() => found(person).textContent()).toBe(all);
  await context.setOffline(true);
  await page.getByRole("group", { name: "Site" }).getByRole("checkbox", { name: /^goe/ }).check();
  await page.getByText("The archive cannot be reached").waitFor();
  await context.setOffline(false);
  await expect.poll(() => found(person).textContent()).toBe(`${ALL / 2} frames`);
  expect(await page.getByText("The archive cannot be reached").count()).toBe(0);
});

it("gives other programs what was found as it is: formulas, quotes, dollars, backslashes, positions, polygons", async () => {
  const frame = await rawFrame();
  const objects = ["=cmd()", `O'Brien "x", $HOME \`id\``, "back\\slash\\n %2B"];
  for (const [i, OBJECT] of objects.entries()) await upload(altered(frame, `odd-0${i}.fits`, { OBJECT }));
  const token = await tokenOf({ url, username: inject("username"), password: inject("password") });
  const env = { ...process.env, ARCHIVE_TOKEN: token };
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { env, encoding: "utf8", stdio: "pipe" });
  const python = run("sh", "-c", "command -v python3 || true").trim();
  const searches = [
    ...objects.map((OBJECT) => ({ query: { OBJECT }, count: 1 })),
    { query: { RA: "13:29:52.7", DEC: "+47:11:43", radius: "0.1", RLEVEL: "1" }, count: 6 },
    { query: { covers: "POINT(202.469575 47.195258)", RLEVEL: "1" }, count: 6 },
    { query: { intersects: "POLYGON((202.4 47.1, 202.6 47.1, 202.6 47.3, 202.4 47.1))", RLEVEL: "1" }, count: 6 },
    { query: { basename: "å ☃ 😀 [1-3]{a,b} #&+'" }, count: 0 },
  ];
  for (const { query, count } of searches) {
    const text = new URLSearchParams(query as Record<string, string>).toString();
    const { results } = JSON.parse(run("sh", "-c", asCurl(`${url}/`, text))) as { results: { basename: string }[] };
    expect([text, results.length]).toEqual([text, count]);
    if (python === "") continue; // a machine without it has nobody who would run the program
    const lines = run(python, "-c", asPython(`${url}/`, text))
      .split("\n")
      .slice(0, -1);
    expect(lines.map((line) => line.split(" ")[1])).toEqual(results.map(({ basename }) => basename));
  }

  const { page, complaints } = await observer("/?basename=odd-0&sort=basename&order=asc");
  const saved = async (name: string) => {
    await page.getByRole("button", { name: "For other programs" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return readFileSync((await file.path())!, "utf8");
  };
  const frames = JSON.parse(await saved("Table of frames (JSON)")) as Record<string, unknown>[];
  expect(frames.map(({ OBJECT }) => OBJECT)).toEqual(objects);
  const { columns, rows } = readTable(await saved("Table of frames (CSV)"))!;
  // A spreadsheet would work a formula out: it has an apostrophe in front (docs/downloads.md), the others are exact.
  const cells = rows.map((row) => Object.fromEntries(row.map((cell, i) => [columns[i], cell])));
  for (const [i, cell] of cells.entries()) {
    for (const name of columns.filter((name) => name !== "url")) {
      const exact = String(frames[i]![name] ?? "");
      expect([name, cell[name]]).toEqual([name, exact === "=cmd()" ? expect.anything() : exact]);
    }
  }
  expect(cells[0]!.OBJECT).toBe("'=cmd()");
  expect(complaints).toEqual([]);
});
