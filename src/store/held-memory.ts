/**
 * What files that wait to be written in one go take of this isolate's memory, beyond the parts that every writer has.
 * An isolate has 128 MB for everything (https://developers.cloudflare.com/workers/platform/limits/#memory), and takes
 * several uploads at once.
 */
export const MOST_HELD = 40 * 1024 * 1024;
/**
 * Who has not asked for this long is gone: a request whose client went away may end without any of its code running.
 */
const FORGOTTEN = 10 * 60 * 1000;

const holders = new Map<object, { bytes: number; asked: number }>();

/** Whether `holder` may keep so many bytes more. What it was given counts until `letGo`. */
export function mayHold(holder: object, bytes: number): boolean {
  const now = Date.now();
  let held = 0;
  for (const [other, { bytes, asked }] of holders) {
    if (now - asked > FORGOTTEN) holders.delete(other);
    else held += bytes;
  }
  if (held + bytes > MOST_HELD) return false;
  holders.set(holder, { bytes: (holders.get(holder)?.bytes ?? 0) + bytes, asked: now });
  return true;
}

/** The holder keeps nothing any more. May be called at any time, also twice. */
export function letGo(holder: object): void {
  holders.delete(holder);
}
