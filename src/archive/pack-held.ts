/**
 * Packs an upload that is still in memory, so that R2 is written once and only with the smaller file. What comes out is
 * unpacked again and compared with the upload, byte by byte, before anybody lets go of that. Larger uploads, and floats,
 * which take ten times the work, are left to the queue (pack.ts).
 */
import { Buffer } from "node:buffer";
import { FitsError } from "../fits/errors.ts";
import { openFits } from "../fits/file.ts";
import { MemorySource } from "../fits/memory-source.ts";
import { packFits } from "../fits/pack.ts";
import type { PackSink } from "../fits/pack-output.ts";
import { PiecesSource } from "../fits/pieces-source.ts";
import type { ByteSource } from "../fits/source.ts";
import { openUnpacked, unpackedPieces } from "../fits/unpack.ts";
import type { StoredFile } from "../store/frame.ts";
import { fitsRuntime, packRuntime } from "./fits-runtime.ts";
import { mostPacked } from "./packing.ts";

export type HeldPacking =
  | { outcome: "packed"; bytes: Uint8Array; packing: Exclude<StoredFile["packing"], "none"> }
  /** Packing does not pay, or the file has nothing to pack: it stays as it came. */
  | { outcome: "kept" }
  /** For the queue to decide. */
  | { outcome: "later" };

/** `pieces`: the whole upload, which must not change meanwhile. Never throws for what is in the file. */
export async function packHeld(pieces: readonly Uint8Array[]): Promise<HeldPacking> {
  const upload = new PiecesSource(pieces);
  try {
    if (await hasFloats(upload)) return { outcome: "later" };
    const packed = new PackedBytes(mostPacked(upload.size));
    const result = await packFits(upload, packed, { runtime: packRuntime, floats: false });
    if (result.outcome === "kept") return { outcome: "kept" };
    const bytes = packed.bytes(result.size);
    if (await restores(bytes, upload)) return { outcome: "packed", bytes, packing: result.packing };
    console.error(JSON.stringify({ level: "error", message: "a packing was refused", size: upload.size }));
    return { outcome: "kept" };
  } catch (error) {
    if (error instanceof FitsError || error instanceof DoesNotPay) return { outcome: "kept" };
    throw error;
  }
}

async function hasFloats(source: ByteSource): Promise<boolean> {
  const file = await openFits(source, { strictness: "warn" });
  return (await file.hdus()).some(({ image }) => image !== undefined && image.bitpix < 0);
}

async function restores(packed: Uint8Array, upload: ByteSource): Promise<boolean> {
  const unpacked = await openUnpacked(new MemorySource(packed), fitsRuntime);
  if (unpacked.size !== upload.size) return false;
  let at = 0;
  for await (const piece of unpackedPieces(unpacked)) {
    if (!Buffer.from(piece.buffer, piece.byteOffset, piece.length).equals(await upload.getRange(at, piece.length))) {
      return false;
    }
    at += piece.length;
  }
  return true;
}

class DoesNotPay extends Error {}

/** The packed file in one growing buffer. Takes no more than `most` bytes: then DoesNotPay is thrown. */
class PackedBytes implements PackSink {
  private buffer: Uint8Array;

  constructor(private readonly most: number) {
    this.buffer = new Uint8Array(Math.ceil(most / 2));
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const end = offset + bytes.length;
    if (end > this.most) throw new DoesNotPay();
    if (end > this.buffer.length) {
      const larger = new Uint8Array(this.most);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer.set(bytes, offset);
  }

  bytes(size: number): Uint8Array {
    return this.buffer.subarray(0, size);
  }
}
