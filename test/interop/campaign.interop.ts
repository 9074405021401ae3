/**
 * Random images of every kind (`campaign.py`), plain and packed by fpack in every way it knows, read here and by CFITSIO
 * and astropy: not one pixel may differ. And packed here: funpack restores them, fitsverify finds nothing.
 * CAMPAIGN_SEED and CAMPAIGN_COUNT choose others, and more.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { openFits } from "../../src/fits/file.ts";
import type { Hdu } from "../../src/fits/hdu.ts";
import { type Image, readImage, visitRows } from "../../src/fits/image.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { packFits } from "../../src/fits/pack.ts";
import type { PixelArray } from "../../src/fits/pixels.ts";
import { loadKernels } from "../../src/kernels/kernels.ts";

interface Pixels {
  type: string;
  at: number;
}

interface Line {
  file: string;
  pixels: string;
  how: string;
  images: { shape: number[]; keywords: string[]; physical: Pixels; stored: Pixels }[];
}

const PYTHON = process.env.PYTHON ?? "/usr/bin/python3";
const [seed, count] = [process.env.CAMPAIGN_SEED ?? "1", process.env.CAMPAIGN_COUNT ?? "150"];
const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).error === undefined;
const astropy = spawnSync(PYTHON, ["-c", "import astropy.io.fits, numpy"]).status === 0;
if (!has("fpack", "-V") || !has("funpack", "-V") || !has("fitsverify", "-h") || !astropy) {
  console.log("skip: fpack, funpack, fitsverify or astropy is not installed");
  process.exit(0);
}

// The types are those of a Worker, which may not compile.
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
const kernels = loadKernels(new Module(readFileSync(join(import.meta.dirname, "../../src/kernels/kernels.wasm"))));
const folder = mkdtempSync(join(tmpdir(), "platevault-campaign-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const made = spawnSync(PYTHON, [join(import.meta.dirname, "campaign.py"), seed, count, folder], { encoding: "utf8" });
if (made.status !== 0) throw new Error(`campaign.py: ${made.stderr}`);

/** funpack writes them anew. */
const SUMS = new Set(["CHECKSUM", "DATASUM"]);
const WIDTHS: Record<string, number> = { uint8: 1, int8: 1, int16: 2, uint16: 2, int32: 4, uint32: 4, float32: 4 };

/** The bits of numbers, all NaN alike: numpy and we may write other ones. */
function bits(values: PixelArray): Uint8Array {
  if (values instanceof Float32Array || values instanceof Float64Array) {
    for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) values[i] = Number.NaN;
  }
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The same pixels as in the file of expectations. */
function matches(data: PixelArray, type: string, wanted: Pixels, file: Buffer): boolean {
  if (type !== wanted.type || data.BYTES_PER_ELEMENT !== (WIDTHS[type] ?? 8)) return false;
  const expected = file.buffer.slice(file.byteOffset + wanted.at, file.byteOffset + wanted.at + data.byteLength);
  const typed = new (data.constructor as new (buffer: ArrayBuffer) => PixelArray)(expected as ArrayBuffer);
  return Buffer.compare(bits(data), bits(typed)) === 0;
}

/** The last plane by rows and a section of it are those of the image read whole. */
async function partsMatch(hdu: Hdu, { data, shape }: Image): Promise<boolean> {
  const [height, width] = [shape.at(-2) ?? 1, shape.at(-1)!];
  const plane = data.length / (height * width) - 1;
  const whole = data.subarray(plane * height * width) as Float64Array;
  const rows = new (data.constructor as Float64ArrayConstructor)(height * width);
  await visitRows(hdu, { plane }, ({ y, data: block }) => rows.set(block as Float64Array, y * width));
  const [x, y] = [Math.floor(width / 3), Math.floor(height / 4)];
  const section = await readImage(hdu, { plane, x: [x, width], y: [y, height] });
  const cut = Array.from({ length: height - y }, (_, row) => [
    ...whole.subarray((y + row) * width + x, (y + row + 1) * width),
  ]);
  const same = Object.is as (a: unknown, b: unknown) => boolean;
  return (
    rows.every((value, i) => same(value, whole[i])) && cut.flat().every((value, i) => same(value, section.data[i]))
  );
}

async function wrongIn(line: Line): Promise<string[]> {
  const wrong: string[] = [];
  const bytes = new Uint8Array(readFileSync(join(folder, line.file)));
  const pixels = readFileSync(join(folder, line.pixels));
  for (const [name, loops] of Object.entries({ TypeScript: {}, WebAssembly: kernels })) {
    const hdus = await (await openFits(new MemorySource(bytes), { kernels: loops })).hdus();
    const images = hdus.filter(({ image }) => image !== undefined);
    if (images.length !== line.images.length) return [`${images.length} images of ${line.images.length}`];
    for (const [which, expected] of line.images.entries()) {
      const hdu = images[which]!;
      const [image, stored] = [await readImage(hdu), await readImage(hdu, { raw: true })];
      const where = `image ${which} by ${name}`;
      if (image.shape.join() !== expected.shape.join()) wrong.push(`${where}: shape`);
      if (!matches(stored.data, stored.type, expected.stored, pixels)) wrong.push(`${where}: stored pixels`);
      if (!(await partsMatch(hdu, image))) wrong.push(`${where}: rows or section`);
      if (!matches(image.data, image.type, expected.physical, pixels)) wrong.push(`${where}: pixels`);
      const keywords = hdu.header.cards.map(({ keyword }) => keyword).filter((keyword) => !SUMS.has(keyword));
      if (keywords.join() !== expected.keywords.join()) wrong.push(`${where}: keywords`);
    }
  }
  return wrong;
}

/** Undefined where nothing in the file can be packed. */
async function wrongInPacked({ file }: Line): Promise<string[] | undefined> {
  const original = readFileSync(join(folder, file));
  const parts: [number, Uint8Array][] = [];
  const sink = { write: async (offset: number, bytes: Uint8Array) => void parts.push([offset, bytes.slice()]) };
  const runtime = { gzip: (bytes: Uint8Array) => gzipSync(bytes, { level: 1 }), kernels };
  const result = await packFits(new MemorySource(original), sink, { runtime, floats: true });
  if (result.outcome === "kept") return undefined;
  const packed = Buffer.alloc(result.size);
  for (const [offset, bytes] of parts) packed.set(bytes, offset);
  const [ours, back] = [join(folder, `${file}.ours.fz`), join(folder, `${file}.back`)];
  writeFileSync(ours, packed);
  const wrong: string[] = [];
  const { stdout } = spawnSync("fitsverify", ["-q", ours], { encoding: "utf8" });
  if (!/^verification OK/.test(stdout)) wrong.push(stdout.trim());
  if (spawnSync("funpack", ["-O", back, ours]).status !== 0) return [...wrong, "funpack refuses it"];
  const restored = await (await openFits(new MemorySource(readFileSync(back)))).hdus();
  const wanted = await (await openFits(new MemorySource(original))).hdus();
  const data = ({ dataOffset, dataLength }: Hdu, bytes: Buffer) => bytes.subarray(dataOffset, dataOffset + dataLength);
  const restoredBytes = readFileSync(back);
  const same = wanted.every((hdu, i) => Buffer.compare(data(hdu, original), data(restored[i]!, restoredBytes)) === 0);
  if (wanted.length !== restored.length || !same) wrong.push("funpack restores other data");
  return wrong;
}

const lines = readFileSync(join(folder, "manifest.jsonl"), "utf8").trim().split("\n");
const tally = { read: 0, packed: 0 };
for (const text of lines) {
  const line = JSON.parse(text) as Line;
  const wrong = await wrongIn(line);
  tally.read++;
  const packed = line.how === "plain" ? await wrongInPacked(line) : undefined;
  if (packed !== undefined) tally.packed++;
  for (const what of [...wrong, ...(packed ?? [])]) console.log(`FAIL ${line.file} (${line.how}): ${what}`);
  if (wrong.length + (packed?.length ?? 0) > 0) process.exitCode = 1;
}
if (process.exitCode !== 1) {
  console.log(`ok ${tally.read} made files read as CFITSIO and astropy do, not one pixel apart (seed ${seed})`);
  console.log(`ok ${tally.packed} of them packed: funpack restores their data, fitsverify finds nothing`);
}
