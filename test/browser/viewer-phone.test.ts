/** The viewer on a phone in the dome: by fingers, in the red theme, and what it says of images that show nothing. */
import { beforeAll, expect, it } from "vitest";
import type { Visit } from "./chromium.ts";
import { observer, useBrowser } from "./person.ts";
import { FIELD, PLATES, truth, uploadFixture, ViewerPage } from "./viewer-person.ts";

useBrowser();

const [V] = FIELD;
type Place = readonly [x: number, y: number];

let phone: Visit;

beforeAll(async () => {
  await uploadFixture(V);
  await uploadFixture(PLATES);
  phone = await observer("/account", { width: 390, height: 844, touch: true });
  await phone.page.evaluate(`localStorage.setItem("platevault.theme", "red")`);
});

/**
 * Fingers on the screen, from one place to the next; an empty list lifts them. All at once, 20 ms apart by their own
 * time: a slow machine makes no long press of them.
 */
async function fingers(page: Visit["page"], ...steps: Place[][]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const began = Date.now() / 1000;
  let before = 0;
  await Promise.all(
    steps.map((step, i) => {
      const type = step.length > before ? "touchStart" : step.length < before ? "touchEnd" : "touchMove";
      before = step.length;
      const touchPoints = step.map(([x, y], id) => ({ x, y, id }));
      return devtools.send("Input.dispatchTouchEvent", { type, touchPoints, timestamp: began + i / 50 });
    }),
  );
  await devtools.detach();
}

const cameraOf = async (viewer: ViewerPage) =>
  ((await viewer.parameter("at")) ?? "").split(",").map(Number) as number[];

it("is moved by one finger, zoomed about the middle of two, and closer by two taps", async () => {
  const viewer = await ViewerPage.open(phone.page, V, "&at=80.5,80.5,2,0");
  const { page } = viewer;
  expect(await page.evaluate(`document.documentElement.dataset.theme`)).toBe("red");
  const [x, y] = await viewer.windowOf([80, 90]);
  await fingers(page, [[x, y]], [[x + 20, y]], [[x + 60, y - 40]], []);
  await expect.poll(async () => (await cameraOf(viewer)).slice(0, 2)).toEqual([50.5, 60.5]);
  // A finger that moves the image points at nothing.
  expect(await viewer.part("pixel")).toBe("–");

  const middle: Place = await viewer.windowOf([70, 40]);
  const around = (apart: number): Place[] => [
    [middle[0] - apart, middle[1]],
    [middle[0] + apart, middle[1]],
  ];
  await fingers(page, around(30).slice(0, 1), around(30), around(40), around(60), []);
  await expect.poll(async () => (await cameraOf(viewer))[2]).toBeCloseTo(4, 3);
  const after = await viewer.windowOf([70, 40]);
  expect(Math.hypot(after[0] - middle[0], after[1] - middle[1])).toBeLessThan(0.5);

  await fingers(page, [middle], [], [middle], []);
  await expect.poll(async () => (await cameraOf(viewer))[2]).toBeCloseTo(8, 3);
  const closer = await viewer.windowOf([70, 40]);
  expect(Math.hypot(closer[0] - middle[0], closer[1] - middle[1])).toBeLessThan(0.5);
  expect(phone.complaints).toEqual([]);
});

it("shows the value below a tap, and below a finger that was held still", async () => {
  const viewer = await ViewerPage.open(phone.page, V, "&at=80.5,80.5,8,0");
  const { page } = viewer;
  const [x, y, value] = truth[V]!.pixels.find(([column]) => column === 80)!;
  await fingers(page, [await viewer.windowOf([x, y])], []);
  await expect.poll(() => viewer.part("pixel")).toBe(`${x}, ${y}`);
  expect(await viewer.part("value")).toBe(String(value));

  const devtools = await page.context().newCDPSession(page);
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", pixel: Place | null) => {
    const at = pixel && (await viewer.windowOf(pixel));
    const touchPoints = at === null ? [] : [{ x: at[0], y: at[1], id: 0 }];
    await devtools.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  await touch("touchStart", [90, 70]);
  await expect.poll(() => viewer.part("pixel")).toBe("90, 70");
  await touch("touchMove", [85, 76]);
  await touch("touchMove", [x, y]);
  await expect.poll(() => viewer.part("value")).toBe(String(value));
  await touch("touchEnd", null);
  await devtools.detach();
  expect((await cameraOf(viewer)).slice(0, 3)).toEqual([80.5, 80.5, 8]);

  // What fingers do by the tools: a line, whose end they see on the cross-hair.
  await viewer.button("Line").click();
  const [from, to] = [await viewer.windowOf([70, 80]), await viewer.windowOf([95, 80])];
  await fingers(page, [from], [[from[0] + 40, from[1]]], [to], []);
  await page.getByRole("img", { name: /^Values along the line/ }).waitFor();
  await expect.poll(() => viewer.part("pixel")).toBe("95, 80");
  expect(phone.complaints).toEqual([]);
});

it("says in words why an image shows nothing, and leads out of one that has no pixels", async () => {
  const { page } = phone;
  const note = page.locator(".viewer-note[role=status]");
  const viewer = await ViewerPage.open(page, PLATES);
  const says = async (hdu: number, words: string) => {
    await page.getByLabel("HDU").selectOption(String(hdu));
    await expect.poll(() => note.textContent()).toBe(words);
  };
  await expect
    .poll(() => note.textContent())
    .toBe("No pixel of this image has a value: all are undefined (NaN or BLANK).");
  expect((await note.boundingBox())!.width).toBeLessThan(390);
  // Where there is nothing, the ground is seen, of whichever theme.
  for (const [theme, ground] of [
    ["light", [16, 21, 28, 255]],
    ["red", [0, 0, 0, 255]],
  ] as const) {
    await page.evaluate(`document.documentElement.dataset.theme = "${theme}"`);
    await expect
      .poll(() =>
        page.evaluate(`{
          const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
          copy.drawImage(document.querySelector(".viewer-canvas"), 0, 0);
          [...copy.getImageData(0, 0, 1, 1).data];
        }`),
      )
      .toEqual(ground);
  }
  await says(3, "Every pixel of this image has the value 123456789.");
  await says(2, "No pixel of this image has a value: all are undefined (NaN or BLANK).");
  await says(4, "Every defined pixel of this image has the value 7.");
  const shades = "so that there are no shades between. Choose min to max, or type others.";
  await says(5, `Both cut levels are 0, ${shades}`);
  await page.getByLabel("Cuts").selectOption("minmax");
  await expect.poll(() => note.textContent()).toBe("");
  await page.getByLabel("Low", { exact: true }).fill("3");
  await page.getByLabel("Low", { exact: true }).press("Enter");
  await expect
    .poll(() => note.textContent())
    .toBe("The low level is above the high one, so that there are no shades between.");
  await page.getByLabel("Cuts").selectOption("zscale");
  await says(6, "");
  await page.getByLabel("Plane of 2").fill("2");
  await page.getByLabel("Plane of 2").press("Enter");
  await expect
    .poll(() => note.textContent())
    .toBe("No pixel of plane 2 has a value: all are undefined (NaN or BLANK).");
  // Two 64-bit integers that are one double.
  await says(7, `Both cut levels are 1152922000000000000, ${shades}`);

  // What has no pixels is not offered; an address may name it all the same.
  expect(await page.getByLabel("HDU").locator("option").count()).toBe(7);
  for (const [hdu, words] of [
    [8, "HDU 8 holds no image."],
    [9, "HDU 9 holds no image."],
  ] as const) {
    await page.goto(page.url().replace(/hdu=\d+/, `hdu=${hdu}`));
    await page.getByRole("alert").getByText(words).waitFor();
    await page.getByRole("button", { name: "Show the science image" }).press("Enter");
    await viewer.drawn();
    expect(await page.getByLabel("HDU").inputValue()).toBe("1");
    await expect.poll(() => page.evaluate(`document.activeElement.className`)).toBe("viewer-canvas");
    await says(3, "Every pixel of this image has the value 123456789.");
  }
  expect(phone.complaints).toEqual([]);
});
