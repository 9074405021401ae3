/** What a person does on most visits: comes, signs in, looks. */

import { afterAll, beforeAll, inject } from "vitest";
import type { DemoFrame } from "../../src/cli/demo-frames.ts";
import { type RunningBrowser, startBrowser, type Visit, visit } from "./chromium.ts";
import { fill, tokenOf } from "./frames.ts";

export type { Visit } from "./chromium.ts";

export const url = inject("url");

const archive = { url, username: inject("username"), password: inject("password") };

/** The bytes of the raw frame of an object that the archive holds, to make others of. */
export async function rawFrame(): Promise<DemoFrame> {
  const headers = { Authorization: `Token ${await tokenOf(archive)}` };
  const name = inject("raw");
  const list = await fetch(`${url}/frames/?basename_exact=${name.replace(".fits", "")}`, { headers });
  const { results } = (await list.json()) as { results: { url: string }[] };
  const file = await fetch(`${results[0]!.url}&format=fits`);
  return { name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** Uploads a frame past the pages. */
export async function upload(frame: DemoFrame): Promise<void> {
  await fill(archive, [frame]);
}

let running: RunningBrowser | null = null;
const open: Visit[] = [];

/** Takes away what a file's tests have uploaded: the archive is one for all files, in whichever order they run. */
async function restore(): Promise<void> {
  const headers = { Authorization: `Token ${await tokenOf(archive)}` };
  const first = new Set(inject("names").map((name) => name.replace(/\.fits$/, "")));
  const list = await fetch(`${url}/frames/?limit=1000`, { headers });
  const { results } = (await list.json()) as { results: { id: number; basename: string }[] };
  for (const { id, basename } of results) {
    if (first.has(basename)) continue;
    const answer = await fetch(`${url}/frames/${id}/delete/`, { method: "DELETE", headers });
    if (!answer.ok) throw new Error(`${basename} was not deleted: ${answer.status}`);
  }
}

/** Gives a test file its browser, and the archive back as it was. Call once at the top. */
export function useBrowser(): void {
  beforeAll(async () => {
    running = await startBrowser();
  });
  afterAll(async () => {
    for (const { context } of open) await context.close();
    await running?.close();
    await restore();
  });
}

/** A new person with an empty browser. */
export async function newcomer(options: Parameters<typeof visit>[1] = {}): Promise<Visit> {
  const person = await visit(running!.browser, options);
  open.push(person);
  return person;
}

/** Signs in on the sign-in page, where the visit must be. */
export async function signIn({ page }: Visit): Promise<void> {
  await signInAs(page, inject("username"), inject("password"));
}

export async function signInAs(page: Visit["page"], username: string, password: string): Promise<void> {
  await page.getByLabel("Username").fill(username);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((at) => !at.pathname.endsWith("/sign-in"));
}

/** A new person at an address, signed in with an account that is not of the staff. */
export async function stranger(path: string): Promise<Visit> {
  const [username, password] = ["stranger", "stranger-password"];
  const headers = { Authorization: `Token ${await tokenOf(archive)}`, "Content-Type": "application/json" };
  await fetch(`${url}/admin/api/users/`, { method: "POST", headers, body: JSON.stringify({ username, password }) });
  const person = await newcomer();
  await person.page.goto(`${url}/sign-in?next=${encodeURIComponent(path)}`);
  await signInAs(person.page, username, password);
  return person;
}

/** A new person at an address, signed in. */
export async function observer(path = "/", options: Parameters<typeof visit>[1] = {}): Promise<Visit> {
  const person = await newcomer(options);
  await person.page.goto(`${url}/sign-in?next=${encodeURIComponent(path)}`);
  await signIn(person);
  return person;
}

/** Text of the heading that tells how many frames were found. */
export function found({ page }: Visit) {
  return page.locator("#results-title");
}

/** What has the focus, by its label or text; "BODY" where nothing has it. */
export async function focused(page: Visit["page"]): Promise<string> {
  const name: string = await page.evaluate(`{
    const one = document.activeElement;
    one === document.body ? "BODY" : (one.ariaLabel ?? one.labels?.[0]?.textContent ?? one.textContent).trim();
  }`);
  return name;
}

/** Writes down what the page says to people who listen, from now on. */
export async function listen(page: Visit["page"]): Promise<() => Promise<string[]>> {
  await page.evaluate(`{
    globalThis.heard = [];
    const region = document.querySelector("#app > [role=status]");
    const hear = () => heard.push(region.textContent.trim());
    new MutationObserver(hear).observe(region, { childList: true, characterData: true, subtree: true });
  }`);
  return () => page.evaluate("heard");
}
