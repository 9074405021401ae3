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
   * `decodeRice` of several tiles that are alike; `tiles` says where in `bytes` they are. `take` gets them in order,
   * some at a time, one behind the other, in an array that is there only during the call; `first` is the index of its
   * first tile. Answers how many were handed over: fewer than there are where one of the next cannot be read so
   * (`decodeRice` then says why).
   */
  decodeRiceTiles(
    bytes: Uint8Array,
    tiles: readonly { readonly offset: number; readonly length: number }[],
    shape: RiceTiles,
    take: (pixels: Uint8Array | Int16Array | Int32Array, first: number) => void,
  ): number;
}

/** What RICE tiles that are decoded together have in common. */
export interface RiceTiles {
  /** Of each tile. */
  readonly pixels: number;
  readonly bytePix: number;
  readonly blockSize: number;
  /** Whether the sign bit of every pixel is to be flipped. */
  readonly flip: boolean;
}

export interface Runtime {
  readonly inflate: Inflate;
  /** Those left out are TypeScript. */
  readonly kernels: Partial<Kernels>;
  /** Most bytes of one array of pixels; an image or a tile beyond is TOO_LARGE. */
  readonly maxBytes: number;
}
