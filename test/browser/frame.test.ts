import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { expect, inject, it } from "vitest";
import { fitsFile, imageHdu } from "../../src/cli/fits-file.ts";
import type { Card, HeaderUnit } from "../../src/ui/api/frame.ts";
import { altered } from "./frames.ts";
import { focused, found, listen, newcomer, observer, rawFrame, signIn, upload, url, useBrowser } from "./person.ts";

useBrowser();

const reduced = inject("reduced").replace(".fits", "");

it("shows a frame's image, facts with units, headers, catalogue and versions, each under its address", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByRole("heading", { level: 1, name: reduced }).waitFor();
  const image = page.getByRole("img", { name: /^Preview of/ });
  await expect.poll(() => image.evaluate((one) => (one as { naturalWidth?: number }).naturalWidth)).toBe(512);
  // All of it: nothing hangs out of the box that cuts it off.
  const [drawn, box] = [await image.boundingBox(), await page.locator(".frame-image .preview").boundingBox()];
  expect(drawn!.height).toBeLessThanOrEqual(box!.height);
  const facts = await page.locator(".facts").textContent();
  expect(facts).toContain("M 51");
  expect(facts).toMatch(/Exposure time\s*120 s/);
  expect(facts).toMatch(/Reduction level\s*1 reduced/);
  expect(facts).toMatch(/Right ascension\s*13:29:\d\d\.\d\d 202\.4\d+°/);
  await expect.poll(() => page.locator(".related-list li").count()).toBeGreaterThan(2);

  const heard = await listen(page);
  await page.getByRole("link", { name: "Headers" }).click();
  await page.getByRole("heading", { name: /^HDU 1/ }).waitFor();
  expect(new URL(page.url()).searchParams.get("tab")).toBe("headers");
  await expect.poll(async () => (await heard()).at(-1)).toBe(`Headers of ${reduced}.`);
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
  await page.reload();
  await expect.poll(async () => (await column.allTextContents()).map(Number)).toEqual(values);

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

it("shows beside a raw frame what was made of it, and with which calibrations", async () => {
  const raw = reduced.replace(/01$/, "00");
  const { page } = await observer(`/?basename_exact=${raw}`);
  await page.getByRole("button", { name: `Details of ${raw}` }).click();
  await page.locator("table.related").getByRole("link", { name: reduced }).waitFor();
  await page.locator("tbody th a").first().click();
  await page.getByRole("heading", { level: 1, name: raw }).waitFor();
  await page.locator(".facts").getByRole("link", { name: reduced }).waitFor();
  const graph = page.getByRole("group", { name: `What ${reduced} was made from` });
  await graph.locator(".lineage-box.here", { hasText: raw }).waitFor();
  expect(await graph.getByRole("link", { name: /^bias/ }).count()).toBeGreaterThan(0);
  await graph.getByRole("link", { name: reduced }).click();
  await page.getByRole("heading", { level: 1, name: reduced }).waitFor();
  await graph.locator(".lineage-box.here", { hasText: reduced }).waitFor();
});

it("goes through the frames of the list that was looked at, by links and by the arrow keys", async () => {
  const person = await observer("/?OBJECT=M+51&FILTER=V&RLEVEL=0&sort=DATE_OBS&order=asc");
  const { page } = person;
  const rows = page.locator("tbody th a");
  await rows.nth(1).waitFor();
  const names = await rows.allTextContents();
  await rows.first().click();
  const heading = (name: string | undefined) => page.getByRole("heading", { level: 1, name: name! }).waitFor();
  await heading(names[0]);
  expect(await page.getByRole("button", { name: "Previous frame" }).isDisabled()).toBe(true);
  await page.getByRole("link", { name: "Headers" }).click();
  await page.getByRole("link", { name: "Next frame" }).click();
  await heading(names[1]);
  await page.getByRole("heading", { name: /^HDU 1/ }).waitFor();
  // The part on show is kept, the focus is on the heading, and a reload forgets nothing.
  await page.reload();
  await heading(names[1]);
  await page.keyboard.press("ArrowLeft");
  await heading(names[0]);
  await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("H1");
  await page.keyboard.press("ArrowRight");
  await heading(names[1]);
  // In a field the arrow keys are the field's.
  await page.getByLabel("Search the cards").fill("gain");
  await page.keyboard.press("ArrowLeft");
  await heading(names[1]);
  await page.getByRole("link", { name: "Back to the frames" }).click();
  await expect.poll(() => rows.allTextContents()).toEqual(names);
  expect(person.complaints).toEqual([]);
});

it("offers the newest frame to who watches the focus, and keeps part, look and tool for it", async () => {
  const person = await newcomer();
  const { page } = person;
  await page.clock.install();
  await page.goto(`${url}/sign-in?next=${encodeURIComponent("/?OBJECT=M+51&basename=-o0")}`);
  await signIn(person);
  const rows = page.locator("tbody th a");
  await rows.nth(1).waitFor();
  const newest = await rows.first().textContent();
  await rows.first().click();
  await page.getByRole("heading", { level: 1, name: newest! }).waitFor();
  await page.goto(`${page.url()}?tab=headers&stretch=asinh&tool=star`);
  await page.getByRole("heading", { name: /^HDU 1/ }).waitFor();
  const heard = await listen(page);
  await page.clock.runFor(31_000);
  const offer = page.getByRole("link", { name: "Show the new frame" });
  expect(await offer.count()).toBe(0);
  await upload(
    altered(await rawFrame(), "goe-focus-o00.fits", { "DATE-OBS": "2026-03-15T03:00:00.000", OBJECT: "M 51" }),
  );
  await page.clock.runFor(31_000);
  await offer.waitFor();
  await expect.poll(async () => (await heard()).join()).toContain("1 new frame, the newest is goe-focus-o00.");
  await offer.click();
  await page.getByRole("heading", { level: 1, name: "goe-focus-o00" }).waitFor();
  expect(new URL(page.url()).search).toBe("?tab=headers&stretch=asinh&tool=star");
  expect(await offer.count()).toBe(0);
  await page.getByRole("link", { name: "Next frame" }).click();
  await page.getByRole("heading", { level: 1, name: newest! }).waitFor();
});

it("draws what a frame was made from, as links for pointer and keys", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page } = person;
  await page.locator("tbody th a").click();
  const graph = page.getByRole("group", { name: `What ${reduced} was made from` });
  await graph.waitFor();
  const links = await graph.getByRole("link").all();
  const names = await Promise.all(links.map(async (link) => (await link.textContent())!));
  const stem = reduced.slice(0, -3);
  expect(names[0]).toMatch(new RegExp(`^object · [A-Z] ${stem}o00$`));
  expect(names.filter((name) => /^(bias|dark|skyflat)/.test(name)).length).toBeGreaterThan(2);
  expect(await graph.locator("path").count()).toBe(names.length);
  await graph.getByRole("link").first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: `${stem}o00` }).waitFor();
  expect(person.complaints).toEqual([]);
});

it("shares for as long as is chosen, and cites to the byte", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByRole("button", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: "Share this frame" });
  await dialog.getByLabel("The link works for").selectOption("an hour");
  await dialog.getByRole("button", { name: "Make a link" }).press("Enter");
  const link = await dialog.getByLabel("File", { exact: true }).inputValue();
  // Behind a modal dialog nothing is read out: it must say so itself.
  expect(await dialog.getByRole("status").textContent()).toMatch(/^The link is made\./);
  expect(await focused(page)).toBe("Make a link");
  const forged = link.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  expect((await fetch(forged)).status).toBe(403);
  const file = await fetch(link);
  expect(file.status).toBe(200);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const until = Date.parse(`${/, until (.*) UTC, and/.exec((await dialog.textContent())!)![1]!.replace(" ", "T")}Z`);
  expect(Math.abs(until - Date.now() - 3_600_000)).toBeLessThan(120_000);
  await page.keyboard.press("Escape");
  expect(await page.getByRole("button", { name: "Share" }).evaluate((one) => one === document.activeElement)).toBe(
    true,
  );

  await page.getByRole("button", { name: "Cite" }).click();
  const citation = page.getByRole("dialog", { name: "Cite this frame" });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(await citation.locator("p.citation").textContent()).toContain(`SHA-256 ${sha256}`);
  // The checksums on the page are those of the file, and of what it is unpacked.
  const plain = new Uint8Array(await (await fetch(`${link}&format=fits`)).arrayBuffer());
  const sums = [bytes, plain].flatMap((file) =>
    ["md5", "sha256"].map((name) => createHash(name).update(file).digest("hex")),
  );
  expect(await page.locator(".checksum").allTextContents()).toEqual(sums);
  expect(await citation.locator("pre").textContent()).toContain(`url          = {${page.url()}?version=1}`);
  expect(person.complaints).toEqual([]);
});

it("shows the header's cards as they stand in the file", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page, context } = person;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator("tbody th a").click();
  await page.getByRole("link", { name: "Headers" }).click();
  await page.getByRole("button", { name: "Raw", exact: true }).click();
  const raw = page.locator("pre.raw-cards").nth(1);
  await raw.waitFor();
  expect(new URL(page.url()).searchParams.has("raw")).toBe(true);
  // Every card, END too: padded to 80 columns and blocks of 2880 they are the file's own bytes.
  const id = new URL(page.url()).pathname.split("/")[2]!;
  const file = await page.request.get(`${url}/frames/${id}/download/?format=fits`);
  const bytes = (await file.body()).toString("latin1");
  const shown = await page.locator("pre.raw-cards").allTextContents();
  expect(shown.length).toBeGreaterThan(2);
  let at = 0;
  for (const text of shown) {
    const cards = text.split("\n").map((card) => card.padEnd(80));
    const header = cards.join("").padEnd(2880 * Math.ceil(cards.length / 36));
    expect(bytes.slice(at, at + header.length)).toBe(header);
    do at = bytes.indexOf("XTENSION=", at + 1);
    while (at > 0 && at % 2880 !== 0);
  }
  expect(at).toBe(-1);
  await page.getByRole("button", { name: "Table", exact: true }).click();
  await page.getByLabel("Search the cards").fill("EXPTIME");
  await page.getByRole("button", { name: "Copy card EXPTIME" }).first().click();
  expect(await page.evaluate("navigator.clipboard.readText()")).toMatch(/^EXPTIME = {16}120\.0/);
  // Numbers with the card's own digits; and one HDU alone, whose link shows the same.
  expect(await page.locator("table.cards td.value").first().textContent()).toBe("120.0");
  await page.getByLabel("Search the cards").fill("");
  await page.getByLabel("HDU", { exact: true }).selectOption("2 CAT");
  await expect
    .poll(() => page.getByRole("heading", { name: /^HDU/ }).allTextContents())
    .toEqual([expect.stringMatching(/^HDU 2CAT/)]);
  await page.reload();
  await page.getByRole("heading", { name: /^HDU 2/ }).waitFor();
  expect(await page.getByRole("heading", { name: /^HDU/ }).count()).toBe(1);
  expect(person.complaints).toEqual([]);
});

it("shows hundreds of HDUs piece by piece, and what each card says and does not say", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page } = person;
  const cards = [
    ["UNDEFD", null, "UNDEFD  =                      / a value that is not known"],
    ["EMPTY", "", "EMPTY   = ''                   / a text without characters"],
    ["BIGINT", 12345678901234567000, "BIGINT  = 12345678901234567890 / more digits than a double has"],
    ["ESO DET GAIN", 1.5, "HIERARCH ESO DET GAIN = 1.50 / electrons"],
    ["COMMENT", "a = 5 / b", "COMMENT a = 5 / b"],
  ].map(([key, value, image]) => ({ key, value, images: [String(image).padEnd(80)] }));
  const hdus = Array.from({ length: 500 }, (_, index) => ({ index, name: `X${index}`, cards }));
  await page.route(/\/headers\//, (route) => route.fulfill({ json: { hdus } }));
  await page.locator("tbody th a").click();
  await page.getByRole("link", { name: "Headers" }).click();
  await page.getByText("2,500 cards", { exact: true }).waitFor();
  const unit = page.locator("section.unit");
  expect(await unit.count()).toBe(400);
  expect(await unit.first().locator("td.value").allTextContents()).toEqual([
    "undefined",
    "",
    "12345678901234567890",
    "1.50",
    "a = 5 / b",
  ]);
  await page.getByRole("button", { name: "Show more of the other 100 HDUs" }).click();
  await expect.poll(() => unit.count()).toBe(500);
  await page.getByLabel("Search the cards").fill("1.50 electrons");
  await page.getByText("500 cards found").waitFor();
  expect(person.complaints).toEqual([]);
});

it("turns the pages of a long catalogue, to the source that an address picks, and orders unknown values last", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page } = person;
  const rows = Array.from({ length: 450 }, (_, i) => `${i + 1},${i % 2 === 0 ? i : "nan"}`);
  await page.route(/\/catalog\//, (route) => route.fulfill({ body: ["x,flux", ...rows, ""].join("\n") }));
  await page.locator("tbody th a").click();
  await page.getByRole("heading", { level: 1, name: reduced }).waitFor();
  await page.goto(`${page.url()}?tab=catalogue&source=420`);
  const status = page.getByRole("navigation", { name: "Pages of sources" }).getByRole("status");
  await expect.poll(() => status.textContent()).toBe("401–450 of 450");
  const first = () => page.locator("tbody tr").first().locator("td:not(.pick)").allTextContents();
  await page.locator("tr[data-picked]", { hasText: "421" }).waitFor();
  await page.getByRole("button", { name: "Source 421 on the image" }).click();
  await page.getByRole("button", { name: /^flux/ }).click();
  await expect.poll(first).toEqual(["1", "0"]);
  await page.getByRole("button", { name: /^flux/ }).click();
  await expect.poll(first).toEqual(["449", "448"]);
  await page.getByRole("button", { name: "Next", exact: true }).click();
  await expect.poll(() => status.textContent()).toBe("201–400 of 450");
  const here = await first();
  expect(new URL(page.url()).search).toBe("?tab=catalogue&sort=-flux&page=2");
  await page.reload();
  await expect.poll(first).toEqual(here);
});

it("says why there is nothing to see in a preview, and when there is none", async () => {
  const image = imageHdu("SCI", 32, new Float32Array(32 * 32).fill(Number.NaN), [
    ["DATE-OBS", "2026-03-14T22:00:00.000"],
    ["DAY-OBS", "2026-03-14"],
    ["SITEID", "goe"],
    ["TELID", "0m50"],
    ["INSTRUME", "sb63"],
    ["IMAGETYP", "object"],
  ]);
  await upload({ name: "goe-undefined-o00.fits", bytes: fitsFile([image]) });
  const person = await observer("/?basename_exact=goe-undefined-o00");
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByText("No pixel of this image has a value: all are undefined (NaN or BLANK).").waitFor();
  await page.route(/\/preview\/.*stretch=log/, (route) => route.fulfill({ status: 422, json: { detail: "Broken." } }));
  await page.getByLabel("Stretch").selectOption("log");
  await page.locator(".preview-words").getByText("Broken.").waitFor();
  await page.getByLabel("Stretch").selectOption("sqrt");
  await page.getByText("No pixel of this image has a value").waitFor();
});

/** A hub as pages see it (IVOA SAMP 1.3 §5.2), with DS9 and TOPCAT, which take images and tables as they really do. */
interface Hub {
  /** "silent": what is sent is never answered. */
  state: "absent" | "there" | "restarted" | "silent";
  received: string[];
}

function hubAnswer(hub: Hub, request: string): string {
  const method = /<methodName>samp\.webhub\.(\w+)</.exec(request)![1]!;
  const text = (value: string) => `<value><string>${value}</string></value>`;
  const map = (members: Record<string, string>) => {
    const list = Object.entries(members).map(([name, value]) => `<member><name>${name}</name>${value}</member>`);
    return `<value><struct>${list.join("")}</struct></value>`;
  };
  const answered = (value: string) => `<params><param>${value}</param></params>`;
  const fault = (words: string) =>
    `<fault>${map({ faultCode: "<value><int>1</int></value>", faultString: text(words) })}</fault>`;
  const load = () => {
    hub.received.push(request);
    if (hub.state === "silent") return fault("Synchronous call timeout after 60.001/60 sec");
    const twice = request.includes("table-id") && hub.received.filter((one) => one === request).length > 1;
    if (!twice) return answered(map({ "samp.status": text("samp.ok"), "samp.result": map({}) }));
    const words = map({ "samp.errortxt": text("Duplicate table-id: table 'x' has already been received") });
    return answered(map({ "samp.status": text("samp.error"), "samp.result": map({}), "samp.error": words }));
  };
  const answers: Record<string, () => string> = {
    register: () => {
      hub.state = "there";
      return answered(map({ "samp.private-key": text("key"), "samp.self-id": text("c1"), "samp.hub-id": text("hub") }));
    },
    getSubscribedClients: () =>
      hub.state === "restarted"
        ? fault("No such client")
        : answered(map(request.includes("image.load.fits") ? { c2: map({}) } : { c2: map({}), c3: map({}) })),
    getMetadata: () => answered(map({ "samp.name": text(request.includes("c3") ? "topcat" : "SAOImageDS9") })),
    callAndWait: load,
  };
  return `<?xml version="1.0"?><methodResponse>${(answers[method] ?? (() => answered(text(""))))()}</methodResponse>`;
}

it("sends the frame by SAMP with a link that opens without an account, and says what hub and programs do not do", async () => {
  const person = await observer(`/?basename_exact=${reduced}`);
  const { page, context } = person;
  await context.grantPermissions(["local-network-access"]);
  await page.locator("tbody th a").click();
  const hub: Hub = { state: "absent", received: [] };
  await page.route("http://localhost:21012/", (route) => {
    if (hub.state === "absent") return route.abort("connectionrefused");
    const headers = { "Access-Control-Allow-Origin": url, "Access-Control-Allow-Headers": "Content-Type" };
    return route.fulfill({ contentType: "text/xml", headers, body: hubAnswer(hub, route.request().postData() ?? "") });
  });
  const menu = page.getByRole("button", { name: "Send to" });
  await menu.click();
  await page.locator(".send-to").getByText("No SAMP hub answers on this computer").waitFor();
  hub.state = "there";
  await page.getByRole("button", { name: "Try again" }).click();
  const image = page.getByRole("region", { name: "Image" });
  await image.getByRole("button", { name: "DS9" }).click();
  await image.getByText("SAOImageDS9 has it.").waitFor();
  expect(hub.received[0]).toContain("image.load.fits");
  const sent = /<name>url<\/name>\s*<value>\s*<string>([^<]*)</.exec(hub.received[0]!)![1]!.replaceAll("&amp;", "&");
  const file = await fetch(sent);
  expect(file.status).toBe(200);
  const start = new TextDecoder("latin1").decode(new Uint8Array(await file.arrayBuffer()).subarray(0, 30));
  expect(start).toBe("SIMPLE  =                    T");

  // DS9 would show the image again. A table that TOPCAT has it takes a second time all the same.
  const catalogue = page.getByRole("region", { name: "Catalogue", exact: true });
  expect(await catalogue.getByRole("button").allTextContents()).toEqual([" topcat"]);
  await catalogue.getByRole("button").click();
  await catalogue.getByText("topcat has it.").waitFor();
  await catalogue.getByRole("button").click();
  await expect.poll(() => hub.received.length).toBe(4);
  expect(hub.received[3]).not.toContain("table-id");
  await catalogue.getByText("topcat has it.").waitFor();

  hub.state = "silent";
  await image.getByRole("button").click();
  await image.getByText("SAOImageDS9 was told to load it and has said nothing for a minute").waitFor();
  hub.state = "absent";
  await image.getByRole("button").click();
  await image.getByText("The SAMP hub went away.").waitFor();
  // Another hub does not know this page; it registers anew.
  hub.state = "restarted";
  await menu.click();
  await menu.click();
  await image.getByRole("button", { name: "DS9" }).waitFor();
  expect(hub.state).toBe("there");
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
  // What is taken home is of the version that is looked at.
  await page.getByRole("button", { name: "More downloads" }).click();
  const [header] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Headers as JSON" }).click(),
  ]);
  expect(header.suggestedFilename()).toBe("goe-twice-v1-headers.json");
  const cards = JSON.parse(await readFile(await header.path(), "utf8")).hdus.flatMap((hdu: HeaderUnit) => hdu.cards);
  expect(cards.find(({ key }: Card) => key === "OBJECT").value).toBe("first");

  await page.getByRole("link", { name: "Show the current version" }).click();
  await page.getByRole("button", { name: "Delete …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Keep it" }).click();
  await page.getByRole("button", { name: "Delete …" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete for good" }).click();
  await page.getByRole("heading", { name: "No frame fits all of these filters" }).waitFor();
  await page.goto(`${url}/frame/999999999`);
  await page.getByRole("heading", { name: "This frame is not here" }).waitFor();
});

it("tells who is not signed in how to see a frame that is not public", async () => {
  const { page } = await newcomer();
  await page.route(/\/accounts\/session\//, (route) => route.fulfill({ json: { user: null, anonymous: "public" } }));
  await page.route(/\/frames\/4242\//, (route) => route.fulfill({ status: 404, json: { detail: "Not found." } }));
  await page.goto(`${url}/frame/4242?tab=headers`);
  await page.getByRole("heading", { name: "This frame is not here" }).waitFor();
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await page.getByLabel("Username").waitFor();
  expect(new URL(page.url()).searchParams.get("next")).toBe("/frame/4242?tab=headers");
});

it("says what it waits for and what failed, and goes on by itself when the archive is back", async () => {
  await upload(altered(await rawFrame(), "goe-leaves.fits", {}));
  const person = await observer("/?basename_exact=goe-leaves");
  const { page } = person;
  await page.clock.install();
  await page.locator("tbody th a").click();
  await page.locator(".related-frames, .overview-related p").first().waitFor();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let away = true;
  await page.route(/\/headers\/|\/health\//, async (route) => {
    await held;
    return away ? route.abort() : route.continue();
  });
  await page.getByRole("link", { name: "Headers" }).press("Enter");
  await page.clock.fastForward(500);
  await page.getByRole("status").getByText("Loading the headers …").waitFor();
  release();
  await page.getByRole("alert").getByText("The archive cannot be reached").waitFor();
  expect(await focused(page)).toBe("Headers");
  // The archive was started again, of which no browser tells its pages.
  away = false;
  await page.clock.fastForward(5000);
  await page.locator("table.cards").first().waitFor();

  const id = new URL(page.url()).pathname.split("/")[2]!;
  const cookies = await page.context().cookies();
  const csrf = cookies.find(({ name }) => name === "csrftoken")!.value;
  await page.request.delete(`${url}/frames/${id}/delete/`, { headers: { "X-CSRFToken": csrf } });
  await page.getByRole("link", { name: "Versions" }).press("Enter");
  await page.getByRole("alert").getByText("It was deleted meanwhile").waitFor();
});

it("goes through its menus by the arrow keys, and hides nothing that has the focus below its bar", async () => {
  const person = await observer(`/?basename_exact=${reduced}`, { height: 500 });
  const { page } = person;
  await page.locator("tbody th a").click();
  await page.getByRole("button", { name: "More downloads" }).press("ArrowDown");
  expect(await focused(page)).toBe("Packed, as it is kept (.fits.fz)");
  await page.keyboard.press("ArrowUp");
  expect(await focused(page)).toBe("Catalogue as CSV");
  await page.keyboard.press("ArrowDown");
  expect(await focused(page)).toBe("Packed, as it is kept (.fits.fz)");
  await page.keyboard.press("Escape");
  expect(await focused(page)).toBe("More downloads");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Shift+Tab");
  await expect
    .poll(() => page.getByRole("button", { name: "More downloads" }).getAttribute("aria-expanded"))
    .toBe("false");

  // Long checksums must not squeeze the buttons beside them: 24 pixels, WCAG 2.2's 2.5.8.
  const copy = await page.getByRole("button", { name: "Copy SHA-256" }).boundingBox();
  expect(Math.min(copy!.width, copy!.height)).toBeGreaterThanOrEqual(24);
  await page.locator(".related-list a").nth(1).waitFor();
  // Half below the bar, as far as somebody with a wheel has scrolled.
  const half = "const link = document.querySelector('.fact a'); scrollTo(0, link.getBoundingClientRect().top - 40)";
  await page.evaluate(`{ ${half}; document.querySelectorAll(".fact a")[1].focus({ preventScroll: true }); }`);
  await page.keyboard.press("Shift+Tab");
  const [link, bar] = await page.evaluate<[number, number]>(
    "[document.activeElement, document.querySelector('header')].map((one, i) => one.getBoundingClientRect()[i ? 'bottom' : 'top'])",
  );
  expect(link).toBeGreaterThanOrEqual(bar);
});
