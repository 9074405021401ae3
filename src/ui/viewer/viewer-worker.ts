/** Reads images with the FITS core, off the page's thread, and works out what their cut levels can be. */
import { type FitsFile, openFits } from "../../fits/file.ts";
import type { Hdu } from "../../fits/hdu.ts";
import { type Fetch, HttpSource } from "../../fits/http-source.ts";
import { imageType, visitRows } from "../../fits/image.ts";
import { MemorySource } from "../../fits/memory-source.ts";
import { makePixels } from "../../fits/pixels.ts";
import type { ByteSource } from "../../fits/source.ts";
import { browserKernels } from "../../kernels/browser.ts";
import { bytesOf } from "./body.ts";
import { CutLevelFinder } from "./cut-levels.ts";
import { browserInflate } from "./inflate.ts";
import { FIRST_PIECE, KeptFile } from "./kept-file.ts";
import type { ImageUnit, LoadedImage, OpenRequest, ViewerAnswer, ViewerRequest } from "./message.ts";
import { partOf } from "./plane.ts";
import { halvingsFor, Pyramid } from "./pyramid.ts";

/** Files up to this size stay in memory as far as they were read; of larger ones only the pixels do. */
const MOST_KEPT = 96_000_000;
/** Longest side of an image, halved as often as it takes, where the whole is more than the graphics card takes. */
const OVERVIEW = 4096;
/** Files that stay open: planes and HDUs of the same file are asked for one after the other. */
const MOST_OPEN = 2;

const kernels = browserKernels();
const longestSide = Promise.withResolvers<number>();
const files = new Map<string, Promise<FitsFile>>();

type Tell = (progress: number) => void;

async function sourceOf({ url, size, gzip }: OpenRequest, tell: Tell): Promise<ByteSource> {
  if (gzip) return new MemorySource(await inflated(url, size, tell));
  const source = await HttpSource.open(url, { fetch: fetchInPlace, head: FIRST_PIECE });
  return source.size > MOST_KEPT ? source : new KeptFile(source, tell);
}

const fetchInPlace: Fetch = async (url, init) => {
  const answer = await fetch(url, init as RequestInit);
  const { status, headers, body } = answer;
  return { status, headers, body, arrayBuffer: () => bytesOf(answer) };
};

/** The file inside a gzip stream, which can only be read from its beginning. */
async function inflated(url: string, size: number, tell: Tell): Promise<Uint8Array> {
  const answer = await fetch(url);
  if (!answer.ok || answer.body === null) throw new Error(`The file could not be read (status ${answer.status}).`);
  const total = Number(answer.headers.get("Content-Length") ?? size);
  let here = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(bytes, controller) {
      controller.enqueue(bytes);
      here += bytes.length;
      tell(Math.min(1, here / total));
    },
  });
  const body = answer.body.pipeThrough(counter).pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function fileOf(request: OpenRequest, tell: Tell): Promise<FitsFile> {
  const known = files.get(request.url);
  if (known !== undefined) return known;
  const opening = (async () => {
    const [source, fast] = await Promise.all([sourceOf(request, tell), kernels]);
    return openFits(source, { kernels: fast, inflate: browserInflate(fast) });
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

async function load(request: OpenRequest, tell: Tell): Promise<LoadedImage> {
  const file = await fileOf(request, tell);
  const hdu = request.hdu === null ? await file.science() : await file.hdu(request.hdu);
  if (hdu.image === undefined || hdu.image.axes.length === 0) throw new Error(`HDU ${hdu.index} holds no image.`);
  const unit = unitOf(hdu);
  const plane = Math.min(request.plane, unit.planes - 1);
  const part = partOf(unit, request.mostPixels, request.around);
  const { x0, y0, width, height } = part;
  const values = makePixels(imageType(hdu), width * height);
  const finder = new CutLevelFinder(values.length, width, await kernels);
  let pyramid: Pyramid | null = null;
  const growing = longestSide.promise.then((longest) => {
    const halvings = Math.max(width, height) <= longest ? 0 : halvingsFor(part, Math.min(OVERVIEW, longest));
    pyramid = new Pyramid(values, part, halvings);
    return pyramid;
  });
  await visitRows(hdu, { plane, x: [x0, x0 + width], y: [y0, y0 + height] }, ({ y, rows, data }) => {
    (values as Uint8Array).set(data as Uint8Array, (y - y0) * width);
    finder.push(data);
    // While they are in the processor's cache, and the next ones on their way.
    pyramid?.grow(y - y0 + rows);
  });
  const cuts = finder.find(values);
  const { levels, halvings } = await growing.then((grown) => {
    grown.grow(height);
    return grown;
  });
  const units = (await file.hdus()).filter((one) => (one.image?.axes.length ?? 0) > 0).map(unitOf);
  return { unit, units, plane, part, values, levels, halvings, ...cuts, keywords: keywordsOf(hdu) };
}

/** Says things four times a second at most: to write them down takes the page from what it waits for. */
function seldom(say: Tell): Tell {
  let said = performance.now();
  return (progress) => {
    if (performance.now() - said < 250) return;
    said = performance.now();
    say(progress);
  };
}

const say = (answer: ViewerAnswer, transfer: ArrayBuffer[] = []) => self.postMessage(answer, { transfer });

self.onmessage = async ({ data }: MessageEvent<ViewerRequest>) => {
  if ("longestSide" in data) {
    longestSide.resolve(data.longestSide);
    return;
  }
  const { id, open } = data;
  say("reading");
  try {
    const image = await load(
      open,
      seldom((progress) => say({ id, progress })),
    );
    const moved = new Set([image.values.buffer as ArrayBuffer, ...image.levels.map(({ floats }) => floats.buffer)]);
    say({ id, image }, [...moved]);
  } catch (cause) {
    say({ id, error: cause instanceof Error ? cause.message : String(cause) });
  }
};
