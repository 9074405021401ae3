import type { ByteSource } from "./source.ts";

/** What is needed of a response. */
interface HttpResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: { cancel(): Promise<void> } | null;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** What is needed of `fetch`; injected, so that the core needs no global. */
export type Fetch = (
  url: string,
  init: { headers: Record<string, string>; signal?: AbortSignal },
) => Promise<HttpResponse>;

export type HttpSourceErrorCode =
  | "STATUS" // the server refused or failed
  | "NO_RANGES" // the server ignores Range: reading would fetch the whole file again and again
  | "CHANGED"; // the file was replaced while it was read

/** A fault of the transport, not of the file. */
export class HttpSourceError extends Error {
  override readonly name = "HttpSourceError";
  constructor(
    readonly code: HttpSourceErrorCode,
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export interface HttpSourceOptions {
  fetch: Fetch;
  /** Sent with every request (a token, say). */
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Bytes from the file's beginning that come with the first answer and are kept; default 1. */
  head?: number;
}

/** A file behind HTTP ranges (RFC 9110 §14), pinned to the ETag of the first answer where that is a strong one. */
export class HttpSource implements ByteSource {
  private constructor(
    private readonly url: string,
    private readonly options: HttpSourceOptions,
    readonly size: number,
    private readonly etag: string | null,
    private readonly head: Uint8Array,
  ) {}

  /** Asks for the first bytes, which tell size and ETag, and whether the server knows ranges at all. */
  static async open(url: string, options: HttpSourceOptions): Promise<HttpSource> {
    const response = await request(url, options, `bytes=0-${(options.head ?? 1) - 1}`, {}, options.signal);
    const head = new Uint8Array(await response.arrayBuffer());
    const size = Number(/\/(\d+)$/.exec(response.headers.get("content-range") ?? "")?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(size)) throw new HttpSourceError("NO_RANGES", `${url} does not tell its size`, 206);
    const etag = response.headers.get("etag");
    return new HttpSource(url, options, size, etag?.startsWith('"') ? etag : null, head);
  }

  async getRange(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.size);
    if (end <= offset) return new Uint8Array(0);
    if (end <= this.head.length) return this.head.subarray(offset, end);
    const pin: Record<string, string> = this.etag ? { "if-match": this.etag } : {};
    const response = await request(this.url, this.options, `bytes=${offset}-${end - 1}`, pin, signal);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const etag = response.headers.get("etag");
    if ((this.etag && etag !== this.etag) || bytes.length !== end - offset) {
      throw new HttpSourceError("CHANGED", `${this.url} changed while it was read`, response.status);
    }
    return bytes;
  }
}

async function request(
  url: string,
  options: HttpSourceOptions,
  range: string,
  pin: Record<string, string>,
  signal: AbortSignal | undefined,
): Promise<HttpResponse> {
  const response = await options.fetch(url, { headers: { ...options.headers, ...pin, range }, signal });
  if (response.status === 206) return response;
  await response.body?.cancel();
  if (response.status === 412) throw new HttpSourceError("CHANGED", `${url} changed while it was read`, 412);
  if (response.status === 200) throw new HttpSourceError("NO_RANGES", `${url}: the server ignores Range`, 200);
  throw new HttpSourceError("STATUS", `${url}: status ${response.status}`, response.status);
}
