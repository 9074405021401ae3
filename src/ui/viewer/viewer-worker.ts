/** Reads an image with the FITS core, off the page's thread, and works out what its cut levels can be. */
import { openFits } from "../../fits/file.ts";
import type { Hdu } from "../../fits/hdu.ts";
import { HttpSource } from "../../fits/http-source.ts";
import { readImage } from "../../fits/image.ts";
import { MemorySource } from "../../fits/memory-source.ts";
import type { ByteSource } from "../../fits/source.ts";
import { areFinite, canBeUndefined, type Pixels, toRow, valuesOf } from "../../imaging/pixels.ts";
import { Distribution, Sampler } from "../../imaging/statistics.ts";
import { ZSCALE_SAMPLES, zscale } from "../../imaging/zscale.ts";
import { type ImageUnit, type LoadedImage, type OpenRequest, PERCENTAGES, type ViewerAnswer } from "./message.ts";

/** Files up to this size come in one answer; of larger ones only what the image needs. */
const AT_ONCE = 48_000_000;

async function sourceOf({ url, size, gzip }: OpenRequest): Promise<ByteSource> {
  if (!gzip && size > AT_ONCE) return HttpSource.open(url, { fetch: (...request) => fetch(...request) });
  const answer = await fetch(url);
  if (!answer.ok || answer.body === null) throw new Error(`The file could not be read (status ${answer.status}).`);
  const body = gzip ? answer.body.pipeThrough(new DecompressionStream("gzip")) : answer.body;
  return new MemorySource(new Uint8Array(await new Response(body).arrayBuffer()));
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

async function load(request: OpenRequest): Promise<LoadedImage> {
  const file = await openFits(await sourceOf(request));
  const hdu = request.hdu === null ? await file.science() : await file.hdu(request.hdu);
  const unit = unitOf(hdu);
  const units = (await file.hdus()).filter((one) => one.image !== undefined).map(unitOf);
  const image = await readImage(hdu, { plane: Math.min(request.plane, unit.planes - 1) });
  const numbers = image.data instanceof BigInt64Array || image.data instanceof BigUint64Array;
  const floats =
    image.data instanceof Float32Array
      ? (image.data as Float32Array<ArrayBuffer>)
      : numbers
        ? Float32Array.from(image.data as BigInt64Array, Number)
        : Float32Array.from(image.data as Int32Array);

  const { extremes, samples, percentile } = statisticsOf(image.data, unit.width);
  const percentiles: Record<string, [number, number]> = {};
  for (const percentage of PERCENTAGES) {
    const tail = (100 - Number(percentage)) / 2;
    percentiles[percentage] = [percentile(tail) ?? extremes[0], percentile(100 - tail) ?? extremes[1]];
  }
  return {
    unit,
    units,
    floats,
    values: image.data,
    extremes,
    percentiles,
    zscale: zscale(samples) ?? extremes,
    keywords: keywordsOf(hdu),
  };
}

self.onmessage = async (event: MessageEvent<OpenRequest>) => {
  let answer: ViewerAnswer;
  const moved = new Set<ArrayBuffer>();
  try {
    const image = await load(event.data);
    moved.add(image.floats.buffer).add(image.values.buffer as ArrayBuffer);
    answer = { image };
  } catch (cause) {
    answer = { error: cause instanceof Error ? cause.message : String(cause) };
  }
  self.postMessage(answer, { transfer: [...moved] });
};
