/**
 * A footprint as the catalogue keeps it: per corner 4 bytes of right ascension (360°/2³²) and 4 of declination
 * (90°/2³¹), little endian; good to 0.3 mas, far below any pixel.
 */

const RA_UNIT = 360 / 2 ** 32;
const DEC_UNIT = 90 / 2 ** 31;

export function packFootprint(corners: [number, number][]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * corners.length));
  corners.forEach(([ra, dec], i) => {
    view.setUint32(8 * i, Math.round(ra / RA_UNIT), true);
    // +90° is one unit beyond 32 bits.
    view.setInt32(8 * i + 4, Math.min(2 ** 31 - 1, Math.round(dec / DEC_UNIT)), true);
  });
  return new Uint8Array(view.buffer);
}

/** From hexadecimal, which D1 hands over cheaper than a BLOB (an array of numbers in JSON). */
export function unpackFootprint(hex: string): [number, number][] {
  const bytes = Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
  const view = new DataView(bytes.buffer);
  return Array.from({ length: bytes.length / 8 }, (_, i) => [
    view.getUint32(8 * i, true) * RA_UNIT,
    view.getInt32(8 * i + 4, true) * DEC_UNIT,
  ]);
}
