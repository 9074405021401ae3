/** What `kernels.wasm` exports; the sources in `assembly/` say what each does. Pointers are byte addresses. */
export interface KernelExports {
  memory: WebAssembly.Memory;
  base(): number;
  randoms(): number;
  riceDecode8(src: number, length: number, dst: number, count: number, block: number): number;
  riceDecode16(src: number, length: number, dst: number, count: number, block: number): number;
  riceDecode32(src: number, length: number, dst: number, count: number, block: number): number;
  riceDecodePair16: DecodePair;
  riceDecodePair32: DecodePair;
  riceEncode8(src: number, dst: number, count: number): number;
  riceEncode16(src: number, dst: number, count: number): number;
  riceEncode32(src: number, dst: number, count: number): number;
  swap16(src: number, dst: number, bytes: number): void;
  swap32(src: number, dst: number, bytes: number): void;
  swap64(src: number, dst: number, bytes: number): void;
  inflate(src: number, length: number, dst: number, limit: number): number;
  crc32(src: number, length: number): number;
  unshuffle2(src: number, stride: number, dst: number, count: number): void;
  unshuffle4(src: number, stride: number, dst: number, count: number): void;
  unshuffle8(src: number, stride: number, dst: number, count: number): void;
  shuffle(src: number, dst: number, stride: number, count: number, width: number): void;
  dequantizeToF32: Dequantize;
  dequantizeToF64: Dequantize;
  sumSpans16(
    src: number,
    width: number,
    rows: number,
    columns: number,
    spans: number,
    out: number,
    count: number,
  ): void;
  countValues16(src: number, count: number, counts: number): void;
  scaleIntToF32(
    src: number,
    dst: number,
    count: number,
    bytePix: number,
    scale: number,
    zero: number,
    hasBlank: number,
    blank: number,
  ): void;
  scaleIntToF64(
    src: number,
    dst: number,
    count: number,
    scale: number,
    zero: number,
    hasBlank: number,
    blank: number,
  ): void;
}

type Dequantize = (
  src: number,
  dst: number,
  count: number,
  scale: number,
  zero: number,
  dither: number,
  random: number,
  hasBlank: number,
  blank: number,
) => void;

type DecodePair = (
  src: number,
  length: number,
  dst: number,
  otherSrc: number,
  otherLength: number,
  otherDst: number,
  count: number,
  block: number,
) => number;
