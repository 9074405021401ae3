/**
 * Where everything lies in a zip whose members are known by name, size and CRC-32 alone: its length, and for any range
 * of its bytes what they are. Nothing of the members is read. Records are made when they are sent, so that a layout of
 * 100,000 members costs a few numbers for each.
 */
import {
  centralEntry,
  centralEntryLength,
  endRecords,
  localHeader,
  localHeaderLength,
  type ZipEntry,
} from "./zip-records.ts";

/** Bytes of records, or `length` bytes from `offset` on of the (packed) content of entry `entry`. */
export type ZipPiece = { bytes: Uint8Array } | { entry: number; offset: number; length: number };

/** Records of many small entries are handed out together, up to about this many bytes. */
const BLOCK = 64 * 1024;

export class ZipLayout {
  /** Exact length of the zip in bytes. */
  readonly size: number;
  /** Where each entry's local header begins; one more: the central directory. */
  private readonly offsets: Float64Array;
  /** Where each entry's central record begins; one more: the end records. */
  private readonly central: Float64Array;
  private readonly end: Uint8Array;

  /** Names must be unique; see bundle-names.ts. */
  constructor(readonly entries: readonly ZipEntry[]) {
    const count = entries.length;
    this.offsets = new Float64Array(count + 1);
    this.central = new Float64Array(count + 1);
    for (let i = 0; i < count; i++) {
      const entry = entries[i]!;
      this.offsets[i + 1] = this.offsets[i]! + localHeaderLength(entry) + entry.packedSize;
    }
    const directory = this.offsets[count]!;
    this.central[0] = directory;
    for (let i = 0; i < count; i++) {
      this.central[i + 1] = this.central[i]! + centralEntryLength(entries[i]!, this.offsets[i]!);
    }
    this.end = endRecords(count, this.central[count]! - directory, directory);
    this.size = this.central[count]! + this.end.length;
  }

  /** What the bytes `[start, end)` of the zip are, in order; `0 ≤ start ≤ end ≤ size`. */
  *pieces(start = 0, end = this.size): Generator<ZipPiece> {
    for (const piece of this.gathered(start, Math.min(end, this.size))) {
      if ("entry" in piece ? piece.length > 0 : piece.bytes.length > 0) yield piece;
    }
  }

  /** Joins neighbouring records to blocks. */
  private *gathered(start: number, end: number): Generator<ZipPiece> {
    let waiting: Uint8Array[] = [];
    let length = 0;
    for (const piece of this.single(start, end)) {
      if ("entry" in piece || length + piece.bytes.length > BLOCK) {
        yield { bytes: joined(waiting, length) };
        waiting = [];
        length = 0;
      }
      if ("entry" in piece) {
        yield piece;
      } else {
        waiting.push(piece.bytes);
        length += piece.bytes.length;
      }
    }
    yield { bytes: joined(waiting, length) };
  }

  private *single(start: number, end: number): Generator<ZipPiece> {
    const count = this.entries.length;
    const directory = this.offsets[count]!;
    for (let i = indexAt(this.offsets, start); i < count && this.offsets[i]! < end; i++) {
      const entry = this.entries[i]!;
      const content = this.offsets[i + 1]! - entry.packedSize;
      if (start < content) yield cut(localHeader(entry), this.offsets[i]!, start, end);
      const from = Math.max(start, content);
      const to = Math.min(end, this.offsets[i + 1]!);
      if (to > from) yield { entry: i, offset: from - content, length: to - from };
    }
    if (end <= directory) return;
    for (let i = indexAt(this.central, start); i < count && this.central[i]! < end; i++) {
      yield cut(centralEntry(this.entries[i]!, this.offsets[i]!), this.central[i]!, start, end);
    }
    if (end > this.central[count]!) yield cut(this.end, this.central[count]!, start, end);
  }
}

/** The last index whose value is at most `position`; 0 where there is none. `sorted` ascends. */
function indexAt(sorted: Float64Array, position: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (sorted[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The part of a record at `offset` that lies in `[start, end)`. */
function cut(record: Uint8Array, offset: number, start: number, end: number): ZipPiece {
  const from = Math.max(0, start - offset);
  return { bytes: record.subarray(from, Math.max(from, Math.min(record.length, end - offset))) };
}

function joined(parts: Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
