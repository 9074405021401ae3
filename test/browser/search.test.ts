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

it("shows the columns that a person has chosen, and sorts by each of them", async () => {
  const person = await observer();
  const { page } = person;
  const token = await tokenOf({ url, username: inject("username"), password: inject("password") });
  const headings = page.locator("thead th:not(:has(.unseen))");
  const rowHeight = () =>
    page
      .locator("tr[data-index]")
      .first()
      .evaluate((row) => row.getBoundingClientRect().height);
  await expect.poll(() => found(person).textContent()).toBe(all);
  const roomy = await rowHeight();
  await page.getByRole("button", { name: "Columns" }).click();
  const boxes = page.getByRole("group", { name: "Columns" }).getByRole("checkbox");
  for (const box of await boxes.all()) await box.check();
  const labels = await page.getByRole("group", { name: "Columns" }).locator("label").allInnerTexts();
  await page.getByLabel("Close rows").check();
  await page.keyboard.press("Escape");
  expect(await headings.allInnerTexts()).toEqual(["Name", ...labels.filter((label) => label !== "Previews")]);
  await expect.poll(() => page.locator("tbody .preview.shown").count()).toBeGreaterThan(0);

  // They are kept, and so is what is taken away again.
  await page.reload();
  await page.locator("tbody .preview.shown").first().waitFor();
  expect(await headings.count()).toBe(labels.length);
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Previews").uncheck();
  await page.keyboard.press("Escape");
  expect(await page.locator("tbody .preview").count()).toBe(0);
  await page.reload();
  await page.locator("tr[data-index]").first().waitFor();
  expect(await page.locator("tbody .preview").count()).toBe(0);
  expect(await rowHeight()).toBeLessThan(roomy);

  const shown = () => page.locator("tr[data-index] th").allInnerTexts();
  const sorts = await headings.getByRole("button").allInnerTexts();
  expect(sorts).toEqual(["Name", ...labels.filter((label) => label !== "Previews" && label !== "Pixels")]);
  const seen = new Set<string>();
  for (const label of sorts) {
    const heading = page.getByRole("columnheader", { name: label, exact: true });
    await heading.getByRole("button").click();
    await expect.poll(() => heading.getAttribute("aria-sort")).toBe("ascending");
    const { search, searchParams } = new URL(page.url());
    seen.add(searchParams.get("sort") ?? "DATE_OBS");
    expect(searchParams.get("order")).toBe("asc");
    const answer = await fetch(`${url}/frames/${search}&limit=50`, { headers: { Authorization: `Token ${token}` } });
    const { results } = (await answer.json()) as { results: { basename: string }[] };
    await expect.poll(shown).toEqual(results.map(({ basename }) => basename));
  }
  expect(seen.size).toBe(sorts.length);
  expect(person.complaints).toEqual([]);
});

it("sorts the gallery, selects in it with Shift and across its pages, and comes back by Back", async () => {
  const person = await observer("/?view=gallery&limit=25");
  const { page } = person;
  const names = () => page.locator(".plate-card .mono").allInnerTexts();
  await expect.poll(async () => (await names()).length).toBe(25);
  await page.getByLabel("Sort by").selectOption("Name");
  await page.getByRole("button", { name: "Descending; turn round" }).click();
  const sorted = inject("names")
    .map((name) => name.replace(".fits", ""))
    .sort();
  await expect.poll(names).toEqual(sorted.slice(0, 25));
  const boxes = page.locator(".plate-card input[type=checkbox]");
  await boxes.nth(1).click();
  await boxes.nth(8).click({ modifiers: ["Shift"] }); // in another line
  await page.getByRole("link", { name: "Next page" }).click();
  await expect.poll(names).toEqual(sorted.slice(25));
  await boxes.nth(0).focus();
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: /selected \(9\)$/i }).waitFor();
  await page.goBack();
  await expect.poll(names).toEqual(sorted.slice(0, 25));
  expect(await page.locator(".plate-card.picked").count()).toBe(8);
  await page.goBack();
  await page.getByRole("button", { name: "Descending; turn round" }).waitFor();
  await expect.poll(names).toEqual(sorted.slice(-25).reverse());
  await page.getByRole("button", { name: "Table" }).click();
  await expect.poll(() => page.locator("tr.picked").count()).toBe(1);
  await page.getByLabel("Per page").selectOption("50");
  await expect.poll(() => page.locator("tr.picked").count()).toBe(9);
  expect(new URL(page.url()).search).toBe("?sort=basename&order=desc&view=table");
  // A phone's edge cuts off nothing of what opens.
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole("button", { name: "For other programs" }).click();
  const panel = (await page.locator(".menu-panel").boundingBox())!;
  expect([panel.x >= 0, panel.x + panel.width <= 390]).toEqual([true, true]);
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
