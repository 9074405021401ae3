/** Reads images with the FITS core, off the page's thread, and works out what their cut levels can be. */
import { type FitsFile, openFits } from "../../fits/file.ts";
import type { Hdu } from "../../fits/hdu.ts";
import { HttpSource } from "../../fits/http-source.ts";
import { readImage } from "../../fits/image.ts";
import { MemorySource } from "../../fits/memory-source.ts";
import type { ByteSource } from "../../fits/source.ts";
import { areFinite, canBeUndefined, type Pixels, toRow, valuesOf } from "../../imaging/pixels.ts";
import { Distribution, Sampler } from "../../imaging/statistics.ts";
import { ZSCALE_SAMPLES, zscale } from "../../imaging/zscale.ts";
import { browserKernels } from "../../kernels/browser.ts";
import {
  type ImageUnit,
  type LoadedImage,
  type OpenRequest,
  PERCENTAGES,
  type ViewerAnswer,
  type ViewerRequest,
} from "./message.ts";
import { halvingsFor, pyramidOf } from "./pyramid.ts";

/** Files up to this size come in one answer; of larger ones only what the image needs. */
const AT_ONCE = 96_000_000;
/** Longest side of an image, halved as often as it takes, where the whole is more than the graphics card takes. */
const OVERVIEW = 4096;
/** Files that stay open: planes and HDUs of the same file are asked for one after the other. */
const MOST_OPEN = 2;

const kernels = browserKernels();
const files = new Map<string, Promise<FitsFile>>();

type Tell = (progress: number) => void;

async function sourceOf({ url, size, gzip }: OpenRequest, tell: Tell): Promise<ByteSource> {
  if (!gzip && size > AT_ONCE) return HttpSource.open(url, { fetch: (...request) => fetch(...request) });
  const answer = await fetch(url);
  if (!answer.ok || answer.body === null) throw new Error(`The file could not be read (status ${answer.status}).`);
  const counted = answer.body.pipeThrough(counter(Number(answer.headers.get("Content-Length") ?? size), tell));
  const body = gzip ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
  return new MemorySource(new Uint8Array(await new Response(body).arrayBuffer()));
}

/** Says how much has passed through, ten times a second at most. */
function counter(total: number, tell: Tell) {
  let [done, said] = [0, performance.now()];
  return new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(bytes, controller) {
      controller.enqueue(bytes);
      done += bytes.length;
      if (total > 0 && performance.now() - said > 100) {
        said = performance.now();
        tell(Math.min(1, done / total));
      }
    },
  });
}

function fileOf(request: OpenRequest, tell: Tell): Promise<FitsFile> {
  const known = files.get(request.url);
  if (known !== undefined) return known;
  const opening = (async () => {
    const [source, fast] = await Promise.all([sourceOf(request, tell), kernels]);
    return openFits(source, { kernels: fast });
  })();
  files.set(request.url, opening);
  // What failed is tried again when it is asked for again.
  opening.catch(() => files.delete(request.url));
  for (const url of files.keys()) {
    if (files.size <= MOST_OPEN) break;
    files.delete(url);
  }
  return opening;
}

function unitOf(hdu: Hdu): ImageUnit {
  const [width = 1, height = 1, ...more] = hdu.image!.axes;
  const planes = more.reduce((product, length) => product * length, 1);
  return { index: hdu.index, name: hdu.extname, width, height, planes };
}

function keywordsOf(hdu: Hdu): Record<string, number | string> {
  const keywords: Record<string, number | string> = {};
  for (const { keyword, value } of hdu.header.cards) {
    if (keyword in keywords) continue;
    if (typeof value === "bigint") keywords[keyword] = Number(value);
    else if (typeof value === "number" || typeof value === "string") keywords[keyword] = value;
  }
  return keywords;
}

/** What cut levels are found from, row by row. */
function statisticsOf(data: Pixels, width: number) {
  const all = valuesOf(data);
  const integers = !canBeUndefined(data);
  const doubles = new Float64Array(width);
  const rows = function* () {
    for (let at = 0; at < data.length; at += width) {
      const row = toRow(data.subarray(at, at + width), doubles);
      yield { row, finite: integers || (row instanceof Float64Array && areFinite(row)) };
    }
  };
  const distribution = new Distribution(data.length, true);
  let sampler = new Sampler(data.length, ZSCALE_SAMPLES);
  for (const { row, finite } of rows()) {
    distribution.push(row, all);
    sampler.push(row, finite);
  }
  if (sampler.count !== data.length) {
    // Undefined pixels were among them: a second pass takes its samples evenly from the others.
    sampler = new Sampler(sampler.count, ZSCALE_SAMPLES);
    for (const { row, finite } of rows()) sampler.push(row, finite);
  }
  return {
    extremes: distribution.extremes() ?? ([0, 1] as [number, number]),
    samples: sampler.samples,
    percentile: (percent: number) => distribution.percentile(percent),
  };
}

async function load(request: OpenRequest, tell: Tell): Promise<LoadedImage> {
  const file = await fileOf(request, tell);
  const hdu = request.hdu === null ? await file.science() : await file.hdu(request.hdu);
  if (hdu.image === undefined || hdu.image.axes.length === 0) throw new Error(`HDU ${hdu.index} holds no image.`);
  const unit = unitOf(hdu);
  const units = (await file.hdus()).filter((one) => (one.image?.axes.length ?? 0) > 0).map(unitOf);
  const plane = Math.min(request.plane, unit.planes - 1);
  const { data } = await readImage(hdu, { plane });
  const { extremes, samples, percentile } = statisticsOf(data, unit.width);
  const percentiles: Record<string, [number, number]> = {};
  for (const percentage of PERCENTAGES) {
    const tail = (100 - Number(percentage)) / 2;
    percentiles[percentage] = [percentile(tail) ?? extremes[0], percentile(100 - tail) ?? extremes[1]];
  }
  const whole = Math.max(unit.width, unit.height) <= request.mostPixels;
  const halvings = whole ? 0 : halvingsFor(unit, Math.min(OVERVIEW, request.mostPixels));
  return {
    unit,
    units,
    plane,
    values: data,
    levels: pyramidOf(data, unit, halvings),
    halvings,
    extremes,
    percentiles,
    zscale: zscale(samples) ?? extremes,
    keywords: keywordsOf(hdu),
  };
}

self.onmessage = async (event: MessageEvent<ViewerRequest>) => {
  const { id, open } = event.data;
  const say = (answer: ViewerAnswer, transfer: ArrayBuffer[] = []) => self.postMessage(answer, { transfer });
  try {
    const image = await load(open, (progress) => say({ id, progress }));
    const moved = new Set([image.values.buffer as ArrayBuffer, ...image.levels.map(({ floats }) => floats.buffer)]);
    say({ id, image }, [...moved]);
  } catch (cause) {
    say({ id, error: cause instanceof Error ? cause.message : String(cause) });
  }
};
