/** The default inflate: fflate, which runs everywhere. A Worker injects node:zlib, which is twice as fast. */
import { Gunzip, Unzlib } from "fflate";
import { FitsError } from "./errors.ts";
import type { Inflate } from "./runtime.ts";

/** Input is fed in pieces of this size, so that a bomb is noticed after little output. */
const PIECE = 16_384;

/** {@link Inflate} for gzip (RFC 1952) and zlib (RFC 1950) streams, told apart by their first bytes. */
export const inflate: Inflate = (bytes, maxSize) => {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const parts: Uint8Array[] = [];
  let size = 0;
  let ended = false;
  const take = (part: Uint8Array, final: boolean): void => {
    size += part.length;
    if (size > maxSize) throw new FitsError("TOO_LARGE", `compressed data inflate to more than ${maxSize} bytes`);
    parts.push(part);
    ended ||= final;
  };
  const stream = isGzip ? new Gunzip(take) : new Unzlib(take);
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      stream.push(bytes.subarray(at, at + PIECE), at + PIECE >= bytes.length);
    }
  } catch (cause) {
    if (cause instanceof FitsError) throw cause;
    throw new FitsError("CORRUPT", "compressed data cannot be inflated", {}, { cause });
  }
  if (!ended) throw new FitsError("CORRUPT", "compressed data end too early");
  if (parts.length === 1) return parts[0]!;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
