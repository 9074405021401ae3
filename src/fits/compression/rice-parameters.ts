import { FitsError } from "../errors.ts";

/**
 * BLOCKSIZE and BYTEPIX, or the defaults of §10.4.1, taken as CFITSIO takes them: it has no coder for pixels wider than
 * four bytes, so whatever is neither 1 nor 2 is 4 (the standard allows 8, which nobody can write); and some early files
 * have the two values exchanged.
 */
export function riceParameters(parameters: ReadonlyMap<string, number>): { blockSize: number; bytePix: 1 | 2 | 4 } {
  const [first, second] = [parameters.get("BLOCKSIZE") ?? 32, parameters.get("BYTEPIX") ?? 4];
  const [blockSize, width] = first < 16 && second > 8 ? [second, first] : [first, second];
  if (!Number.isSafeInteger(blockSize) || blockSize < 1) {
    throw new FitsError("BAD_VALUE", `RICE block size ${blockSize} is not a positive integer`);
  }
  return { blockSize, bytePix: width === 1 || width === 2 ? width : 4 };
}
