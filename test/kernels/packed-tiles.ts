import { Header } from "../../src/fits/header.ts";
import { fixture } from "../fixture.ts";

/** The tiles of `pack/NAME.fits.fz` as fpack wrote them, each with its pixels as they stand in `pack/NAME.fits`. */
export async function packedTiles(
  name: string,
): Promise<{ tiles: { packed: Uint8Array; pixels: Uint8Array }[]; bytePix: 1 | 2 | 4 }> {
  const packed = hdus(await fixture(`pack/${name}.fits.fz`))[1]!;
  const plain = hdus(await fixture(`pack/${name}.fits`)).find(({ data }) => data.length > 0)!;
  const bytePix = (Number(plain.header.get("BITPIX")) / 8) as 1 | 2 | 4;
  const rows = Number(packed.header.get("NAXIS2"));
  const row = Number(plain.header.get("NAXIS1")) * bytePix;
  const descriptors = new DataView(packed.data.buffer, packed.data.byteOffset);
  const tiles = Array.from({ length: rows }, (_, index) => {
    const start = 8 * rows + descriptors.getUint32(8 * index + 4);
    return {
      packed: packed.data.subarray(start, start + descriptors.getUint32(8 * index)),
      pixels: plain.data.subarray(index * row, (index + 1) * row),
    };
  });
  return { tiles, bytePix };
}

function hdus(file: Uint8Array): { header: Header; data: Uint8Array }[] {
  const found: { header: Header; data: Uint8Array }[] = [];
  for (let at = 0; at < file.length; ) {
    const header = Header.parse(file.subarray(at));
    at += header.toBytes().length;
    const axes = Array.from({ length: Number(header.get("NAXIS")) }, (_, n) => Number(header.get(`NAXIS${n + 1}`)));
    const pixels = axes.length === 0 ? 0 : axes.reduce((a, b) => a * b, Math.abs(Number(header.get("BITPIX"))) / 8);
    const length = pixels + Number(header.get("PCOUNT") ?? 0);
    found.push({ header, data: file.subarray(at, at + length) });
    at += Math.ceil(length / 2880) * 2880;
  }
  return found;
}
