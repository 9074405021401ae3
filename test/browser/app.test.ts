/** The app as a whole: on a host that it shares, and its pieces that come later, or come no more. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import type { DemoFrame } from "../../src/cli/demo-frames.ts";
import { type Archive, startArchive } from "./archive.ts";
import { altered, fill } from "./frames.ts";
import { focused, found, newcomer, observer, rawFrame, signInAs, url, useBrowser } from "./person.ts";

useBrowser();

/** A host with an archive at /archive/ and nothing else: what is asked of the rest of it is written down. */
async function startHost() {
  let target = "";
  let cut = false;
  const strays: string[] = [];
  const server = createServer((asked, answer) => {
    if (!asked.url!.startsWith("/archive/")) {
      strays.push(asked.url!);
      answer.writeHead(404).end();
      return;
    }
    const path = cut ? asked.url!.slice("/archive".length) : asked.url!;
    const { host: _, ...headers } = asked.headers;
    const passed = request(target + path, { method: asked.method!, headers }, (given) => {
      answer.writeHead(given.statusCode!, given.headers);
      given.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    root: `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive/`,
    strays,
    /** `off`: whether it takes the path off the requests that it hands on to `origin`. */
    passTo(origin: string, off: boolean) {
      target = origin;
      cut = off;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

let host: Awaited<ReturnType<typeof startHost>>;
let archive: Archive;
let raw: DemoFrame;

beforeAll(async () => {
  host = await startHost();
  archive = await startArchive({ HTTP_ROOT: host.root });
  raw = await rawFrame();
  await fill(archive, [raw]);
});
afterAll(async () => {
  host.close();
  await archive.close();
});

it.each([
  ["leaves it on requests, which come as in production", false],
  ["cuts it off, and all requests come to the Worker", true],
])("works below a path where a proxy %s", async (_, cut) => {
  host.passTo(cut ? archive.url : archive.routed, cut);
  const person = await newcomer();
  const { page, context } = person;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);

  // A link that somebody has sent: past the sign-in to the frame, and there again.
  await page.goto(`${host.root}frame/1?tab=viewer`);
  await page.waitForURL(`${host.root}sign-in?next=${encodeURIComponent("/archive/frame/1?tab=viewer")}`);
  await signInAs(page, archive.username, archive.password);
  expect(page.url()).toBe(`${host.root}frame/1?tab=viewer`);
  const drawn = () => expect.poll(() => page.locator(".viewer-canvas").getAttribute("data-drawn")).not.toBeNull();
  await drawn();
  await page.reload();
  await drawn();
  // fileDownload is the answer that a script of the old archive's page waits for.
  const cookies = (await context.cookies()).filter(({ name }) => name !== "fileDownload");
  expect(cookies.length).toBeGreaterThan(2);
  for (const { name, path } of cookies) expect([name, path]).toEqual([name, "/archive/"]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate("document.activeElement.id")).toBe("main");
  expect(page.url()).toMatch(/\/archive\/frame\/1\?.*#main$/);

  const main = page.getByRole("navigation", { name: "Main" });
  await main.getByRole("link", { name: "Search" }).click();
  await expect.poll(() => found(person).textContent()).toMatch(/^\d+ frames?$/);
  expect(page.url()).toBe(host.root);
  await page.getByRole("button", { name: "For other programs" }).click();
  await page.getByRole("button", { name: "Copy as curl" }).click();
  expect(await page.evaluate("navigator.clipboard.readText()")).toContain(` '${host.root}frames/?`);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: raw.name.replace(".fits", "") }).click();
  await page.waitForURL(`${host.root}frame/1`);
  await page.getByRole("button", { name: "More downloads" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Headers as JSON" }).click();
  expect((await download).url()).toBe(`${host.root}frames/1/headers/?all=true`);
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "Upload" }).click();
  const fresh = altered(raw, `goe-below-${cut}.fits`, { OBJECT: "M 101" });
  const buffer = Buffer.from(fresh.bytes);
  await page.getByLabel("Files", { exact: true }).setInputFiles([{ name: fresh.name, mimeType: "image/fits", buffer }]);
  await page.getByText("1 stored", { exact: true }).waitFor();
  await main.getByRole("link", { name: "Nights" }).click();
  await page
    .getByRole("link", { name: /\d frames/ })
    .first()
    .waitFor();

  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${host.root}sign-in`);
  await expect.poll(() => focused(page)).toBe("Username");
  expect(await context.cookies()).not.toContainEqual(expect.objectContaining({ name: "sessionid" }));
  expect(person.complaints).toEqual([]);

  // Neither what another page of the host wants back nor an address of its own leads out of the archive.
  await page.goto(`${host.root}sign-in?next=/portal/`);
  await signInAs(page, archive.username, archive.password);
  expect(page.url()).toBe(host.root);
  await page.goto(`${host.root}nowhere`);
  await page.getByRole("link", { name: "To the search page" }).click();
  await expect.poll(() => found(person).textContent()).toMatch(/frames$/);
  expect(host.strays.filter((path) => path !== "/favicon.ico")).toEqual([]);
});

it("says where a piece of its own is gone because a newer version has come, and goes on with that", async () => {
  const person = await observer("/upload");
  const { page } = person;
  await page.locator(".drop").waitFor();
  const main = page.getByRole("navigation", { name: "Main" });
  await main.getByRole("link", { name: "Search" }).click();
  await page.getByRole("link", { name: inject("reduced").replace(".fits", "") }).click();
  const tab = (name: string) =>
    page.getByRole("navigation", { name: "Parts of this frame" }).getByRole("link", { name });
  await tab("Headers").waitFor();

  let deployed = true;
  await page.route(/\/assets\//, (route) => (deployed ? route.fulfill({ status: 404 }) : route.fallback()));
  await page.route(`${url}/`, async (route) => {
    if (!deployed) return route.fallback();
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace(/index-[\w-]+\.js/, "index-NEW.js") });
  });
  const told = page.getByRole("alert").getByText("A part of this page is missing");
  await tab("Live image").click();
  await told.waitFor();
  await tab("Catalogue").click();
  await told.waitFor();
  await page.getByRole("region", { name: "Table of sources" }).waitFor();
  await page.getByRole("button", { name: "Send to" }).click();
  await expect.poll(() => told.count()).toBe(2);
  await page.keyboard.press("Escape");
  await main.getByRole("link", { name: "Nights" }).click();
  await page.getByRole("heading", { name: "Nights", level: 1 }).waitFor();
  await told.waitFor();
  await main.getByRole("link", { name: "Search" }).click();
  await page.getByRole("button", { name: "Map" }).click();
  await told.waitFor();
  await page.getByRole("link", { name: "Upload" }).click();
  const files = page.getByLabel("Files", { exact: true });
  await files.setInputFiles([{ name: "late.fits", mimeType: "image/fits", buffer: Buffer.from("late") }]);
  await page.locator(".item-row .fault").getByText("the archive has a newer version by now").waitFor();

  await main.getByRole("link", { name: "Nights" }).click();
  await told.waitFor();
  deployed = false;
  await page.getByRole("button", { name: "Reload the page" }).click();
  await page.getByRole("grid").first().waitFor();
});

it("says that a piece did not come because the archive is away, and what to do when it is back", async () => {
  const { page, context } = await observer("/");
  await page.getByRole("heading", { name: /frames$/ }).waitFor();
  await context.setOffline(true);
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Nights" }).click();
  await page.getByRole("alert").getByText("The archive cannot be reached").waitFor();
  await context.setOffline(false);
  await page.getByRole("button", { name: "Reload the page" }).click();
  await page.getByRole("grid").first().waitFor();
});
