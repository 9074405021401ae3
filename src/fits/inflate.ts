/** The default inflate: fflate, which runs everywhere. A Worker injects node:zlib, which is twice as fast. */
import { inflateSync } from "fflate";
import { FitsError } from "./errors.ts";
import type { Inflate } from "./runtime.ts";

/** {@link Inflate} for one gzip (RFC 1952) or zlib (RFC 1950) stream, told apart by their first bytes. */
export const inflate: Inflate = (bytes, maxSize) =>
  bytes[0] === 0x1f && bytes[1] === 0x8b ? inflateGzip(bytes, maxSize) : inflateZlib(bytes, maxSize);

function inflateGzip(bytes: Uint8Array, maxSize: number): Uint8Array {
  const start = gzipHeaderLength(bytes);
  if (bytes.length < start + 8) throw new FitsError("CORRUPT", "a gzip stream has no end");
  const trailer = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 8, 8);
  const size = trailer.getUint32(4, true);
  if (size > maxSize) throw tooLarge(maxSize);
  const out = inflateRaw(bytes.subarray(start, -8), size);
  if (out.length !== size || crc32(out) !== trailer.getUint32(0, true)) {
    throw new FitsError("CORRUPT", "a gzip stream does not agree with its checksum");
  }
  return out;
}

function inflateZlib(bytes: Uint8Array, maxSize: number): Uint8Array {
  const isZlib = bytes.length >= 6 && (bytes[0]! & 0xf) === 8 && ((bytes[0]! << 8) | bytes[1]!) % 31 === 0;
  if (!isZlib || (bytes[1]! & 0x20) !== 0) throw new FitsError("CORRUPT", "not a gzip or zlib stream");
  // One byte more than allowed shows that the stream goes on.
  const out = inflateRaw(bytes.subarray(2, -4), maxSize + 1);
  if (out.length > maxSize) throw tooLarge(maxSize);
  const sum = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4, 4).getUint32(0);
  if (adler32(out) !== sum) throw new FitsError("CORRUPT", "a zlib stream does not agree with its checksum");
  return out;
}

/** Into a buffer of `size` bytes, which fflate neither grows nor overruns: memory is bounded, whatever the stream says. */
function inflateRaw(bytes: Uint8Array, size: number): Uint8Array {
  try {
    return inflateSync(bytes, { out: new Uint8Array(size) });
  } catch (cause) {
    throw new FitsError("CORRUPT", "a deflate stream is broken", {}, { cause });
  }
}

function tooLarge(maxSize: number): FitsError {
  return new FitsError("TOO_LARGE", `compressed data inflate to more than ${maxSize} bytes`);
}

/** RFC 1952 §2.3: ten bytes, then what the flags announce. */
function gzipHeaderLength(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0;
  let at = 10;
  if (flags & 4) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const flag of [8, 16]) {
    if (flags & flag) {
      const end = bytes.indexOf(0, at);
      if (end < 0) throw new FitsError("CORRUPT", "a gzip header has no end");
      at = end + 1;
    }
  }
  return flags & 2 ? at + 2 : at;
}

const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let index = 0; index < bytes.length; index++) crc = CRC_TABLE[(crc ^ bytes[index]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let index = 0; index < bytes.length; ) {
    const end = Math.min(index + 3800, bytes.length); // the most that stays below 2^31
    for (; index < end; index++) b += a += bytes[index]!;
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}
