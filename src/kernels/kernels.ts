/**
 * The hot loops of `src/fits` and `src/imaging` in WebAssembly (`assembly/`, built into `kernels.wasm`). Each has the contract of the
 * TypeScript function of its name, which is its oracle in the tests and its stand-in where a tile is too large for the
 * arena or a type is not covered. A runtime hands in the compiled module: a Worker imports it (`worker.ts`), a browser
 * fetches it (`browser.ts`).
 */
import { fromBigEndian } from "../fits/byteswap.ts";
import { shuffle } from "../fits/compression/gzip2-encode.ts";
import { type Quantization, RANDOM_VALUES } from "../fits/compression/quantize.ts";
import { decodeRice } from "../fits/compression/rice.ts";
import { encodeRice, riceBound } from "../fits/compression/rice-encode.ts";
import { unshuffle } from "../fits/compression/shuffle.ts";
import type { PixelArray, StoredArray } from "../fits/pixels.ts";
import type { Kernels, RiceTiles } from "../fits/runtime.ts";
import { type Scaling, scalePixels } from "../fits/scale.ts";
import { type Spans, sumIntegers } from "../imaging/downsample.ts";
import type { ImagingKernels } from "../imaging/runtime.ts";
import { countIntegers } from "../imaging/statistics.ts";
import { Arena, aligned } from "./arena.ts";
import type { KernelExports } from "./exports.ts";

/** Readable bytes that the RICE decoder wants behind its input, and the encoder's pixel before the first. */
const MARGIN = 160;
/** Writable bytes that inflate wants behind its output. */
const OVERRUN = 320;
/** Bytes of a step of the loops that go value by value: small enough to stay in the processor's cache. */
const STEP = 32_768;
/** Bytes of decoded tiles that are handed over at once. */
const SLAB = 256 * 1024;
/** What kernels may take for themselves while pixels are lent: memory cannot grow then. */
const HEADROOM = 1024 * 1024;
/** Largest coding block that is handed on; a larger one is the whole tile. */
const LARGEST_BLOCK = 65_536;

/** The packing side's hot loops; contracts as for `Kernels`. */
export interface PackKernels {
  encodeRice: typeof encodeRice;
  shuffle: typeof shuffle;
}

/** For a runtime whose own inflate has to be waited for, which for a tile takes longer than to inflate it. */
export interface InflateKernels {
  /**
   * Inflates a gzip stream with the usual header, as `inflate` of src/fits/inflate.ts; null where it is another stream,
   * a broken one, or holds more than `maxSize` bytes or than there is memory for here.
   */
  inflateGzip(bytes: Uint8Array, maxSize: number): Uint8Array | null;
}

/** An instance of the kernels with memory of its own. Not for two threads at once; calls never wait. */
export function loadKernels(module: WebAssembly.Module): Kernels & PackKernels & ImagingKernels & InflateKernels {
  const wasm = new WebAssembly.Instance(module).exports as unknown as KernelExports;
  const base = aligned(wasm.base()) + MARGIN;
  const arena = new Arena(wasm.memory, base);
  arena.bytes.set(bytesOf(RANDOM_VALUES), wasm.randoms());
  return {
    decodeRice: (bytes, out, blockSize) => decodeRiceBy(wasm, arena, bytes, out, blockSize),
    decodeRiceTiles: (...call) => decodeRiceTilesBy(wasm, arena, ...call),
    encodeRice: (pixels, bytePix, out) => encodeRiceBy(wasm, arena, pixels, bytePix, out),
    fromBigEndian: (bytes, out) => fromBigEndianBy(wasm, arena, bytes, out),
    unshuffle: (bytes, out) => unshuffleBy(wasm, arena, bytes, out),
    shuffle: (values, width, out) => shuffleBy(wasm, arena, values, width, out),
    dequantize: (ints, out, quantization) => dequantizeBy(wasm, arena, ints, out, quantization),
    sumIntegers: (...call) => sumIntegersBy(wasm, arena, ...call),
    countIntegers: (pixels, counts) => countIntegersBy(wasm, arena, pixels, counts),
    scalePixels: (stored, out, scaling) => scalePixelsBy(wasm, arena, stored, out, scaling),
    inflateGzip: (bytes, maxSize) => inflateGzipBy(wasm, arena, bytes, maxSize),
  };
}

function bytesOf(array: PixelArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

function decodeRiceBy(
  wasm: KernelExports,
  arena: Arena,
  bytes: Uint8Array,
  out: Uint8Array | Int16Array | Int32Array,
  blockSize: number,
): void {
  const source = arena.base;
  const target = source + aligned(bytes.length + MARGIN);
  const block = Math.min(blockSize, out.length);
  if (block > LARGEST_BLOCK || !arena.reserve(target - source + aligned(out.byteLength))) {
    decodeRice(bytes, out, blockSize);
    return;
  }
  arena.bytes.set(bytes, source);
  // What an earlier call left there would be decoded as part of a stream that ends too early.
  arena.bytes.fill(0, source + bytes.length, source + bytes.length + MARGIN);
  const width = out.BYTES_PER_ELEMENT;
  const decode = width === 4 ? wasm.riceDecode32 : width === 2 ? wasm.riceDecode16 : wasm.riceDecode8;
  if (decode(source, bytes.length, target, out.length, block) !== 1) {
    decodeRice(bytes, out, blockSize); // throws, and says why
    return;
  }
  bytesOf(out).set(arena.bytes.subarray(target, target + out.byteLength));
}

function decodeRiceTilesBy(
  wasm: KernelExports,
  arena: Arena,
  bytes: Uint8Array,
  tiles: readonly { readonly offset: number; readonly length: number }[],
  { pixels, bytePix, blockSize, flip }: RiceTiles,
  take: (pixels: Uint8Array | Int16Array | Int32Array, first: number) => void,
): number {
  const block = Math.min(blockSize, pixels);
  if (block > LARGEST_BLOCK) return 0;
  const tileLength = pixels * bytePix;
  const one = bytePix === 4 ? wasm.riceDecode32 : bytePix === 2 ? wasm.riceDecode16 : wasm.riceDecode8;
  const pair = bytePix === 4 ? wasm.riceDecodePair32 : bytePix === 2 ? wasm.riceDecodePair16 : null;
  const type = bytePix === 4 ? Int32Array : bytePix === 2 ? Int16Array : Uint8Array;
  // As many tiles as stay in the processor's cache, and two at least.
  const most = Math.max(2, 2 * Math.floor(SLAB / (2 * tileLength)));
  for (let first = 0; first < tiles.length; first += most) {
    const some = tiles.slice(first, first + most);
    let [low, high] = [bytes.length, 0];
    for (const { offset, length } of some) {
      low = Math.min(low, offset);
      high = Math.max(high, offset + length);
    }
    const target = arena.base + aligned(high - low + MARGIN);
    const end = target + aligned(some.length * tileLength);
    if (!arena.reserve(end - arena.base + HEADROOM)) return first;
    arena.bytes.set(bytes.subarray(low, high), arena.base);
    const source = arena.base - low;
    if (flip && !flipFirstPixels(arena.bytes, source, some)) return first;
    for (let index = 0; index < some.length; ) {
      const at = target + index * tileLength;
      const a = some[index]!;
      const b = pair === null ? undefined : some[index + 1];
      const read =
        b === undefined
          ? one(source + a.offset, a.length, at, pixels, block)
          : pair!(source + a.offset, a.length, at, source + b.offset, b.length, at + tileLength, pixels, block);
      if (read !== 1) return first;
      index += b === undefined ? 1 : 2;
    }
    arena.lend(end, () => take(new type(arena.bytes.buffer, target, some.length * pixels), first));
  }
  return tiles.length;
}

/**
 * A stream's first pixel stands as it is, all others by differences: so a sign bit flipped in it is flipped in all,
 * as sums wrap. False where streams share bytes.
 */
function flipFirstPixels(
  memory: Uint8Array,
  source: number,
  tiles: readonly { readonly offset: number; readonly length: number }[],
): boolean {
  let end = 0;
  for (const { offset, length } of tiles) {
    if (offset < end || length === 0) return false;
    memory[source + offset]! ^= 0x80;
    end = offset + length;
  }
  return true;
}

function encodeRiceBy(
  wasm: KernelExports,
  arena: Arena,
  pixels: Uint8Array,
  bytePix: 1 | 2 | 4,
  out: Uint8Array,
): number {
  const source = arena.base;
  const count = pixels.length / bytePix;
  const bound = riceBound(count, bytePix);
  const target = source + aligned(pixels.length + MARGIN);
  if (!Number.isInteger(count) || out.length < bound || !arena.reserve(target - source + aligned(bound))) {
    return encodeRice(pixels, bytePix, out);
  }
  arena.bytes.set(pixels, source);
  if (bytePix === 2) wasm.swap16(source, source, pixels.length);
  else if (bytePix === 4) wasm.swap32(source, source, pixels.length);
  const encode = bytePix === 4 ? wasm.riceEncode32 : bytePix === 2 ? wasm.riceEncode16 : wasm.riceEncode8;
  const length = encode(source, target, count);
  out.set(arena.bytes.subarray(target, target + length));
  return length;
}

function fromBigEndianBy(wasm: KernelExports, arena: Arena, bytes: Uint8Array, out: PixelArray): void {
  const width = out.BYTES_PER_ELEMENT;
  if (width === 1 || !arena.reserve(STEP)) {
    fromBigEndian(bytes, out);
    return;
  }
  const swap = width === 2 ? wasm.swap16 : width === 4 ? wasm.swap32 : wasm.swap64;
  const target = bytesOf(out);
  const at = arena.base;
  for (let from = 0; from < target.length; from += STEP) {
    const length = Math.min(STEP, target.length - from);
    arena.bytes.set(bytes.subarray(from, from + length), at);
    swap(at, at, length);
    target.set(arena.bytes.subarray(at, at + length), from);
  }
}

function inflateGzipBy(wasm: KernelExports, arena: Arena, bytes: Uint8Array, maxSize: number): Uint8Array | null {
  // RFC 1952 §2.3: method 8, and no flag for anything more in a header of ten bytes; at the end CRC-32 and size.
  const isUsual = bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8 && bytes[3] === 0;
  const length = bytes.length - 18;
  if (!isUsual || length <= 0) return null;
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  const size = trailer.getUint32(4, true);
  const source = arena.base;
  const target = source + aligned(length + MARGIN);
  if (size > maxSize || !arena.reserve(target - source + aligned(size) + OVERRUN)) return null;
  arena.bytes.set(bytes.subarray(10, -8), source);
  arena.bytes.fill(0, source + length, source + length + MARGIN);
  if (wasm.inflate(source, length, target, size) !== size) return null;
  if (wasm.crc32(target, size) >>> 0 !== trailer.getUint32(0, true)) return null;
  return arena.bytes.slice(target, target + size);
}

function unshuffleBy(wasm: KernelExports, arena: Arena, bytes: Uint8Array, out: PixelArray): void {
  const width = out.BYTES_PER_ELEMENT;
  if (width === 1 || !arena.reserve(2 * STEP)) {
    unshuffle(bytes, out);
    return;
  }
  const run = width === 2 ? wasm.unshuffle2 : width === 4 ? wasm.unshuffle4 : wasm.unshuffle8;
  const target = bytesOf(out);
  const stride = STEP / width;
  const at = arena.base;
  for (let from = 0; from < out.length; from += stride) {
    const count = Math.min(stride, out.length - from);
    for (let plane = 0; plane < width; plane++) {
      const start = plane * out.length + from;
      arena.bytes.set(bytes.subarray(start, start + count), at + plane * stride);
    }
    run(at, stride, at + STEP, count);
    target.set(arena.bytes.subarray(at + STEP, at + STEP + count * width), from * width);
  }
}

function shuffleBy(wasm: KernelExports, arena: Arena, values: Uint8Array, width: number, out: Uint8Array): void {
  if ((width !== 4 && width !== 8) || values.length % width !== 0 || !arena.reserve(2 * STEP)) {
    shuffle(values, width, out);
    return;
  }
  const total = values.length / width;
  const stride = STEP / width;
  const at = arena.base;
  for (let from = 0; from < total; from += stride) {
    const count = Math.min(stride, total - from);
    arena.bytes.set(values.subarray(from * width, (from + count) * width), at);
    wasm.shuffle(at, at + STEP, stride, count, width);
    for (let plane = 0; plane < width; plane++) {
      const start = at + STEP + plane * stride;
      out.set(arena.bytes.subarray(start, start + count), plane * total + from);
    }
  }
}

function dequantizeBy(
  wasm: KernelExports,
  arena: Arena,
  ints: Int32Array,
  out: Float32Array | Float64Array,
  { scale, zero, dither, seed, blank }: Quantization,
): void {
  const width = out.BYTES_PER_ELEMENT;
  const source = arena.base;
  const target = source + STEP;
  arena.reserve(3 * STEP);
  const run = width === 4 ? wasm.dequantizeToF32 : wasm.dequantizeToF64;
  // A blank that no int32 equals is none.
  const hasBlank = blank !== undefined && (blank | 0) === blank ? 1 : 0;
  const from = bytesOf(ints);
  const to = bytesOf(out);
  let row = seed % RANDOM_VALUES.length;
  let next = dither === 0 ? 0 : Math.trunc(RANDOM_VALUES[row]! * 500);
  for (let done = 0; done < out.length; ) {
    let count = Math.min(STEP / 4, out.length - done);
    if (dither !== 0) count = Math.min(count, RANDOM_VALUES.length - next);
    arena.bytes.set(from.subarray(done * 4, (done + count) * 4), source);
    run(source, target, count, scale, zero, dither, next, hasBlank, hasBlank === 1 ? blank! : 0);
    to.set(arena.bytes.subarray(target, target + count * width), done * width);
    done += count;
    if (dither !== 0 && (next += count) === RANDOM_VALUES.length) {
      if (++row === RANDOM_VALUES.length) row = 0;
      next = Math.trunc(RANDOM_VALUES[row]! * 500);
    }
  }
}

function sumIntegersBy(
  wasm: KernelExports,
  arena: Arena,
  pixels: Int16Array,
  width: number,
  spans: Spans,
  out: Float64Array,
): void {
  const rows = pixels.length / width;
  const count = out.length + (out.length & 1);
  const source = arena.holds(pixels) ? pixels.byteOffset : arena.base;
  const columns = arena.base + (source === arena.base ? aligned(pixels.byteLength) : 0);
  const table = columns + aligned(4 * width);
  const target = table + 24 * count;
  if (!arena.reserve(target - arena.base + 8 * count)) {
    sumIntegers(pixels, width, spans, out);
    return;
  }
  const { bytes } = arena;
  if (source === arena.base) bytes.set(bytesOf(pixels), source);
  if (count > out.length) bytes.fill(0, table, target);
  bytes.set(bytesOf(spans.from), table);
  bytes.set(bytesOf(spans.to), table + 4 * count);
  bytes.set(bytesOf(spans.before), table + 8 * count);
  bytes.set(bytesOf(spans.after), table + 16 * count);
  wasm.sumSpans16(source, width, rows, columns, table, target, count);
  bytesOf(out).set(bytes.subarray(target, target + out.byteLength));
}

function countIntegersBy(wasm: KernelExports, arena: Arena, pixels: Int16Array, counts: Uint32Array): void {
  const source = arena.holds(pixels) ? pixels.byteOffset : arena.base;
  const table = arena.base + (source === arena.base ? aligned(pixels.byteLength) : 0);
  if (!arena.reserve(table - arena.base + counts.byteLength)) {
    countIntegers(pixels, counts);
    return;
  }
  if (source === arena.base) arena.bytes.set(bytesOf(pixels), source);
  arena.bytes.set(bytesOf(counts), table);
  wasm.countValues16(source, pixels.length, table);
  bytesOf(counts).set(arena.bytes.subarray(table, table + counts.byteLength));
}

function scalePixelsBy(
  wasm: KernelExports,
  arena: Arena,
  stored: StoredArray,
  out: Float32Array | Float64Array,
  scaling: Scaling,
): void {
  const { bscale, bzero, blank } = scaling;
  const width = stored.BYTES_PER_ELEMENT;
  const single = out instanceof Float32Array;
  const isInt = stored instanceof Uint8Array || stored instanceof Int16Array || stored instanceof Int32Array;
  if (!isInt || (!single && width !== 4)) {
    scalePixels(stored, out, scaling);
    return;
  }
  const source = arena.base;
  const target = source + STEP;
  arena.reserve(3 * STEP);
  const value = typeof blank === "bigint" ? Number(blank) : blank;
  const hasBlank = value !== undefined && (value | 0) === value ? 1 : 0;
  const missing = hasBlank === 1 ? value! : 0;
  const from = bytesOf(stored);
  const to = bytesOf(out);
  for (let done = 0; done < out.length; done += STEP / 4) {
    const count = Math.min(STEP / 4, out.length - done);
    arena.bytes.set(from.subarray(done * width, (done + count) * width), source);
    if (single) wasm.scaleIntToF32(source, target, count, width, bscale, bzero, hasBlank, missing);
    else wasm.scaleIntToF64(source, target, count, bscale, bzero, hasBlank, missing);
    to.set(arena.bytes.subarray(target, target + count * out.BYTES_PER_ELEMENT), done * out.BYTES_PER_ELEMENT);
  }
}
