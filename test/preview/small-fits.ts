/** FITS files of a few pixels, for tests of what is done with them; that they are FITS is tested elsewhere. */

type Value = string | number | boolean;

const ARRAYS = {
  8: [1, (view: DataView, at: number, value: number) => view.setUint8(at, value)],
  16: [2, (view: DataView, at: number, value: number) => view.setInt16(at, value)],
  32: [4, (view: DataView, at: number, value: number) => view.setInt32(at, value)],
  64: [8, (view: DataView, at: number, value: number) => view.setBigInt64(at, BigInt(value))],
  [-64]: [8, (view: DataView, at: number, value: number) => view.setFloat64(at, value)],
  [-32]: [4, (view: DataView, at: number, value: number) => view.setFloat32(at, value)],
} as const;

function header(cards: [string, Value][]): Uint8Array {
  const text = cards.map(([keyword, value]) => {
    const shown =
      typeof value === "string"
        ? `'${value.padEnd(8)}'`
        : typeof value === "boolean"
          ? value
            ? "T"
            : "F"
          : `${value}`;
    return `${keyword.padEnd(8)}= ${typeof value === "string" ? shown : shown.padStart(20)}`.padEnd(80);
  });
  const whole = `${text.join("")}${"END".padEnd(80)}`;
  return new TextEncoder().encode(whole.padEnd(Math.ceil(whole.length / 2880) * 2880));
}

export interface SmallImage {
  bitpix: keyof typeof ARRAYS;
  axes: number[];
  /** Stored values, the first axis fastest. */
  value: (index: number) => number;
  cards?: Record<string, Value>;
}

function data({ bitpix, axes, value }: SmallImage): Uint8Array {
  const [size, set] = ARRAYS[bitpix];
  const count = axes.reduce((product, length) => product * length, 1);
  const bytes = new Uint8Array(Math.ceil((count * size) / 2880) * 2880);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) set(view, i * size, value(i));
  return bytes;
}

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function axesOf(axes: number[]): [string, Value][] {
  return [["NAXIS", axes.length], ...axes.map((length, i): [string, Value] => [`NAXIS${i + 1}`, length])];
}

/** An image in the primary HDU, or `null` for none, and images in extensions. */
export function smallFits(primary: SmallImage | null, ...extensions: SmallImage[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const bitpix = primary?.bitpix ?? 8;
  const cards = Object.entries(primary?.cards ?? {});
  parts.push(
    header([["SIMPLE", true], ["BITPIX", bitpix], ...axesOf(primary?.axes ?? []), ["EXTEND", true], ...cards]),
  );
  if (primary !== null) parts.push(data(primary));
  for (const image of extensions) {
    const fixed: [string, Value][] = [["XTENSION", "IMAGE"], ["BITPIX", image.bitpix], ...axesOf(image.axes)];
    parts.push(header([...fixed, ["PCOUNT", 0], ["GCOUNT", 1], ...Object.entries(image.cards ?? {})]), data(image));
  }
  return joined(parts);
}

/** A binary table of one column without an image anywhere. */
export function tableFits(): Uint8Array<ArrayBuffer> {
  return joined([
    header([
      ["SIMPLE", true],
      ["BITPIX", 8],
      ["NAXIS", 0],
      ["EXTEND", true],
    ]),
    header([
      ["XTENSION", "BINTABLE"],
      ["BITPIX", 8],
      ["NAXIS", 2],
      ["NAXIS1", 4],
      ["NAXIS2", 2],
      ["PCOUNT", 0],
      ["GCOUNT", 1],
      ["TFIELDS", 1],
      ["TFORM1", "1J"],
      ["EXTNAME", "CAT"],
    ]),
    new Uint8Array(2880),
  ]);
}
