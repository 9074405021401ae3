/** Many small ranges read as few large ones. */
import { FitsError } from "./errors.ts";
import type { ByteSource } from "./source.ts";

/** Ranges closer than this are fetched together: a request costs more than these bytes. */
const GAP = 64 * 1024;
/** Most bytes of one request, and so of one buffer. */
export const MAX_READ = 4 * 1024 * 1024;

/** Exactly the bytes `[offset, offset + length)`. Throws TRUNCATED where the source ends first. */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (offset + length > source.size) throw truncated(offset, length);
  const bytes = await source.getRange(offset, length, signal);
  if (bytes.length < length) throw truncated(offset, length);
  return bytes;
}

function truncated(offset: number, length: number): FitsError {
  return new FitsError("TRUNCATED", `the file ends inside the ${length} bytes at byte ${offset}`, { offset });
}

export interface Range {
  readonly offset: number;
  readonly length: number;
}

export interface RangeGroup<T> {
  readonly offset: number;
  readonly length: number;
  readonly ranges: T[];
}

/** Groups ranges in the order given; a group is one request, of at most MAX_READ bytes unless one range is longer. */
export function* groupRanges<T extends Range>(ranges: Iterable<T>): Generator<RangeGroup<T>> {
  let group: T[] = [];
  let [start, end] = [0, 0];
  for (const range of ranges) {
    const rangeEnd = range.offset + range.length;
    const fits = range.offset >= start && range.offset <= end + GAP && Math.max(end, rangeEnd) - start <= MAX_READ;
    if (group.length > 0 && !fits) {
      yield { offset: start, length: end - start, ranges: group };
      group = [];
    }
    if (group.length === 0) [start, end] = [range.offset, rangeEnd];
    group.push(range);
    end = Math.max(end, rangeEnd);
  }
  if (group.length > 0) yield { offset: start, length: end - start, ranges: group };
}

/**
 * Reads the groups one after the other, the next one already under way while the caller works on the one before: at
 * most two buffers are held.
 */
export async function* readGroups<T extends Range>(
  source: ByteSource,
  ranges: Iterable<T>,
  signal?: AbortSignal,
): AsyncGenerator<{ group: RangeGroup<T>; bytes: Uint8Array }> {
  const groups = groupRanges(ranges);
  const start = (): { group: RangeGroup<T>; bytes: Promise<Uint8Array> } | undefined => {
    const next = groups.next();
    if (next.done) return undefined;
    const bytes = readExactly(source, next.value.offset, next.value.length, signal);
    bytes.catch(() => {}); // awaited later, or never where the caller stops; not unhandled
    return { group: next.value, bytes };
  };
  let current = start();
  while (current) {
    const bytes = await current.bytes;
    const { group } = current;
    current = start();
    yield { group, bytes };
  }
}
