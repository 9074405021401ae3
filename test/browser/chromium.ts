/**
 * Chromium for tests and screenshots, from the npm package that carries its binary; `CHROMIUM=/path` takes another.
 * It gets a folder of its own for its profile and temporary files, and asks nothing of the network by itself.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  // WebGL2 without a graphics card, for the viewer.
  "--enable-unsafe-swiftshader",
];

/** All of the pages, and not only WebGL, drawn by the graphics card that the processor plays. */
const ALL_BY_CARD = ["--use-gl=angle", "--use-angle=swiftshader"];

/** The binary, unpacked once into a folder that outlives the run. */
async function binary(): Promise<string> {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  // The package unpacks into TMPDIR and finds its binary there the next time.
  const folder = resolve(import.meta.dirname, "../../node_modules/.cache/chromium");
  mkdirSync(folder, { recursive: true });
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    return await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

export interface RunningBrowser {
  browser: Browser;
  close(): Promise<void>;
}

/**
 * `cardless`: as it is on a machine without a graphics card, where the processor draws the pages itself and only WebGL
 * by a graphics card that it plays. Otherwise all of it is, which its driver remarks on less.
 */
export async function startBrowser({ cardless = false } = {}): Promise<RunningBrowser> {
  const executablePath = await binary();
  const folder = mkdtempSync(join(tmpdir(), "platevault-chromium-"));
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    args: cardless ? FLAGS : [...FLAGS, ...ALL_BY_CARD],
    env: { ...process.env, TMPDIR: folder, HOME: folder },
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Visit {
  context: BrowserContext;
  page: Page;
  /** What the console and uncaught errors said against the page so far. */
  complaints: string[];
}

/** A fresh profile with one page, which writes down every error of the page's. */
export async function visit(
  browser: Browser,
  options: {
    width?: number;
    height?: number;
    scheme?: "light" | "dark";
    reducedMotion?: "reduce";
    touch?: boolean;
  } = {},
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.scheme ?? "light",
    reducedMotion: options.reducedMotion ?? "reduce",
    hasTouch: options.touch ?? false,
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(`${error.name}: ${error.message}`));
  return { context, page, complaints };
}
