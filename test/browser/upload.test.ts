import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { altered } from "./frames.ts";
import { focused, found, listen, observer, rawFrame, signIn, stranger, url, useBrowser } from "./person.ts";

useBrowser();

const file = (name: string, bytes: Uint8Array) => ({ name, mimeType: "image/fits", buffer: Buffer.from(bytes) });

it("uploads, recognises what is there already, and says in words what it cannot take", async () => {
  const person = await observer("/upload");
  const { page } = person;
  const raw = await rawFrame();
  const fresh = altered(raw, "goe-uploaded.fits", { OBJECT: "M 101" });
  await page
    .getByLabel("Files", { exact: true })
    .setInputFiles([
      file(fresh.name, fresh.bytes),
      file(raw.name, raw.bytes),
      file("broken.fits", new TextEncoder().encode("this is no FITS file at all")),
      file("notes.txt", new TextEncoder().encode("seeing was good")),
    ]);
  await page.getByText("1 file left out: not FITS by the name").waitFor();
  await page.getByRole("heading", { name: /^Done/ }).waitFor();
  const row = (name: string) => page.locator(".item-row", { hasText: name });
  expect(await row(fresh.name).textContent()).toContain("stored");
  expect(await row(raw.name).textContent()).toContain("was here already; nothing changed");
  const fault = await row("broken.fits").locator(".fault").textContent();
  expect(fault).toContain("not a FITS file");
  await page.getByText("1 stored", { exact: true }).waitFor();

  await page.getByRole("button", { name: "Retry 1 failed" }).click();
  await page.getByRole("heading", { name: /^Done/ }).waitFor();
  await row(fresh.name).getByRole("link").click();
  await expect.poll(() => found(person).textContent()).toBe("1 frame");
  expect(await page.locator("tbody").textContent()).toContain("M 101");
  expect(person.complaints).toEqual([]);
});

it("opens a dropped folder all the way down, names what it leaves out, and is cancelled and taken up half way", async () => {
  const person = await observer("/upload");
  const { page, context } = person;
  const raw = await rawFrame();
  const [first, second] = ["M 81", "M 82"].map((OBJECT, i) => altered(raw, `goe-dropped-${i}.fits`, { OBJECT }));
  const folder = mkdtempSync(join(tmpdir(), "platevault-drop-"));
  try {
    const deep = join(folder, "night", "goe", "deep");
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(folder, "night", "notes.txt"), "seeing was good");
    writeFileSync(join(folder, "night", raw.name), raw.bytes);
    writeFileSync(join(deep, first!.name), first!.bytes);
    writeFileSync(join(deep, second!.name), second!.bytes);
    // More than a directory's reader gives at once.
    for (let i = 0; i < 120; i++) writeFileSync(join(deep, `log-${i}.txt`), "");

    const sent: string[] = [];
    const gate = { open: false };
    await page.route("**/frames/create/", async (route) => {
      sent.push(/filename="([^"]+)"/.exec(route.request().postDataBuffer()!.toString("latin1"))![1]!);
      if (gate.open) await route.continue();
    });
    await page.locator(".drop").waitFor();
    const { x, y, width, height } = (await page.locator(".drop").boundingBox())!;
    const devtools = await context.newCDPSession(page);
    const data = { items: [], files: [join(folder, "night")], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await devtools.send("Input.dispatchDragEvent", { type, x: x + width / 2, y: y + height / 2, data });
    }
    await page.getByText("121 files left out: not FITS by the name").waitFor();
    await page.getByText(/^night\/goe\/deep\/log-0\.txt, .* and 116 more$/).waitFor();
    const row = (name: string) => page.locator(".item-row", { hasText: name });
    // What is here already is told before anything of it is sent.
    await row(`night/${raw.name}`).getByText("was here already").waitFor();
    await expect.poll(() => page.locator(".item-row.sending").count()).toBe(2);
    await expect.poll(() => [...sent].sort()).toEqual([first!.name, second!.name]);

    await page.getByRole("button", { name: "Cancel all" }).click();
    await page.getByRole("heading", { name: /^Done/ }).waitFor();
    gate.open = true;
    for (const { name } of [first!, second!]) {
      await page.getByRole("button", { name: `Retry night/goe/deep/${name}` }).click();
      await row(name).getByText("stored", { exact: true }).waitFor();
    }
    expect(sent).not.toContain(raw.name);
    expect(person.complaints).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("takes dropped files, pauses, cancels and goes on", async () => {
  const person = await observer("/upload");
  const { page } = person;
  // The archive answers no upload, so that those under way stay under way.
  await page.route("**/frames/create/", () => {});
  // Real dropped files cannot be made from outside; a drop event with files of the page's own comes closest.
  await page.locator(".drop").waitFor();
  await page.evaluate(`{
    const transfer = new DataTransfer();
    for (const name of ["a.fits", "b.fits", "c.fits", "d.fits", "e.fits"]) {
      transfer.items.add(new File([name], name));
    }
    document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }`);
  await expect.poll(() => page.locator(".item-row").count()).toBe(5);
  await expect.poll(() => page.locator(".item-row.sending").count()).toBe(3);
  const said = await listen(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Cancel a.fits" }).press("Enter");
  await page.locator(".item-row.cancelled").waitFor();
  // It stays where it was, with the way back under the same key.
  expect(await page.locator(".item-row").first().textContent()).toContain("a.fits");
  expect(await focused(page)).toBe("Retry a.fits");
  expect(await page.locator(".item-row.waiting").count()).toBe(2);
  await page.getByRole("button", { name: "Go on" }).click();
  await expect.poll(() => page.locator(".item-row.waiting").count()).toBe(1);
  await page.getByRole("button", { name: "Cancel all" }).press("Enter");
  await page.getByRole("heading", { name: /^Done/ }).waitFor();
  await expect.poll(() => page.locator(".item-row.cancelled").count()).toBe(5);
  expect(await focused(page)).toMatch(/^Done/);
  const heard = await said();
  expect(heard[0]).toMatch(/^Paused: 2 files waiting\./);
  expect(heard.slice(1)).toEqual(["Going on.", "Uploads ended: 0 stored, 0 there before, 0 failed, 5 cancelled."]);
  await page.getByRole("button", { name: "Clear finished" }).press("Enter");
  expect(await focused(page)).toBe("Upload frames");
  expect(await page.locator(".item-row.cancelled").count()).toBe(0);
});

it("sends a file beyond one request in parts, and after a break only those that are missing", {
  timeout: 120_000,
}, async () => {
  const person = await observer("/upload");
  const { page } = person;
  const sent: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PUT") sent.push(Number(/parts\/(\d+)\/$/.exec(request.url())![1]));
  });
  await page.route(/parts\/4\/$/, (route) => route.abort("connectionreset"));
  await page.locator(".drop").waitFor();
  // Not a FITS file: that the archive says so shows that all of it came, and saves it the packing of 95 MB.
  await page.evaluate(`{
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(95_000_001)], "large.fits"));
    document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }`);
  const retry = page.getByRole("button", { name: "Retry large.fits" });
  await retry.waitFor({ timeout: 60_000 });
  await page.locator(".item-row").getByText("The archive cannot be reached.").waitFor();
  expect(sent.filter((part) => part === 4).length).toBe(3);
  const before = new Set(sent);
  await page.unroute(/parts\/4\/$/);
  sent.length = 0;
  await retry.click();
  await page
    .locator(".item-row .fault", { hasText: "not a FITS file: it does not begin with SIMPLE" })
    .waitFor({ timeout: 60_000 });
  expect(sent).toContain(4);
  expect(sent).not.toContain(1);
  expect(new Set([...before, ...sent]).size).toBe(12);
});

it("asks before a page with unfinished uploads is left, and the next visit says what did not arrive", async () => {
  const person = await observer("/upload");
  const { page } = person;
  await page.route("**/frames/create/", () => {});
  await page
    .getByLabel("Files", { exact: true })
    .setInputFiles([file("slow.fits", new Uint8Array(10)), file("slower.fits", new Uint8Array(11))]);
  await page.locator(".item-row.sending").nth(1).waitFor();
  // Looking elsewhere in the app stops nothing and asks nothing.
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await page.getByRole("heading", { name: /frames$/ }).waitFor();
  await page.getByRole("link", { name: "Upload 0 of 2" }).click();
  await page.getByRole("heading", { name: /^Uploading/ }).waitFor();
  const asked = new Promise<string>((resolve) =>
    page.once("dialog", (dialog) => {
      resolve(dialog.type());
      void dialog.accept();
    }),
  );
  await page.reload();
  expect(await asked).toBe("beforeunload");
  await page.getByText("The last visit ended before 2 files had arrived").waitFor();
  await page.getByText("slow.fits, slower.fits. Choose the same files or folder again").waitFor();
  await page.getByRole("button", { name: "Do not remind me" }).press("Enter");
  expect(await focused(page)).toBe("Upload frames");
  await page.reload();
  await page.locator(".drop").waitFor();
  expect(await page.getByText("The last visit ended").count()).toBe(0);
});

it("waits while the session has ended, and while the archive is away, and then goes on by itself", async () => {
  const person = await observer("/upload");
  const { page, context } = person;
  const raw = await rawFrame();
  const frames = ["M 1", "M 2", "M 3", "M 4", "M 5"].map((OBJECT, i) =>
    altered(raw, `goe-waits-${i}.fits`, { OBJECT }),
  );
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/frames/create/", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByLabel("Files", { exact: true }).setInputFiles(frames.map(({ name, bytes }) => file(name, bytes)));
  await page.locator(".item-row.sending").nth(2).waitFor();
  await context.clearCookies({ name: "sessionid" });
  release();
  await page.getByText("Your session has ended. Sign in again").waitFor();
  await page.unroute("**/frames/create/");

  let away = true;
  await page.route(/\/(frames\/create|versions|health)\//, (route) => (away ? route.abort() : route.continue()));
  await signIn(person);
  await page.getByRole("alert").getByText("The archive cannot be reached").waitFor();
  // Not all of them fail one after the other.
  expect(await page.locator(".item-row.waiting").count()).toBe(2);
  const said = await listen(page);
  away = false;
  await page.evaluate("dispatchEvent(new Event('online'))");
  await page.getByText("5 stored", { exact: true }).waitFor();
  await expect.poll(said).toEqual(["Uploads ended: 5 stored, 0 there before, 0 failed."]);
});

it("tells people who may not upload, and takes those who are not signed in to the sign-in page", async () => {
  const person = await stranger("/account");
  const { page } = person;
  await page.getByText("It belongs to no proposal").waitFor();
  await page.goto(`${url}/upload`);
  await page.getByText("This account may not upload").waitFor();
  expect(await page.locator(".drop").count()).toBe(0);
  await page.getByRole("button", { name: "Account of stranger" }).press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.goto(`${url}/upload`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(new URL(page.url()).searchParams.get("next")).toBe("/upload");
  expect(person.complaints).toEqual([]);
});
