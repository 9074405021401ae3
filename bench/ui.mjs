/**
 * `npm run bench:ui`: how the pages load and scroll in real Chromium over the demo archive, measured with the DevTools
 * protocol as Lighthouse does: at a desk, and on a phone (4 times slower processor, 150 ms and 1.6 Mbit/s). Medians.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { demoFrames } from "../src/cli/demo-frames.ts";
import { startArchive } from "../test/browser/archive.ts";
import { startBrowser, visit } from "../test/browser/chromium.ts";
import { fill, tokenOf } from "../test/browser/frames.ts";
import { benchScroll } from "./scroll.mjs";
import { benchViewer } from "./viewer.mjs";

const RUNS = 3;
/** How often each list of 1,000 frames is scrolled: `npm run bench:ui -- 10`; `-- scroll 10` does nothing else. */
const onlyScroll = process.argv.includes("scroll");
const scrolls = Number(process.argv.at(-1)) || 1;
const dist = resolve(import.meta.dirname, "../dist");

const archive = await startArchive();
await fill(archive, demoFrames());
const headers = { Authorization: `Token ${await tokenOf(archive)}` };
const list = await (await fetch(`${archive.url}/frames/?limit=100`, { headers })).json();
const frame = list.results.find(({ RLEVEL }) => RLEVEL === 1).id;
const running = await startBrowser();

const PAGES = [
  { name: "search", path: "/", ready: "tbody tr" },
  { name: "gallery", path: "/?view=gallery", ready: ".plate-card .preview.shown" },
  { name: "map", path: "/?view=map", ready: "canvas" },
  { name: "frame", path: `/frame/${frame}`, ready: ".frame-image .preview.shown" },
  { name: "headers", path: `/frame/${frame}?tab=headers`, ready: "table.cards" },
  { name: "upload", path: "/upload", ready: ".drop" },
];

const PLACES = [
  { name: "desk", width: 1280, height: 860, slower: 1, network: null },
  // Lighthouse's mobile: https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
  { name: "phone", width: 390, height: 844, slower: 4, network: { latency: 150, throughput: (1.6e6 / 8) * 0.9 } },
];

/** Runs in the page, before anything of it: keeps what the browser says about paints, shifts and long tasks. */
const WATCH = `(() => {
  const seen = (window.measured = { paint: 0, largest: 0, shift: 0, blocked: 0 });
  const watch = (type, take) => new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
  watch("paint", (entry) => { if (entry.name === "first-contentful-paint") seen.paint = entry.startTime; });
  watch("largest-contentful-paint", (entry) => { seen.largest = entry.startTime; });
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
  watch("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
})()`;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function signedIn(place, browser = running.browser, url = archive.url) {
  const person = await visit(browser, place);
  await person.page.goto(`${url}/sign-in?next=%2Fupload`);
  await person.page.getByLabel("Username").fill(archive.username);
  await person.page.getByLabel("Password").fill(archive.password);
  await person.page.getByRole("button", { name: "Sign in" }).click();
  await person.page.waitForURL((at) => at.pathname === "/upload");
  await person.context.addInitScript(WATCH);
  return person;
}

/** Script bytes as a network would carry them: gzip, which every host of static files does. */
function gzipped(urls) {
  let sum = 0;
  for (const url of urls) {
    const { pathname } = new URL(url);
    if (pathname.endsWith(".js")) sum += gzipSync(readFileSync(resolve(dist, `.${pathname}`))).length;
  }
  return sum;
}

async function load({ path, ready }, place) {
  const { context, page } = await signedIn(place);
  const devtools = await context.newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.setCacheDisabled", { cacheDisabled: true });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: place.slower });
  if (place.network) {
    const { latency, throughput } = place.network;
    const both = { downloadThroughput: throughput, uploadThroughput: throughput };
    await devtools.send("Network.emulateNetworkConditions", { offline: false, latency, ...both });
  }
  const scripts = new Set();
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.add(response.url());
  });
  await page.goto(archive.url + path);
  await page
    .locator(place.name === "phone" && ready === "tbody tr" ? ".plate-card" : ready)
    .first()
    .waitFor();
  const shown = await page.evaluate("performance.now()");
  await page.waitForLoadState("networkidle");
  const measured = await page.evaluate("window.measured");
  await context.close();
  return { ...measured, shown, script: gzipped(scripts) };
}

if (!onlyScroll)
  console.log("page     place   first paint  largest  rows or image shown  blocked    shift  script, gzip");
for (const place of onlyScroll ? [] : PLACES) {
  for (const page of PAGES) {
    const runs = [];
    for (let run = 0; run < RUNS; run++) runs.push(await load(page, place));
    const of = (name) => median(runs.map((one) => one[name]));
    const ms = (name, width) => `${Math.round(of(name))} ms`.padStart(width);
    console.log(
      `${page.name.padEnd(8)} ${place.name.padEnd(7)} ${ms("paint", 11)}  ${ms("largest", 7)}  ${ms("shown", 19)}  ` +
        `${ms("blocked", 7)}  ${of("shift").toFixed(3).padStart(7)}  ${(of("script") / 1000).toFixed(1).padStart(9)} kB`,
    );
  }
}
const preview = await fetch(`${archive.url}/frames/${frame}/preview/`, { headers });
const image = {
  head: { "Content-Type": preview.headers.get("Content-Type") },
  body: Buffer.from(await preview.arrayBuffer()),
};
const visitor = (browser, url) => signedIn(PLACES[0], browser, url);
await benchScroll(archive, visitor, { results: list.results, image }, scrolls);
if (!onlyScroll) await benchViewer(archive, running);
await running.close();
await archive.close();
