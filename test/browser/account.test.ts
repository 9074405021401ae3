import { expect, inject, it } from "vitest";
import { focused, observer, url, useBrowser } from "./person.ts";

useBrowser();

it("makes a token that works, shows it once, and revokes it", async () => {
  const person = await observer("/account");
  const { page } = person;
  await page.getByLabel("What the new token is for").fill("pyobs");
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = await page.getByLabel("New token", { exact: true }).inputValue();
  expect(await focused(page)).toBe("New token");
  // The long line of what to do with it makes no page wider, as it did.
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(320);
  const ask = () => fetch(`${url}/profile/`, { headers: { Authorization: `Token ${token}` } });
  expect((await ask()).status).toBe(200);

  await page.reload();
  const revoke = page.getByRole("button", { name: "Revoke … pyobs" });
  await revoke.waitFor();
  expect(await page.getByLabel("New token", { exact: true }).count()).toBe(0);
  await revoke.press("Enter");
  const question = page.getByRole("dialog", { name: "Revoke this token?" });
  await question.getByRole("button", { name: "Keep it" }).press("Enter");
  expect(await focused(page)).toBe("Revoke … pyobs");
  expect((await ask()).status).toBe(200);
  await page.keyboard.press("Enter");
  await question.getByRole("button", { name: "Revoke it" }).press("Enter");
  await revoke.waitFor({ state: "detached" });
  // The button is gone with its row: the focus is where the list is, not at the top of the page.
  expect(await focused(page)).toBe("Tokens for programs");
  expect((await ask()).status).toBe(401);
  expect(person.complaints).toEqual([]);
});

it("changes the password and stays signed in; a wrong one is said at its field", async () => {
  const person = await observer("/account");
  const { page } = person;
  const change = async (before: string, after: string) => {
    await page.getByLabel("Present password").fill(before);
    await page.getByLabel("New password").fill(after);
    await page.getByRole("button", { name: "Change the password" }).click();
  };
  const fresh = `${inject("password")}-2`;
  await change("not the password", fresh);
  await page.locator(".fault").waitFor();
  expect(await focused(page)).toBe("Present password");
  expect(await page.getByLabel("Present password").getAttribute("aria-invalid")).toBe("true");
  // The token that programs are given for the password ends with it, and is gone from the list.
  await fetch(`${url}/api-token-auth/`, {
    method: "POST",
    body: new URLSearchParams({ username: inject("username"), password: inject("password") }),
  });
  await page.reload();
  const token = page.getByRole("button", { name: "Revoke … api-token-auth" });
  await token.waitFor();
  await change(inject("password"), fresh);
  await page.getByText("The password is changed").first().waitFor();
  await token.waitFor({ state: "detached" });
  await page.goto(`${url}/account`);
  await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
  await change(fresh, inject("password"));
  await page.getByText("The password is changed").first().waitFor();
});
