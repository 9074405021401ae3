/** Whole files wrapped in gzip (`.fits.gz`). */
import { FitsError } from "./errors.ts";
import { StreamSource, type StreamSourceOptions } from "./stream-source.ts";

/** True for the first bytes of a gzip stream (RFC 1952 §2.3.1): the content says it, not the name. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** Inflates a gzip stream chunk by chunk, checking its CRC: an adapter of the runtime's DecompressionStream or zlib. */
export type InflateStream = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

/**
 * The file inside a gzip stream, to be read forwards; cut off at `limit` bytes with TOO_LARGE. A stream that is broken
 * or ends too early is CORRUPT; what `chunks` itself throws is passed on.
 */
export function gzipSource(
  chunks: AsyncIterable<Uint8Array>,
  inflateStream: InflateStream,
  options: StreamSourceOptions,
): StreamSource {
  return new StreamSource(inflated(chunks, inflateStream), options);
}

async function* inflated(chunks: AsyncIterable<Uint8Array>, inflateStream: InflateStream): AsyncGenerator<Uint8Array> {
  let upstream: { error: unknown } | undefined;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      upstream = { error };
      throw error;
    }
  }
  try {
    yield* inflateStream(watched());
  } catch (cause) {
    if (upstream) throw upstream.error;
    throw new FitsError("CORRUPT", "the gzip stream is broken or ends too early", {}, { cause });
  }
}
