/** Content-Disposition of a form's part, in the forms that browsers, curl, python-requests and aiohttp write. */

export interface Disposition {
  /** "" where there is none. */
  name: string;
  /** Without directories; null where the part is no file. */
  filename: string | null;
}

const PARAMETER = /;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gs;

/** Reads `form-data; name="…"; filename="…"; filename*=UTF-8''…`. Names come out decoded. */
export function parseDisposition(value: string): Disposition {
  const found = new Map<string, string>();
  for (const [, key, quoted, bare] of value.matchAll(PARAMETER)) {
    const name = key!.toLowerCase();
    if (found.has(name)) continue;
    // Only `\"` and `\\` are escapes: old browsers send `C:\night\frame.fits` as it is.
    found.set(name, quoted === undefined ? bare!.trim() : quoted.replace(/\\(["\\])/g, "$1"));
  }
  const extended = found.get("filename*");
  const plain = found.get("filename");
  const decoded = extended === undefined ? null : extendedValue(extended);
  const filename = decoded ?? (plain === undefined ? null : percentDecoded(plain));
  return {
    name: percentDecoded(found.get("name") ?? ""),
    filename: filename === null ? null : filename.replace(/^.*[/\\]/s, ""),
  };
}

/** RFC 5987 §3.2: `charset'language'percent-encoded`. Null where it is not one. */
function extendedValue(value: string): string | null {
  const match = /^([\w-]+)'[\w-]*'(.*)$/s.exec(value);
  if (match === null) return null;
  const bytes = percentBytes(match[2]!);
  try {
    return new TextDecoder(match[1], { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * Browsers escape quotes and line breaks as `%22 %0D %0A` (WHATWG multipart/form-data encoding), aiohttp escapes all but
 * letters and digits. Whatever is not percent-encoded UTF-8 is a name that has a percent sign in it.
 */
function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function percentBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [token] of text.matchAll(/%[0-9a-f]{2}|[^%]+|%/gi)) {
    if (/^%[0-9a-f]{2}$/i.test(token)) bytes.push(Number.parseInt(token.slice(1), 16));
    else bytes.push(...encoder.encode(token));
  }
  return Uint8Array.from(bytes);
}
