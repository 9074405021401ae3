import type { ByteSource } from "./source.ts";

export interface ReadAheadOptions {
  /** Bytes of a block; reads are rounded to whole blocks. Default 64 KiB. */
  blockSize?: number;
  /** Most blocks kept; the least recently used goes first. Default 32, so 2 MiB in all. */
  blocks?: number;
}

/**
 * Keeps the last blocks read, so that many small reads near each other cost few requests. A read as large as the
 * whole cache goes straight through.
 */
export function withReadAhead(source: ByteSource, options: ReadAheadOptions = {}): ByteSource {
  const { blockSize = 64 * 1024, blocks = 32 } = options;
  const cache = new Map<number, Uint8Array>(); // in order of use

  return {
    get size() {
      return source.size;
    },
    async getRange(offset, length, signal) {
      if (length >= blockSize * blocks) return await source.getRange(offset, length, signal);
      signal?.throwIfAborted();
      const first = Math.floor(offset / blockSize);
      const last = Math.floor((offset + Math.max(length, 1) - 1) / blockSize);
      const found: (Uint8Array | undefined)[] = [];
      for (let block = first; block <= last; block++) found.push(cache.get(block));
      const from = found.indexOf(undefined);
      if (from >= 0) {
        // One request from the first block that is missing to the last one.
        const to = found.lastIndexOf(undefined);
        const start = (first + from) * blockSize;
        const bytes = await source.getRange(start, (to - from + 1) * blockSize, signal);
        for (let index = from; index <= to; index++) {
          const at = (index - from) * blockSize;
          found[index] = bytes.slice(at, at + blockSize);
        }
      }
      found.forEach((bytes, index) => {
        cache.delete(first + index);
        cache.set(first + index, bytes!);
      });
      while (cache.size > blocks) cache.delete(cache.keys().next().value!);
      return join(found as Uint8Array[], offset - first * blockSize, length);
    },
  };
}

function join(parts: readonly Uint8Array[], skip: number, length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!.subarray(skip, skip + length);
  const available = parts.reduce((sum, part) => sum + part.length, 0) - skip;
  const whole = new Uint8Array(Math.max(0, Math.min(length, available)));
  let at = -skip;
  for (const part of parts) {
    const from = Math.max(0, -at);
    whole.set(part.subarray(from, Math.min(part.length, whole.length - at)), Math.max(0, at));
    at += part.length;
  }
  return whole;
}
