/**
 * Pictures as files: PNG by our own encoder and the platform's deflate, small JPEGs and WebPs by photon, larger ones by
 * encoders of our own that need no memory beyond the picture and its file.
 */
import { pipeline, Readable } from "node:stream";
import { constants, createDeflate } from "node:zlib";
import { PhotonImage } from "@cf-wasm/photon";
import { type Colormap, coloursOf, isGrey } from "../imaging/colormap.ts";
import { encodeJpeg, JPEG_MOST_SIDE } from "../imaging/jpeg.ts";
import { type Limits, MAX_PICTURE, type Picture, toRgba } from "../imaging/picture.ts";
import { encodePng } from "../imaging/png.ts";
import { encodeWebp, WEBP_MOST_SIDE } from "../imaging/webp.ts";
import type { PreviewFormat } from "./preview-options.ts";

export const CONTENT_TYPE: Record<PreviewFormat, string> = {
  png: "image/png",
  jpeg: "image/jpeg",
  webp: "image/webp",
};

/**
 * Pixels that photon is given at most. It takes some 34 bytes a pixel and never gives them back, beside the picture's
 * own nine: so many pixels stay within the 32 MB that a preview may take.
 */
const MOST_PHOTON = 500_000;

const JPEG_QUALITY = 85;

/** PNG's own longest side is beyond any picture's. */
const MOST_SIDE: Record<PreviewFormat, number> = { png: MAX_PICTURE, jpeg: JPEG_MOST_SIDE, webp: WEBP_MOST_SIDE };

/** How large a picture can be written. */
export function limitsOf(format: PreviewFormat): Limits {
  return { pixels: MAX_PICTURE, side: MOST_SIDE[format] };
}

/** The file in parts. */
export async function encode(picture: Picture, format: PreviewFormat, colormap: Colormap): Promise<Uint8Array[]> {
  const colours = coloursOf(colormap);
  if (format === "png") {
    // An inverted picture is grey too: its levels are exchanged instead of a palette written.
    const grey = isGrey(colormap);
    const levels = colormap === "invert" ? invert(picture) : picture.levels;
    return encodePng(
      {
        width: picture.width,
        height: picture.height,
        levels,
        palette: grey ? null : colours,
        transparent: picture.undefinedLevel,
      },
      deflate,
    );
  }
  if (picture.levels.length > MOST_PHOTON) {
    return format === "jpeg" ? encodeJpeg(picture, colours, JPEG_QUALITY) : encodeWebp(picture, colours);
  }
  const image = new PhotonImage(toRgba(picture, colours), picture.width, picture.height);
  try {
    return [format === "jpeg" ? image.get_bytes_jpeg(JPEG_QUALITY) : image.get_bytes_webp()];
  } finally {
    image.free();
  }
}

/** 0 stays 0 where that is the level of undefined pixels; then the others are 1 to 255. */
function invert({ levels, undefinedLevel }: Picture): Uint8Array {
  const top = undefinedLevel === null ? 255 : 256;
  return levels.map((level) => (level === undefinedLevel ? level : top - level));
}

/**
 * By run lengths alone: what repeats in a picture of the sky are single levels, and looking for longer strings takes four
 * times as long for files that are no smaller.
 */
function deflate(pieces: Iterable<Uint8Array<ArrayBuffer>>): AsyncIterable<Uint8Array> {
  const stream = createDeflate({ strategy: constants.Z_RLE, chunkSize: 256 * 1024 });
  // Whoever reads `stream` meets an error there.
  pipeline(Readable.from(pieces), stream, () => undefined);
  return stream as AsyncIterable<Uint8Array>;
}

export function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
