/** Conditional requests: RFC 9110 §13. Pure. */

/** What a representation can be recognised by. */
export interface Validators {
  /** Strong entity tag, with its quotes. */
  etag: string;
  /** UTC milliseconds; only whole seconds count. Null where there is none. */
  lastModified: number | null;
}

/** An HTTP-date in any of its three forms (§5.6.7) as UTC milliseconds, or null: then its header is ignored. */
function parseDate(value: string | null): number | null {
  if (value === null || !/^[A-Z][a-z]{2,8},? .*( GMT|\d{4})$/.test(value.trim())) return null;
  const time = Date.parse(value.trim().replace(/( GMT)?$/, " GMT"));
  return Number.isNaN(time) ? null : time;
}

/** Whether one of the tags listed is ours. Strong comparison (§8.8.3.2) takes no weak tag. */
function listsTag(list: string, etag: string, strong: boolean): boolean {
  if (list.trim() === "*") return true;
  for (const [, weak, tag] of list.matchAll(/(W\/)?("[^"]*")/g)) {
    if (tag === etag && !(strong && weak !== undefined)) return true;
  }
  return false;
}

function wholeSeconds(time: number): number {
  return Math.floor(time / 1000) * 1000;
}

/**
 * What the preconditions of a GET or HEAD say, in the order of §13.2.2: 200 go on, 304 the client has it, 412 it is
 * not what the client believes.
 */
export function judge(headers: Headers, validators: Validators): 200 | 304 | 412 {
  const modified = validators.lastModified === null ? null : wholeSeconds(validators.lastModified);
  const ifMatch = headers.get("If-Match");
  if (ifMatch !== null) {
    if (!listsTag(ifMatch, validators.etag, true)) return 412;
  } else if (modified !== null) {
    const unmodifiedSince = parseDate(headers.get("If-Unmodified-Since"));
    if (unmodifiedSince !== null && modified > unmodifiedSince) return 412;
  }
  const ifNoneMatch = headers.get("If-None-Match");
  if (ifNoneMatch !== null) return listsTag(ifNoneMatch, validators.etag, false) ? 304 : 200;
  const modifiedSince = parseDate(headers.get("If-Modified-Since"));
  return modified !== null && modifiedSince !== null && modified <= modifiedSince ? 304 : 200;
}

/**
 * Whether the Range header counts: yes without If-Range, else only if that names this very representation (§13.1.5).
 * A date does so only when it is a strong validator (§8.8.2.2): at least a second before `now`.
 */
export function rangeHolds(headers: Headers, validators: Validators, now: number): boolean {
  const value = headers.get("If-Range");
  if (value === null) return true;
  if (value.includes('"')) return value.trim() === validators.etag;
  const date = parseDate(value);
  if (date === null || validators.lastModified === null) return false;
  const modified = wholeSeconds(validators.lastModified);
  return date === modified && modified + 1000 <= now;
}
