/**
 * How lists of 1,000 frames scroll in real Chromium, as Chromium itself counts: it reports on every frame
 * (`PipelineReporter` of its tracing, from which DevTools draws its track of frames). Dropped is each that "affects
 * smoothness" by Chromium's own judgement: not shown in time, or shown without what the scroll had to change. Frames
 * with holes were shown in time, but with parts of the list still white.
 *
 * The browser composes in software, as Chromium does by itself on machines without a graphics card; the rest of
 * `bench:ui` draws all pages by the WebGL emulation that the viewer needs there, which takes 15 ms of processor a frame.
 */
import { createServer, request } from "node:http";
import { startBrowser } from "../test/browser/chromium.ts";

const ROWS = 1000;

const LISTS = [
  // What the browser and the machine drop by themselves.
  { name: "lines of text alone", view: null, columns: null },
  { name: "table", view: "table", columns: null },
  {
    name: "table with previews",
    view: "table",
    columns: "thumbnail,time,object,type,filter,exptime,binning,level,instrument",
  },
  { name: "gallery", view: "gallery", columns: null },
];

const wheel = (distance, speed) => (_page, devtools) =>
  devtools.send("Input.synthesizeScrollGesture", {
    x: 700,
    y: 500,
    yDistance: -distance,
    speed,
    gestureSourceType: "mouse",
    preventFling: true,
  });

/** Ways to scroll: to get somewhere, while looking (previews come on the way), by a script and by keys. */
const WAYS = [
  { name: "wheel, 3,600 px/s", scroll: wheel(18_000, 3600) },
  { name: "wheel, 900 px/s", scroll: wheel(4500, 900) },
  {
    name: "script, 60 px a frame",
    scroll: (page) =>
      page.evaluate(`new Promise((done) => {
        let frames = 0;
        const step = () => {
          window.scrollBy(0, 60);
          if (++frames < 300) requestAnimationFrame(step);
          else done();
        };
        requestAnimationFrame(step);
      })`),
  },
  {
    name: "20 × PageDown, End",
    scroll: async (page) => {
      await page.locator("#results-title").focus();
      for (const key of [...Array(20).fill("PageDown"), "End"]) {
        await page.keyboard.press(key);
        await page.waitForTimeout(200);
      }
    },
  },
];

/**
 * The archive with a list of 1,000 made of `results`, and with any image for previews of frames that are not there. A
 * server in front of it answers these: requests that the browser is told to intercept go through its own process and
 * the DevTools, which costs more than the scroll that is measured.
 */
async function stage(url, { results, image }) {
  const frames = Array.from({ length: ROWS }, (_, i) => ({
    ...results[i % results.length],
    id: 1e6 + i,
    basename: `frame-${String(i).padStart(4, "0")}`,
  }));
  const list = JSON.stringify({ count: ROWS, results: frames });
  const server = createServer((asked, answer) => {
    const head = { "Cache-Control": "no-store" };
    if (asked.url.startsWith("/frames/?"))
      answer.writeHead(200, { ...head, "Content-Type": "application/json" }).end(list);
    else if (/^\/frames\/1\d{6}\/preview\//.test(asked.url))
      answer.writeHead(200, { ...head, ...image.head }).end(image.body);
    else {
      const { method, headers } = asked;
      const passed = request(url + asked.url, { method, headers }, (given) => {
        answer.writeHead(given.statusCode, given.headers);
        given.pipe(answer);
      });
      asked.pipe(passed);
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close().closeAllConnections() };
}

/** As high as the table, and nothing else. */
const TEXT =
  '<h1 id="results-title" tabindex="-1">Text</h1>' +
  Array.from({ length: ROWS }, (_, i) => `<p style="margin: 0; height: 36px">Line ${i}</p>`).join("");

async function open(page, url, list) {
  if (list.view === null) {
    await page.goto("about:blank");
    await page.setContent(TEXT);
    await page.mouse.move(700, 500);
    return;
  }
  if (list.columns) await page.evaluate(`localStorage.setItem("platevault.columns", "${list.columns}")`);
  await page.goto(`${url}/?limit=${ROWS}&view=${list.view}`);
  await page
    .locator("tbody tr, .plate-card")
    .nth(ROWS - 1)
    .waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle");
  await page.mouse.move(700, 500);
}

async function measured(browser, page, scroll) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" }); // its own time, whatever else the machine does
  const work = async () =>
    (await devtools.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
  const tracing = await browser.newBrowserCDPSession();
  const events = [];
  tracing.on("Tracing.dataCollected", ({ value }) => events.push(...value));
  const category = "disabled-by-default-devtools.timeline.frame";
  await tracing.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: [category] },
  });
  const before = await work();
  await scroll(page, devtools);
  const busy = (await work()) - before;
  const complete = new Promise((done) => tracing.once("Tracing.tracingComplete", done));
  await tracing.send("Tracing.end");
  await complete;
  await devtools.detach();
  await tracing.detach();
  const reports = events
    .filter(({ name, ph }) => name === "PipelineReporter" && ph === "b")
    .map(({ args }) => args.frame_reporter)
    .filter((report) => report !== undefined && report.state !== "STATE_NO_UPDATE_DESIRED");
  if (reports.length === 0) throw new Error("Chromium reported on no frame");
  // A frame whose main thread was late has two reports, of which only one is marked.
  const frames = new Set(reports.map(({ frame_sequence: frame }) => frame)).size;
  return {
    frames,
    dropped: reports.filter(({ affects_smoothness: affects }) => affects).length,
    holes: reports.filter(({ has_missing_content: missing }) => missing).length,
    work: (1000 * busy) / frames,
  };
}

/** Prints a line for each list and way: the sums of `runs`. `visitor` opens a page that is signed in at an address. */
export async function benchScroll(archive, visitor, stock, runs) {
  const staged = await stage(archive.url, stock);
  const running = await startBrowser({ cardless: true });
  console.log(`\n1,000 frames, ${runs} run${runs === 1 ? "" : "s"} each`);
  console.log(
    "list                 scrolled by             frames  dropped  with holes  work a frame (16.7 ms at most)",
  );
  for (const list of LISTS) {
    const { context, page } = await visitor(running.browser, staged.url);
    for (const way of WAYS) {
      const sum = { frames: 0, dropped: 0, holes: 0, work: 0 };
      for (let run = 0; run < runs; run++) {
        await open(page, staged.url, list);
        const one = await measured(running.browser, page, way.scroll);
        for (const name of Object.keys(sum)) sum[name] += one[name];
      }
      console.log(
        `${list.name.padEnd(20)} ${way.name.padEnd(22)} ${String(sum.frames).padStart(7)}  ` +
          `${String(sum.dropped).padStart(7)}  ${String(sum.holes).padStart(10)}  ${(sum.work / runs).toFixed(1).padStart(12)} ms`,
      );
    }
    await context.close();
  }
  await running.close();
  staged.close();
}
