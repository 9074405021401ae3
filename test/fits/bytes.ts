/** Builders of small FITS files and comparisons, shared by the tests of this folder. */
import { toBigEndian } from "../../src/fits/byteswap.ts";
import type { PixelArray } from "../../src/fits/pixels.ts";

/** A header of these cards, END added, filled to whole blocks. One char a byte. */
export function headerBytes(...cards: string[]): Uint8Array {
  const text = [...cards, "END"].map((card) => card.padEnd(80)).join("");
  const bytes = new Uint8Array(Math.ceil(text.length / 2880) * 2880).fill(0x20);
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** `KEYWORD =                value`, fixed format. */
export function card(keyword: string, value: string | number): string {
  return `${keyword.padEnd(8)}= ${String(value).padStart(20)}`;
}

/** Data filled to whole blocks. */
export function padded(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(data.length / 2880) * 2880);
  bytes.set(data);
  return bytes;
}

export function concat(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The same bytes. (`toEqual` takes seconds for large arrays.) */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}

/** SHA-256 of the array in big-endian order, as the expectations have it. */
export async function sha256(data: PixelArray): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", toBigEndian(data));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Values as expected.json writes them. */
export function plain(value: unknown): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) {
    return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  }
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

/** What expected.json holds. */
export interface Expected {
  images: Record<
    string,
    { hdu: number; shape: number[]; dtype: string; sha256: string; cards?: [string, unknown, string][] }
  >;
  headers: Record<string, [string, unknown, string][]>;
  tables: Record<string, { hdu: number; columns: Record<string, unknown[]>; units: string[] }>;
}
