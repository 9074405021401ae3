/**
 * A body made of records and of parts of stored files, in order and of known length. Bytes of files go from R2's stream
 * into the answer's inside the runtime (`pipeTo` between two native streams): they never become JavaScript values.
 */

export type StreamPiece =
  | { bytes: Uint8Array }
  /**
   * `open` answers a stream of exactly `length` bytes; it is called once, possibly before the pieces ahead are sent.
   * `native`: the stream is the runtime's own, which knows its length.
   */
  | { open: () => Promise<ReadableStream<Uint8Array>>; length: number; native?: true };

/**
 * Files opened ahead of the one being sent, and how many bytes they may have together: small files would otherwise wait
 * a round trip to R2 each, large ones need no company. A Worker may have six connections open at once.
 * https://developers.cloudflare.com/workers/platform/limits/#simultaneous-open-connections
 */
const MOST_AHEAD = 4;
const MOST_BYTES_AHEAD = 8 * 1024 * 1024;

interface Waiting {
  piece: StreamPiece;
  stream: Promise<ReadableStream<Uint8Array>> | null;
}

/**
 * The stream of `length` bytes. It ends in an error, and so the connection with it, where a piece cannot be opened or
 * has another length: wrong bytes are never sent in silence. `broken` is told of failures to open, for the log. When
 * the client goes away, nothing more is opened.
 */
export function pieceStream(
  pieces: Iterable<StreamPiece>,
  length: number,
  broken: (error: unknown) => void,
): ReadableStream<Uint8Array> {
  const { readable, writable } = new FixedLengthStream(length);
  void pump(pieces[Symbol.iterator](), writable, broken);
  return readable;
}

async function pump(
  pieces: Iterator<StreamPiece>,
  writable: WritableStream<Uint8Array>,
  broken: (error: unknown) => void,
): Promise<void> {
  const waiting: Waiting[] = [];
  try {
    for (;;) {
      lookAhead(pieces, waiting);
      const next = waiting.shift();
      if (next === undefined) break;
      if ("bytes" in next.piece) {
        const writer = writable.getWriter();
        await writer.write(next.piece.bytes);
        writer.releaseLock();
        continue;
      }
      const stream = await opened(next, broken);
      // Errors of the source abort the answer, and a client that is gone cancels the source.
      await stream.pipeTo(writable, { preventClose: true });
    }
    await writable.close();
  } catch (error) {
    await Promise.allSettled([
      writable.locked ? undefined : writable.abort(error),
      ...waiting.map(async ({ stream }) => (await stream)?.cancel(error)),
    ]);
  }
}

async function opened(
  { piece, stream }: Waiting,
  broken: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  try {
    return await (stream ?? (piece as { open: () => Promise<ReadableStream<Uint8Array>> }).open());
  } catch (error) {
    broken(error);
    throw error;
  }
}

/** Keeps the next pieces at hand, with small files among them opened. */
function lookAhead(pieces: Iterator<StreamPiece>, waiting: Waiting[]): void {
  let files = 0;
  let bytes = 0;
  for (const { piece } of waiting) {
    if ("bytes" in piece) continue;
    files++;
    bytes += piece.length;
  }
  while (waiting.length < 2 * MOST_AHEAD && files < MOST_AHEAD && bytes < MOST_BYTES_AHEAD) {
    const { done, value } = pieces.next();
    if (done) return;
    if ("bytes" in value) {
      waiting.push({ piece: value, stream: null });
      continue;
    }
    files++;
    bytes += value.length;
    const stream = files === 1 || bytes <= MOST_BYTES_AHEAD ? value.open() : null;
    stream?.catch(() => undefined); // awaited when its turn comes
    waiting.push({ piece: value, stream });
  }
}
