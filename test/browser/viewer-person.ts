/** What a person does in the viewer: opens a frame there, points at pixels, reads what is said. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, inject } from "vitest";
import type { Visit } from "./chromium.ts";
import { tokenOf } from "./frames.ts";
import { upload, url } from "./person.ts";

const FIXTURES = resolve(import.meta.dirname, "../fixtures/viewer");

/** Three frames of one field in V, B and R, turned and scaled differently; made by fixtures/viewer/make.py. */
export const FIELD = ["0001", "0002", "0003"].map((number) => `goe-0m50-vw01-20260320-${number}-o01`) as [
  string,
  string,
  string,
];

/**
 * A frame of the same field with an image of every kind: 16-bit integers with BSCALE, BZERO and BLANK in RICE under a
 * turned TAN-SIP, floats with NaN in GZIP_2, unsigned 32-bit integers mirrored, doubles, 64-bit integers far away.
 */
export const KINDS = "goe-0m50-vw02-20260320-0004-o01";

/** A frame whose images show nothing at first sight: undefined, flat, a mask; and two HDUs without pixels. */
export const PLATES = "goe-0m50-vw03-20260320-0005-o01";

/** Of an address: the whole of a frame of that field, 2.5 CSS pixels for each of its. */
export const WHOLE = "&at=80.5,80.5,2.5,0";

/** What CFITSIO and wcslib (through astropy) say of each of them. Pixels count from 1. */
export const truth = JSON.parse(readFileSync(resolve(FIXTURES, "frames.json"), "utf8")) as Record<
  string,
  {
    pixels: [x: number, y: number, value: number, ra: number, dec: number][];
    cube: [x: number, y: number, plane: number, value: number | null][];
    sources: [id: number, x: number, y: number, ra: number, dec: number, peak: number][];
    /** numpy's percentiles and astropy's zscale, by what the viewer calls them. */
    cuts: Record<string, [low: number, high: number]>;
    /** Of `KINDS`, by HDU; a value as numpy writes it, null: undefined. */
    units: Record<string, [x: number, y: number, value: string | null, ra: number, dec: number][]>;
  }
>;

/** Uploads a frame of the fixtures. */
export function uploadFixture(stem: string): Promise<void> {
  return upload({ name: `${stem}.fits`, bytes: new Uint8Array(readFileSync(resolve(FIXTURES, `${stem}.fits`))) });
}

/** One of them as a gzip, which the viewer cannot read by ranges. */
export async function uploadField(): Promise<void> {
  for (const stem of [...FIELD, KINDS]) {
    const bytes = readFileSync(resolve(FIXTURES, `${stem}.fits`));
    await upload({ name: `${stem}.fits`, bytes: new Uint8Array(stem === FIELD[1] ? gzipSync(bytes) : bytes) });
  }
}

/** A frame's id by its name without extension. */
export async function idOf(stem: string): Promise<number> {
  const token = await tokenOf({ url, username: inject("username"), password: inject("password") });
  const answer = await fetch(`${url}/frames/?basename_exact=${stem}`, { headers: { Authorization: `Token ${token}` } });
  return ((await answer.json()) as { results: { id: number }[] }).results[0]!.id;
}

/** The viewer on a page. Its canvas looks where `at` of the address says; the tests below choose it. */
export class ViewerPage {
  private constructor(
    readonly page: Visit["page"],
    readonly id: number,
  ) {}

  /** `query`: more of the address, as `&at=…`. */
  static async open(page: Visit["page"], stem: string, query = ""): Promise<ViewerPage> {
    const id = await idOf(stem);
    const viewer = new ViewerPage(page, id);
    await page.goto(`${url}/frame/${id}?tab=viewer${query}`);
    await viewer.drawn();
    return viewer;
  }

  get canvas() {
    return this.page.locator(".viewer-canvas");
  }

  /** Until the image is on screen. */
  async drawn(): Promise<void> {
    await expect.poll(() => this.canvas.getAttribute("data-drawn")).not.toBeNull();
  }

  /** Until what is on screen is what is wanted. */
  async resting(): Promise<void> {
    let before: string | null = null;
    await expect
      .poll(
        async () => {
          const [last, now] = [before, await this.canvas.getAttribute("data-drawn")];
          before = now;
          return last === now;
        },
        { interval: 150 },
      )
      .toBe(true);
  }

  /** A part of the read-out or a panel, as it stands. */
  async part(name: string): Promise<string> {
    return ((await this.page.locator(`[data-part=${name}]`).textContent()) ?? "").trim();
  }

  button(name: string) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** Where a pixel is in the window, while the address says `at=x0,y0,scale,degrees`, mirrored with `,m` behind it. */
  async windowOf([x, y]: readonly [number, number]): Promise<[number, number]> {
    const [x0, y0, scale, degrees, mirror] = new URL(this.page.url()).searchParams.get("at")!.split(",");
    const [dx, dy] = [(x - Number(x0)) * (mirror === "m" ? -1 : 1), y - Number(y0)];
    const [c, s] = [Math.cos, Math.sin].map((of) => Number(scale) * of((Number(degrees) * Math.PI) / 180));
    const box = (await this.canvas.boundingBox())!;
    return [box.x + box.width / 2 + c! * dx - s! * dy, box.y + box.height / 2 - s! * dx - c! * dy];
  }

  async point(pixel: readonly [number, number]): Promise<void> {
    await this.page.mouse.move(...(await this.windowOf(pixel)));
  }

  async click(pixel: readonly [number, number]): Promise<void> {
    await this.page.mouse.click(...(await this.windowOf(pixel)));
  }

  async drag(from: readonly [number, number], to: readonly [number, number], button: "left" | "right" = "left") {
    await this.point(from);
    await this.page.mouse.down({ button });
    await this.page.mouse.move(...(await this.windowOf(to)), { steps: 4 });
    await this.page.mouse.up({ button });
  }

  /** The cross-hair exactly on a pixel: there and one step back by the keyboard, which goes from pixel to pixel. */
  async cross(pixel: readonly [number, number]): Promise<void> {
    await this.canvas.focus();
    await this.point(pixel);
    const [there, back] = pixel[0] > 1 ? ["ArrowLeft", "ArrowRight"] : ["ArrowRight", "ArrowLeft"];
    await this.page.keyboard.press(there!);
    await this.page.keyboard.press(back!);
    await expect.poll(() => this.part("pixel")).toBe(`${pixel[0]}, ${pixel[1]}`);
  }

  /** Colours [r, g, b, alpha] on the canvas of the image, or of what lies above it, around pixels. */
  async colours(pixels: (readonly [number, number])[], which = ".viewer-canvas"): Promise<number[][]> {
    const box = (await this.canvas.boundingBox())!;
    const places: [number, number][] = [];
    for (const pixel of pixels) {
      const [x, y] = await this.windowOf(pixel);
      places.push([x - box.x, y - box.y]);
    }
    return this.page.evaluate(`{
      const canvas = document.querySelector(${JSON.stringify(which)});
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const ratio = canvas.width / canvas.clientWidth;
      ${JSON.stringify(places)}.map(([x, y]) => [...copy.getImageData(Math.floor(x * ratio), Math.floor(y * ratio), 1, 1).data]);
    }`);
  }

  /** How opaque, 0 to 255, what lies above the image is in places: CSS pixels from its right (negative: left) and lower edge. */
  async inkAt(places: [right: number, up: number][]): Promise<number[]> {
    return this.page.evaluate(`{
      const canvas = document.querySelector(".viewer-overlay");
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      ${JSON.stringify(places)}.map(([right, up]) =>
        copy.getImageData(right > 0 ? canvas.width - right : -right, canvas.height - up, 1, 1).data[3]);
    }`);
  }

  /** Part of the pixels in which a picture differs by more than a shade from what is seen of the stage. */
  async differs(png: Buffer): Promise<number> {
    const seen = await this.page.locator(".viewer-stage").screenshot();
    return this.page.evaluate(
      async (pictures) => {
        const [a, b] = await Promise.all(
          pictures.map(async (text) => {
            const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
            const copy = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
            copy.drawImage(image, 0, 0);
            return copy.getImageData(0, 0, image.width, image.height).data;
          }),
        );
        const apart = a!.reduce((count, value, i) => count + Number(Math.abs(value - (b![i] ?? -9)) > 3), 0);
        return apart / a!.length;
      },
      [png, seen].map((bytes) => bytes.toString("base64")),
    );
  }

  /** Mean brightness of what is drawn, and the part of the canvas that it covers. */
  async shown(): Promise<{ mean: number; lit: number; coloured: number }> {
    return this.page.evaluate(`{
      const canvas = document.querySelector(".viewer-canvas");
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      const ground = getComputedStyle(canvas.parentElement).backgroundColor.match(/\\d+/g).map(Number);
      let sum = 0, lit = 0, coloured = 0;
      for (let i = 0; i < data.length; i += 4) {
        if (ground.every((value, channel) => data[i + channel] === value)) continue;
        sum += data[i];
        lit++;
        if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 8) coloured++;
      }
      ({ mean: sum / lit, lit: lit / (data.length / 4), coloured: coloured / lit });
    }`);
  }

  /** A parameter of the address, once the address has followed. */
  parameter(name: string): Promise<string | null> {
    return Promise.resolve(new URL(this.page.url()).searchParams.get(name));
  }
}
