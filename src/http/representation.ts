/** Answers a GET or HEAD for bytes whose length and validators are known: conditions, ranges, and the body by pieces. */
import { pieceStream, type StreamPiece } from "../archive/piece-stream.ts";
import { judge, rangeHolds, type Validators } from "./conditional.ts";
import type { HttpContext } from "./context.ts";
import { type ByteRange, contentRange, multipart, parseRange } from "./range.ts";

export interface Representation {
  size: number;
  contentType: string;
  validators: Validators;
  /** Headers of every answer that speaks of it: caching, digests, Content-Disposition. */
  headers: Record<string, string>;
  /** The bytes of a range, in order. Nothing is opened before it is asked for. */
  pieces(range: ByteRange): Iterable<StreamPiece>;
  /** Whether a range costs what the bytes before it cost. Several at once are then not given: the whole is cheaper. */
  dear?: boolean;
  /** Throws where there are no bytes after all; asked for HEAD, which opens none. */
  probe?(): Promise<void>;
}

/** The answer; `ranges` false for requests that ranges and conditions have no meaning for (POST). */
export async function answerBytes(c: HttpContext, of: Representation, ranges = true): Promise<Response> {
  const { size, validators } = of;
  const headers: Record<string, string> = { ...of.headers, ETag: validators.etag };
  if (validators.lastModified !== null) headers["Last-Modified"] = new Date(validators.lastModified).toUTCString();
  if (!ranges) return body(c, of, { start: 0, end: size }, 200, headers);
  headers["Accept-Ranges"] = "bytes";
  const verdict = judge(c.req.raw.headers, validators);
  if (verdict === 304) return new Response(null, { status: 304, headers });
  if (verdict === 412) return c.json({ detail: "The file is not the one that the request's condition names." }, 412);
  if (c.req.method === "HEAD") {
    await of.probe?.();
    // Ranges are defined for GET alone (RFC 9110 §14.2).
    return new Response(null, { headers: { ...headers, "Content-Type": of.contentType, "Content-Length": `${size}` } });
  }
  const range = c.req.header("Range");
  const wanted =
    range !== undefined && rangeHolds(c.req.raw.headers, validators, Date.now()) ? parseRange(range, size) : "whole";
  if (wanted === "unsatisfiable") {
    const detail = `The range lies outside the file, which has ${size} bytes.`;
    return c.json({ detail }, 416, { "Content-Range": `bytes */${size}`, "Cache-Control": "no-store" });
  }
  if (wanted === "whole" || (of.dear && wanted.length > 1)) return body(c, of, { start: 0, end: size }, 200, headers);
  if (wanted.length === 1) {
    return body(c, of, wanted[0]!, 206, { ...headers, "Content-Range": contentRange(wanted[0]!, size) });
  }
  return parts(c, of, wanted, headers);
}

/** One range as it is. A body that is one stored file's is handed to the runtime without even a pipe. */
async function body(
  c: HttpContext,
  of: Representation,
  range: ByteRange,
  status: 200 | 206,
  headers: Record<string, string>,
): Promise<Response> {
  const length = range.end - range.start;
  const all = { ...headers, "Content-Type": of.contentType, "Content-Length": `${length}` };
  const pieces = [...firstTwo(of.pieces(range))];
  const only = pieces.length === 1 ? pieces[0]! : null;
  if (only === null || "bytes" in only) {
    return new Response(pieceStream(of.pieces(range), length, broken(c)), { status, headers: all });
  }
  // What cannot be opened is an error of its own while there is still time to say so.
  const stream = await only.open();
  const known = only.native ? stream : pieceStream([{ length, open: async () => stream }], length, broken(c));
  return new Response(known, { status, headers: all });
}

function* firstTwo<T>(items: Iterable<T>): Generator<T> {
  let left = 2;
  for (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}

function parts(c: HttpContext, of: Representation, ranges: ByteRange[], headers: Record<string, string>): Response {
  const boundary = crypto.randomUUID();
  const { contentType, length, pieces } = multipart(ranges, of.size, of.contentType, boundary);
  const all = (function* (): Generator<StreamPiece> {
    for (const piece of pieces) {
      if ("text" in piece) yield { bytes: piece.text };
      else yield* of.pieces(piece.range);
    }
  })();
  return new Response(pieceStream(all, length, broken(c)), {
    status: 206,
    headers: { ...headers, "Content-Type": contentType, "Content-Length": `${length}` },
  });
}

/** The answer's head is out already: all that is left is to cut it off, and to say why in the log. */
function broken(c: HttpContext): (error: unknown) => void {
  return (error) =>
    console.error(JSON.stringify({ level: "error", id: c.var.requestId, path: c.req.path, broken: String(error) }));
}
