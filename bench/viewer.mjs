/**
 * The live viewer on frames of 4096², for `npm run bench:viewer` and the end of `npm run bench:ui`: from the click on
 * *Live image* to the first picture and to the real pixels on screen, with the CPU that every process took until then;
 * then how many frames a second the image moves at.
 *
 * On screen means: each of the frame's 16.8 million pixels is in the page with its exact value, which the read-out shows
 * under the cursor, and the picture made of all of them is drawn over the whole stage and can be read back from there.
 * Where several pixels lie on one of the screen it shows their means.
 *
 * Moving means: a mouse that tells its place 125 times a second (or as often turns its wheel) drags or zooms the image;
 * counted are the pictures that the viewer draws, of which there can be one for each frame of the browser, and the
 * browser's frames that came late. Beside them stands what a mere canvas of that size does in the same browser
 * (viewer-control.mjs). Without a graphics card WebGL2 is on the processor: the viewer then draws coarser
 * until the image rests (src/ui/viewer/pace.ts). `bench:viewer` runs in Chromium as it is on such a machine, and then in
 * that of the tests, where whole pages are drawn by the played card.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fitsFile, imageHdu } from "../src/cli/fits-file.ts";
import { startArchive } from "../test/browser/archive.ts";
import { startBrowser, visit } from "../test/browser/chromium.ts";
import { fill, tokenOf } from "../test/browser/frames.ts";
import { sky } from "./sky.mjs";
import { CONTROLS, control } from "./viewer-control.mjs";

const SIZE = 4096;
const RUNS = 3;
/** Where it is moved, CSS pixels; the stage is what the page leaves of it. */
const SCREENS = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];
/** Seconds of each movement; in the first one the viewer finds out how sharply it can draw. */
const SECONDS = 4;
/** Milliseconds from one of the mouse's events to the next. */
const EVERY = 8;
/** Milliseconds after which a frame is late, at 60 a second. */
const LATE = 25;
const TICKS_A_SECOND = 100; // USER_HZ, the unit of /proc/PID/stat on Linux

/** What the archive packs comes last: when it is packed, the others' previews are there, too. */
const FRAMES = [
  // An image of floats with BLANK is not packed (src/fits/pack.ts).
  { name: "32-bit floats, plain", stem: "bench-plain", pixels: (floats) => floats, more: [["BLANK", -32768]] },
  { name: "floats, RICE by fpack", stem: "bench-fpack", pixels: (floats) => floats, isPackedHere: true },
  {
    name: "16-bit, RICE",
    stem: "bench-16bit",
    pixels: (floats) => Uint16Array.from(floats, (value) => Math.min(65535, Math.round(value))),
    isPackedThere: true,
    moves: true,
  },
  {
    name: "32-bit floats, GZIP_2",
    stem: "bench-floats",
    pixels: (floats) => floats,
    isPackedThere: true,
    moves: true,
  },
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

async function signedIn(archive, browser, screen = { width: 1280, height: 1000 }) {
  const person = await visit(browser, screen);
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
    context,
    first: seen.first === null ? null : seen.first - seen.click,
    real: seen.real - seen.click,
    used,
  };
}

/** Opens the viewer on a screen, and drags the image about and zooms it as a mouse does. */
async function move(archive, browser, id, screen) {
  const { context, page } = await signedIn(archive, browser, screen);
  await page.goto(`${archive.url}/frame/${id}?tab=viewer`);
  await page.locator(".viewer-canvas[data-drawn]").waitFor();
  // The pixels that the first picture did not need are on their way to the card.
  await page.waitForTimeout(3000);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Performance.enable");
  const work = async () =>
    1000 * (await devtools.send("Performance.getMetrics")).metrics.find((one) => one.name === "TaskDuration").value;
  await page.evaluate(`{
    const canvas = document.querySelector(".viewer-canvas");
    window.seen = [];
    const look = (now) => {
      seen.push([now, Number(canvas.dataset.drawn), canvas.width / canvas.clientWidth]);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }`);
  const box = await page.locator(".viewer-canvas").boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const send = (event) => devtools.send("Input.dispatchMouseEvent", { x, y, button: "none", ...event });

  const measured = async (what, eventOf) => {
    await page.evaluate("seen.length = 0");
    const before = { page: await work(), drawing: cpu().drawing };
    const start = performance.now();
    const sent = [];
    for (let i = 0; i * EVERY < SECONDS * 1000; i++) {
      // Nobody waits for an answer: a mouse does not, either.
      sent.push(send(eventOf(i)));
      await new Promise((done) => setTimeout(done, Math.max(0, start + (i + 1) * EVERY - performance.now())));
    }
    await Promise.all(sent);
    const seen = await page.evaluate("seen");
    const spent = { page: (await work()) - before.page, drawing: 1000 * (cpu().drawing - before.drawing) };
    const first = seen.findIndex(([now]) => now >= seen[0][0] + 1000);
    const rate = (some) => (1000 * (some.at(-1)[1] - some[0][1])) / (some.at(-1)[0] - some[0][0]);
    const drawn = seen.at(-1)[1] - seen[0][1];
    return {
      what,
      first: rate(seen.slice(0, first + 1)),
      later: rate(seen.slice(first)),
      late: seen.slice(first + 1).filter(([now], i) => now - seen[first + i][0] > LATE).length,
      frames: seen.length - first - 1,
      sharpness: Math.min(...seen.map(([, , part]) => part)),
      page: spent.page / drawn,
      drawing: spent.drawing / drawn,
    };
  };
  await send({ type: "mouseMoved" });
  const zooming = await measured("zooming", (i) => ({
    type: "mouseWheel",
    deltaX: 0,
    deltaY: i % 240 < 120 ? -15 : 15,
  }));
  await send({ type: "mousePressed", button: "left", clickCount: 1 });
  const dragging = await measured("dragging", (i) => ({
    type: "mouseMoved",
    x: x + 150 * Math.sin(i / 20),
    y: y + 100 * Math.sin(i / 14),
    button: "left",
    buttons: 1,
  }));
  await send({ type: "mouseReleased", button: "left", clickCount: 1 });
  await context.close();
  return { size: { width: box.width, height: box.height }, movements: [zooming, dragging] };
}

/** A frame's file as it is uploaded; null where that takes a program which is not here. */
function fileOf({ stem, pixels, more = [], isPackedHere = false }, floats) {
  const bytes = fitsFile([imageHdu("SCI", SIZE, pixels(floats), [...cardsOf(stem), ...more])]);
  if (!isPackedHere) return { name: `${stem}.fits`, bytes };
  const folder = mkdtempSync(join(tmpdir(), "platevault-bench-"));
  try {
    writeFileSync(join(folder, "a.fits"), bytes);
    execFileSync("fpack", [join(folder, "a.fits")]);
    return { name: `${stem}.fits.fz`, bytes: new Uint8Array(readFileSync(join(folder, "a.fits.fz"))) };
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Uploads the frames, and waits until the archive has done all that it does with them. */
async function prepare(archive) {
  const floats = sky(SIZE);
  const frames = [];
  for (const frame of FRAMES) {
    const file = fileOf(frame, floats);
    if (file === null) console.log(`${frame.name}: there is no fpack here`);
    else {
      await fill(archive, [file]);
      frames.push(frame);
    }
  }
  const headers = { Authorization: `Token ${await tokenOf(archive)}` };
  const find = async (stem) => {
    const list = await fetch(`${archive.url}/frames/?basename_exact=${stem}`, { headers });
    return (await list.json()).results[0];
  };
  // Packed and drawn by the queue first: it would take the processors from what is measured.
  for (const { stem } of frames.filter(({ isPackedThere }) => isPackedThere)) {
    while (!(await find(stem)).filename.endsWith(".fz")) await new Promise((done) => setTimeout(done, 500));
  }
  return Promise.all(frames.map(async (frame) => ({ ...frame, id: (await find(frame.stem)).id })));
}

/** `frames`: those of `prepare`, where they are there already. */
export async function benchViewer(archive, { browser }, frames = null) {
  frames ??= await prepare(archive);
  console.log("4096² frame             preview  real pixels   CPU until then: page  drawing  browser  archive  sum");
  for (const { name, id } of frames) {
    const runs = [];
    for (let run = 0; run < RUNS; run++) {
      const { context, ...opened } = await open(archive, browser, id);
      runs.push(opened);
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
  console.log(
    "moving                 screen      movement   frames/s: first second  then   late        sharpness  page     drawing",
  );
  const say = (name, screen, what, { first, later, late, frames, sharpness, page, drawing }) =>
    console.log(
      `${name.padEnd(22)} ${`${screen.width}×${screen.height}`.padEnd(11)} ${what.padEnd(9)} ` +
        `${first.padStart(23)}  ${later.toFixed(1).padStart(4)}   ${`${late} of ${frames}`.padEnd(10)}  ` +
        `${sharpness.padEnd(9)}  ${page.padEnd(7)}  ${drawing.toFixed(1)} ms`,
    );
  for (const screen of SCREENS) {
    let size = null;
    for (const { name, id } of frames.filter(({ moves }) => moves)) {
      const moved = await move(archive, browser, id, screen);
      size = moved.size;
      for (const { what, ...one } of moved.movements) {
        const [first, page] = [one.first.toFixed(0), `${one.page.toFixed(1)} ms`];
        say(name, screen, what, { ...one, first, page, sharpness: `${Math.round(100 * one.sharpness)} %` });
      }
    }
    for (const kind of CONTROLS) {
      const { frames: seen, spent } = await control(browser, screen, size, kind, SECONDS, () => cpu().drawing);
      const count = seen.length - 1;
      say("a mere canvas", screen, kind, {
        first: "",
        later: (1000 * count) / (seen.at(-1) - seen[0]),
        late: seen.slice(1).filter((now, i) => now - seen[i] > LATE).length,
        frames: count,
        sharpness: "",
        page: "",
        drawing: spent / count,
      });
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const archive = await startArchive();
  const frames = await prepare(archive);
  for (const cardless of [true, false]) {
    console.log(cardless ? "Chromium without a graphics card" : "with pages drawn by the card that is played, too");
    const running = await startBrowser({ cardless });
    await benchViewer(archive, running, frames);
    await running.close();
  }
  await archive.close();
}
