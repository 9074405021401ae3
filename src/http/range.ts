/** Byte ranges of a representation of known size: RFC 9110 §14. Pure; who sends the bytes is for the callers. */

/** Bytes `[start, end)`. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * What a Range header asks of `size` bytes: all of them ("whole": no header, another unit, or one that breaks the
 * grammar and is to be ignored, §14.2), ranges to send in this order, or "unsatisfiable" (416).
 */
export type RangeRequest = "whole" | "unsatisfiable" | ByteRange[];

/** More than this in one header is ignored, as §14.2 allows against denial of service. No known client sends so many. */
const MOST_RANGES = 256;

/** A part of multipart/byteranges costs about this much around its bytes; nearer ranges are sent as one (§15.3.7.2). */
const PART_OVERHEAD = 200;

export function parseRange(header: string | null | undefined, size: number): RangeRequest {
  const set = /^\s*bytes\s*=(.*)$/i.exec(header ?? "")?.[1];
  if (set === undefined) return "whole";
  const found: ByteRange[] = [];
  let specs = 0;
  for (const text of set.split(",")) {
    const spec = text.trim();
    if (spec === "") continue; // empty list elements are legal (§5.6.1.2)
    if (++specs > MOST_RANGES) return "whole";
    const parts = /^(\d*)-(\d*)$/.exec(spec);
    if (parts === null || spec === "-") return "whole";
    const [, first, last] = parts as unknown as [string, string, string];
    if (first === "") {
      const start = Math.max(0, size - Number(last));
      if (start < size) found.push({ start, end: size });
      continue;
    }
    if (last !== "" && Number(last) < Number(first)) return "whole";
    const start = Number(first);
    const end = last === "" ? size : Math.min(size, Number(last) + 1);
    if (start < size) found.push({ start, end });
  }
  if (specs === 0) return "whole";
  return found.length === 0 ? "unsatisfiable" : coalesce(found);
}

/** Joins ranges that overlap or nearly touch, so that no byte is sent twice; the order asked for is kept otherwise. */
function coalesce(ranges: ByteRange[]): ByteRange[] {
  if (ranges.length === 1) return ranges;
  const sorted = ranges.map((range, index) => ({ ...range, index })).sort((a, b) => a.start - b.start);
  const joined: typeof sorted = [];
  for (const range of sorted) {
    const before = joined.at(-1);
    if (before !== undefined && range.start <= before.end + PART_OVERHEAD) {
      before.end = Math.max(before.end, range.end);
      before.index = Math.min(before.index, range.index);
    } else {
      joined.push(range);
    }
  }
  return joined.sort((a, b) => a.index - b.index).map(({ start, end }) => ({ start, end }));
}

/** Content-Range of a 206. */
export function contentRange(range: ByteRange, size: number): string {
  return `bytes ${range.start}-${range.end - 1}/${size}`;
}

/** A piece of a body that is made of text and of bytes of the representation. */
export type Piece = { text: Uint8Array } | { range: ByteRange };

export interface Multipart {
  contentType: string;
  /** Exact Content-Length. */
  length: number;
  pieces: Piece[];
}

/** The multipart/byteranges body (§14.6) for several ranges. */
export function multipart(ranges: ByteRange[], size: number, contentType: string, boundary: string): Multipart {
  const encoder = new TextEncoder();
  const pieces: Piece[] = [];
  let length = 0;
  for (const range of ranges) {
    const text = encoder.encode(
      `${pieces.length === 0 ? "" : "\r\n"}--${boundary}\r\n` +
        `Content-Type: ${contentType}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`,
    );
    pieces.push({ text }, { range });
    length += text.length + range.end - range.start;
  }
  const end = encoder.encode(`\r\n--${boundary}--\r\n`);
  pieces.push({ text: end });
  return { contentType: `multipart/byteranges; boundary=${boundary}`, length: length + end.length, pieces };
}
