/**
 * multipart/form-data (RFC 7578) as a stream. `request.formData()` would hold whole files in memory (100 MB of body
 * added 200 MB); this scanner holds one read buffer and the headers of one part.
 */
import { ArchiveError } from "../archive/errors.ts";
import { BodyReader } from "./body-reader.ts";
import { type Disposition, parseDisposition } from "./disposition.ts";

/** Bytes of all headers of a part: real ones have about 200. */
const MOST_HEADER_BYTES = 16 * 1024;
/** Parts of a body; more are an attack or a mistake. */
const MOST_PARTS = 2000;
/** Bytes of a field that is not a file. */
const MOST_FIELD_BYTES = 1024 * 1024;

const CR = 13;
const LF = 10;
const DASH = 45;
const encoder = new TextEncoder();

/** One part. `body` must be read to its end (or left by `break`) before the next part is asked for. */
export interface Part {
  /** Name of the form's field; "" where the part has none. */
  name: string;
  /** What the client calls the file, without its directories; null: the part is a field, not a file. */
  filename: string | null;
  /** Chunks that are valid until the next one is asked for. */
  body: AsyncIterable<Uint8Array>;
  /** The body of a field as text. Throws TOO_LARGE past 1 MiB. */
  text(): Promise<string>;
}

/** The boundary of a Content-Type, or null where it is not multipart/form-data. Throws where it has no usable one. */
export function boundaryOf(contentType: string | null): string | null {
  if (contentType === null || !/^\s*multipart\/form-data\s*(;|$)/i.test(contentType)) return null;
  const match = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1]?.replace(/\\(.)/g, "$1") ?? match?.[2] ?? "";
  // RFC 2046 §5.1.1: 1 to 70 characters. Some clients are longer and harm nobody.
  if (boundary === "" || boundary.length > 200 || !/^[\x20-\x7e]+$/.test(boundary)) {
    throw malformed("its Content-Type has no usable boundary");
  }
  return boundary;
}

function malformed(why: string): ArchiveError {
  return new ArchiveError("BAD_PARAMETER", `The request is not a well-formed multipart/form-data body: ${why}.`);
}

/**
 * The parts of a body, in order. Throws BAD_PARAMETER where the body is malformed or ends early, and TOO_LARGE as soon
 * as more than `limit` bytes have come.
 */
export async function* partsOf(
  stream: ReadableStream<Uint8Array>,
  boundary: string,
  limit: number,
): AsyncGenerator<Part, void, undefined> {
  const body = new BodyReader(stream, limit);
  const delimiter = encoder.encode(`\r\n--${boundary}`);
  try {
    // The first delimiter may stand at the very beginning, without the line break that belongs to all others.
    body.prefix(encoder.encode("\r\n"));
    if (!(await skipTo(body, delimiter))) throw malformed("its boundary does not occur in it");
    for (let count = 0; await isPart(body); count++) {
      if (count === MOST_PARTS) throw malformed(`it has more than ${MOST_PARTS} parts`);
      const content = new PartBody(body, delimiter);
      const { name, filename } = await readHeaders(body);
      yield { name, filename, body: content, text: () => content.text(name) };
      await content.drain();
    }
    while (await body.more()) body.take(body.view.length);
  } finally {
    await body.release();
  }
}

async function skipTo(body: BodyReader, delimiter: Uint8Array): Promise<boolean> {
  for (;;) {
    const at = body.indexOf(delimiter);
    if (at >= 0) {
      body.take(at + delimiter.length);
      return true;
    }
    body.take(Math.max(0, body.view.length - delimiter.length + 1));
    if (!(await body.more())) return false;
  }
}

/** Behind a delimiter: a line break begins a part, two dashes end the body; blanks may stand before either. */
async function isPart(body: BodyReader): Promise<boolean> {
  for (let blanks = 0; blanks < 256; ) {
    while (body.view.length < 2) if (!(await body.more())) throw cutOff();
    const [first, second] = body.view;
    if (first === CR && second === LF) {
      body.take(2);
      return true;
    }
    if (first === DASH && second === DASH) return false;
    if (first !== 32 && first !== 9) break;
    body.take(1);
    blanks++;
  }
  throw malformed("something else follows a boundary");
}

function cutOff(): ArchiveError {
  return malformed("it ends before its last boundary, so the upload was cut off");
}

async function readHeaders(body: BodyReader): Promise<Disposition> {
  const blank = encoder.encode("\r\n\r\n");
  // A part without any header begins with the blank line itself.
  if (await startsWith(body, blank.subarray(0, 2))) {
    body.take(2);
    return { name: "", filename: null };
  }
  for (;;) {
    const end = body.indexOf(blank);
    if (end > MOST_HEADER_BYTES || (end < 0 && body.view.length > MOST_HEADER_BYTES)) {
      throw malformed(`the headers of a part are longer than ${MOST_HEADER_BYTES} bytes`);
    }
    if (end >= 0) {
      const headers = fieldsOf(body.view.subarray(0, end));
      body.take(end + blank.length);
      return dispositionOf(headers);
    }
    if (!(await body.more())) throw cutOff();
  }
}

async function startsWith(body: BodyReader, bytes: Uint8Array): Promise<boolean> {
  while (body.view.length < bytes.length) if (!(await body.more())) throw cutOff();
  return bytes.every((byte, index) => body.view[index] === byte);
}

function fieldsOf(bytes: Uint8Array): Map<string, string> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    text = new TextDecoder("latin1").decode(bytes);
  }
  const fields = new Map<string, string>();
  // A line that begins with a blank continues the one before it (RFC 5322 §2.2.3).
  for (const line of text.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon <= 0) throw malformed("a header of a part has no colon");
    fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}

function dispositionOf(headers: Map<string, string>): Disposition {
  const encoding = headers.get("content-transfer-encoding")?.toLowerCase() ?? "binary";
  if (!["binary", "8bit", "7bit"].includes(encoding)) {
    throw malformed(`a part has the Content-Transfer-Encoding "${encoding}"; send the bytes as they are`);
  }
  if (/^multipart\//i.test(headers.get("content-type") ?? "")) {
    throw malformed("a part is multipart itself; send each file as a part of its own");
  }
  const value = headers.get("content-disposition");
  return value === undefined ? { name: "", filename: null } : parseDisposition(value);
}

/** The bytes of a part, up to the delimiter that ends it. */
class PartBody implements AsyncIterable<Uint8Array> {
  private ended = false;

  constructor(
    private readonly source: BodyReader,
    private readonly delimiter: Uint8Array,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    const { source, delimiter } = this;
    while (!this.ended) {
      const at = source.indexOf(delimiter);
      // Without a delimiter in sight, the last bytes may be the beginning of one.
      const length = at >= 0 ? at : Math.max(0, source.view.length - delimiter.length + 1);
      const bytes = source.view.subarray(0, length);
      source.take(length);
      if (at >= 0) {
        source.take(delimiter.length);
        this.ended = true;
      }
      if (bytes.length > 0) yield bytes;
      if (at < 0 && !(await source.more())) throw cutOff();
    }
  }

  async text(name: string): Promise<string> {
    const decoder = new TextDecoder();
    let text = "";
    let size = 0;
    for await (const bytes of this) {
      size += bytes.length;
      if (size > MOST_FIELD_BYTES) {
        throw new ArchiveError("TOO_LARGE", `The form field "${name}" is longer than ${MOST_FIELD_BYTES} bytes.`);
      }
      text += decoder.decode(bytes, { stream: true });
    }
    return text + decoder.decode();
  }

  /** Passes over what nobody read. */
  async drain(): Promise<void> {
    for await (const _ of this);
  }
}
