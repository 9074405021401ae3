import type { Box } from "./box.ts";
import type { StoredArray } from "./pixels.ts";

/** Reads pixels as they were stored, before BSCALE, BZERO and BLANK. */
export interface StoredReader {
  /** Rows that are best read together: the height of a tile, else 1. */
  readonly rowStep: number;
  /**
   * Fills `out` (as long as the box has pixels, axis 0 fastest) in bounded memory. `flip`: with the sign bit of every
   * value flipped, which for integers is what the unsigned conventions ask for (FITS 4.0 §5.2.5).
   */
  read(box: Box, out: StoredArray, signal?: AbortSignal, flip?: boolean): Promise<void>;
  /**
   * The same without `out`: `take` gets the box's rows in order, as many as come at once, in an array that is there
   * only during the call. False, and nothing was taken, where pixels do not lie so that whole rows come.
   */
  visit?(box: Box, take: (rows: StoredArray) => void, signal?: AbortSignal, flip?: boolean): Promise<boolean>;
}
