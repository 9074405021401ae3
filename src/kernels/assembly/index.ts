// What the module exports. Pointers are byte addresses in its memory, which `src/kernels/arena.ts` lays out; nothing
// here allocates, and no function checks its caller's bounds but riceDecode, whose input comes from a stranger's file.
export { sumSpans16 } from "./average";
export { dequantizeToF32, dequantizeToF64, randoms } from "./dequantize";
export { countValues16 } from "./histogram";
export { crc32, inflate } from "./inflate";
export { riceDecode8, riceDecode16, riceDecode32, riceDecodePair16, riceDecodePair32 } from "./rice-decode";
export { riceEncode8, riceEncode16, riceEncode32 } from "./rice-encode";
export { scaleIntToF32, scaleIntToF64 } from "./scale";
export { shuffle, unshuffle2, unshuffle4, unshuffle8 } from "./shuffle";
export { swap16, swap32, swap64 } from "./swap";

/** First address that the module itself does not use. */
export function base(): usize {
  return __heap_base;
}
