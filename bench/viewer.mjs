/**
 * The live viewer on frames of 4096², for `npm run bench:ui`: from the click on *Live image* to the first picture and to
 * the real pixels, with the CPU that every process took until then; then the cost of a frame while the image is moved
 * and zoomed. Without a graphics card it is WebGL2 on the processor, which is the larger part of both.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { visit } from "../test/browser/chromium.ts";
import { fill, tokenOf } from "../test/browser/frames.ts";
import { sky } from "./sky.mjs";

const SIZE = 4096;
const RUNS = 3;
/** Frames of each movement. */
const STEPS = 90;
const TICKS_A_SECOND = 100; // USER_HZ, the unit of /proc/PID/stat on Linux

const FRAMES = [
  {
    name: "16-bit, RICE",
    stem: "bench-16bit",
    pixels: (floats) => Uint16Array.from(floats, (value) => Math.min(65535, Math.round(value))),
  },
  { name: "32-bit floats, GZIP_2", stem: "bench-floats", pixels: (floats) => floats },
];

const cardsOf = (stem) => [
  ["DATE-OBS", "2026-03-14T20:00:00.000"],
  ["DAY-OBS", "2026-03-14"],
  ["SITEID", "goe"],
  ["TELID", "0m50"],
  ["INSTRUME", "sb63"],
  ["IMAGETYP", "object"],
  ["OBJECT", "M 51"],
  ["FILTER", "V"],
  ["EXPTIME", 120],
  ["XBINNING", 1],
  ["YBINNING", 1],
  ["RLEVEL", 0],
  ["FNAME", `${stem}.fits`],
  ["RADESYS", "ICRS"],
  ["CTYPE1", "RA---TAN"],
  ["CTYPE2", "DEC--TAN"],
  ["CRPIX1", SIZE / 2],
  ["CRPIX2", SIZE / 2],
  ["CRVAL1", 202.469575],
  ["CRVAL2", 47.195258],
  ["CD1_1", -0.0001],
  ["CD1_2", 0.00001],
  ["CD2_1", 0.00001],
  ["CD2_2", 0.0001],
];

/** CPU seconds of every process below this one, by what it is. */
function cpu() {
  const known = new Map();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").replaceAll("\0", " ");
      known.set(Number(entry), {
        parent: Number(fields[1]),
        command,
        seconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
      });
    } catch {
      // ended meanwhile
    }
  }
  const isBelow = (pid) => pid > 1 && (pid === process.pid || isBelow(known.get(pid)?.parent ?? 0));
  const sums = { page: 0, drawing: 0, browser: 0, archive: 0 };
  for (const [pid, { command, seconds }] of known) {
    if (!isBelow(pid)) continue;
    const type = /--type=(\S+)/.exec(command)?.[1];
    if (type === "renderer") sums.page += seconds;
    else if (type === "gpu-process") sums.drawing += seconds;
    else if (type !== undefined || command.includes("chrom")) sums.browser += seconds;
    else sums.archive += seconds;
  }
  return sums;
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function signedIn(archive, browser) {
  const person = await visit(browser, { width: 1280, height: 1000 });
  await person.page.goto(`${archive.url}/sign-in?next=%2Faccount`);
  await person.page.getByLabel("Username").fill(archive.username);
  await person.page.getByLabel("Password").fill(archive.password);
  await person.page.getByRole("button", { name: "Sign in" }).click();
  await person.page.waitForURL((at) => at.pathname === "/account");
  return person;
}

/** Milliseconds from the click to the archive's preview and to the real pixels on screen, and CPU until then. */
async function open(archive, browser, id) {
  const { context, page } = await signedIn(archive, browser);
  await page.goto(`${archive.url}/frame/${id}`);
  await page.locator(".frame-image .preview.shown").waitFor();
  await page.waitForLoadState("networkidle");
  await page.evaluate(`window.seen = new Promise((done) => {
    const seen = { first: null, real: null };
    document.addEventListener("click", () => (seen.click ??= performance.now()), true);
    const look = () => {
      const canvas = document.querySelector(".viewer-canvas");
      if (seen.first === null && document.querySelector(".viewer-preview.shown")) seen.first = performance.now();
      if (canvas?.dataset.drawn) {
        // A pixel that is read back is one that was drawn.
        canvas.getContext("webgl2").readPixels(0, 0, 1, 1, 6408, 5121, new Uint8Array(4));
        seen.real = performance.now();
        done(seen);
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }); 0`);
  const before = cpu();
  await page.getByRole("link", { name: "Live image" }).click();
  const seen = await page.evaluate("window.seen");
  const after = cpu();
  const used = Object.fromEntries(Object.entries(after).map(([name, seconds]) => [name, seconds - before[name]]));
  return {
    page,
    context,
    first: seen.first === null ? null : seen.first - seen.click,
    real: seen.real - seen.click,
    used,
  };
}

/** What a frame costs while the image is dragged about and zoomed with the wheel: work of the page's thread and of the drawing process. */
async function move(page) {
  // The pixels that the first picture did not need are on their way to the card.
  await page.waitForTimeout(3000);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const work = async () =>
    1000 * (await devtools.send("Performance.getMetrics")).metrics.find((one) => one.name === "TaskDuration").value;
  const drawn = () => page.evaluate("Number(document.querySelector('.viewer-canvas').dataset.drawn)");
  const measured = async (step) => {
    const before = { frames: await drawn(), page: await work(), drawing: cpu().drawing, at: performance.now() };
    for (let i = 0; i < STEPS; i++) await step(i);
    const seconds = (performance.now() - before.at) / 1000;
    const frames = (await drawn()) - before.frames;
    return {
      fps: frames / seconds,
      page: ((await work()) - before.page) / frames,
      drawing: (1000 * (cpu().drawing - before.drawing)) / frames,
    };
  };
  const box = await page.locator(".viewer-canvas").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  const zooming = await measured((i) => page.mouse.wheel(0, i < STEPS / 2 ? -60 : 60));
  await page.mouse.down();
  const dragging = await measured((i) => page.mouse.move(x + 150 * Math.sin(i / 10), y + 100 * Math.sin(i / 7)));
  await page.mouse.up();
  return { zooming, dragging };
}

export async function benchViewer(archive, { browser }) {
  const floats = sky(SIZE);
  for (const { stem, pixels } of FRAMES) {
    const bytes = fitsFile([imageHdu("SCI", SIZE, pixels(floats), cardsOf(stem))]);
    await fill(archive, [{ name: `${stem}.fits`, bytes }]);
  }
  const headers = { Authorization: `Token ${await tokenOf(archive)}` };
  const find = async (stem) => {
    const list = await fetch(`${archive.url}/frames/?basename_exact=${stem}`, { headers });
    return (await list.json()).results[0];
  };
  // Packed and drawn by the queue first: it would take the processors from what is measured.
  for (const { stem } of FRAMES) {
    while (!(await find(stem)).filename.endsWith(".fz")) await new Promise((done) => setTimeout(done, 500));
  }
  const moving = [];
  console.log("4096² frame             preview  real pixels   CPU until then: page  drawing  browser  archive  sum");
  for (const { name, stem } of FRAMES) {
    const { id } = await find(stem);
    const runs = [];
    for (let run = 0; run < RUNS; run++) {
      const { context, page, ...opened } = await open(archive, browser, id);
      runs.push(opened);
      if (run === RUNS - 1) moving.push({ name, ...(await move(page)) });
      await context.close();
    }
    const ms = (of) => `${Math.round(median(runs.map((run) => run[of] ?? Number.NaN)))} ms`;
    const seconds = (of) => `${median(runs.map(({ used }) => used[of])).toFixed(2)} s`;
    const sum = median(runs.map(({ used }) => Object.values(used).reduce((total, one) => total + one, 0)));
    console.log(
      `${name.padEnd(22)} ${ms("first").padStart(8)}  ${ms("real").padStart(11)}  ${seconds("page").padStart(20)}  ` +
        `${seconds("drawing").padStart(7)}  ${seconds("browser").padStart(7)}  ${seconds("archive").padStart(7)}  ${sum.toFixed(2)} s`,
    );
  }
  for (const { name, what, fps, page, drawing } of moving.flatMap(({ name, ...by }) =>
    Object.entries(by).map(([what, one]) => ({ name, what, ...one })),
  )) {
    console.log(
      `${name}, ${what}: ${page.toFixed(1)} ms of the page and ${drawing.toFixed(1)} ms of drawing without a graphics ` +
        `card for each frame (16.7 at most), ${fps.toFixed(0)} frames/s`,
    );
  }
}
