// Inflate (RFC 1951) of streams that are in memory whole, into memory for all that they hold, and the checksum of gzip
// (RFC 1952). The caller gives ten readable bytes of zeros behind the stream, and 300 writable ones behind the output:
// a step may read and write beyond, and is looked at afterwards. Bits are held as in rice-decode.ts, the other way round.

/** Entries of a table say how many bits to take (0: no such code), how many follow as they are, and what it stands for. */
const LITERAL: u32 = 1 << 12;
const SUBTABLE: u32 = 1 << 13;
const END: u32 = 1 << 14;

/** Codes of up to so many bits are found at once, longer ones in a table of the rest, of 15 at most. */
const SYMBOL_BITS: u32 = 10;
const DISTANCE_BITS: u32 = 8;
const LENGTH_BITS: u32 = 7;
/** Of a complete set of codes, two at least share a table of the rest. */
const SYMBOL_ENTRIES: u32 = (1 << SYMBOL_BITS) + (144 << (15 - SYMBOL_BITS));
const DISTANCE_ENTRIES: u32 = (1 << DISTANCE_BITS) + (16 << (15 - DISTANCE_BITS));

const SYMBOLS = memory.data(4 * 5632, 16);
const DISTANCES = memory.data(4 * 2304, 16);
const LENGTHS = memory.data(4 * 128, 16);
/** Bits of each code: of those for lengths, and of those for symbols and distances one behind the other. */
const LENGTH_CODES = memory.data(32, 16);
const CODES = memory.data(320, 16);
/** Codes of each number of bits: how many, and the next to be given. */
const COUNTS = memory.data(4 * 16, 16);
const NEXT = memory.data(4 * 16, 16);

const ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
const LENGTH_BASE = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const LENGTH_EXTRA = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const DISTANCE_BASE = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);

const FOR_LENGTHS: u32 = 0;
const FOR_SYMBOLS: u32 = 1;
const FOR_DISTANCES: u32 = 2;

/** What a symbol's entry says but for the bits of its code; 0: it has no meaning. */
function meaning(symbol: u32, use: u32): u32 {
  if (use == FOR_LENGTHS) return (symbol << 16) | LITERAL;
  if (use == FOR_DISTANCES) {
    if (symbol > 29) return 0;
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
    return (<u32>load<u16>(DISTANCE_BASE + (<usize>symbol << 1)) << 16) | (extra << 8);
  }
  if (symbol < 256) return (symbol << 16) | LITERAL;
  if (symbol == 256) return END;
  const index = <usize>symbol - 257;
  if (index > 28) return 0;
  return (<u32>load<u16>(LENGTH_BASE + (index << 1)) << 16) | (<u32>load<u8>(LENGTH_EXTRA + index) << 8);
}

/** The lowest `length` bits the other way round. */
function reversed(code: u32, length: u32): u32 {
  code = ((code & 0x5555) << 1) | ((code >> 1) & 0x5555);
  code = ((code & 0x3333) << 2) | ((code >> 2) & 0x3333);
  code = ((code & 0x0f0f) << 4) | ((code >> 4) & 0x0f0f);
  code = ((code & 0x00ff) << 8) | ((code >> 8) & 0x00ff);
  return code >> (16 - length);
}

/** The table of a set of codes whose lengths are given (RFC 1951 §3.2.2). False where they are none. */
function build(lengths: usize, count: u32, table: usize, bits: u32, entries: u32, use: u32): bool {
  memory.fill(COUNTS, 0, 64);
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const at = COUNTS + (<usize>load<u8>(lengths + symbol) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  store<u32>(COUNTS, 0);
  let room: i32 = 1;
  let used: u32 = 0;
  let code: u32 = 0;
  for (let length: usize = 1; length < 16; length++) {
    const many = load<u32>(COUNTS + (length << 2));
    code = (code + load<u32>(COUNTS + ((length - 1) << 2))) << 1;
    store<u32>(NEXT + (length << 2), code);
    room = (room << 1) - <i32>many;
    if (room < 0) return false;
    used += many;
  }
  // As zlib: a set with room for more is one without any code, or with a single one of one bit.
  if (room > 0 && used > 0 && (use == FOR_LENGTHS || used > 1 || load<u32>(COUNTS, 4) != 1)) return false;

  memory.fill(table, 0, 4 << <usize>bits);
  const rest = 15 - bits;
  let free: u32 = 1 << bits;
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    let length = <u32>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const next = NEXT + (<usize>length << 2);
    let at = reversed(load<u32>(next), length);
    store<u32>(next, load<u32>(next) + 1);
    let part = table;
    let size: u32 = 1 << bits;
    if (length > bits) {
      const place = table + (<usize>(at & (size - 1)) << 2);
      if (load<u32>(place) == 0) {
        if (free + (1 << rest) > entries) return false;
        store<u32>(place, SUBTABLE | (free << 16) | bits);
        memory.fill(table + (<usize>free << 2), 0, 4 << <usize>rest);
        free += 1 << rest;
      }
      part = table + (<usize>(load<u32>(place) >> 16) << 2);
      size = 1 << rest;
      at >>= bits;
      length -= bits;
    }
    const entry = meaning(symbol, use);
    if (entry == 0) continue;
    for (; at < size; at += 1 << length) store<u32>(part + (<usize>at << 2), entry | length);
  }
  return true;
}

/** Codes as long as RFC 1951 §3.2.6 fixes them. */
function buildFixed(): bool {
  memory.fill(CODES, 8, 144);
  memory.fill(CODES + 144, 9, 112);
  memory.fill(CODES + 256, 7, 24);
  memory.fill(CODES + 280, 8, 8);
  memory.fill(CODES + 288, 5, 32);
  return (
    build(CODES, 288, SYMBOLS, SYMBOL_BITS, SYMBOL_ENTRIES, FOR_SYMBOLS) &&
    build(CODES + 288, 32, DISTANCES, DISTANCE_BITS, DISTANCE_ENTRIES, FOR_DISTANCES)
  );
}

/** A stream between two blocks: the bits in hand, how many of them count, and the byte behind them. */
let hold: u64 = 0;
let held: u64 = 0;
let next: usize = 0;

// @ts-ignore: decorator
@inline
function topUp(): void {
  hold |= load<u64>(next) << held;
  next += <usize>((63 - held) >> 3);
  held |= 56;
}

// @ts-ignore: decorator
@inline
function take(bits: u64): u32 {
  const value = <u32>hold & ((1 << <u32>bits) - 1);
  hold >>= bits;
  held -= bits;
  return value;
}

/** Reads the codes that a block brings along (RFC 1951 §3.2.7). */
function readCodes(end: usize): bool {
  topUp();
  const symbols = take(5) + 257;
  const distances = take(5) + 1;
  const lengths = take(4) + 4;
  if (symbols > 286 || distances > 30) return false;
  memory.fill(LENGTH_CODES, 0, 19);
  for (let i: u32 = 0; i < lengths; i++) {
    topUp();
    store<u8>(LENGTH_CODES + load<u8>(ORDER + i), <u8>take(3));
  }
  if (!build(LENGTH_CODES, 19, LENGTHS, LENGTH_BITS, 128, FOR_LENGTHS)) return false;
  const total = symbols + distances;
  for (let i: u32 = 0; i < total; ) {
    if (next > end + 8) return false;
    topUp();
    const entry = load<u32>(LENGTHS + <usize>((hold & 127) << 2));
    if (entry == 0) return false;
    take(<u64>(entry & 0xff));
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(CODES + i, <u8>symbol);
      i++;
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    const value: u8 = symbol == 16 ? load<u8>(CODES + i - 1) : 0;
    const many = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7);
    if (i + many > total) return false;
    memory.fill(CODES + i, value, many);
    i += many;
  }
  return (
    load<u8>(CODES + 256) != 0 &&
    build(CODES, symbols, SYMBOLS, SYMBOL_BITS, SYMBOL_ENTRIES, FOR_SYMBOLS) &&
    build(CODES + symbols, distances, DISTANCES, DISTANCE_BITS, DISTANCE_ENTRIES, FOR_DISTANCES)
  );
}

/** A block's symbols into `[out, stop)`; the end of what it wrote, 0 where it is broken or has more. */
function readSymbols(start: usize, out: usize, stop: usize, end: usize): usize {
  let bits = hold;
  let count = held;
  let at = next;
  const distanceRest: u64 = (1 << (15 - DISTANCE_BITS)) - 1;
  const symbolRest: u64 = (1 << (15 - SYMBOL_BITS)) - 1;
  for (;;) {
    if (at > end + 8 || out > stop) return 0;
    bits |= load<u64>(at) << count;
    at += <usize>((63 - count) >> 3);
    count |= 56;
    let entry = load<u32>(SYMBOLS + <usize>((bits & 1023) << 2));
    if (entry & LITERAL) {
      // Three of up to ten bits, then there may be too few for what follows.
      bits >>= <u64>(entry & 0xff);
      count -= <u64>(entry & 0xff);
      store<u8>(out++, <u8>(entry >> 16));
      entry = load<u32>(SYMBOLS + <usize>((bits & 1023) << 2));
      if (entry & LITERAL) {
        bits >>= <u64>(entry & 0xff);
        count -= <u64>(entry & 0xff);
        store<u8>(out++, <u8>(entry >> 16));
        entry = load<u32>(SYMBOLS + <usize>((bits & 1023) << 2));
        if (entry & LITERAL) {
          bits >>= <u64>(entry & 0xff);
          count -= <u64>(entry & 0xff);
          store<u8>(out++, <u8>(entry >> 16));
          continue;
        }
      }
      bits |= load<u64>(at) << count;
      at += <usize>((63 - count) >> 3);
      count |= 56;
    }
    if (entry & SUBTABLE) {
      bits >>= <u64>SYMBOL_BITS;
      count -= <u64>SYMBOL_BITS;
      entry = load<u32>(SYMBOLS + ((<usize>(entry >> 16) + <usize>(bits & symbolRest)) << 2));
    }
    if (entry == 0) return 0;
    bits >>= <u64>(entry & 0xff);
    count -= <u64>(entry & 0xff);
    if (entry & LITERAL) {
      store<u8>(out++, <u8>(entry >> 16));
      continue;
    }
    if (entry & END) break;
    const lengthExtra = <u64>((entry >> 8) & 15);
    const length = <usize>(entry >> 16) + <usize>(bits & ((<u64>1 << lengthExtra) - 1));
    bits >>= lengthExtra;
    count -= lengthExtra;
    entry = load<u32>(DISTANCES + <usize>((bits & 255) << 2));
    if (entry & SUBTABLE) {
      bits >>= <u64>DISTANCE_BITS;
      count -= <u64>DISTANCE_BITS;
      entry = load<u32>(DISTANCES + ((<usize>(entry >> 16) + <usize>(bits & distanceRest)) << 2));
    }
    if (entry == 0) return 0;
    bits >>= <u64>(entry & 0xff);
    count -= <u64>(entry & 0xff);
    const extra = <u64>((entry >> 8) & 15);
    const distance = <usize>(entry >> 16) + <usize>(bits & ((<u64>1 << extra) - 1));
    bits >>= extra;
    count -= extra;
    const till = out + length;
    if (distance > out - start || till > stop) return 0;
    let from = out - distance;
    if (distance >= 8) {
      for (; out < till; out += 8, from += 8) store<u64>(out, load<u64>(from));
    } else {
      for (; out < till; out++, from++) store<u8>(out, load<u8>(from));
    }
    out = till;
  }
  hold = bits;
  held = count;
  next = at;
  return out;
}

/** Answers how many bytes it wrote; -1 where the stream is broken, holds more than `limit` or ends before its last byte. */
export function inflate(src: usize, length: i32, dst: usize, limit: i32): i32 {
  const end = src + <usize>length;
  const stop = dst + <usize>limit;
  let out = dst;
  hold = 0;
  held = 0;
  next = src;
  for (let isLast = false; !isLast; ) {
    if (next > end + 8) return -1;
    topUp();
    isLast = take(1) == 1;
    const kind = take(2);
    if (kind == 0) {
      take(held & 7);
      next -= <usize>(held >> 3);
      hold = 0;
      held = 0;
      if (next + 4 > end) return -1;
      const bytes = <usize>load<u16>(next);
      if (bytes != (<usize>load<u16>(next, 2) ^ 0xffff)) return -1;
      next += 4;
      if (next + bytes > end || out + bytes > stop) return -1;
      memory.copy(out, next, bytes);
      next += bytes;
      out += bytes;
      continue;
    }
    if (kind == 3 || !(kind == 1 ? buildFixed() : readCodes(end))) return -1;
    out = readSymbols(dst, out, stop, end);
    if (out == 0 || out > stop) return -1;
  }
  return next - <usize>(held >> 3) == end ? <i32>(out - dst) : -1;
}

/** Of each byte with none to seven bytes of zeros behind it. */
const SUMS = memory.data(8 * 256 * 4, 16);

function fillSums(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum & 1) != 0 ? (sum >> 1) ^ 0xedb88320 : sum >> 1;
    store<u32>(SUMS + (<usize>byte << 2), sum);
  }
  for (let at: usize = 1024; at < 8192; at += 4) {
    const before = load<u32>(SUMS + at - 1024);
    store<u32>(SUMS + at, (before >> 8) ^ load<u32>(SUMS + (<usize>(before & 0xff) << 2)));
  }
}

/** CRC-32 as gzip's trailer has it, eight bytes at a time. */
export function crc32(src: usize, length: i32): u32 {
  if (load<u32>(SUMS, 4) == 0) fillSums();
  const end = src + <usize>length;
  let sum: u32 = 0xffffffff;
  for (; src + 8 <= end; src += 8) {
    const low = load<u32>(src) ^ sum;
    const high = load<u32>(src, 4);
    sum =
      load<u32>(SUMS + (<usize>(low & 0xff) << 2), 7168) ^
      load<u32>(SUMS + (<usize>((low >> 8) & 0xff) << 2), 6144) ^
      load<u32>(SUMS + (<usize>((low >> 16) & 0xff) << 2), 5120) ^
      load<u32>(SUMS + (<usize>(low >> 24) << 2), 4096) ^
      load<u32>(SUMS + (<usize>(high & 0xff) << 2), 3072) ^
      load<u32>(SUMS + (<usize>((high >> 8) & 0xff) << 2), 2048) ^
      load<u32>(SUMS + (<usize>((high >> 16) & 0xff) << 2), 1024) ^
      load<u32>(SUMS + (<usize>(high >> 24) << 2));
  }
  for (; src < end; src++) sum = (sum >> 8) ^ load<u32>(SUMS + (<usize>((sum ^ load<u8>(src)) & 0xff) << 2));
  return ~sum;
}
