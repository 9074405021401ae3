import type { Box } from "./box.ts";
import type { StoredArray } from "./pixels.ts";

/** Reads pixels as they were stored, before BSCALE, BZERO and BLANK. */
export interface StoredReader {
  /** Rows that are best read together: the height of a tile, else 1. */
  readonly rowStep: number;
  /** Fills `out` (as long as the box has pixels, axis 0 fastest) in bounded memory. */
  read(box: Box, out: StoredArray, signal?: AbortSignal): Promise<void>;
}
