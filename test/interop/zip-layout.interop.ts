/**
 * Zips past every 32-bit border, laid out by the archive's own code and opened by other people's: Info-ZIP's unzip,
 * Python's zipfile, 7-Zip. Nothing is stored: members are made as they are written, and runs of zeros are holes.
 */
import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { ZipLayout } from "../../src/archive/zip-layout.ts";
import type { ZipEntry } from "../../src/archive/zip-records.ts";

const folder = mkdtempSync(join(tmpdir(), "platevault-zip-"));
const python = process.env.PYTHON ?? "python3";
const say = (ok: boolean, what: string) => {
  console.log(`${ok ? "ok  " : "FAIL"} ${what}`);
  if (!ok) process.exitCode = 1;
};

/** A member: some bytes and then zeros. */
interface Member {
  name: string;
  bytes: Uint8Array;
  zeros: number;
}

const zeros = new Uint8Array(16 * 1024 * 1024);

function crcOf(member: Member): number {
  let crc = crc32(member.bytes);
  for (let left = member.zeros; left > 0; left -= zeros.length) {
    crc = crc32(zeros.subarray(0, Math.min(left, zeros.length)), crc);
  }
  return crc;
}

function layoutOf(members: Member[]): ZipLayout {
  const entries = members.map((member): ZipEntry => {
    const size = member.bytes.length + member.zeros;
    return {
      name: `pyobsdata/${member.name}`,
      method: 0,
      size,
      packedSize: size,
      crc32: crcOf(member),
      modified: 1.7e12,
    };
  });
  return new ZipLayout(entries);
}

function write(path: string, layout: ZipLayout, members: Member[]): void {
  const file = openSync(path, "w");
  let at = 0;
  for (const piece of layout.pieces()) {
    const bytes = "bytes" in piece ? piece.bytes : members[piece.entry]!.bytes;
    if (bytes.length > 0) writeSync(file, bytes, 0, bytes.length, at);
    at += "bytes" in piece ? bytes.length : piece.length;
  }
  ftruncateSync(file, at);
  closeSync(file);
  say(at === layout.size, `the length is the one laid out, ${layout.size}`);
}

/** Random ranges of the layout against the same bytes of the file. */
function compareRanges(path: string, layout: ZipLayout, members: Member[], count: number): void {
  const file = openSync(path, "r");
  let wrong = 0;
  for (let i = 0; i < count; i++) {
    // Half of them at the end, where the central directory lies.
    const from = Math.floor((i % 2 === 0 ? Math.random() : 1 - Math.random() ** 8 * 0.01) * (layout.size - 1));
    const to = Math.min(layout.size, from + 1 + Math.floor(Math.random() * 5000));
    const expected = Buffer.alloc(to - from);
    readSync(file, expected, 0, to - from, from);
    const parts = [...layout.pieces(from, to)].map((piece) => {
      if ("bytes" in piece) return piece.bytes;
      const part = Buffer.alloc(piece.length);
      part.set(members[piece.entry]!.bytes.subarray(piece.offset, piece.offset + piece.length));
      return part;
    });
    if (!Buffer.concat(parts).equals(expected)) wrong++;
  }
  closeSync(file);
  say(wrong === 0, `${count} random ranges equal the whole (${wrong} do not)`);
}

function check(program: string, args: string[], accept: (output: string) => boolean): void {
  const result = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (result.error) console.log(`skip: ${program} is not installed`);
  else say(result.status === 0 && accept(result.stdout), `${program} finds it whole ${result.stderr.slice(0, 300)}`);
}

const READ = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(len(z.namelist()), sum(i.file_size for i in z.infolist()))
`;

function open(path: string, members: Member[]): void {
  const total = members.reduce((sum, { bytes, zeros }) => sum + bytes.length + zeros, 0);
  check("unzip", ["-tqq", path], () => true);
  check(python, ["-c", READ, path], (output) => output.trim() === `${members.length} ${total}`);
  check("7z", ["t", path], (output) => output.includes("Everything is Ok"));
}

const small = (i: number) => new TextEncoder().encode(`frame ${i} `.repeat(i % 7));
const kinds: [string, Member[]][] = [
  ["70,000 members", Array.from({ length: 70_000 }, (_, i) => ({ name: `f-${i}-é.fits`, bytes: small(i), zeros: 0 }))],
  [
    "more than 4 GiB, before and inside a member",
    [
      { name: "a.fits", bytes: small(6), zeros: 100 },
      { name: "large.fits", bytes: small(5), zeros: 4.1 * 2 ** 30 },
      { name: "after.fits", bytes: small(3), zeros: 0 },
      { name: "last.fits", bytes: small(4), zeros: 2880 },
    ],
  ],
  ["exactly 65,535 members", Array.from({ length: 65_535 }, (_, i) => ({ name: `${i}`, bytes: small(1), zeros: 0 }))],
];
for (const [what, given] of kinds) {
  console.log(`   ${what}`);
  const members = given.map((member) => ({ ...member, zeros: Math.floor(member.zeros) }));
  const path = join(folder, "z.zip");
  const layout = layoutOf(members);
  write(path, layout, members);
  compareRanges(path, layout, members, 2000);
  open(path, members);
  rmSync(path);
}
rmSync(folder, { recursive: true, force: true });
