import type { StoredArray } from "../pixels.ts";
import type { Runtime } from "../runtime.ts";

/** What a codec needs to know of a tile. */
export interface TileSpec {
  /** Pixels on each axis, the fastest first; tiles at an edge are smaller. */
  readonly shape: readonly number[];
  /** The product of `shape`. */
  readonly pixels: number;
  /** True where the stream holds floats as they are; false for integers (also the quantised floats). */
  readonly float: boolean;
  /** ZBITPIX. */
  readonly bitpix: number;
  /** ZNAMEn → ZVALn. */
  readonly parameters: ReadonlyMap<string, number>;
}

/** Decodes the stream of one tile; the type of the answer tells the width the pixels were stored in. */
export interface Codec {
  decode(bytes: Uint8Array, tile: TileSpec, runtime: Runtime): StoredArray | Promise<StoredArray>;
}
