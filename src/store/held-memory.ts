/**
 * What files on their way into R2, and their packings, take of this isolate's memory. An isolate has 128 MB for
 * everything (https://developers.cloudflare.com/workers/platform/limits/#memory) and serves many requests at once: with
 * few uploads each may wait in memory until it can be packed and written in one go, with many they leave in parts.
 */

/** An upload of 4096² pixels in 16 bits takes 35 MiB and its packing about 16; the same frame's floats, packed, some 50. */
export const MOST_HELD = 64 * 1024 * 1024;
/** Who has not asked for this long is gone: a request whose client went away may end without its last lines. */
const FORGOTTEN = 10 * 60 * 1000;

const holders = new Map<object, { bytes: number; asked: number }>();

/** `holder` holds so many bytes more. They count until `letGo`. */
export function hold(holder: object, bytes: number): void {
  holders.set(holder, { bytes: (holders.get(holder)?.bytes ?? 0) + bytes, asked: Date.now() });
}

/** As `hold`, if there is room for them; else false. */
export function mayHold(holder: object, bytes: number): boolean {
  const now = Date.now();
  let held = bytes;
  for (const [other, { bytes, asked }] of holders) {
    if (now - asked > FORGOTTEN) holders.delete(other);
    else held += bytes;
  }
  if (held > MOST_HELD) return false;
  hold(holder, bytes);
  return true;
}

/** The holder keeps nothing any more. May be called at any time, also twice. */
export function letGo(holder: object): void {
  holders.delete(holder);
}
