import type { Header } from "./header.ts";
import type { Bitpix } from "./pixels.ts";
import type { Runtime } from "./runtime.ts";
import type { ByteSource } from "./source.ts";
import type { FitsWarning } from "./warning.ts";

export type HduKind =
  | "primary"
  | "image"
  | "bintable"
  | "table"
  | "groups"
  | "compressed-image"
  | "compressed-table"
  | "unknown";

/** Size of an image. `axes` as NAXIS1, NAXIS2, … (the fastest first); numpy's shape is its reverse. */
export interface ImageLayout {
  readonly bitpix: Bitpix;
  readonly axes: readonly number[];
}

/** One header and data unit. Nothing of the data unit has been read. */
export interface Hdu {
  /** From 0. */
  readonly index: number;
  readonly kind: HduKind;
  /** The header as a user of the image sees it: for a compressed image that of the image, as funpack restores it. */
  readonly header: Header;
  /** The header as it stands in the file; the same object unless the HDU is a compressed image. */
  readonly storedHeader: Header;
  /** EXTNAME; "PRIMARY" for a primary HDU without one; "" for an extension without one. */
  readonly extname: string;
  /** EXTVER, 1 where absent. */
  readonly extver: number;
  /** Undefined where the HDU is no image or its image has no pixels. */
  readonly image: ImageLayout | undefined;
  /** Byte offsets in the file; `dataLength` without the fill up to a whole block. */
  readonly headerOffset: number;
  readonly dataOffset: number;
  readonly dataLength: number;
  /** What was odd in this header. */
  readonly warnings: readonly FitsWarning[];
  readonly source: ByteSource;
  readonly runtime: Runtime;
}
