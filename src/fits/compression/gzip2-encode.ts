/** Compresses bytes into one gzip member (RFC 1952). The same bytes always give the same member. */
export type Gzip = (bytes: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/**
 * GZIP_2's shuffle (FITS 4.0 §10.4.2): the bytes of big-endian values of `width` bytes, first the most significant of
 * all of them, then the next, and so on, into `out`, which is as long as `values`.
 */
export function shuffle(values: Uint8Array, width: number, out: Uint8Array): void {
  const count = values.length / width;
  for (let plane = 0, to = 0; plane < width; plane++) {
    for (let index = 0, from = plane; index < count; index++, from += width) out[to++] = values[from]!;
  }
}
