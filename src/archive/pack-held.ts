/**
 * Packs an upload that is still in memory, so that R2 is written once and only with the smaller file. What comes out is
 * unpacked again and compared with the upload, byte by byte, before anybody lets go of that. Larger uploads, and floats,
 * which take ten times the work, are left to the queue (pack.ts).
 */
import { Buffer } from "node:buffer";
import { FitsError } from "../fits/errors.ts";
import { openFits } from "../fits/file.ts";
import { packFits } from "../fits/pack.ts";
import type { PackSink } from "../fits/pack-output.ts";
import { PiecesSource } from "../fits/pieces-source.ts";
import type { ByteSource } from "../fits/source.ts";
import { openUnpacked, unpackedPieces } from "../fits/unpack.ts";
import type { StoredFile } from "../store/frame.ts";
import { mayHold } from "../store/held-memory.ts";
import { fitsRuntime, packRuntime } from "./fits-runtime.ts";
import { mostPacked } from "./packing.ts";

const PIECE = 4 * 1024 * 1024;

export type HeldPacking =
  | { outcome: "packed"; pieces: Uint8Array[]; packing: Exclude<StoredFile["packing"], "none"> }
  /** Packing does not pay, or the file has nothing to pack: it stays as it came. */
  | { outcome: "kept" }
  /** For the queue to decide. */
  | { outcome: "later" };

/**
 * `pieces`: the whole upload, which must not change meanwhile. The packing's memory is held in their name, until `letGo`.
 * Never throws for what is in the file.
 */
export async function packHeld(pieces: readonly Uint8Array[]): Promise<HeldPacking> {
  const upload = new PiecesSource(pieces);
  try {
    if (await hasFloats(upload)) return { outcome: "later" };
    const packed = new PackedPieces(mostPacked(upload.size), pieces);
    const result = await packFits(upload, packed, { runtime: packRuntime, floats: false });
    if (result.outcome === "kept") return { outcome: "kept" };
    const packing = packed.first(result.size);
    if (await restores(packing, upload)) return { outcome: "packed", pieces: packing, packing: result.packing };
    console.error(JSON.stringify({ level: "error", message: "a packing was refused", size: upload.size }));
    return { outcome: "kept" };
  } catch (error) {
    if (error instanceof FitsError || error instanceof DoesNotPay) return { outcome: "kept" };
    if (error instanceof NoRoom) return { outcome: "later" };
    throw error;
  }
}

async function hasFloats(source: ByteSource): Promise<boolean> {
  const file = await openFits(source, { strictness: "warn" });
  return (await file.hdus()).some(({ image }) => image !== undefined && image.bitpix < 0);
}

async function restores(packing: readonly Uint8Array[], upload: ByteSource): Promise<boolean> {
  const unpacked = await openUnpacked(new PiecesSource(packing), fitsRuntime);
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

class NoRoom extends Error {}

/**
 * The packed file in pieces, so that it takes no more memory than it has bytes. Throws DoesNotPay where they are more
 * than `most`, NoRoom where this isolate has no memory for them.
 */
class PackedPieces implements PackSink {
  private readonly pieces: Uint8Array[] = [];
  private readonly piece: number;

  /** `holder`: who lets go of the memory. */
  constructor(
    private readonly most: number,
    private readonly holder: object,
  ) {
    this.piece = Math.min(PIECE, most);
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    const end = offset + bytes.length;
    if (end > this.most) throw new DoesNotPay();
    for (let at = offset; at < end; ) {
      const index = Math.floor(at / this.piece);
      while (this.pieces.length <= index) this.add();
      const start = index * this.piece;
      const upTo = Math.min(end, start + this.piece);
      this.pieces[index]!.set(bytes.subarray(at - offset, upTo - offset), at - start);
      at = upTo;
    }
  }

  first(size: number): Uint8Array[] {
    return this.pieces.map((piece, index) => piece.subarray(0, Math.max(0, size - index * this.piece)));
  }

  private add(): void {
    if (!mayHold(this.holder, this.piece)) throw new NoRoom();
    this.pieces.push(new Uint8Array(this.piece));
  }
}
