/** What a runtime may have better than plain TypeScript: its own inflate, WebAssembly kernels. Given when a file is opened. */
import type { fromBigEndian } from "./byteswap.ts";
import type { dequantize } from "./compression/quantize.ts";
import type { decodeRice } from "./compression/rice.ts";
import type { unshuffle } from "./compression/shuffle.ts";
import type { scalePixels } from "./scale.ts";

/**
 * Inflates one gzip or zlib stream. Throws FitsError TOO_LARGE past `maxSize` bytes of output and CORRUPT where the
 * stream is broken; must never allocate much beyond `maxSize`.
 */
export type Inflate = (bytes: Uint8Array, maxSize: number) => Uint8Array | Promise<Uint8Array>;

/** The hot loops; each field has the contract of the TypeScript function of that name, which is its oracle. */
export interface Kernels {
  decodeRice: typeof decodeRice;
  unshuffle: typeof unshuffle;
  dequantize: typeof dequantize;
  fromBigEndian: typeof fromBigEndian;
  scalePixels: typeof scalePixels;
  /**
   * `decodeRice` of several tiles of the same number of pixels, one behind the other in `out`; `tiles` says where in
   * `bytes` they are; `flip`: with the sign bit of every pixel flipped. False where one of them cannot be read (`decodeRice` then says why); `out` is spoilt.
   */
  decodeRiceTiles(
    bytes: Uint8Array,
    tiles: readonly { readonly offset: number; readonly length: number }[],
    out: Uint8Array | Int16Array | Int32Array,
    blockSize: number,
    flip: boolean,
  ): boolean;
}

export interface Runtime {
  readonly inflate: Inflate;
  /** Those left out are TypeScript. */
  readonly kernels: Partial<Kernels>;
  /** Most bytes of one array of pixels; an image or a tile beyond is TOO_LARGE. */
  readonly maxBytes: number;
}
