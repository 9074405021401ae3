/** Pixels of an image that is not compressed. */
import { type Box, runsOf, wholeBox } from "./box.ts";
import { fromBigEndian } from "./byteswap.ts";
import type { Hdu, ImageLayout } from "./hdu.ts";
import type { StoredArray } from "./pixels.ts";
import { withPrefetch } from "./prefetching-source.ts";
import { MAX_READ, readGroups } from "./ranges.ts";
import { flipSign } from "./scale.ts";
import type { StoredReader } from "./stored-reader.ts";

interface PixelRange {
  readonly offset: number;
  readonly length: number;
  /** Index of the first pixel in the output. */
  readonly target: number;
  readonly pixels: number;
}

/** `sequential`: boxes will be read in ascending order, so pixels may be read ahead. */
export function plainReader(hdu: Hdu, image: ImageLayout, sequential: boolean): StoredReader {
  const source = sequential ? withPrefetch(hdu.source, hdu.dataOffset + hdu.dataLength) : hdu.source;
  const width = Math.abs(image.bitpix) / 8;
  const whole = wholeBox(image.axes);
  const swap = hdu.runtime.kernels.fromBigEndian ?? fromBigEndian;

  function* ranges(box: Box): Generator<PixelRange> {
    const most = MAX_READ / width;
    for (const run of runsOf(box, whole, box)) {
      for (let at = 0; at < run.length; at += most) {
        const pixels = Math.min(most, run.length - at);
        yield {
          offset: hdu.dataOffset + (run.source + at) * width,
          length: pixels * width,
          target: run.target + at,
          pixels,
        };
      }
    }
  }

  return {
    rowStep: 1,
    async read(box: Box, out: StoredArray, signal?: AbortSignal, flip = false): Promise<void> {
      for await (const { group, bytes } of readGroups(source, ranges(box), signal)) {
        for (const { offset, length, target, pixels } of group.ranges) {
          const at = offset - group.offset;
          const part = out.subarray(target, target + pixels);
          swap(bytes.subarray(at, at + length), part);
          if (flip) flipSign(part);
        }
      }
    },
  };
}
