import { inflate } from "../../fits/inflate.ts";
import type { Inflate } from "../../fits/runtime.ts";
import type { InflateKernels } from "../../kernels/kernels.ts";

/**
 * The kernel's inflate for tiles, of which an image has thousands: to set up the browser's own takes longer than the
 * work itself. That for what is too long for the kernel, with less than half of fflate's work. What both refuse fflate
 * looks at again: it knows what may stand behind a stream, and has the words for what is wrong.
 */
export function browserInflate({ inflateGzip }: Partial<InflateKernels>): Inflate {
  return (bytes, maxSize) => inflateGzip?.(bytes, maxSize) ?? inflateByBrowser(bytes, maxSize);
}

async function inflateByBrowser(bytes: Uint8Array, maxSize: number): Promise<Uint8Array> {
  try {
    return await inflateNatively(bytes, maxSize);
  } catch {
    return inflate(bytes, maxSize);
  }
}

async function inflateNatively(bytes: Uint8Array, maxSize: number): Promise<Uint8Array> {
  const stream = new DecompressionStream(bytes[0] === 0x1f && bytes[1] === 0x8b ? "gzip" : "deflate");
  const writer = stream.writable.getWriter();
  // What goes wrong with them the reader is told, too.
  writer.write(bytes as Uint8Array<ArrayBuffer>).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > maxSize) throw new RangeError(`more than ${maxSize} bytes`);
    parts.push(value);
  }
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
