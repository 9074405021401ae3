import type { ByteSource } from "./source.ts";

/** Bytes of a window; two are held at most. */
const WINDOW = 2 * 1024 * 1024;

interface Window {
  readonly offset: number;
  readonly end: number;
  readonly bytes: Promise<Uint8Array>;
}

/**
 * For a reader that goes through `[…, end)` in ascending order: bytes come in large windows, the next of which is on
 * its way while the reader works on the one before, so that a far store's latency is paid once. A jump starts anew.
 */
export function withPrefetch(source: ByteSource, end: number): ByteSource {
  let windows: Window[] = [];

  const open = (offset: number, signal: AbortSignal | undefined): Window => {
    const length = Math.min(WINDOW, end - offset);
    const bytes = source.getRange(offset, length, signal);
    bytes.catch(() => {}); // awaited later, or never where the reader stops; not unhandled
    return { offset, end: offset + length, bytes };
  };

  return {
    get size() {
      return source.size;
    },
    async getRange(offset, length, signal) {
      if (length > WINDOW || offset + length > end) return await source.getRange(offset, length, signal);
      signal?.throwIfAborted();
      const at = windows.findIndex((window) => offset >= window.offset && offset < window.end);
      windows = at < 0 ? [open(offset, signal)] : windows.slice(at);
      const [first] = windows as [Window];
      if (windows.length === 1 && first.end < end) windows.push(open(first.end, signal));
      const part = (await first.bytes).subarray(offset - first.offset, offset - first.offset + length);
      const second = windows.find((window) => window.offset === first.end);
      if (offset + length <= first.end || !second) return part;
      const rest = (await second.bytes).subarray(0, offset + length - second.offset);
      const whole = new Uint8Array(part.length + rest.length);
      whole.set(part);
      whole.set(rest, part.length);
      return whole;
    },
  };
}
