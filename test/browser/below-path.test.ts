/** The pages where the archive has a path on a host of others, behind a proxy in front of it. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DemoFrame } from "../../src/cli/demo-frames.ts";
import { type Archive, startArchive } from "./archive.ts";
import { altered, fill } from "./frames.ts";
import { focused, found, newcomer, rawFrame, signInAs, useBrowser } from "./person.ts";

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
