/** When a packing is kept in the place of an upload. */

/** A packing is kept where it has at most this part of the upload's bytes. Below, unpacking costs more than it saves. */
const WORTH = 0.9;

/** The most bytes that a packing of an upload of `size` bytes may have. */
export function mostPacked(size: number): number {
  return Math.floor(WORTH * size);
}
