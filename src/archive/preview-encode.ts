/** Pictures as files: PNG by our own encoder and the platform's deflate, JPEG and WebP by photon. */
import { pipeline, Readable } from "node:stream";
import { constants, createDeflate } from "node:zlib";
import { PhotonImage } from "@cf-wasm/photon";
import { type Colormap, coloursOf, isGrey } from "../imaging/colormap.ts";
import { MAX_PICTURE, type Picture, toRgba } from "../imaging/picture.ts";
import { encodePng } from "../imaging/png.ts";
import type { PreviewFormat } from "./preview-options.ts";

export const CONTENT_TYPE: Record<PreviewFormat, string> = {
  png: "image/png",
  jpeg: "image/jpeg",
  webp: "image/webp",
};

/** Photon takes some 34 bytes of memory a pixel (a 4k frame took 571 MB), which an isolate must have beside all else. */
export const MOST_PHOTON = 1_300_000;

const JPEG_QUALITY = 85;

/** The most pixels that a format can be written with. */
export function mostPixels(format: PreviewFormat): number {
  return format === "png" ? MAX_PICTURE : MOST_PHOTON;
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
