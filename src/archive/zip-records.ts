/**
 * The records of a ZIP file, after PKWARE's APPNOTE 6.3.10: local headers (§4.3.7), central directory (§4.3.12) and
 * its end (§4.3.14–16). Sizes and CRC-32 are known beforehand, so there are no data descriptors, and every record's
 * length follows from its entry alone.
 */

/** One member, as its records describe it. */
export interface ZipEntry {
  /** Path inside the zip; `/` between its parts. */
  name: string;
  /** 0: stored; 8: deflated. */
  method: 0 | 8;
  /** Bytes when unpacked, and as they lie in the zip. */
  size: number;
  packedSize: number;
  crc32: number;
  /** UTC milliseconds. */
  modified: number;
}

/** Fields of 32 and 16 bits that hold this, or would have to hold more, have their value in a ZIP64 record (§4.4.1.4). */
const MOST_32 = 0xffffffff;
const MOST_16 = 0xffff;

const LOCAL_LENGTH = 30;
const CENTRAL_LENGTH = 46;
const END_LENGTH = 22;
const END64_LENGTH = 56;
const LOCATOR64_LENGTH = 20;
/** "Extended timestamp" extra field of Info-ZIP: a whole second of UTC, where the DOS time has neither. */
const TIME_LENGTH = 9;

const VERSION_PLAIN = 20;
const VERSION_ZIP64 = 45;
/** Made on Unix (3), which gives the external attributes their meaning: a regular file, 0644. */
const MADE_BY = (3 << 8) | VERSION_ZIP64;
const ATTRIBUTES = 0o100644 * 0x10000;
/** General purpose bit 11: the name is UTF-8. */
const UTF8 = 1 << 11;

const encoder = new TextEncoder();

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Bytes of the name in UTF-8. */
export function nameLength(name: string): number {
  return isAscii(name) ? name.length : encoder.encode(name).length;
}

function isLarge(entry: ZipEntry): boolean {
  return entry.size >= MOST_32 || entry.packedSize >= MOST_32;
}

function localExtra(entry: ZipEntry): number {
  return TIME_LENGTH + (isLarge(entry) ? 20 : 0);
}

/** The ZIP64 values of a central entry, in the order of §4.5.3; only those whose own field is full. */
function zip64Values(entry: ZipEntry, offset: number): number[] {
  return [...(isLarge(entry) ? [entry.size, entry.packedSize] : []), ...(offset >= MOST_32 ? [offset] : [])];
}

function centralExtra(entry: ZipEntry, offset: number): number {
  const values = (isLarge(entry) ? 2 : 0) + (offset >= MOST_32 ? 1 : 0);
  return TIME_LENGTH + (values === 0 ? 0 : 4 + 8 * values);
}

export function localHeaderLength(entry: ZipEntry): number {
  return LOCAL_LENGTH + nameLength(entry.name) + localExtra(entry);
}

export function centralEntryLength(entry: ZipEntry, offset: number): number {
  return CENTRAL_LENGTH + nameLength(entry.name) + centralExtra(entry, offset);
}

/** Writes little-endian numbers one after the other. */
class Record {
  private readonly view: DataView;
  private at = 0;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u16(...values: number[]): this {
    for (const value of values) {
      this.view.setUint16(this.at, value, true);
      this.at += 2;
    }
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) {
      this.view.setUint32(this.at, value, true);
      this.at += 4;
    }
    return this;
  }

  u64(...values: number[]): this {
    for (const value of values) {
      this.view.setBigUint64(this.at, BigInt(value), true);
      this.at += 8;
    }
    return this;
  }

  name(name: string): this {
    this.at += encoder.encodeInto(name, this.bytes.subarray(this.at)).written;
    return this;
  }

  time(modified: number): this {
    this.u16(0x5455, TIME_LENGTH - 4);
    this.bytes[this.at++] = 1; // only the time of modification
    // The field is signed and of 32 bits; it ends in 2038, and the DOS time, which does not, is left then.
    this.view.setInt32(this.at, Math.max(-0x80000000, Math.min(0x7fffffff, Math.floor(modified / 1000))), true);
    this.at += 4;
    return this;
  }
}

/** Time and date of MS-DOS (§4.4.6): two-second steps from 1980 to 2107, here in UTC. */
function dosTime(modified: number): [time: number, date: number] {
  const at = new Date(modified);
  const year = at.getUTCFullYear();
  if (!(year >= 1980)) return [0, (1 << 5) | 1];
  if (year > 2107) return [(23 << 11) | (59 << 5) | 29, (127 << 9) | (12 << 5) | 31];
  return [
    (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
    ((year - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
  ];
}

export function localHeader(entry: ZipEntry): Uint8Array {
  const large = isLarge(entry);
  const record = new Record(new Uint8Array(localHeaderLength(entry)))
    .u32(0x04034b50)
    .u16(large ? VERSION_ZIP64 : VERSION_PLAIN, isAscii(entry.name) ? 0 : UTF8, entry.method)
    .u16(...dosTime(entry.modified))
    .u32(entry.crc32, large ? MOST_32 : entry.packedSize, large ? MOST_32 : entry.size)
    .u16(nameLength(entry.name), localExtra(entry))
    .name(entry.name);
  if (large) record.u16(1, 16).u64(entry.size, entry.packedSize);
  return record.time(entry.modified).bytes;
}

/** The entry of the central directory; `offset` is where its local header begins. */
export function centralEntry(entry: ZipEntry, offset: number): Uint8Array {
  const large = isLarge(entry);
  const values = zip64Values(entry, offset);
  const record = new Record(new Uint8Array(centralEntryLength(entry, offset)))
    .u32(0x02014b50)
    .u16(MADE_BY, values.length > 0 ? VERSION_ZIP64 : VERSION_PLAIN, isAscii(entry.name) ? 0 : UTF8, entry.method)
    .u16(...dosTime(entry.modified))
    .u32(entry.crc32, large ? MOST_32 : entry.packedSize, large ? MOST_32 : entry.size)
    .u16(nameLength(entry.name), centralExtra(entry, offset), 0, 0, 0) // no comment, disk 0, no internal attributes
    .u32(ATTRIBUTES, Math.min(offset, MOST_32))
    .name(entry.name);
  if (values.length > 0) record.u16(1, 8 * values.length).u64(...values);
  return record.time(entry.modified).bytes;
}

/** What ends the file: the ZIP64 records where any field needs them, and the classical one. */
export function endRecords(count: number, directorySize: number, directoryOffset: number): Uint8Array {
  const zip64 = count >= MOST_16 || directorySize >= MOST_32 || directoryOffset >= MOST_32;
  const record = new Record(new Uint8Array(END_LENGTH + (zip64 ? END64_LENGTH + LOCATOR64_LENGTH : 0)));
  if (zip64) {
    record
      .u32(0x06064b50)
      .u64(END64_LENGTH - 12)
      .u16(MADE_BY, VERSION_ZIP64)
      .u32(0, 0)
      .u64(count, count, directorySize, directoryOffset)
      .u32(0x07064b50, 0)
      .u64(directoryOffset + directorySize)
      .u32(1);
  }
  const short = Math.min(count, MOST_16);
  return record
    .u32(0x06054b50)
    .u16(0, 0, short, short)
    .u32(Math.min(directorySize, MOST_32), Math.min(directoryOffset, MOST_32))
    .u16(0).bytes;
}
