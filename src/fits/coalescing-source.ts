import { groupRanges } from "./ranges.ts";
import type { ByteSource } from "./source.ts";

interface Waiting {
  readonly offset: number;
  readonly length: number;
  readonly signal: AbortSignal | undefined;
  resolve(bytes: Uint8Array): void;
  reject(error: unknown): void;
}

/**
 * Merges reads that are asked for at the same time (within one microtask) and lie close together into one request.
 * Reads with different signals are kept apart.
 */
export function withCoalescing(source: ByteSource): ByteSource {
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const batch = waiting.sort((a, b) => a.offset - b.offset);
    waiting = [];
    for (const signal of new Set(batch.map((read) => read.signal))) {
      for (const group of groupRanges(batch.filter((read) => read.signal === signal))) {
        source.getRange(group.offset, group.length, signal).then(
          (bytes) => {
            for (const read of group.ranges) {
              const at = read.offset - group.offset;
              read.resolve(bytes.subarray(at, at + read.length));
            }
          },
          (error: unknown) => {
            for (const read of group.ranges) read.reject(error);
          },
        );
      }
    }
  };

  return {
    get size() {
      return source.size;
    },
    getRange(offset, length, signal) {
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) queueMicrotask(flush);
        waiting.push({ offset, length, signal, resolve, reject });
      });
    },
  };
}
