/**
 * Packed files in other programs' hands: funpack restores them bit for bit, fitsverify finds nothing, astropy reads the
 * same pixels; and what fpack packed is restored here as funpack restores it.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { makeCard } from "../../src/fits/card-format.ts";
import { Header } from "../../src/fits/header.ts";
import { MemorySource } from "../../src/fits/memory-source.ts";
import { packFits } from "../../src/fits/pack.ts";
import { openUnpacked } from "../../src/fits/unpack.ts";
import { loadKernels } from "../../src/kernels/kernels.ts";

const root = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "platevault-pack-"));
// The types are those of a Worker, which may not compile.
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
const kernels = loadKernels(new Module(readFileSync(join(root, "src/kernels/kernels.wasm"))));
const runtime = { gzip: (bytes: Uint8Array) => gzipSync(bytes, { level: 1 }), kernels };

const PYTHON = "/usr/bin/python3";
const COMPARE = `
import sys, warnings
import numpy as np
from astropy.io import fits
warnings.simplefilter("ignore")
warnings.filterwarnings("error", message="(Check|Data)sum verification failed")
# Stored values: astropy 5.2 knows neither BLANK nor signed bytes in compressed images.
raw = dict(do_not_scale_image_data=True)
with fits.open(sys.argv[1], **raw) as a, fits.open(sys.argv[2], checksum=True, **raw) as b:
    images = lambda hdus: [h for h in hdus if h.is_image and h.data is not None]
    a, b = images(a), images(b)
    assert len(a) == len(b) > 0, (len(a), len(b))
    for x, y in zip(a, b):
        assert x.data.shape == y.data.shape and x.data.dtype.newbyteorder("=") == y.data.dtype.newbyteorder("="), (x.data.dtype, y.data.dtype)
        assert np.array_equal(x.data, y.data, equal_nan=x.data.dtype.kind == "f"), "pixels differ"
`;

const has = {
  funpack: spawnSync("funpack", ["-V"]).error === undefined,
  fitsverify: spawnSync("fitsverify", ["-h"]).error === undefined,
  astropy: spawnSync(PYTHON, ["-c", "import astropy.io.fits, numpy"]).status === 0,
};
for (const [program, found] of Object.entries(has)) if (!found) console.log(`skip: ${program} is not installed`);

let failures = 0;
function report(what: string, wrong: string[]): void {
  console.log(wrong.length === 0 ? `ok ${what}` : `FAIL ${what}: ${wrong.join("; ")}`);
  if (wrong.length > 0) failures++;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Quiet NaNs as JavaScript writes them turned into those that CFITSIO writes for undefined pixels. */
function withCfitsioNans(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 8 <= bytes.length; at += 4) {
    if (view.getUint32(at) === 0x7fc00000) view.setUint32(at, 0xffffffff);
    else if (view.getBigUint64(at) === 0x7ff8000000000000n) view.setBigUint64(at, 0xffffffffffffffffn);
  }
  return bytes;
}

/** A file of one HDU whose data unit is made by `fill`. */
function made(bitpix: number, axes: number[], cards: [string, number | string][], fill: (data: DataView) => void) {
  const header = new Header([
    makeCard("SIMPLE", true),
    makeCard("BITPIX", bitpix),
    makeCard("NAXIS", axes.length),
    ...axes.map((length, axis) => makeCard(`NAXIS${axis + 1}`, length)),
    ...cards.map(([keyword, value]) => makeCard(keyword, value)),
  ]).toBytes();
  const length = (axes.reduce((product, axis) => product * axis, 1) * Math.abs(bitpix)) / 8;
  const bytes = new Uint8Array(header.length + Math.ceil(length / 2880) * 2880);
  bytes.set(header);
  fill(new DataView(bytes.buffer, header.length, length));
  return bytes;
}

function files(): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const place of ["pack", "fits"]) {
    const from = join(root, "test/fixtures", place);
    for (const name of readdirSync(from)) {
      if (name.endsWith(".fits")) found.set(`${place}/${name}`, new Uint8Array(readFileSync(join(from, name))));
    }
  }
  // Every kind of NaN: CFITSIO and we must keep their bits.
  const nans = [0x7fc00000, 0x7f800001, 0xffc00000, 0xffffffff, 0x7fa5a5a5, 0x80000000, 0x00000001, 0xff800000];
  found.set(
    "made/nan-bits.fits",
    made(-32, [8, 3], [], (data) => {
      for (let at = 0; at < 24; at++) data.setUint32(4 * at, nans[at % 8]!);
    }),
  );
  const ramp = (data: DataView) => {
    for (let at = 0; at < data.byteLength; at++) data.setUint8(at, (at * 37) >> 3);
  };
  found.set("made/cube.fits", made(16, [33, 20, 4], [["BZERO", 32768]], ramp));
  found.set("made/hypercube.fits", made(32, [9, 4, 3, 2], [], ramp));
  found.set("made/row.fits", made(8, [5000], [["BSCALE", 0.5]], ramp));
  found.set("made/column.fits", made(16, [1, 300], [], ramp));
  found.set("made/blank.fits", made(16, [64, 64], [["BLANK", -32768]], ramp));
  return found;
}

let packedFiles = 0;
for (const [name, original] of files()) {
  const parts: [number, Uint8Array][] = [];
  const sink = { write: async (offset: number, bytes: Uint8Array) => void parts.push([offset, bytes.slice()]) };
  let result: Awaited<ReturnType<typeof packFits>>;
  try {
    result = await packFits(new MemorySource(original), sink, { runtime, floats: true });
  } catch (error) {
    report(`${name} packs`, [String(error)]);
    continue;
  }
  if (result.outcome === "kept") continue;
  packedFiles++;
  const packed = new Uint8Array(result.size);
  for (const [offset, bytes] of parts) packed.set(bytes, offset);
  const [plainPath, path, back] = ["plain.fits", "packed.fits.fz", "back.fits"].map((file) => join(folder, file)) as [
    string,
    string,
    string,
  ];
  writeFileSync(plainPath, original);
  writeFileSync(path, packed);
  const wrong: string[] = [];
  const unpacked = await openUnpacked(new MemorySource(packed), { kernels });
  if (!same(await unpacked.getRange(0, unpacked.size), original)) wrong.push("not restored here");
  if (has.funpack) {
    // -C: funpack would else write checksums into files that had none. (Never -F: it deletes its input.)
    const summed = name === "pack/u16.fits" || name === "pack/f32.fits";
    rmSync(back, { force: true });
    const args = [...(summed ? [] : ["-C"]), "-O", back, path];
    const { status, stderr } = spawnSync("funpack", args, { encoding: "utf8" });
    if (status !== 0) wrong.push(`funpack: ${stderr}`);
    else if (!same(readFileSync(back), original)) wrong.push("funpack restores another file");
  }
  if (has.fitsverify) {
    // What fitsverify says of the original it may say of the packed file.
    const verdict = (file: string) =>
      /(\d+) warning.* and (\d+) error/.exec(spawnSync("fitsverify", [file], { encoding: "utf8" }).stdout)?.[0];
    const [before, after] = [verdict(plainPath), verdict(path)];
    if (after === undefined || (after !== before && !after.startsWith("0 "))) wrong.push(`fitsverify: ${after}`);
  }
  if (has.astropy) {
    const { status, stderr } = spawnSync(PYTHON, ["-c", COMPARE, plainPath, path], { encoding: "utf8" });
    const fault = stderr.trim().split("\n").at(-1)!;
    if (fault.includes("only 1D, 2D, or 3D images"))
      console.log(`skip: astropy does not read ${name} packed: ${fault}`);
    else if (status !== 0) wrong.push(`astropy: ${fault}`);
  }
  report(`${name} packed (${result.packing})`, wrong);
}
report(`${packedFiles} files were packed`, packedFiles >= 20 ? [] : ["too few to mean anything"]);

if (has.funpack) {
  for (const place of ["pack", "fits"]) {
    const from = join(root, "test/fixtures", place);
    for (const name of readdirSync(from).filter((file) => file.endsWith(".fz"))) {
      if (name === "scale-keyword.fits.fz") {
        console.log(`skip: funpack leaves ZSCALE and ZZERO, which mean nothing there, in the header of ${name}`);
        continue;
      }
      const back = join(folder, "theirs.fits");
      rmSync(back, { force: true });
      const { status, stderr } = spawnSync("funpack", ["-C", "-O", back, join(from, name)], { encoding: "utf8" });
      if (status !== 0) {
        console.log(`skip: funpack does not restore ${place}/${name}: ${stderr.trim().split("\n")[0]}`);
        continue;
      }
      const wrong: string[] = [];
      try {
        const unpacked = await openUnpacked(new MemorySource(new Uint8Array(readFileSync(join(from, name)))), {
          kernels,
        });
        const ours = withCfitsioNans(await unpacked.getRange(0, unpacked.size));
        const theirs = new Uint8Array(readFileSync(back));
        if (ours.length !== theirs.length) wrong.push(`${ours.length} bytes, funpack ${theirs.length}`);
        else if (!same(ours, theirs))
          wrong.push(`differs at byte ${ours.findIndex((byte, at) => byte !== theirs[at])}`);
      } catch (error) {
        wrong.push(String(error));
      }
      report(`${place}/${name} is restored as funpack does`, wrong);
    }
  }
}
rmSync(folder, { recursive: true, force: true });
process.exitCode = failures > 0 ? 1 : 0;
